//! What is announced ahead: runs that start soon, for tasks that ask for it, active periods that end soon, and API tokens
//! that expire soon. Each once, however many servers look and however often they are restarted.

use std::sync::Weak;
use std::time::Duration;

use app::message::Event;
use app::task::Task;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::Service;
use crate::facts::{Facts, TaskEvent};
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::{Announcement, Notice, StoreError};

/// Between two looks: an announcement comes this much too late at most.
const LOOK: Duration = Duration::from_secs(15);
/// The longest pause after a look that failed.
const LONGEST: Duration = Duration::from_secs(120);
/// The end of an active period is announced this long ahead.
const ENDS_SOON: TimeDelta = TimeDelta::hours(24);

impl Service {
    async fn announce_ahead(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let tasks = self.store.tasks_to_announce(now, now + ENDS_SOON).await?;
        let starting = tasks.iter().filter_map(|task| self.starting(task, now));
        self.announce_new(Event::StartingSoon, starting.collect(), now)
            .await?;
        let ending = tasks.iter().filter_map(|task| ending(task, now));
        self.announce_new(Event::EndsSoon, ending.collect(), now)
            .await?;
        let tokens = self.token_announcements().await?;
        self.announce_new(Event::TokenExpires, tokens, now).await
    }

    /// Announces those that were not yet.
    async fn announce_new(
        &self,
        event: Event,
        all: Vec<Announcement>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if all.is_empty() {
            return Ok(());
        }
        let subjects: Vec<String> = all.iter().map(|one| one.subject.clone()).collect();
        let known = self.store.announced(event, &subjects, now).await?;
        for one in all.iter().filter(|one| !known.contains(&one.subject)) {
            if self.store.announce(one, now).await? {
                self.signals.outbox.notify_one();
            }
        }
        Ok(())
    }

    /// The next run of a task, if it starts as soon as the task says.
    fn starting(&self, task: &Task, now: DateTime<Utc>) -> Option<Announcement> {
        let before = TimeDelta::seconds(task.notice_before_seconds?);
        let compiled_schedules = self.compiled_schedules(task);
        let next = compiled_schedules
            .iter()
            .filter_map(|compiled| compiled.next_start(now))
            .min_by_key(|firing| firing.due_at)?;
        if next.due_at - now > before {
            return None;
        }
        let event = TaskEvent::StartingSoon {
            starts_at: next.due_at,
        };
        let facts = Facts::of_task(task, None, now, event);
        let notice = Notice::about(task, facts);
        Some(Announcement::of_task(task, next.scheduled_for, notice))
    }
}

/// The end of the active period of a task, unless it was set less than that long ahead: then its author knows.
fn ending(task: &Task, now: DateTime<Utc>) -> Option<Announcement> {
    let ends_at = task.ends_at?.0;
    let is_soon = now < ends_at && ends_at - now <= ENDS_SOON;
    if !is_soon || task.updated_at.0 > ends_at - ENDS_SOON {
        return None;
    }
    let facts = Facts::of_task(task, None, now, TaskEvent::EndsSoon { ends_at });
    let notice = Notice::about(task, facts);
    Some(Announcement::of_task(task, ends_at, notice))
}

/// The loop that announces what comes.
pub struct LookAhead {
    /// Weak: the service must not live on for it.
    pub service: Weak<Service>,
}

#[async_trait]
impl Periodic for LookAhead {
    fn spec(&self) -> Spec {
        Spec {
            name: "ahead",
            every: Some(LOOK),
            woken: false,
            backoff: Backoff::new(LOOK, LONGEST),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        match self.service.upgrade() {
            Some(service) => Ok(service.announce_ahead().await?),
            None => Ok(()),
        }
    }
}
