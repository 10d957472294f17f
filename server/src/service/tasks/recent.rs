//! The cache of the list of tasks, valid until something changes: programs poll all tasks, users open
//! the first page, and usually nothing has changed.

use std::sync::{Arc, Mutex, PoisonError};

use app::backend::{Answer, Caller, List};
use app::task::{TaskQuery, TaskView};
use axum::body::Bytes;
use chrono::{DateTime, Utc};

use super::super::Service;
use crate::error::OrInternal;
use crate::firings::Snapshot;
use crate::store::DataVersion;

/// Cached answers of each kind, one per query.
const KEPT: usize = 4;
/// The longest cached answer as JSON.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest cached answer as rows, which take more memory: the page size of the web pages.
const ROWS_MAX: usize = 50;

/// An answer and the state it was computed from.
struct Entry<T> {
    query: TaskQuery,
    version: DataVersion,
    /// Calendars and blackouts: this process may load them later than the database has them.
    rules: Arc<Snapshot>,
    /// Valid from this instant …
    from: DateTime<Utc>,
    /// … until this one, at which something fires or ends.
    until: DateTime<Utc>,
    answer: T,
}

/// The latest answers of one kind, newest last.
struct RecentCache<T>(Mutex<Vec<Entry<T>>>);

impl<T> Default for RecentCache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> RecentCache<T> {
    fn find(
        &self,
        query: &TaskQuery,
        version: DataVersion,
        rules: &Arc<Snapshot>,
        now: DateTime<Utc>,
    ) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.iter().find(|entry| entry.query == *query)?;
        let holds = entry.version == version
            && Arc::ptr_eq(&entry.rules, rules)
            && (entry.from..entry.until).contains(&now);
        holds.then(|| entry.answer.clone())
    }

    /// Replaces the cached answer of a query; `None` is too long to be cached.
    fn keep(&self, query: &TaskQuery, entry: Option<Entry<T>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.query != *query);
        kept.extend(entry);
        if kept.len() > KEPT {
            kept.remove(0);
        }
    }
}

/// The latest answers: bodies for programs, rows for pages.
#[derive(Default)]
pub(crate) struct RecentLists {
    json: RecentCache<Bytes>,
    rows: RecentCache<Arc<List<TaskView>>>,
}

/// Until when a list is valid if nothing is written: the first of its tasks fires or ends then.
fn true_until(list: &List<TaskView>, now: DateTime<Utc>) -> DateTime<Utc> {
    list.items
        .iter()
        .flat_map(|row| [row.next_at, row.ends_at])
        .flatten()
        .map(|at| at.0)
        .filter(|at| *at >= now)
        .min()
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl Service {
    /// [`Tasks::task_list`](app::backend::Tasks::task_list) as JSON.
    ///
    /// # Errors
    /// Those of that method.
    pub async fn task_list_json(&self, caller: &Caller, query: &TaskQuery) -> Answer<Bytes> {
        let write = |list: List<TaskView>| {
            let body = serde_json::to_vec(&list).or_internal(caller.lang)?;
            Ok(Bytes::from(body))
        };
        let short = |body: &Bytes| body.len() <= BYTES_MAX;
        self.kept(&self.lists.json, caller, query, write, short)
            .await
    }

    pub(super) async fn task_list_rows(
        &self,
        caller: &Caller,
        query: &TaskQuery,
    ) -> Answer<Arc<List<TaskView>>> {
        let short = |list: &Arc<List<TaskView>>| list.items.len() <= ROWS_MAX;
        let share = |list| Ok(Arc::new(list));
        self.kept(&self.lists.rows, caller, query, share, short)
            .await
    }

    /// The cached answer while it is valid, else a new one.
    async fn kept<T: Clone>(
        &self,
        of: &RecentCache<T>,
        caller: &Caller,
        query: &TaskQuery,
        make: impl FnOnce(List<TaskView>) -> Answer<T>,
        short: impl FnOnce(&T) -> bool,
    ) -> Answer<T> {
        let who = self.allow(caller, app::auth::Action::Read)?;
        let limited = who.limits().map(|limits| TaskQuery {
            within: Some(limits.clone()),
            ..query.clone()
        });
        let query = limited.as_ref().unwrap_or(query);
        // Read before the rows: a change in between is then in the rows, and the next caller finds another
        // version.
        let rules = self.calendar_cache.snapshot();
        let from = self.clock.now();
        let version = self.store.data_version().await.or_internal(caller.lang)?;
        if let Some(version) = version
            && let Some(answer) = of.find(query, version, &rules, from)
        {
            return Ok(answer);
        }
        let list = self.read_task_list(caller.lang, query).await?;
        let until = true_until(&list, from);
        let answer = make(list)?;
        if let Some(version) = version {
            let entry = Entry {
                query: query.clone(),
                version,
                rules,
                from,
                until,
                answer: answer.clone(),
            };
            of.keep(query, short(&answer).then_some(entry));
        }
        Ok(answer)
    }
}
