//! Writes iCalendar (RFC 5545): the feed of what is to be done, for calendar programs.

use chrono::{DateTime, Utc};

/// Octets of a line without its end; a longer one is folded (RFC 5545, 3.1).
const LINE_MAX: usize = 75;
/// How long an entry is shown.
const LENGTH: &str = "PT15M";
/// How often programs are to look again.
const REFRESH: &str = "PT15M";

/// Something that is to be done at a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedEntry {
    /// The same for the same thing, whenever the feed is read.
    pub uid: String,
    /// Counts its changes.
    pub version: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What, in one line.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Where it is answered; empty for nowhere.
    pub url: String,
}

/// The feed with these entries, as of `now`.
#[must_use]
pub fn feed(name: &str, entries: &[FeedEntry], now: DateTime<Utc>) -> String {
    let mut text = String::with_capacity(256 + entries.len() * 512);
    let mut line = |content: &str| fold(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Jcrontab//Tickets//EN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    // RFC 7986, 5.7, and what programs obeyed before it.
    line(&format!("REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"));
    line(&format!("X-PUBLISHED-TTL:{REFRESH}"));
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escaped(&entry.uid)));
        line(&format!("DTSTAMP:{}", instant(now)));
        line(&format!("SEQUENCE:{}", entry.version.max(0)));
        line(&format!("DTSTART:{}", instant(entry.at)));
        line(&format!("DURATION:{LENGTH}"));
        line(&format!("SUMMARY:{}", escaped(&entry.summary)));
        if !entry.description.is_empty() {
            line(&format!("DESCRIPTION:{}", escaped(&entry.description)));
        }
        if !entry.url.is_empty() {
            // A URI is no text: it is not escaped (RFC 5545, 3.3.13). A control character would end the line.
            line(&format!("URL:{}", entry.url.replace(char::is_control, "")));
        }
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

/// An instant in UTC (RFC 5545, 3.3.5).
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text (RFC 5545, 3.3.11). Control characters other than line breaks are not allowed in it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded between characters.
fn fold(text: &mut String, content: &str) {
    let mut used = 0;
    for c in content.chars() {
        if used + c.len_utf8() > LINE_MAX {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(c);
        used += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_texts_escaped() {
        let entry = FeedEntry {
            uid: "ticket-7@example".to_owned(),
            version: 3,
            at: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
            summary: "备份；检查".repeat(12),
            description: "a,b;c\\d\r\ne\u{7}\nBEGIN:VEVENT".to_owned(),
            url: "https://example.com/reminders?ticket=7".to_owned(),
        };
        let text = feed("张三", std::slice::from_ref(&entry), DateTime::UNIX_EPOCH);
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE_MAX, "{line}");
            assert!(!line.contains(['\r', '\n']), "{line:?}");
        }
        let unfolded = text.replace("\r\n ", "");
        let lines: Vec<&str> = unfolded.split("\r\n").collect();
        assert!(lines.contains(&format!("SUMMARY:{}", entry.summary).as_str()));
        assert!(lines.contains(&r"DESCRIPTION:a\,b\;c\\d\ne\nBEGIN:VEVENT"));
        assert!(lines.contains(&"DTSTART:20270115T080000Z"));
        let begins = lines.iter().filter(|line| **line == "BEGIN:VEVENT");
        assert_eq!(begins.count(), 1);
        assert!(text.ends_with("END:VCALENDAR\r\n"));
    }
}
