//! An event as written, and what it says about its days.

use super::super::content::{Property, unescape};

/// The properties of an event that matter here, as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    pub(super) line: usize,
    /// Shared by all parts of a series.
    pub(super) uid: String,
    /// Of two versions of the same event, the higher one counts.
    pub(super) sequence: i64,
    pub(super) start: Option<Property>,
    pub(super) end: Option<Property>,
    pub(super) duration: Option<Property>,
    pub(super) rules: Vec<Property>,
    /// Rules for days on which a repeated event does not start; RFC 2445 had them.
    pub(super) except_rules: Vec<Property>,
    /// Days on which a repeated event does not start.
    pub(super) except: Vec<Property>,
    /// Days on which it starts in addition to its rules.
    pub(super) extra: Vec<Property>,
    /// Which one of a series this event replaces.
    pub(super) replaces: Option<Property>,
    pub(super) title: String,
    pub(super) cancelled: bool,
    categories: Vec<String>,
    /// Apple's property for what the day is.
    special: Option<String>,
}

impl Event {
    pub(super) fn at(line: usize) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }

    pub(super) fn take(&mut self, property: Property) {
        let value = property.value.as_str();
        match property.name.as_str() {
            "UID" => self.uid = value.to_owned(),
            "SEQUENCE" => self.sequence = value.parse().unwrap_or_default(),
            "DTSTART" => self.start = Some(property),
            "DTEND" => self.end = Some(property),
            "DURATION" => self.duration = Some(property),
            "RRULE" => self.rules.push(property),
            "EXRULE" => self.except_rules.push(property),
            "EXDATE" => self.except.push(property),
            "RDATE" => self.extra.push(property),
            "RECURRENCE-ID" => self.replaces = Some(property),
            "STATUS" => self.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            "SUMMARY" => self.title = unescape(value).trim().to_owned(),
            "CATEGORIES" => self.categories.push(unescape(value)),
            "X-APPLE-SPECIAL-DAY" => self.special = Some(value.to_ascii_uppercase()),
            _ => {}
        }
    }

    /// Whether the event marks its days the way those feeds do.
    pub(super) fn is_marked(&self) -> bool {
        self.special.is_some() || without_mark(&self.title).is_some()
    }

    /// What the event itself says: a working day, a rest day, or nothing.
    pub(super) fn says(&self) -> Option<bool> {
        match self.special.as_deref() {
            Some("ALTERNATE-WORKDAY") => return Some(true),
            Some("WORK-HOLIDAY") => return Some(false),
            _ => {}
        }
        if without_mark(&self.title).is_some() {
            Some(false)
        } else if is_work(&self.title)
            || self
                .categories
                .iter()
                .any(|list| list.split(',').any(is_work))
        {
            Some(true)
        } else {
            None
        }
    }

    pub(super) fn name(&self, work: bool) -> &str {
        match without_mark(&self.title) {
            Some(name) if !work => name,
            _ => &self.title,
        }
    }
}

/// The title without the mark of a rest day, 国庆节（休）; `None` when it has none.
fn without_mark(title: &str) -> Option<&str> {
    ["（休）", "(休)"]
        .iter()
        .find_map(|mark| title.strip_suffix(mark))
        .map(str::trim_end)
}

/// Whether a title or category names a working day.
fn is_work(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let end = text.trim_end_matches(['）', ')', '】', ']']);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    end.ends_with('班')
        // The feed of holiday-cn: 上班(补国庆节假期)
        || text.starts_with("上班")
        || says(&["调休上班", "补班"])
        || says(&["workday", "work day", "working day"])
            && !says(&["non-work", "non work", "nonwork"])
}
