//! `jcrontab pool`: how many runs at once.

use app::pool::{EVERYTHING, Pool};
use axum::http::Method;
use clap::Subcommand;
use serde_json::json;

use super::calendar::typed;
use super::client::{Client, escaped};
use super::confirm::Confirm;
use super::print::{NOTHING, print_done, print_json, print_lines, print_table};
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum PoolCommand {
    /// List pools and the runs that use their slots
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a pool or change its slots; `*` limits all runs on all nodes
    Set {
        /// Name of the pool; `*` for all runs
        name: String,
        /// Concurrent runs, 1-10000
        #[arg(allow_negative_numbers = true)]
        slots: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a pool that no task uses
    Delete {
        /// Name of the pool
        name: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(client: &Client, command: &PoolCommand) -> Result<(), Failure> {
    match command {
        PoolCommand::List { json } => list(client, *json).await,
        PoolCommand::Set { name, slots, json } => {
            let path = format!("/api/v1/pools/{}", escaped(name));
            let body = json!({ "slots": slots });
            let set = client.call(Method::PUT, &path, Some(body)).await?;
            if *json {
                print_json(&set);
                return Ok(());
            }
            let pool: Pool = typed(&set)?;
            let (name, slots) = (&pool.name, pool.slots);
            print_lines(&[lang().pick(
                format!("并发池 {name}：同时 {slots} 个"),
                format!("Pool {name}: {slots} at once"),
            )]);
            Ok(())
        }
        PoolCommand::Delete {
            name,
            confirm,
            json,
        } => {
            let read = client.listed("/api/v1/pools", "name", &json!(name)).await?;
            confirm.ask(&lang().pick(
                format!("删除并发池 {name}？"),
                format!("Delete the pool {name}?"),
            ))?;
            let path = format!("/api/v1/pools/{}", escaped(name));
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(
                format!("已删除并发池 {name}"),
                format!("Pool {name} deleted"),
            );
            print_done(&json!({ "name": name, "deleted": true }), *json, &[words]);
            Ok(())
        }
    }
}

async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, "/api/v1/pools", None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let pools: Vec<Pool> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = pools
        .iter()
        .map(|pool| {
            let note = if pool.name == EVERYTHING {
                lang().pick("所有执行", "all runs")
            } else {
                ""
            };
            vec![
                pool.name.clone(),
                pool.slots.to_string(),
                pool.running.to_string(),
                pool.waiting.to_string(),
                note.to_owned(),
            ]
        })
        .collect();
    print_table(&["NAME", "SLOTS", "RUNNING", "WAITING", ""], &rows, NOTHING);
    Ok(())
}
