//! Why cron does not run a line.

use super::fields::{Field, FieldFault};

/// Why cron does not run a line, or no task can be made of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineFault {
    /// A field of the schedule.
    Field {
        /// Which.
        field: Field,
        /// Where it starts, as a character from 1.
        column: u32,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// An `@` word that this cron does not know.
    Nickname {
        /// It.
        word: String,
        /// Where it starts.
        column: u32,
    },
    /// There is no user.
    NoUser,
    /// There is no command: nothing is run.
    NoCommand,
    /// The command starts with `%`: nothing is run.
    OnlyInput,
    /// A sixth field follows the five of the schedule.
    SixFields {
        /// Where it starts.
        column: u32,
    },
    /// It looks like a setting, and cron cannot read it as one.
    Setting,
    /// There are more settings than are read.
    Variables,
    /// A byte that is 0.
    Nul {
        /// Where.
        column: u32,
    },
    /// The command is longer than this cron accepts.
    LongCommand {
        /// Its bytes.
        bytes: usize,
    },
    /// An option of cronie in front of the command that it does not know.
    Option {
        /// Where it starts.
        column: u32,
    },
    /// The period of an anacrontab is no number of days and no name of a period.
    Period {
        /// Where it starts.
        column: u32,
    },
    /// The delay of an anacrontab is no number of minutes.
    Delay {
        /// Where it starts.
        column: u32,
    },
    /// The name of a job of an anacrontab has a slash.
    JobName {
        /// Where it starts.
        column: u32,
    },
    /// A line of an anacrontab goes on in the next one.
    Continued,
    /// Both day fields have to match at once, which no schedule here can express.
    BothDays,
}

impl LineFault {
    /// Where in the line, as a character from 1.
    #[must_use]
    pub const fn column(&self) -> Option<u32> {
        match self {
            Self::Field { column, .. }
            | Self::Nickname { column, .. }
            | Self::SixFields { column }
            | Self::Nul { column }
            | Self::Option { column }
            | Self::Period { column }
            | Self::JobName { column }
            | Self::Delay { column } => Some(*column),
            Self::NoUser
            | Self::NoCommand
            | Self::OnlyInput
            | Self::Setting
            | Self::Variables
            | Self::LongCommand { .. }
            | Self::Continued
            | Self::BothDays => None,
        }
    }
}
