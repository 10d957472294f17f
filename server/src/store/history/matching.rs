//! Runs of all tasks that match, in the order in which they started.
//!
//! A page is read along one index: that of a task and a state, of a state, or of all runs; of several states they are
//! merged. What else is asked for is compared
//! with the rows of that index, of which a page examines a bounded number: a search for what is rare would otherwise
//! walk through all of the history. The cursor then goes on after what was examined.

use app::id::{RunId, TaskId};
use app::run::{Run, RunState, Trigger};
use chrono::{DateTime, Utc};
use migration::TAG_MARK;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::super::code::Code;
use super::super::entity::{node, run, task};
use super::super::tasks::{SEARCH, part, whole};
use super::super::{Engine, Store, StoreError};
use super::{RunRow, runs};

/// Rows of an index that one statement examines.
const WINDOW: u64 = 1_500;
/// Windows that are examined for one page.
const WINDOWS: usize = 10;
/// The most tasks with one tag, and the most servers with one host name.
const TAGGED_MAX: u64 = 5_000;

/// Which runs are asked for.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Only those of a task.
    pub task: Option<TaskId>,
    /// Only those of tasks with exactly this tag.
    pub tag: Option<String>,
    /// Only those in these states; all when empty.
    pub states: Vec<RunState>,
    /// Only those that were started so.
    pub trigger: Option<Trigger>,
    /// Only those of a server, by id or host name.
    pub node: Option<String>,
    /// Only those that started then or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those that started earlier.
    pub to: Option<DateTime<Utc>>,
    /// A piece of their texts.
    pub text: Option<String>,
    /// Only those after this place.
    pub before: Option<RunPlace>,
}

/// The place of a run in the order in which runs started.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RunPlace {
    /// When it started.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: i64,
}

/// A page of runs.
#[derive(Clone, Debug)]
pub struct RunsFound {
    /// The runs, the last one to start first.
    pub runs: Vec<Run>,
    /// Where to go on; `None` when everything was examined.
    pub next: Option<RunPlace>,
    /// Whether more tasks have the tag than a search takes.
    pub too_many: bool,
}

/// The index that a statement follows.
#[derive(Clone, Copy, Debug)]
enum Along {
    Task(TaskId, RunState),
    State(RunState),
    All,
}

/// What the rows of the index are compared with.
#[derive(Default)]
struct Others {
    conditions: Vec<Expr>,
}

impl Along {
    const fn index(self) -> &'static str {
        match self {
            Self::Task(..) => "ix_run_task_id_state_started_at",
            Self::State(_) => "ix_run_state_started_at",
            Self::All => "ix_run_started_at",
        }
    }

    /// The rows of the index between the bounds that are asked for; none starts after `last`.
    fn rows(self, filter: &RunFilter, before: Option<RunPlace>, last: DateTime<Utc>) -> Condition {
        use run::Column as R;
        let mut rows = Condition::all();
        match self {
            Self::Task(task, state) => {
                rows = rows.add(R::TaskId.eq(task.0)).add(R::State.eq(Code(state)));
            }
            Self::State(state) => rows = rows.add(R::State.eq(Code(state))),
            Self::All => {}
        }
        if let Some(from) = filter.from {
            rows = rows.add(R::StartedAt.gte(Ord::min(from, last)));
        }
        if let Some(to) = filter.to {
            rows = rows.add(R::StartedAt.lt(Ord::min(to, last)));
        }
        match before {
            // Without OR, which SQLite would look up branch by branch and sort.
            Some(RunPlace { at, id }) => rows
                .add(R::StartedAt.lte(at))
                .add(R::StartedAt.eq(at).and(R::Id.gte(id)).not()),
            // Bounded always, so that every page is a range of the index.
            None => rows.add(R::StartedAt.lte(last)),
        }
    }
}

/// The last instant that a database takes as a parameter. The driver sends instants to MySQL as `TIMESTAMP`, and MariaDB
/// reads later ones as NULL.
fn last_instant(engine: Engine) -> DateTime<Utc> {
    let seconds = match engine {
        Engine::Mysql => i64::from(i32::MAX),
        // The end of the year 9999.
        Engine::Sqlite => 253_402_300_799,
    };
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl RunPlace {
    fn of(row: &RunRow) -> Self {
        Self {
            at: row.started_at,
            id: row.id,
        }
    }
}

impl Store {
    /// A page of the runs that match, the last one to start first; at most `limit`, and fewer where many had to be
    /// examined.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs_matching(
        &self,
        filter: &RunFilter,
        limit: usize,
    ) -> Result<RunsFound, StoreError> {
        let mut found = RunsFound {
            runs: Vec::new(),
            next: None,
            too_many: false,
        };
        let Some(others) = self.others(filter).await? else {
            found.too_many = true;
            return Ok(found);
        };
        let states = match filter.states.as_slice() {
            [] => RunState::ALL,
            states => states,
        };
        let states = states.iter().copied();
        let paths: Vec<Along> = match filter.task {
            Some(task) => states.map(|state| Along::Task(task, state)).collect(),
            None if filter.states.is_empty() => vec![Along::All],
            None => states.map(Along::State).collect(),
        };
        let mut rows: Vec<RunRow> = Vec::new();
        let mut before = filter.before;
        for _ in 0..WINDOWS {
            let (more, horizon) = self
                .window(filter, &paths, &others, before, limit + 1 - rows.len())
                .await?;
            rows.extend(more);
            before = horizon;
            if horizon.is_none() || rows.len() > limit {
                break;
            }
        }
        found.next = before;
        if rows.len() > limit {
            rows.truncate(limit);
            found.next = rows.last().map(RunPlace::of);
        }
        found.runs = self.with_names(rows).await?;
        Ok(found)
    }

    /// At most `want` rows after a place, and up to where everything was examined; `None` for to the end.
    async fn window(
        &self,
        filter: &RunFilter,
        paths: &[Along],
        others: &Others,
        before: Option<RunPlace>,
        want: usize,
    ) -> Result<(Vec<RunRow>, Option<RunPlace>), StoreError> {
        let mut rows: Vec<RunRow> = Vec::new();
        let mut horizon: Option<RunPlace> = None;
        for path in paths {
            let floor = self.floor(*path, filter, others, before).await?;
            let found = self
                .rows_along(*path, filter, others, (before, floor), want)
                .await?;
            // Where a path filled the page, it may have more beyond its last row.
            let last = found.last().filter(|_| found.len() >= want);
            let end = last.map(RunPlace::of).or(floor);
            horizon = Ord::max(horizon, end);
            rows.extend(found);
        }
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(RunPlace::of(row)));
        if let Some(horizon) = horizon {
            rows.retain(|row| RunPlace::of(row) >= horizon);
        }
        if rows.len() > want {
            rows.truncate(want);
            horizon = rows.last().map(RunPlace::of);
        }
        Ok((rows, horizon))
    }

    /// The last row that a statement along this index may examine; `None` where it ends before, or every row matches.
    async fn floor(
        &self,
        path: Along,
        filter: &RunFilter,
        others: &Others,
        before: Option<RunPlace>,
    ) -> Result<Option<RunPlace>, StoreError> {
        use run::Column as R;
        if others.conditions.is_empty() {
            return Ok(None);
        }
        let mut query = run::Entity::find()
            .select_only()
            .columns([R::StartedAt, R::Id])
            .filter(path.rows(filter, before, last_instant(self.engine())));
        QueryTrait::query(&mut query).force_index(path.index(), IndexHintScope::All);
        let row: Option<(DateTime<Utc>, i64)> = query
            .order_by_desc(R::StartedAt)
            .order_by_desc(R::Id)
            .offset(WINDOW - 1)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(row.map(|(at, id)| RunPlace { at, id }))
    }

    async fn rows_along(
        &self,
        path: Along,
        filter: &RunFilter,
        others: &Others,
        (before, floor): (Option<RunPlace>, Option<RunPlace>),
        want: usize,
    ) -> Result<Vec<RunRow>, StoreError> {
        use run::Column as R;
        let mut query = runs().filter(path.rows(filter, before, last_instant(self.engine())));
        if let Some(RunPlace { at, id }) = floor {
            query = query
                .filter(R::StartedAt.gte(at))
                .filter(R::StartedAt.eq(at).and(R::Id.lt(id)).not());
        }
        for condition in &others.conditions {
            query = query.filter(condition.clone());
        }
        // SQLite takes it by itself, and knows no such hint.
        QueryTrait::query(&mut query).force_index(path.index(), IndexHintScope::All);
        Ok(query
            .order_by_desc(R::StartedAt)
            .order_by_desc(R::Id)
            .limit(want as u64)
            .into_model::<RunRow>()
            .all(&self.reader)
            .await?)
    }

    /// What rows are compared with, in forms that no index serves; `None` when too many tasks have the tag.
    async fn others(&self, filter: &RunFilter) -> Result<Option<Others>, StoreError> {
        use run::Column as R;
        let mut others = Others::default();
        if let Some(tag) = &filter.tag {
            let tagged = self.tagged(tag).await?;
            if tagged.len() as u64 > TAGGED_MAX {
                return Ok(None);
            }
            let tagged = Expr::col(R::TaskId).add(0).is_in(tagged);
            others.conditions.push(tagged);
        }
        if let Some(trigger) = filter.trigger {
            others.conditions.push(R::TriggerKind.eq(Code(trigger)));
        }
        if let Some(name) = &filter.node {
            let nodes = self.nodes_named(name).await?;
            others.conditions.push(R::NodeId.is_in(nodes));
        }
        if let Some(text) = &filter.text {
            let pattern = part(&text.to_lowercase());
            let like = |column: R| {
                let like = LikeExpr::new(pattern.as_str()).escape('!');
                Expr::expr(Func::lower(Expr::col(column))).like(like)
            };
            let texts = like(R::Excerpt)
                .or(like(R::Reason))
                .or(like(R::Note))
                .or(like(R::RequestedBy));
            others.conditions.push(texts);
        }
        Ok(Some(others))
    }

    /// The tasks with exactly this tag; one more than a search takes at most.
    async fn tagged(&self, tag: &str) -> Result<Vec<i64>, StoreError> {
        let like = LikeExpr::new(whole(TAG_MARK, tag)).escape('!');
        Ok(task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(Expr::col(SEARCH).like(like))
            .limit(TAGGED_MAX + 1)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// The ids of processes on a host. The id of one that is not listed any more stays what it is.
    async fn nodes_named(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let mut ids: Vec<String> = node::Entity::find()
            .select_only()
            .column(node::Column::Id)
            .filter(node::Column::Hostname.eq(name))
            .order_by_desc(node::Column::HeartbeatAt)
            .limit(TAGGED_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        ids.push(name.to_owned());
        Ok(ids)
    }

    /// The place after a run, or after the one before it where it has been deleted; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_place(&self, id: RunId) -> Result<Option<RunPlace>, StoreError> {
        use run::Column as R;
        let row: Option<(DateTime<Utc>, i64)> = run::Entity::find()
            .select_only()
            .columns([R::StartedAt, R::Id])
            .filter(R::Id.lte(id.0))
            .order_by_desc(R::Id)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(row.map(|(at, found)| RunPlace {
            at,
            // That one is part of the page if it is not the one that was asked for.
            id: if found == id.0 { found } else { found + 1 },
        }))
    }
}
