//! The explanation of a time by the ledger.

use app::backend::Answer;
use app::i18n::Lang;
use app::id::RunId;
use app::occurrence::{NotRun, OccurrenceState, SkipReason, Verdict};
use app::run::{Run, RunState, Trigger};
use app::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::Service;
use super::Said;
use crate::error::OrInternal;
use crate::store::StoredOccurrence;
use crate::texts::explain::{ByLedger, exit_code, lost_before, no_server};
use crate::texts::times::local;
use crate::texts::{Say, Text, firings};

impl Service {
    pub(super) async fn ledger_says(
        &self,
        lang: Lang,
        task: &Task,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<Option<Said>> {
        let rows = self
            .store
            .occurrences_about(task.id, at, until)
            .await
            .or_internal(lang)?;
        // A firing that ran explains more than a skipped one.
        let found = rows
            .iter()
            .filter(|row| row.covers(at, until))
            .min_by_key(|row| (row.run_id.is_none(), row.firings > 1, row.scheduled_for));
        // Planned for another time, and moved or postponed to this one.
        let moved_here = || {
            rows.iter()
                .filter(|row| at <= row.due_at && row.due_at <= until)
                .filter(|row| row.run_id.is_some() || row.state == OccurrenceState::Planned)
                .min_by_key(|row| (row.run_id.is_none(), row.due_at))
        };
        let Some(row) = found.or_else(moved_here) else {
            return Ok(None);
        };
        let run = match row.run_id {
            Some(id) => self.store.run(id).await.or_internal(lang)?,
            None => None,
        };
        let (verdict, why) = match &run {
            Some(run) => of_run(task, row, run),
            None if row.state == OccurrenceState::Planned => {
                let due = local(row.due_at, &task.zone);
                let why = if row.due_at + STARTS_WITHIN < self.clock.now() {
                    ByLedger::Late { due }
                } else {
                    ByLedger::Planned { due }
                };
                (Verdict::Planned, why)
            }
            None => {
                let why = self.why_unrun(lang, task, row, &rows).await?;
                // One row may cover firings before and after now.
                let first = row.since.filter(|_| row.firings > 1);
                let to_come = at.max(first.unwrap_or(row.scheduled_for)) > self.clock.now();
                of_unrun(task, row, why, to_come)
            }
        };
        Ok(Some(Said {
            verdict,
            words: why.words(),
            occurrence_id: Some(row.id),
            run_id: row.run_id,
        }))
    }

    /// Why a firing did not run. Firings that were due while no server was running are decided together
    /// when one is back: all but the first are skipped as overlapping, although nothing was running at
    /// their own instant.
    async fn why_unrun(
        &self,
        lang: Lang,
        task: &Task,
        row: &StoredOccurrence,
        around: &[StoredOccurrence],
    ) -> Answer<Text> {
        let reason = row.reason.as_deref().unwrap_or_default();
        let usual = Text::each(|lang| firings::reason(lang, reason));
        if NotRun::read(reason) != Some(NotRun::Skipped(SkipReason::Overlap)) {
            return Ok(usual);
        }
        // Only runs up to that of the next firing that started can have overlapped.
        let later = around.iter().filter(|other| other.due_at > row.due_at);
        let next = later
            .filter_map(|other| Some((other.due_at, other.run_id?)))
            .min();
        let before = next.map(|(_, run)| run.0.saturating_add(1));
        let runs = self.store.task_runs(task.id, before, RUNS_AROUND);
        let runs = runs.await.or_internal(lang)?;
        Ok(match overlap(&runs, row.due_at) {
            Overlap::UnderWay | Overlap::Unknown => usual,
            Overlap::Lost(id) => lost_before(id),
            Overlap::Nothing => no_server(),
        })
    }
}

/// Runs that are searched for the one that a firing overlapped with.
const RUNS_AROUND: u64 = 50;
/// A firing starts within this time after it is due, even on a busy machine.
const STARTS_WITHIN: TimeDelta = TimeDelta::seconds(2);

/// What the runs of a task say about an instant.
#[derive(PartialEq, Eq, Debug)]
enum Overlap {
    /// One was active.
    UnderWay,
    /// One had started, and when it ended is unknown.
    Lost(RunId),
    /// None was active.
    Nothing,
    /// The runs do not reach back far enough.
    Unknown,
}

/// What these runs, newest first, say about an instant.
fn overlap(runs: &[Run], at: DateTime<Utc>) -> Overlap {
    let covers = |run: &&Run| {
        run.started_at.0 <= at + STARTS_WITHIN && run.finished_at.is_none_or(|end| end.0 >= at)
    };
    let mut covering = runs.iter().filter(covers).peekable();
    let Some(first) = covering.peek().map(|run| run.id) else {
        let reach_back = runs.last().is_some_and(|run| run.started_at.0 <= at);
        return if reach_back || (runs.len() as u64) < RUNS_AROUND {
            Overlap::Nothing
        } else {
            Overlap::Unknown
        };
    };
    if covering.all(|run| run.state == RunState::Lost) {
        Overlap::Lost(first)
    } else {
        Overlap::UnderWay
    }
}

/// A firing that ran or is running.
fn of_run(task: &Task, row: &StoredOccurrence, run: &Run) -> (Verdict, ByLedger) {
    let named = local(row.scheduled_for, &task.zone);
    let reason = run
        .reason
        .as_deref()
        .map(|reason| Text::each(|lang| app::run::reason_text(reason, lang)));
    if run.state == RunState::Waiting {
        let waiting = ByLedger::Waiting {
            named,
            why: reason.unwrap_or_default(),
            attempt: run.attempt,
            run: run.id.0,
        };
        return (Verdict::Waiting, waiting);
    }
    let verdict = if run.state.is_over() {
        Verdict::Ran
    } else {
        Verdict::Running
    };
    // The reason of its failure.
    let code = run.exit_code.filter(|code| *code != 0);
    let reason = reason
        .or_else(|| code.map(exit_code))
        .filter(|_| run.state.is_over() && run.state != RunState::Succeeded);
    let ran = ByLedger::Ran {
        named,
        started: local(run.started_at.0, &task.zone),
        caught_up: run.trigger == Trigger::CatchUp,
        state: run.state,
        reason,
        run: run.id.0,
    };
    (verdict, ran)
}

/// One or more firings that did not run.
fn of_unrun(task: &Task, row: &StoredOccurrence, why: Text, to_come: bool) -> (Verdict, ByLedger) {
    let missed = row.state == OccurrenceState::Missed;
    let verdict = if missed {
        Verdict::Missed
    } else {
        Verdict::Skipped
    };
    let many = row.since.filter(|_| row.firings > 1);
    let why = ByLedger::NotRun {
        named: local(row.scheduled_for, &task.zone),
        missed,
        to_come,
        many: many.map(|since| (local(since, &task.zone), row.firings)),
        why,
    };
    (verdict, why)
}
