//! Texts about one's own account.

crate::texts! {
    /// Texts about one's own account.
    AccountUi {
        account_title: "我的账号" | "My account",
        own_account: "这是你自己" | "This is you",
        account_role: "角色" | "Role",
        password_title: "修改密码" | "Change password",
        password_current: "当前密码" | "Current password",
        password_new: "新密码" | "New password",
        password_new_hint: "至少 8 个字符，不要用常见的密码；建议用几个不相关的词" | "At least 8 characters and not a common password; several unrelated words work well",
        password_repeat: "再输入一次新密码" | "Repeat the new password",
        password_submit: "修改" | "Change",
        password_changed: "密码已修改，其他地方的登录都已退出。API 令牌仍然有效，不用的请吊销。" | "Password changed. You have been signed out everywhere else. API tokens still work; revoke those you do not need.",
        password_note: "修改后，其他浏览器里的登录会退出；API 令牌不受影响。" | "This signs you out in other browsers; API tokens are not affected.",
    }
}
