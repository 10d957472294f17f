//! Calendars update themselves from their source URLs: daily, and after a failure with pauses that grow from an hour to
//! a day. Of several servers one does it, because taking an update moves its time.

use std::sync::Weak;
use std::time::Duration;

use app::calendar::Calendar;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::days::merged;
use crate::calendar::read;
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::service::Service;
use crate::store::{DueCalendar, StoreError};
use crate::texts::calendars::{CalendarRefusal, NotRefreshed, UNREADABLE};

/// Between two looks at what is due.
const LOOK: Duration = Duration::from_secs(600);
/// The longest pause after a look that failed, or that found a calendar which cannot be updated.
const LONGEST: Duration = Duration::from_secs(3600);
/// Between two updates of a calendar; up to a tenth less, so that not all are fetched together.
const DAY: Duration = Duration::from_secs(86_400);
/// After an update that failed.
const RETRIES: Backoff = Backoff::new(Duration::from_secs(3600), DAY);
/// A server that takes an update has this long for it; then another one makes it.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// A calendar was not updated.
#[derive(Debug, thiserror::Error)]
#[error("the calendar {name:?} was not updated from its source URL: {}", NotRefreshed::of(reason).reason().en)]
struct RefreshFailing {
    name: String,
    reason: String,
}

impl Service {
    /// Updates the calendars that are due.
    async fn refresh_due(&self, chance: fn() -> f64) -> Result<(), TurnError> {
        let now = self.clock.now();
        for due in self.store.calendars_due(now).await? {
            if !self
                .store
                .take_calendar_refresh(&due, now, now + LEASE)
                .await?
            {
                continue;
            }
            let fault = self.refresh_one(&due).await?;
            let at = self.clock.now();
            match fault {
                None => {
                    self.store
                        .calendar_refreshed(&due, at, tomorrow(at, chance))
                        .await?
                }
                Some(fault) => {
                    let failures = u32::try_from(due.failures).unwrap_or(0).saturating_add(1);
                    let next = at + RETRIES.pause(failures, chance());
                    self.store
                        .calendar_not_refreshed(&due, &fault, next)
                        .await?;
                }
            }
        }
        // Reported by every turn until it is repaired, so that the state of the loop shows it.
        match self.store.failing_calendar().await? {
            Some((name, reason)) => Err(RefreshFailing { name, reason }.into()),
            None => Ok(()),
        }
    }

    /// Updates one; returns why that was not possible.
    async fn refresh_one(&self, due: &DueCalendar) -> Result<Option<String>, TurnError> {
        let text = match self.fetch_text(&due.source_url).await {
            Ok(text) => text,
            Err(CalendarRefusal::NotFetched { reason }) => return Ok(Some(reason)),
            Err(_) => return Ok(Some(UNREADABLE.to_owned())),
        };
        let Ok(taken) = read(&text, &self.how(false)?) else {
            return Ok(Some(UNREADABLE.to_owned()));
        };
        // The source defines all days of a year that it contains.
        let change = |kept: Option<&str>| {
            let days = merged(&due.name, kept, &taken, true)?;
            (kept != Some(days.as_str())).then_some(days)
        };
        // Looked at first: a change makes the scheduler plan all tasks again.
        let rows = self.store.calendars().await?;
        let row = rows.iter().find(|row| row.id == due.id);
        if row.and_then(|row| change(Some(&row.days))).is_none() {
            return Ok(None);
        }
        let detail = format!("{}: {} days", due.name, taken.days.len());
        let now = self.clock.now();
        if self
            .store
            .refresh_calendar_days(&due.name, (detail, now), change)
            .await?
        {
            self.reload_rules().await?;
        }
        Ok(None)
    }

    /// A person has updated it: the next update is a day from now.
    pub(super) async fn refreshed_by_hand(&self, calendar: &Calendar) -> Result<(), StoreError> {
        let Some(source_url) = calendar.source_url.clone() else {
            return Ok(());
        };
        let due = DueCalendar {
            id: calendar.id.0,
            name: calendar.name.clone(),
            source_url,
            failures: 0,
        };
        let now = self.clock.now();
        self.store.calendar_refreshed(&due, now, now + DAY).await
    }
}

/// A day from a time, or up to a tenth of one earlier.
fn tomorrow(at: DateTime<Utc>, chance: fn() -> f64) -> DateTime<Utc> {
    at + DAY.mul_f64(1.0 - chance().clamp(0.0, 1.0) / 10.0)
}

/// The loop that updates calendars from their source URLs.
pub struct CalendarRefresh {
    /// Weak, so that the loop does not keep the service alive.
    pub service: Weak<Service>,
    /// Numbers from 0 up to 1, which spread the updates.
    pub chance: fn() -> f64,
}

#[async_trait]
impl Periodic for CalendarRefresh {
    fn spec(&self) -> Spec {
        Spec {
            name: "calendars",
            every: Some(LOOK),
            woken: false,
            backoff: Backoff::new(LOOK, LONGEST),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        match self.service.upgrade() {
            Some(service) => service.refresh_due(self.chance).await,
            None => Ok(()),
        }
    }
}
