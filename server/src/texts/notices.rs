//! What an administrator should know of the whole server.

use app::i18n::{Lang, plural};
use app::texts::about::AboutUi;

use super::{Say, Text, both, damage};
use crate::store::UnreadableRow;

/// The code of the notice about a system whose zone has no name.
pub const UNNAMED_ZONE: &str = "zone_unnamed";

/// The code of the notice about rows that cannot be read.
pub const UNREADABLE: &str = "unreadable_rows";
/// The code of notices about backups.
pub const BACKUP: &str = "backup";
/// The code of notices about API tokens that expire soon.
pub const TOKEN: &str = "token_expires";
/// The code of notices about the deletion of old history.
pub const RETENTION: &str = "retention";

/// Something that an administrator should know.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ServerNotice {
    /// A calendar that is in use does not know a year.
    CalendarYear {
        /// Its name.
        calendar: String,
        /// The year.
        year: i32,
        /// Schedules that use it.
        uses: i64,
    },
    /// Output cannot be sent to its store.
    OutputStore {
        /// What the store reports.
        why: String,
    },
    /// Rows of the database cannot be read and are skipped.
    Unreadable {
        /// Some of them.
        rows: Vec<UnreadableRow>,
        /// How many there are.
        count: usize,
    },
    /// The disk is nearly full.
    LowDisk,
    /// The system's zone has no name in the zone data.
    UnnamedZone {
        /// What the system says its zone is.
        said: String,
    },
    /// The system's zone data is older than ours.
    OldZoneData {
        /// Its version.
        version: String,
        /// Where it is from, by its code.
        source: String,
        /// The version that is built in.
        bundled: String,
    },
    /// The clock was set.
    ClockStep {
        /// When.
        at: String,
        /// By how many seconds.
        seconds: String,
    },
    /// No backup was ever made.
    NoBackup {
        /// Days since the installation.
        days: i64,
    },
    /// The last backup is old.
    OldBackup {
        /// Days since it.
        days: i64,
    },
    /// An API token expires soon.
    TokenExpires {
        /// What it is for, or its first characters.
        token: String,
        /// The name of its account.
        owner: String,
        /// When it expires.
        at: String,
    },
    /// Old history is not deleted as it should be.
    RetentionBehind {
        /// Hours since it was; `None` when it never was.
        hours: Option<i64>,
    },
}

impl ServerNotice {
    /// Its stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CalendarYear { .. } => "calendar_year",
            Self::OutputStore { .. } => "output_store",
            Self::Unreadable { .. } => UNREADABLE,
            Self::LowDisk => "low_disk",
            Self::UnnamedZone { .. } => UNNAMED_ZONE,
            Self::OldZoneData { .. } => "tzdata_old",
            Self::ClockStep { .. } => "clock_step",
            Self::NoBackup { .. } | Self::OldBackup { .. } => BACKUP,
            Self::TokenExpires { .. } => TOKEN,
            Self::RetentionBehind { .. } => RETENTION,
        }
    }
}

impl Say for ServerNotice {
    fn words(&self) -> Text {
        match self {
            Self::CalendarYear {
                calendar,
                year,
                uses,
            } => both(
                format!(
                    "日历 {calendar} 没有 {year} 年的数据，{uses} 个工作周期会按周一至周五计算"
                ),
                format!(
                    "Calendar {calendar} has no data for {year}; {uses} {} Monday to Friday as working days",
                    plural(*uses, "schedule will take", "schedules will take")
                ),
            ),
            Self::OutputStore { why } => both(
                format!(
                    "输出暂时无法保存到 JCRONTAB_OUTPUT_URL，先留在数据文件夹里，不会丢失：{why}"
                ),
                format!(
                    "Output cannot be sent to JCRONTAB_OUTPUT_URL for now; it stays in the data folder and nothing is lost: {why}"
                ),
            ),
            Self::Unreadable { rows, count } => {
                let named = Text::each(|lang| {
                    let rows = rows.iter().map(|row| damage::row(row, lang));
                    rows.collect::<Vec<_>>().join(lang.pick("；", "; "))
                });
                let more = *count > rows.len();
                both(
                    format!(
                        "数据库里有 {count} 条记录无法读取：{}{}",
                        named.zh,
                        if more { "等" } else { "" }
                    ),
                    format!(
                        "{count} {} of the database cannot be read: {}{}",
                        plural(*count, "row", "rows"),
                        named.en,
                        if more { "; …" } else { "" }
                    ),
                )
            }
            Self::LowDisk => both(
                "磁盘空间不足：任务照常执行，但输出不再写入磁盘，只保留结尾",
                "The disk is nearly full: runs continue, but only the end of their output is kept",
            ),
            Self::UnnamedZone { said } => both(
                format!(
                    "系统时区（{said}）不是已知的 IANA 时区，未指定时区的任务按 UTC 执行；请把 JCRONTAB_ZONE 设为 IANA 名称，例如 Asia/Shanghai"
                ),
                format!(
                    "The system's zone ({said}) is not a known IANA time zone, so tasks without a time zone run in UTC; set JCRONTAB_ZONE to an IANA name such as Asia/Shanghai"
                ),
            ),
            Self::OldZoneData {
                version,
                source,
                bundled,
            } => {
                let from = Text::each(|lang| AboutUi::of(lang).tz_source(source));
                both(
                    format!(
                        "时区数据版本为 {version}（{}），低于内置版本 {bundled}；请更新系统的 tzdata",
                        from.zh
                    ),
                    format!(
                        "The time zone data is {version} ({}), older than the built-in {bundled}; update the system's tzdata",
                        from.en
                    ),
                )
            }
            Self::ClockStep { at, seconds } => both(
                format!("系统时钟在 {at} 跳动了 {seconds} 秒；请检查时间同步"),
                format!(
                    "The system clock stepped by {seconds} s at {at}; check time synchronization"
                ),
            ),
            Self::NoBackup { days } => both(
                format!(
                    "安装 {days} 天以来还没有备份过：请运行 jcrontab backup（见 docs/BACKUP.zh-CN.md）；用别的办法备份时把 JCRONTAB_BACKUP_WARN_DAYS 设为 0"
                ),
                format!(
                    "There has been no backup in the {days} days since the installation: run `jcrontab backup` (docs/BACKUP.md), or set JCRONTAB_BACKUP_WARN_DAYS to 0 if it is backed up by other means"
                ),
            ),
            Self::OldBackup { days } => both(
                format!("上一次备份在 {days} 天以前：请检查定时运行 jcrontab backup 的任务"),
                format!(
                    "The last backup was made {days} days ago: check what runs `jcrontab backup` regularly"
                ),
            ),
            Self::TokenExpires { token, owner, at } => both(
                format!("{owner} 的 API 令牌 {token} 将于 {at} 到期，请在到期前换成新的令牌"),
                format!("The API token {token} of {owner} expires on {at}; replace it before"),
            ),
            Self::RetentionBehind { hours: Some(hours) } => both(
                format!(
                    "过期的历史已经 {hours} 小时没有清理完：请在“节点”页查看 retention 循环的错误"
                ),
                format!(
                    "Deleting old history has not finished for {hours} hours: see the errors of the loop retention on the page Nodes"
                ),
            ),
            Self::RetentionBehind { hours: None } => both(
                "过期的历史还没有清理完过：请在“节点”页查看 retention 循环的错误",
                "Deleting old history has never finished: see the errors of the loop retention on the page Nodes",
            ),
        }
    }
}

/// The notice about a system whose zone has no name in the zone data.
#[must_use]
pub fn unnamed_zone(lang: Lang, said: &str) -> String {
    let said = said.to_owned();
    ServerNotice::UnnamedZone { said }.say(lang)
}
