# Accounts and logins.
problem-account-blocked = 这个账号已停用，不能登录。如有疑问，请联系安全管理员。
problem-password-change-needed = 您用的是一次性密码。请先换成自己的密码，再继续。
problem-password-weak = 新密码不合要求：至少 10 个字，不含用户名，也不能与原来相同。没有更改。
problem-account-unknown = 没有这个账号：{ $detail }。请从账号列表中选择。
problem-account-oneself = 不能停用自己的账号，也不能改自己的角色或重置自己的密码。请由另一位安全管理员办理；自己的密码在“修改密码”里换。
problem-login-taken = 这个用户名已有人使用，没有建立账号。请换一个。
problem-last-security-administrator = 这是最后一位安全管理员，不能停用或改角色。请先建立另一位安全管理员。
problem-administrators-separate = 系统管理员、安全管理员和审计员必须是三个不同的人，没有保存。请换一个人，或先收回原来的角色。
problem-holder-needed = 三员账号须登记持有人的身份证号（只保存校验值），以确认三个角色不是同一个人。请填写后再保存。
problem-second-factor-missing = 管理员和审计员登录须用动态验证码。请先为这个账号设置动态验证码，再改角色。
problem-precondition-required = 请在 If-Match 中写明所依据的版本（先读取一次即可得到），没有做任何更改。
problem-precondition-failed = 在您打开之后，别人已经改过，没有保存您的更改。请查看新内容后再改。
problem-device-unknown = 没有这台终端：{ $detail }。请从终端列表中选择。
problem-device-revoked = 这台终端早已停用，没有再改。请刷新页面查看。
problem-reason-needed = 请用一行写明原因（200 字以内）。没有做任何更改。
