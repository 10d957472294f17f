//! Chat messages: their events and states.

mod listing;
mod no_answer;
mod picture;
mod state;
mod vendor_code;
mod words;

pub use listing::{InsteadOf, Message, MessageQuery, MessageWait, PassedTo};
pub use no_answer::{NoAnswer, NoAnswerReason, answer_text, outcome_text, with_built_in_words};
pub use picture::{PICTURE_MAX, Picture, PictureDraft, PictureName};
pub use state::{MessageState, MessageStep};
pub use vendor_code::is_web_page;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// What happened. Its code is stored with a message, sent to webhooks and listed in
/// `docs/API.md`; composing, pages and documents all use this list.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A task was created (建单通知).
    Created,
    /// A reminder of a task in message mode is due.
    Reminder,
    /// A run of a task in message + command mode succeeded.
    Completed,
    /// A task is being chased (催单).
    Urge,
    /// A run failed or could not be started.
    Failed,
    /// A run was ended by its hard limit.
    TimedOut,
    /// A run was stopped by a person or by shutdown.
    Stopped,
    /// The server died during a run.
    Lost,
    /// A run has exceeded its soft limit and continues.
    TooLong,
    /// A run started.
    Started,
    /// A run started much later than planned.
    LateStart,
    /// An attempt failed and will be repeated.
    Retried,
    /// A run succeeded in less time than its task takes at least.
    TooFast,
    /// A run succeeded after failures.
    Recovered,
    /// Planned runs did not start because no server could start them.
    Missed,
    /// A planned run was skipped by a rule.
    Skipped,
    /// A task was paused by the server after repeated failures.
    Paused,
    /// A run starts soon.
    StartingSoon,
    /// The active period of a task ends soon.
    EndsSoon,
    /// A person changed a task.
    Changed,
    /// A task was closed (结单).
    Closed,
    /// A task was reopened or resumed (恢复).
    Restored,
    /// A ticket was opened.
    TicketOpened,
    /// People are asked for a ticket again.
    TicketUrged,
    /// A person has taken a ticket.
    TicketAcknowledged,
    /// A person has put a ticket off.
    TicketSnoozed,
    /// A ticket was handed over to another person.
    TicketHandedOver,
    /// More people are asked for a ticket, since none of the first has answered.
    TicketEscalated,
    /// A ticket is done.
    TicketDone,
    /// A ticket, or a chase, has ended without an answer.
    TicketExpired,
    /// A ticket is asked for again.
    TicketReopened,
    /// The lease of a server expired.
    ServerDead,
    /// The clock of a server was set.
    ClockStepped,
    /// The disk of a server is nearly full.
    DiskLow,
    /// An API token expires soon.
    TokenExpires,
    /// A person tests a channel.
    Test,
    /// Several messages of a channel as one, since its vendor takes no more of them.
    Digest,
    /// What needed attention in a day or in a week.
    Summary,
}

/// What a message of the outbox consists of.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageKind {
    /// Words.
    Text,
    /// A picture, which follows the text before it.
    Image,
}

impl MessageKind {
    /// The code used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Event {
    /// All events.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The code used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether such a message asks people for something, rather than reporting what happened. After
    /// the close of its task it is not sent any more.
    #[must_use]
    pub const fn asks(self) -> bool {
        match self {
            Self::Failed
            | Self::TimedOut
            | Self::Lost
            | Self::TooLong
            | Self::Started
            | Self::LateStart
            | Self::Retried
            | Self::TooFast
            | Self::Recovered
            | Self::Missed
            | Self::Skipped
            | Self::Paused
            | Self::Changed
            | Self::Closed
            | Self::Restored
            | Self::ServerDead
            | Self::ClockStepped
            | Self::DiskLow
            | Self::TokenExpires
            | Self::TicketOpened
            | Self::TicketAcknowledged
            | Self::TicketSnoozed
            | Self::TicketDone
            | Self::TicketExpired
            | Self::TicketReopened
            | Self::Digest
            | Self::Summary => false,
            Self::StartingSoon
            | Self::EndsSoon
            | Self::TicketUrged
            | Self::TicketHandedOver
            | Self::TicketEscalated
            | Self::Created
            | Self::Reminder
            | Self::Completed
            | Self::Urge
            | Self::Stopped
            | Self::Test => true,
        }
    }

    /// Whether the main channel of a task gets it where no rule says otherwise.
    #[must_use]
    pub const fn is_default(self) -> bool {
        match self {
            Self::Created
            | Self::Reminder
            | Self::Completed
            | Self::Urge
            | Self::Failed
            | Self::TimedOut
            | Self::Stopped
            | Self::Lost
            | Self::TooLong
            | Self::Recovered
            | Self::Missed
            | Self::Paused
            | Self::TicketUrged
            | Self::TicketHandedOver
            | Self::TicketEscalated
            | Self::TicketDone
            | Self::TicketExpired
            // The task asks for it.
            | Self::StartingSoon => true,
            // Many, or of interest to few.
            Self::Started
            | Self::LateStart
            | Self::Retried
            | Self::TooFast
            | Self::Skipped
            | Self::EndsSoon
            | Self::Changed
            | Self::Closed
            | Self::Restored
            | Self::TicketOpened
            | Self::TicketAcknowledged
            | Self::TicketSnoozed
            | Self::TicketReopened
            // They are about no task, so no task has a channel for them.
            | Self::ServerDead
            | Self::ClockStepped
            | Self::DiskLow
            | Self::TokenExpires => false,
            // They are sent to a channel, and no rule chooses it.
            Self::Test | Self::Digest | Self::Summary => false,
        }
    }

    /// Whether rules may name it: a channel for any other is chosen in another way.
    #[must_use]
    pub const fn is_routed(self) -> bool {
        !matches!(self, Self::Test | Self::Digest | Self::Summary)
    }

    /// Whether it is about the system, not about a task: only rules for the system get it.
    #[must_use]
    pub const fn is_of_system(self) -> bool {
        matches!(
            self,
            Self::ServerDead | Self::ClockStepped | Self::DiskLow | Self::TokenExpires
        )
    }

    /// Whether it reports that a run went wrong: rules may wait for several consecutive ones, and may
    /// send them in quiet hours.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Lost)
    }

    /// Whether it asks people for a ticket.
    #[must_use]
    pub const fn asks_for_ticket(self) -> bool {
        matches!(
            self,
            Self::TicketOpened
                | Self::TicketUrged
                | Self::TicketEscalated
                | Self::TicketHandedOver
                | Self::TicketReopened
        )
    }

    /// Whether it is the result of a run in message mode, which ends with the channel's answer to it. What else is
    /// sent about such a run decides nothing.
    #[must_use]
    pub const fn ends_run(self) -> bool {
        matches!(self, Self::Reminder | Self::Urge)
    }

    /// The events that end runs.
    pub const ENDING_RUNS: [Self; 2] = [Self::Reminder, Self::Urge];

    /// Whether a rule may hold back repetitions of it. What asks for something is no
    /// repetition, and the run of a message waits for it.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        !matches!(
            self,
            Self::Created
                | Self::Reminder
                | Self::Completed
                | Self::Urge
                | Self::StartingSoon
                | Self::TicketUrged
                | Self::TicketHandedOver
                | Self::TicketEscalated
                | Self::TicketExpired
        )
    }
}
