//! How a run ended, in the words of the ledger.

use app::run::{RunReason, RunState};
use runner::{Broken, Cause, Ending, StopReason};

/// The final state, and the reason where the state alone does not explain it.
pub(crate) fn verdict(ending: &Ending) -> (RunState, Option<RunReason>) {
    match &ending.cause {
        Cause::NotStarted(reason) => (
            RunState::Failed,
            Some(RunReason::NotStarted(reason.clone())),
        ),
        Cause::TimedOut(seconds) => (RunState::TimedOut, Some(RunReason::TimedOut(*seconds))),
        Cause::Stopped(StopReason::Person(who)) => {
            (RunState::Killed, Some(RunReason::Stopped(who.clone())))
        }
        Cause::Stopped(StopReason::Shutdown) => (RunState::Killed, Some(RunReason::Shutdown)),
        Cause::Stopped(StopReason::Replaced) => (RunState::Killed, Some(RunReason::Replaced)),
        Cause::Stopped(StopReason::Isolated) => (RunState::Lost, Some(RunReason::Isolated)),
        Cause::Http(fault) => (RunState::Failed, Some(RunReason::Http(fault.clone()))),
        Cause::Answered => by_output(ending),
        Cause::ByItself if ending.exit_code == Some(0) => by_output(ending),
        Cause::ByItself => (RunState::Failed, None),
    }
}

/// The final state of a run whose command succeeded: its output may still make it a failure.
fn by_output(ending: &Ending) -> (RunState, Option<RunReason>) {
    let reason = match &ending.broken {
        None => return (RunState::Succeeded, None),
        Some(Broken::Contains(text)) => RunReason::OutputContains(text.clone()),
        Some(Broken::Lacks(text)) => RunReason::OutputLacks(text.clone()),
    };
    (RunState::Failed, Some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_a_state_and_a_reason_that_explains_it() {
        let of = |cause: Cause| Ending {
            exit_code: Some(0),
            cause,
            ..Ending::default()
        };
        let stopped = |reason: StopReason| of(Cause::Stopped(reason));
        for (ending, state, code) in [
            (of(Cause::ByItself), RunState::Succeeded, None),
            (of(Cause::Answered), RunState::Succeeded, None),
            (Ending::default(), RunState::Failed, None),
            (
                Ending {
                    broken: Some(Broken::Lacks("done".to_owned())),
                    ..of(Cause::ByItself)
                },
                RunState::Failed,
                Some("output_lacks:done"),
            ),
            (
                Ending {
                    broken: Some(Broken::Contains("oops".to_owned())),
                    ..of(Cause::Answered)
                },
                RunState::Failed,
                Some("output_contains:oops"),
            ),
            (
                Ending::not_started(runner::not_started("cwd", "/gone")),
                RunState::Failed,
                Some("not_started:@cwd /gone"),
            ),
            (
                of(Cause::Http("503".to_owned())),
                RunState::Failed,
                Some("http:503"),
            ),
            (
                of(Cause::TimedOut(30)),
                RunState::TimedOut,
                Some("timed_out:30"),
            ),
            (
                stopped(StopReason::Person("ann".to_owned())),
                RunState::Killed,
                Some("stopped:ann"),
            ),
            (
                stopped(StopReason::Shutdown),
                RunState::Killed,
                Some("shutdown"),
            ),
            (
                stopped(StopReason::Replaced),
                RunState::Killed,
                Some("replaced"),
            ),
            (
                stopped(StopReason::Isolated),
                RunState::Lost,
                Some("isolated"),
            ),
        ] {
            let (found, reason) = verdict(&ending);
            assert_eq!(found, state, "{ending:?}");
            let reason = reason.map(|reason| reason.code());
            assert_eq!(reason.as_deref(), code, "{ending:?}");
        }
    }
}
