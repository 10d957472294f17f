//! Which event the end of a run is, and which events a task can have.

use app::message::Event;
use app::run::{RunReason, RunState};
use app::task::Task;
use app::ticket::Opens;

/// Which message the end of a run causes; `None` for no message: of commands alone only failures are
/// reported, and what the server itself stopped.
#[must_use]
pub fn event_of(task: &Task, state: RunState, reason: Option<&str>) -> Option<Event> {
    Some(match state {
        RunState::Failed | RunState::Lost => Event::Failed,
        RunState::TimedOut => Event::TimedOut,
        RunState::Killed if reason.map(RunReason::read) == Some(RunReason::Shutdown) => {
            Event::Stopped
        }
        _ if !task.mode.sends_message() => return None,
        RunState::Killed => Event::Stopped,
        _ if task.urging => Event::Urge,
        _ if task.mode.runs_command() => Event::Completed,
        _ => Event::Reminder,
    })
}

/// Whether an event can happen to a task as it is defined.
#[must_use]
pub fn can_happen(task: &Task, event: Event) -> bool {
    let (runs, sends) = (task.mode.runs_command(), task.mode.sends_message());
    match event {
        Event::Reminder => sends && !runs,
        Event::Completed => sends && runs,
        Event::Urge | Event::Stopped => sends,
        Event::TooLong => runs,
        Event::TicketOpened
        | Event::TicketUrged
        | Event::TicketSnoozed
        | Event::TicketEscalated
        | Event::TicketReopened => task.tickets.opens != Opens::None,
        _ => true,
    }
}
