//! Summaries: the loop that sends each of them once for each of its instants, and reports what rules have held back.
//!
//! Several servers look at the same summaries; whoever moves a summary's last instant forward has put its message
//! into the outbox in the same transaction, so there is one message for an instant, also over a restart. An instant
//! that no server saw in time is sent late on the same day, and not at all on a later one.

mod collect;
mod slow;

pub use collect::collect;

use std::sync::Arc;
use std::time::Duration;

use app::cron::CronExpr;
use app::message::Event;
use app::summary::{Selection, SummarySpec};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::SharedClock;
use crate::events::Signals;
use crate::facts::{Facts, Summary};
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::{NO_TASK, NewMessage, Store, StoreError, StoredSummary};
use crate::timetable::{Cycle, Patterns, civil_date, zone};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(15);
/// After a look that failed.
const RETRY: Duration = Duration::from_secs(2);
/// What ended just before the instant is in the database this much later.
const SETTLED: TimeDelta = TimeDelta::seconds(5);
/// A late summary is sent until its day is over, and at least for so long.
const LATE: TimeDelta = TimeDelta::hours(1);
/// Firings that were missed while no server was up are recorded when the first one is up again, which the end of the
/// planned time shows. An idle scheduler moves it forward only every minute or two.
const PLANNED: TimeDelta = TimeDelta::minutes(3);
/// A scheduler that plans nothing for so long does not hold a summary back any longer.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// The loop.
pub struct Summaries {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Parsed patterns.
    pub patterns: Arc<Patterns>,
}

impl std::fmt::Debug for Summaries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Summaries")
    }
}

/// When a summary is sent; `None` in a zone that this machine does not know.
#[must_use]
pub fn cycle(spec: &SummarySpec, patterns: &Patterns) -> Option<Cycle> {
    let zone = zone(&spec.zone).ok()?;
    patterns.cycle(&CronExpr::parse(&spec.cron()).ok()?, zone)
}

/// An instant at which a summary is sent, and the beginning of the period before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// Its beginning: the instant before.
    pub from: DateTime<Utc>,
    /// The instant.
    pub to: DateTime<Utc>,
}

/// The period for which a summary has to be sent now; `None` when there is none.
#[must_use]
pub fn due(summary: &StoredSummary, patterns: &Patterns, now: DateTime<Utc>) -> Option<Period> {
    let spec = &summary.spec;
    let cycle = cycle(spec, patterns)?;
    let to = cycle.previous_at_or_before(now - SETTLED)?;
    let same_day = civil_date(cycle.zone(), to) == civil_date(cycle.zone(), now);
    if !summary.wants(to) || (!same_day && now - to > LATE) {
        return None;
    }
    Some(Period {
        from: before(&cycle, spec, to),
        to,
    })
}

/// The instant of a summary before another one.
fn before(cycle: &Cycle, spec: &SummarySpec, instant: DateTime<Utc>) -> DateTime<Utc> {
    cycle
        .previous_at_or_before(instant - TimeDelta::seconds(1))
        .unwrap_or_else(|| instant - length(spec))
}

/// About how long the periods of a summary are.
#[must_use]
pub fn length(spec: &SummarySpec) -> TimeDelta {
    match spec.weekday {
        None => TimeDelta::days(1),
        Some(_) => TimeDelta::days(7),
    }
}

impl Summaries {
    /// Sends what has to be sent now.
    async fn look(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        if self.store.report_held(now).await? {
            self.signals.outbox.notify_one();
        }
        let mut planned_until = None;
        for summary in self.store.summaries().await? {
            let Some(period) = due(&summary, &self.patterns, now) else {
                continue;
            };
            let planned = match planned_until {
                Some(planned) => planned,
                None => *planned_until.insert(self.store.cluster_state().await?.1),
            };
            if planned + PLANNED < period.to && now - period.to < PATIENCE {
                tracing::debug!(
                    summary.id = summary.id.0,
                    "a summary waits until missed firings are recorded"
                );
                continue;
            }
            self.send(&summary, period).await?;
        }
        Ok(())
    }

    async fn send(&self, summary: &StoredSummary, period: Period) -> Result<(), StoreError> {
        let spec = &summary.spec;
        let facts = collect(&self.store, spec, period).await?;
        let wanted = spec.send_when_empty || !facts.is_empty();
        let message = wanted.then(|| self.message(spec, facts));
        let claimed = self
            .store
            .claim_summary(summary.id, spec, period.to, message.as_ref())
            .await?;
        if claimed && message.is_some() {
            self.signals.outbox.notify_one();
        }
        if claimed {
            tracing::info!(
                summary.id = summary.id.0,
                sent = message.is_some(),
                "a summary was made"
            );
        }
        Ok(())
    }

    fn message(&self, spec: &SummarySpec, facts: Summary) -> NewMessage {
        // Nobody is called for nothing.
        let mentions = match &spec.selection {
            Selection::Owner(owner) if !facts.is_empty() => vec![owner.clone()],
            Selection::Owner(_) | Selection::Tag(_) | Selection::All => Vec::new(),
        };
        NewMessage {
            task_id: NO_TASK,
            run_id: None,
            channel_id: spec.channel_id,
            event: Event::Summary,
            facts: Some(Facts::Summary(Box::new(facts))),
            body: String::new(),
            mentions,
            picture: None,
            created_at: self.clock.now(),
            held_until: None,
            held_back: None,
            template: None,
        }
    }
}

#[async_trait]
impl Periodic for Summaries {
    fn spec(&self) -> Spec {
        Spec {
            name: "summaries",
            every: Some(LOOK),
            woken: false,
            backoff: Backoff::new(RETRY, LOOK),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        Ok(self.look().await?)
    }
}

#[cfg(test)]
mod tests {
    use app::id::{ChannelId, SummaryId};
    use app::summary::Weekday;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text)
            .expect("an instant")
            .to_utc()
    }

    fn summary(zone: &str, (hour, minute): (u8, u8), weekday: Option<Weekday>) -> StoredSummary {
        StoredSummary {
            id: SummaryId(1),
            version: 1,
            spec: SummarySpec {
                name: "ops".to_owned(),
                selection: Selection::All,
                channel_id: ChannelId(1),
                hour,
                minute,
                weekday,
                zone: zone.to_owned(),
                send_when_empty: false,
                enabled: true,
            },
            since: DateTime::UNIX_EPOCH,
            last_sent_for: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    /// All instants that are sent when it is looked every 15 seconds.
    fn sent(mut summary: StoredSummary, from: &str, to: &str) -> Vec<DateTime<Utc>> {
        let patterns = Patterns::default();
        let (mut now, end) = (at(from), at(to));
        let mut sent = Vec::new();
        while now < end {
            if let Some(period) = due(&summary, &patterns, now) {
                assert!(period.from < period.to && period.to <= now);
                summary.last_sent_for = Some(period.to);
                sent.push(period.to);
            }
            now += TimeDelta::from_std(LOOK).expect("a length");
        }
        sent
    }

    #[test]
    fn a_time_that_clocks_skip_or_repeat_is_sent_once() {
        // 2026-03-29 02:00 is 03:00 in Berlin; 2026-10-25 03:00 is 02:00.
        let daily = || summary("Europe/Berlin", (2, 30), None);
        assert_eq!(
            sent(daily(), "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"),
            [
                at("2026-03-28T01:30:00Z"),
                at("2026-03-29T01:00:00Z"),
                at("2026-03-30T00:30:00Z"),
            ]
        );
        assert_eq!(
            sent(daily(), "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z"),
            [
                at("2026-10-24T00:30:00Z"),
                at("2026-10-25T00:30:00Z"),
                at("2026-10-26T01:30:00Z"),
            ]
        );
    }

    #[test]
    fn a_weekly_one_is_sent_on_its_day() {
        let weekly = summary("Asia/Shanghai", (0, 5), Some(Weekday::Sunday));
        let patterns = Patterns::default();
        // 2026-11-29 is a Sunday.
        let period = due(&weekly, &patterns, at("2026-11-28T16:06:00Z"));
        let wanted = Period {
            from: at("2026-11-21T16:05:00Z"),
            to: at("2026-11-28T16:05:00Z"),
        };
        assert_eq!(period, Some(wanted));
        let sent = sent(weekly, "2026-11-23T00:00:00Z", "2026-12-06T00:00:00Z");
        assert_eq!(
            sent,
            [at("2026-11-28T16:05:00Z"), at("2026-12-05T16:05:00Z")]
        );
    }

    #[test]
    fn a_late_one_is_sent_on_the_same_day_only() {
        let patterns = Patterns::default();
        let daily = summary("UTC", (9, 0), None);
        let is_due = |now: &str| due(&daily, &patterns, at(now)).map(|period| period.to);
        let nine = at("2026-11-29T09:00:00Z");
        assert_eq!(is_due("2026-11-29T09:00:04Z"), None, "not settled yet");
        assert_eq!(is_due("2026-11-29T09:00:05Z"), Some(nine));
        assert_eq!(is_due("2026-11-29T23:59:59Z"), Some(nine));
        assert_eq!(is_due("2026-11-30T00:00:00Z"), None, "an old day");
        // At the end of a day there is an hour at least.
        let late = summary("UTC", (23, 59), None);
        let is_due = |now: &str| due(&late, &patterns, at(now)).map(|period| period.to);
        let last = at("2026-11-29T23:59:00Z");
        assert_eq!(is_due("2026-11-30T00:30:00Z"), Some(last));
        assert_eq!(is_due("2026-11-30T01:00:00Z"), None);
    }

    #[test]
    fn what_was_before_it_existed_is_not_sent() {
        let patterns = Patterns::default();
        let now = at("2026-11-29T09:30:00Z");
        let daily = |since: &str, last: Option<&str>, enabled: bool| {
            let mut daily = summary("UTC", (9, 0), None);
            daily.since = at(since);
            daily.last_sent_for = last.map(at);
            daily.spec.enabled = enabled;
            due(&daily, &patterns, now).is_some()
        };
        assert!(daily("2026-11-29T08:59:59Z", None, true));
        assert!(!daily("2026-11-29T09:00:00Z", None, true));
        assert!(!daily("2026-11-29T08:00:00Z", None, false));
        let (today, before) = ("2026-11-29T09:00:00Z", "2026-11-28T09:00:00Z");
        assert!(!daily("2026-11-01T00:00:00Z", Some(today), true));
        assert!(daily("2026-11-01T00:00:00Z", Some(before), true));
        let nowhere = summary("Atlantis/Capital", (9, 0), None);
        assert_eq!(due(&nowhere, &patterns, now), None);
    }
}
