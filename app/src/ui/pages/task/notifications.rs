//! Which messages the task would send now, and why; and a test of its own robot.

use leptos::prelude::*;

use crate::auth::Action;
use crate::id::ChannelId;
use crate::message::Event;
use crate::page::TaskPage;
use crate::routes;
use crate::rule::{Explained, Route, ScopeKind, Verdict};
use crate::server_fns::TestChannel;
use crate::texts::rules::{rule_name, template_named};
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::controls::button;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::messages::tested;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, rules_ui};
use crate::ui::load;

/// Each event with its channels, and the way to the rules of the task.
pub(super) fn card(page: &TaskPage, clock: &Clock, test: Act<TestChannel>) -> AnyView {
    let words = rules_ui();
    let rows = page.explained.iter().map(|one| row(one, clock));
    let edit = may(Action::Edit).then(|| {
        view! {
            <a class="button small" href=rooted(routes::rules(Some(page.task.id)))>
                {icon(icon::BELL)} <span>{words.edit_rules}</span>
            </a>
        }
    });
    let idle = words.explain_state(page.task.state);
    let idle = idle.map(|text| view! { <p class="muted">{text}</p> });
    let robot = page.robot.filter(|_| may(Action::Edit));
    view! {
        {channels(&page.explained)}
        <details class="fold">
            <summary>{words.notifications_hint}</summary>
            {idle}
            <dl class="facts">{rows.collect_view()}</dl>
        </details>
        <div class="controls">{edit} {robot.map(|id| test_robot(id, test))}</div>
        <div aria-live="polite">{move || test.get()?.ok().map(|test| tested(&test))}</div>
        {load::notice(Signal::derive(move || test.error()))}
    }
    .into_any()
}

/// Each channel with the events that it gets now.
fn channels(explained: &[Explained]) -> AnyView {
    let lang = lang();
    let mut found: Vec<(ChannelId, String, Vec<String>)> = Vec::new();
    for one in explained {
        let sent = one
            .routes
            .iter()
            .filter(|route| matches!(route.verdict, Verdict::Sent | Verdict::Held));
        for route in sent {
            let event = Event::text(&one.event, lang);
            match found.iter_mut().find(|(id, ..)| *id == route.channel_id) {
                Some((_, _, events)) => events.push(event),
                None => {
                    let name = channel_name(route);
                    found.push((route.channel_id, name, vec![event]));
                }
            }
        }
    }
    let rows = found.into_iter().map(|(_, name, events)| {
        let events = events
            .into_iter()
            .map(|event| view! { <span class="tag">{event}</span> });
        view! {
            <div>
                <dt class="break">{name}</dt>
                <dd><span class="people">{events.collect_view()}</span></dd>
            </div>
        }
    });
    view! { <dl class="facts channels-of-task">{rows.collect_view()}</dl> }.into_any()
}

fn channel_name(route: &Route) -> String {
    let name = route.channel.clone();
    name.unwrap_or_else(|| format!("#{}", route.channel_id))
}

/// Sends a test message to the robot of the task.
fn test_robot(id: ChannelId, test: Act<TestChannel>) -> AnyView {
    let word = rules_ui().test_robot;
    view! {
        <ActForm action=test>
            <input type="hidden" name="id" value=id.0/>
            {button("button small", icon::SEND, word, word.to_owned(), test.pending())}
        </ActForm>
    }
    .into_any()
}

fn row(one: &Explained, clock: &Clock) -> AnyView {
    let routes = if one.routes.is_empty() {
        view! { <span class="muted">{rules_ui().nowhere}</span> }.into_any()
    } else {
        let routes = one.routes.iter().map(|route| channel(route, clock));
        view! { <ul>{routes.collect_view()}</ul> }.into_any()
    };
    view! {
        <div>
            <dt>{Event::text(&one.event, lang())}</dt>
            <dd>{routes}</dd>
        </div>
    }
    .into_any()
}

/// A channel, what would become of the message, and the rule that decides.
fn channel(route: &Route, clock: &Clock) -> AnyView {
    let (words, lang) = (rules_ui(), lang());
    let name = channel_name(route);
    let until = route.until.map(|until| clock.exact(until));
    let why = match (route.rule_id, route.scope) {
        (Some(id), Some(scope)) => {
            let inherited = match scope {
                ScopeKind::Task => String::new(),
                _ => format!("{} ", words.inherited),
            };
            let name = rule_name(lang, id.0, &route.rule);
            format!("{inherited}{} · {name}", words.scope_kind(scope))
        }
        _ => words.default_of_channel.to_owned(),
    };
    let template = route.template.as_ref();
    let template = template.map(|name| {
        let name = template_named(lang, name);
        lang.pick(format!("，{name}"), format!(", {name}"))
    });
    let why = format!("{why}{}", template.unwrap_or_default());
    let why = lang.pick(format!("（{why}）"), format!(" ({why})"));
    let is_sent = matches!(route.verdict, Verdict::Sent | Verdict::Held);
    view! {
        <li>
            <b class:muted=!is_sent>{name}</b> " " <span>{words.verdict(route.verdict)} " " {until}</span>
            <small class="muted">{why}</small>
        </li>
    }
    .into_any()
}
