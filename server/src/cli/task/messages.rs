//! `jcrontab task messages`: what was sent about a task, or what would be and why.

use app::message::Event;
use app::rule::{Explained, Route};
use app::task::TaskState;
use app::texts::rules::{RulesUi, rule_name, template_named};
use app::transition::Word;
use axum::http::Method;

use super::{One, path};
use crate::cli::calendar::typed;
use crate::cli::client::Client;
use crate::cli::print::{print_json, print_note, print_table, text};
use crate::cli::when::here;
use crate::cli::{Failure, lang};

/// Which messages the task would send now: a line for each event and channel.
pub(super) async fn explain(client: &Client, one: &One) -> Result<(), Failure> {
    let found = client
        .call(Method::GET, &path(one.id, "/messages/explain"), None)
        .await?;
    if one.json {
        print_json(&found);
        return Ok(());
    }
    let task = client.call(Method::GET, &path(one.id, ""), None).await?;
    let words = RulesUi::of(lang());
    let explained: Vec<Explained> = typed(&found["items"])?;
    let state = TaskState::read(&text(&task, "state"));
    if let Some(idle) = state.and_then(|state| words.explain_state(state)) {
        print_note(idle);
    }
    let mut rows = Vec::new();
    for one in &explained {
        let event = lang().pick(Event::text(&one.event, lang()), one.event.clone());
        if one.routes.is_empty() {
            let nowhere = words.nowhere.to_owned();
            rows.push(vec![event.clone(), "-".to_owned(), nowhere, String::new()]);
        }
        for route in &one.routes {
            rows.push(vec![
                event.clone(),
                channel(route),
                fate(route, words),
                why(route, words),
            ]);
        }
    }
    let heading = lang().pick(
        ["事件", "渠道", "结果", "原因"],
        ["EVENT", "CHANNEL", "RESULT", "WHY"],
    );
    print_table(
        &heading,
        &rows,
        (
            "这个任务没有会发消息的事件",
            "No event of this task would send messages",
        ),
    );
    Ok(())
}

fn channel(route: &Route) -> String {
    route
        .channel
        .clone()
        .unwrap_or_else(|| format!("#{}", route.channel_id))
}

fn fate(route: &Route, words: &RulesUi) -> String {
    let verdict = words.verdict(route.verdict);
    match route.until {
        Some(until) => format!("{verdict} {}", here(until)),
        None => verdict.to_owned(),
    }
}

fn why(route: &Route, words: &RulesUi) -> String {
    let rule = rule_of(route, words);
    match &route.template {
        Some(name) => format!("{rule}, {}", template_named(lang(), name)),
        None => rule,
    }
}

fn rule_of(route: &Route, words: &RulesUi) -> String {
    match (route.rule_id, route.scope) {
        (Some(id), Some(scope)) => {
            let name = rule_name(lang(), id.0, &route.rule);
            format!("{name} ({})", words.scope_kind(scope))
        }
        _ => words.default_of_channel.to_owned(),
    }
}
