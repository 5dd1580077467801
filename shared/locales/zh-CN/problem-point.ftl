# Exam point: readiness, paper, closing.
problem-not-ready = 考点的《开考条件确认单》还没有确认，考场不能开放。请考点工作人员先处理红色和未查的项目，再签名确认。未完成：{ $detail }
problem-password-wrong = 密码不对，没有签名。请重新输入您自己的登录密码。
