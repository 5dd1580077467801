# Accounts and logins.
problem-account-blocked = This account is blocked and cannot log in. Ask the security administrator.
problem-password-change-needed = You are using a one-time password. Choose a password of your own first.
problem-password-weak = The new password will not do: at least 10 characters, without the login name, and not the old one. Nothing was changed.
problem-account-unknown = There is no such account: { $detail }. Choose one from the list.
problem-account-oneself = Nobody blocks the own account, changes the own role or resets the own password. Another security administrator does it; your own password is changed under Change password.
problem-login-taken = This login name is taken; no account was made. Choose another one.
problem-last-security-administrator = This is the last security administrator, who cannot be blocked or given another role. Make another one first.
problem-administrators-separate = System administrator, security administrator and auditor are three separate people; nothing was saved. Choose somebody else, or take the other role away first.
problem-holder-needed = For an administrator the identity number of the holder is needed (only its digest is kept), to know that no person has two of the three roles. Enter it and save again.
problem-second-factor-missing = Administrators and auditors log in with a one-time code. Set up the second factor of this account first, then change the role.
problem-precondition-required = Name the version that you saw in If-Match (reading the thing once gives it). Nothing was changed.
problem-precondition-failed = Somebody has changed this since you opened it; your change was not saved. Look at what is new and change it again.
problem-device-unknown = There is no such kiosk: { $detail }. Choose one from the list.
problem-device-revoked = This kiosk was shut out before; nothing was changed. Reload the page.
problem-reason-needed = Give the reason in one line of up to 200 characters. Nothing was changed.
