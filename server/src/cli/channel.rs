//! `jcrontab channel`: where messages go.

use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::client::Client;
use super::confirm::Confirm;
use super::name::Name;
use super::print::{items, print_done, print_list, text};
use super::{Failure, hidden, lang};

#[derive(Subcommand, Debug)]
pub(super) enum ChannelCommand {
    /// Create a channel
    #[command(visible_alias = "create")]
    Add {
        #[command(flatten)]
        name: Name,
        /// Kind of service
        #[arg(long, default_value = "wecom", value_parser = KINDS)]
        kind: String,
        /// URL that messages are posted to; `-` to prompt for it, or to read it from stdin. It is a
        /// secret, and every user of the machine can read command lines
        #[arg(long)]
        url: String,
        /// Proxy to send through: `http://[USER:PASSWORD@]HOST:PORT`, or `direct` for none; by default
        /// the proxy of the server's settings. `-` as for the URL
        #[arg(long)]
        proxy: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a channel
    // By itself it lists every option that suffices, in one long line.
    #[command(override_usage = "jcrontab channel edit [OPTIONS] <CHANNEL>")]
    Edit {
        /// Channel, by name or ID
        channel: String,
        #[command(flatten)]
        change: Change,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a test message and print the answer of the service
    Test {
        /// Channel, by name or ID
        channel: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a channel that no task uses
    Delete {
        /// Channel, by name or ID
        channel: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List channels
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The kinds of services.
const KINDS: [&str; 2] = ["wecom", "webhook"];
/// Stands for stdin or a prompt.
const ASK: &str = "-";

/// What to change of a channel.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(super) struct Change {
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// New kind of service
    #[arg(long, value_parser = KINDS)]
    kind: Option<String>,
    /// New URL; `-` to prompt for it, or to read it from stdin
    #[arg(long)]
    url: Option<String>,
    /// New proxy, as for `channel add`; empty for the proxy of the server's settings
    #[arg(long)]
    proxy: Option<String>,
}

pub(super) async fn run(client: &Client, command: &ChannelCommand) -> Result<(), Failure> {
    match command {
        ChannelCommand::Add {
            name,
            kind,
            url,
            proxy,
            json,
        } => {
            let name = name.as_str();
            one_from_stdin(Some(url), proxy.as_deref())?;
            let mut body = json!({ "name": name, "kind": kind, "url": address(url)? });
            if let Some(proxy) = proxy {
                body["proxy"] = json!(address(proxy)?);
            }
            let channel = client
                .call(Method::POST, "/api/v1/channels", Some(body))
                .await?;
            let id = text(&channel, "id");
            let words = lang().pick(
                format!("已添加渠道 {id}：{name}"),
                format!("Channel {id} added: {name}"),
            );
            print_done(&channel, *json, &saved(&channel, words));
            Ok(())
        }
        ChannelCommand::Edit {
            channel,
            change,
            json,
        } => edit(client, channel, change, *json).await,
        ChannelCommand::Test { channel, json } => {
            let path = path(&find(client, channel).await?, "/test");
            let test = client.call(Method::POST, &path, None).await?;
            let answer = text(&test, "answer");
            if test["ok"] != true {
                return Err(Failure::error(answer));
            }
            print_done(&test, *json, &[answer]);
            Ok(())
        }
        ChannelCommand::Delete {
            channel,
            confirm,
            json,
        } => {
            let found = find(client, channel).await?;
            let name = text(&found, "name");
            confirm.ask(&lang().pick(
                format!("删除渠道 {name}？"),
                format!("Delete the channel {name}?"),
            ))?;
            client.call(Method::DELETE, &path(&found, ""), None).await?;
            let words = lang().pick(
                format!("已删除渠道 {name}"),
                format!("Channel {name} deleted"),
            );
            let value = json!({ "id": found["id"], "name": name, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
        ChannelCommand::List { json } => {
            let columns = [
                "id",
                "name",
                "kind",
                "url_masked",
                "proxy",
                "tasks",
                "pending",
                "dead",
            ];
            print_list(client, "/api/v1/channels", &columns, *json).await
        }
    }
}

/// Stdin holds one address.
fn one_from_stdin(url: Option<&str>, proxy: Option<&str>) -> Result<(), Failure> {
    if url == Some(ASK) && proxy == Some(ASK) {
        return Err(Failure::usage(lang().pick(
            "--url 和 --proxy 只能有一个是 -",
            "only one of --url and --proxy can be -",
        )));
    }
    Ok(())
}

async fn edit(client: &Client, wanted: &str, change: &Change, json: bool) -> Result<(), Failure> {
    one_from_stdin(change.url.as_deref(), change.proxy.as_deref())?;
    let found = find(client, wanted).await?;
    let kept =
        |new: &Option<String>, field: &str| new.clone().unwrap_or_else(|| text(&found, field));
    // An empty URL keeps the stored one, so an empty text must not stand for one.
    let url = match change.url.as_deref().map(str::trim) {
        Some("") => {
            return Err(Failure::usage(
                lang().pick("没有给出 URL", "no URL is given"),
            ));
        }
        Some(url) => address(url)?,
        None => String::new(),
    };
    let mut body = json!({
        "name": kept(&change.name, "name"), "kind": kept(&change.kind, "kind"), "url": url,
    });
    // Without the field the stored one is kept.
    if let Some(proxy) = &change.proxy {
        body["proxy"] = json!(address(proxy)?);
    }
    let channel = client
        .call(Method::PUT, &path(&found, ""), Some(body))
        .await?;
    let (id, name) = (text(&channel, "id"), text(&channel, "name"));
    let words = lang().pick(
        format!("已修改渠道 {id}：{name}"),
        format!("Channel {id} changed: {name}"),
    );
    print_done(&channel, json, &saved(&channel, words));
    Ok(())
}

fn path(channel: &Value, act: &str) -> String {
    format!("/api/v1/channels/{}{act}", text(channel, "id"))
}

/// A URL as it was given, or asked for.
fn address(url: &str) -> Result<String, Failure> {
    if url != ASK {
        return Ok(url.to_owned());
    }
    // An empty line means something else for each of them, and is seldom what was meant.
    let line = hidden::line(lang().pick("URL（不显示）：", "URL (not shown): "))?;
    if line.trim().is_empty() {
        return Err(Failure::usage(
            lang().pick("没有给出 URL", "no URL is given"),
        ));
    }
    Ok(line)
}

/// What was saved, and what keeps it from being used at present.
fn saved(channel: &Value, words: String) -> Vec<String> {
    let warning = channel["last_answer"].as_str().filter(|_| {
        // Other answers are of messages that were sent.
        channel["failing_since"].is_string()
    });
    let warning = warning.map(|warning| format!("! {warning}"));
    std::iter::once(words).chain(warning).collect()
}

/// A channel by name, or by id where no channel has that name.
pub(super) async fn find(client: &Client, wanted: &str) -> Result<Value, Failure> {
    let channels = client.call(Method::GET, "/api/v1/channels", None).await?;
    let all = items(&channels);
    let by_name = all.iter().find(|channel| channel["name"] == wanted);
    let by_id = || {
        let is = |channel: &&Value| wanted.parse().is_ok_and(|id: i64| channel["id"] == id);
        all.iter().find(is)
    };
    by_name.or_else(by_id).cloned().ok_or_else(|| {
        Failure::not_found(lang().pick(
            format!("没有渠道“{wanted}”"),
            format!("there is no channel {wanted:?}"),
        ))
    })
}
