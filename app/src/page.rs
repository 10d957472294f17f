//! What each page is made from: the shared types plus the zone and the clock to show them by.

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelDraft, MessageRow};
use crate::error::{AppError, FieldError};
use crate::id::TaskId;
use crate::run::{HistoryItem, Output, Run};
use crate::task::{Task, TaskDraft, TaskQuery, TaskRow};
use crate::time::{Stamp, ZoneRules};
use crate::user::{ApiToken, User, UserDraft};

/// The clock and the zone that a page shows its times by.
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

/// Counts by state over the last 24 hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DayCounts {
    /// Runs that succeeded.
    pub succeeded: i64,
    /// Runs that failed, timed out or were lost.
    pub bad: i64,
    /// Runs somebody stopped.
    pub killed: i64,
    /// Firings left out by a rule.
    pub skipped: i64,
    /// Firings nobody was there for.
    pub missed: i64,
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
    /// Messages waiting.
    pub outbox_pending: i64,
    /// Messages given up on.
    pub outbox_dead: i64,
    /// When this server started.
    pub started_at: Stamp,
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
    /// Running now, oldest first, at most 50.
    pub running: Vec<Run>,
    /// What fires next, at most 20.
    pub upcoming: Vec<Upcoming>,
    /// Tasks whose last run is bad, at most 20; the first is the longest failing.
    pub failing: Vec<Run>,
    /// The server itself.
    pub health: Health,
}

/// What the task list page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskListPage {
    /// Clock and the server's default zone.
    pub clock: Clockface,
    /// What was asked for.
    pub query: TaskQuery,
    /// The rows.
    pub items: Vec<TaskRow>,
    /// Cursor of the next page.
    pub next: Option<i64>,
}

/// What the task page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskPage {
    /// Clock and the task's zone.
    pub clock: Clockface,
    /// The task.
    pub task: Task,
    /// The name of its channel.
    pub channel: Option<String>,
    /// The cycle in force: words and next firings.
    pub preview: Preview,
    /// Its run under way, if any.
    pub running: Option<Run>,
    /// History, newest first.
    pub history: Vec<HistoryItem>,
    /// Cursor of the next page of history.
    pub next: Option<String>,
    /// The last messages.
    pub messages: Vec<MessageRow>,
}

/// What the run page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunPage {
    /// Clock and the task's zone.
    pub clock: Clockface,
    /// The run.
    pub run: Run,
    /// What it wrote, so far.
    pub output: Output,
    /// The messages it caused.
    pub messages: Vec<MessageRow>,
}

/// What the task form shows: also after it was sent with faults, or without JavaScript.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskForm {
    /// The task under edit; `None` for a new one.
    pub id: Option<TaskId>,
    /// What stands in the fields.
    pub draft: TaskDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
    /// Channels to choose from.
    pub channels: Vec<Channel>,
    /// Zones to choose from.
    pub zones: Vec<String>,
    /// The zone used when none is chosen.
    pub default_zone: String,
    /// Preview of the work cycle, where the expression is right.
    pub preview: Option<Preview>,
    /// Preview of the urge cycle, likewise.
    pub urge_preview: Option<Preview>,
}

/// What the channels page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChannelsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All channels.
    pub channels: Vec<Channel>,
    /// What stands in the form (never a stored URL).
    pub draft: ChannelDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}

/// What the users page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UsersPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All accounts.
    pub users: Vec<User>,
    /// All tokens.
    pub tokens: Vec<ApiToken>,
    /// A token just made: shown this once.
    pub new_token: Option<String>,
    /// What stands in the form, without the password.
    pub draft: UserDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}

/// What the sign-in and set-up pages show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SignInForm {
    /// The name as typed.
    pub name: String,
    /// Where to go afterwards: a path on this server.
    pub next: String,
    /// The set-up token from the link; empty on the sign-in page.
    pub token: String,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}

/// Asks what an expression means.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PreviewRequest {
    /// The expression.
    pub cron: String,
    /// IANA zone; empty for the default one.
    pub zone: String,
    /// Start after this instant; now when absent.
    pub after: Option<Stamp>,
    /// As in the task; firings outside the window are left out.
    pub starts_at: String,
    /// As `starts_at`.
    pub ends_at: String,
    /// How many, 1–1000; ten when absent.
    pub count: Option<u32>,
}

/// What an expression means.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The expression as we read it.
    pub cron: String,
    /// In words, in the reader's language.
    pub words: String,
    /// Things to know: never fires, day 31, either day matches, …
    pub warnings: Vec<String>,
    /// Offsets of the zone around the firings.
    pub zone: ZoneRules,
    /// The next firings.
    pub next: Vec<Stamp>,
}
