# The frame of every page. Ids begin with page-.

page-look = Display
page-look-system = As the system
page-look-light = Light
page-look-dark = Dark
page-look-contrast = High contrast

# The end of a login
page-login-ended-kept = Your login had ended, so nothing was sent. Please log in again; what you typed is kept.
page-again-title = What you typed is still here
page-again-what = Your login had ended, so it was not sent. Please look it over and send it.
page-again-values = What you typed
page-again-go = Send now
page-again-not = Do not send, go to the first page
page-working = Working on it … Please leave this page open.
page-ending-title = Your login ends soon
page-ending-what = You will be logged out in two minutes. Do you want to go on?
page-ending-stay = Stay logged in
page-ending-later = Later
page-ending-over = Your login has ended. What you typed is still on this page; when you send it, please log in again. Nothing is lost.
page-ending-failed = The server cannot be reached at the moment. Please try again.

# On paper
page-sign-name = Signature
page-sign-day = Date

# Keys
page-keys = Keyboard shortcuts
page-keys-on = Use keyboard shortcuts
page-keys-close = Close

# Style guide
page-guide-choice = Choices
page-guide-person = Person, name and number masked
page-guide-score = Marks and number pad
page-guide-dialog = Dialog, passing message, and what is kept
page-guide-notice = Refusal with its reasons
page-guide-plot = Figure
page-guide-numbers = Numbers
page-guide-busy = Loading…
