//! The cache of the list of tasks, valid until something changes: programs poll all tasks, users open
//! the first page, and usually nothing has changed.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use app::backend::{Answer, Caller, List};
use app::i18n::Lang;
use app::page::TaskBoard;
use app::task::{TaskQuery, TaskView};
use axum::body::Bytes;
use chrono::{DateTime, Utc};

use super::super::Service;
use crate::error::OrInternal;
use crate::firings::Snapshot;
use crate::store::{DataVersion, TaskGroups, TaskStates};

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

/// The latest answers: bodies for programs, rows and what is around them for pages.
#[derive(Default)]
pub(crate) struct RecentLists {
    json: RecentCache<Bytes>,
    rows: RecentCache<Arc<List<TaskView>>>,
    /// These have words.
    boards_zh: RecentCache<Arc<TaskBoard>>,
    boards_en: RecentCache<Arc<TaskBoard>>,
    /// What only changes of tasks change; checked whenever it is used.
    states: Mutex<Option<Arc<TaskStates>>>,
}

impl RecentLists {
    const fn boards(&self, lang: Lang) -> &RecentCache<Arc<TaskBoard>> {
        match lang {
            Lang::Zh => &self.boards_zh,
            Lang::En => &self.boards_en,
        }
    }
}

/// The state of everything before an answer is computed.
struct Moment {
    version: Option<DataVersion>,
    rules: Arc<Snapshot>,
    at: DateTime<Utc>,
}

impl Moment {
    /// An answer that was computed since, to be cached.
    fn entry<T>(self, query: &TaskQuery, until: DateTime<Utc>, answer: T) -> Option<Entry<T>> {
        Some(Entry {
            query: query.clone(),
            version: self.version?,
            rules: self.rules,
            from: self.at,
            until,
            answer,
        })
    }
}

/// Until when a list is valid if nothing is written: the first of its tasks fires or ends then.
pub(super) fn true_until(rows: &[TaskView], now: DateTime<Utc>) -> DateTime<Utc> {
    rows.iter()
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
        let query = &*self.permitted(caller, query)?;
        let cache = &self.lists.json;
        let (moment, kept) = self.kept(cache, caller.lang, query).await?;
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let list = self.read_task_list(caller.lang, query).await?;
        let body = serde_json::to_vec(&list).or_internal(caller.lang)?;
        let body = Bytes::from(body);
        let until = true_until(&list.items, moment.at);
        let entry = moment.entry(query, until, body.clone());
        cache.keep(query, entry.filter(|_| body.len() <= BYTES_MAX));
        Ok(body)
    }

    pub(super) async fn task_list_rows(
        &self,
        caller: &Caller,
        query: &TaskQuery,
    ) -> Answer<Arc<List<TaskView>>> {
        let query = &*self.permitted(caller, query)?;
        let cache = &self.lists.rows;
        let (moment, kept) = self.kept(cache, caller.lang, query).await?;
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let list = Arc::new(self.read_task_list(caller.lang, query).await?);
        let until = true_until(&list.items, moment.at);
        let entry = moment.entry(query, until, Arc::clone(&list));
        cache.keep(query, entry.filter(|_| list.items.len() <= ROWS_MAX));
        Ok(list)
    }

    pub(super) async fn task_board_rows(
        &self,
        caller: &Caller,
        query: &TaskQuery,
    ) -> Answer<Arc<TaskBoard>> {
        let query = &*self.permitted(caller, query)?;
        let cache = self.lists.boards(caller.lang);
        let (moment, kept) = self.kept(cache, caller.lang, query).await?;
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let (board, until) = self.read_task_board(caller.lang, query, moment.at).await?;
        let board = Arc::new(board);
        let entry = moment.entry(query, until, Arc::clone(&board));
        cache.keep(query, entry.filter(|_| board.items.len() <= ROWS_MAX));
        Ok(board)
    }

    /// The tasks in groups, most of which is remembered until a task is changed.
    pub(super) async fn task_groups(&self, lang: Lang) -> Answer<TaskGroups> {
        let states = &self.lists.states;
        let known = states
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (groups, read) = self.store.task_groups(known).await.or_internal(lang)?;
        *states.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        Ok(groups)
    }

    /// The query of a caller, within what its token is limited to.
    fn permitted<'a>(&self, caller: &Caller, query: &'a TaskQuery) -> Answer<Cow<'a, TaskQuery>> {
        let who = self.allow(caller, app::auth::Action::Read)?;
        Ok(match who.limits() {
            Some(limits) => Cow::Owned(TaskQuery {
                within: Some(limits.clone()),
                ..query.clone()
            }),
            None => Cow::Borrowed(query),
        })
    }

    /// The cached answer while it is valid, and the state of everything before.
    async fn kept<T: Clone>(
        &self,
        of: &RecentCache<T>,
        lang: Lang,
        query: &TaskQuery,
    ) -> Answer<(Moment, Option<T>)> {
        // Read before the rows: a change in between is then in the rows, and the next caller finds another
        // version.
        let rules = self.calendar_cache.snapshot();
        let at = self.clock.now();
        let version = self.store.data_version().await.or_internal(lang)?;
        let kept = version.and_then(|version| of.find(query, version, &rules, at));
        let moment = Moment { version, rules, at };
        Ok((moment, kept))
    }
}
