//! Picks the channels of a notice, in the transaction that writes it.
//!
//! The rules are read once for all notices of a transaction; [`app::rule::picks`] and
//! [`app::rule::Rule::fate`] decide. A page that explains what a task would send asks the same two.
//! See `docs/adr/0033-rules-pick-channels-in-the-transaction.md`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use app::id::{ChannelId, RunId, TaskId};
use app::message::Event;
use app::rule::{
    By, ChannelCandidate, QuietHours, RoutingOutcome, Rule, RuleContext, Subject, picks,
};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::entity::{calendar, run};
use super::super::rules::{EventMask, in_force};
use super::super::{Store, StoreError, Tx};
use super::{NewMessage, Notice, throttle};
use crate::calendar::WorkCalendar;
use crate::quiet::quiet_until;

/// The rules for some notices, and what they refer to.
#[derive(Debug, Default)]
pub(in super::super) struct Router {
    rules: Vec<Rule>,
    /// Calendars of quiet hours, read when the first one needs them.
    calendars: HashMap<String, Option<WorkCalendar>>,
}

impl Router {
    /// Reads the rules for some notices; nothing, where the result is known without.
    pub(in super::super) async fn read<'a>(
        tx: &Tx,
        wanted: EventMask,
        notices: impl Iterator<Item = &'a Notice>,
    ) -> Result<Self, StoreError> {
        let mut tasks: BTreeSet<TaskId> = BTreeSet::new();
        let mut needed = false;
        for notice in notices.filter(|notice| wanted.decide(notice.event, &notice.subject)) {
            needed = true;
            tasks.extend(notice.subject.task_id());
        }
        if !needed {
            return Ok(Self::default());
        }
        Self::of(tx, tasks).await
    }

    /// Reads the rules for these tasks, and those for no single task.
    async fn of<C: ConnectionTrait>(
        connection: &C,
        tasks: BTreeSet<TaskId>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            rules: in_force(connection, &tasks).await?,
            calendars: HashMap::new(),
        })
    }

    /// Whether a message comes of a notice, or would if nothing were held back.
    pub(in super::super) fn sends(&self, notice: &Notice) -> bool {
        let picks = picks(&self.rules, &notice.subject, notice.event);
        picks.iter().any(ChannelCandidate::sends)
    }

    /// Adds the messages of a notice: none, or one for each of its channels.
    pub(in super::super) async fn route(
        &mut self,
        tx: &Tx,
        notice: &Notice,
        into: &mut Vec<NewMessage>,
    ) -> Result<(), StoreError> {
        let Self { rules, calendars } = self;
        let (event, at) = (notice.event, notice.facts.happened_at());
        for pick in picks(rules, &notice.subject, event) {
            let mut message = message(notice, pick.channel);
            if let By::Rule(rule) = pick.by {
                message.template.clone_from(&rule.template);
                let asked = Asked {
                    rule,
                    event,
                    task: notice.task_id(),
                    at,
                    urgent: notice.subject.is_urgent(),
                };
                let streak = asked.streak(tx, notice.run_id).await?;
                let now = asked.circumstances(tx, streak, calendars).await?;
                match rule.fate(event, &now) {
                    RoutingOutcome::Sent => {}
                    RoutingOutcome::Held { until } => message.held_until = Some(until),
                    RoutingOutcome::Throttled { until } => {
                        throttle::hold_back(tx, rule.id, notice, until).await?;
                        continue;
                    }
                    RoutingOutcome::OtherFailure { .. } | RoutingOutcome::Muted => continue,
                }
                if rule.throttles(event) {
                    message.held_back = throttle::note_sent(tx, rule.id, notice, at).await?;
                }
            }
            into.push(message);
        }
        Ok(())
    }
}

/// A rule and an event, about which something is to be found out.
struct Asked<'a> {
    rule: &'a Rule,
    event: Event,
    /// The task; [`super::NO_TASK`] for the system.
    task: TaskId,
    at: DateTime<Utc>,
    /// Whether its tickets urge people at any hour.
    urgent: bool,
}

impl Asked<'_> {
    /// The number of consecutive failures that a run ended with.
    async fn streak(&self, tx: &Tx, run: Option<RunId>) -> Result<Option<i64>, StoreError> {
        let Some(run) = run.filter(|_| self.rule.counts_failures(self.event)) else {
            return Ok(None);
        };
        let found: Option<Option<i64>> = run::Entity::find_by_id(run.0)
            .select_only()
            .column(run::Column::Streak)
            .into_tuple()
            .one(tx)
            .await?;
        Ok(found.flatten())
    }

    /// What the rule needs to know; only what matters for the event is read.
    async fn circumstances<C: ConnectionTrait>(
        &self,
        connection: &C,
        streak: Option<i64>,
        calendars: &mut HashMap<String, Option<WorkCalendar>>,
    ) -> Result<RuleContext, StoreError> {
        let (rule, event, at, urgent) = (self.rule, self.event, self.at, self.urgent);
        let last_sent = match rule.throttles(event) {
            true => throttle::last_sent(connection, rule.id, self.task, event).await?,
            false => None,
        };
        let quiet_until = match &rule.quiet {
            Some(hours) if rule.holds(event, urgent) => {
                until(connection, hours, at, calendars).await?
            }
            _ => None,
        };
        Ok(RuleContext {
            at,
            streak,
            last_sent,
            quiet_until,
            urgent,
        })
    }
}

/// When quiet hours end. Their calendar is read only at a time of day at which they may hold.
async fn until<C: ConnectionTrait>(
    connection: &C,
    hours: &QuietHours,
    at: DateTime<Utc>,
    calendars: &mut HashMap<String, Option<WorkCalendar>>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let Some(name) = &hours.calendar else {
        return Ok(quiet_until(hours, None, at));
    };
    let every_day = QuietHours {
        calendar: None,
        ..hours.clone()
    };
    if quiet_until(&every_day, None, at).is_none() {
        return Ok(None);
    }
    let calendar = match calendars.entry(name.clone()) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let days: Option<String> = calendar::Entity::find()
                .select_only()
                .column(calendar::Column::Days)
                .filter(calendar::Column::Name.eq(name.as_str()))
                .into_tuple()
                .one(connection)
                .await?;
            unknown.insert(crate::quiet::calendar(name, days.as_deref()))
        }
    };
    Ok(quiet_until(hours, calendar.as_ref(), at))
}

/// The message for one channel.
fn message(notice: &Notice, channel_id: ChannelId) -> NewMessage {
    NewMessage {
        task_id: notice.task_id(),
        run_id: notice.run_id,
        channel_id,
        event: notice.event,
        facts: Some(notice.facts.clone()),
        body: String::new(),
        mentions: notice.mentions.clone(),
        picture: notice.picture,
        created_at: notice.created_at,
        held_until: None,
        held_back: None,
        template: None,
    }
}

/// What would become of an event at a channel now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RouteNow {
    /// The event.
    pub event: Event,
    /// The channel.
    pub channel: ChannelId,
    /// The rule that decides; `None` for the default of the task's main channel.
    pub rule: Option<Rule>,
    /// What would become of it.
    pub fate: RoutingOutcome,
}

impl Store {
    /// What would become of events now: decided as [`Router::route`] does it, and nothing is written.
    /// `streak` is the number of consecutive failures that the next one would make.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn routes_now(
        &self,
        subject: &Subject,
        events: &[Event],
        streak: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<Vec<RouteNow>, StoreError> {
        let tasks = subject.task_id().into_iter().collect();
        let Router {
            rules,
            mut calendars,
        } = Router::of(&self.reader, tasks).await?;
        let mut routes = Vec::new();
        for &event in events {
            for pick in picks(&rules, subject, event) {
                let (rule, fate) = match pick.by {
                    By::MainChannel => (None, RoutingOutcome::Sent),
                    By::Rule(rule) => {
                        let asked = Asked {
                            rule,
                            event,
                            task: subject.task_id().unwrap_or(super::NO_TASK),
                            at: now,
                            urgent: subject.is_urgent(),
                        };
                        let streak = streak.filter(|_| rule.counts_failures(event));
                        let now = asked
                            .circumstances(&self.reader, streak, &mut calendars)
                            .await?;
                        (Some(rule.clone()), rule.fate(event, &now))
                    }
                };
                routes.push(RouteNow {
                    event,
                    channel: pick.channel,
                    rule,
                    fate,
                });
            }
        }
        Ok(routes)
    }
}
