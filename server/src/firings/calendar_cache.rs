//! The cache of calendars and blackouts in force, shared by the scheduler and the pages.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use app::schedule::BUILTIN_CALENDAR;
use chrono::{DateTime, TimeDelta, Utc};

use super::ResolvedBlackout;
use crate::calendar::{WorkCalendar, built_in};
use crate::store::{Store, StoreError};
use crate::timetable::Patterns;

/// Blackouts are dropped this long after their end: every firing checks all that remain, and nothing further back is
/// planned or recorded again.
const OVER: TimeDelta = TimeDelta::days(40);

/// The calendars and blackouts at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) calendars: BTreeMap<String, Arc<WorkCalendar>>,
    /// Ordered by id.
    pub quiet: Vec<Arc<ResolvedBlackout>>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            calendars: BTreeMap::from([(
                BUILTIN_CALENDAR.to_owned(),
                Arc::new(built_in().clone()),
            )]),
            quiet: Vec::new(),
        }
    }
}

impl Snapshot {
    /// A calendar by name; the built-in one for none.
    #[must_use]
    pub fn calendar(&self, name: Option<&str>) -> Option<Arc<WorkCalendar>> {
        self.calendars
            .get(name.unwrap_or(BUILTIN_CALENDAR))
            .cloned()
    }

    /// All calendars by name.
    pub fn calendars(&self) -> impl Iterator<Item = (&str, &Arc<WorkCalendar>)> {
        self.calendars
            .iter()
            .map(|(name, calendar)| (name.as_str(), calendar))
    }

    /// The blackouts that apply to a task with these tags.
    #[must_use]
    pub fn concerning(&self, tags: &[String]) -> Vec<Arc<ResolvedBlackout>> {
        self.quiet
            .iter()
            .filter(|quiet| quiet.concerns(tags))
            .cloned()
            .collect()
    }
}

/// The snapshot shared by all readers. A change of calendars or blackouts reloads it; other nodes reload when they
/// see the change.
#[derive(Debug, Default)]
pub struct CalendarCache {
    now: RwLock<Arc<Snapshot>>,
    /// Held while everything is read.
    loading: tokio::sync::Mutex<()>,
}

impl CalendarCache {
    /// The current snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reloads everything.
    ///
    /// # Errors
    /// When the database fails; the previous snapshot stays.
    pub async fn load(
        &self,
        store: &Store,
        patterns: &Patterns,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // One after the other: what an earlier one has read must not replace what a later one has.
        let _turn = self.loading.lock().await;
        let mut snapshot = Snapshot::default();
        for row in store.calendars().await? {
            // A row of the built-in calendar without days only stores where it is updated from.
            if row.name == BUILTIN_CALENDAR && row.days.is_empty() {
                continue;
            }
            let calendar = Arc::new(WorkCalendar::from_lines(&row.name, &row.days));
            snapshot.calendars.insert(row.name, calendar);
        }
        for row in store.blackouts().await? {
            let over = row.cron.is_none() && row.ends_at.is_some_and(|end| end < now - OVER);
            if over {
                continue;
            }
            match ResolvedBlackout::new(&row, patterns) {
                Some(quiet) => snapshot.quiet.push(Arc::new(quiet)),
                None => {
                    tracing::error!(blackout.id = row.id.0, "this blackout cannot be read");
                }
            }
        }
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }
}
