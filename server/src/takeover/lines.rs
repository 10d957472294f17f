//! Every line of a crontab, in order, with its place in the text.

use std::ops::Range;

use app::import::{Flavor, Format};

use super::anacron;
use super::edit::taken_line;
use super::entry::{Entry, entry};
use super::fault::LineFault;
use super::rejected::Rejection;
use super::remark::Remark;
use super::variables::{Scope, Variable, is_like_setting, variable};
use super::{LINES_MAX, Reading};

/// An account of a text.
#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    /// All lines. Their ranges follow each other and cover the whole text.
    pub lines: Vec<Line>,
    /// Why cron runs nothing of it, if so.
    pub rejected: Option<Rejection>,
}

/// A line.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// Its bytes in the text, with the end of the line.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// What a reader should know about it.
    pub remarks: Vec<Remark>,
}

/// What a line is to cron.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// Nothing but blanks.
    Blank,
    /// A comment.
    Comment {
        /// Its text without the signs in front.
        text: String,
        /// Whether it would be an entry without them.
        is_disabled_entry: bool,
    },
    /// An entry that a task has taken over.
    Taken {
        /// The task.
        task: i64,
        /// The line as it was.
        line: String,
    },
    /// A setting of the environment of the entries below it.
    Variable(Variable),
    /// An entry.
    Entry(Box<Entry>),
    /// Cron skips it.
    Fault(LineFault),
}

impl Account {
    /// The comments directly above a line, the first of them first. An entry that is commented out ends them, and the
    /// line with the names of the columns.
    #[must_use]
    pub fn comments_above(&self, number: u32) -> Vec<&str> {
        let above = usize::try_from(number)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let lines = self.lines.get(..above).unwrap_or_default().iter().rev();
        let mut comments: Vec<&str> = lines
            .map_while(|line| match &line.kind {
                Kind::Comment {
                    text,
                    is_disabled_entry: false,
                } if !is_heading(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        comments.reverse();
        comments
    }
}

/// `m h  dom mon dow   command`, above the entries of many crontabs.
fn is_heading(text: &str) -> bool {
    let has = |word: &str| text.split_whitespace().any(|other| other == word);
    has("dom") && has("dow")
}

/// A text has more than [`LINES_MAX`] lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the text has more than {LINES_MAX} lines")]
pub struct TooMany;

/// Reads a text.
///
/// # Errors
/// When it has too many lines.
pub fn read(text: &str, reading: Reading<'_>) -> Result<Account, TooMany> {
    let mut lines: Vec<Line> = Vec::new();
    let mut scope = Scope::default();
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        if lines.len() == LINES_MAX {
            return Err(TooMany);
        }
        let range = at..at + whole.len();
        at = range.end;
        let number = u32::try_from(lines.len() + 1).unwrap_or(u32::MAX);
        let (body, ends) = match whole.strip_suffix('\n') {
            Some(body) => (body, true),
            None => (whole, false),
        };
        let mut remarks = Vec::new();
        let kind = kind(body, reading, &mut scope, &mut remarks);
        let is_unfinished = !ends && matches!(kind, Kind::Entry(_) | Kind::Variable(_));
        if is_unfinished && reading.format != Format::Anacron && reading.flavor == Flavor::Cronie {
            remarks.push(Remark::NoNewline);
        }
        lines.push(Line {
            number,
            range,
            kind,
            remarks,
        });
    }
    let rejected = Rejection::of(&lines, text.ends_with('\n'), reading);
    if let Some(why) = rejected {
        for line in &mut lines {
            if matches!(line.kind, Kind::Entry(_)) {
                line.remarks.push(Remark::Rejected { why });
            }
        }
    }
    Ok(Account { lines, rejected })
}

fn kind(body: &str, reading: Reading<'_>, scope: &mut Scope, remarks: &mut Vec<Remark>) -> Kind {
    let blanks = |c: char| matches!(c, ' ' | '\t');
    let start = body.trim_start_matches(blanks);
    if start.trim_end_matches('\r').is_empty() {
        return Kind::Blank;
    }
    if let Some((task, line)) = taken_line(body) {
        return Kind::Taken {
            task,
            line: line.trim_end_matches('\r').to_owned(),
        };
    }
    if let Some(comment) = start.strip_prefix('#') {
        let text = comment.trim_start_matches('#').trim();
        let is_disabled_entry = is_entry(text, reading);
        return Kind::Comment {
            text: text.to_owned(),
            is_disabled_entry,
        };
    }
    if let Some(at) = body.find('\0') {
        let before = body.get(..at).unwrap_or_default().chars().count();
        let column = u32::try_from(before + 1).unwrap_or(u32::MAX);
        return Kind::Fault(LineFault::Nul { column });
    }
    let setting = match reading.format {
        Format::Anacron => anacron::variable(start),
        Format::User | Format::System => variable(start, reading.flavor),
    };
    if let Some(variable) = setting {
        if !scope.set(&variable) {
            return Kind::Fault(LineFault::Variables);
        }
        if variable.value.contains('$') {
            remarks.push(Remark::Unexpanded {
                name: variable.name.clone(),
            });
        }
        return Kind::Variable(variable);
    }
    let read = match reading.format {
        Format::Anacron => anacron::entry(body, reading.flavor, scope, remarks),
        Format::User | Format::System => entry(body, reading, scope, remarks),
    };
    match read {
        Ok(entry) => Kind::Entry(Box::new(entry)),
        Err(_) if is_like_setting(start) => Kind::Fault(LineFault::Setting),
        Err(fault) => Kind::Fault(fault),
    }
}

/// Whether a text is an entry with a path or a word as its command, and not prose that starts like one.
fn is_entry(text: &str, reading: Reading<'_>) -> bool {
    let starts = text.starts_with(|c: char| matches!(c, '*' | '@') || c.is_ascii_digit());
    let reading = Reading {
        flavor: Flavor::Debian,
        ..reading
    };
    starts
        && reading.format != Format::Anacron
        && entry(text, reading, &Scope::default(), &mut Vec::new()).is_ok()
}
