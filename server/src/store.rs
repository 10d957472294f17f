//! The database: the only place that names `sea_orm`.
//!
//! Contract: lookups return `Option` and callers decide what missing means; every change of several steps is one
//! transaction (`transaction!`, which repeats it completely after a deadlock), which also writes the follow-up rows;
//! lists are paged by key. Types of `app` go in and out, rows never leave.

mod accounts;
mod announced;
mod archive;
mod audit;
mod blackouts;
mod brief;
mod calendar_refresh;
mod calendars;
mod channel_uses;
mod channels;
mod chat;
mod code;
mod connect;
mod delivery;
mod dependents;
mod entity;
mod history;
mod idempotency;
mod imports;
mod ledger;
mod links;
mod message_history;
mod messages;
mod node_list;
mod nodes;
mod occurrences;
mod oncall;
mod overview;
mod people;
mod pictures;
mod pools;
mod prune;
mod results;
mod retention;
mod room;
mod row_version;
mod rules;
mod run_days;
mod secrets;
mod sessions;
mod start_urls;
mod streak;
mod summaries;
mod tasks;
mod templates;
mod ticket_times;
mod tickets;
mod time;
mod tokens;
mod txn;
mod unreadable;
mod upkeep;
mod urge_defaults;
mod uses;
mod version;

pub use accounts::StoredUser;
pub use announced::Announcement;
pub use archive::{Cell, CellKind, ColumnShape, Snapshot, TableShape, layout_steps};
pub use audit::{
    Act, AuditFilter, AuditFound, ChainEnd, ChainHead, SealBatch, SealedRow, TaskChange,
};
pub use blackouts::StoredBlackout;
pub use brief::{BriefRun, FailedNear, NodeVersion};
pub use calendar_refresh::DueCalendar;
pub use calendars::{CalendarRemoval, StoredCalendar};
pub use channel_uses::{ChannelUses, FallbackOf, NAMES_MAX};
pub use channels::{ChannelName, ChannelSecret, ChannelTarget, NewChannel, TaskChannel};
pub(crate) use chat::{CARD_MARK, EVENT_MAX};
pub use chat::{ChatIdentity, ChatLease, chat_client};
pub use dependents::WaitingTask;
pub use history::{RunFilter, RunPlace, RunsFound};
pub use imports::{NewLine, TakeoverDirection};
pub use ledger::{
    Changed, Claimed, Claims, Decide, Decision, Due, EVERY_TASK, LastEnd, Manual, ManualStart,
    MissedFirings, NotRunCounts, Planned, PlannedEntry, PlannedRows, Stale, StopOutcome, Verdict,
    View, WaitVerdict, WaitingRun,
};
pub use message_history::{MessageFilter, Resent};
pub use messages::{
    NO_TASK, NewMessage, Notice, OutboxItem, OutboxState, Rate, RetryCause, RouteNow, TakeResult,
};
pub use node_list::StoredNode;
pub use nodes::NodeRow;
pub use occurrences::StoredOccurrence;
pub use oncall::{RotaPut, RotaRemoval};
pub use overview::QueueDepths;
pub use people::PersonPut;
pub use pictures::{NewPicture, StoredPicture};
pub use pools::{PoolLoad, PoolRemoval, StoredPool};
pub use prune::{ExpiredRows, KeepLimits};
pub use results::{Outcome, Recorded, RunInProgress, StoredOutput};
pub use retention::RetentionTurn;
pub use row_version::NOT_STORED;
use rules::RuleHint;
pub use rules::{RuleAdded, RuleChange};
pub use run_days::{KnownDay, RunDaysFound};
pub use secrets::{GrantChange, SealedAt, SealedSecret, StoredChange};
pub use sessions::{NewSession, Origin, SessionUser, StoredSession};
pub use start_urls::{FoundStartUrl, NewStartUrlRow, StartUrlPut};
pub use summaries::{
    NotStarted, OpenTickets, RunDuration, StoredSummary, SummaryTask, UnsuccessfulRun, WithinLimit,
};
use tasks::Definitions;
pub use tasks::{
    Applied, ChangedTask, CheckedSpec, DamagedRow, Deleted, DoomedTask, FoundTasks, Inserted,
    ListedTask, LiveRow, LiveTask, LiveTasks, NewTask, NotApplied, SEARCH_CHARS_MAX,
    SEARCH_WORDS_MAX, SearchFault, TaskChanges, TaskGroups, TaskSearch, TaskStates, Updated,
};
pub use templates::{TemplateDeleted, TemplatePut};
pub use tickets::{
    Chasing, StoredTicket, TaskFollows, TicketChange, TicketChanged, TicketFilter, TicketLook,
    TicketSeed, UrgeClaim, event_of_effect,
};
pub use tokens::{NewTokenRow, TokenPut, TokenUser};
pub use txn::{StoreError, Tx};
use unreadable::UnreadableRows;
pub use unreadable::{Damage, RowKind, UnreadableRow};
pub use upkeep::{BackupMade, DatabaseSize};
pub use urge_defaults::DEFAULTS_MAX;
pub use version::DataVersion;
use version::Watcher;

use sea_orm::DatabaseConnection;

use crate::telemetry::metrics::DatabaseTimes;

/// The database engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The embedded default, one process.
    Sqlite,
    /// MySQL or MariaDB, any number of processes.
    Mysql,
}

impl Engine {
    /// The display name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Mysql => "MySQL",
        }
    }
}

/// The database as the rest of the server uses it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// SQLite: exactly one connection, so writers queue here and never meet `SQLITE_BUSY`.
    writer: DatabaseConnection,
    /// SQLite: several connections; MySQL: the same pool as `writer`.
    reader: DatabaseConnection,
    /// SQLite: a connection that writes nothing and only asks for what the others did.
    watcher: Option<Watcher>,
    engine: Engine,
    /// Duration of statements; shared by all copies of this store.
    times: DatabaseTimes,
    /// Which events rules name, as this process last saw them; shared by all copies of this store.
    rules: RuleHint,
    /// Rows that this process skips; shared by all copies of this store.
    unreadable: UnreadableRows,
    /// Definitions of tasks that lists have read; shared by all copies of this store.
    definitions: Definitions,
}

impl Store {
    /// Duration of statements.
    #[must_use]
    pub const fn times(&self) -> &DatabaseTimes {
        &self.times
    }

    /// The database engine.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }
}
