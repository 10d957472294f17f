//! Texts about one's own account, API tokens and sessions.

use crate::auth::Scope;

crate::texts! {
    /// Texts about one's own account, API tokens and sessions.
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
        token_name: "名称" | "Name",
        token_name_hint: "说明用途，例如 ci-deploy" | "What it is for, such as ci-deploy",
        token_scopes: "范围" | "Scopes",
        token_scopes_hint: "令牌能做的事不超过你的角色；多数程序只需要“查看”。" | "A token never does more than your role. Most programs only need to read.",
        token_tags: "只限这些标签的任务" | "Only tasks with these tags",
        token_tags_hint: "用逗号分隔；限定后只能查看和执行这些任务，其他的一概看不到" | "Separated by commas. A limited token reads and runs these tasks and sees nothing else",
        token_tasks: "只限这些任务" | "Only these tasks",
        token_tasks_hint: "名称或编号，用逗号分隔" | "Names or IDs, separated by commas",
        token_limited: "限于" | "Limited to",
        token_expires: "有效期" | "Lifetime",
        token_days_30: "30 天" | "30 days",
        token_days_90: "90 天" | "90 days",
        token_days_365: "365 天" | "365 days",
        token_never: "永不过期" | "Never expires",
        token_expired: "已过期" | "Expired",
        token_soon: "即将到期" | "Expires soon",
        scope_read: "查看" | "Read",
        scope_read_help: "查看：任务、执行、输出、设置" | "Read: tasks, runs, output, settings",
        scope_run: "执行" | "Run",
        scope_run_help: "执行：启动、停止、暂停、结单、催单、处理待办" | "Run: start, stop, pause, close and chase tasks, answer tickets",
        scope_write: "编辑" | "Write",
        scope_write_help: "编辑：创建、修改、删除任务和规则" | "Write: create, edit and delete tasks and rules",
        scope_admin: "管理" | "Admin",
        scope_admin_help: "管理：渠道、密钥、日历等设置，查看用户和审计日志" | "Admin: channels, secrets and settings; reads accounts and the audit log",
        scope_ping: "探活" | "Ping",
        scope_ping_help: "探活：只查询服务是否正常" | "Ping: only asks whether the servers work",
        scope_metrics: "指标" | "Metrics",
        scope_metrics_help: "指标：读取 /metrics" | "Metrics: reads /metrics",
        sessions_title: "登录的浏览器" | "Signed-in browsers",
        sessions_empty: "没有登录的浏览器。" | "No browser is signed in.",
        sessions_end: "退出其他全部登录" | "Sign out everywhere else",
        session_client: "浏览器和系统" | "Browser and system",
        session_address: "地址" | "Address",
        session_since: "登录时间" | "Signed in",
        session_seen: "最近使用" | "Last seen",
        session_end: "退出登录" | "Sign out",
        session_current: "当前浏览器" | "This browser",
        session_unknown: "未知" | "Unknown",
        password_note: "修改后，其他浏览器里的登录会退出；API 令牌不受影响。" | "This signs you out in other browsers; API tokens are not affected.",
    }
}

/// The name of a scope.
#[must_use]
pub const fn scope_name(texts: &AccountUi, scope: Scope) -> &'static str {
    match scope {
        Scope::Read => texts.scope_read,
        Scope::Run => texts.scope_run,
        Scope::Write => texts.scope_write,
        Scope::Admin => texts.scope_admin,
        Scope::Ping => texts.scope_ping,
        Scope::Metrics => texts.scope_metrics,
    }
}

/// What a scope allows.
#[must_use]
pub const fn scope_help(texts: &AccountUi, scope: Scope) -> &'static str {
    match scope {
        Scope::Read => texts.scope_read_help,
        Scope::Run => texts.scope_run_help,
        Scope::Write => texts.scope_write_help,
        Scope::Admin => texts.scope_admin_help,
        Scope::Ping => texts.scope_ping_help,
        Scope::Metrics => texts.scope_metrics_help,
    }
}
