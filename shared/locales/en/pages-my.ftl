# The examinee's own page, for the phone
page-my-title = My examination
page-my-enter-title = See my examination
page-my-enter-what = Your date and seat, the queue, your result and certificate. No account needed.
page-my-enter-ticket = Ticket number
page-my-enter-ticket-hint = At the top of your admission ticket, for example 20260928-P01-01-0001.
page-my-enter-code = Code for your phone
page-my-enter-code-hint = Below the QR code of your ticket, 8 characters, for example ABCD-EFGH.
page-my-enter-go = Show
page-my-enter-help = No ticket? Please ask your training institution, or the desk at the exam point.
page-my-wrong = The ticket number or the code is not right. Please compare with your ticket and type them again.
page-my-throttled = Too many wrong tries. Please wait five minutes.
page-my-out = You have left. This phone no longer shows your examination.
page-my-ended = To protect your data the page closes after half an hour. Please type them again.
page-my-leave = Leave
page-my-verify = Check a certificate
page-my-about = About the examination
page-my-latest-unknown = a day that will be announced
page-my-where = Where and when
page-my-time = Time
page-my-address = Address
page-my-seat = Seat
page-my-no-seat = Not drawn yet
page-my-way = Where it stands
page-my-result = Result
page-my-certificate = Certificate
page-my-ticket = Admission ticket
page-my-ticket-what = Show this code at check-in and at your seat. Do not send it to anybody.
page-my-ticket-pdf = Open the ticket (PDF)
page-my-certificate-pdf = Open the certificate (PDF)
page-my-qr-label = QR code of your ticket
page-my-more = Everything in detail
page-my-queue-number = Your number
page-my-number = Number

page-my-now-not-seated = Your registration is accepted
page-my-now-not-seated-text = The centre still draws the seats. Your room and seat will appear here.
page-my-now-expected = Starts { $day } at { $start }
page-my-now-expected-text = Doors open at { $early }; nobody is let in after { $late }. Bring your identity card and ticket and check in at the terminal.
page-my-now-checked-in = You are checked in
page-my-now-checked-in-text = Please go to the desk. The staff compare your picture and give you a number.
page-my-now-waiting = { $ahead ->
    [0] You are next
    [one] 1 person before you
   *[other] { $ahead } people before you
}
page-my-now-waiting-text = Please wait in the waiting area. When your number is called, go to the window on the screen.
page-my-now-paused = Calling to { $place } is paused
page-my-now-paused-text = You keep your number. Calling goes on later; { $ahead } people are before you.
page-my-now-called = Please go to { $window } now
page-my-now-called-text = Your number is being called. Take your identity card and ticket with you.
page-my-now-passed-over = Your number was called and you did not come
page-my-now-passed-over-text = Please tell the staff at the desk; they let you queue again.
page-my-now-left-queue = You are not in the queue
page-my-now-left-queue-text = To go on with the examination, please ask the staff at the desk.
page-my-now-admitted = Please take your seat
page-my-now-admitted-text = Go to your room and seat. The invigilator tells you when to begin.
page-my-now-in-room = You are in the theory examination
page-my-now-in-room-text = Each answer is saved one by one. This page changes when you have handed in.
page-my-now-practical = The practical comes next
page-my-now-practical-text = Please wait in the practical area. The examiner will call you.
page-my-now-results = Waiting for the results
page-my-now-results-text = They are published by { $latest }. There is nothing you need to do.
page-my-now-passed = You have passed
page-my-now-passed-text = Your certificate is being made. It will appear here.
page-my-now-certificate = Your certificate is issued
page-my-now-certificate-text = See below how and by when you get it.
page-my-now-failed = Not passed this time
page-my-now-failed-text = See below what you can do next.
page-my-now-absent = Recorded as absent
page-my-now-absent-text = You did not come in time. See below what you can do next.
page-my-now-removed = The result is void
page-my-now-removed-text = The invigilators recorded grave misconduct. You may appeal, see below.

page-my-stop-latest = by { $day }
page-my-stop-applied = Registered
page-my-stop-applied-who = Training institution
page-my-stop-seated = Seat drawn
page-my-stop-seated-who = Exam centre
page-my-stop-checked-in = Checked in
page-my-stop-checked-in-who = You, at the terminal
page-my-stop-theory = Theory
page-my-stop-theory-who = You
page-my-stop-practical = Practical
page-my-stop-practical-who = You and two examiners
page-my-stop-results = Results
page-my-stop-results-who = Exam centre
page-my-stop-certificate = Certificate issued
page-my-stop-certificate-who = Exam centre
page-my-stop-printed = In your hands
page-my-stop-printed-who = Exam point

page-my-result-passed = Passed
page-my-result-failed = Not passed
page-my-result-absent = Absent
page-my-result-removed = Void
page-my-theory-passed = Theory { $points } of { $total } points: passed.
page-my-theory-failed = Theory { $points } points, { $lacking } short of the { $needed } needed.
page-my-practical-passed = Practical { $points } points: passed.
page-my-practical-failed = Practical { $points } points, { $lacking } short.
page-my-practical-veto = A veto item was failed in the practical: not passed ({ $points } points).
page-my-next-passed = You need not sit it again. Your certificate reaches you in time.
page-my-next-removed = If you think the record is wrong, you may appeal in writing to the exam centre.
page-my-next-training = No resits are left. Please take the training again first, then register.
page-my-next-resits = { $count ->
    [one] You have 1 resit left, until { $day }.
   *[other] You have { $count } resits left, until { $day }.
}
page-my-next-session = The next session is on { $day } at { $time }. Your training institution registers you.
page-my-next-no-session = No session is planned yet. Please look again in a few days or ask your training institution.
page-my-next-practical-only = Your theory pass is kept: you resit the practical only.
page-my-next-theory-only = You resit the theory first, then the practical.
page-my-certificate-printed = Printed on { $day } at { $time }.
page-my-certificate-due = Yours by { $day }. You can have it printed at the exam point at once.
page-my-certificate-due-unknown = Issued. Next year's public holidays are not announced yet; the last day will appear then.
page-my-certificate-number = Certificate
page-my-certificate-until = Valid until
page-my-certificate-review = Review due
