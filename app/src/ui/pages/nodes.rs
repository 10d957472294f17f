//! Nodes: the server processes on this database, whether their clocks agree, and the state of this one's background
//! loops.

use leptos::prelude::*;

use super::admin::crumbs;
use crate::node::{LoopResult, LoopStatus, Node};
use crate::page::NodesPage;
use crate::server_fns::fetch_nodes;
use crate::texts::nodes;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, nodes_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let seen = live().follow_all();
    let data = load::ask(move || seen.get(), |_| fetch_nodes());
    view! {
        {crumbs()}
        {page_head(nodes_ui().nodes.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

fn content(page: NodesPage) -> AnyView {
    let (ui, words) = (ui(), nodes_ui());
    let clock = Clock::new(page.clock.clone());
    let warnings = page.warnings.iter().map(|text| {
        view! { <p class="notice is-warn">{icon(icon::ALERT)} <span>{text.clone()}</span></p> }
    });
    let table = if page.nodes.is_empty() {
        view! { <p class="muted padded">{words.nodes_empty}</p> }.into_any()
    } else {
        let rows = page.nodes.iter().map(|node| row(node, &clock));
        view! {
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">{words.node_host}</th>
                        <th scope="col">{ui.state}</th>
                        <th scope="col">{words.node_heard}</th>
                        <th scope="col">{words.node_skew}</th>
                        <th scope="col">{words.node_running}</th>
                        <th scope="col">{words.node_zone_data}</th>
                        <th scope="col">{words.node_version}</th>
                        <th scope="col">{words.node_started}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        {warnings.collect_view()}
        <section class="card flush">{table}</section>
        <h2>{words.loops}</h2>
        <p class="muted">{words.loops_text}</p>
        <section class="card flush">{loops(&page.loops, &clock)}</section>
    }
    .into_any()
}

fn loops(loops: &[LoopStatus], clock: &Clock) -> AnyView {
    let (ui, words) = (ui(), nodes_ui());
    if loops.is_empty() {
        return view! { <p class="muted padded">{words.loops_empty}</p> }.into_any();
    }
    let rows = loops.iter().map(|one| loop_row(one, clock));
    view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">{words.loop_name}</th>
                    <th scope="col">{ui.state}</th>
                    <th scope="col">{words.loop_trigger}</th>
                    <th scope="col">{words.loop_started}</th>
                    <th scope="col">{words.loop_ended}</th>
                    <th scope="col">{words.loop_error}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn loop_row(one: &LoopStatus, clock: &Clock) -> AnyView {
    let (ui, words, lang) = (ui(), nodes_ui(), lang());
    let failed = |panicked| nodes::loop_failures(lang, panicked, one.failures);
    let state = match one.result {
        None => badge("off", icon::CLOCK, words.loop_never),
        Some(LoopResult::Panic) => badge("bad", icon::CROSS, failed(true)),
        Some(_) if one.is_failing() => badge("bad", icon::CROSS, failed(false)),
        Some(_) => badge("ok", icon::CHECK, words.loop_ok),
    };
    let time = |at: Option<_>| match at {
        Some(at) => clock.both(at),
        None => view! { <span class="muted">"—"</span> }.into_any(),
    };
    let error = match &one.error {
        Some(error) => view! { <span class="break">{error.clone()}</span> }.into_any(),
        None => view! { <span class="muted">"—"</span> }.into_any(),
    };
    let next = one.next_at.map(|at| {
        view! { <small class="muted">{words.loop_retry} " " {clock.short(at)}</small> }
    });
    view! {
        <tr>
            <th scope="row">
                <b class="break">{one.name.clone()}</b>
                <span class="people">{nodes::loop_purpose(lang, &one.name)}</span>
            </th>
            <td data-label=ui.state><span class="states">{state} {next}</span></td>
            <td data-label=words.loop_trigger>
                {nodes::loop_trigger(lang, one.every_ms, one.woken)}
            </td>
            <td data-label=words.loop_started>{time(one.started_at)}</td>
            <td data-label=words.loop_ended>{time(one.ended_at)}</td>
            <td data-label=words.loop_error>{error}</td>
        </tr>
    }
    .into_any()
}

fn row(node: &Node, clock: &Clock) -> AnyView {
    let (ui, words) = (ui(), nodes_ui());
    let state = if node.alive {
        badge("ok", icon::CHECK, words.node_up)
    } else if node.lost {
        badge("bad", icon::CROSS, words.node_lost)
    } else {
        badge("off", icon::DONE, words.node_gone)
    };
    let unknown = || view! { <span class="muted">"—"</span> }.into_any();
    let skew = match node.skew_ms {
        None => unknown(),
        Some(skew) if node.is_off() => badge("warn", icon::ALERT, nodes::skew(skew)),
        Some(skew) => view! { <span class="number">{nodes::skew(skew)}</span> }.into_any(),
    };
    let zone_data = if node.zone_data.is_empty() {
        unknown()
    } else {
        view! { <span>{node.zone_data.clone()}</span> }.into_any()
    };
    let this = node.this.then_some(words.node_this);
    view! {
        <tr>
            <th scope="row">
                <b class="break">{node.hostname.clone()}</b>
                <span class="people"><code class="break">{node.id.clone()}</code> {this}</span>
            </th>
            <td data-label=ui.state>{state}</td>
            <td data-label=words.node_heard>{clock.both(node.heartbeat_at)}</td>
            <td data-label=words.node_skew>{skew}</td>
            <td data-label=words.node_running class="number">{node.running}</td>
            <td data-label=words.node_zone_data>{zone_data}</td>
            <td data-label=words.node_version>{node.version.clone()}</td>
            <td data-label=words.node_started>{clock.both(node.started_at)}</td>
        </tr>
    }
    .into_any()
}
