//! Rows of the database that cannot be read.

use app::error::ErrorKind;
use app::i18n::Lang;
use app::task::TASK_UNREADABLE;

use super::{Refusal, Refused, Text, both};
use crate::store::{Damage, RowKind, UnreadableRow};

/// What needs a row that cannot be read is not done.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RowRefusal {
    /// That of a task.
    Task {
        /// Its id.
        id: String,
        /// What is wrong with it.
        damage: Damage,
    },
    /// Another one.
    Other {
        /// What is wrong with it.
        damage: Damage,
    },
}

impl Refusal for RowRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::Task { id, damage } => {
                let Text { zh, en } = problem(damage);
                Refused::new(
                    ErrorKind::Conflict,
                    TASK_UNREADABLE,
                    both(
                        format!("任务 {id} 的记录无法读取：{zh}"),
                        format!("Task {id} cannot be read: {en}"),
                    ),
                )
                .hint(
                    "可以暂停（不带时间）、结单或删除它；在服务器上运行 jcrontab doctor，它会列出所有无法读取的记录",
                    "It can be paused (without a time), closed or deleted; run jcrontab doctor on the server, which names all rows that cannot be read",
                )
            }
            Self::Other { damage } => {
                let Text { zh, en } = problem(damage);
                Refused::new(
                    ErrorKind::Conflict,
                    "row.unreadable",
                    both(
                        format!("数据库里有一条需要的记录无法读取：{zh}"),
                        format!("A row that this needs cannot be read: {en}"),
                    ),
                )
                .hint(
                    "在服务器上运行 jcrontab doctor，它会列出所有无法读取的记录",
                    "Run jcrontab doctor on the server: it names all rows that cannot be read",
                )
            }
        }
    }
}

/// What to do about a task whose row cannot be read.
#[must_use]
pub fn next_of_task(runs: bool, lang: Lang) -> String {
    let now = match runs {
        true => lang.pick(
            "本服务器仍按之前读到的内容执行它，直到它被修改或服务器重启。",
            "This server still runs it as it had read it before, until it is changed or the server restarts. ",
        ),
        false => lang.pick("它不会执行。", "It does not run. "),
    };
    let next = lang.pick(
        "请修复这条记录或从备份恢复（docs/OPERATIONS.md 的“Rows that cannot be read”），或者暂停、结单、删除它。",
        "Repair the row or restore a backup (\"Rows that cannot be read\" in docs/OPERATIONS.md), or pause, close or delete it.",
    );
    format!("{now}{next}")
}

/// A row that cannot be read, what is wrong with it, and whether it is still in use.
#[must_use]
pub fn row(row: &UnreadableRow, lang: Lang) -> String {
    let (zh, en) = match row.kind {
        RowKind::Task => ("任务", "task"),
        RowKind::Blackout => ("停跑时段", "blackout"),
        RowKind::Rule => ("通知规则", "notification rule"),
        RowKind::Channel => ("通知渠道", "channel"),
        RowKind::Rota => ("值班表", "rota"),
        RowKind::UrgeDefault => ("默认催单策略", "default policy of urging"),
    };
    let (use_zh, use_en) = match (row.kind, row.runs) {
        (RowKind::Task, true) => (
            "仍按之前读到的内容执行",
            "still runs as it had been read before",
        ),
        (RowKind::Task, false) => ("不执行", "does not run"),
        _ => ("已跳过", "is skipped"),
    };
    let (key, problem) = (&row.key, problem(&row.damage));
    lang.pick(
        format!("{zh} {key}（{}）{use_zh}", problem.zh),
        format!("{en} {key} ({}) {use_en}", problem.en),
    )
}

fn problem(damage: &Damage) -> Text {
    match (&damage.column, &damage.value) {
        (Some(column), Some(value)) => both(
            format!("数据库里 {column} 的值 {value:?} 本版本无法识别"),
            format!("the database holds {column} {value:?}, which this version does not know"),
        ),
        (Some(column), None) => both(
            format!("数据库里 {column} 的值无法读取"),
            format!("the database holds a value of {column} that cannot be read"),
        ),
        _ => both(
            "数据库里有一个无法读取的值",
            "the database holds a value that cannot be read",
        ),
    }
}
