//! The members of a backup: their names, and how large each may be. A name that is not one of these is refused, so none
//! leads out of a folder.

use super::format::{CHUNK, LINE_MAX};
use crate::auth::seal::KEY_FILES;

/// Bytes of a member that is read as a whole.
const WHOLE_MAX: u64 = 1024 * 1024;
/// Bytes of a key file.
const KEY_MAX: u64 = 4096;
/// Bytes of a stored output; the setting for its beginning may be large.
const OUTPUT_MAX: u64 = 64 * 1024 * 1024 * 1024;
/// Bytes of the longest name of an output, which is that of its column.
const NAME_MAX: usize = 128;

/// A member of a backup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Member {
    /// What the backup is.
    Head,
    /// A key file.
    Key(&'static str),
    /// Rows of a table, and the number of the member.
    Table(String, u32),
    /// A stored output by its name in the output store.
    Output(String),
    /// Checksums.
    Sums(u32),
    /// What has to be there.
    Totals,
}

const HEAD: &str = "jcrontab-backup.json";
const TOTALS: &str = "totals.json";

impl Member {
    /// The member of a name in the archive.
    pub(super) fn parse(name: &[u8]) -> Option<Self> {
        let name = std::str::from_utf8(name).ok()?;
        match name {
            HEAD => return Some(Self::Head),
            TOTALS => return Some(Self::Totals),
            _ => {}
        }
        let (folder, rest) = name.split_once('/')?;
        match folder {
            "keys" => KEY_FILES
                .into_iter()
                .find(|file| *file == rest)
                .map(Self::Key),
            "tables" => {
                let (table, file) = rest.split_once('/')?;
                let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
                (!table.is_empty() && table.chars().all(is_plain)).then_some(())?;
                Some(Self::Table(
                    table.to_owned(),
                    number(file.strip_suffix(".jsonl")?)?,
                ))
            }
            "outputs" => is_output(rest).then(|| Self::Output(rest.to_owned())),
            "sums" => Some(Self::Sums(number(rest.strip_suffix(".txt")?)?)),
            _ => None,
        }
    }

    /// Its name in the archive.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Head => HEAD.to_owned(),
            Self::Key(file) => format!("keys/{file}"),
            Self::Table(table, number) => format!("tables/{table}/{number:06}.jsonl"),
            Self::Output(name) => format!("outputs/{name}"),
            Self::Sums(number) => format!("sums/{number:06}.txt"),
            Self::Totals => TOTALS.to_owned(),
        }
    }

    /// The most bytes that it has.
    pub(super) const fn size_max(&self) -> u64 {
        match self {
            Self::Head | Self::Sums(_) | Self::Totals => WHOLE_MAX,
            Self::Key(_) => KEY_MAX,
            Self::Table(..) => (CHUNK + LINE_MAX + 1) as u64,
            Self::Output(_) => OUTPUT_MAX,
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let is_number = text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Whether this can be the name of a stored output: parts of letters, digits, `-`, `_` and `.`, none of which begins
/// with a dot.
pub(super) fn is_output(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.len() <= NAME_MAX
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for member in [
            Member::Head,
            Member::Key("secret.key"),
            Member::Table("run_day".to_owned(), 1),
            Member::Table("run".to_owned(), 1_234_567),
            Member::Output("2026/11/30/run-7.log.zst".to_owned()),
            Member::Sums(12),
            Member::Totals,
        ] {
            assert_eq!(
                Member::parse(member.name().as_bytes()),
                Some(member.clone()),
                "{member:?}"
            );
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "keys/../../x",
            "keys/host.key",
            "keys/",
            "tables/run/1.jsonl",
            "tables/../000001.jsonl",
            "tables/run/x/000001.jsonl",
            "outputs/../../etc/cron.d/x",
            "outputs//x",
            "outputs/",
            "outputs/2026/.ssh",
            "outputs/a\\b",
            "outputs/a b",
            "sums/1.txt",
            "Totals.json",
            "totals.json/",
        ] {
            assert_eq!(Member::parse(name.as_bytes()), None, "{name}");
        }
        assert_eq!(Member::parse(b"outputs/\xff"), None);
        assert!(!is_output(&"a".repeat(129)));
    }
}
