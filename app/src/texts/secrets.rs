//! Texts about secrets.

use crate::i18n::Lang;

crate::texts! {
    /// Texts about secrets.
    SecretsUi {
        secrets: "密钥" | "Secrets",
        secrets_text: "密码、令牌：加密保存，作为环境变量交给指定的任务" | "Passwords and tokens: stored encrypted, passed to chosen tasks as environment variables",
        secrets_empty: "还没有密钥。密码不要写进命令：存在这里，任务从环境变量里取。" | "No secrets yet. Do not put passwords into commands: store them here, and tasks read them from their environment.",
        secrets_forbidden: "密钥只对管理员开放" | "Secrets are for administrators only",
        secret_name_hint: "即环境变量名，例如 DB_PASSWORD；创建后不能修改" | "Name of the environment variable, for example DB_PASSWORD; it cannot be changed later",
        secret_value: "值" | "Value",
        secret_value_hint: "4 字节到 32 KiB，可以有多行；保存后无法查看，输出里会被遮盖" | "4 bytes to 32 KiB, may span lines; it cannot be viewed after saving and is masked in output",
        secret_keep_hint: "留空保留现在的值；填写则从下一次执行起生效" | "Leave empty to keep the current value; a new one applies from the next run on",
        secret_note: "用途" | "Purpose",
        secret_tasks: "授权给哪些任务" | "Granted to tasks",
        secret_tasks_hint: "任务的编号或名称，每行一个" | "Task ids or names, one per line",
        secret_no_tasks: "没有任务" | "No tasks",
        secret_updated: "最近修改" | "Last changed",
        secret_change: "修改" | "Change",
        secret_delete_confirm: "获得授权的任务从下一次执行起没有这个变量。" | "Tasks that it was granted to run without this variable from their next run on.",
        add_secret: "添加密钥" | "Add a secret",
    }
}

/// The heading of the form that changes a secret.
#[must_use]
pub fn change_secret(lang: Lang, name: &str) -> String {
    lang.pick(format!("修改密钥 {name}"), format!("Change secret {name}"))
}
