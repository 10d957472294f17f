//! `jcrontab retention`: how long history is kept.

use app::retention::Retention;
use app::texts::retention::RetentionUi;
use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::calendar::typed;
use super::client::Client;
use super::print::{print_json, print_lines};
use super::words::labelled;
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum RetentionCommand {
    /// Show how long history is kept
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change how long history is kept; limits that are not named stay
    Set(Box<SetRetention>),
}

/// A limit that is typed: a number, or `none`.
#[derive(Clone, Copy, Debug)]
struct Limit(Option<i64>);

fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "none" => Ok(Limit(None)),
        number => number
            .parse()
            .map(|number| Limit(Some(number)))
            .map_err(|_| "a whole number, or none".to_owned()),
    }
}

#[derive(Args, Debug)]
pub(super) struct SetRetention {
    /// Days that runs and planned runs are kept; `none` for no limit
    #[arg(long, value_name = "DAYS", value_parser = limit)]
    run_days: Option<Limit>,
    /// Newest runs of each task that are kept; none for all
    #[arg(long, value_name = "NUMBER", value_parser = limit)]
    runs: Option<Limit>,
    /// MiB of output that the kept runs of a task may have written; none for no limit
    #[arg(long, value_name = "MIB", value_parser = limit)]
    output_mib: Option<Limit>,
    /// Days that delivered and failed messages are kept; `none` for no limit
    #[arg(long, value_name = "DAYS", value_parser = limit)]
    message_days: Option<Limit>,
    /// Days that the audit log is kept; `none` for no limit
    #[arg(long, value_name = "DAYS", value_parser = limit)]
    audit_days: Option<Limit>,
    /// Keep closed tickets for this many days; `none` for no limit
    #[arg(long, value_name = "DAYS", value_parser = limit)]
    ticket_days: Option<Limit>,
    /// Days that the counts of deleted runs are kept; `none` for no limit
    #[arg(long, value_name = "DAYS", value_parser = limit)]
    count_days: Option<Limit>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const PATH: &str = "/api/v1/retention";

pub(super) async fn run(client: &Client, command: &RetentionCommand) -> Result<(), Failure> {
    let known = client.call(Method::GET, PATH, None).await?;
    let (answer, json) = match command {
        RetentionCommand::Show { json } => (known, *json),
        RetentionCommand::Set(set) => {
            let mut body = Map::new();
            let limits = [
                ("run_days", set.run_days),
                ("runs", set.runs),
                ("output_mib", set.output_mib),
                ("message_days", set.message_days),
                ("audit_days", set.audit_days),
                ("ticket_days", set.ticket_days),
                ("count_days", set.count_days),
            ];
            for (name, typed) in limits {
                let value =
                    typed.map_or_else(|| known[name].clone(), |Limit(limit)| Value::from(limit));
                body.insert(name.to_owned(), value);
            }
            let version = known["version"].as_i64().unwrap_or_default();
            let version = format!("\"{version}\"");
            let body = Some(Value::Object(body));
            let headers = [("if-match", version.as_str())];
            let bytes = client.send(Method::PUT, PATH, body, &headers).await?;
            let answer = serde_json::from_slice(&bytes).unwrap_or_default();
            (answer, set.json)
        }
    };
    if json {
        print_json(&answer);
    } else {
        print_lines(&lines(&typed(&answer)?));
    }
    Ok(())
}

fn lines(policy: &Retention) -> Vec<String> {
    let texts = RetentionUi::of(lang());
    let shown =
        |limit: Option<i64>| limit.map_or_else(|| texts.unlimited.to_owned(), |n| n.to_string());
    [
        (texts.run_days, policy.run_days),
        (texts.runs, policy.runs),
        (texts.output_mib, policy.output_mib),
        (texts.message_days, policy.message_days),
        (texts.audit_days, policy.audit_days),
        (texts.ticket_days, policy.ticket_days),
        (texts.count_days, policy.count_days),
    ]
    .into_iter()
    .map(|(label, limit)| labelled(label, shown(limit)))
    .collect()
}
