//! `jcrontab node`: server processes on this database.

use app::node::{Node, warnings};
use app::texts::nodes::{NodesUi, skew};
use axum::http::Method;
use clap::Subcommand;

use super::calendar::typed;
use super::client::Client;
use super::print::{NOTHING, print_json, print_lines, print_table};
use super::when::here;
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum NodeCommand {
    /// List nodes; lines that begin with `!` are warnings
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(client: &Client, command: &NodeCommand) -> Result<(), Failure> {
    let NodeCommand::List { json } = command;
    let page = client.call(Method::GET, "/api/v1/nodes", None).await?;
    if *json {
        print_json(&page);
        return Ok(());
    }
    let nodes: Vec<Node> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = nodes
        .iter()
        .map(|node| {
            vec![
                node.hostname.clone(),
                state(node).to_owned(),
                here(node.heartbeat_at),
                node.skew_ms.map(skew).unwrap_or_default(),
                node.running.to_string(),
                node.zone_data.clone(),
                node.version.clone(),
                here(node.started_at),
                node.id.clone(),
            ]
        })
        .collect();
    print_table(
        &[
            "HOST",
            "STATE",
            "HEARD",
            "SKEW",
            "RUNS",
            "ZONE DATA",
            "VERSION",
            "STARTED",
            "ID",
        ],
        &rows,
        NOTHING,
    );
    let lines: Vec<String> = warnings(&nodes, lang())
        .iter()
        .map(|text| format!("! {text}"))
        .collect();
    print_lines(&lines);
    Ok(())
}

/// The state of a node, as on its page.
fn state(node: &Node) -> &'static str {
    let words = NodesUi::of(lang());
    match (node.alive, node.lost) {
        (true, _) => words.node_up,
        (false, true) => words.node_lost,
        (false, false) => words.node_gone,
    }
}
