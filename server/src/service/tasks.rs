//! Use cases of tasks.

mod apply;
mod damaged;
mod delete;
mod export;
mod history;
mod import;
mod next;
mod recent;
mod row;
mod save;
mod start;
mod warnings;

use app::auth::Action;
use app::backend::{Answer, Caller, List, Tasks};
use app::error::AppError;
use app::i18n::Lang;
use app::id::TaskId;
use app::occurrence::{Explanation, Occurrence, OccurrenceQuery};
use app::page::{LastChange, Preview, PreviewRequest, TaskBoard};
use app::run::{HistoryItem, Run};
use app::task::{
    Control, Controlled, DamagedTask, Health, RunForm, RunRequest, TASK_UNREADABLE, Task,
    TaskCursor, TaskDraft, TaskOrder, TaskQuery, TaskState, TaskStep, TaskView,
};
use app::time::Stamp;
use app::transition::Step;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use apply::{ApplyReport, ApplyRequest, FieldChange, PlanAction, PlannedTask};
pub(super) use apply::{Batch, Lookup};
pub use export::{ExportQuery, Exported};
pub use import::{ImportFile, ImportItem, TaskImport};
use next::Next;
pub(super) use next::PlannedNext;
pub(super) use recent::RecentLists;

use delete::Doomed;
use history::{merge, parse_cursor, reaches_back_to};
pub use save::Saved;
pub(in crate::service) use start::Started;

use super::Service;
use crate::error::OrInternal;
use crate::facts::{Facts, TaskEvent};
use crate::store::{Act, ListedTask, Notice, TaskGroups, TaskSearch, Updated};
use crate::texts::lists::ListRefusal;
use crate::texts::outdated::Attempt;
use crate::texts::tasks::{TaskFault, TaskRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// Entries of the audit log about a task among which its last edit is searched for.
const CHANGES_LOOKED_AT: u64 = 50;
/// The default number of rows of a page.
const PAGE: u32 = 50;
/// The most rows of a page.
const PAGE_MAX: u32 = 200;
/// The most tasks of a list: programs read all of them.
const TASKS_MAX: u32 = 1_000;

impl Service {
    async fn read_task_list(&self, lang: Lang, query: &TaskQuery) -> Answer<List<TaskView>> {
        let search = TaskSearch::read(&query.q).map_err(|fault| fault.alone("q", lang))?;
        let groups = match query.order {
            TaskOrder::Worst => self.task_groups(lang).await?,
            TaskOrder::Newest | TaskOrder::Name => TaskGroups::default(),
        };
        let (rows, next) = self.listed_tasks(lang, query, &search, &groups).await?;
        let planned = self.planned_next(lang, &ids_of(&rows)).await?;
        let items = rows.into_iter().map(|row| self.view(row, &planned));
        Ok(List {
            items: items.collect(),
            next: next.map(|cursor| cursor.to_string()),
        })
    }

    /// The list as a page shows it, and until when it is valid if nothing is written.
    async fn read_task_board(
        &self,
        lang: Lang,
        query: &TaskQuery,
        now: DateTime<Utc>,
    ) -> Answer<(TaskBoard, DateTime<Utc>)> {
        let search = TaskSearch::read(&query.q).map_err(|fault| fault.alone("q", lang))?;
        let groups = self.task_groups(lang).await?;
        let (rows, next) = self.listed_tasks(lang, query, &search, &groups).await?;
        let ran = rows.iter().filter(|row| row.last_run.is_some());
        let ran: Vec<TaskId> = ran.map(|row| row.task.id).collect();
        let ids = ids_of(&rows);
        let recent = async { self.store.recent_runs(&ran).await.or_internal(lang) };
        let (planned, mut recent) = tokio::try_join!(self.planned_next(lang, &ids), recent)?;
        let items: Vec<TaskView> = rows
            .into_iter()
            .map(|row| self.view(row, &planned))
            .collect();
        let until = recent::true_until(&items, now);
        let board = TaskBoard {
            items: items
                .into_iter()
                .map(|row| {
                    let recent = recent.remove(&row.id).unwrap_or_default();
                    row::row(row, recent, lang)
                })
                .collect(),
            next,
            counts: groups.counts,
            unknown: search.unknown,
        };
        Ok((board, until))
    }

    /// A page of tasks, and where the next one begins.
    async fn listed_tasks(
        &self,
        lang: Lang,
        query: &TaskQuery,
        search: &TaskSearch,
        groups: &TaskGroups,
    ) -> Answer<(Vec<ListedTask>, Option<TaskCursor>)> {
        let limit = query.limit.unwrap_or(PAGE).clamp(1, TASKS_MAX);
        // One row more than asked for shows whether there is a next page.
        let mut rows = self
            .store
            .task_rows(query, search, groups, u64::from(limit) + 1)
            .await
            .or_internal(lang)?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| TaskCursor {
            rank: row.rank,
            id: row.task.id.0,
        });
        Ok((rows, next))
    }

    /// The view of a task: with its next firing and its health.
    fn view(&self, listed: ListedTask, planned: &next::PlannedNext) -> TaskView {
        let ListedTask {
            task,
            last_run,
            pulse,
            rank: _,
        } = listed;
        let Next { next_at, finished } = self.next_of(&task, planned);
        TaskView {
            cron: task.cron().to_owned(),
            health: Health::of(&task, finished, &pulse),
            finished,
            next_at,
            last_run,
            task,
        }
    }

    /// The views of some tasks, in no particular order.
    pub(super) async fn views_of(&self, lang: Lang, ids: &[TaskId]) -> Answer<Vec<TaskView>> {
        let listed = self.store.task_rows_of(ids).await.or_internal(lang)?;
        let planned = self.planned_next(lang, ids).await?;
        Ok(listed
            .into_iter()
            .map(|listed| self.view(listed, &planned))
            .collect())
    }

    async fn view_of(&self, lang: Lang, id: TaskId) -> Answer<TaskView> {
        let views = self.views_of(lang, &[id]).await?;
        match views.into_iter().next() {
            Some(view) => Ok(view),
            // Those whose rows cannot be read are skipped: then this says why.
            None => {
                let found = self.find_task(lang, id).await;
                Err(found.map_or_else(|error| error, |_| Missing::Task.answer(lang)))
            }
        }
    }

    async fn changed(&self, lang: Lang, id: TaskId, found: bool) -> Answer<TaskView> {
        self.signals.tasks_changed();
        self.signals.publish(Some(id), None);
        if found {
            self.view_of(lang, id).await
        } else {
            Err(Missing::Task.answer(lang))
        }
    }

    async fn urge(&self, lang: Lang, act: &Act, task: &Task, cycle: Option<&str>) -> Answer<bool> {
        let cycle = match cycle {
            Some(text) => Some(self.check_urge(lang, text, &task.zone)?),
            None if task.urge_cron.is_none() => {
                return Err(TaskFault::NoUrgeCycle.alone("urge_cron", lang));
            }
            None => None,
        };
        self.store
            .set_urging(act, task.id, true, cycle.as_deref())
            .await
            .or_internal(lang)
    }
}

fn ids_of(rows: &[ListedTask]) -> Vec<TaskId> {
    rows.iter().map(|row| row.task.id).collect()
}

/// Refuses to have a task fire whose line is still in a crontab.
fn held(lang: Lang, task: &Task) -> AppError {
    let by = task.held.clone().unwrap_or_default();
    TaskRefusal::Held {
        host: by.host,
        path: by.path,
    }
    .answer(lang)
}

#[async_trait]
impl Tasks for Service {
    async fn task_list(&self, caller: &Caller, query: &TaskQuery) -> Answer<List<TaskView>> {
        let rows = self.task_list_rows(caller, query).await?;
        Ok(std::sync::Arc::unwrap_or_clone(rows))
    }

    async fn task_board(&self, caller: &Caller, query: &TaskQuery) -> Answer<TaskBoard> {
        let board = self.task_board_rows(caller, query).await?;
        Ok(std::sync::Arc::unwrap_or_clone(board))
    }

    async fn task_get(&self, caller: &Caller, id: TaskId) -> Answer<TaskView> {
        self.allow(caller, Action::Read)?;
        self.view_of(caller.lang, id).await
    }

    async fn task_create(&self, caller: &Caller, draft: &TaskDraft) -> Answer<TaskView> {
        self.create_task(caller, draft, &[]).await
    }

    async fn task_update(
        &self,
        caller: &Caller,
        id: TaskId,
        draft: &TaskDraft,
    ) -> Answer<TaskView> {
        let saved = self
            .save_task(caller, id, None, |_| Ok(draft.clone()))
            .await?;
        saved.or_outdated()
    }

    async fn task_last_change(&self, caller: &Caller, id: TaskId) -> Answer<Option<LastChange>> {
        self.allow(caller, Action::Read)?;
        let change = self.store.last_edit(id, CHANGES_LOOKED_AT).await;
        let change = change.or_internal(caller.lang)?;
        Ok(change.map(|change| LastChange {
            who: change.who,
            at: Stamp(change.at),
        }))
    }

    async fn task_draft(&self, caller: &Caller, id: TaskId) -> Answer<TaskDraft> {
        self.allow(caller, Action::Read)?;
        let task = self.find_task(caller.lang, id).await?;
        self.draft_of(caller.lang, &task.spec).await
    }

    async fn task_control(
        &self,
        caller: &Caller,
        id: TaskId,
        control: &Control,
    ) -> Answer<TaskView> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let task = self.find_task(lang, id).await?;
        let act = |action| self.act(who, action).detail(task.name.as_str());
        let set = async |action, step: TaskStep, until: Option<DateTime<chrono::Utc>>| {
            let act = act(action);
            let event = match step {
                TaskStep::Close => Some(TaskEvent::closed(act.who())),
                TaskStep::Restore => Some(TaskEvent::restored(act.who())),
                TaskStep::Pause | TaskStep::Resume => None,
            };
            let notice = event.map(|event| {
                let facts = Facts::of_task(&task, None, act.at(), event);
                Notice::about(&task, facts)
            });
            let updated = self
                .store
                .set_task_state(&act, id, step, until, notice.as_slice())
                .await
                .or_internal(lang)?;
            self.signals.outbox.notify_one();
            match updated {
                Updated::Done => Ok(true),
                Updated::Gone => Ok(false),
                Updated::Held => Err(held(lang, &task)),
                // Only pausing a closed task is refused.
                Updated::Outdated => Err(TaskRefusal::Closed.answer(lang)),
            }
        };
        let found = match control {
            Control::Pause(until) => {
                TaskStep::Pause
                    .take(task.state)
                    .map_err(|_| TaskRefusal::Closed.answer(lang))?;
                let until = until
                    .as_deref()
                    .map(|until| self.check_until(until, &task.zone))
                    .transpose()
                    .map_err(|fault| fault.alone("until", lang))?;
                set("task.pause", TaskStep::Pause, until).await?
            }
            Control::Close => set("task.close", TaskStep::Close, None).await?,
            Control::Restore => set("task.restore", TaskStep::Restore, None).await?,
            Control::Urge(cycle) => {
                if task.state == TaskState::Closed {
                    return Err(TaskRefusal::ClosedChase.answer(lang));
                }
                self.urge(lang, &act("task.urge"), &task, cycle.as_deref())
                    .await?
            }
            Control::Unurge => self
                .store
                .set_urging(&act("task.unurge"), id, false, None)
                .await
                .or_internal(lang)?,
        };
        self.changed(lang, id, found).await
    }

    async fn task_control_any(
        &self,
        caller: &Caller,
        id: TaskId,
        control: &Control,
    ) -> Answer<Controlled> {
        self.control_any(caller, id, control).await
    }

    async fn task_damage(&self, caller: &Caller, id: TaskId) -> Answer<Option<DamagedTask>> {
        self.read_damage(caller, id).await
    }

    async fn task_delete(&self, caller: &Caller, id: TaskId, read: Option<i64>) -> Answer<()> {
        let who = self.allow(caller, Action::Edit)?;
        let doomed = match self.find_task(caller.lang, id).await {
            Ok(task) => {
                if let Some(read) = read.filter(|read| *read != task.version) {
                    return Err(self
                        .outdated(caller.lang, &task, read, Attempt::Delete)
                        .await?);
                }
                Doomed::from(&task)
            }
            // It can be deleted all the same.
            Err(error) if error.code == TASK_UNREADABLE => {
                let row = self.damaged_row(caller.lang, id).await?;
                row.map(|row| Doomed::from(&row)).ok_or(error)?
            }
            Err(error) => return Err(error),
        };
        self.check_not_awaited(caller.lang, id).await?;
        let found = self
            .delete_when_ended(caller.lang, who, &doomed, read)
            .await?;
        self.signals.tasks_changed();
        self.signals.publish(Some(id), None);
        if found {
            Ok(())
        } else {
            Err(Missing::Task.answer(caller.lang))
        }
    }

    async fn task_run_form(&self, caller: &Caller, id: TaskId) -> Answer<RunForm> {
        self.run_form(caller, id).await
    }

    async fn task_run(&self, caller: &Caller, id: TaskId, request: &RunRequest) -> Answer<Run> {
        let started = self.start_manually(caller, id, request).await?;
        Ok(started.run)
    }

    async fn task_history(
        &self,
        caller: &Caller,
        id: TaskId,
        after: Option<String>,
        limit: u32,
    ) -> Answer<List<HistoryItem>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let limit = limit.clamp(1, PAGE_MAX) as usize;
        let cursor = after
            .as_deref()
            .map(|text| parse_cursor(text).ok_or_else(|| ListRefusal::Cursor.answer(lang)))
            .transpose()?;
        let (before_run, before_at) =
            cursor.map_or((None, None), |(run, at)| (Some(run), Some(at)));
        let runs = self
            .store
            .task_runs(id, before_run, limit as u64 + 1)
            .await
            .or_internal(lang)?;
        let unruns = self
            .store
            .task_unruns(
                id,
                before_at,
                reaches_back_to(&runs, limit),
                self.clock.now(),
                limit as u64 + 1,
            )
            .await
            .or_internal(lang)?;
        Ok(merge(runs, unruns, limit, cursor))
    }

    async fn preview(&self, caller: &Caller, request: &PreviewRequest) -> Answer<Preview> {
        self.allow(caller, Action::Read)?;
        self.preview_of(caller.lang, request).await
    }

    async fn task_occurrences(
        &self,
        caller: &Caller,
        id: TaskId,
        query: &OccurrenceQuery,
    ) -> Answer<List<Occurrence>> {
        self.allow(caller, Action::Read)?;
        self.past_occurrences(caller.lang, id, query).await
    }

    async fn task_upcoming(
        &self,
        caller: &Caller,
        id: TaskId,
        limit: u32,
    ) -> Answer<Vec<Occurrence>> {
        self.allow(caller, Action::Read)?;
        let task = self.find_task(caller.lang, id).await?;
        self.upcoming_occurrences(caller.lang, &task, limit.clamp(1, PAGE_MAX) as usize)
            .await
    }

    async fn task_explain(&self, caller: &Caller, id: TaskId, at: &str) -> Answer<Explanation> {
        self.allow(caller, Action::Read)?;
        let task = self.find_task(caller.lang, id).await?;
        self.explain(caller.lang, &task, at).await
    }
}
