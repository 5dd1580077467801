# Exam point: readiness, paper, closing.
problem-not-ready = 考点的《开考条件确认单》还没有确认，考场不能开放。请考点工作人员先处理红色和未查的项目，再签名确认。未完成：{ $detail }
problem-password-wrong = 密码不对，没有签名。请重新输入您自己的登录密码。
problem-paper-open = 还有 { $detail } 份纸质记录没有录完两遍，或两遍不一致，不能日结。请先在“纸质材料”里录入、核对。
problem-close-unexplained = 有数字对不上（{ $detail }），请写明差异原因再签名。没有日结。
problem-paper-already-entered = 准考证 { $detail } 的这份记录已有两人录入，或已经核对完毕，没有再改。请刷新页面查看。
problem-paper-contradicts = 纸质记录与系统已有的记录矛盾，没有保存。请核对原件后再录入，或联系考试中心。
