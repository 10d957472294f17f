//! The form for a rule.

use leptos::prelude::*;

use crate::message::Event;
use crate::page::RulesPage;
use crate::routes;
use crate::rule::{OWN_CHANNEL, RULE_OUTDATED, RuleAction, RuleDraft, ScopeKind};
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{lang, rules_ui, ui};
use crate::ui::load;

/// One form for both: it adds a rule, or changes the one it was opened for.
pub(super) fn form(page: RulesPage) -> AnyView {
    if !super::may_change(&page) {
        return ().into_any();
    }
    let (ui, words) = (ui(), rules_ui());
    let task = page.task.as_ref().map(|(id, _)| *id);
    let version = page
        .editing
        .and_then(|id| page.rules.iter().find(|rule| rule.id == id))
        .map(|rule| rule.version);
    let (draft, faults) = (page.draft, Faults(page.faults));
    let heading = match page.editing {
        Some(_) => words.change_rule,
        None => words.add_rule,
    };
    let known = page.editing.zip(version).map(|(id, version)| {
        view! {
            <input type="hidden" name="id" value=id.0/>
            <input type="hidden" name="version" value=version/>
        }
    });
    let channels = page.channels.into_iter().map(|(id, name)| {
        let chosen = draft.channel_id == Some(id.0);
        (id.0.to_string(), name, chosen)
    });
    let none = (
        String::new(),
        words.choose_channel.to_owned(),
        draft.channel_id.is_none(),
    );
    let own = (
        OWN_CHANNEL.to_string(),
        words.own_channel.to_owned(),
        draft.channel_id == Some(OWN_CHANNEL.0),
    );
    let channels = [none, own].into_iter().chain(channels).collect();
    let actions = RuleAction::ALL.iter().map(|action| {
        let chosen = *action == draft.action;
        let label = words.rule_action(*action).to_owned();
        (action.as_str().to_owned(), label, chosen)
    });
    let scope = match task {
        Some(id) => view! {
            <input type="hidden" name="scope" value=ScopeKind::Task.as_str()/>
            <input type="hidden" name="value" value=id.0/>
        }
        .into_any(),
        None => scopes(&draft, &faults),
    };
    // Not by the router: the page is loaded anew, with the rule as it is stored.
    let outdated = page
        .error
        .as_ref()
        .is_some_and(|error| error.code == RULE_OUTDATED);
    let again = page.editing.filter(|_| outdated).map(|id| {
        view! {
            <p class="controls">
                <a class="button small" rel="external" href=rooted(routes::rule_edit(task, id))>{words.read_again}</a>
            </p>
        }
    });
    let submit = match page.editing {
        Some(_) => view! {
            <p class="controls">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
                <a class="button" href=rooted(routes::rules(task))>{ui.cancel}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        }
        .into_any(),
    };
    view! {
        <form method="post" action=rooted(routes::rules(task)) id="change" class="card" autocomplete="off">
            <h2>{heading}</h2>
            {again}
            {page.error.map(load::failure)}
            {known}
            {scope}
            {events(&draft, task.is_some(), &faults)}
            <div class="columns">
                {select("channel_id", words.channel, "", channels, &faults)}
                {select("action", words.action, "", actions.collect(), &faults)}
            </div>
            <h3>{words.limits}</h3>
            {limits(&draft, &faults)}
            <div class="columns">
                {input(Field {
                    name: "template".into(), label: words.template, hint: words.template_hint,
                    value: draft.template.clone(), ..Field::default()
                }, &faults)}
                {input(Field {
                    name: "name".into(), label: words.name, value: draft.name.clone(), ..Field::default()
                }, &faults)}
            </div>
            {check("enabled".to_owned(), words.enabled, draft.enabled, None)}
            {submit}
        </form>
    }
    .into_any()
}

/// What the rule is for: the kind, and which one.
fn scopes(draft: &RuleDraft, faults: &Faults) -> AnyView {
    let words = rules_ui();
    let kinds = ScopeKind::ALL.iter().map(|kind| {
        let chosen = *kind == draft.scope;
        let label = words.scope_kind(*kind).to_owned();
        (kind.as_str().to_owned(), label, chosen)
    });
    let value = match draft.scope {
        ScopeKind::Owner => draft.owner.clone(),
        ScopeKind::Tag => draft.tag.clone(),
        // What was entered although it is no ID.
        ScopeKind::Task => draft
            .task_id
            .map_or_else(|| draft.tag.clone(), |id| id.to_string()),
        // What was entered although the scope takes nothing.
        ScopeKind::All | ScopeKind::System => draft.tag.clone(),
    };
    view! {
        <div class="columns">
            {select("scope", words.scope, "", kinds.collect(), faults)}
            {input(Field {
                name: "value".into(), label: words.value, value, needed: false,
                hint: words.value_hint, ..Field::default()
            }, faults)}
        </div>
    }
    .into_any()
}

/// A box for each event; a task has none of the system's.
fn events(draft: &RuleDraft, of_task: bool, faults: &Faults) -> AnyView {
    let (words, lang) = (rules_ui(), lang());
    let (fault, is_first) = faults.of("events");
    let is_bad = fault.is_some();
    let boxes = Event::ALL
        .iter()
        .filter(|event| event.is_routed() && !(of_task && event.is_of_system()))
        .enumerate()
        .map(|(index, event)| {
            let code = event.as_str();
            let focus = is_first && index == 0;
            let chosen = draft.events.iter().any(|one| one == code);
            view! {
                <label class="check">
                    <input type="checkbox" name="events" value=code checked=chosen autofocus=focus/>
                    <span>{event.words(lang)}</span>
                </label>
            }
        });
    view! {
        <fieldset class="radios" class:is-bad=is_bad>
            <legend>{words.events}</legend>
            {boxes.collect_view()}
            {fault.map(|fault| view! { <p class="fault">{icon(icon::ALERT)} {fault}</p> })}
        </fieldset>
    }
    .into_any()
}

/// What keeps messages back.
fn limits(draft: &RuleDraft, faults: &Faults) -> AnyView {
    let words = rules_ui();
    let line = |name: &'static str, label, hint, value: &str| {
        let field = Field {
            name: name.into(),
            label,
            hint,
            value: value.to_owned(),
            ..Field::default()
        };
        input(field, faults)
    };
    view! {
        <div class="columns">
            {line("throttle", words.throttle, words.throttle_hint, &draft.throttle)}
            {line("failures", words.failures, words.failures_hint, &draft.failures)}
        </div>
        <div class="columns">
            {line("quiet_from", words.quiet_from, words.quiet_hint, &draft.quiet_from)}
            {line("quiet_until", words.quiet_until, "", &draft.quiet_until)}
        </div>
        <div class="columns">
            {line("quiet_zone", words.quiet_zone, words.quiet_zone_hint, &draft.quiet_zone)}
            {line("quiet_calendar", words.quiet_calendar, words.quiet_calendar_hint, &draft.quiet_calendar)}
        </div>
        {check("urgent".to_owned(), words.urgent, draft.urgent, None)}
    }
    .into_any()
}
