problem-id-number-invalid = 身份证号码不正确：{ $detail }。请与证件逐位核对。
problem-portrait-invalid = 照片无法使用：{ $detail }。请上传正面、端正的 JPEG 彩色照片。
problem-trade-unknown = 没有这个操作项目：{ $detail }。请从项目列表中选择。
problem-organisation-unknown = 没有这个机构：{ $detail }。请从列表中选择，或先登记该机构。
problem-already-registered = 该考生已经报名：{ $detail }。请使用原有报名，或等那次考试结束后再报。
problem-person-mismatch = 这个身份证号码已用另一个姓名登记。请与证件核对；如已更名，请联系考试中心。
