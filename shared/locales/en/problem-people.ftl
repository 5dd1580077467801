problem-id-number-invalid = The identity number is not right: { $detail }. Compare it with the card, digit by digit.
problem-portrait-invalid = The portrait cannot be used: { $detail }. Send a JPEG picture of the face, upright and in colour.
problem-trade-unknown = There is no such trade: { $detail }. Choose one from the list of trades.
problem-organisation-unknown = There is no such organisation: { $detail }. Choose one from the list, or have it added first.
problem-already-registered = This person is registered already: { $detail }. Use that registration, or wait until its examination has ended.
problem-person-mismatch = This identity number is known under another name. Check both with the card; if the name was changed, ask the exam centre.
