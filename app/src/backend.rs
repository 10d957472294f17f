//! What the product can do, as `app` sees it: a trait that `server` implements.
//!
//! `app` knows no database, no runtime and no HTTP server; the server puts a [`SharedBackend`],
//! the [`Caller`] and a [`ResponseSink`](crate::response::ResponseSink) into the Leptos context of every page render and every
//! server function call. See `docs/adr/0001-backend-trait.md`.

use std::sync::Arc;

use async_trait::async_trait;
use leptos::prelude::use_context;

pub use crate::auth::Caller;
use crate::calendar::{
    Blackout, BlackoutDraft, Calendar, CalendarDays, CalendarDraft, CalendarImport,
    CalendarImported,
};
use crate::channel::{
    Channel, ChannelDraft, ChannelTest, ChatPerson, ChatPersonDraft, MessageRow, Template,
    TemplateDraft, TemplatePreview, TemplateTrial, TemplateVariable,
};
use crate::error::{AppError, ErrorKind};
use crate::id::{
    BlackoutId, ChannelId, ChatPersonId, MessageId, RuleId, RunId, SecretId, SummaryId, TaskId,
    TicketId, TokenId, UserId,
};
use crate::message::{Message, MessageQuery, Picture, PictureDraft};
use crate::node::{LoopStatus, Node};
use crate::occurrence::{Explanation, Occurrence, OccurrenceQuery};
use crate::page::{About, Overview, Preview, PreviewRequest};
use crate::pool::{Pool, PoolDraft};
use crate::response::SharedSink;
use crate::rule::{Explained, RuleDraft, RuleQuery, RuleView};
use crate::run::brief::Brief;
use crate::run::log::LogPage;
use crate::run::{HistoryItem, Output, Run};
use crate::secret::{Secret, SecretChange, SecretDraft};
use crate::summary::{Summary, SummaryDraft, SummaryPreview};
use crate::task::{Control, RunForm, RunRequest, TaskDraft, TaskQuery, TaskView};
use crate::ticket::{TicketAct, TicketDetail, TicketLink, TicketQuery, TicketStats, TicketView};
use crate::time::{Stamp, ZoneRules};
use crate::user::{ApiToken, NewToken, User, UserDraft};

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
    /// A page of tasks, newest first.
    async fn task_list(&self, caller: &Caller, query: &TaskQuery) -> Answer<List<TaskView>>;
    /// One task.
    async fn task_get(&self, caller: &Caller, id: TaskId) -> Answer<TaskView>;
    /// Creates a task and sends its 【建单通知】. An existing name is a conflict.
    async fn task_create(&self, caller: &Caller, draft: &TaskDraft) -> Answer<TaskView>;
    /// Replaces all fields of a task.
    async fn task_update(&self, caller: &Caller, id: TaskId, draft: &TaskDraft)
    -> Answer<TaskView>;
    /// The draft that would leave the task unchanged; the starting point of an edit form.
    async fn task_draft(&self, caller: &Caller, id: TaskId) -> Answer<TaskDraft>;
    /// Pause, close, resume, chase.
    async fn task_control(
        &self,
        caller: &Caller,
        id: TaskId,
        control: &Control,
    ) -> Answer<TaskView>;
    /// Deletes a task with its history, after stopping its running commands.
    async fn task_delete(&self, caller: &Caller, id: TaskId) -> Answer<()>;
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

/// Calendars of working days, and blackouts.
#[async_trait]
pub trait Calendars: Send + Sync {
    /// All calendars; the built-in one first.
    async fn calendar_list(&self, caller: &Caller) -> Answer<Vec<Calendar>>;
    /// A calendar by name, with the named days of a year, or of all years.
    async fn calendar_get(
        &self,
        caller: &Caller,
        name: &str,
        year: Option<i32>,
    ) -> Answer<CalendarDays>;
    /// Adds one.
    async fn calendar_create(&self, caller: &Caller, draft: &CalendarDraft) -> Answer<Calendar>;
    /// Changes one. The built-in one keeps its name.
    async fn calendar_update(
        &self,
        caller: &Caller,
        name: &str,
        draft: &CalendarDraft,
    ) -> Answer<Calendar>;
    /// Imports days from a text.
    async fn calendar_import(
        &self,
        caller: &Caller,
        name: &str,
        import: &CalendarImport,
    ) -> Answer<CalendarImported>;
    /// Imports days from the calendar's URL.
    async fn calendar_refresh(&self, caller: &Caller, name: &str) -> Answer<CalendarImported>;
    /// Removes one; refused while schedules use it. The built-in one goes back to the data that came with the
    /// product.
    async fn calendar_delete(&self, caller: &Caller, name: &str) -> Answer<()>;
    /// All blackouts.
    async fn blackout_list(&self, caller: &Caller) -> Answer<Vec<Blackout>>;
    /// Adds one; it takes effect at once.
    async fn blackout_create(&self, caller: &Caller, draft: &BlackoutDraft) -> Answer<Blackout>;
    /// Replaces one.
    async fn blackout_update(
        &self,
        caller: &Caller,
        id: BlackoutId,
        draft: &BlackoutDraft,
    ) -> Answer<Blackout>;
    /// Removes one: tasks fire again at once.
    async fn blackout_delete(&self, caller: &Caller, id: BlackoutId) -> Answer<()>;
}

/// Runs and their output.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Runs of a task, or of all, newest first.
    async fn run_list(
        &self,
        caller: &Caller,
        task: Option<TaskId>,
        after: Option<String>,
        limit: u32,
    ) -> Answer<List<Run>>;
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
    /// What a person on call asks first about a run that ended badly. Refused for any other.
    async fn run_brief(&self, caller: &Caller, id: RunId) -> Answer<Brief>;
    /// Stops it: TERM, then KILL; a waiting one is cancelled. Refused when it has ended.
    async fn run_stop(&self, caller: &Caller, id: RunId) -> Answer<Run>;
}

/// Secrets that tasks are granted. For administrators.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// All secrets, by name, without their values.
    async fn secret_list(&self, caller: &Caller) -> Answer<Vec<Secret>>;
    /// Creates one.
    async fn secret_create(&self, caller: &Caller, draft: &SecretDraft) -> Answer<Secret>;
    /// Changes one; an empty value keeps the old one. Its name stays.
    async fn secret_update(
        &self,
        caller: &Caller,
        id: SecretId,
        draft: &SecretDraft,
    ) -> Answer<Secret>;
    /// Changes parts of it: its value, its note, the tasks that get it.
    async fn secret_change(
        &self,
        caller: &Caller,
        id: SecretId,
        change: &SecretChange,
    ) -> Answer<Secret>;
    /// Removes one; tasks that had it run without it.
    async fn secret_delete(&self, caller: &Caller, id: SecretId) -> Answer<()>;
    /// Names of the secrets that a task gets. For those who may edit tasks.
    async fn task_secrets(&self, caller: &Caller, task: TaskId) -> Answer<Vec<String>>;
}

/// Concurrency pools and nodes.
#[async_trait]
pub trait Capacity: Send + Sync {
    /// All pools by name, with the runs that hold their slots.
    async fn pool_list(&self, caller: &Caller) -> Answer<Vec<Pool>>;
    /// Adds a pool, or changes its slots.
    async fn pool_set(&self, caller: &Caller, draft: &PoolDraft) -> Answer<Pool>;
    /// Removes one; refused while tasks use it.
    async fn pool_delete(&self, caller: &Caller, name: &str) -> Answer<()>;
    /// Nodes that are up, or were up within the last day.
    async fn node_list(&self, caller: &Caller) -> Answer<Vec<Node>>;

    /// Background loops of the answering server; their errors are for administrators only.
    async fn loop_list(&self, caller: &Caller) -> Answer<Vec<LoopStatus>>;
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
    /// Removes one; refused while tasks send to it.
    async fn channel_delete(&self, caller: &Caller, id: ChannelId) -> Answer<()>;
    /// Sends a test message at once and returns the channel's answer.
    async fn channel_test(&self, caller: &Caller, id: ChannelId) -> Answer<ChannelTest>;
    /// People of chats and the accounts that they act as. For administrators.
    async fn chat_person_list(&self, caller: &Caller) -> Answer<Vec<ChatPerson>>;
    /// Gives a person of a chat an account to act as.
    async fn chat_person_add(&self, caller: &Caller, draft: &ChatPersonDraft)
    -> Answer<ChatPerson>;
    /// Takes it away.
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

/// Templates: the words of a channel's messages.
#[async_trait]
pub trait Templates: Send + Sync {
    /// The templates of a channel, by event.
    async fn template_list(&self, caller: &Caller, channel: ChannelId) -> Answer<Vec<Template>>;
    /// One of them; `event` is a code, or `all`.
    async fn template_get(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
    ) -> Answer<Template>;
    /// Adds one, or replaces it. Refused where it does not render with an example of each of its events.
    async fn template_set(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
        draft: &TemplateDraft,
    ) -> Answer<Template>;
    /// Removes one: its messages get the built-in words again.
    async fn template_delete(&self, caller: &Caller, channel: ChannelId, event: &str)
    -> Answer<()>;
    /// What a template makes of a run, or of an example. Nothing is sent or stored.
    async fn template_preview(
        &self,
        caller: &Caller,
        channel: ChannelId,
        trial: &TemplateTrial,
    ) -> Answer<TemplatePreview>;
    /// The variables of templates.
    async fn template_variables(&self, caller: &Caller) -> Answer<Vec<TemplateVariable>>;
}

/// Pictures that follow messages.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// All pictures, built-in ones and uploaded ones.
    async fn picture_list(&self, caller: &Caller) -> Answer<Vec<Picture>>;
    /// The media type and the file of one, by its word.
    async fn picture_content(&self, caller: &Caller, name: &str) -> Answer<(String, Vec<u8>)>;
    /// Puts one in the place of the one that is there.
    async fn picture_set(
        &self,
        caller: &Caller,
        name: &str,
        draft: &PictureDraft,
    ) -> Answer<Picture>;
    /// Removes an uploaded one: the built-in one is back.
    async fn picture_delete(&self, caller: &Caller, name: &str) -> Answer<()>;
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

/// Summaries: what needs attention, daily or weekly.
#[async_trait]
pub trait Summaries: Send + Sync {
    /// All summaries, by name.
    async fn summary_list(&self, caller: &Caller) -> Answer<Vec<Summary>>;
    /// One summary.
    async fn summary_get(&self, caller: &Caller, id: SummaryId) -> Answer<Summary>;
    /// Adds one; it is sent from its next instant on.
    async fn summary_create(&self, caller: &Caller, draft: &SummaryDraft) -> Answer<Summary>;
    /// Replaces one; with the version that was read, only if it still has that. With another time it is sent from the
    /// next instant on.
    async fn summary_update(
        &self,
        caller: &Caller,
        id: SummaryId,
        read: Option<i64>,
        draft: &SummaryDraft,
    ) -> Answer<Summary>;
    /// Removes one.
    async fn summary_delete(&self, caller: &Caller, id: SummaryId) -> Answer<()>;
    /// What it would say about the day or the week that ends now.
    async fn summary_preview(&self, caller: &Caller, id: SummaryId) -> Answer<SummaryPreview>;
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
}

/// Links to tickets that work without an account, and how quickly tickets are answered.
#[async_trait]
pub trait TicketDoors: Send + Sync {
    /// A link to the open tickets of a person. Operators make one for themselves, administrators for everybody; it is
    /// recorded.
    async fn ticket_link(&self, caller: &Caller, person: &str) -> Answer<TicketLink>;
    /// How long tickets of the last 90 days took to be taken and done: by owner, tag and hour.
    async fn ticket_stats(&self, caller: &Caller) -> Answer<TicketStats>;
}

/// Accounts and tokens.
#[async_trait]
pub trait Users: Send + Sync {
    /// All accounts.
    async fn user_list(&self, caller: &Caller) -> Answer<Vec<User>>;
    /// Adds one.
    async fn user_create(&self, caller: &Caller, draft: &UserDraft) -> Answer<User>;
    /// Allows or forbids signing in; forbidding ends sessions. The last admin cannot be disabled.
    async fn user_set_disabled(&self, caller: &Caller, id: UserId, disabled: bool) -> Answer<User>;
    /// Changes the role of an account. The last administrator keeps theirs.
    async fn user_set_role(&self, caller: &Caller, id: UserId, role: &str) -> Answer<User>;
    /// Deletes an account with its sessions and tokens. The last admin cannot be deleted.
    async fn user_delete(&self, caller: &Caller, id: UserId) -> Answer<()>;
    /// Sets a password and ends all sessions of the account.
    async fn user_set_password(&self, caller: &Caller, id: UserId, password: &str) -> Answer<()>;
    /// Tokens of the caller; all tokens for administrators.
    async fn token_list(&self, caller: &Caller) -> Answer<Vec<ApiToken>>;
    /// Creates a token for an account. Allowed for its owner's browser session, and for administrators who do not
    /// authenticate with a token.
    async fn token_create(&self, caller: &Caller, user: &str) -> Answer<NewToken>;
    /// Revokes a token.
    async fn token_revoke(&self, caller: &Caller, id: TokenId) -> Answer<()>;
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
    + Capacity
    + Channels
    + Rules
    + Templates
    + Pictures
    + Messages
    + Summaries
    + Tickets
    + TicketDoors
    + Users
    + System
{
}
impl<
    T: Tasks
        + Calendars
        + Runs
        + Secrets
        + Capacity
        + Channels
        + Rules
        + Templates
        + Pictures
        + Messages
        + Summaries
        + Tickets
        + TicketDoors
        + TicketDoors
        + Users
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
