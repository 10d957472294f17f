//! What happens to a ticket, as its history keeps it.

use strum::{IntoStaticStr, VariantArray};

/// An entry in the history of a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum TicketEntryKind {
    /// It was opened.
    Opened,
    /// A person took it.
    Acknowledged,
    /// It was put off until a time.
    Snoozed,
    /// It became another person's.
    HandedOver,
    /// More people are asked since then.
    Escalated,
    /// A person, or a run that succeeded, ended it.
    Done,
    /// Its urging ended without an answer.
    Expired,
    /// It is asked for again.
    Reopened,
    /// Its check succeeded; [`TicketEntryKind::Done`] follows.
    CheckPassed,
    /// Its check failed; the urge follows.
    CheckFailed,
}
