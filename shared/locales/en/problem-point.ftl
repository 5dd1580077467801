# Exam point: readiness, paper, closing.
problem-not-ready = The exam point's readiness list is not confirmed, so rooms cannot open. Its staff must settle red and unseen items first, then sign. Open: { $detail }
problem-password-wrong = The password is wrong; nothing was signed. Please type your own login password again.
problem-paper-open = { $detail } sheets of paper were not entered twice, or differently, so the day cannot be closed. Please enter and compare them first.
problem-close-unexplained = Some numbers do not agree ({ $detail }). Please explain the difference, then sign. The day is not closed.
problem-paper-already-entered = Two people have entered this record of ticket { $detail }, or it is settled; nothing was changed. Please reload the page.
problem-paper-contradicts = The paper contradicts what is recorded; nothing was saved. Please look at the original again, or call the exam centre.
