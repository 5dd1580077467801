# Pages of the exam point
page-ready-title = Readiness list
page-ready-what = Look at every item before the start. While one is missing or not in order, no room can be opened.
page-ready-yes = Signed: rooms may open
page-ready-no = Not yet: { $missing } missing, { $red } not in order
page-ready-ok = In order
page-ready-red = Not in order
page-ready-note = Note
page-ready-save = Save
page-ready-saved = Saved. Please sign once everything is in order.
page-ready-sign = Signature
page-ready-sign-go = Sign
page-ready-sign-what = Sign with your own password. Any change afterwards has to be signed again.
page-ready-signed = Signed: rooms may open.
page-ready-signed-by = Signed by { $name }
