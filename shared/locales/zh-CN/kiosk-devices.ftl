# Texts of the kiosk's input devices: card reader, camera. Ids begin with kiosk-.

# Photograph: what to do for a better one, and what is short for staff
kiosk-camera-mirror = 摄像头画面
kiosk-photo-settled = 已留下最清楚的一张，工作人员会核对。
kiosk-photo-do-too-dark = 光线太暗，请面向灯光。
kiosk-photo-do-too-bright = 光线太亮，请避开强光。
kiosk-photo-do-no-face = 没有看到脸，请站到摄像头正前方，摘下帽子和口罩。
kiosk-photo-do-two-faces = 画面里不止一个人，请其他人让开。
kiosk-photo-do-too-far = 请靠近一点。
kiosk-photo-do-too-near = 请后退一点，让整张脸都在画面里。
kiosk-photo-do-turned-away = 请正对摄像头，不要侧脸。
kiosk-photo-do-blurred = 照片有些模糊，请站稳不动。
kiosk-flaw-too-dark = 光线太暗
kiosk-flaw-too-bright = 光线太亮
kiosk-flaw-no-face = 没有找到脸
kiosk-flaw-two-faces = 不止一张脸
kiosk-flaw-too-far = 离得太远
kiosk-flaw-too-near = 离得太近
kiosk-flaw-turned-away = 侧脸
kiosk-flaw-blurred = 模糊

# Another document in place of the identity card, at the desk
kiosk-substitute-open = 以其他证件签到
kiosk-substitute-title = 以其他证件签到
kiosk-substitute-do = 没带身份证或身份证已过期时使用。请两位工作人员都查看证件原件，核对姓名、号码和照片；两人都会记名。
kiosk-substitute-document = 证件种类
kiosk-substitute-second = 另一位工作人员
kiosk-substitute-go = 两人已核对，签到
kiosk-document-temporary-card = 临时居民身份证
kiosk-document-police-certificate = 公安机关出具的身份证明（带照片）
kiosk-document-passport = 护照
kiosk-document-social-security-card = 社会保障卡（带照片）
kiosk-document-driving-licence = 机动车驾驶证

# Refusals: what happened, and what to do
kiosk-refused-card-unreadable = 这张身份证读不出来
kiosk-advice-card-unreadable = 请只放一张身份证，平放在读卡区再试一次；也可以输入号码或扫准考证。
kiosk-refused-reader-failed = 读卡器暂时不能用
kiosk-advice-reader-failed = 请输入身份证号或扫准考证，也可以请工作人员来。
kiosk-refused-card-expired = 您的身份证已过期
kiosk-advice-card-expired = 有效期到 { $day } 为止。请带上有效证件到工作台，由工作人员办理。
kiosk-refused-another-day = 您的考试不在今天
kiosk-advice-another-day = 您在本考点的考试时间是 { $time }，请到那天再来。
kiosk-refused-another-point = 您的考试不在这个考点
kiosk-advice-another-point = 您的考试在{ $point }，时间是 { $time }。请到那里签到。
kiosk-refused-not-eligible = 您今天不能参加考试
kiosk-advice-not-eligible = 报名审核没有通过。请到工作台询问，或联系您的培训机构。
kiosk-refused-barred = 您目前不能报考
kiosk-advice-barred = 请到工作台询问，工作人员会告诉您原因和期限。
kiosk-refused-second-staff-needed = 需要另一位工作人员签名
kiosk-advice-second-staff-needed = 请两位不同的工作人员查看证件后再签到。
kiosk-refused-document-not-accepted = 本地规则不接受这种证件
kiosk-advice-document-not-accepted = 请考生出示规则列出的证件；没有的，请联系考试中心。
kiosk-refused-document-invalid = 没有这种证件
kiosk-advice-document-invalid = 请从列表中选择证件种类。

# Doctor
kiosk-doctor-mend-camera-files = 请建立 [camera] dir 所指的目录，放入 JPEG 或 PNG 图片，让当前用户可读。
kiosk-doctor-mend-reader-port = 请插好读卡器；[reader] port 须写对设备文件（如 /dev/ttyUSB0）；当前用户须属于 dialout 组。
kiosk-doctor-mend-reader-silent = 端口能打开，但没有应答：请核对 [reader] baud，接通读卡器电源，换一个端口再试。
kiosk-doctor-mend-reader-faulty = 读卡器报告故障：请断电重插；仍不行请联系供货方。
