//! One run that is made up: how long it takes, what it writes, how it ends.

use app::run::log::Stream;
use app::run::{RunReason, RunState};
use chrono::{DateTime, TimeDelta, Utc};
use runner::output::Shown;

use super::chance::Chance;
use super::world::Play;
use crate::output::OutputStore;
use crate::run::Job;
use crate::store::{Notice, Outcome, StoredOutput};

/// Milliseconds of a week.
const WEEK_MS: i64 = 7 * 86_400_000;

/// A run until its end.
pub(super) struct Performed {
    pub(super) outcome: Outcome,
    /// When it was over its soft limit, and what that gives notice of.
    pub(super) warned: Option<(DateTime<Utc>, Vec<Notice>)>,
}

/// What a run depends on besides its job.
pub(super) struct Scene<'a> {
    pub(super) play: &'a Play,
    pub(super) output: &'a OutputStore,
    /// Sets the clock, whose time its lines get.
    pub(super) set_clock: &'a (dyn Fn(DateTime<Utc>) + Sync),
    pub(super) chance: Chance,
    /// When the demo begins and ends.
    pub(super) span: (DateTime<Utc>, DateTime<Utc>),
}

/// How its process ended.
struct End {
    state: RunState,
    reason: Option<RunReason>,
    exit_code: Option<i32>,
    exit_signal: Option<i32>,
}

impl Scene<'_> {
    /// Makes a run up.
    pub(super) async fn perform(mut self, job: &Job) -> Performed {
        let (begin, now) = self.span;
        let started_at = job.started_at;
        let fails = self.fails(job.scheduled_for.unwrap_or(started_at), now);
        let sends = !job.task.mode.runs_command();
        let mut took = self.takes(started_at - begin);
        if fails {
            took = took / 3 + TimeDelta::seconds(1);
        }
        let limit = job.task.timeout_seconds.map(TimeDelta::seconds);
        let end = match limit.filter(|limit| took >= *limit) {
            _ if sends => End::of(RunState::Sending, None, None),
            Some(limit) => {
                took = limit;
                let reason = RunReason::TimedOut(limit.num_seconds());
                let mut end = End::of(RunState::TimedOut, Some(reason), None);
                end.exit_signal = Some(15);
                end
            }
            None if fails => End::of(RunState::Failed, None, Some(self.play.exit)),
            None => End::of(RunState::Succeeded, None, Some(0)),
        };
        if sends {
            took = TimeDelta::zero();
        }
        let finished_at = (started_at + took).min(now).max(started_at);
        let (stored, shown) = match sends {
            true => (StoredOutput::default(), Shown::default()),
            false => self.write(job, end.state, finished_at).await,
        };
        let chance = u16::try_from(self.chance.between(0, 1_000)).unwrap_or_default();
        let chance = f64::from(chance) / 1_000.0;
        let retry = &job.task.execution.retry;
        let retry_ms = retry.next_delay_ms(job.attempt, end.state, end.exit_code, chance);
        let mut outcome = Outcome {
            run_id: job.run_id,
            occurrence_id: job.occurrence_id,
            task_id: job.task.id,
            epoch: job.epoch,
            state: end.state,
            reason: end.reason.map(|reason| reason.code()),
            finished_at,
            exit_code: end.exit_code,
            exit_signal: end.exit_signal,
            output: stored,
            retry_at: retry_ms.map(|ms| finished_at + TimeDelta::milliseconds(ms)),
            messages: Vec::new(),
            notices: Vec::new(),
            ticket: None,
        };
        outcome.notices = job.end_notices(&outcome, &shown);
        outcome.notices.extend(job.recovery(&outcome));
        outcome.ticket = job.ticket(&outcome);
        let soft = job.task.execution.soft_limit_seconds;
        let soft = soft.map(|seconds| started_at + TimeDelta::seconds(seconds));
        let warned = soft.filter(|at| *at < finished_at);
        Performed {
            warned: warned.map(|at| (at, job.late_notices(at))),
            outcome,
        }
    }

    fn fails(&mut self, planned: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let hours = self.play.fails_since_hours;
        let by_chance = self.chance.permille(self.play.fails_permille);
        by_chance || (hours > 0 && planned >= now - TimeDelta::hours(hours))
    }

    /// How long it takes, this long after the demo begins.
    fn takes(&mut self, since: TimeDelta) -> TimeDelta {
        let [shortest, longest] = self.play.seconds;
        let plain = self.chance.between(
            shortest.saturating_mul(1_000),
            longest.saturating_mul(1_000),
        );
        let growth = self
            .play
            .growth_percent
            .saturating_mul(since.num_milliseconds());
        TimeDelta::milliseconds(plain + plain.saturating_mul(growth / WEEK_MS) / 100)
    }

    /// Writes its lines, spread over its time; returns what is stored, and its text.
    async fn write(
        &mut self,
        job: &Job,
        state: RunState,
        finished_at: DateTime<Utc>,
    ) -> (StoredOutput, Shown) {
        let play = self.play;
        let lines = match state {
            RunState::Failed => play.bad.as_slice(),
            // Its last line is missing.
            RunState::TimedOut => play
                .good
                .get(..play.good.len().saturating_sub(1))
                .unwrap_or_default(),
            _ => play.good.as_slice(),
        };
        let log = self.output.open(job.run_id, job.started_at, &[]);
        let steps = i32::try_from(lines.len()).unwrap_or(i32::MAX).max(1);
        let step = (finished_at - job.started_at) / steps;
        let mut at = job.started_at;
        for line in lines {
            at += step;
            (self.set_clock)(at);
            let (stream, text) = match line.strip_prefix('!') {
                Some(text) => (Stream::Err, text),
                None => (Stream::Out, line.as_str()),
            };
            let text = format!("{}\n", filled(text, &mut self.chance));
            log.push(stream, text.as_bytes());
        }
        let finished = self.output.finish(&log).await;
        (finished.stored, finished.shown)
    }
}

impl End {
    const fn of(state: RunState, reason: Option<RunReason>, exit_code: Option<i32>) -> Self {
        Self {
            state,
            reason,
            exit_code,
            exit_signal: None,
        }
    }
}

/// A line with a number in the place of each `{1-9}`.
fn filled(line: &str, chance: &mut Chance) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((range, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let bounds = range.split_once('-');
        let bounds = bounds.and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
        if let Some((low, high)) = bounds {
            text.push_str(&chance.between(low, high).to_string());
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::{Chance, filled};

    #[test]
    fn numbers_take_the_place_of_ranges() {
        let mut chance = Chance::of(1, &[]);
        assert_eq!(
            filled("{3-3} files, {7-7} GB", &mut chance),
            "3 files, 7 GB"
        );
        assert_eq!(filled("no number", &mut chance), "no number");
    }
}
