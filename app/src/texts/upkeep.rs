//! Texts about upkeep: the deletion of old history, and backups.

use super::phrases::{bytes, relative};
use crate::i18n::Lang;
use crate::upkeep::Upkeep;

crate::texts! {
    /// Texts about upkeep.
    UpkeepUi {
        upkeep: "维护" | "Upkeep",
        retention: "历史清理" | "Retention",
        backup: "备份" | "Backup",
        database: "数据库大小" | "Size of the database",
        disk: "磁盘剩余空间" | "Free on the disk",
        never: "从未用 jcrontab backup 备份过" | "no backup has been made with `jcrontab backup`",
        not_yet: "还没有完成过" | "not finished yet",
    }
}

/// When old history was deleted last, and how much: `finished 12 min ago, 3201 rows deleted`.
#[must_use]
pub fn retention(lang: Lang, upkeep: &Upkeep) -> String {
    let Some(age) = upkeep.pruned_age_seconds else {
        return UpkeepUi::of(lang).not_yet.to_owned();
    };
    let (when, rows) = (relative(lang, -age), upkeep.pruned_rows);
    lang.pick(
        format!("{when}完成，删除了 {rows} 行"),
        format!("finished {when}, {rows} rows deleted"),
    )
}

/// The size of the database: `1.2 MB, of which 0.3 MB can be reused`.
#[must_use]
pub fn database(lang: Lang, upkeep: &Upkeep) -> Option<String> {
    let size = bytes(upkeep.database_bytes?);
    Some(match upkeep.reusable_bytes.filter(|free| *free > 0) {
        Some(free) => lang.pick(
            format!("{size}，其中 {} 可复用", bytes(free)),
            format!("{size}, of which {} can be reused", bytes(free)),
        ),
        None => size,
    })
}

/// When the last backup was made, where, and what is in it.
#[must_use]
pub fn backup(lang: Lang, upkeep: &Upkeep) -> String {
    let Some(last) = &upkeep.backup else {
        return UpkeepUi::of(lang).never.to_owned();
    };
    let mut parts = vec![relative(lang, -last.age_seconds)];
    if !last.place.is_empty() {
        parts.push(last.place.clone());
    }
    parts.extend(last.bytes.map(bytes));
    if !last.outputs {
        parts.push(lang.pick("不含输出", "without outputs").to_owned());
    }
    if !last.secret_key {
        parts.push(lang.pick("不含密钥", "without the key").to_owned());
    }
    parts.join(lang.pick("，", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Stamp;
    use crate::upkeep::LastBackup;

    #[test]
    fn what_was_done_last_is_worded() {
        let at = Stamp(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let mut upkeep = Upkeep {
            pruned_at: None,
            pruned_age_seconds: None,
            pruned_rows: 0,
            pruning_is_behind: false,
            database_bytes: Some(1_200_000),
            reusable_bytes: Some(300_000),
            disk_free_bytes: None,
            backup: None,
            backup_warn_days: 7,
            backup_is_due: true,
        };
        assert_eq!(retention(Lang::En, &upkeep), "not finished yet");
        assert_eq!(backup(Lang::Zh, &upkeep), "从未用 jcrontab backup 备份过");
        let size = database(Lang::En, &upkeep);
        assert_eq!(
            size.as_deref(),
            Some("1.2 MB, of which 300.0 kB can be reused")
        );
        upkeep.pruned_age_seconds = Some(720);
        upkeep.pruned_rows = 3_201;
        let words = retention(Lang::En, &upkeep);
        assert_eq!(words, "finished 12 min ago, 3201 rows deleted");
        upkeep.backup = Some(LastBackup {
            at,
            age_seconds: 172_800,
            who: "console".to_owned(),
            place: "/var/backups/jcrontab.tar.zst".to_owned(),
            bytes: Some(12_000_000),
            outputs: false,
            secret_key: true,
        });
        assert_eq!(
            backup(Lang::En, &upkeep),
            "2 d ago, /var/backups/jcrontab.tar.zst, 12.0 MB, without outputs"
        );
    }
}
