//! What the whole server looks like.

use app::auth::Action;
use app::backend::{Answer, Caller, System, Tasks};
use app::page::{Clockface, Health, Overview, Upcoming};
use app::task::{TaskQuery, TaskState};
use app::time::{Stamp, ZoneRules};
use async_trait::async_trait;
use chrono::TimeDelta;

use super::Service;
use super::checks::unknown_zone;
use crate::error::OrInternal;
use crate::timetable::{rules, zone};

impl Service {
    /// The offsets of a zone around now; UTC's for a name that the zone data lost.
    pub(super) fn rules_of(&self, name: &str) -> ZoneRules {
        zone(name).map_or_else(
            |_| ZoneRules::utc(),
            |zone| rules(name, &zone, self.clock.now()),
        )
    }
}

#[async_trait]
impl System for Service {
    async fn overview(&self, caller: &Caller) -> Answer<Overview> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let now = self.clock.now();
        let [active, paused, closed] = self.store.task_counts().await.or_internal(lang)?;
        let (outbox_pending, outbox_dead) = self.store.outbox_counts().await.or_internal(lang)?;
        let query = TaskQuery {
            state: Some(TaskState::Active),
            limit: Some(200),
            ..TaskQuery::default()
        };
        let mut upcoming: Vec<Upcoming> = self
            .task_list(caller, &query)
            .await?
            .items
            .into_iter()
            .filter_map(|row| {
                Some(Upcoming {
                    task_id: row.task.id,
                    at: row.task.next_at?,
                    name: row.task.name,
                })
            })
            .collect();
        upcoming.sort_by_key(|upcoming| (upcoming.at, upcoming.task_id));
        upcoming.truncate(20);
        let mut failing = self
            .store
            .failing(now - TimeDelta::days(7), 20)
            .await
            .or_internal(lang)?;
        failing.reverse();
        Ok(Overview {
            clock: Clockface {
                now: Stamp(now),
                zone: self.rules_of(&self.default_zone),
            },
            active,
            paused,
            closed,
            day: self
                .store
                .day_counts(now - TimeDelta::hours(24))
                .await
                .or_internal(lang)?,
            running: self.store.running(50).await.or_internal(lang)?,
            upcoming,
            failing,
            health: Health {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                database: self.store.engine().name().to_owned(),
                lag_ms: self.lag.worst_ms(),
                outbox_pending,
                outbox_dead,
                started_at: Stamp(self.started_at),
            },
        })
    }

    async fn zone_rules(&self, caller: &Caller, name: &str) -> Answer<ZoneRules> {
        self.allow(caller, Action::Read)?;
        zone(name)
            .map(|zone| rules(name, &zone, self.clock.now()))
            .map_err(|_| {
                app::error::AppError::invalid(caller.lang, vec![unknown_zone(caller.lang, name)])
            })
    }

    fn default_zone(&self) -> String {
        self.default_zone.clone()
    }

    fn zone_names(&self) -> Vec<String> {
        self.zone_names.clone()
    }

    fn now(&self) -> Stamp {
        Stamp(self.clock.now())
    }
}
