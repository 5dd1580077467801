problem-not-passed-theory = 理论考试未合格，实操评分表不开放。
problem-already-scored = 这一部分已经评过分，没有更改（{ $detail }）。
problem-marks-invalid = 评分与评分表不符，没有保存：{ $detail }
problem-nothing-to-settle = { $detail } 没有需要裁定的：两位考评员尚未都评分、评分一致，或已经裁定。
problem-signature-own-wrong = 密码不对，没有提交。您填的内容都在，请再输一次密码。
