# Texts of the kiosk's input devices: card reader, camera. Ids begin with kiosk-.

# Photograph: what to do for a better one, and what is short for staff
kiosk-camera-mirror = What the camera sees
kiosk-photo-settled = The clearest picture is kept. A member of staff will compare it with you.
kiosk-photo-do-too-dark = It is too dark. Please face the light.
kiosk-photo-do-too-bright = It is too bright. Please step out of the strong light.
kiosk-photo-do-no-face = No face was seen. Please stand right in front of the camera, without hat or mask.
kiosk-photo-do-two-faces = More than one person was seen. Please let the others step aside.
kiosk-photo-do-too-far = Please come a little closer.
kiosk-photo-do-too-near = Please step back a little, so that your whole face is seen.
kiosk-photo-do-turned-away = Please look straight into the camera.
kiosk-photo-do-blurred = The picture is blurred. Please stand still.
kiosk-flaw-too-dark = too dark
kiosk-flaw-too-bright = too bright
kiosk-flaw-no-face = no face found
kiosk-flaw-two-faces = more than one face
kiosk-flaw-too-far = too far away
kiosk-flaw-too-near = too near
kiosk-flaw-turned-away = looks aside
kiosk-flaw-blurred = blurred

# Another document in place of the identity card, at the desk
kiosk-substitute-open = Check in with another document
kiosk-substitute-title = Check in with another document
kiosk-substitute-do = For whoever has forgotten the identity card or whose card has expired. Two members of staff look at the document itself and compare name, number and photograph; both are recorded.
kiosk-substitute-document = Document
kiosk-substitute-second = The other member of staff
kiosk-substitute-go = Both have looked: check in
kiosk-document-temporary-card = Temporary identity card
kiosk-document-police-certificate = Police certificate with photograph
kiosk-document-passport = Passport
kiosk-document-social-security-card = Social security card with photograph
kiosk-document-driving-licence = Driving licence

# Refusals: what happened, and what to do
kiosk-refused-card-unreadable = This card cannot be read
kiosk-advice-card-unreadable = Please lay one card alone flat on the reader and try again, or type the number or scan your ticket.
kiosk-refused-reader-failed = The card reader cannot be used at present
kiosk-advice-reader-failed = Please type your number or scan your ticket, or call a member of staff.
kiosk-refused-card-expired = Your identity card has expired
kiosk-advice-card-expired = It was valid until { $day }. Please go to the desk with a valid document; staff will see to it.
kiosk-refused-another-day = Your examination is not today
kiosk-advice-another-day = It is held here at { $time }. Please come back then.
kiosk-refused-another-point = Your examination is not at this exam point
kiosk-advice-another-point = It is held at { $point }, at { $time }. Please check in there.
kiosk-refused-not-eligible = You cannot sit the examination today
kiosk-advice-not-eligible = Your application was not accepted. Please ask at the desk, or your training institution.
kiosk-refused-barred = You cannot sit examinations at present
kiosk-advice-barred = Please ask at the desk. Staff will tell you the reason and until when.
kiosk-refused-second-staff-needed = Another member of staff must sign
kiosk-advice-second-staff-needed = Two different members of staff must look at the document first.
kiosk-refused-document-not-accepted = The rules here do not accept this document
kiosk-advice-document-not-accepted = Ask for a document that the rules name; without one, ask the centre.
kiosk-refused-document-invalid = There is no such document
kiosk-advice-document-invalid = Choose the document from the list.

# Doctor
kiosk-doctor-mend-camera-files = Make the folder named by [camera] dir, put JPEG or PNG pictures into it, and let this user read them.
kiosk-doctor-mend-reader-port = Plug the reader in; [reader] port must name its device file (such as /dev/ttyUSB0); the user must be in group dialout.
kiosk-doctor-mend-reader-silent = The port opens, and nothing answers: check [reader] baud, switch the reader on, or try another port.
kiosk-doctor-mend-reader-faulty = The reader reports a fault: take it off its power and plug it in again; if that does not help, ask its supplier.
