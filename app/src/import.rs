//! Crontabs that are imported: what is sent, and an account of every line.
//!
//! Imported tasks are held until their lines are commented out of the crontab (`server/src/takeover`).

mod tasks;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::id::TaskId;
use crate::time::Stamp;

pub use tasks::{
    ImportedItem, ItemOutcome, ItemRemark, Scheduler, TaskImportForm, TaskImportReport,
};

/// The most crontabs of an import.
pub const SOURCES_MAX: usize = 200;
/// The most tasks that an import creates: they are created in one transaction.
pub const TASKS_MAX: usize = 500;

/// Which cron a crontab is written for.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Flavor {
    /// Debian's and Ubuntu's cron, Vixie cron 3.0.
    #[default]
    Debian,
    /// cronie: RHEL, Fedora, openEuler, Arch.
    Cronie,
}

/// Which columns the entries of a crontab have.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    /// The crontab of a user.
    #[default]
    User,
    /// `/etc/crontab` and the files in `/etc/cron.d`: with a column for the user.
    System,
    /// `/etc/anacrontab`.
    Anacron,
}

/// A wrapper around a command that a task has a field for.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OfferKind {
    /// `flock -n`: a start is skipped while the task runs.
    Overlap,
    /// `timeout`: the hard limit of a run.
    Limit,
    /// `nice`.
    Nice,
    /// `sleep $((RANDOM % n))`: the schedule is spread.
    Jitter,
    /// `chronic`: output is shown only after a failure.
    Quiet,
    /// A request to a heartbeat service at the end.
    Heartbeat,
}

macro_rules! words {
    ($($name:ident),*) => {$(
        impl $name {
            /// All of them.
            pub const ALL: [Self; <Self as VariantArray>::VARIANTS.len()] = {
                let mut all = [<Self as VariantArray>::VARIANTS[0]; <Self as VariantArray>::VARIANTS.len()];
                let mut at = 0;
                while at < all.len() {
                    all[at] = <Self as VariantArray>::VARIANTS[at];
                    at += 1;
                }
                all
            };

            /// The name used in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                self.into()
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(())
            }
        }
    )*};
}

words!(Flavor, Format, OfferKind);

/// Where a crontab is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Place {
    /// The name of the host; at most 255 characters.
    pub host: String,
    /// `user:NAME` for the crontab of a user, else the path of the file; at most 255 characters.
    pub path: String,
}

/// A crontab.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CrontabSource {
    /// The name of its host; may be empty.
    pub host: String,
    /// `user:NAME` for the crontab of a user, else the path of the file.
    pub path: String,
    /// Which columns it has.
    pub format: Format,
    /// Whose it is, for the crontab of a user; empty for the user of the server.
    pub user: String,
    /// Its text.
    pub text: String,
}

/// Crontabs to import.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CrontabImport {
    /// The crontabs, at most 200.
    pub sources: Vec<CrontabSource>,
    /// Which cron they are written for.
    pub flavor: Flavor,
    /// IANA zone of their times; empty for the server's default zone.
    pub zone: String,
    /// The wrappers that become fields of the tasks.
    pub accept: Vec<OfferKind>,
    /// The channel of the tasks; `None` for the usual rules.
    pub channel_id: Option<i64>,
    /// Runs all commands as the server's user instead of the users of the crontabs.
    pub as_server_user: bool,
    /// Creates nothing: only the account.
    pub dry_run: bool,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LineKind {
    /// Nothing but blanks.
    Blank,
    /// A comment.
    Comment,
    /// A setting of the environment.
    Variable,
    /// An entry that becomes, or became, a task.
    Entry,
    /// An entry that is commented out because a task runs it.
    Taken,
    /// Cron skips it, or no task can be made of it; the remarks say why.
    Fault,
}

/// A remark on a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LineRemark {
    /// A stable code.
    pub code: String,
    /// Where in the line, as a character from 1.
    pub column: Option<u32>,
    /// A sentence.
    pub text: String,
}

/// A wrapper that was recognised.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Offer {
    /// What a task can do instead.
    pub kind: OfferKind,
    /// The part of the command.
    pub wrapper: String,
    /// A sentence.
    pub text: String,
    /// Whether it was accepted.
    pub accepted: bool,
}

/// The task of an entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LineTask {
    /// Its id; `null` in a dry run, for a new one.
    pub id: Option<TaskId>,
    /// Whether it existed before.
    pub known: bool,
    /// Its name.
    pub name: String,
    /// Its schedule.
    pub cron: String,
    /// The schedule in words.
    pub cycle: String,
    /// The command, as the shell gets it.
    pub command: String,
    /// The user that it runs as; empty for the server's.
    pub run_as: String,
}

/// A line and what becomes of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LineReport {
    /// Its number, from 1.
    pub number: u32,
    /// What it is.
    pub kind: LineKind,
    /// It, without the end of the line; at most 500 characters.
    pub text: String,
    /// The task of an entry.
    pub task: Option<LineTask>,
    /// What to know about it.
    pub remarks: Vec<LineRemark>,
    /// Wrappers around its command.
    pub offers: Vec<Offer>,
}

/// The account of a crontab.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SourceReport {
    /// The name of its host; may be empty.
    pub host: String,
    /// `user:NAME` for the crontab of a user, else the path of the file.
    pub path: String,
    /// Every line.
    pub lines: Vec<LineReport>,
}

/// The result of an import.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Whether nothing was created because none was wanted.
    pub dry_run: bool,
    /// Tasks that were created, or would be.
    pub created: u32,
    /// Entries whose tasks existed before.
    pub known: u32,
    /// Lines of which no task can be made.
    pub faults: u32,
    /// The crontabs.
    pub sources: Vec<SourceReport>,
}

/// A line that a task was made of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ImportedLine {
    /// Identifies the line: a hash of its place and its text.
    pub key: String,
    /// The task.
    pub task_id: TaskId,
    /// Its name.
    pub task: String,
    /// The host of its crontab; may be empty.
    pub host: String,
    /// `user:NAME` for the crontab of a user, else the path of the file.
    pub path: String,
    /// The line.
    pub line: String,
    /// Whether the task waits until the line is commented out.
    pub held: bool,
    /// When it was imported, taken over or given back.
    pub changed_at: Stamp,
}

/// Lines that were commented out of a crontab, or are about to be put back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Handover {
    /// The tasks of the lines, at most 500.
    pub tasks: Vec<TaskId>,
}

/// What became of such lines.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HandedOver {
    /// The tasks that changed hands.
    pub changed: Vec<TaskId>,
    /// Those that had done so before, or are no imported ones.
    pub unchanged: Vec<TaskId>,
    /// The instant of the change: the tasks fire after it, or do not.
    pub at: Option<Stamp>,
}
