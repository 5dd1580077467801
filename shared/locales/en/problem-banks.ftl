problem-bank-unreadable = The question bank cannot be read, and nothing was imported: { $detail }
problem-bank-empty = There is no usable question in this file, and nothing was imported: { $detail }
problem-bank-unknown = There is no such question bank: { $detail }. Choose one from the list of the trade.
problem-bank-too-small = The bank does not have enough questions for a set, and nothing was drawn: { $detail }. Import a larger bank.
problem-sets-unknown = There are no such question sets: { $detail }. Choose a draw from the list of the trade.
problem-sets-state = This cannot be published any more: { $detail }. Reload the list to see what is in force.
problem-second-person-needed = A second person has to do this: whoever assembled question sets may not publish them. Ask a colleague.
problem-bank-file-gone = The file that was checked is not here any more, and nothing was imported. Please choose it and have it checked again.
