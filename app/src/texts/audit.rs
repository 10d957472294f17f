//! Texts about the audit log.

use crate::audit::{AuditFault, AuditOutcome};
use crate::i18n::Lang;

crate::texts! {
    /// Texts about the audit log.
    AuditUi {
        audit: "审计日志" | "Audit log",
        audit_text: "谁在什么时候、从哪里、改了什么；被拒绝的操作也在其中" | "Who changed what, when and from where; refused attempts as well",
        this_entry: "这条审计记录" | "entry of the audit log",
        none: "没有符合条件的记录。" | "No entries match.",
        none_yet: "到目前为止查过的记录都不符合条件；更早的还没有查。" | "None of the entries examined so far match; earlier ones have not been examined yet.",
        at: "时间" | "Time",
        who: "操作人" | "Who",
        who_hint: "账号名，完全一致" | "Account name, exactly",
        unknown: "未知" | "unknown",
        action: "操作" | "Action",
        action_hint: "如 task.update；以点结尾时匹配这一类，如 task." | "Such as task.update; end with a dot for all actions of a kind, such as task.",
        object: "对象" | "Object",
        object_hint: "如 task:12、secret 或 12" | "Such as task:12, secret or 12",
        door: "入口" | "Via",
        outcome: "结果" | "Result",
        done: "成功" | "Done",
        refused: "拒绝" | "Refused",
        changes: "改动" | "Changes",
        seal: "防篡改序号" | "Seal",
        unsealed: "等待封存" | "not sealed yet",
        from: "不早于" | "From",
        to: "早于" | "Before",
        time_hint: "如 2026-11-30 或 2026-11-30 09:00；只写日期时包含当天" | "Such as 2026-11-30 or 2026-11-30 09:00; a date alone includes that day",
        any: "全部" | "All",
        more_filters: "更多筛选" | "More filters",
        filter: "筛选" | "Filter",
        verify_hint: "每条记录都与前一条相连并加密签名。用 jcrontab audit verify 检查是否有记录被改动或删除。" | "Each entry is chained to the one before it. jcrontab audit verify finds entries that were changed or removed.",
        door_session: "网页" | "web page",
        door_token: "API 令牌" | "API token",
        door_chat: "聊天" | "chat",
        door_console: "服务器命令行" | "server console",
        door_link: "消息里的链接" | "link in a message",
        door_start_url: "触发地址" | "start URL",
        door_server: "系统自身" | "server itself",
    }
}

/// The name of a door; `None` for one that this version does not know.
#[must_use]
pub fn door(texts: &'static AuditUi, via: &str) -> Option<&'static str> {
    Some(match via {
        "session" => texts.door_session,
        "token" => texts.door_token,
        "chat" => texts.door_chat,
        "console" => texts.door_console,
        "link" => texts.door_link,
        "start_url" => texts.door_start_url,
        "server" => texts.door_server,
        _ => return None,
    })
}

/// The name of an outcome.
#[must_use]
pub const fn outcome(texts: &AuditUi, outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Done => texts.done,
        AuditOutcome::Refused => texts.refused,
    }
}

/// So many times.
#[must_use]
pub fn times(times: i64, lang: Lang) -> String {
    lang.pick(format!("共 {times} 次"), format!("{times} times"))
}

/// What is wrong with the chain, and where.
#[must_use]
pub fn finding(fault: AuditFault, seq: i64, lang: Lang) -> String {
    match fault {
        AuditFault::Changed => lang.pick(
            format!("第 {seq} 条记录与封存时不同，或不在原来的位置"),
            format!("Entry {seq} of the chain is not as it was sealed, or was moved"),
        ),
        AuditFault::Missing => lang.pick(
            format!("第 {seq} 条记录被删除了"),
            format!("Entry {seq} of the chain was removed"),
        ),
        AuditFault::Truncated => lang.pick(
            format!("第 {seq} 条之后的记录被删除了"),
            format!("The entries after {seq} were removed"),
        ),
        AuditFault::Head => lang.pick(
            format!("链尾（第 {seq} 条）的签名不对，可能被改过"),
            format!("The signature of the end of the chain, entry {seq}, is wrong"),
        ),
        AuditFault::Checkpoint => lang.pick(
            format!("清理旧记录时留下的检查点（第 {seq} 条）签名不对，可能被改过"),
            format!("The signature of the checkpoint left by retention, entry {seq}, is wrong"),
        ),
        AuditFault::Noted => lang.pick(
            format!("记下的第 {seq} 条与现在的日志不一致：日志被换过或回退过"),
            format!("Entry {seq} is not as you noted it: the log was replaced or rolled back"),
        ),
        AuditFault::Key => lang.pick(
            "审计日志的密钥无法用这台服务器的 secret.key 解开".to_owned(),
            "The key of the audit log does not open with this server's secret.key".to_owned(),
        ),
    }
}
