//! What the product can do: authorise, check, store, signal. The three doors call only this.

mod account;
mod blackouts;
mod calendars;
mod capacity;
mod channels;
mod checks;
mod execution;
mod explain;
mod occurrences;
pub mod preview;
mod runs;
pub mod secrets;
pub mod sign_in;
mod streams;
mod system;
mod tasks;
mod users;
mod words;

pub use streams::watch_streams;
pub use system::{UNNAMED_ZONE, unnamed_zone};
pub use tasks::{KeptLists, Saved};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use chrono::{DateTime, Utc};

use crate::auth::limit::Attempts;
use crate::auth::password::Passwords;
use crate::auth::proxies::TrustedProxies;
use crate::auth::seal::Sealer;
use crate::auth::streams::Streams;
use crate::clock::SharedClock;
use crate::error::OrInternal;
use crate::events::Signals;
use crate::executor::Executor;
use crate::firings::Almanac;
use crate::lifecycle::StartError;
use crate::notifier::compose::Composer;
use crate::notifier::guard::Guard;
use crate::notifier::send::Sender;
use crate::output::OutputStore;
use crate::scheduler::Lag;
use crate::scheduler::standing::Standing;
use crate::store::{Act, Store};
use crate::timetable::Patterns;

/// The name that the check of the key is sealed under.
const KEY_CHECK: &str = "cluster";

/// Everything a use case may need.
pub struct Service {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Runs commands; `None` in a process that is no server.
    pub executor: Option<Arc<Executor>>,
    /// This process, as the ledger names it.
    pub node_id: String,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Counts failed sign-ins and wrong tokens.
    pub attempts: Attempts,
    /// Whose word on a client's address is taken.
    pub trusted_proxies: TrustedProxies,
    /// Answers without an end.
    pub streams: Arc<Streams>,
    /// Streams of each kind at once: they must not take all connections.
    pub streams_max: usize,
    /// Seals channel URLs.
    pub sealer: Sealer,
    /// Checks outgoing URLs.
    pub guard: Guard,
    /// Sends test messages.
    pub sender: Sender,
    /// Writes messages.
    pub composer: Composer,
    /// Holds long output.
    pub output: OutputStore,
    /// Parsed patterns.
    pub patterns: Arc<Patterns>,
    /// Calendars and blackouts.
    pub almanac: Arc<Almanac>,
    /// How late the loop is.
    pub lag: Arc<Lag>,
    /// Whether this node may claim, and how far its clock is off.
    pub standing: Arc<Standing>,
    /// The zone of tasks that name none.
    pub default_zone: String,
    /// What the system says its zone is, where that has no name and UTC stands in for it.
    pub zone_doubt: Option<String>,
    /// Names of all zones.
    pub zone_names: Vec<String>,
    /// When this process started.
    pub started_at: DateTime<Utc>,
    /// Lists of tasks that are still true.
    pub lists: KeptLists,
    /// Set when the process stops: nothing is started by hand any more.
    pub closed: AtomicBool,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Service {
    /// The caller's identity, when it may do `action`.
    fn allow<'a>(&self, caller: &'a Caller, action: Action) -> Answer<&'a Principal> {
        match &caller.principal {
            None => Err(AppError::unauthenticated(caller.lang)),
            Some(principal) if principal.can(action) => Ok(principal),
            Some(_) => Err(AppError::forbidden(caller.lang)),
        }
    }

    /// The act that is about to be done, for the audit log; the store writes it with the change.
    fn act(&self, who: &Principal, action: &'static str) -> Act {
        Act::by(who, action, self.clock.now())
    }

    /// Starts nothing by hand from here on.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Checks that this process can open what the database holds sealed; the first one to come
    /// leaves something to check. A change of the key that was cut short is finished.
    ///
    /// # Errors
    /// When the key is another one, or the database fails.
    pub async fn check_key(&self) -> Result<(), StartError> {
        let mine = self.sealer.seal(KEY_CHECK, "jcrontab")?;
        let kept = self.store.key_check(&mine).await?;
        if self.sealer.open(KEY_CHECK, &kept).is_ok() {
            return Ok(());
        }
        if self.sealer.take_over(KEY_CHECK, &kept)? {
            tracing::warn!("finished an interrupted key rotation");
            return Ok(());
        }
        Err(StartError::WrongKey)
    }

    /// The executor, where this process has one and does not stop.
    fn executor(&self, lang: Lang) -> Answer<&Arc<Executor>> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(AppError::new(
                ErrorKind::Unavailable,
                "server.stopping",
                lang.pick("服务器正在停止", "The server is stopping"),
            ));
        }
        self.executor.as_ref().ok_or_else(|| {
            AppError::new(
                ErrorKind::Conflict,
                "server.not_running",
                lang.pick(
                    "服务器没有运行，无法执行命令",
                    "The server is not running, so no command can be run",
                ),
            )
            .with_hint(lang.pick("先运行 jcrontab serve", "Start it with `jcrontab serve`"))
        })
    }
}

/// Gives a duplicate-key failure its own answer and logs any other.
fn or_taken<T>(
    result: Result<T, crate::store::StoreError>,
    lang: Lang,
    taken: impl FnOnce() -> AppError,
) -> Answer<T> {
    match result {
        Err(error) if error.is_duplicate() => Err(taken()),
        other => other.or_internal(lang),
    }
}
