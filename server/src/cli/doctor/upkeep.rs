//! Whether old history is deleted, and backups are made.

use app::i18n::Lang;
use app::page::Notice;
use app::texts::phrases::bytes;
use app::texts::upkeep;
use app::upkeep::Upkeep;

use super::report::Report;
use crate::service::{BACKUP, RETENTION};

/// Checks both, and reports how much room there is.
pub(super) fn check(state: &Upkeep, notices: &[Notice], report: &mut Report) {
    let both =
        |words: fn(Lang, &Upkeep) -> String| (words(Lang::Zh, state), words(Lang::En, state));
    let notice = |code: &str| notices.iter().find(|notice| notice.code == code);
    match notice(RETENTION) {
        Some(notice) => report.warn("retention", notice.text.clone(), NEXT_RETENTION),
        None => report.ok("retention", both(upkeep::retention)),
    }
    match notice(BACKUP) {
        Some(notice) => report.warn("backup", notice.text.clone(), NEXT_BACKUP),
        None => report.ok("backup", both(upkeep::backup)),
    }
    let space = |lang: Lang| {
        let database = upkeep::database(lang, state);
        let database =
            database.map(|size| lang.pick(format!("数据库 {size}"), format!("database {size}")));
        let free = state.disk_free_bytes.map(bytes);
        let free = free.map(|free| {
            lang.pick(
                format!("磁盘剩余 {free}"),
                format!("{free} free on the disk"),
            )
        });
        let parts: Vec<String> = database.into_iter().chain(free).collect();
        parts.join(lang.pick("；", "; "))
    };
    if !space(Lang::En).is_empty() {
        report.ok("space", (space(Lang::Zh), space(Lang::En)));
    }
}

const NEXT_RETENTION: (&str, &str) = (
    "服务器日志里有原因；见 docs/OPERATIONS.md 的“Retention”",
    "the server's log has the reason; see \"Retention\" in docs/OPERATIONS.md",
);

const NEXT_BACKUP: (&str, &str) = (
    "让系统的 cron 每天运行 jcrontab backup，见 docs/BACKUP.zh-CN.md 的“每天夜里”",
    "have the system's cron run `jcrontab backup` every day, see \"Every night\" in docs/BACKUP.md",
);
