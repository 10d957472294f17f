//! The pages' door: each server function takes the caller from the context, makes one or a few
//! calls on the backend, and maps nothing. Rights are checked in the backend.
//!
//! Their paths are fixed (`/fn/<name>`), so that a form on a page of yesterday still works after an
//! upgrade; its other questions are answered with a request to load it again ([`crate::wire`]).

pub mod account;
pub mod days;
pub mod forms;
pub mod occurrences;
pub mod read;
pub mod start;
pub mod vault;
pub mod write;

pub use account::fetch_account;
pub use days::{
    DeleteBlackout, DeleteCalendar, RefreshCalendar, SetCalendarSource, fetch_blackouts,
    fetch_calendar, fetch_calendars,
};
pub use forms::{Posted, fetch_channels, fetch_sign_in, fetch_task_form, fetch_users};
pub use occurrences::fetch_occurrences;
pub use read::{
    fetch_about, fetch_history, fetch_overview, fetch_preview, fetch_run, fetch_task,
    fetch_task_list,
};
pub use start::fetch_start;
pub use vault::{DeletePool, DeleteSecret, fetch_nodes, fetch_pools, fetch_secrets};
pub use write::{
    ControlTask, DeleteChannel, DeleteTask, RevokeToken, RunTask, SetUserDisabled, StopRun,
    TestChannel,
};
