//! Crontabs of which Debian's cron runs nothing at all.
//!
//! It loads a crontab whole or not at all: `Syntax error, this crontab file will be ignored`. cronie skips single lines.
//! Each case was given to cron 3.0pl1-162 as a file of cron.d.

use app::import::{Flavor, Format};

use super::Reading;
use super::fault::LineFault;
use super::fields::FieldFault;
use super::lines::{Kind, Line};

/// The most lines that Debian's cron reads.
pub const DEBIAN_LINES_MAX: usize = 10_000;

/// Why Debian's cron ignores a whole crontab.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(Default))]
pub enum Rejection {
    /// This line cannot be read.
    Line(u32),
    /// The last line does not end.
    #[cfg_attr(test, default)]
    NoNewline,
    /// It has more lines than [`DEBIAN_LINES_MAX`].
    Long,
}

impl Rejection {
    pub(super) fn of(lines: &[Line], ends: bool, reading: Reading<'_>) -> Option<Self> {
        if reading.flavor != Flavor::Debian || reading.format == Format::Anacron {
            return None;
        }
        if lines.len() > DEBIAN_LINES_MAX {
            return Some(Self::Long);
        }
        let is_bad = |line: &&Line| match &line.kind {
            Kind::Fault(fault) => is_syntax(fault, reading.format),
            _ => false,
        };
        if let Some(line) = lines.iter().find(is_bad) {
            return Some(Self::Line(line.number));
        }
        let is_open = |line: &Line| {
            matches!(
                line.kind,
                Kind::Entry(_) | Kind::Variable(_) | Kind::Fault(_)
            )
        };
        (!ends && lines.last().is_some_and(is_open)).then_some(Self::NoNewline)
    }
}

/// Whether Debian's cron calls a fault a syntax error. The others are entries that it loads, and that run nothing.
const fn is_syntax(fault: &LineFault, format: Format) -> bool {
    match fault {
        LineFault::Field {
            fault: FieldFault::Empty,
            ..
        }
        | LineFault::OnlyInput
        | LineFault::Variables
        | LineFault::BothDays => false,
        // In a crontab of the system the command is searched for a user.
        LineFault::NoCommand => matches!(format, Format::System),
        LineFault::Field { .. }
        | LineFault::Nickname { .. }
        | LineFault::NoUser
        | LineFault::SixFields { .. }
        | LineFault::Setting
        | LineFault::Nul { .. }
        | LineFault::LongCommand { .. }
        | LineFault::Option { .. }
        | LineFault::Period { .. }
        | LineFault::Delay { .. }
        | LineFault::JobName { .. }
        | LineFault::Continued => true,
    }
}
