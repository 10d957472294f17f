//! Whether the newest entries of the audit log are as they were sealed, and the log ends where its seals say.

use app::audit::AuditCheck;

use super::report::Report;

/// Entries that are checked: what a check of minutes is worth, in well under a second.
pub(super) const CHECKED: u64 = 2_000;

const NEXT: (&str, &str) = (
    "有人绕过 Jcrontab 修改过审计日志，或恢复了旧的数据库；jcrontab audit verify 检查全部记录（docs/OPERATIONS.md 的“Audit log”）",
    "the log was changed past Jcrontab, or an older database was restored; `jcrontab audit verify` checks all of it (\"Audit log\" in docs/OPERATIONS.md)",
);

/// Reports the result of a check.
pub(super) fn check(checked: &AuditCheck, report: &mut Report) {
    match &checked.finding {
        Some(finding) => report.fail("audit", finding.message.clone(), NEXT),
        None if checked.checked == 0 => report.ok(
            "audit",
            (
                "还没有封存过记录".to_owned(),
                "no entry is sealed yet".to_owned(),
            ),
        ),
        None => {
            let count = checked.checked;
            report.ok(
                "audit",
                (
                    format!("最新的 {count} 条记录完整"),
                    format!("the newest {count} entries are as they were sealed"),
                ),
            );
        }
    }
}
