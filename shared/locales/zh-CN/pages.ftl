# Pages of the server. Ids begin with page-.

page-product = 考点
page-skip = 跳到正文
page-nav = 主导航
page-nav-day = 考试日
page-demo-banner = 演示环境：时间由人为控制（现在 { $time }），所有人员和证件均为虚构。
page-logout = 退出
page-foot = 考点 · 安全生产考试管理
page-optional = （选填）
page-today = 今天
page-none = —

# Login
page-login-title = 登录
page-login-name = 用户名
page-login-password = 密码
page-login-totp = 动态验证码
page-login-totp-hint = 管理员和审计员登录时，请输入手机验证器上的六位数字；其他人留空。
page-login-go = 登录
page-login-help = 忘记密码或换了手机？请联系安全管理员。
page-login-ended = 登录已结束。请重新登录，之后会回到刚才的页面。
page-login-out = 您已退出登录。
page-about-title = 安全生产考试，每一步都有据可查
page-about = 从报名、排座、签到叫号，到理论、实操、发证和日清，都在这里。
page-about-1 = 座位、套题、监考员和考评员由系统随机抽取，过程可以复核。
page-about-2 = 每一步都有记录，成绩怎么来的说得清。
page-about-3 = 身份证号加密保存，页面上只显示遮盖后的号码。

# Roles
page-role-system-administrator = 系统管理员
page-role-security-administrator = 安全管理员
page-role-auditor = 审计员
page-role-centre-staff = 考试中心
page-role-point-staff = 考试点
page-role-invigilator = 监考员
page-role-examiner = 考评员
page-role-training-institution = 培训机构
page-role-enterprise = 企业
page-role-inspector = 执法人员
page-role-examinee = 考生
page-role-kiosk = 签到终端

# First page of those who do not look after a day
page-home = 首页
page-home-hello = { $name }，您好
page-home-what = 您在这里能做什么
page-home-duties = 我的监考和考评任务
page-home-sessions = 今天起两周内的考试
page-home-sessions-none = 今后两周没有考试。
page-home-system-administrator = 您负责系统设置和终端设备，例如登记考试点的签到终端。您看不到考生的个人信息。
page-home-security-administrator = 您负责账号和角色：谁可以登录、能做什么。您不能修改考试数据。
page-home-auditor = 您可以查看所有记录，包括谁在什么时候做了什么，但不能更改任何内容。
page-home-centre-staff = 您负责安排考试、题库、人员和发证。
page-home-point-staff = 您负责本考试点当天的考试，直到日清日结。
page-home-invigilator = 您在这里看到分配给您的场次。开考时由您放行考场；有违纪或换座位，也由您登记。
page-home-examiner = 您在这里看到分配给您的场次。考生理论合格后，由您和另一位考评员各自独立评分。
page-home-training-institution = 您为学员报名，并查看他们缺什么材料、在哪一场考试。
page-home-enterprise = 您可以查看本单位人员的报名和考试安排。
page-home-inspector = 您可以核验证书，查看证书是否有效。
page-home-examinee = 您可以查看自己的考试。
page-home-kiosk = 签到终端不使用这些页面。

# Stages of a candidate
page-stage-expected = 未到
page-stage-checked-in = 已签到
page-stage-waiting = 候考
page-stage-admitted = 已入场
page-stage-in-room = 考试中
page-stage-theory-done = 待实操
page-stage-practical = 实操中
page-stage-passed = 合格
page-stage-failed = 不合格
page-stage-absent = 缺考
page-stage-removed = 取消成绩

page-kind-first = 初次取证
page-kind-review = 复审
page-kind-renewal = 延期换证
page-all-of = { $what }：全部
page-language-chinese = 汉语
page-language-tibetan = 藏语
page-language-uyghur = 维吾尔语
page-language-kazakh = 哈萨克语
page-language-kyrgyz = 柯尔克孜语
page-language-mongolian = 蒙古语
page-language-korean = 朝鲜语
page-language-yi = 彝语
page-language-zhuang = 壮语

page-duty-invigilator = 监考员
page-duty-examiner = 考评员
page-duty-lead-examiner = 考评组长
page-duty-reserve-invigilator = 备用监考员
page-duty-reserve-examiner = 备用考评员

# The day
page-day-choose = 日期
page-day-previous = 前一天
page-day-next = 后一天
page-back-to-today = 回到今天
page-show = 查看
page-point = 考试点
page-point-all = 全部考试点
page-day-empty = 这一天没有考试
page-day-empty-next = 可以换一天看看，或在下面查看今后两周的安排。
page-day-summary = 数据已更新：{ $counts }
page-updated = 更新于 { $time }
page-stale = 暂时取不到最新数据，下面显示的是上一次的内容。正在重试。
page-flow = 当日考生 { $count } 人
page-todo = 先处理 { $count } 件
page-todo-overdue = { $count } 张证书已过法定发证期限
page-todo-due-today = { $count } 张证书今天必须发出
page-todo-no-calendar = { $count } 张证书算不出发证期限：放假安排未公布
page-todo-session = { $trade }（{ $point }）
page-block-mismatch = 人证核对不一致，等待处理
page-block-no-candidates = 还没有考生
page-block-not-seated = 还没有抽取座位和试卷
page-block-not-staffed = 还没有抽取监考员和考评员
page-block-results-due = 全部考完，可以公布成绩
page-block-certificates-due = 成绩已公布，可以签发证书
page-sessions = 当日场次
page-session = 场次
page-people = { $count } 人
page-seated = 座位和试卷已抽取
page-not-seated = 座位和试卷未抽取
page-staffed = 监考、考评人员已抽取
page-not-staffed = 监考、考评人员未抽取
page-results-at = 成绩已于 { $time } 公布
page-results-open = 成绩未公布
page-certificates-printed = 证书已打印 { $printed } / { $issued }
page-due = 待发证书
page-due-sessions = 各场次待发证书
page-due-none = 没有待发的证书。
page-due-day = 最迟
page-due-passed = 合格
page-due-issued = 已签发
page-due-printed = 已打印
page-overdue = 已逾期
page-calendar-missing = 放假安排未公布
page-working-days = 考后 { $days } 个工作日
page-ahead = 当日起两周
page-ahead-none = 今后两周没有考试。

# A session
page-rules = 规则 { $rules }
page-filter = 按状态筛选
page-all = 全部
page-sort = 排序
page-sort-ticket = 准考证号
page-sort-seat = 座位
page-sort-stage = 状态
page-roster = 考生名单（{ $count }）
page-roster-empty = 没有符合条件的考生。
page-ticket = 准考证号
page-name = 姓名
page-id-number = 身份证号
page-room = 考场
page-seat = 座位
page-state = 状态
page-theory = 理论
page-practical = 实操
page-queue-number = { $number } 号
page-pager = 翻页
page-previous = 上一页
page-next = 下一页
page-page-of = 第 { $page } 页，共 { $pages } 页

# A candidate
page-portrait = 报名照片
page-capture = 签到照片
page-trade = 操作项目
page-room-and-seat = 考场和座位
page-room-seat = { $room } 考场 { $seat } 号
page-institution = 培训机构
page-set = 套题
page-set-number = 第 { $number } 套
page-set-later = 交卷后显示
page-ticket-pdf = 打开准考证（PDF）
page-photo-logged = 查看照片会留下记录。
page-timeline = 考试进程
page-next-step = 接下来：
page-step-registered = 报名
page-step-seated = 排座：{ $room } 考场 { $seat } 号
page-step-checked-in = { $by ->
    [card] 刷身份证签到
    [qr] 扫准考证签到
    [substitute] 工作人员查验其他证件后签到
   *[number] 输入身份证号签到
}
page-step-substitute-shown = { $document ->
    [temporary_card] 出示临时居民身份证，工作人员 { $staff } 和 { $second } 查验并签名
    [police_certificate] 出示公安机关身份证明，工作人员 { $staff } 和 { $second } 查验并签名
    [passport] 出示护照，工作人员 { $staff } 和 { $second } 查验并签名
    [social_security_card] 出示社会保障卡，工作人员 { $staff } 和 { $second } 查验并签名
    [driving_licence] 出示驾驶证，工作人员 { $staff } 和 { $second } 查验并签名
   *[other] 出示其他证件，工作人员 { $staff } 和 { $second } 查验并签名
}
page-step-check-in-refused = { $code ->
    [too_early] 签到未成功：来早了
    [too_late] 签到未成功：已过入场时间
    [already_checked_in] 重复签到，未受理
    [different_person] 签到未成功：人证不符
    [card_expired] 签到未成功：身份证已过期
    [another_day] 签到未成功：不是这一天
    [another_point] 签到未成功：不是这个考点
    [not_eligible] 签到未成功：不符合报考条件
    [barred] 签到未成功：在禁考期内
   *[other] 签到未成功：不在名单上
}
page-step-photographed = 已拍照
page-step-compared-same = 人证核对一致
page-step-compared-different = 人证核对不一致，需要处理
page-step-queued = 取号 { $number }
page-step-called = 第 { $count } 次叫号，请到 { $window }
page-step-passed-over = 叫号未到，已过号
page-step-returned = 过号后回来，继续排队
page-step-transferred = 转到 { $place } 排队
page-step-prioritised = 优先叫号
page-step-priority-ended = 不再优先叫号
page-step-left-queue = 离开队伍
page-step-admitted = 入场
page-step-entered = 入座，开始理论考试
page-step-handed-in = 交卷
page-step-timed-out = 时间到，系统自动交卷
page-step-removed = 考试被终止
page-step-theory-passed = 理论 { $points } 分（满分 { $total }），合格
page-step-theory-failed = 理论 { $points } 分（满分 { $total }），不合格
page-step-misconduct = { $gravity ->
    [light] 违纪：警告
   *[grave] 严重违纪：取消成绩
}
page-step-practical-passed = 实操 { $points } 分，合格
page-step-practical-failed = 实操 { $points } 分，不合格
page-step-practical-veto = 实操触犯否决项，不合格（得分 { $points }）
page-step-absent = 缺考
page-step-results = 成绩公布
page-step-certificate-issued = 证书已签发（{ $certificate }）
page-step-print-started = 开始打印证书
page-step-printed = 证书已打印
page-step-print-failed = 证书打印失败，空白证作废
page-step-certificate-due = 最迟这一天签发证书（考后 { $days } 个工作日）
page-step-print-due = 最迟这一天发出证书（考后 { $days } 个工作日）
page-step-certificate-due-unknown = 发证（考后 { $days } 个工作日；放假安排未公布，算不出日期）
page-step-next-seating = 等待抽取座位和试卷
page-step-next-check-in = 开考前签到
page-step-next-compare = 到工作台核对人证
page-step-next-decide = 由工作人员决定如何处理
page-step-next-call = 等候叫号
page-step-next-enter = 到座位上开始理论考试
page-step-next-hand-in = 答题并交卷
page-step-next-practical = 实操考试
page-step-next-practical-end = 考评员完成评分

# Errors
page-error-401 = 请先登录
page-error-403 = 您不能打开这个页面
page-error-404 = 没有找到
page-error-4xx = 这样不行
page-error-5xx = 系统暂时无法完成
page-error-general = 没有做任何更改。请返回首页再试；如果还是不行，请联系考试中心。
page-error-home = 回到首页
page-error-number = 代号 { $status }

# Dates
page-date = { $year }年{ $month }月{ $day }日 星期{ $weekday }
page-date-short = { $month }月{ $day }日 周{ $weekday }
page-month-1 = 1
page-month-2 = 2
page-month-3 = 3
page-month-4 = 4
page-month-5 = 5
page-month-6 = 6
page-month-7 = 7
page-month-8 = 8
page-month-9 = 9
page-month-10 = 10
page-month-11 = 11
page-month-12 = 12
page-weekday-1 = 一
page-weekday-2 = 二
page-weekday-3 = 三
page-weekday-4 = 四
page-weekday-5 = 五
page-weekday-6 = 六
page-weekday-7 = 日

# Style guide
page-guide = 界面规范
page-guide-what = 所有页面用的颜色、字号、间距和组件，都按实际使用的样子列在这里。
page-guide-colour = 颜色
page-guide-type = 字号
page-guide-sample = 安全生产考试，准考证号
page-guide-space = 间距
page-guide-button = 按钮
page-guide-main = 主要操作
page-guide-other = 其他操作
page-guide-danger = 不能撤销的操作
page-guide-off = 暂不可用
page-guide-field = 输入框
page-guide-hint = 提示写在输入框下面。
page-guide-error = 身份证号的最后一位不对。请对照身份证再输一次。
page-guide-chip = 状态标签
page-guide-bar = 进度条
page-guide-banner = 提示条
page-guide-table = 表格
page-guide-timeline = 时间线
page-guide-empty = 空白状态
