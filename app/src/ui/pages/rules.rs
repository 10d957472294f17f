//! Rules about messages: a list, and a form to add or change one. With `?task=` those of a task.

mod form;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::admin::crumbs;
use super::listing::{Asked, asked, table};
use crate::auth::Action;
use crate::id::{RuleId, TaskId};
use crate::page::RulesPage;
use crate::routes;
use crate::rule::{OWN_CHANNEL, RuleAction, RuleView, ScopeKind};
use crate::server_fns::{DeleteRule, fetch_rules};
use crate::texts::rules::{self, rule_name, template_named};
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::controls::fold_after;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::context::{lang, may, rules_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let delete = Act::<DeleteRule>::new();
    fold_after(move || delete.version().get());
    let query = use_query_map();
    let asked_for = Memo::new(move |_| {
        let query = query.read();
        let number = |name: &str| query.get(name).and_then(|id| id.parse::<i64>().ok());
        (number("task").map(TaskId), number("edit").map(RuleId))
    });
    let data = load::ask(
        move || (asked_for.get(), delete.version().get()),
        |((task, edit), _)| fetch_rules(task, edit),
    );
    let error = Signal::derive(move || delete.error());
    view! {
        {load::notice(error)}
        {load::page(data, move |page| content(page, delete))}
        {load::once(move || asked_for.get(), |(task, edit)| fetch_rules(task, edit), form::form)}
    }
    .into_any()
}

/// Whether the reader may change the rules of this page.
fn may_change(page: &RulesPage) -> bool {
    match page.task {
        Some(_) => may(Action::Edit),
        None => may(Action::Administer),
    }
}

fn content(page: RulesPage, delete: Act<DeleteRule>) -> AnyView {
    let (ui, words) = (ui(), rules_ui());
    let may_change = may_change(&page);
    let head = match &page.task {
        Some((id, name)) => view! {
            <p class="crumbs"><a href=rooted(routes::TASKS)>{ui.tasks}</a> " › " <a href=rooted(routes::task(*id))>{name.clone()}</a></p>
            {page_head(words.rules_of_task.to_owned(), view! {
                <a class="button" href=rooted(routes::RULES)>{words.all_rules}</a>
            }.into_any())}
        }
        .into_any(),
        None => view! {
            {crumbs()}
            {page_head(words.rules.to_owned(), ().into_any())}
        }
        .into_any(),
    };
    let columns = [
        words.name,
        words.scope,
        words.events,
        words.channel,
        words.limits,
    ];
    let rows = page.rules.iter().map(|rule| row(rule, may_change, delete));
    let empty = match page.task {
        Some(_) => words.rules_of_task_empty,
        None => words.rules_empty,
    };
    let table = table(&columns, may_change, rows.collect(), empty);
    view! {
        {head}
        <section class="card flush">{table}</section>
    }
    .into_any()
}

fn row(rule: &RuleView, may_change: bool, delete: Act<DeleteRule>) -> AnyView {
    let (ui, words, lang) = (ui(), rules_ui(), lang());
    let events = rule
        .events
        .iter()
        .map(|code| view! { <span class="tag">{crate::message::Event::text(code, lang)}</span> });
    let channel = match (rule.channel_id, &rule.channel) {
        (id, _) if id == OWN_CHANNEL.0 => words.own_channel.to_owned(),
        (_, Some(name)) => name.clone(),
        (id, None) => format!("#{id}"),
    };
    let off = (!rule.enabled).then(|| badge("off", icon::PAUSE, words.off));
    let muted = (rule.action == RuleAction::Mute).then(|| badge("warn", icon::CROSS, words.muted));
    let controls = may_change.then(|| {
        let question = Asked::delete(words.delete_confirm);
        let edit = routes::rule_edit(rule.task_id, rule.id);
        let name = rule_name(lang, rule.id.0, &rule.name);
        view! {
            <td class="row-actions"><div>
                <a class="button small" href=rooted(edit) aria-label=format!("{}: {name}", words.change)>
                    {icon(icon::EDIT)} <span>{words.change}</span>
                </a>
                {asked(delete, [("id", rule.id.0.to_string()), ("version", rule.version.to_string())], &question)}
            </div></td>
        }
    });
    let limits = limits(rule);
    let name = match rule.name.as_str() {
        "" => capitalised(&rule_name(lang, rule.id.0, "")),
        name => name.to_owned(),
    };
    view! {
        <tr>
            <th scope="row"><b>{name}</b> {off}</th>
            <td data-label=words.scope>{scope(rule)}</td>
            <td data-label=words.events><span class="people">{events.collect_view()}</span></td>
            <td data-label=words.channel>{channel} " " {muted}</td>
            <td data-label=words.limits>{if limits.is_empty() { ui.none.to_owned() } else { capitalised(&limits.join(lang.pick("；", "; "))) }}</td>
            {controls}
        </tr>
    }
    .into_any()
}

/// What a rule is for.
fn scope(rule: &RuleView) -> AnyView {
    let kind = rules_ui().scope_kind(rule.scope);
    match rule.scope {
        ScopeKind::Task => {
            let id = rule.task_id.unwrap_or(TaskId(0));
            let name = rule.task.clone().unwrap_or_else(|| format!("#{id}"));
            view! { <a href=rooted(routes::task(id))>{name}</a> }.into_any()
        }
        ScopeKind::Owner => view! { {kind} " " <b>{rule.owner.clone()}</b> }.into_any(),
        ScopeKind::Tag => {
            view! { {kind} " " <span class="tag">{rule.tag.clone()}</span> }.into_any()
        }
        ScopeKind::All | ScopeKind::System => kind.into_any(),
    }
}

/// A text with a capital letter in front.
fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}

/// What keeps messages back, as parts of one sentence: how often, which failures, when, and what is sent even then.
fn limits(rule: &RuleView) -> Vec<String> {
    let lang = lang();
    let mut limits = Vec::new();
    if !rule.throttle.is_empty() {
        limits.push(rules::at_most_one_per(lang, &rule.throttle));
    }
    if !rule.failures.is_empty() {
        limits.push(rules::only_failures(lang, &rule.failures));
    }
    if !rule.quiet_from.is_empty() {
        let (from, until, zone) = (&rule.quiet_from, &rule.quiet_until, &rule.quiet_zone);
        let quiet = rules::quiet(lang, from, until, zone, &rule.quiet_calendar);
        limits.push(quiet);
        if rule.urgent {
            limits.push(rules::urgent_in_quiet(lang).to_owned());
        }
    }
    if !rule.template.is_empty() {
        limits.push(template_named(lang, &rule.template));
    }
    limits
}
