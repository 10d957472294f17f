//! `jcrontab blackout`: times in which tasks do not fire.

use app::calendar::{Blackout, BlackoutDraft, BlackoutPolicy};
use app::duration::duration_words;
use app::task::split_list;
use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::json;

use super::calendar::typed;
use super::client::Client;
use super::confirm::Confirm;
use super::name::Name;
use super::print::{print_done, print_json, print_lines, print_table};
use super::when::here;
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum BlackoutCommand {
    /// List blackouts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a blackout, once (--from, --to) or recurring (--cron, --duration); effective at once
    #[command(visible_alias = "create")]
    Add(AddBlackout),
    /// Delete a blackout; tasks fire again at once
    Delete {
        /// Blackout ID
        id: i64,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
pub(super) struct AddBlackout {
    #[command(flatten)]
    name: Name,
    /// Start, inclusive: RFC 3339, or a time in the zone of the blackout
    #[arg(long, requires = "to", conflicts_with_all = ["cron", "duration"])]
    from: Option<String>,
    /// End, exclusive; written like the start
    #[arg(long, requires = "from")]
    to: Option<String>,
    /// Cron expression of the starts
    #[arg(long, requires = "duration")]
    cron: Option<String>,
    /// Length of each blackout: 30m, 8h
    #[arg(long, requires = "cron")]
    duration: Option<String>,
    /// Only tasks with this tag; repeatable
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// Run the last skipped firing of each schedule when the blackout ends
    #[arg(long)]
    catch_up: bool,
    /// IANA time zone (default: the server's)
    #[arg(long = "zone", id = "blackout_zone", value_name = "ZONE")]
    zone: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(client: &Client, command: &BlackoutCommand) -> Result<(), Failure> {
    match command {
        BlackoutCommand::List { json } => list(client, *json).await,
        BlackoutCommand::Add(add) => add_blackout(client, add).await,
        BlackoutCommand::Delete { id, confirm, json } => {
            let read = client.listed("/api/v1/blackouts", "id", &json!(id)).await?;
            confirm.ask(&lang().pick(
                format!("删除停跑时段 {id}？受影响的任务会立即恢复执行"),
                format!("Delete blackout {id}? Its tasks fire again at once"),
            ))?;
            let path = format!("/api/v1/blackouts/{id}");
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(
                format!("已删除停跑时段 {id}"),
                format!("Blackout {id} deleted"),
            );
            print_done(&json!({ "id": id, "deleted": true }), *json, &[words]);
            Ok(())
        }
    }
}

async fn add_blackout(client: &Client, add: &AddBlackout) -> Result<(), Failure> {
    let typed_in = |value: &Option<String>| value.clone().unwrap_or_default();
    let draft = BlackoutDraft {
        name: add.name.as_str().to_owned(),
        tags: add.tags.iter().flat_map(|tags| split_list(tags)).collect(),
        zone: typed_in(&add.zone),
        starts_at: typed_in(&add.from),
        ends_at: typed_in(&add.to),
        cron: typed_in(&add.cron),
        duration: typed_in(&add.duration),
        policy: if add.catch_up {
            BlackoutPolicy::CatchUp
        } else {
            BlackoutPolicy::Drop
        },
    };
    let made = client
        .call(Method::POST, "/api/v1/blackouts", Some(json!(draft)))
        .await?;
    if add.json {
        print_json(&made);
        return Ok(());
    }
    let blackout: Blackout = typed(&made)?;
    let (id, next) = (blackout.id, next(&blackout));
    print_lines(&[lang().pick(
        format!("已添加停跑时段 {id}：{next}"),
        format!("Blackout {id} added: {next}"),
    )]);
    Ok(())
}

async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, "/api/v1/blackouts", None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let blackouts: Vec<Blackout> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = blackouts
        .iter()
        .map(|blackout| {
            vec![
                blackout.id.to_string(),
                if blackout.active { "yes" } else { "" }.to_owned(),
                next(blackout),
                when(blackout),
                blackout.tags.join(","),
                blackout.policy.as_str().to_owned(),
                blackout.name.clone(),
            ]
        })
        .collect();
    print_table(
        &["ID", "ACTIVE", "NEXT", "WHEN", "TAGS", "POLICY", "NAME"],
        &rows,
        (
            "还没有停跑时段。添加：jcrontab blackout add 名称 --from 时间 --to 时间",
            "No blackouts yet. Add one: jcrontab blackout add NAME --from TIME --to TIME",
        ),
    );
    Ok(())
}

/// The time that holds now or comes next, in the zone of this machine.
fn next(blackout: &Blackout) -> String {
    match blackout.next {
        Some((start, end)) => format!("{} – {}", here(start), here(end)),
        None => lang().pick("已结束", "over").to_owned(),
    }
}

fn when(blackout: &Blackout) -> String {
    match (&blackout.cron, blackout.duration_seconds) {
        (Some(cron), Some(seconds)) => {
            format!(
                "{cron} + {} ({})",
                duration_words(seconds, lang()),
                blackout.zone
            )
        }
        _ => lang().pick("一次", "once").to_owned(),
    }
}
