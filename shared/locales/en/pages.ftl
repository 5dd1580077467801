# Pages of the server. Ids begin with page-.

page-product = Kaodian
page-skip = Skip to the content
page-nav = Main navigation
page-nav-day = Exam day
page-demo-banner = Demonstration: the time is set by hand (now { $time }); all people and certificates are invented.
page-logout = Log out
page-foot = Kaodian · work-safety examinations
page-optional = (optional)
page-today = Today
page-none = —

# Login
page-login-title = Log in
page-login-name = Login name
page-login-password = Password
page-login-totp = One-time code
page-login-totp-hint = Administrators and auditors enter the six digits from their authenticator; everybody else leaves this empty.
page-login-go = Log in
page-login-help = Forgotten your password, or a new telephone? Ask the security administrator.
page-login-ended = Your login has ended. Log in again and you will be back on the page you were on.
page-login-out = You are logged out.
page-about-title = Work-safety examinations, every step on record
page-about = Registration, seating, check-in and queue, theory, practical, certificates and the close of the day, in one place.
page-about-1 = Seats, question sets, invigilators and examiners are drawn at random, and anyone can check the draw.
page-about-2 = Every step is recorded, so it can be shown how a result came about.
page-about-3 = Identity numbers are stored encrypted; pages show them masked.

# Roles
page-role-system-administrator = System administrator
page-role-security-administrator = Security administrator
page-role-auditor = Auditor
page-role-centre-staff = Exam centre
page-role-point-staff = Exam point
page-role-invigilator = Invigilator
page-role-examiner = Examiner
page-role-training-institution = Training institution
page-role-enterprise = Enterprise
page-role-inspector = Inspector
page-role-examinee = Examinee
page-role-kiosk = Kiosk

# First page of those who do not look after a day
page-home = Home
page-home-hello = Hello, { $name }
page-home-what = What you can do here
page-home-duties = My duties
page-home-sessions = Examinations from today for two weeks
page-home-sessions-none = No examinations in the next two weeks.
page-home-system-administrator = You look after settings and devices, for example the kiosks of the exam points. You do not see personal data of candidates.
page-home-security-administrator = You look after accounts and roles: who may log in and do what. You cannot change examination data.
page-home-auditor = You can see every record, including who did what and when, and change nothing.
page-home-centre-staff = You plan examinations and look after banks, people and certificates.
page-home-point-staff = You look after the day at your exam point until it is closed.
page-home-invigilator = Here are the sessions assigned to you. You release the room at the start, and you record misconduct and changes of seat.
page-home-examiner = Here are the sessions assigned to you. Once a candidate has passed the theory, you and a second examiner mark independently.
page-home-training-institution = You register your trainees and see what is missing for each and where they are examined.
page-home-enterprise = You can see the registrations and examinations of your staff.
page-home-inspector = You can check certificates and see whether they are valid.
page-home-examinee = You can see your own examination.
page-home-kiosk = Kiosks do not use these pages.

# Stages of a candidate
page-stage-expected = Expected
page-stage-checked-in = Checked in
page-stage-waiting = Waiting
page-stage-admitted = Admitted
page-stage-in-room = In the exam
page-stage-theory-done = Theory passed
page-stage-practical = In the practical
page-stage-passed = Passed
page-stage-failed = Failed
page-stage-absent = Absent
page-stage-removed = Removed

page-kind-first = First certificate
page-kind-review = Review
page-kind-renewal = Renewal
page-all-of = { $what }: all
page-language-chinese = Chinese
page-language-tibetan = Tibetan
page-language-uyghur = Uyghur
page-language-kazakh = Kazakh
page-language-kyrgyz = Kyrgyz
page-language-mongolian = Mongolian
page-language-korean = Korean
page-language-yi = Yi
page-language-zhuang = Zhuang

page-duty-invigilator = Invigilator
page-duty-examiner = Examiner
page-duty-lead-examiner = Lead examiner
page-duty-reserve-invigilator = Reserve invigilator
page-duty-reserve-examiner = Reserve examiner

# The day
page-day-choose = Day
page-day-previous = Previous day
page-day-next = Next day
page-back-to-today = Back to today
page-show = Show
page-point = Exam point
page-point-all = All exam points
page-day-empty = No examinations on this day
page-day-empty-next = Choose another day, or see below what is planned for the next two weeks.
page-day-summary = Updated: { $counts }
page-updated = Updated at { $time }
page-stale = The latest data cannot be fetched right now; what is shown is from before. Trying again.
page-flow = Candidates of the day: { $count }
page-todo = Do first: { $count }
page-todo-overdue = Certificates past the legal day of issue: { $count }
page-todo-due-today = Certificates that must go out today: { $count }
page-todo-no-calendar = Certificates whose day of issue cannot be told, because the calendar is not published: { $count }
page-todo-session = { $trade } ({ $point })
page-block-mismatch = Person and documents do not agree; a decision is needed
page-block-no-candidates = No candidates yet
page-block-not-seated = Seats and papers are not drawn
page-block-not-staffed = Invigilators and examiners are not drawn
page-block-results-due = Everybody has finished; results can be published
page-block-certificates-due = Results are published; certificates can be issued
page-sessions = Sessions of the day
page-session = Session
page-people = Candidates: { $count }
page-seated = Seats and papers drawn
page-not-seated = Seats and papers not drawn
page-staffed = Staff drawn
page-not-staffed = Staff not drawn
page-results-at = Results published at { $time }
page-results-open = Results not published
page-certificates-printed = Certificates printed: { $printed } of { $issued }
page-due = Certificates due
page-due-sessions = Certificates due, by session
page-due-none = No certificates are due.
page-due-day = At the latest
page-due-passed = Passed
page-due-issued = Issued
page-due-printed = Printed
page-overdue = Overdue
page-calendar-missing = Calendar not published
page-working-days = { $days } working days after the exam
page-ahead = Two weeks from this day
page-ahead-none = No examinations in the next two weeks.

# A session
page-rules = rules { $rules }
page-filter = Filter by state
page-all = All
page-sort = Sort by
page-sort-ticket = Ticket
page-sort-seat = Seat
page-sort-stage = State
page-roster = Candidates ({ $count })
page-roster-empty = No candidate fits this choice.
page-ticket = Ticket
page-name = Name
page-id-number = Identity number
page-room = Room
page-seat = Seat
page-state = State
page-theory = Theory
page-practical = Practical
page-queue-number = No. { $number }
page-pager = Pages
page-previous = Previous
page-next = Next
page-page-of = Page { $page } of { $pages }

# A candidate
page-portrait = Registered photo
page-capture = Check-in photo
page-trade = Trade
page-room-and-seat = Room and seat
page-room-seat = Room { $room }, seat { $seat }
page-institution = Training institution
page-set = Question set
page-set-number = Set { $number }
page-set-later = Shown once the paper is handed in
page-ticket-pdf = Open the admission ticket (PDF)
page-photo-logged = Every look at a photo is recorded.
page-timeline = The day so far
page-next-step = Next:
page-step-registered = Registered
page-step-seated = Seat drawn: room { $room }, seat { $seat }
page-step-checked-in = { $by ->
    [card] Checked in with the identity card
    [qr] Checked in with the admission ticket
    [substitute] Checked in by staff with another document
   *[number] Checked in by identity number
}
page-step-substitute-shown = { $document ->
    [temporary_card] Showed a temporary identity card; { $staff } and { $second } looked at it and signed
    [police_certificate] Showed a police certificate; { $staff } and { $second } looked at it and signed
    [passport] Showed a passport; { $staff } and { $second } looked at it and signed
    [social_security_card] Showed a social security card; { $staff } and { $second } looked at it and signed
    [driving_licence] Showed a driving licence; { $staff } and { $second } looked at it and signed
   *[other] Showed another document; { $staff } and { $second } looked at it and signed
}
page-step-check-in-refused = { $code ->
    [too_early] Check-in refused: too early
    [too_late] Check-in refused: too late
    [already_checked_in] Tried to check in again
    [different_person] Check-in refused: not the same person
    [card_expired] Check-in refused: identity card expired
    [another_day] Check-in refused: another day
    [another_point] Check-in refused: another exam point
    [not_eligible] Check-in refused: not eligible
    [barred] Check-in refused: barred
   *[other] Check-in refused: not on the list
}
page-step-photographed = Photographed
page-step-compared-same = Person and documents agree
page-step-compared-different = Person and documents do not agree; this needs attention
page-step-queued = Number { $number } in the queue
page-step-called = Called to { $window } (call { $count })
page-step-passed-over = Called without coming; passed over
page-step-returned = Came back and queues again
page-step-transferred = Sent to the queue of { $place }
page-step-prioritised = Is called with priority
page-step-priority-ended = Is not called with priority any more
page-step-left-queue = Left the queue
page-step-admitted = Admitted
page-step-entered = Sat down and opened the paper
page-step-handed-in = Handed in
page-step-timed-out = Time was up; handed in by the system
page-step-removed = Examination stopped
page-step-theory-passed = Theory { $points } of { $total } points: passed
page-step-theory-failed = Theory { $points } of { $total } points: failed
page-step-misconduct = { $gravity ->
    [light] Misconduct: warned
   *[grave] Grave misconduct: result void
}
page-step-practical-passed = Practical { $points } points: passed
page-step-practical-failed = Practical { $points } points: failed
page-step-practical-veto = A veto item was failed in the practical ({ $points } points): failed
page-step-absent = Did not come
page-step-results = Results published
page-step-certificate-issued = Certificate issued ({ $certificate })
page-step-print-started = Printing of the certificate began
page-step-printed = Certificate printed
page-step-print-failed = Printing failed; the blank is spoiled
page-step-certificate-due = last day to issue the certificate ({ $days } working days after the exam)
page-step-print-due = last day to hand out the certificate ({ $days } working days after the exam)
page-step-certificate-due-unknown = certificate ({ $days } working days after the exam; the calendar is not published, so the day cannot be told)
page-step-next-seating = seats and papers are drawn
page-step-next-check-in = check-in before the start
page-step-next-compare = comparison of person and documents at the desk
page-step-next-decide = staff decide what to do
page-step-next-call = wait for the call
page-step-next-enter = sit down and open the paper
page-step-next-hand-in = answer and hand in
page-step-next-practical = practical examination
page-step-next-practical-end = examiners finish marking

# Errors
page-error-401 = Please log in
page-error-403 = You cannot open this page
page-error-404 = Not found
page-error-4xx = This does not work
page-error-5xx = The system cannot do this right now
page-error-general = Nothing was changed. Go back to the first page and try again; if it still does not work, ask the exam centre.
page-error-home = Back to the first page
page-error-number = Code { $status }

# Dates
page-date = { $weekday }, { $day } { $month } { $year }
page-date-short = { $weekday } { $day } { $month }
page-month-1 = January
page-month-2 = February
page-month-3 = March
page-month-4 = April
page-month-5 = May
page-month-6 = June
page-month-7 = July
page-month-8 = August
page-month-9 = September
page-month-10 = October
page-month-11 = November
page-month-12 = December
page-weekday-1 = Mon
page-weekday-2 = Tue
page-weekday-3 = Wed
page-weekday-4 = Thu
page-weekday-5 = Fri
page-weekday-6 = Sat
page-weekday-7 = Sun

# Style guide
page-guide = Style guide
page-guide-what = Colours, sizes, spaces and components of all pages, as the pages use them.
page-guide-colour = Colour
page-guide-type = Type
page-guide-sample = Work-safety examination, ticket
page-guide-space = Space
page-guide-button = Button
page-guide-main = Main action
page-guide-other = Other action
page-guide-danger = Cannot be undone
page-guide-off = Not available
page-guide-field = Field
page-guide-hint = A hint stands below its field.
page-guide-error = The last character of the identity number is wrong. Compare it with the card and type it again.
page-guide-chip = State chips
page-guide-bar = Progress bar
page-guide-banner = Banner
page-guide-table = Table
page-guide-timeline = Timeline
page-guide-empty = Empty state
