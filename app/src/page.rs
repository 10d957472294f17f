//! The data of each page: the shared types, plus the zone and the clock for displaying them.

mod account;
mod audit;
mod blackouts;
mod calendars;
mod channels;
mod imports;
mod messages;
mod nodes;
mod oncall;
mod people;
mod pictures;
mod pools;
mod retention;
mod rules;
mod runs;
mod secrets;
mod start;
mod start_urls;
mod summaries;
mod task;
mod task_list;
mod templates;
mod tickets;
mod urge_defaults;
mod users;

pub use account::AccountPage;
pub use audit::AuditPage;
pub use blackouts::BlackoutsPage;
pub use calendars::{CalendarPage, CalendarsPage};
pub use channels::ChannelsPage;
pub use imports::{ImportPage, TaskImportPage};
pub use messages::MessagesPage;
pub use nodes::NodesPage;
pub use oncall::{RotaForm, RotasPage};
pub use people::{PeoplePage, PersonForm};
pub use pictures::PicturesPage;
pub use pools::PoolsPage;
pub use retention::RetentionPage;
pub use rules::RulesPage;
pub use runs::RunsPage;
pub use secrets::SecretsPage;
pub use start::StartPage;
pub use start_urls::{MadeStartUrl, StartUrlsPage};
pub use summaries::SummariesPage;
pub use task::{LastChange, ShownFact, ShownValue, TaskAnswer, TaskPage};
pub use task_list::{RowRun, TaskBoard, TaskCounts, TaskListPage, TaskRow};
pub use templates::{TemplateForm, TemplatesPage};
pub use tickets::{TicketAddress, TicketsPage, is_of, sort_for};
pub use urge_defaults::{UrgeDefaultForm, UrgeDefaultsPage};
pub use users::UsersPage;

use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::channel::{Channel, MessageRow};
use crate::error::{AppError, FieldError};
use crate::id::TaskId;
use crate::occurrence::{Explanation, Firing, Occurrence, OccurrenceQuery, ScheduleWords};
use crate::run::brief::Brief;
use crate::run::log::LogPage;
use crate::run::{Run, RunsBeside};
use crate::schedule::ScheduleDraft;
use crate::task::{Task, TaskDraft};
use crate::time::{Stamp, ZoneRules};
use crate::upkeep::Upkeep;

/// The clock and the zone for the times of a page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clockface {
    /// The server's clock when the page was made.
    pub now: Stamp,
    /// The zone of the times on the page.
    pub zone: ZoneRules,
}

/// A task about to fire.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Upcoming {
    /// The task.
    pub task_id: TaskId,
    /// Its name.
    pub name: String,
    /// When.
    pub at: Stamp,
}

/// A task that is failing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FailingTask {
    /// Its last run.
    pub run: Run,
    /// Consecutive runs that did not succeed.
    pub times: i64,
    /// When the first of them started.
    pub since: Stamp,
    /// 负责人.
    pub owners: Vec<String>,
    /// Whether a start has to be confirmed on a form, because it has parameters.
    pub asks: bool,
}

/// Counts by state over the last 24 hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DayCounts {
    /// Runs that succeeded.
    pub succeeded: i64,
    /// Runs that failed, timed out or were lost.
    pub bad: i64,
    /// Runs stopped by a person.
    pub killed: i64,
    /// Firings skipped by a rule.
    pub skipped: i64,
    /// Firings missed because no server was up or their turn came too late.
    pub missed: i64,
}

/// The runs that started in one hour and have ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HourCounts {
    /// When the hour begins.
    pub from: Stamp,
    /// All of them.
    pub runs: i64,
    /// Those that failed, timed out or were lost; all attempts at a firing count as one.
    pub bad: i64,
}

/// Health of the server, for the overview.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Health {
    /// The product's version.
    pub version: String,
    /// `SQLite` or `MySQL`.
    pub database: String,
    /// Start delay of the last firings in milliseconds: the worst of the last 100.
    pub lag_ms: Option<i64>,
    /// Waiting messages.
    pub outbox_pending: i64,
    /// Undelivered messages.
    pub outbox_dead: i64,
    /// When this server started.
    pub started_at: Stamp,
}

/// Something an administrator should know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Stable code: `calendar_year`, `clock_step`, `tzdata_old`.
    pub code: String,
    /// A sentence in the reader's language.
    pub text: String,
    /// A page where something can be done about it.
    pub link: Option<String>,
}

/// A row of the database that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UnreadableRow {
    /// Its table.
    pub table: String,
    /// Its id, or its name where that is its key.
    pub key: String,
    /// Whether this is a task that the server still runs as it had read it before.
    pub runs: bool,
    /// Which row it is and what is wrong with it, in the reader's language.
    pub text: String,
}

/// What the overview page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Overview {
    /// Clock and zone.
    pub clock: Clockface,
    /// Tasks by state: active, paused, closed.
    pub active: i64,
    /// Paused tasks.
    pub paused: i64,
    /// Closed tasks.
    pub closed: i64,
    /// The last 24 hours.
    pub day: DayCounts,
    /// The same by hour, the oldest first.
    pub hours: Vec<HourCounts>,
    /// Running now, oldest first, at most 50.
    pub running: Vec<Run>,
    /// What fires next, at most 20.
    pub upcoming: Vec<Upcoming>,
    /// Tasks that are failing, at most 20; the first is the longest failing.
    pub failing: Vec<FailingTask>,
    /// How many tasks are failing, counted up to about 100.
    pub failing_count: usize,
    /// Whether there may be more of them.
    pub failing_more: bool,
    /// The server itself.
    pub health: Health,
    /// Notices for administrators; other users see only the channels that accept no messages, and their own API tokens
    /// that expire soon.
    pub notices: Vec<Notice>,
}

/// The counts on the admin page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Tasks in all states.
    pub tasks: i64,
    /// Messages that were given up.
    pub dead_messages: i64,
    /// Accounts.
    pub users: usize,
    /// Channels.
    pub channels: usize,
    /// Rules about messages that are for no single task.
    pub rules: usize,
    /// Calendars, the built-in one included.
    pub calendars: usize,
    /// Blackouts, past ones included.
    pub blackouts: usize,
    /// Summaries, disabled ones included.
    pub summaries: usize,
    /// Default policies of urging.
    pub urge_defaults: usize,
    /// Rotas.
    pub rotas: usize,
    /// People with a zone or hours of their own.
    pub people: usize,
    /// Secrets.
    pub secrets: usize,
    /// Pools.
    pub pools: usize,
    /// Nodes that are alive.
    pub nodes: usize,
}

/// The parts of this installation and their versions: the About page and `doctor`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct About {
    /// The product's version.
    pub version: String,
    /// `SQLite` or `MySQL`, with the server's own version.
    pub database: String,
    /// Version of the time zone data, for example `2026f`.
    pub tz_version: String,
    /// `system`, `TZDIR` or `bundled`.
    pub tz_source: String,
    /// The server's default zone.
    pub default_zone: String,
    /// Whether a task's memory limit applies to a run as a whole; otherwise it applies to each process of the run.
    /// `null` when no server runs.
    #[serde(default)]
    pub memory_limit_of_run: Option<bool>,
    /// Calendars, and the years they have data for.
    pub calendars: Vec<Calendar>,
    /// The same notices as on the overview.
    pub notices: Vec<Notice>,
    /// Whether old history is deleted and backups are made; `null` for readers who are no administrators.
    #[serde(default)]
    pub upkeep: Option<Upkeep>,
}

/// The planned firings of a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OccurrencesPage {
    /// Clock and the task's zone.
    pub clock: Clockface,
    /// The task.
    pub task: Task,
    /// The query.
    pub query: OccurrenceQuery,
    /// Upcoming firings, soonest first: more than are planned in the database.
    pub upcoming: Vec<Occurrence>,
    /// Planned firings until now, newest first.
    pub items: Vec<Occurrence>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// The time asked about, as typed; empty for none.
    pub at: String,
    /// The answer to "why did it (not) run at …", if requested.
    pub explanation: Option<Explanation>,
    /// Why there is no answer.
    pub explain_error: Option<AppError>,
}

/// What the run page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunPage {
    /// Clock and the task's zone.
    pub clock: Clockface,
    /// The run.
    pub run: Run,
    /// All attempts at the same firing or start, first attempt first.
    pub attempts: Vec<Run>,
    /// A part of its log, if requested.
    pub log: Option<LogPage>,
    /// The messages it caused.
    pub messages: Vec<MessageRow>,
    /// What a person on call asks first, where it ended badly; its runbook, too.
    pub brief: Option<Brief>,
    /// The runs of the task before and after it.
    pub beside: RunsBeside,
    /// Whether another start of the task asks for something first: parameters, or to override a rule.
    pub asks: bool,
}

/// The data of the task form, including one sent with faults, or without JavaScript.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskForm {
    /// The edited task; `None` for a new one.
    pub id: Option<TaskId>,
    /// The version of it that the fields were filled from.
    pub version: Option<i64>,
    /// The content of the fields.
    pub draft: TaskDraft,
    /// Whether a request is chosen, and not a command.
    pub calls: bool,
    /// Whether the address of a robot was entered, which is not sent back into a page.
    pub robot_again: bool,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
    /// Channels to choose from.
    pub channels: Vec<Channel>,
    /// The further channels, each with the events that it gets.
    pub notify: Vec<crate::rule::TaskNotify>,
    /// Which rules those were filled from: see [`crate::rule::seen`].
    pub notify_seen: String,
    /// Zones to choose from.
    pub zones: Vec<String>,
    /// Names of the calendars to choose from.
    pub calendars: Vec<String>,
    /// Names of the pools to choose from.
    pub pools: Vec<String>,
    /// Names of the rotas that may stand in the place of people.
    pub rotas: Vec<String>,
    /// What keeps the urges of its tickets from reaching a person.
    pub unasked: Vec<String>,
    /// The zone used when none is chosen.
    pub default_zone: String,
    /// Preview of the schedules, if the expression is valid.
    pub preview: Option<Preview>,
    /// Preview of the chase schedule, likewise.
    pub urge_preview: Option<Preview>,
}

/// The data of the sign-in and set-up pages.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SignInForm {
    /// The name as typed.
    pub name: String,
    /// Where to go afterwards: a path on this server.
    pub next: String,
    /// The set-up token from the link; empty on the sign-in page.
    pub token: String,
    /// Whether set-up is complete.
    pub set_up: bool,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// A request to describe an expression.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PreviewRequest {
    /// The text of a plain schedule; empty if `schedules` is given.
    pub cron: String,
    /// The schedules.
    pub schedules: Vec<ScheduleDraft>,
    /// The task they belong to, if it is saved: its jitter is then exact.
    pub task_id: Option<TaskId>,
    /// The task's tags, which may select blackouts.
    pub tags: Vec<String>,
    /// Another zone in which the times are also shown; empty for none.
    pub viewer_zone: String,
    /// IANA zone; empty for the default one.
    pub zone: String,
    /// Start after this instant; now when absent.
    pub after: Option<Stamp>,
    /// As in the task; firings outside the window are not shown.
    pub starts_at: String,
    /// Like `starts_at`.
    pub ends_at: String,
    /// How many, 1–1000; ten when absent.
    pub count: Option<u32>,
}

/// The meaning of an expression.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The expression in canonical form.
    pub cron: String,
    /// In words, in the reader's language: all schedules together.
    pub words: String,
    /// Things to know: never fires, day 31, either day matches, a year without calendar data, …
    pub warnings: Vec<String>,
    /// Each schedule separately.
    pub schedules: Vec<ScheduleWords>,
    /// Offsets of the zone around the firings.
    pub zone: ZoneRules,
    /// Offsets of the viewer's zone, if requested.
    pub viewer: Option<ZoneRules>,
    /// The next starts, after calendar, window, blackout and jitter.
    pub next: Vec<Stamp>,
    /// The same including skipped firings with their reasons; at most 50 skipped ones.
    pub firings: Vec<Firing>,
    /// Version of the time zone data, for example `2026f`.
    pub tz_version: String,
}
