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
use crate::service::UnknownWord;

/// The id of the rule that is changed and the version that was shown, what was entered, and the field with a word that
/// does not exist: its default would be another rule than the one that was meant.
struct Entered {
    known: Option<(RuleId, i64)>,
    draft: RuleDraft,
    unknown: Option<UnknownWord>,
}

fn read(fields: Vec<(String, String)>) -> Entered {
    let (mut id, mut version, mut unknown) = (None, 0, None);
    let mut value = String::new();
    let mut draft = RuleDraft {
        enabled: false,
        ..RuleDraft::default()
    };
    for (name, text) in fields {
        match name.as_str() {
            // There is no rule 0 and no version 0, so what cannot be read changes nothing and adds nothing.
            "id" if !text.is_empty() => id = Some(text.parse().unwrap_or(RuleId(0))),
            "version" => version = text.parse().unwrap_or(0),
            "name" => draft.name = text,
            "scope" => match ScopeKind::read(&text) {
                Some(scope) => draft.scope = scope,
                None => unknown = Some(UnknownWord::of::<ScopeKind>("scope")),
            },
            "value" => value = text,
            // A box for each event.
            "events" => draft.events.push(text),
            "channel_id" => draft.channel_id = text.parse().ok(),
            "action" => match RuleAction::read(&text) {
                Some(action) => draft.action = action,
                None => unknown = Some(UnknownWord::of::<RuleAction>("action")),
            },
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
        ScopeKind::Task => {
            draft.task_id = value.trim().trim_start_matches('#').parse().ok();
            if draft.task_id.is_none() {
                // What is no ID is kept, and shown again with the fault.
                draft.tag = value;
            }
        }
        ScopeKind::Owner => draft.owner = value,
        // For all tasks and for the system it has to be empty, which is checked as that of a tag.
        ScopeKind::Tag | ScopeKind::All | ScopeKind::System => draft.tag = value,
    }
    Entered {
        known: id.map(|id| (id, version)),
        draft,
        unknown,
    }
}

/// Adds a rule, or changes one.
pub(in super::super) async fn rule(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let Entered {
        known,
        draft,
        unknown,
    } = read(fields);
    let caller = caller_of(&parts);
    let saved = match (unknown, known) {
        (Some(word), _) => Err(web.service.unknown_word_in_rule(&caller, word)),
        (None, Some((id, version))) => {
            let read = Some(version);
            web.service.rule_update(&caller, id, read, &draft).await
        }
        (None, None) => web.service.rule_create(&caller, &draft).await,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Entered {
        let fields = fields.iter();
        read(
            fields
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn an_unknown_word_is_no_default() {
        let scope = form(&[("scope", "labels")]).unknown.expect("a fault");
        assert_eq!(scope, UnknownWord::of::<ScopeKind>("scope"));
        let action = form(&[("action", "mut")]).unknown.expect("a fault");
        assert_eq!(action, UnknownWord::of::<RuleAction>("action"));
        let fine = form(&[("scope", "tag"), ("value", "db"), ("action", "mute")]);
        assert_eq!(fine.unknown, None);
        assert_eq!(
            (fine.draft.scope, fine.draft.action),
            (ScopeKind::Tag, RuleAction::Mute)
        );
    }

    #[test]
    fn what_is_no_id_of_a_task_is_kept() {
        let wrong = form(&[("scope", "task"), ("value", "backup")]).draft;
        assert_eq!((wrong.task_id, wrong.tag.as_str()), (None, "backup"));
        let fine = form(&[("scope", "task"), ("value", " #12 ")]).draft;
        assert_eq!((fine.task_id, fine.tag.as_str()), (Some(12), ""));
    }

    #[test]
    fn a_change_without_a_readable_id_or_version_adds_no_rule() {
        assert_eq!(form(&[("id", ""), ("version", "")]).known, None);
        let torn = form(&[("id", "x7"), ("version", "1")]).known;
        assert_eq!(torn, Some((RuleId(0), 1)));
        assert_eq!(form(&[("id", "7")]).known, Some((RuleId(7), 0)));
    }
}
