# The frame of every page. Ids begin with page-.

page-look = 外观
page-look-system = 跟随系统
page-look-light = 浅色
page-look-dark = 深色
page-look-contrast = 高对比度
