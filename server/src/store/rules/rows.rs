//! A rule as a row.

use app::id::{ChannelId, RuleId, TaskId};
use app::message::Event;
use app::rule::{Failures, QuietHours, Rule, RuleAction, RuleSpec, Scope, ScopeKind};
use app::time::Stamp;
use app::transition::Word;
use chrono::{DateTime, Utc};
use sea_orm::Set;

use super::super::StoreError;
use super::super::entity::message_rule;
use super::super::tasks::{from_json, to_json};

fn unknown(what: &'static str, value: &str) -> StoreError {
    StoreError::UnknownValue {
        what,
        value: value.to_owned(),
    }
}

/// The columns of a definition; not the id, the version and the time of its addition.
pub(super) fn columns(spec: &RuleSpec, now: DateTime<Utc>) -> message_rule::ActiveModel {
    let value = match &spec.scope {
        Scope::Owner(text) | Scope::Tag(text) => text.clone(),
        Scope::Task(_) | Scope::All | Scope::System => String::new(),
    };
    let events: Vec<String> = spec
        .events
        .iter()
        .map(|event| event.as_str().to_owned())
        .collect();
    let quiet = spec.quiet.as_ref();
    message_rule::ActiveModel {
        name: Set(spec.name.clone()),
        scope: Set(spec.scope.kind().as_str().to_owned()),
        task_id: Set(spec.scope.task().map(|id| id.0)),
        value: Set(value),
        channel_id: Set(spec.channel_id.0),
        events: Set(to_json(&events)),
        action: Set(spec.action.as_str().to_owned()),
        template: Set(spec.template.clone()),
        throttle_seconds: Set(spec.throttle_seconds),
        quiet_from: Set(quiet.map(|quiet| i32::from(quiet.from))),
        quiet_until: Set(quiet.map(|quiet| i32::from(quiet.until))),
        quiet_zone: Set(quiet.map(|quiet| quiet.zone.clone())),
        quiet_calendar: Set(quiet.and_then(|quiet| quiet.calendar.clone())),
        urgent: Set(spec.urgent),
        failures: Set(spec.failures.text()),
        enabled: Set(spec.enabled),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// A row as a rule. Events that only a newer version knows are left to that.
pub(in super::super) fn to_rule(row: message_rule::Model) -> Result<Rule, StoreError> {
    let kind = ScopeKind::read(&row.scope).ok_or_else(|| unknown("rule scope", &row.scope))?;
    let scope = match (kind, row.task_id) {
        (ScopeKind::Task, Some(id)) => Scope::Task(TaskId(id)),
        (ScopeKind::Task, None) => return Err(unknown("rule scope", "task without its id")),
        (ScopeKind::Owner, _) => Scope::Owner(row.value),
        (ScopeKind::Tag, _) => Scope::Tag(row.value),
        (ScopeKind::All, _) => Scope::All,
        (ScopeKind::System, _) => Scope::System,
    };
    let minute = |minute: Option<i32>| minute.and_then(|minute| u16::try_from(minute).ok());
    let quiet = match (
        minute(row.quiet_from),
        minute(row.quiet_until),
        row.quiet_zone,
    ) {
        (Some(from), Some(until), Some(zone)) => Some(QuietHours {
            from,
            until,
            zone,
            calendar: row.quiet_calendar,
        }),
        _ => None,
    };
    let events = from_json(&row.events)?;
    Ok(Rule {
        id: RuleId(row.id),
        version: row.version,
        created_at: Stamp(row.created_at),
        updated_at: Stamp(row.updated_at),
        spec: RuleSpec {
            name: row.name,
            scope,
            events: events.iter().filter_map(|word| Event::read(word)).collect(),
            channel_id: ChannelId(row.channel_id),
            action: RuleAction::read(&row.action)
                .ok_or_else(|| unknown("rule action", &row.action))?,
            template: row.template,
            throttle_seconds: row.throttle_seconds,
            quiet,
            urgent: row.urgent,
            failures: Failures::read(&row.failures)
                .ok_or_else(|| unknown("rule failures", &row.failures))?,
            enabled: row.enabled,
        },
    })
}
