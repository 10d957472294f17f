//! The explanation of a time by the ledger.

use app::backend::Answer;
use app::i18n::Lang;
use app::occurrence::{OccurrenceState, Verdict};
use app::run::{Run, RunState, Trigger};
use app::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::Service;
use super::ExplanationText;
use crate::error::OrInternal;
use crate::store::StoredOccurrence;
use crate::texts::explain::{ByLedger, exit_code};
use crate::texts::times::local;
use crate::texts::{Say, Text, firings};

impl Service {
    pub(super) async fn ledger_says(
        &self,
        lang: Lang,
        task: &Task,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<Option<ExplanationText>> {
        let rows = self
            .store
            .occurrences_about(task.id, at, until)
            .await
            .or_internal(lang)?;
        // The one at the instant itself, then one that ran: that explains more than a skipped one.
        let found = rows
            .iter()
            .filter(|row| row.covers(at, until))
            .min_by_key(|row| {
                let elsewhere = !row.covers(at, at);
                (
                    elsewhere,
                    row.run_id.is_none(),
                    row.firings > 1,
                    row.scheduled_for,
                )
            });
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
                let reason = row.reason.as_deref().unwrap_or_default();
                let why = Text::each(|lang| firings::reason(lang, reason));
                // One row may cover firings before and after now.
                let first = row.since.filter(|_| row.firings > 1);
                let to_come = at.max(first.unwrap_or(row.scheduled_for)) > self.clock.now();
                of_unrun(task, row, why, to_come)
            }
        };
        Ok(Some(ExplanationText {
            verdict,
            words: why.words(),
            occurrence_id: Some(row.id),
            run_id: row.run_id,
        }))
    }
}

/// A firing starts within this time after it is due, even on a busy machine.
const STARTS_WITHIN: TimeDelta = TimeDelta::seconds(2);

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
