//! The check of a ticket: a command or a request that is executed as those of the task are, without a run of its own.

use std::sync::Arc;

use app::run::{RunReason, RunState};
use tokio::sync::watch;
use tracing::Instrument;

use super::process::ProcessExit;
use super::{Executor, Job, Running};
use crate::output::readable;
use crate::text::tail;

/// Characters of the output of a check that are kept: its end.
const OUTPUT_SHOWN: usize = 500;

/// How a check ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// Whether what was asked for is done.
    pub passed: bool,
    /// How it ended, for the history: `exit 1`, `signal 9`, `timeout 30s`, or the code of a reason.
    pub ending: String,
    /// The end of its output, with secrets masked.
    pub output: String,
}

impl Executor {
    /// Starts a check and hands over how it ended. Like a run it has a process group of its own, a hard limit, and ends
    /// when the server stops, which is no success. Nothing of it is stored.
    pub fn check<F>(self: &Arc<Self>, job: Job, then: impl FnOnce(Checked) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(None);
        let environment = self.containment.environment(&job);
        let secrets = environment
            .as_ref()
            .map_or(&[][..], |found| &found.secret_values);
        let log = self.output.open(job.run_id, job.started_at, secrets);
        let running = Running {
            stop,
            runs_again: false,
            capture: log.clone(),
            task: job.task.id,
        };
        self.lock().insert(job.run_id, running);
        let this = Arc::clone(self);
        let span = tracing::info_span!("check", task.id = job.task.id.0);
        let work = async move {
            let ending = this.work(&job, environment, &log, stopped).await;
            let shown = this.output.discard(&log).await;
            this.lock().remove(&job.run_id);
            then(checked(&ending, &readable(&shown))).await;
        };
        self.tracker.spawn(work.instrument(span));
    }
}

fn checked(ending: &ProcessExit, output: &str) -> Checked {
    let (state, reason) = ending.verdict();
    let how = match (reason, ending.exit_code, ending.signal) {
        (Some(RunReason::TimedOut(seconds)), ..) => format!("timeout {seconds}s"),
        (Some(reason), ..) => reason.code(),
        (None, Some(code), _) => format!("exit {code}"),
        (None, None, Some(signal)) => format!("signal {signal}"),
        (None, None, None) => state.as_str().to_owned(),
    };
    Checked {
        passed: state == RunState::Succeeded,
        ending: how,
        output: tail(output.trim(), OUTPUT_SHOWN).to_owned(),
    }
}
