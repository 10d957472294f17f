//! An entry: when, as whom, what.

use std::sync::Arc;

use app::import::{Flavor, Format};

use super::command::{Split, split};
use super::fault::LineFault;
use super::fields::{Field, FieldFault, Values, values};
use super::remark::{Remark, user_in_front};
use super::variables::{Scope, Variable};
use super::{DEBIAN_COMMAND_MAX, Reading};

/// An entry that cron runs.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// When.
    pub timing: Timing,
    /// As whom; empty where that is not known.
    pub user: String,
    /// What the shell runs.
    pub command: String,
    /// Its standard input; `None` where it has none.
    pub input: Option<String>,
    /// The settings above it.
    pub environment: Arc<Vec<Arc<Variable>>>,
    /// Whether its minute or hour starts with `*`: cron then runs it by the clock as it shows, in an hour that comes twice
    /// and not in one that is skipped. Any other one runs once.
    pub follows_clock: bool,
}

/// When an entry runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Timing {
    /// At the times of this expression, in our own grammar.
    Cron(String),
    /// Each time cron starts.
    Reboot,
    /// Once in so many days, `delay` minutes after anacron finds it due.
    Days {
        /// The period.
        days: u32,
        /// Minutes.
        delay: u32,
    },
}

/// The nicknames of both crons, in lower case only.
const NICKNAMES: [(&str, &str); 7] = [
    ("yearly", "0 0 1 1 *"),
    ("annually", "0 0 1 1 *"),
    ("monthly", "0 0 1 * *"),
    ("weekly", "0 0 * * 0"),
    ("daily", "0 0 * * *"),
    ("midnight", "0 0 * * *"),
    ("hourly", "0 * * * *"),
];

/// A text that is read from the left, by words.
pub(super) struct Words<'a> {
    whole: &'a str,
    pub(super) rest: &'a str,
}

impl<'a> Words<'a> {
    pub(super) fn new(whole: &'a str) -> Self {
        let rest = whole.trim_start_matches([' ', '\t']);
        Self { whole, rest }
    }

    /// Where the rest starts, as a character from 1.
    pub(super) fn column(&self) -> u32 {
        let before = self.whole.len() - self.rest.len();
        let before = self
            .whole
            .get(..before)
            .map_or(0, |text| text.chars().count());
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    /// The next word and its column; `None` at the end.
    pub(super) fn word(&mut self) -> Option<(&'a str, u32)> {
        let column = self.column();
        let end = self.rest.find([' ', '\t']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start_matches([' ', '\t']);
        (!word.is_empty()).then_some((word, column))
    }
}

/// Reads a line that is no comment and no setting.
pub(super) fn entry(
    line: &str,
    reading: Reading<'_>,
    scope: &Scope,
    remarks: &mut Vec<Remark>,
) -> Result<Entry, LineFault> {
    let line = without_return(line, remarks);
    let mut words = Words::new(line);
    if reading.flavor == Flavor::Cronie
        && let Some(rest) = words.rest.strip_prefix('-')
    {
        // Not logged by cron; here every run is.
        words.rest = rest;
    }
    let (timing, follows_clock) = match words.rest.starts_with('@') {
        true => {
            let is_hourly = words.rest.starts_with("@hourly");
            (nickname(&mut words)?, is_hourly)
        }
        false => {
            let (expression, follows_clock) = expression(&mut words, reading.flavor)?;
            (Timing::Cron(expression), follows_clock)
        }
    };
    // Both crons look for this mistake: an expression with seconds.
    if words.rest.starts_with('*') {
        return Err(LineFault::SixFields {
            column: words.column(),
        });
    }
    let user = match reading.format {
        Format::System => words.word().ok_or(LineFault::NoUser)?.0,
        Format::User | Format::Anacron => reading.user,
    };
    if reading.flavor == Flavor::Cronie {
        mail_option(&mut words, remarks)?;
    }
    let Split { command, input } = checked(words.rest, reading.flavor)?;
    if input.is_some() {
        remarks.push(Remark::Input);
    }
    if timing == Timing::Reboot {
        remarks.push(Remark::Startup);
    }
    if reading.format == Format::User
        && let Some(user) = user_in_front(&command)
    {
        let user = user.to_owned();
        remarks.push(Remark::LooksLikeSystem { user });
    }
    Ok(Entry {
        timing,
        user: user.to_owned(),
        command,
        input,
        environment: scope.all(),
        follows_clock,
    })
}

/// The line without the carriage return of a file of Windows, which cron would pass to the shell.
pub(super) fn without_return<'a>(line: &'a str, remarks: &mut Vec<Remark>) -> &'a str {
    let plain = line.trim_end_matches('\r');
    if plain.len() < line.len() {
        remarks.push(Remark::CarriageReturn);
    }
    plain
}

/// The command of an entry, if there is one that this cron accepts.
pub(super) fn checked(text: &str, flavor: Flavor) -> Result<Split, LineFault> {
    if flavor == Flavor::Debian && text.len() > DEBIAN_COMMAND_MAX {
        return Err(LineFault::LongCommand { bytes: text.len() });
    }
    let found = split(text);
    if found.command.trim().is_empty() {
        return Err(match found.input {
            Some(_) => LineFault::OnlyInput,
            None => LineFault::NoCommand,
        });
    }
    Ok(found)
}

fn nickname(words: &mut Words<'_>) -> Result<Timing, LineFault> {
    let column = words.column();
    let (word, _) = words.word().unwrap_or_default();
    let name = word.trim_start_matches('@');
    if name == "reboot" {
        return Ok(Timing::Reboot);
    }
    let found = NICKNAMES.iter().find(|(known, _)| *known == name);
    match found {
        Some((_, cron)) => Ok(Timing::Cron((*cron).to_owned())),
        None => Err(LineFault::Nickname {
            word: word.chars().take(40).collect(),
            column,
        }),
    }
}

/// The five fields in our grammar, and whether the time of day starts with `*`.
fn expression(words: &mut Words<'_>, flavor: Flavor) -> Result<(String, bool), LineFault> {
    let mut fields: Vec<(Values, &str)> = Vec::new();
    for field in Field::ALL {
        let column = words.column();
        let fault = |fault| LineFault::Field {
            field,
            column,
            fault,
        };
        let (word, _) = words.word().ok_or_else(|| fault(FieldFault::Missing))?;
        let values = values(field, word, flavor).map_err(fault)?;
        fields.push((values, word));
    }
    // Of the two day fields either has to match, unless one of them starts with `*`: then both have to.
    let restricted = |at: usize| fields.get(at).filter(|(values, _)| !values.is_full());
    if let (Some((day, _)), Some((weekday, _))) = (restricted(2), restricted(4))
        && (day.has_star || weekday.has_star)
    {
        return Err(LineFault::BothDays);
    }
    // `1-31` in one field and a weekday in the other: every day matches.
    let is_any_day = |one: usize, other: usize| {
        let (one, other) = (fields.get(one), restricted(other));
        one.is_some_and(|(values, _)| values.is_full() && !values.has_star)
            && other.is_some_and(|(values, _)| !values.has_star)
    };
    let any_day = is_any_day(2, 4) || is_any_day(4, 2);
    let follows_clock = fields.iter().take(2).any(|(values, _)| values.has_star);
    let fields = fields.iter().enumerate().map(|(at, (values, word))| {
        if any_day && matches!(at, 2 | 4) {
            return "*".to_owned();
        }
        written(*values, word)
    });
    Ok((fields.collect::<Vec<_>>().join(" "), follows_clock))
}

/// A field as it was written, where both read that in the same way; else its values.
fn written(values: Values, word: &str) -> String {
    let plain = word.strip_prefix("*/").is_some_and(|step| {
        let step: Option<u32> = step.parse().ok();
        step.is_some_and(|step| (2..=values.size()).contains(&step))
    });
    match plain {
        true => word.to_owned(),
        false => values.text(),
    }
}

/// cronie: `-n` in front of a command mails its output only when it fails.
fn mail_option(words: &mut Words<'_>, remarks: &mut Vec<Remark>) -> Result<(), LineFault> {
    if !words.rest.starts_with('-') {
        return Ok(());
    }
    let column = words.column();
    match words.word() {
        Some(("-n", _)) => {
            remarks.push(Remark::MailOnFailure);
            match words.rest.starts_with('-') {
                true => Err(LineFault::Option {
                    column: words.column(),
                }),
                false => Ok(()),
            }
        }
        _ => Err(LineFault::Option { column }),
    }
}
