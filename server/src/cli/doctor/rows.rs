//! Whether all rows of the database can be read.

use app::page::UnreadableRow;

use super::report::Report;
use crate::service::UNREADABLE;

/// What to do about rows that cannot be read.
const NEXT: (&str, &str) = (
    "修复这些记录，或从备份恢复；任务也可以按编号暂停、结单或删除；由更新的版本写入时，装回那个版本（docs/OPERATIONS.md 的“Rows that cannot be read”）",
    "repair the rows or restore a backup; a task can also be paused, closed or deleted by its ID; if a newer version wrote them, install that (\"Rows that cannot be read\" in docs/OPERATIONS.md)",
);
/// Rows that are named.
const NAMED_MAX: usize = 20;

/// Reports those that cannot be.
pub(super) fn check(rows: &[UnreadableRow], report: &mut Report) {
    if rows.is_empty() {
        return;
    }
    let mut named: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let more = named.len().saturating_sub(NAMED_MAX);
    named.truncate(NAMED_MAX);
    let mut text = named.join(report.lang().pick("；", "; "));
    if more > 0 {
        text.push_str(
            &report
                .lang()
                .pick(format!("；另有 {more} 条"), format!("; and {more} more")),
        );
    }
    report.fail(UNREADABLE, text, NEXT);
}

/// Reports that they could not all be read for another reason.
pub(super) fn failed(why: String, report: &mut Report) {
    report.fail(
        UNREADABLE,
        why,
        ("服务器日志里有原因", "see the server's log"),
    );
}
