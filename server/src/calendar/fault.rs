//! Why a text with days, or an entry in it, was not used.

use app::i18n::Lang;

/// Why a text was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.text(Lang::En))]
pub enum ReadFault {
    /// It is empty.
    Empty,
    /// It is longer than [`MAX_BYTES`](super::MAX_BYTES).
    TooLarge,
    /// It names more than [`MAX_DAYS`](super::MAX_DAYS) days.
    TooManyDays,
    /// Its dates use a calendar other than the Gregorian one.
    NotGregorian,
    /// Its recurrence rules take more work than is allowed.
    TooMuch,
    /// Its bytes are not text of this charset.
    NotText {
        /// The name of the charset.
        charset: &'static str,
    },
    /// It is declared to be in an unknown charset.
    UnknownCharset {
        /// What was declared.
        label: String,
    },
    /// It starts like JSON and is not valid.
    Json {
        /// Where it stops being JSON, from 1.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// JSON of an unknown structure.
    UnknownJson,
    /// None of its entries could be used.
    NoDays {
        /// The first entry and why.
        first: Option<Box<Ignored>>,
    },
}

impl ReadFault {
    /// A sentence for the reader.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let say = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            Self::Empty => say("没有内容", "It is empty"),
            Self::TooLarge => say("超过 1 MiB", "It is larger than 1 MiB"),
            Self::TooManyDays => say("超过 20000 天", "It has more than 20,000 days"),
            Self::NotGregorian => say(
                "日期不是公历（CALSCALE）",
                "Its dates are not Gregorian (CALSCALE)",
            ),
            Self::TooMuch => say(
                "重复规则（RRULE）的计算量太大",
                "Its recurrence rules (RRULE) are too expensive to compute",
            ),
            Self::NotText { charset } => lang.pick(
                format!("不是 {charset} 文本；请另存为 UTF-8，或注明字符集（如 charset=gbk）"),
                format!("It is not {charset} text; save it as UTF-8, or specify its charset (charset=gbk)"),
            ),
            Self::UnknownCharset { label } => lang.pick(
                format!("不支持的字符集“{label}”；可用 utf-8、gbk、gb18030、big5、utf-16 等"),
                format!("Unknown charset \"{label}\"; use utf-8, gbk, gb18030, big5, utf-16 or the like"),
            ),
            Self::Json { line, column } => lang.pick(
                format!("不是有效的 JSON：第 {line} 行第 {column} 列"),
                format!("Not valid JSON: line {line}, column {column}"),
            ),
            Self::UnknownJson => say(
                "无法识别这种 JSON；需要 {\"days\":[{\"date\",\"work\" 或 \"isOffDay\",\"name\"}]}",
                "Unknown JSON format; expected \
                 {\"days\":[{\"date\",\"work\" or \"isOffDay\",\"name\"}]}",
            ),
            Self::NoDays { first: None } => say("没有日期", "It contains no days"),
            Self::NoDays { first: Some(first) } => lang.pick(
                format!("没有可用的日期；{}", first.text(lang)),
                format!("No day in it could be used; {}", first.text(lang)),
            ),
        }
    }
}

/// Where in a text an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In this line, from 1; of an event, the line where it starts.
    Line(usize),
    /// The entry of this number, from 1, in JSON.
    Entry(usize),
}

/// An entry that was not used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ignored {
    /// Where it is.
    pub place: Place,
    /// Its beginning, or its title.
    pub what: String,
    /// Why it was not used.
    pub reason: Reason,
}

impl Ignored {
    /// One line for the reader: where, what, why.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let place = match self.place {
            Place::Line(n) => lang.pick(format!("第 {n} 行"), format!("line {n}")),
            Place::Entry(n) => lang.pick(format!("第 {n} 项"), format!("entry {n}")),
        };
        let reason = self.reason.text(lang);
        if self.what.is_empty() {
            return lang.pick(format!("{place}：{reason}"), format!("{place}: {reason}"));
        }
        lang.pick(
            format!("{place}“{}”：{reason}", self.what),
            format!("{place} \"{}\": {reason}", self.what),
        )
    }
}

/// Why an entry was not used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// A date was expected and something else was found.
    NotADate,
    /// A date that the calendar does not have: 30 February.
    NoSuchDate,
    /// A year before 1970 or after 2200.
    YearOutOfRange,
    /// It does not say what the day is.
    NeitherWorkNorRest,
    /// The end is before the start.
    EndsBeforeStart,
    /// An event of more than 366 days.
    TooLong,
    /// An event without a start.
    NoStart,
    /// The text ends, or another event begins, before the event ends.
    Unfinished,
    /// The holiday's declared number of days does not match its dates.
    OtherLength,
    /// A recurrence rule that cannot be read, or that repeats within a day.
    Repetition,
    /// The rules of the text take too much work.
    TooMuch,
    /// A repeated event that does not occur in the years that are read.
    Over,
    /// A change to one occurrence of a repeated event and all that follow.
    AndFuture,
    /// A time in a zone whose rules are unknown.
    UnknownZone,
    /// A cancelled event.
    Cancelled,
    /// A festival that is not marked as rest or work, in a text that marks others.
    NotMarked,
}

impl Reason {
    /// A phrase for the reader.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::NotADate => lang.pick(
                "需要 2026-10-01 这样的日期",
                "a date such as 2026-10-01 was expected",
            ),
            Self::NoSuchDate => lang.pick("没有这一天", "there is no such day"),
            Self::YearOutOfRange => lang.pick(
                "年份要在 1970 到 2200 之间",
                "the year must be between 1970 and 2200",
            ),
            Self::NeitherWorkNorRest => lang.pick(
                "没有注明是工作日还是休息日（work 或 rest）",
                "it does not say work or rest",
            ),
            Self::EndsBeforeStart => lang.pick("结束早于开始", "the end is before the start"),
            Self::TooLong => lang.pick("超过 366 天", "it is longer than 366 days"),
            Self::NoStart => lang.pick("没有开始日期（DTSTART）", "it has no start (DTSTART)"),
            Self::Unfinished => lang.pick("没有写完（缺 END:VEVENT）", "END:VEVENT is missing"),
            Self::OtherLength => lang.pick(
                "天数（Duration）与起止日期不符",
                "its number of days does not match its dates",
            ),
            Self::Repetition => lang.pick(
                "不支持这种重复规则（RRULE）",
                "repeats in a way that is not supported (RRULE)",
            ),
            Self::TooMuch => lang.pick(
                "重复规则（RRULE）的计算量太大",
                "its recurrence rule (RRULE) is too expensive to compute",
            ),
            Self::Over => lang.pick("重复已经结束", "it no longer repeats"),
            Self::AndFuture => lang.pick(
                "“此次及以后”的修改（RANGE）只用于这一次",
                "a change to this and all future occurrences (RANGE) was used for this one only",
            ),
            Self::UnknownZone => lang.pick(
                "不认识的时区（TZID），无法换算",
                "its time zone (TZID) is unknown, so it cannot be converted",
            ),
            Self::Cancelled => lang.pick("已取消", "it is cancelled"),
            Self::NotMarked => lang.pick(
                "没有标明休或班，只是节日",
                "a festival that is not marked as a day off or a working day",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_speak_both_languages() {
        let ignored = Ignored {
            place: Place::Line(3),
            what: "2026-13-01 rest".to_owned(),
            reason: Reason::NotADate,
        };
        let fault = ReadFault::NoDays {
            first: Some(Box::new(ignored)),
        };
        assert_eq!(
            fault.text(Lang::Zh),
            "没有可用的日期；第 3 行“2026-13-01 rest”：需要 2026-10-01 这样的日期"
        );
        assert_eq!(
            fault.to_string(),
            "No day in it could be used; line 3 \"2026-13-01 rest\": a date such as 2026-10-01 \
             was expected"
        );
        let entry = Ignored {
            place: Place::Entry(2),
            what: String::new(),
            reason: Reason::NeitherWorkNorRest,
        };
        assert_eq!(
            entry.text(Lang::En),
            "entry 2: it does not say work or rest"
        );
        let json = ReadFault::Json { line: 1, column: 9 };
        assert_eq!(json.text(Lang::Zh), "不是有效的 JSON：第 1 行第 9 列");
    }
}
