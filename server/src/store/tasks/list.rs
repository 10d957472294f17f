//! The list of tasks, each with its last run and the outcome of its runs.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use app::auth::TaskLimits;
use app::id::{RunId, TaskId};
use app::run::RunState;
use app::task::{HealthFilter, LastRun, LastRuns, Task, TaskOrder, TaskQuery, TaskState};
use app::time::Stamp;
use app::transition::Word;
use chrono::{DateTime, Utc};
use migration::TAG_MARK;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::super::code::Code;
use super::super::entity::{run, task, task_streak};
use super::super::{Store, StoreError};
use super::SEARCH;
use super::groups::TaskGroups;
use super::search::{TaskSearch, whole};

/// Runs under way whose tasks are found by the filter for those: more than run at once anywhere.
const UNDER_WAY_MAX: u64 = 5_000;
/// Alias of a run, in the query for the newest one of a task.
const NEWEST: &str = "newest";
/// Alias of the last task of the page before.
const BEFORE: &str = "before_it";

/// A task as lists show it.
#[derive(Clone, Debug)]
pub struct ListedTask {
    /// The task.
    pub task: Task,
    /// Its newest run.
    pub last_run: Option<LastRun>,
    /// The outcome of its recent runs.
    pub pulse: LastRuns,
    /// Its rank in the list, from 0: see [`TaskOrder`].
    pub rank: u8,
}

/// A run, with the failures in a row of its task and when the first of them started.
struct Counted {
    run: LastRun,
    failures: Option<(i64, Stamp)>,
}

/// What a page of tasks is to hold.
struct Page<'a> {
    query: &'a TaskQuery,
    rank: u8,
    limit: u64,
    /// The number of the last change before it is read.
    seen: i64,
}

/// Tasks that may be among these: the pattern of a tag ignores case and width.
fn among(limits: &TaskLimits) -> Condition {
    let ids = limits.tasks.iter().map(|id| id.0);
    let tagged = limits.tags.iter().map(|tag| {
        let pattern = whole(TAG_MARK, tag);
        Expr::col(SEARCH).like(LikeExpr::new(pattern).escape('!'))
    });
    tagged.fold(
        Condition::any().add(task::Column::Id.is_in(ids)),
        Condition::add,
    )
}

impl Store {
    /// A page of tasks that a search finds, each with its last run; at most `limit` rows. Where the worst come first,
    /// `groups` says which those are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_rows(
        &self,
        query: &TaskQuery,
        search: &TaskSearch,
        groups: &TaskGroups,
        limit: u64,
    ) -> Result<Vec<ListedTask>, StoreError> {
        let mut select = self.searched(task::Entity::find(), search).await?;
        if let Some(state) = query.state {
            select = select.filter(task::Column::State.eq(Code(state)));
        }
        if let Some(health) = query.health {
            select = select.filter(self.has_health(health).await?);
        }
        if let Some(limits) = &query.within {
            select = select.filter(among(limits));
        }
        let ranks = match query.order {
            TaskOrder::Newest | TaskOrder::Name => vec![(0, None)],
            TaskOrder::Worst => groups.ranks(),
        };
        let from = query.after.map_or(0, |after| after.rank);
        let seen = match groups.seen {
            Some(seen) => seen,
            None => self.cluster_state().await?.0,
        };
        let mut listed = Vec::new();
        for (rank, among) in ranks.into_iter().filter(|(rank, _)| *rank >= from) {
            let select = among.map_or_else(|| select.clone(), |among| select.clone().filter(among));
            let after = query.after.filter(|after| after.rank == rank);
            let after = after.map(|after| after.id);
            let page = Page {
                query,
                rank,
                limit,
                seen,
            };
            self.fill(select, &page, after, &mut listed).await?;
            if listed.len() as u64 >= limit {
                break;
            }
        }
        Ok(listed)
    }

    /// Adds rows of one rank to a page.
    async fn fill(
        &self,
        select: Select<task::Entity>,
        page: &Page<'_>,
        mut after: Option<i64>,
        listed: &mut Vec<ListedTask>,
    ) -> Result<(), StoreError> {
        let Page {
            query,
            rank,
            limit,
            seen,
        } = *page;
        let is_within = |listed: &ListedTask| {
            let (id, tags) = (listed.task.id, &listed.task.tags);
            let within = query.within.as_ref();
            within.is_none_or(|limits| limits.permit(id, tags))
        };
        let by_name = query.order == TaskOrder::Name;
        let select = if by_name {
            select.order_by_asc(task::Column::Name)
        } else {
            select.order_by_desc(task::Column::Id)
        };
        // Once, unless rows cannot be read, or have a tag that only looks the same: the next ones take their place, since a
        // page that is not full is the last.
        loop {
            let wanted = limit.saturating_sub(listed.len() as u64);
            let mut page = select.clone().limit(wanted);
            if let Some(after) = after {
                page = page.filter(if by_name {
                    Expr::col((task::Entity, task::Column::Name)).gt(name_of(after))
                } else {
                    task::Column::Id.lt(after)
                });
            }
            let ids: Vec<i64> = page
                .select_only()
                .column(task::Column::Id)
                .into_tuple()
                .all(&self.reader)
                .await?;
            let is_last = (ids.len() as u64) < wanted;
            after = ids.last().copied();
            let (definitions, newest) = tokio::try_join!(
                self.cached_definitions(seen, &ids),
                self.newest_runs(&ids, false)
            )?;
            let rows = self.listed(&ids, definitions, newest, rank).await?;
            listed.extend(rows.into_iter().filter(is_within));
            if is_last || listed.len() as u64 >= limit {
                return Ok(());
            }
        }
    }

    /// Whether a task has this health, which active ones have.
    pub(super) async fn has_health(&self, health: HealthFilter) -> Result<Expr, StoreError> {
        let id = Expr::col((task::Entity, task::Column::Id));
        let has = match health {
            HealthFilter::Failing => id.in_subquery(failing()),
            HealthFilter::Chasing => {
                let urging = task::Column::Urging.eq(true);
                urging.and(id.not_in_subquery(failing()))
            }
            // As a subquery MariaDB would begin with the runs and sort what it finds.
            HealthFilter::Running => id.is_in(self.under_way().await?),
        };
        Ok(task::Column::State.eq(Code(TaskState::Active)).and(has))
    }

    /// The tasks of runs under way, at most [`UNDER_WAY_MAX`].
    pub(super) async fn under_way(&self) -> Result<BTreeSet<i64>, StoreError> {
        let active = RunState::all().into_iter().filter(|state| !state.is_over());
        let ids: Vec<i64> = run::Entity::find()
            .select_only()
            .column(run::Column::TaskId)
            .filter(run::Column::State.is_in(active.map(Code)))
            .limit(UNDER_WAY_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().collect())
    }

    /// Some tasks as lists show them, in no order; deleted ones are omitted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_rows_of(&self, ids: &[TaskId]) -> Result<Vec<ListedTask>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let (read, newest) =
            tokio::try_join!(self.read_definitions(&ids), self.newest_runs(&ids, false))?;
        let read = read.into_iter().map(|(task, _)| (task.id.0, task));
        self.listed(&ids, read.collect(), newest, 0).await
    }

    /// Tasks in this order, with their newest runs.
    async fn listed(
        &self,
        ids: &[i64],
        mut definitions: HashMap<i64, Arc<Task>>,
        mut newest: HashMap<i64, Counted>,
        rank: u8,
    ) -> Result<Vec<ListedTask>, StoreError> {
        // Usually the newest run has ended, and everything is known.
        let under_way: Vec<i64> = newest
            .iter()
            .filter(|(_, newest)| !newest.run.state.is_over())
            .map(|(task, _)| *task)
            .collect();
        let ended = self.newest_runs(&under_way, true).await?;
        let mut listed = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(task) = definitions.remove(id) else {
                continue;
            };
            let newest = newest.remove(id);
            let pulse = match &newest {
                Some(newest) if newest.run.state.is_over() => LastRuns {
                    under_way: None,
                    ended: Some(newest.run.state),
                    failures: newest.failures,
                },
                Some(newest) => LastRuns {
                    under_way: Some(newest.run.started_at),
                    ended: ended.get(id).map(|ended| ended.run.state),
                    failures: newest.failures,
                },
                None => LastRuns::default(),
            };
            listed.push(ListedTask {
                task: Arc::unwrap_or_clone(task),
                last_run: newest.map(|newest| newest.run),
                pulse,
                rank,
            });
        }
        Ok(listed)
    }

    /// The newest run of each task, or the newest that has ended: one statement, one index seek per task, and one
    /// step for each active run.
    async fn newest_runs(
        &self,
        ids: &[i64],
        over: bool,
    ) -> Result<HashMap<i64, Counted>, StoreError> {
        use run::Column as R;
        use task_streak::Column as S;
        let last =
            Expr::col((run::Entity, R::Id)).eq(Expr::SubQuery(None, Box::new(newest(over).into())));
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(1000) {
            let columns = [
                R::TaskId,
                R::Id,
                R::State,
                R::StartedAt,
                R::FinishedAt,
                R::Excerpt,
            ];
            let counts = [S::Failures, S::Since];
            let own = Expr::col((task_streak::Entity, S::TaskId))
                .equals((task::Entity, task::Column::Id));
            let query = Query::select()
                .columns(columns.map(|column| (run::Entity, column)))
                .columns(counts.map(|column| (task_streak::Entity, column)))
                .from(task::Entity)
                .inner_join(run::Entity, last.clone())
                .left_join(task_streak::Entity, own)
                .and_where(Expr::col((task::Entity, task::Column::Id)).is_in(chunk.iter().copied()))
                .to_owned();
            for row in self.reader.query_all(&query).await? {
                type Row = (
                    i64,
                    i64,
                    Code<RunState>,
                    DateTime<Utc>,
                    Option<DateTime<Utc>>,
                    Option<String>,
                    Option<i64>,
                    Option<DateTime<Utc>>,
                );
                let row: Row = row.try_get_many_by_index()?;
                let (task, id, state, started_at, finished_at, excerpt, failures, since) = row;
                let run = LastRun {
                    id: RunId(id),
                    state: state.0,
                    started_at: Stamp(started_at),
                    finished_at: finished_at.map(Stamp),
                    excerpt: excerpt.filter(|_| state.0.is_bad()),
                };
                let counted = Counted {
                    run,
                    failures: failures
                        .filter(|failures| *failures > 0)
                        .zip(since.map(Stamp)),
                };
                found.insert(task, counted);
            }
        }
        Ok(found)
    }
}

/// The tasks whose last runs failed, whatever state they are in.
fn failing() -> SelectStatement {
    use task_streak::Column as S;
    Query::select()
        .column((task_streak::Entity, S::TaskId))
        .from(task_streak::Entity)
        .and_where(Expr::col((task_streak::Entity, S::Failures)).gt(0))
        .to_owned()
}

/// The name of a task; one that was deleted meanwhile has the first of all.
fn name_of(id: i64) -> Expr {
    let name = Query::select()
        .column((BEFORE, task::Column::Name))
        .from_as(task::Entity, BEFORE)
        .and_where(Expr::col((BEFORE, task::Column::Id)).eq(id))
        .to_owned();
    let name = Expr::SubQuery(None, Box::new(name.into()));
    Func::coalesce([name, Expr::value("")]).into()
}

/// Backwards along the task's own index. A MAX over all of a task's runs would scan them on SQLite.
fn newest(over: bool) -> SelectStatement {
    use run::Column as R;
    let mut query = Query::select()
        .column((NEWEST, R::Id))
        .from_as(run::Entity, NEWEST)
        .and_where(Expr::col((NEWEST, R::TaskId)).equals((task::Entity, task::Column::Id)))
        .order_by((NEWEST, R::Id), Order::Desc)
        .limit(1)
        .to_owned();
    if over {
        query.and_where(Expr::col((NEWEST, R::FinishedAt)).is_not_null());
    }
    query
}
