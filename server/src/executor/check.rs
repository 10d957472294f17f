//! The check of a ticket: a command or a request that is executed as those of the task are, without a run of its own.

use std::sync::Arc;

use app::run::{RunReason, RunState};
use runner::Ending;
use tracing::Instrument;

use super::{Executor, Job};
use crate::dispatch;
use crate::output::{RunLog, readable};
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
        let order = dispatch::order(&job, &self.sealer);
        let accepted = order.map(|order| self.runner.accept(order));
        let this = Arc::clone(self);
        let span = tracing::info_span!("check", task.id = job.task.id.0);
        let work = async move {
            let checked = match accepted {
                Ok(accepted) => {
                    let log = RunLog::of(accepted.log().clone());
                    // A soft limit is none of a check's.
                    let ending = this.runner.carry_out(accepted, || {}).await;
                    let shown = this.output.discard(&log).await;
                    this.runner.forget(runner::RunId(job.run_id.0));
                    checked(&ending, &readable(&shown))
                }
                Err(ending) => checked(&ending, ""),
            };
            then(checked).await;
        };
        self.tracker.spawn(work.instrument(span));
    }
}

fn checked(ending: &Ending, output: &str) -> Checked {
    let (state, reason) = dispatch::verdict(ending);
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
