//! Imports from other schedulers: why a file cannot be read, what is noticed about an item, and why an import is refused.

use app::i18n::Lang;
use app::task::CHANGES_MAX;

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};
use crate::importers::{BYTES_MAX, FILES_MAX, ITEMS_MAX, ReadFault, ReadFaultKind};

impl Say for ReadFaultKind {
    fn words(&self) -> Text {
        match self {
            Self::TooLong => {
                let most = BYTES_MAX / 1024 / 1024;
                both(
                    format!("文件太大，一次最多 {most} MiB；请只导出任务表，不要带日志表"),
                    format!(
                        "it is too long: at most {most} MiB at once. Dump the tables of tasks alone, without those of logs"
                    ),
                )
            }
            Self::NotText { charset } => both(
                format!("不是 {charset} 文本，也不是 GBK；请另存为 UTF-8"),
                format!("this is not a text in {charset}, nor in GBK; save it as UTF-8"),
            ),
            Self::Sqlite => both(
                "这是 SQLite 数据库，不是转储；请先执行 sqlite3 文件 .dump > 文件.sql",
                "this is a database of SQLite and not a dump of one: run `sqlite3 FILE .dump > FILE.sql` first",
            ),
            Self::Database(reason) => both(
                format!("SQLite 读不了这个数据库：{reason}"),
                format!("SQLite cannot read this database: {reason}"),
            ),
            Self::Nul => both(
                "文本里有 NUL 字符，文件可能已损坏",
                "the text has a NUL character; the file may be damaged",
            ),
            Self::Incomplete => both(
                "内容不完整，在这里中断；请重新导出",
                "it ends here, in the middle of something: the file is incomplete. Export it again",
            ),
            Self::Sql => both(
                "这里不是 mysqldump 或 sqlite3 .dump 写出的 INSERT 语句；pg_dump 要加 --inserts",
                "not an INSERT statement as written by mysqldump or sqlite3 .dump; use pg_dump with --inserts",
            ),
            Self::Json(reason) => both(
                format!("JSON 语法错误：{reason}"),
                format!("invalid JSON: {reason}"),
            ),
            Self::Yaml(what) => what.words(),
            Self::Unit => both(
                "这一行不是“设置=值”；systemd 的单元文件才能导入",
                "this line is no `Setting=value`, as in unit files of systemd",
            ),
            Self::NoTable { table } => both(
                format!("里面没有表 {table} 的数据；请导出这张表，并带上数据"),
                format!("it has no rows of the table {table}: dump that table with its data"),
            ),
            Self::NoColumn { column } => both(
                format!("没有列 {column}，这个版本的表不能导入"),
                format!("there is no column {column}: tables of this version cannot be imported"),
            ),
            Self::Columns { columns, values } => both(
                format!(
                    "这一行有 {values} 个值，而表有 {columns} 列；转储要带 CREATE TABLE，或在 INSERT 里写出列名"
                ),
                format!(
                    "this row has {values} values, and the table has {columns} columns: the dump needs its CREATE TABLE, or INSERT with names of columns"
                ),
            ),
            Self::NoItems => both(
                "里面没有可以导入的任务",
                "there is nothing in it that tasks could be made of",
            ),
            Self::TooMany { items } => both(
                format!("里面有 {items} 项，一次最多 {ITEMS_MAX} 项"),
                format!("there are {items} items in it, and at most {ITEMS_MAX} are read at once"),
            ),
        }
    }
}

impl ReadFault {
    /// The sentence for a reader, with the place in front.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let words = self.what.say(lang);
        let path = app::ansi::visible(&self.path);
        match (self.mark, self.path.is_empty()) {
            (None, true) => words,
            (None, false) => format!("{path}{}{words}", lang.pick("：", ": ")),
            (Some(mark), true) => {
                let (line, column) = (mark.line, mark.column);
                lang.pick(
                    format!("第 {line} 行第 {column} 列：{words}"),
                    format!("line {line}, column {column}: {words}"),
                )
            }
            (Some(mark), false) => format!("{path}:{}:{}: {words}", mark.line, mark.column),
        }
    }

    /// The stable code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.what {
            ReadFaultKind::TooLong | ReadFaultKind::TooMany { .. } => "too_long",
            ReadFaultKind::NotText { .. } | ReadFaultKind::Nul => "unreadable",
            ReadFaultKind::Incomplete => "incomplete",
            ReadFaultKind::NoTable { .. } | ReadFaultKind::NoItems => "none",
            ReadFaultKind::NoColumn { .. } | ReadFaultKind::Columns { .. } => "columns",
            ReadFaultKind::Sqlite
            | ReadFaultKind::Database(_)
            | ReadFaultKind::Sql
            | ReadFaultKind::Json(_)
            | ReadFaultKind::Yaml(_)
            | ReadFaultKind::Unit => "format",
        }
    }
}

/// What is wrong with what was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TaskImportFault {
    /// No files and no items, or both.
    Empty,
    /// More files than at once.
    Files,
    /// More items than at once.
    Items,
    /// Two items have the same key.
    SameKey,
}

impl Fault for TaskImportFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Empty => (
                "required",
                both(
                    "请给出 files 或 items 中的一个",
                    "Send either `files` or `items`",
                ),
            ),
            Self::Files => (
                "too_many",
                both(
                    format!("一次最多 {FILES_MAX} 个文件"),
                    format!("At most {FILES_MAX} files at once"),
                ),
            ),
            Self::Items => (
                "too_many",
                both(
                    format!("一次最多 {ITEMS_MAX} 项"),
                    format!("At most {ITEMS_MAX} items at once"),
                ),
            ),
            Self::SameKey => (
                "taken",
                both("两项的 key 相同", "Two items have the same key"),
            ),
        }
    }
}

/// Why an import is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TaskImportRefusal {
    /// It would create more tasks than are created at once.
    TooMany {
        /// How many.
        tasks: usize,
    },
}

impl Refusal for TaskImportRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::TooMany { tasks } => conflict(
                "import.too_many",
                format!("会新建 {tasks} 个任务，一次最多 {CHANGES_MAX} 个；没有导入"),
                format!("This would create {tasks} tasks; at most {CHANGES_MAX} are created at once. Nothing was imported"),
            )
            .hint(
                "请分几次导入（例如 mysqldump --where）；已经导入的不会重复新建",
                "Import it in parts (mysqldump has --where); what was imported before is not created again",
            ),
        }
    }
}

/// What the service notices about an item.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ItemNote {
    /// Its task was created by an earlier import.
    Known,
    /// Another task has its name, so it has another one.
    Renamed {
        /// The name that is taken.
        name: String,
    },
    /// Other tasks have its name and those that are tried instead.
    NameTaken {
        /// The name.
        name: String,
    },
    /// An item that it follows is not imported.
    NotFollowed {
        /// The key of that item.
        other: String,
    },
    /// The robot that it sent to is not used, because a channel was named.
    RobotUnused,
}

impl ItemNote {
    /// The stable code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Renamed { .. } => "renamed",
            Self::NameTaken { .. } => "name_taken",
            Self::NotFollowed { .. } => "not_followed",
            Self::RobotUnused => "robot_unused",
        }
    }
}

impl Say for ItemNote {
    fn words(&self) -> Text {
        match self {
            Self::Known => both("以前导入过，没有改动", "imported before, and not changed"),
            Self::Renamed { name } => both(
                format!("已有另一个任务叫“{name}”，换了名字"),
                format!("another task is named \"{name}\", so this one has another name"),
            ),
            Self::NameTaken { name } => both(
                format!("“{name}”和备选的名字都被别的任务占用；请先改名"),
                format!(
                    "\"{name}\" and the names tried instead are taken by other tasks: rename one"
                ),
            ),
            Self::NotFollowed { other } => both(
                format!("它跟随的 {other} 没有导入"),
                format!("it follows {other}, which is not imported"),
            ),
            Self::RobotUnused => both(
                "指定了通知渠道，没有使用原来的机器人地址",
                "a channel was named, so the address of its robot is not used",
            ),
        }
    }
}
