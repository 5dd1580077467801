# Pages of the exam point
page-ready-title = 开考条件确认单
page-ready-what = 开考前逐项查看。有一项没看或不合格，考场就不能开考。
page-ready-yes = 已签字，可以开考
page-ready-no = 还不能开考：{ $missing } 项没看，{ $red } 项不合格
page-ready-ok = 合格
page-ready-red = 不合格
page-ready-note = 说明
page-ready-save = 保存
page-ready-saved = 已保存。全部合格后请签字。
page-ready-sign = 签字
page-ready-sign-go = 签字确认
page-ready-sign-what = 用您自己的密码签字。签字后改动任何一项，要重新签字。
page-ready-signed = 已签字，考场可以开考。
page-ready-signed-by = 已由 { $name } 签字
