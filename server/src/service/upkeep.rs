//! Whether the installation is looked after: for administrators, on the overview, in `doctor` and in metrics.

use app::backend::Answer;
use app::i18n::Lang;
use app::time::Stamp;
use app::upkeep::{LastBackup, Upkeep};
use chrono::{DateTime, TimeDelta, Utc};

use super::Service;
use crate::error::OrInternal;
use crate::texts::notices::ServerNotice;

/// The loop deletes every hour. After this long without finishing, it does not manage.
const BEHIND: TimeDelta = TimeDelta::hours(6);

/// What was done last, and whether it is too long ago.
#[derive(Clone, Debug)]
pub(super) struct UpkeepState {
    pruned: Option<(DateTime<Utc>, i64)>,
    is_behind: bool,
    backup: Option<LastBackup>,
    /// Since when there has been no backup, where one is missed.
    missed_since: Option<DateTime<Utc>>,
}

impl Service {
    /// Reads what was done last: two or three rows by their keys.
    pub(super) async fn upkeep_state(&self, lang: Lang) -> Answer<UpkeepState> {
        let now = self.clock.now();
        let pruned = self.store.retention_done().await.or_internal(lang)?;
        let last = self.store.last_backup().await.or_internal(lang)?;
        let days = self.doors().backup_warn_days;
        let since = match &last {
            Some((at, ..)) => Some(*at),
            None if days > 0 => self.store.first_account_at().await.or_internal(lang)?,
            None => None,
        };
        let is_old = |at: &DateTime<Utc>| days > 0 && *at < now - TimeDelta::days(days);
        let late = |at: DateTime<Utc>| at < now - BEHIND;
        Ok(UpkeepState {
            // A server that has just started has not had its turn yet.
            is_behind: self.executor.is_some()
                && late(self.started_at)
                && pruned.is_none_or(|(at, _)| late(at)),
            pruned,
            missed_since: since.filter(is_old),
            backup: last.map(|(at, who, made)| LastBackup {
                at: Stamp(at),
                age_seconds: (now - at).num_seconds().max(0),
                who,
                place: made.place,
                bytes: made.bytes,
                outputs: made.outputs,
                secret_key: made.secret_key,
            }),
        })
    }

    /// The same with sizes, as administrators see it.
    pub(super) async fn upkeep(&self, lang: Lang) -> Answer<Upkeep> {
        let state = self.upkeep_state(lang).await?;
        let size = self.store.size().await.or_internal(lang)?;
        let free = self.output.free_disk();
        let now = self.clock.now();
        Ok(Upkeep {
            pruned_at: state.pruned.map(|(at, _)| Stamp(at)),
            pruned_age_seconds: state.pruned.map(|(at, _)| (now - at).num_seconds().max(0)),
            pruned_rows: state.pruned.map_or(0, |(_, rows)| rows),
            pruning_is_behind: state.is_behind,
            database_bytes: size.map(|size| size.bytes),
            reusable_bytes: size.map(|size| size.reusable),
            disk_free_bytes: free.and_then(|free| i64::try_from(free).ok()),
            backup: state.backup,
            backup_warn_days: self.doors().backup_warn_days,
            backup_is_due: state.missed_since.is_some(),
        })
    }

    /// What an administrator should do about it.
    pub(super) async fn upkeep_notices(&self, lang: Lang) -> Answer<Vec<ServerNotice>> {
        let state = self.upkeep_state(lang).await?;
        let now = self.clock.now();
        let days = |at: DateTime<Utc>| (now - at).num_days();
        let backup = state.missed_since.map(|since| match &state.backup {
            Some(_) => ServerNotice::OldBackup { days: days(since) },
            None => ServerNotice::NoBackup { days: days(since) },
        });
        let hours = state.pruned.map(|(at, _)| (now - at).num_hours());
        let behind = state
            .is_behind
            .then_some(ServerNotice::RetentionBehind { hours });
        Ok(backup.into_iter().chain(behind).collect())
    }

    /// When old history was deleted last, and when the last backup was made, in seconds since 1970; for metrics.
    pub(super) async fn upkeep_times(&self) -> [Option<u64>; 2] {
        let second = |at: DateTime<Utc>| u64::try_from(at.timestamp()).ok();
        let pruned = self.store.retention_done().await.ok().flatten();
        let backup = self.store.last_backup().await.ok().flatten();
        [
            pruned.and_then(|(at, _)| second(at)),
            backup.and_then(|(at, ..)| second(at)),
        ]
    }
}
