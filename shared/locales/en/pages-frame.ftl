# The frame of every page. Ids begin with page-.

page-look = Display
page-look-system = As the system
page-look-light = Light
page-look-dark = Dark
page-look-contrast = High contrast

# The end of a login
page-login-ended-kept = Your login had ended, so nothing was sent. Please log in again; what you typed is kept.
page-login-ended-lost = Your login had ended, so nothing was sent, and it was too much to be kept. Please log in again and fill the form in once more.
page-again-title = What you typed is still here
page-again-what = Your login had ended, so it was not sent. Please look it over and send it.
page-again-values = What you typed
page-again-file = Choose the file again
page-again-file-what = The file “{ $name }” could not be kept. Everything else is here.
page-again-go = Send now
page-again-not = Do not send, go to the first page
page-working = Working on it … Please leave this page open.
page-ending-title = Your login ends soon
page-ending-what = You will be logged out in two minutes. Do you want to go on?
page-ending-stay = Stay logged in
page-ending-later = Later
page-ending-over = What you typed or chose is still on this page, covered until you log in again. Nothing is lost.
page-ending-over-title = Your login has ended
page-ending-who = Log in again as { $name }
page-ending-other = I am somebody else: leave this page
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
