//! The list of tasks as JSON, kept for as long as it is true: programs ask for all tasks again and
//! again, and mostly nothing has changed.

use std::sync::{Arc, Mutex, PoisonError};

use app::backend::{Answer, Caller, List, Tasks};
use app::task::{TaskQuery, TaskRow};
use axum::body::Bytes;
use chrono::{DateTime, Utc};

use super::super::Service;
use crate::error::OrInternal;
use crate::firings::Snapshot;
use crate::store::DataVersion;

/// Answers that are kept, one for each query.
const KEPT: usize = 4;
/// The longest of them.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// An answer, and what it was made from.
struct Entry {
    query: TaskQuery,
    version: DataVersion,
    /// Calendars and blackouts: this process may take them over later than the database has them.
    rules: Arc<Snapshot>,
    /// It was true from here on …
    from: DateTime<Utc>,
    /// … and before this instant, at which something fires or ends.
    until: DateTime<Utc>,
    body: Bytes,
}

/// The last answers, the newest last.
#[derive(Default)]
pub struct KeptLists(Mutex<Vec<Entry>>);

impl KeptLists {
    fn find(
        &self,
        query: &TaskQuery,
        version: DataVersion,
        rules: &Arc<Snapshot>,
        now: DateTime<Utc>,
    ) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.iter().find(|entry| entry.query == *query)?;
        let holds = entry.version == version
            && Arc::ptr_eq(&entry.rules, rules)
            && (entry.from..entry.until).contains(&now);
        holds.then(|| entry.body.clone())
    }

    fn keep(&self, entry: Entry) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.query != entry.query);
        if entry.body.len() > KEPT_BYTES {
            return;
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(entry);
    }
}

/// Until when a list is true if nothing is written: then the first of its tasks fires or ends.
fn true_until(list: &List<TaskRow>, now: DateTime<Utc>) -> DateTime<Utc> {
    list.items
        .iter()
        .flat_map(|row| [row.task.next_at, row.task.ends_at])
        .flatten()
        .map(|at| at.0)
        .filter(|at| *at >= now)
        .min()
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl Service {
    /// [`Tasks::task_list`] as JSON.
    ///
    /// # Errors
    /// As of that.
    pub async fn task_list_json(&self, caller: &Caller, query: &TaskQuery) -> Answer<Bytes> {
        self.allow(caller, app::auth::Action::Read)?;
        // All of this before the rows are read: what changes in between is in the rows, and the
        // next one to ask finds that it is no longer this version.
        let rules = self.almanac.snapshot();
        let from = self.clock.now();
        let version = self.store.data_version().await.or_internal(caller.lang)?;
        if let Some(version) = version
            && let Some(body) = self.lists.find(query, version, &rules, from)
        {
            return Ok(body);
        }
        let list = self.task_list(caller, query).await?;
        let body = Bytes::from(serde_json::to_vec(&list).or_internal(caller.lang)?);
        if let Some(version) = version {
            self.lists.keep(Entry {
                query: query.clone(),
                version,
                rules,
                from,
                until: true_until(&list, from),
                body: body.clone(),
            });
        }
        Ok(body)
    }
}
