//! `jcrontab summary`: what needs attention, daily or weekly.

use app::summary::{Summary, SummaryDraft, SummaryPreview, Weekday};
use app::texts::summaries::sent_at;
use axum::http::Method;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::calendar::typed;
use super::channel;
use super::client::Client;
use super::confirm::Confirm;
use super::name::Name;
use super::print::{items, print_done, print_json, print_lines, print_table, text};
use super::when::here;
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum SummaryCommand {
    /// List summaries
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a summary; it is sent from its next time on
    #[command(visible_alias = "create")]
    Add {
        #[command(flatten)]
        name: Name,
        /// Channel it goes to, by name or ID
        #[arg(long)]
        channel: String,
        /// Time of day, HH:MM
        #[arg(long)]
        time: String,
        #[command(flatten)]
        settings: Settings,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a summary
    // By itself it lists every option that suffices, in one long line.
    #[command(
        override_usage = "jcrontab summary edit [OPTIONS] <SUMMARY>",
        mut_group("Settings", |group| group.required(true))
    )]
    Edit {
        /// Summary, by name or ID
        summary: String,
        /// New name
        #[arg(long, group = "Settings")]
        name: Option<String>,
        /// Channel it goes to, by name or ID
        #[arg(long, group = "Settings")]
        channel: Option<String>,
        /// Time of day, HH:MM
        #[arg(long, group = "Settings")]
        time: Option<String>,
        #[command(flatten)]
        settings: Settings,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a summary
    Delete {
        /// Summary, by name or ID
        summary: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what a summary would say about the day or the week that ends now; nothing is sent
    Preview {
        /// Summary, by name or ID
        summary: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The other settings of a summary. An option that is not given keeps the stored value; an empty one removes it.
#[derive(Args, Debug)]
pub(super) struct Settings {
    /// Only tasks of this owner
    #[arg(long, conflicts_with = "tag")]
    owner: Option<String>,
    /// Only tasks with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Day of a weekly summary; by default it is daily
    #[arg(long, value_parser = days())]
    weekday: Option<String>,
    /// IANA time zone (default: the server's)
    #[arg(long = "zone", id = "summary_zone", value_name = "ZONE")]
    zone: Option<String>,
    /// Whether it is sent although there is nothing to report
    #[arg(long, value_name = "BOOL")]
    send_when_empty: Option<bool>,
    /// Whether it is sent at all
    #[arg(long, value_name = "BOOL")]
    enabled: Option<bool>,
}

fn days() -> PossibleValuesParser {
    let days = Weekday::ALL.iter().map(|day| day.as_str());
    PossibleValuesParser::new(days.chain([""]))
}

impl Settings {
    /// Writes what was given into a draft.
    fn write(&self, draft: &mut SummaryDraft) {
        // One of the two is chosen, so the other one is dropped.
        if let Some(owner) = &self.owner {
            draft.owner.clone_from(owner);
            if !owner.is_empty() {
                draft.tag.clear();
            }
        }
        if let Some(tag) = &self.tag {
            draft.tag.clone_from(tag);
            if !tag.is_empty() {
                draft.owner.clear();
            }
        }
        let texts = [
            (&self.weekday, &mut draft.weekday),
            (&self.zone, &mut draft.zone),
        ];
        for (given, field) in texts {
            if let Some(given) = given {
                field.clone_from(given);
            }
        }
        draft.send_when_empty = self.send_when_empty.unwrap_or(draft.send_when_empty);
        draft.enabled = self.enabled.unwrap_or(draft.enabled);
    }
}

pub(super) async fn run(client: &Client, command: &SummaryCommand) -> Result<(), Failure> {
    match command {
        SummaryCommand::List { json } => list(client, *json).await,
        SummaryCommand::Add {
            name,
            channel,
            time,
            settings,
            json,
        } => {
            let mut draft = SummaryDraft {
                name: name.as_str().to_owned(),
                channel_id: Some(channel_id(client, channel).await?),
                time: time.clone(),
                ..SummaryDraft::default()
            };
            settings.write(&mut draft);
            let made = client
                .call(Method::POST, "/api/v1/summaries", Some(json!(draft)))
                .await?;
            let summary: Summary = typed(&made)?;
            let (id, next) = (summary.id, next(&summary));
            let words = lang().pick(
                format!("已添加汇总 {id}：{}，下次发送 {next}", summary.name),
                format!("Summary {id} added: {}, next {next}", summary.name),
            );
            print_done(&made, *json, &[words]);
            Ok(())
        }
        SummaryCommand::Edit {
            summary,
            name,
            channel,
            time,
            settings,
            json,
        } => {
            let read = find(client, summary).await?;
            let found: Summary = typed(&read)?;
            let mut draft = SummaryDraft::of(&found);
            for (given, field) in [(name, &mut draft.name), (time, &mut draft.time)] {
                if let Some(given) = given {
                    field.clone_from(given);
                }
            }
            if let Some(channel) = channel {
                draft.channel_id = Some(channel_id(client, channel).await?);
            }
            settings.write(&mut draft);
            let path = format!("/api/v1/summaries/{}", found.id);
            let body = Some(json!(draft));
            let saved = client.change(Method::PUT, &path, &read, body).await?;
            let (id, name) = (found.id, text(&saved, "name"));
            let words = lang().pick(
                format!("已修改汇总 {id}：{name}"),
                format!("Summary {id} changed: {name}"),
            );
            print_done(&saved, *json, &[words]);
            Ok(())
        }
        SummaryCommand::Delete {
            summary,
            confirm,
            json,
        } => {
            let read = find(client, summary).await?;
            let found: Summary = typed(&read)?;
            let name = &found.name;
            confirm.ask(&lang().pick(
                format!("删除汇总 {name}？"),
                format!("Delete the summary {name}?"),
            ))?;
            let path = format!("/api/v1/summaries/{}", found.id);
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(
                format!("已删除汇总 {name}"),
                format!("Summary {name} deleted"),
            );
            let value = json!({ "id": found.id, "name": name, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
        SummaryCommand::Preview { summary, json } => preview(client, summary, *json).await,
    }
}

async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, "/api/v1/summaries", None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let summaries: Vec<Summary> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = summaries
        .iter()
        .map(|summary| {
            let tasks = summary.owner.as_ref().or(summary.tag.as_ref());
            vec![
                summary.id.to_string(),
                summary.name.clone(),
                sent_at(lang(), summary.weekday, &summary.time),
                tasks.cloned().unwrap_or_default(),
                summary.channel.clone().unwrap_or_default(),
                next(summary),
            ]
        })
        .collect();
    print_table(
        &["ID", "NAME", "WHEN", "TASKS", "CHANNEL", "NEXT SEND"],
        &rows,
        (
            "还没有定期汇总。添加：jcrontab summary add 名称 --channel 渠道",
            "No summaries yet. Add one: jcrontab summary add NAME --channel CHANNEL",
        ),
    );
    Ok(())
}

async fn preview(client: &Client, wanted: &str, json: bool) -> Result<(), Failure> {
    let found = find(client, wanted).await?;
    let path = format!("/api/v1/summaries/{}/preview", text(&found, "id"));
    let answer = client.call(Method::GET, &path, None).await?;
    if json {
        print_json(&answer);
        return Ok(());
    }
    let preview: SummaryPreview = typed(&answer)?;
    let plain = |line: &str| line.replace(char::is_control, " ");
    let lines: Vec<String> = preview.text.lines().map(plain).collect();
    print_lines(&lines);
    Ok(())
}

/// When a summary is sent next.
fn next(summary: &Summary) -> String {
    match summary.next {
        Some(at) => here(at),
        None => lang().pick("已停用", "disabled").to_owned(),
    }
}

async fn channel_id(client: &Client, wanted: &str) -> Result<i64, Failure> {
    let found = channel::find(client, wanted).await?;
    Ok(found["id"].as_i64().unwrap_or_default())
}

/// A summary by name, or by id where none has that name.
async fn find(client: &Client, wanted: &str) -> Result<Value, Failure> {
    let page = client.call(Method::GET, "/api/v1/summaries", None).await?;
    let all = items(&page);
    let by_name = all.iter().find(|summary| summary["name"] == wanted);
    let by_id = || {
        let is = |summary: &&Value| wanted.parse().is_ok_and(|id: i64| summary["id"] == id);
        all.iter().find(is)
    };
    by_name.or_else(by_id).cloned().ok_or_else(|| {
        Failure::not_found(lang().pick(
            format!("没有汇总“{wanted}”"),
            format!("there is no summary {wanted:?}"),
        ))
    })
}
