//! The brief of a failed run: gathered from the ledger, the audit log and both outputs.

mod changes;
mod for_message;

pub use for_message::MessageBriefs;

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::id::{RunId, TaskId};
use app::run::brief::{
    Brief, LastSuccess, OtherTask, Others, OutputChange, OutputLine, OutputSide, Streak,
};
use app::task::Task;
use app::texts::brief::lines;
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use super::Service;
use crate::brief::{Comparison, Side, compare};
use crate::error::{OrInternal, internal};
use crate::output::RunOutput;
use crate::store::BriefRun;
use crate::texts::runs::RunRefusal;
use crate::texts::{Missing, Refusal};
use crate::timetable::{rules, zone};

/// Failures of other tasks within this time before and after the end of a run are counted.
const NEAR: TimeDelta = TimeDelta::minutes(5);
/// Other tasks that are listed.
const NAMED: usize = 5;

/// Concurrent comparisons of outputs: each holds a pair of compressed outputs in memory, and takes some
/// milliseconds of CPU time.
static COMPARISONS: Semaphore = Semaphore::const_new(2);

/// The runs before a streak, and the success among them.
struct Before {
    /// The first run of the streak, where it is on record.
    first: Option<RunId>,
    /// Newest first.
    runs: Vec<BriefRun>,
    /// Whether there are more of them.
    more: bool,
}

impl Before {
    fn success(&self) -> Option<&BriefRun> {
        self.successes().next()
    }

    fn successes(&self) -> impl Iterator<Item = &BriefRun> {
        let succeeded = |run: &&BriefRun| run.state == app::run::RunState::Succeeded;
        self.runs.iter().filter(succeeded)
    }

    fn last_success(&self) -> LastSuccess {
        match self.success() {
            Some(run) => LastSuccess::Run {
                run_id: run.id,
                started_at: Stamp(run.started_at),
            },
            None if self.more || self.first.is_none() => LastSuccess::NotAmong {
                runs: i64::try_from(self.runs.len()).unwrap_or(i64::MAX),
            },
            None => LastSuccess::Never,
        }
    }
}

impl Service {
    /// The brief of a failed run: since when, what changed, where the output differs.
    pub(super) async fn brief(&self, caller: &Caller, id: RunId) -> Answer<Brief> {
        let who = self.allow(caller, Action::Read)?;
        self.brief_as(caller.lang, may_name_secrets(who), id).await
    }

    /// The brief of a run, with the names of secrets or without.
    async fn brief_as(&self, lang: Lang, names: bool, id: RunId) -> Answer<Brief> {
        let (mut brief, beside) = self.known_brief(lang, names, id).await?;
        if let Some((run, success)) = &beside {
            brief.output = self.output_beside(lang, run, success).await?;
        }
        brief.lines = lines(&brief, lang);
        Ok(brief)
    }

    /// The brief of a run without its lines and without the comparison of outputs, which may take long; and the runs to
    /// compare, where there is a success.
    async fn known_brief(
        &self,
        lang: Lang,
        names: bool,
        id: RunId,
    ) -> Answer<(Brief, Option<(BriefRun, BriefRun)>)> {
        let missing = || Missing::Run.answer(lang);
        let task_id = self.find_run(lang, id).await?.task_id;
        let run = self.store.brief_run(id).await.or_internal(lang)?;
        let run = run.ok_or_else(missing)?;
        if !run.state.is_bad() {
            return Err(RunRefusal::NotFailed.answer(lang));
        }
        let task = self.find_task(lang, task_id).await?;
        let since = run.streak_since.unwrap_or(run.started_at);
        let before = self.before_streak(lang, &task, &run, since).await?;
        let (changes, more_changes) = match before.success() {
            Some(success) => {
                self.changes_since(lang, names, &task, &run, success, &before)
                    .await?
            }
            None => (Vec::new(), 0),
        };
        let output = match before.success() {
            Some(_) => OutputChange::NotCompared,
            None => OutputChange::NoSuccess,
        };
        let ended = run.finished_at.unwrap_or(run.started_at);
        let brief = Brief {
            run_id: id,
            task_id,
            streak: Streak {
                times: run.streak.max(1),
                since: Stamp(since),
                first_run: before.first,
            },
            success: before.last_success(),
            changes,
            more_changes,
            output,
            others: self.others_near(lang, task_id, ended).await?,
            runbook: task.notes.runbook.clone(),
            zone: rules(
                &task.zone,
                &zone(&task.zone).unwrap_or(jiff::tz::TimeZone::UTC),
                since,
            ),
            task_name: task.spec.name,
            lines: Vec::new(),
        };
        let beside = before.success().cloned().map(|success| (run, success));
        Ok((brief, beside))
    }

    async fn before_streak(
        &self,
        lang: Lang,
        task: &Task,
        run: &BriefRun,
        since: DateTime<Utc>,
    ) -> Answer<Before> {
        let first = if since == run.started_at {
            Some(run.id)
        } else {
            let found = self.store.first_of_streak(task.id, since).await;
            found.or_internal(lang)?
        };
        let from = first.unwrap_or(run.id);
        let (runs, more) = self
            .store
            .runs_before(task.id, from)
            .await
            .or_internal(lang)?;
        Ok(Before { first, runs, more })
    }

    async fn others_near(&self, lang: Lang, task: TaskId, at: DateTime<Utc>) -> Answer<Others> {
        let store = &self.store;
        let failed = store.failed_near(task, at - NEAR, at + NEAR).await;
        let failed = failed.or_internal(lang)?;
        let first = &failed[..failed.len().min(NAMED)];
        let ids: Vec<TaskId> = first.iter().map(|one| one.task).collect();
        let names = store.task_names(&ids).await.or_internal(lang)?;
        let tasks = first.iter().map(|one| OtherTask {
            task_id: one.task,
            name: names.get(&one.task).cloned().unwrap_or_default(),
            run_id: one.run,
        });
        Ok(Others {
            count: i64::try_from(failed.len()).unwrap_or(i64::MAX),
            tasks: tasks.collect(),
        })
    }

    /// The output of a run compared with that of a successful one.
    async fn output_beside(
        &self,
        lang: Lang,
        run: &BriefRun,
        success: &BriefRun,
    ) -> Answer<OutputChange> {
        let turn = COMPARISONS
            .acquire()
            .await
            .map_err(|error| internal(lang, &error))?;
        let (this, other) = (
            self.kept_of(lang, run).await?,
            self.kept_of(lang, success).await?,
        );
        let comparing = tokio::task::spawn_blocking(move || {
            // Until it has ended, also after its caller has gone.
            let _turn = turn;
            compare(|| this.parts(), || other.parts())
        });
        let compared = comparing.await.map_err(|error| internal(lang, &error))?;
        Ok(match compared {
            Comparison::Same => OutputChange::Same,
            Comparison::Silent => OutputChange::Silent,
            Comparison::SameAsKept => OutputChange::SameAsKept,
            Comparison::NotKept { this } => OutputChange::NotKept {
                run_id: if this { run.id } else { success.id },
            },
            Comparison::Differs { this, other } => OutputChange::Differs {
                run: side(run.id, this),
                success: side(success.id, other),
            },
        })
    }

    async fn kept_of(&self, lang: Lang, run: &BriefRun) -> Answer<RunOutput> {
        let stored = self.store.run_output(run.id).await.or_internal(lang)?;
        // A run that was deleted meanwhile has no output.
        let stored = stored.unwrap_or_default();
        Ok(self.output.kept(&stored, run.started_at, true).await)
    }
}

fn side(run_id: RunId, side: Side) -> OutputSide {
    let lines = side.lines.into_iter();
    OutputSide {
        run_id,
        line: side.at,
        lines: lines
            .map(|(number, text)| OutputLine { number, text })
            .collect(),
    }
}

/// Whether a reader may see the names of secrets, as in `task_secrets`.
fn may_name_secrets(who: &Principal) -> bool {
    who.can(Action::Edit)
}
