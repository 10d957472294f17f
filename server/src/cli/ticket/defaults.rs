//! `jcrontab ticket default`: how people are asked where a task does not say.

use app::ticket::{EVERY_TAG, PolicyDefault};
use axum::http::Method;
use clap::Subcommand;
use serde_json::{Value, json};

use super::super::calendar::typed;
use super::super::client::{Client, escaped};
use super::super::confirm::Confirm;
use super::super::print::{items, print_done, print_json, print_table};
use super::super::task::Tickets;
use super::super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum DefaultCommand {
    /// List default policies
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set the default policy of a tag, in the place of the one before
    Set {
        /// The tag; `*` for all tasks
        tag: String,
        #[command(flatten)]
        policy: Box<Tickets>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete the default policy of a tag
    Delete {
        /// The tag; `*` for all tasks
        tag: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn path(tag: &str) -> String {
    format!("/api/v1/tickets/defaults/{}", escaped(tag))
}

pub(super) async fn run(client: &Client, command: &DefaultCommand) -> Result<(), Failure> {
    match command {
        DefaultCommand::List { json } => {
            let listed = client
                .call(Method::GET, "/api/v1/tickets/defaults", None)
                .await?;
            if *json {
                print_json(&listed);
                return Ok(());
            }
            let defaults: Vec<PolicyDefault> = typed(&listed["items"])?;
            let heading = lang().pick(["标签", "策略"], ["TAG", "POLICY"]);
            let rows: Vec<Vec<String>> = defaults
                .iter()
                .map(|default| vec![default.tag.clone(), words(default)])
                .collect();
            print_table(
                &heading,
                &rows,
                (
                    "没有默认策略。设置：jcrontab ticket default set 标签",
                    "No default policies. Set one: jcrontab ticket default set TAG",
                ),
            );
            Ok(())
        }
        DefaultCommand::Set { tag, policy, json } => {
            let body = serde_json::json!(policy.draft());
            let read = stored(client, tag).await?;
            let set = client
                .change(Method::PUT, &path(tag), &read, Some(body))
                .await?;
            let default: PolicyDefault = typed(&set)?;
            let (name, words) = (name(tag), words(&default));
            let line = lang().pick(format!("{name}：{words}"), format!("{name}: {words}"));
            print_done(&set, *json, &[line]);
            Ok(())
        }
        DefaultCommand::Delete { tag, confirm, json } => {
            let (name, read) = (name(tag), stored(client, tag).await?);
            confirm.ask(&lang().pick(
                format!("删除{name}的默认催单策略？"),
                format!("Delete the default policy of {name}?"),
            ))?;
            client
                .change(Method::DELETE, &path(tag), &read, None)
                .await?;
            let words = lang().pick(
                format!("已删除{name}的默认催单策略"),
                format!("Deleted the default policy of {name}"),
            );
            let done = json!({ "tag": tag, "deleted": true });
            print_done(&done, *json, &[words]);
            Ok(())
        }
    }
}

/// The default of a tag as it is stored; that of none has version 0.
async fn stored(client: &Client, tag: &str) -> Result<Value, Failure> {
    let listed = client
        .call(Method::GET, "/api/v1/tickets/defaults", None)
        .await?;
    let found = items(&listed).iter().find(|one| one["tag"] == tag.trim());
    Ok(found.cloned().unwrap_or_else(|| json!({ "version": 0 })))
}

fn name(tag: &str) -> String {
    match tag {
        EVERY_TAG => lang().pick("所有任务", "all tasks").to_owned(),
        tag => lang().pick(format!("标签 {tag} "), format!("tag {tag}")),
    }
}

/// The parts that it sets, in words.
fn words(default: &PolicyDefault) -> String {
    let lang = lang();
    let parts = default.own.iter().map(|part| part.words(lang));
    let parts = parts.collect::<Vec<_>>().join(lang.pick("、", ", "));
    let policy = default.policy.words(lang).join(lang.pick("；", "; "));
    lang.pick(
        format!("{parts}（{policy}）"),
        format!("{parts} ({policy})"),
    )
}
