problem-not-passed-theory = The theory is not passed, so the practical sheets stay closed.
problem-already-scored = This part is marked already; nothing was changed ({ $detail }).
problem-marks-invalid = The marks do not fit the sheet and were not saved: { $detail }
problem-nothing-to-settle = There is nothing to settle in { $detail }: the examiners have not both marked it, or they agree, or it is settled.
problem-signature-own-wrong = The password is wrong; nothing was sent. What you filled in is still there; type the password again.
