//! What is reported of an order: how it ended.

/// Why a run is stopped early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StopReason {
    /// This person requested it.
    Person(String),
    /// The runner stops.
    Shutdown,
    /// A newer start takes its place.
    Replaced,
    /// The database could not be reached for so long that another node may run it again.
    Isolated,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ending {
    /// The exit code of the command, if it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Why it ended.
    pub cause: Cause,
    /// What makes the run a failure although the command succeeded.
    pub broken: Option<Broken>,
}

/// Why a run ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Cause {
    /// The command ended by itself.
    #[default]
    ByItself,
    /// Nothing was started: `@CODE DETAIL`, see [`not_started`].
    NotStarted(String),
    /// It took longer than its hard limit, in seconds.
    TimedOut(i64),
    /// A stop was requested.
    Stopped(StopReason),
    /// A request got the expected response.
    Answered,
    /// A request did not: the status, or `@CODE DETAIL`.
    Http(String),
}

/// A text of the order that its output must, or must not, contain; secrets masked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Broken {
    /// It contains this.
    Contains(String),
    /// It lacks this.
    Lacks(String),
}

impl Broken {
    /// The text.
    pub(crate) fn text_mut(&mut self) -> &mut String {
        match self {
            Self::Contains(text) | Self::Lacks(text) => text,
        }
    }
}

/// Why nothing was started, as a code with a detail; who reports it has the words.
#[must_use]
pub fn not_started(code: &str, detail: &str) -> String {
    format!("@{code} {detail}")
}

impl Ending {
    fn of(cause: Cause) -> Self {
        Self {
            cause,
            ..Self::default()
        }
    }

    /// Nothing was started, for this reason ([`not_started`]).
    #[must_use]
    pub fn not_started(reason: String) -> Self {
        Self::of(Cause::NotStarted(reason))
    }

    /// A request got the expected response.
    pub(crate) fn answered() -> Self {
        Self::of(Cause::Answered)
    }

    /// A request did not get the expected response.
    pub(crate) fn http(fault: String) -> Self {
        Self::of(Cause::Http(fault))
    }

    /// It took longer than its hard limit, in seconds.
    pub(crate) fn timed_out(seconds: i64) -> Self {
        Self::of(Cause::TimedOut(seconds))
    }

    /// It was stopped before anything of it had an end of its own.
    pub(crate) fn stopped(reason: StopReason) -> Self {
        Self::of(Cause::Stopped(reason))
    }

    /// The same, with what is wrong with its output.
    pub(crate) fn with_output(self, broken: Option<Broken>) -> Self {
        Self { broken, ..self }
    }
}
