//! What is wrong with a backup, in the reader's language.

use super::super::{Failure, lang, sentence};
use crate::archive::{ArchiveError, Damage};

/// The failure of a command that works with a backup.
pub(super) fn failure(error: &ArchiveError) -> Failure {
    let lang = lang();
    match error {
        ArchiveError::Foreign => Failure::usage(lang.pick(
            "这个文件不是 Jcrontab 的备份",
            "this file is not a backup of Jcrontab",
        )),
        ArchiveError::Format(format) => Failure::refused(lang.pick(
            format!("备份的格式是 {format}，这个版本读不了；用制作它的版本或更新的版本"),
            format!("the backup has format {format}, which this version cannot read; use the version that made it, or a newer one"),
        )),
        ArchiveError::NewerLayout { layout, version } => Failure::refused(lang.pick(
            format!("备份由 Jcrontab {version} 制作，它的数据库结构（{layout}）比这个版本新；用那个版本或更新的版本恢复"),
            format!("the backup was made by Jcrontab {version}, whose database layout ({layout}) this version does not know; restore it with that version or a newer one"),
        )),
        ArchiveError::Damaged { member, at, what } => {
            let (zh, en) = damage(what);
            Failure::error(lang.pick(
                format!("备份已损坏：{member}（文件第 {at} 字节附近）{zh}"),
                format!("the backup is damaged: {member} (near byte {at} of the file) {en}"),
            ))
        }
        ArchiveError::RowTooLarge { table } => Failure::error(lang.pick(
            format!("表 {table} 有一行太大，备份放不下"),
            format!("a row of the table {table} is too large for a backup"),
        )),
        ArchiveError::Columns { table } => Failure::error(lang.pick(
            format!("备份里表 {table} 的列和它的数据库结构不一致"),
            format!("the columns of the table {table} in the backup are not those of its layout"),
        )),
        ArchiveError::Count { table, expected, found } => Failure::error(lang.pick(
            format!("表 {table} 恢复后有 {found} 行，备份里是 {expected} 行"),
            format!("the table {table} has {found} rows after the restore, and {expected} in the backup"),
        )),
        ArchiveError::Refused { table, source } => Failure::error(lang.pick(
            format!("数据库不接受表 {table} 的数据：{}", sentence(source)),
            format!("the database does not take the rows of the table {table}: {}", sentence(source)),
        )),
        ArchiveError::InTheWay(path) => {
            let path = path.display();
            Failure::refused(lang.pick(
                format!("{path} 已经存在，内容和备份里的不同；先把它移走，或恢复到另一个数据文件夹"),
                format!("{path} exists, and has another content than in the backup; move it away first, or restore into another data folder"),
            ))
        }
        ArchiveError::File(_)
        | ArchiveError::Store(_)
        | ArchiveError::Output(_)
        | ArchiveError::OtherFile { .. }
        | ArchiveError::Interrupted => Failure::error(sentence(error)),
    }
}

/// What is wrong with a member: Chinese, English.
fn damage(what: &Damage) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match what {
        Damage::Truncated => both(
            "之后没有了：文件不完整",
            "is cut off: the file is incomplete",
        ),
        Damage::Unreadable(why) => (
            format!("解不开：{why}"),
            format!("cannot be unpacked: {why}"),
        ),
        Damage::Checksum => both("的校验和不对", "has a wrong checksum"),
        Damage::Row(row) => (
            format!("第 {row} 行读不了"),
            format!("has a row that cannot be read, number {row}"),
        ),
        Damage::Description(why) => (format!("读不了：{why}"), format!("cannot be read: {why}")),
        Damage::Name => both(
            "不是备份里会有的文件",
            "is not a file that a backup contains",
        ),
        Damage::Size(size) => (
            format!("声称有 {size} 字节，超过上限"),
            format!("claims to have {size} bytes, which is more than it may have"),
        ),
        Damage::Order => both("不在它该在的位置", "is not where it belongs"),
        Damage::Counts => both(
            "记的数量和文件里的不一致：有内容缺失或多余",
            "counts other rows, outputs or members than the file has",
        ),
        Damage::Trailing => both("后面还有别的内容", "is followed by something else"),
    }
}
