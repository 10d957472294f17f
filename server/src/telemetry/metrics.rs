//! The metrics of one process. Counters are in memory and are updated where things happen; only [`Depths`] are read
//! at a scrape.
//!
//! No process-wide registry: each server, and each test, has its own.

use std::time::Duration;

use app::channel::ChannelKind;
use app::id::TaskId;
use app::occurrence::{MissReason, NotRun, SkipReason};
use app::run::{RunState, Trigger};
use app::transition::Word;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::histogram;
use super::process::Process;
use super::tasks::TaskCounters;

mod database;
mod depths;
mod http;
mod loops;

pub use database::DatabaseTimes;
use depths::DepthGauges;
pub use depths::Depths;
use http::HttpMetrics;
use loops::LoopFamilies;
pub use loops::LoopMetrics;

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];

/// The outcome of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// Runs were started.
    Claimed,
    /// Nothing was due.
    Empty,
    /// Tasks had changed, or another server was faster; the claim is retried at once.
    Raced,
    /// The database failed.
    Failed,
}

impl Claim {
    const ALL: [Self; 4] = [Self::Claimed, Self::Empty, Self::Raced, Self::Failed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Empty => "empty",
            Self::Raced => "raced",
            Self::Failed => "failed",
        }
    }
}

/// The outcome of an attempt to send a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// The channel accepted it.
    Sent,
    /// It failed and will be retried.
    Retry,
    /// The vendor's rate limit was reached; it will be retried.
    RateLimited,
    /// It is given up.
    Dead,
}

impl Delivery {
    const ALL: [Self; 4] = [Self::Sent, Self::Retry, Self::RateLimited, Self::Dead];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retry => "retry",
            Self::RateLimited => "rate_limited",
            Self::Dead => "dead",
        }
    }
}

/// Final states of a run on this server.
const ENDS: [RunState; 6] = [
    RunState::Sending,
    RunState::Succeeded,
    RunState::Failed,
    RunState::TimedOut,
    RunState::Killed,
    RunState::Lost,
];
const TRIGGERS: [Trigger; 3] = [Trigger::Schedule, Trigger::Manual, Trigger::CatchUp];

/// The metrics of one process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    started: Family<One, Counter>,
    ended: Family<Two, Counter>,
    skipped: Family<One, Counter>,
    missed: Family<One, Counter>,
    start_delay: Histogram,
    duration: Family<One, Histogram>,
    claims: Family<One, Counter>,
    claim: Histogram,
    messages: Family<Two, Counter>,
    tasks: Option<TaskCounters>,
    http: HttpMetrics,
    loops: LoopFamilies,
    depths: DepthGauges,
}

impl Metrics {
    /// All metrics at zero. `tasks_max` is the number of tasks with series of their own.
    #[must_use]
    pub fn new(database: &DatabaseTimes, tasks_max: usize) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process));
        let own = registry.sub_registry_with_prefix("jcrontab");
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        own.register("build", "The version of the server", Info::new(version));
        let started = Family::<One, Counter>::default();
        let ended = Family::<Two, Counter>::default();
        let skipped = Family::<One, Counter>::default();
        let missed = Family::<One, Counter>::default();
        let duration = Family::new_with_constructor(histogram::run_duration as fn() -> Histogram);
        let claims = Family::<One, Counter>::default();
        let messages = Family::<Two, Counter>::default();
        let (start_delay, claim) = (histogram::start_delay(), histogram::latency());
        // All series exist from the start: a rate over one that appears with its first event misses that event.
        for trigger in TRIGGERS {
            drop(started.get_or_create(&[("trigger", trigger.as_str())]));
            for state in ENDS {
                drop(ended.get_or_create(&ended_labels(state, trigger)));
            }
        }
        for state in ENDS {
            drop(duration.get_or_create(&[("state", state.as_str())]));
        }
        for reason in SkipReason::all() {
            drop(skipped.get_or_create(&[("reason", reason.as_str())]));
        }
        for reason in MissReason::all() {
            drop(missed.get_or_create(&[("reason", reason.as_str())]));
        }
        for result in Claim::ALL {
            drop(claims.get_or_create(&[("result", result.as_str())]));
        }
        for kind in ChannelKind::ALL.iter().copied() {
            for result in Delivery::ALL {
                drop(messages.get_or_create(&message_labels(kind, result)));
            }
        }
        own.register(
            "runs_started",
            "Runs handed to the executor of this server",
            started.clone(),
        );
        own.register(
            "runs_ended",
            "Runs that ended on this server; sending: its message is in the outbox",
            ended.clone(),
        );
        own.register(
            "runs_skipped",
            "Planned runs that a rule skipped, by reason; counted by the server that recorded them",
            skipped.clone(),
        );
        own.register(
            "runs_missed",
            "Planned runs that no server could start in time, by reason",
            missed.clone(),
        );
        own.register(
            "run_start_delay_seconds",
            "From the instant at which a run was to start to its start",
            start_delay.clone(),
        );
        own.register(
            "run_duration_seconds",
            "From the start of a run to its end",
            duration.clone(),
        );
        own.register(
            "claims",
            "Transactions that claim due runs, by result",
            claims.clone(),
        );
        own.register(
            "claim_duration_seconds",
            "How long such a transaction takes",
            claim.clone(),
        );
        own.register(
            "message_attempts",
            "Attempts to send a message, by kind of channel and result",
            messages.clone(),
        );
        database.register(own);
        Self {
            tasks: TaskCounters::new(tasks_max, own),
            http: HttpMetrics::new(own),
            loops: LoopFamilies::new(own),
            depths: DepthGauges::new(own),
            started,
            ended,
            skipped,
            missed,
            start_delay,
            duration,
            claims,
            claim,
            messages,
            registry,
        }
    }

    /// All metrics in the Prometheus text format.
    ///
    /// # Errors
    /// When a metric cannot be written as text.
    pub fn text(&self, depths: &Depths) -> Result<String, std::fmt::Error> {
        self.depths.set(depths);
        let mut text = String::with_capacity(32 * 1024);
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// A run started.
    pub fn run_started(&self, trigger: Trigger) {
        let labels = [("trigger", trigger.as_str())];
        self.started.get_or_create(&labels).inc();
    }

    /// A run ended, after this time.
    pub fn run_ended(&self, task: TaskId, state: RunState, trigger: Trigger, took: Duration) {
        self.ended
            .get_or_create(&ended_labels(state, trigger))
            .inc();
        let labels = [("state", state.as_str())];
        self.duration
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
        if let Some(tasks) = &self.tasks {
            tasks.ended(task, state);
        }
    }

    /// Planned runs did not run, so many for each reason.
    pub fn not_run<'a>(&self, counts: impl IntoIterator<Item = (&'a NotRun, &'a u64)>) {
        for (why, count) in counts {
            let family = match why {
                NotRun::Skipped(_) => &self.skipped,
                NotRun::Missed(_) => &self.missed,
            };
            family
                .get_or_create(&[("reason", why.reason())])
                .inc_by(*count);
        }
    }

    /// A run started this long after its due instant.
    pub fn start_delay(&self, delay: Duration) {
        self.start_delay.observe(delay.as_secs_f64());
    }

    /// A claim was made, and took this long.
    pub fn claim(&self, result: Claim, took: Duration) {
        let labels = [("result", result.as_str())];
        self.claims.get_or_create(&labels).inc();
        self.claim.observe(took.as_secs_f64());
    }

    /// An attempt to send a message ended.
    pub fn message(&self, kind: ChannelKind, result: Delivery) {
        self.messages
            .get_or_create(&message_labels(kind, result))
            .inc();
    }

    /// A request was answered, after this time.
    pub fn request(&self, method: &str, status: u16, took: Duration) {
        self.http.answered(method, status, took);
    }

    /// The metrics of a background loop.
    #[must_use]
    pub fn of_loop(&self, name: &'static str) -> LoopMetrics {
        self.loops.of(name)
    }
}

fn ended_labels(state: RunState, trigger: Trigger) -> Two {
    [("state", state.as_str()), ("trigger", trigger.as_str())]
}

fn message_labels(kind: ChannelKind, result: Delivery) -> Two {
    [("kind", kind.as_str()), ("result", result.as_str())]
}
