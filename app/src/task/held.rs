//! Tasks that were imported from a crontab and wait until their line is commented out there.

use serde::{Deserialize, Serialize};

use crate::i18n::Lang;

/// Where the line of a held task still is. While it is there the task does not fire, so that nothing runs twice.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HeldBy {
    /// The host of the crontab; may be empty.
    pub host: String,
    /// `user:NAME` for the crontab of a user, else the path of the file.
    pub path: String,
}

impl HeldBy {
    /// Why it does not fire.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let place = place_text(&self.host, &self.path, lang);
        lang.pick(
            format!("暂不执行：它的那一行还在{place}里"),
            format!("Held: its line is still in {place}"),
        )
    }
}

/// A crontab in words: `the crontab of root on web1`.
#[must_use]
pub fn place_text(host: &str, path: &str, lang: Lang) -> String {
    let (zh, en) = match path.strip_prefix("user:") {
        Some(user) => (
            format!(" {user} 的 crontab "),
            format!("the crontab of {user}"),
        ),
        None if path.is_empty() => ("原来的 crontab ".to_owned(), "its crontab".to_owned()),
        None => (format!(" {path} "), path.to_owned()),
    };
    match host {
        "" => lang.pick(zh, en),
        host => lang.pick(format!("主机 {host} 上{zh}"), format!("{en} on {host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_task_says_where_its_line_is() {
        let by = |host: &str, path: &str| HeldBy {
            host: host.to_owned(),
            path: path.to_owned(),
        };
        for (by, zh, en) in [
            (
                by("web1", "user:root"),
                "暂不执行：它的那一行还在主机 web1 上 root 的 crontab 里",
                "Held: its line is still in the crontab of root on web1",
            ),
            (
                by("", "/etc/cron.d/x"),
                "暂不执行：它的那一行还在 /etc/cron.d/x 里",
                "Held: its line is still in /etc/cron.d/x",
            ),
            (
                by("", ""),
                "暂不执行：它的那一行还在原来的 crontab 里",
                "Held: its line is still in its crontab",
            ),
        ] {
            assert_eq!(by.text(Lang::Zh), zh);
            assert_eq!(by.text(Lang::En), en);
        }
    }
}
