//! Tickets (单): what is asked for, until a person says that it is done (催单).
//!
//! A ticket is a pure state machine ([`machine`]): what happens to it, its policy and the time decide its next state
//! and what follows. See `docs/adr/0038-tickets.md` and `docs/REMINDERS.md`.

mod check;
mod entry;
mod inherit;
pub mod machine;
mod order;
mod policy;
mod state;
mod stats;
mod view;
mod words;

pub use check::{CHECK_SECONDS_MAX, CHECK_SECONDS_USUAL, CheckBy, TicketCheck};
pub use entry::TicketEntryKind;
pub use inherit::{EVERY_TAG, PolicyDefault, PolicyPart};
pub use order::TicketOrder;
pub use policy::{
    Cadence, EVERYBODY, EscalationStep, FIRINGS_OPEN_MAX, LADDER_MAX, Opens, StopRule, TicketRule,
    URGES_MAX, UrgePolicy, WorkingHours,
};
pub use state::{TicketKind, TicketState, TicketStep};
pub use stats::{Answered, TicketFeed, TicketLink, TicketStats, TicketTimes, hour_span};
pub use view::{
    LocalTime, TicketAct, TicketDetail, TicketEntry, TicketQuery, TicketUrge, TicketView,
    UrgeOutcome, WORD_MAX_CHARS,
};
