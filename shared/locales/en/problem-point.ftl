# Exam point: readiness, paper, closing.
problem-not-ready = The exam point's readiness list is not confirmed, so rooms cannot open. Its staff must settle red and unseen items first, then sign. Open: { $detail }
problem-password-wrong = The password is wrong; nothing was signed. Please type your own login password again.
