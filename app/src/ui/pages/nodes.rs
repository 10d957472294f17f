//! Nodes: the server processes on this database, and whether they agree on the time.

use leptos::prelude::*;

use super::admin::crumbs;
use crate::node::Node;
use crate::page::NodesPage;
use crate::server_fns::fetch_nodes;
use crate::texts::nodes;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{nodes_ui, ui};
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
    }
    .into_any()
}

fn row(node: &Node, clock: &Clock) -> AnyView {
    let (ui, words) = (ui(), nodes_ui());
    let state = if node.alive {
        badge("ok", icon::CHECK, words.node_up)
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
