//! The page about rules and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::{RuleId, TaskId};
use crate::page::RulesPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    rule::{RuleDraft, RuleQuery, ScopeKind},
    server_fns::forms::{Posted, split},
};

/// The page about rules: of a task, or of no single one. The form changes the rule `edit`, where one
/// is named.
#[server(prefix = "/fn", endpoint = "rules_page", input = Wire, output = Wire)]
pub async fn fetch_rules(
    task: Option<TaskId>,
    edit: Option<RuleId>,
) -> Result<RulesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (edit, typed, posted) = match use_context::<Posted>() {
        Some(Posted::Rule(id, draft, error)) => (id, Some(*draft), Some(error)),
        _ => (edit, None, None),
    };
    // A form that was sent says itself whose rule it is, unless it names no task that exists.
    let wrong = posted
        .as_ref()
        .is_some_and(|error| error.fields.iter().any(|fault| fault.field == "value"));
    let sent = typed
        .as_ref()
        .filter(|draft| draft.scope == ScopeKind::Task && !wrong);
    let task = task.or_else(|| sent.and_then(|draft| draft.task_id).map(TaskId));
    let rules = with_status(backend.rule_list(&caller, &RuleQuery { task }).await)?;
    let task = match task {
        Some(id) => Some((id, backend.task_get(&caller, id).await?.name.clone())),
        None => None,
    };
    let known = edit.and_then(|id| rules.iter().find(|rule| rule.id == id));
    let fresh = || RuleDraft {
        scope: if task.is_some() {
            ScopeKind::Task
        } else {
            ScopeKind::default()
        },
        task_id: task.as_ref().map(|(id, _)| id.0),
        ..RuleDraft::default()
    };
    let draft = typed
        .or_else(|| known.map(crate::rule::RuleView::draft))
        .unwrap_or_else(fresh);
    let own = match &task {
        Some((id, _)) => backend.task_get(&caller, *id).await?.channel_id,
        None => None,
    };
    let of = task.as_ref().map(|(id, _)| *id);
    let channels = super::forms::channels_for(&backend, &caller, of, own).await?;
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(RulesPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        editing: known.map(|rule| rule.id),
        task,
        channels: channels
            .into_iter()
            .map(|channel| (channel.id, channel.name))
            .collect(),
        draft,
        faults,
        error,
        rules,
    })
}

/// Removes a rule, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "rule_delete", output = Wire)]
pub async fn delete_rule(id: RuleId, version: i64) -> Result<(), AppError> {
    with_status(backend()?.rule_delete(&caller()?, id, Some(version)).await)
}
