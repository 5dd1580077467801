# The frame of every page. Ids begin with page-.

page-look = 外观
page-look-system = 跟随系统
page-look-light = 浅色
page-look-dark = 深色
page-look-contrast = 高对比度

# The end of a login
page-login-ended-kept = 登录时间已到，刚才的内容还没有提交。请重新登录，您填写的内容会保留。
page-login-ended-lost = 登录时间已到，刚才的内容没有提交；内容太大，无法保留。请重新登录后再填写一次。
page-again-title = 您填写的内容还在
page-again-what = 登录时间已到，所以刚才没有提交。请看一遍，没有问题就提交。
page-again-values = 您填写的内容
page-again-file = 请重新选择文件
page-again-file-what = 文件“{ $name }”无法保留，请再选一次；其他内容都还在。
page-again-go = 现在提交
page-again-not = 不提交，回首页
page-working = 正在处理，请稍候，不要关闭本页。
page-ending-title = 登录即将到期
page-ending-what = 两分钟后会自动退出。您要继续使用吗？
page-ending-stay = 继续使用
page-ending-later = 稍后
page-ending-over = 您填写和选择的内容仍在本页，重新登录后即可看到，不会丢失。
page-ending-over-title = 登录已到期
page-ending-who = 请以 { $name } 的身份重新登录
page-ending-other = 我是其他人，离开本页
page-ending-failed = 暂时连不上服务器，请稍后再试。

# On paper
page-sign-name = 签名
page-sign-day = 日期

# Keys
page-keys = 快捷键
page-keys-on = 使用快捷键
page-keys-close = 关闭

# Style guide
page-guide-choice = 选项
page-guide-person = 人员信息（姓名和证件号遮盖）
page-guide-score = 计分和数字键盘
page-guide-dialog = 对话框、浮动提示和保留的内容
page-guide-notice = 拒绝及其原因
page-guide-plot = 统计图
page-guide-numbers = 数字
page-guide-busy = 正在载入…
