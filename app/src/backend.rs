//! What the product can do, as `app` sees it: a trait that `server` implements.
//!
//! `app` knows no database, no runtime and no HTTP server; the server puts a [`SharedBackend`],
//! the [`Caller`] and a [`ResponseSink`](crate::response::ResponseSink) into the Leptos context of every page render and every
//! server function call. See `docs/adr/0001-backend-trait.md`.

mod audit;
mod calendars;
mod capacity;
mod credentials;
mod imports;
mod oncall;
mod people;
mod secrets;
mod start_urls;
mod summaries;
mod urge_defaults;
mod users;
mod words;

use std::sync::Arc;

use async_trait::async_trait;
use leptos::prelude::use_context;

pub use self::audit::Audit;
pub use self::calendars::Calendars;
pub use self::capacity::Capacity;
pub use self::credentials::{Credentials, Listed};
pub use self::imports::Imports;
pub use self::oncall::Rotas;
pub use self::people::People;
pub use self::secrets::Secrets;
pub use self::start_urls::StartUrls;
pub use self::summaries::Summaries;
pub use self::urge_defaults::UrgeDefaults;
pub use self::users::Users;
pub use self::words::{Pictures, Templates};
pub use crate::auth::Caller;
use crate::channel::{Channel, ChannelDraft, ChannelTest, ChatPerson, ChatPersonDraft, MessageRow};
use crate::error::{AppError, ErrorKind};
use crate::id::{ChannelId, ChatPersonId, MessageId, RuleId, RunId, TaskId, TicketId};
use crate::message::{Message, MessageQuery};
use crate::occurrence::{Explanation, Occurrence, OccurrenceQuery};
use crate::page::{About, LastChange, Overview, Preview, PreviewRequest, TaskBoard};
use crate::response::SharedSink;
use crate::retention::{RetentionDraft, StoredRetention};
use crate::rule::{Explained, RuleDraft, RuleQuery, RuleView, TaskNotify};
use crate::run::brief::Brief;
use crate::run::days::{RunDays, RunTrend};
use crate::run::log::LogPage;
use crate::run::{HistoryItem, Output, Run, RunQuery, RunsBeside};
use crate::task::{
    Control, Controlled, DamagedTask, RunForm, RunRequest, TaskDraft, TaskQuery, TaskView,
};
use crate::ticket::{TicketAct, TicketDetail, TicketLink, TicketQuery, TicketStats, TicketView};
use crate::time::{Stamp, ZoneRules};

/// The result of a use case.
pub type Answer<T> = Result<T, AppError>;

/// A page of a list, and where the next one starts.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Cursor for the next page; `null` on the last one.
    pub next: Option<String>,
}

/// Tasks and what can be done to them.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// A page of tasks.
    async fn task_list(&self, caller: &Caller, query: &TaskQuery) -> Answer<List<TaskView>>;
    /// A page of tasks with their last runs, and how many tasks are in which state.
    async fn task_board(&self, caller: &Caller, query: &TaskQuery) -> Answer<TaskBoard>;
    /// One task.
    async fn task_get(&self, caller: &Caller, id: TaskId) -> Answer<TaskView>;
    /// Creates a task and sends its 【建单通知】. An existing name is a conflict.
    async fn task_create(&self, caller: &Caller, draft: &TaskDraft) -> Answer<TaskView>;
    /// Replaces all fields of a task.
    async fn task_update(&self, caller: &Caller, id: TaskId, draft: &TaskDraft)
    -> Answer<TaskView>;
    /// The last change of its definition, if it is among the last entries of the audit log about it.
    async fn task_last_change(&self, caller: &Caller, id: TaskId) -> Answer<Option<LastChange>>;
    /// The draft that would leave the task unchanged; the starting point of an edit form.
    async fn task_draft(&self, caller: &Caller, id: TaskId) -> Answer<TaskDraft>;
    /// Pause, close, resume, chase.
    async fn task_control(
        &self,
        caller: &Caller,
        id: TaskId,
        control: &Control,
    ) -> Answer<TaskView>;
    /// The same, also for a task whose row cannot be read: that can be paused without an end, and closed.
    async fn task_control_any(
        &self,
        caller: &Caller,
        id: TaskId,
        control: &Control,
    ) -> Answer<Controlled>;
    /// What is wrong with a task whose row cannot be read; `None` for one that can be.
    async fn task_damage(&self, caller: &Caller, id: TaskId) -> Answer<Option<DamagedTask>>;
    /// Deletes a task with its history, after stopping its running commands. Its row need not be readable.
    async fn task_delete(&self, caller: &Caller, id: TaskId, read: Option<i64>) -> Answer<()>;
    /// The parameters of a manual start, and the rules that it overrides.
    async fn task_run_form(&self, caller: &Caller, id: TaskId) -> Answer<RunForm>;
    /// Starts it now, or queues it. Refused if its overlap rule skips the start.
    async fn task_run(&self, caller: &Caller, id: TaskId, request: &RunRequest) -> Answer<Run>;
    /// What became of its firings, newest first, `limit` lines after the cursor.
    async fn task_history(
        &self,
        caller: &Caller,
        id: TaskId,
        after: Option<String>,
        limit: u32,
    ) -> Answer<List<HistoryItem>>;
    /// The next firings of schedules, and their description in words.
    async fn preview(&self, caller: &Caller, request: &PreviewRequest) -> Answer<Preview>;
    /// Its planned firings until now, newest first.
    async fn task_occurrences(
        &self,
        caller: &Caller,
        id: TaskId,
        query: &OccurrenceQuery,
    ) -> Answer<List<Occurrence>>;
    /// The next firings, soonest first, including those that a rule skips.
    async fn task_upcoming(
        &self,
        caller: &Caller,
        id: TaskId,
        limit: u32,
    ) -> Answer<Vec<Occurrence>>;
    /// Why it did or did not run at an instant, or will: RFC 3339, or a time in the task's zone.
    async fn task_explain(&self, caller: &Caller, id: TaskId, at: &str) -> Answer<Explanation>;
}

/// Runs and their output.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Runs of a task, newest first.
    async fn run_list(
        &self,
        caller: &Caller,
        task: TaskId,
        after: Option<String>,
        limit: u32,
    ) -> Answer<List<Run>>;
    /// Runs of all tasks that match, the last one to start first. A page may be shorter than asked for, even empty,
    /// and not the last one: so many runs are examined for it, and its cursor goes on after those.
    async fn run_search(&self, caller: &Caller, query: &RunQuery) -> Answer<List<Run>>;
    /// One run.
    async fn run_get(&self, caller: &Caller, id: RunId) -> Answer<Run>;
    /// Its output so far or in total, as text.
    async fn run_output(&self, caller: &Caller, id: RunId) -> Answer<Output>;
    /// The same as bytes, for download.
    async fn run_output_raw(&self, caller: &Caller, id: RunId) -> Answer<Vec<u8>>;
    /// Its log from a position on; at most `limit` bytes of text.
    async fn run_log(&self, caller: &Caller, id: RunId, from: u64, limit: u32) -> Answer<LogPage>;
    /// All attempts at the same occurrence or manual start, first attempt first.
    async fn run_attempts(&self, caller: &Caller, id: RunId) -> Answer<Vec<Run>>;
    /// The runs of its task that were made before and after it.
    async fn run_beside(&self, caller: &Caller, id: RunId) -> Answer<RunsBeside>;
    /// What a person on call asks first about a run that ended badly. Refused for any other.
    async fn run_brief(&self, caller: &Caller, id: RunId) -> Answer<Brief>;
    /// The ended runs of a task by day, at most 366 days, also of days whose runs were deleted. Days are typed as
    /// `2026-11-30`, in UTC; an empty text is today, or 90 days with it.
    async fn run_days(
        &self,
        caller: &Caller,
        task: TaskId,
        from: &str,
        to: &str,
    ) -> Answer<RunDays>;
    /// The same for its page: by week, over a year.
    async fn run_trend(&self, caller: &Caller, task: TaskId) -> Answer<RunTrend>;
    /// Stops it: TERM, then KILL; a waiting one is cancelled. Refused when it has ended.
    async fn run_stop(&self, caller: &Caller, id: RunId) -> Answer<Run>;
}

/// Channels and the outbox.
#[async_trait]
pub trait Channels: Send + Sync {
    /// All channels.
    async fn channel_list(&self, caller: &Caller) -> Answer<Vec<Channel>>;
    /// One channel.
    async fn channel_get(&self, caller: &Caller, id: ChannelId) -> Answer<Channel>;
    /// Adds one.
    async fn channel_create(&self, caller: &Caller, draft: &ChannelDraft) -> Answer<Channel>;
    /// Replaces one; an empty URL keeps the old one. With the version that was read, only if it still has that.
    async fn channel_update(
        &self,
        caller: &Caller,
        id: ChannelId,
        read: Option<i64>,
        draft: &ChannelDraft,
    ) -> Answer<Channel>;
    /// Removes one; refused while tasks send to it. With the version that was read, only if it still has that.
    async fn channel_delete(&self, caller: &Caller, id: ChannelId, read: Option<i64>)
    -> Answer<()>;
    /// Sends a test message at once and returns the channel's answer.
    async fn channel_test(&self, caller: &Caller, id: ChannelId) -> Answer<ChannelTest>;
    /// People of chats, their accounts and the owners that they stand for. For administrators.
    async fn chat_person_list(&self, caller: &Caller) -> Answer<Vec<ChatPerson>>;
    /// Makes a person of a chat known: with an account, the name of an owner, or both.
    async fn chat_person_add(&self, caller: &Caller, draft: &ChatPersonDraft)
    -> Answer<ChatPerson>;
    /// Makes a person of a chat unknown again.
    async fn chat_person_delete(&self, caller: &Caller, id: ChatPersonId) -> Answer<()>;
    /// Messages a task or a run caused, newest first.
    async fn message_list(
        &self,
        caller: &Caller,
        task: TaskId,
        run: Option<RunId>,
        limit: u32,
    ) -> Answer<Vec<MessageRow>>;
}

/// Rules about messages.
#[async_trait]
pub trait Rules: Send + Sync {
    /// Rules of a task, or those for no single task.
    async fn rule_list(&self, caller: &Caller, query: &RuleQuery) -> Answer<Vec<RuleView>>;
    /// One rule.
    async fn rule_get(&self, caller: &Caller, id: RuleId) -> Answer<RuleView>;
    /// Adds one. Those of a task are for editors, all others for administrators.
    async fn rule_create(&self, caller: &Caller, draft: &RuleDraft) -> Answer<RuleView>;
    /// Replaces one; with the version that was read, only if it still has that.
    async fn rule_update(
        &self,
        caller: &Caller,
        id: RuleId,
        read: Option<i64>,
        draft: &RuleDraft,
    ) -> Answer<RuleView>;
    /// Removes one; with the version that was read, only if it still has that.
    async fn rule_delete(&self, caller: &Caller, id: RuleId, read: Option<i64>) -> Answer<()>;
    /// Which messages a task would send now, and why: by event.
    async fn task_messages_explained(
        &self,
        caller: &Caller,
        task: TaskId,
    ) -> Answer<Vec<Explained>>;
}

/// The history of messages.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Messages of all tasks, newest first.
    async fn message_history(&self, caller: &Caller, query: &MessageQuery)
    -> Answer<List<Message>>;
    /// One message.
    async fn message_get(&self, caller: &Caller, id: MessageId) -> Answer<Message>;
    /// Has a message that was given up sent again. Refused for any other.
    async fn message_resend(&self, caller: &Caller, id: MessageId) -> Answer<Message>;
}

/// Tickets: what people are asked for until it is done.
#[async_trait]
pub trait Tickets: Send + Sync {
    /// A page of tickets, newest first.
    async fn ticket_list(&self, caller: &Caller, query: &TicketQuery) -> Answer<List<TicketView>>;
    /// One ticket with its history.
    async fn ticket_get(&self, caller: &Caller, id: TicketId) -> Answer<TicketDetail>;
    /// Does something to it, in the name of the caller. Done and reopened tickets of kind `task` close and reopen
    /// their task; a chase that is done ends. Refused, in one sentence, where the ticket does not allow it (any more):
    /// what is done already is a conflict `ticket.done` that says by whom and when.
    async fn ticket_act(
        &self,
        caller: &Caller,
        id: TicketId,
        act: &TicketAct,
    ) -> Answer<TicketView>;
    /// What keeps the urges of a task from reaching a person, as it is typed: with rules, further channels and default
    /// policies. Each a sentence with the next step; none where the task opens no tickets.
    async fn ticket_warnings(
        &self,
        caller: &Caller,
        id: Option<TaskId>,
        draft: &TaskDraft,
        further: &[TaskNotify],
    ) -> Answer<Vec<String>>;
}

/// Links to tickets that work without an account, and how quickly tickets are answered.
#[async_trait]
pub trait TicketDoors: Send + Sync {
    /// A link to the open tickets of a person. Operators make one for themselves, administrators for everybody; it is
    /// recorded.
    async fn ticket_link(&self, caller: &Caller, person: &str) -> Answer<TicketLink>;
    /// Names of people and rotas that a ticket can be handed over to, for suggestions. For operators.
    async fn people_known(&self, caller: &Caller) -> Answer<Vec<String>>;
    /// How long tickets of the last 90 days took to be taken and done: by owner, tag and hour.
    async fn ticket_stats(&self, caller: &Caller) -> Answer<TicketStats>;
}

/// How long history is kept.
#[async_trait]
pub trait RetentionPolicy: Send + Sync {
    /// The policy in force.
    async fn retention(&self, caller: &Caller) -> Answer<StoredRetention>;
    /// Replaces it; with `read` only if it still has that version.
    async fn retention_set(
        &self,
        caller: &Caller,
        read: Option<i64>,
        draft: &RetentionDraft,
    ) -> Answer<StoredRetention>;
}

/// The state of the whole server.
#[async_trait]
pub trait System: Send + Sync {
    /// The overview page.
    async fn overview(&self, caller: &Caller) -> Answer<Overview>;
    /// The parts of this installation and their versions.
    async fn about(&self, caller: &Caller) -> Answer<About>;
    /// Offsets of a zone around now, for displaying times.
    async fn zone_rules(&self, caller: &Caller, zone: &str) -> Answer<ZoneRules>;
    /// The zone used where a task names none.
    fn default_zone(&self) -> String;
    /// Names of all zones, for the form's list.
    fn zone_names(&self) -> Vec<String>;
    /// The server's clock.
    fn now(&self) -> Stamp;
}

/// All of them together, for the pages and the API.
pub trait Backend:
    Tasks
    + Calendars
    + Runs
    + Secrets
    + StartUrls
    + Capacity
    + Imports
    + Channels
    + Rules
    + Templates
    + Pictures
    + Messages
    + Summaries
    + Tickets
    + TicketDoors
    + Rotas
    + People
    + UrgeDefaults
    + RetentionPolicy
    + Audit
    + Users
    + Credentials
    + System
{
}
impl<
    T: Tasks
        + Calendars
        + Runs
        + Secrets
        + StartUrls
        + Capacity
        + Imports
        + Channels
        + Rules
        + Templates
        + Pictures
        + Messages
        + Summaries
        + Tickets
        + TicketDoors
        + Rotas
        + People
        + UrgeDefaults
        + RetentionPolicy
        + Audit
        + Users
        + Credentials
        + System,
> Backend for T
{
}

/// The shared backend.
pub type SharedBackend = Arc<dyn Backend>;

/// The backend of this request.
///
/// # Errors
/// When called outside a request, which is a bug.
pub fn backend() -> Answer<SharedBackend> {
    use_context::<SharedBackend>().ok_or_else(outside)
}

/// The caller of this request.
///
/// # Errors
/// When called outside a request, which is a bug.
pub fn caller() -> Answer<Caller> {
    use_context::<Caller>().ok_or_else(outside)
}

/// Sets the HTTP status of the answer if it is an error, and passes the answer on.
pub fn with_status<T>(answer: Answer<T>) -> Answer<T> {
    if let (Err(error), Some(sink)) = (&answer, use_context::<SharedSink>()) {
        sink.set_status(error.kind.status());
    }
    answer
}

/// Stores what was done for the next page, and passes the answer on.
pub fn with_word<T>(answer: Answer<T>, done: impl FnOnce(&T) -> crate::done::Done) -> Answer<T> {
    if let (Ok(value), Some(sink)) = (&answer, use_context::<SharedSink>()) {
        sink.done(done(value));
    }
    answer
}

fn outside() -> AppError {
    let lang = crate::reader::language();
    AppError::new(
        ErrorKind::Internal,
        "internal",
        lang.pick("不在请求之中", "no request context"),
    )
}
