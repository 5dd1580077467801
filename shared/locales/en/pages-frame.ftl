# The frame of every page. Ids begin with page-.

page-look = Display
page-look-system = As the system
page-look-light = Light
page-look-dark = Dark
page-look-contrast = High contrast
