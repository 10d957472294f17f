//! Server functions of the pages: each takes the caller from the context, makes one or a few calls on the backend,
//! and maps nothing. The backend checks rights.
//!
//! Their paths are fixed (`/fn/<name>`), so that a form on a page loaded before an upgrade still works; other
//! requests of such a page are answered with a request to reload it ([`crate::wire`]).

pub mod account;
pub mod audit;
pub mod blackouts;
pub mod calendars;
pub mod channels;
#[cfg(feature = "ssr")]
mod facts;
pub mod forms;
pub mod imports;
pub mod messages;
pub mod nodes;
pub mod occurrences;
pub mod oncall;
pub mod people;
pub mod pictures;
pub mod pools;
pub mod read;
pub mod retention;
pub mod rules;
pub mod runs;
pub mod secrets;
pub mod start;
pub mod start_urls;
pub mod summaries;
pub mod templates;
pub mod tickets;
pub mod urge_defaults;
pub mod users;
pub mod write;

pub use account::{EndSession, EndSessions, RevokeToken, fetch_account};
pub use audit::fetch_audit;
pub use blackouts::{DeleteBlackout, fetch_blackouts};
pub use calendars::{
    DeleteCalendar, RefreshCalendar, SetCalendarSource, fetch_calendar, fetch_calendars,
};
pub use channels::{AddChatPerson, DeleteChannel, DeleteChatPerson, TestChannel, fetch_channels};
pub use forms::{Posted, PostedTask, fetch_sign_in, fetch_task_form};
pub use imports::{fetch_import, fetch_task_import};
pub use messages::{ResendMessage, fetch_messages};
pub use nodes::fetch_nodes;
pub use occurrences::fetch_occurrences;
pub use oncall::{DeleteRota, fetch_rotas};
pub use people::{DeletePerson, fetch_people};
pub use pictures::fetch_pictures;
pub use pools::{DeletePool, fetch_pools};
pub use read::{
    fetch_about, fetch_history, fetch_overview, fetch_preview, fetch_run, fetch_task,
    fetch_task_list,
};
pub use retention::fetch_retention;
pub use rules::{DeleteRule, fetch_rules};
pub use runs::{fetch_run_trend, fetch_runs};
pub use secrets::{DeleteSecret, fetch_secrets};
pub use start::fetch_start;
pub use start_urls::{DeleteStartUrl, fetch_start_urls};
pub use summaries::{DeleteSummary, fetch_summaries};
pub use templates::{fetch_template_preview, fetch_templates};
pub use tickets::{fetch_ticket_address, fetch_tickets};
pub use urge_defaults::{DeleteUrgeDefault, fetch_urge_defaults};
pub use users::{SetUserDisabled, fetch_users};
pub use write::{ControlTask, DeleteTask, RunTask, StopRun};
