//! Reports what rules have held back, once their time is over and no other message has said it: the failures of a task
//! that has recovered, was paused, or just does not run any more.

use std::collections::BTreeMap;

use app::id::{ChannelId, RuleId, TaskId};
use app::message::Event;
use app::rule::{RoutingOutcome, Subject};
use app::transition::Word;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::entity::message_throttle::{self, Column as T};
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};
use super::{NO_TASK, NewMessage, insert_messages};
use crate::facts::{Digest, DigestGroup, Facts};

/// Counts that are reported in one pass; the next one follows soon.
const AT_ONCE: u64 = 100;

/// What a rule has held back about a task, and where that is reported.
struct Report {
    row: message_throttle::Model,
    event: Event,
    task: TaskId,
    /// The task and its zone; nothing for the system.
    name: String,
    zone: String,
}

/// A channel, and until when its reports wait.
type Target = (ChannelId, Option<DateTime<Utc>>);

impl Store {
    /// Puts a message into the outbox for each channel for which a rule has held something back that no later message
    /// has reported in the rule's time; returns whether there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn report_held(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let due = message_throttle::Entity::find()
            .filter(T::ReportAt.lte(now))
            .order_by_asc(T::ReportAt)
            .limit(AT_ONCE)
            .all(&self.reader)
            .await?;
        let mut reports: BTreeMap<Target, Vec<Report>> = BTreeMap::new();
        for row in due {
            match self.where_to(&row, now).await? {
                Some((target, report)) => reports.entry(target).or_default().push(report),
                // The rule is off, or another one decides by now: a person does not want it.
                None => self.forget_held(&row).await?,
            }
        }
        let mut has_reports = false;
        for ((channel, held_until), reports) in reports {
            has_reports |= transaction!(self, |tx| {
                let mut taken = Vec::with_capacity(reports.len());
                for report in &reports {
                    if take(tx, &report.row, Some(now)).await? {
                        taken.push(report);
                    }
                }
                let message = message(channel, held_until, &taken, now);
                insert_messages(tx, message.as_slice()).await?;
                Ok(message.is_some())
            })?;
        }
        Ok(has_reports)
    }

    /// Where what a row counts is reported, decided as for the event itself; `None` for nowhere.
    async fn where_to(
        &self,
        row: &message_throttle::Model,
        now: DateTime<Utc>,
    ) -> Result<Option<(Target, Report)>, StoreError> {
        let (rule, id) = (RuleId(row.rule_id), TaskId(row.task_id));
        let Some(event) = Event::read(&row.event) else {
            return Ok(None);
        };
        let task = self.task(id).await?;
        let subject = match &task {
            Some(task) => Subject::task(task),
            None if id == NO_TASK => Subject::System,
            None => return Ok(None),
        };
        let routes = self.routes_now(&subject, &[event], None, now).await?;
        let decides =
            |route: &super::RouteNow| route.rule.as_ref().map(|rule| rule.id) == Some(rule);
        let Some(route) = routes.into_iter().find(decides) else {
            return Ok(None);
        };
        let held_until = match route.fate {
            RoutingOutcome::Sent | RoutingOutcome::OtherFailure { .. } => None,
            // A message has just said it, or the time of the rule is a longer one by now.
            RoutingOutcome::Held { until } | RoutingOutcome::Throttled { until } => Some(until),
            RoutingOutcome::Muted => return Ok(None),
        };
        let report = Report {
            row: row.clone(),
            event,
            task: id,
            name: task
                .as_ref()
                .map(|task| task.name.clone())
                .unwrap_or_default(),
            zone: task.map_or_else(|| "UTC".to_owned(), |task| task.zone.clone()),
        };
        Ok(Some(((route.channel, held_until), report)))
    }

    async fn forget_held(&self, row: &message_throttle::Model) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            take(tx, row, None).await?;
            Ok(())
        })
    }
}

/// Takes what a row has counted; with `sent_at` the time of the rule starts again. False where a message has reported some
/// of it, or more was counted, since the row was read: the next pass sees that.
async fn take(
    tx: &Tx,
    row: &message_throttle::Model,
    sent_at: Option<DateTime<Utc>>,
) -> Result<bool, StoreError> {
    let none = || Expr::value(None::<DateTime<Utc>>);
    let taken = message_throttle::Entity::update_many()
        .col_expr(T::SentAt, Expr::value(sent_at.unwrap_or(row.sent_at)))
        .col_expr(T::Held, Expr::value(0_i64))
        .col_expr(T::HeldSince, none())
        .col_expr(T::HeldLast, none())
        .col_expr(T::ReportAt, none())
        .filter(T::RuleId.eq(row.rule_id))
        .filter(T::TaskId.eq(row.task_id))
        .filter(T::Event.eq(row.event.as_str()))
        .filter(T::SentAt.eq(row.sent_at))
        .filter(T::Held.eq(row.held))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// What is reported to a channel, as one message; `None` for nothing.
fn message(
    channel: ChannelId,
    held_until: Option<DateTime<Utc>>,
    reports: &[&Report],
    now: DateTime<Utc>,
) -> Option<NewMessage> {
    let groups: Vec<DigestGroup> = reports.iter().filter_map(|report| group(report)).collect();
    let total = groups.iter().map(|group| group.count).sum();
    let task = match reports {
        [one] => one.task,
        _ => NO_TASK,
    };
    Some(NewMessage {
        task_id: task,
        run_id: None,
        channel_id: channel,
        event: Event::Digest,
        facts: Some(Facts::Digest(Digest {
            at: groups.iter().map(|group| group.first).min()?,
            total,
            held: total,
            groups,
            more: Vec::new(),
        })),
        body: String::new(),
        mentions: Vec::new(),
        picture: None,
        created_at: now,
        held_until,
        held_back: None,
        template: None,
    })
}

fn group(report: &Report) -> Option<DigestGroup> {
    let first = report.row.held_since?;
    Some(DigestGroup {
        event: report.event,
        task: report.task,
        name: report.name.clone(),
        zone: report.zone.clone(),
        count: u64::try_from(report.row.held)
            .ok()
            .filter(|count| *count > 0)?,
        first,
        last: report.row.held_last.unwrap_or(first).max(first),
    })
}
