//! The form of the page about rules, which adds a rule or changes one.

use app::backend::Rules;
use app::id::RuleId;
use app::routes;
use app::rule::{RuleAction, RuleDraft, ScopeKind};
use app::server_fns::Posted;
use app::transition::Word;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::render::render_posted;
use super::{is_ticked, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// The id of the rule that is changed and the version that was shown, and what was entered.
fn read(fields: Vec<(String, String)>) -> (Option<(RuleId, i64)>, RuleDraft) {
    let (mut id, mut version) = (None, None);
    let mut value = String::new();
    let mut draft = RuleDraft {
        enabled: false,
        ..RuleDraft::default()
    };
    for (name, text) in fields {
        match name.as_str() {
            "id" => id = text.parse().ok(),
            "version" => version = text.parse().ok(),
            "name" => draft.name = text,
            "scope" => draft.scope = ScopeKind::read(&text).unwrap_or_default(),
            "value" => value = text,
            // A box for each event.
            "events" => draft.events.push(text),
            "channel_id" => draft.channel_id = text.parse().ok(),
            "action" => draft.action = RuleAction::read(&text).unwrap_or_default(),
            "template" => draft.template = text,
            "throttle" => draft.throttle = text,
            "quiet_from" => draft.quiet_from = text,
            "quiet_until" => draft.quiet_until = text,
            "quiet_zone" => draft.quiet_zone = text,
            "quiet_calendar" => draft.quiet_calendar = text,
            "urgent" => draft.urgent = is_ticked(&text),
            "failures" => draft.failures = text,
            "enabled" => draft.enabled = is_ticked(&text),
            _ => {}
        }
    }
    // One field for all of them: which it is says the scope.
    match draft.scope {
        ScopeKind::Task => draft.task_id = value.trim().trim_start_matches('#').parse().ok(),
        ScopeKind::Owner => draft.owner = value,
        ScopeKind::Tag => draft.tag = value,
        ScopeKind::All | ScopeKind::System => {}
    }
    (id.zip(version), draft)
}

/// Adds a rule, or changes one.
pub(in super::super) async fn rule(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let (known, draft) = read(fields);
    let caller = caller_of(&parts);
    let saved = match known {
        Some((id, version)) => {
            let read = Some(version);
            web.service.rule_update(&caller, id, read, &draft).await
        }
        None => web.service.rule_create(&caller, &draft).await,
    };
    match saved {
        Ok(rule) => Redirect::to(&routes::rules(rule.task_id)).into_response(),
        Err(mut error) => {
            for fault in &mut error.fields {
                // The form has one field for these.
                if matches!(fault.field.as_str(), "task_id" | "owner" | "tag") {
                    fault.field = "value".to_owned();
                }
            }
            let status = status_of(&error);
            let id = known.map(|(id, _)| id);
            let posted = Posted::Rule(id, Box::new(draft), error);
            render_posted(&web, parts, status, posted).await
        }
    }
}
