//! `jcrontab ticket`: what people are asked for until it is done.

mod defaults;
mod list;

use app::duration::format_duration;
use app::texts::reminders::TicketsUi;
use app::ticket::{TicketDetail, TicketOrder, TicketState, TicketStats, TicketView, hour_span};
use axum::http::Method;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::calendar::typed;
use super::client::{Client, with_query};
use super::print::{labelled, print_done, print_json, print_lines, print_table};
use super::task::id_of;
use super::when::{here, here_text};
use super::{Failure, lang};
use defaults::DefaultCommand;

#[derive(Subcommand, Debug)]
pub(super) enum TicketCommand {
    /// List tickets, newest first unless --sort says otherwise; without --state those that are not over
    List {
        /// Only tickets in this state
        #[arg(long, value_parser = PossibleValuesParser::new(states()))]
        state: Option<String>,
        /// Only tickets of this person
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// Only tickets of this task, by ID or name
        #[arg(long)]
        task: Option<String>,
        /// Only tickets of tasks with this tag
        #[arg(long)]
        tag: Option<String>,
        /// Only tickets that are escalated at least to this level, 0-100
        #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u32).range(0..=100))]
        level: Option<u32>,
        /// Order; oldest and level (most escalated first) are for tickets that are not over
        #[arg(long, value_parser = PossibleValuesParser::new(orders()))]
        sort: Option<String>,
        /// Number of tickets, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Continue after this cursor: `next` of the previous page
        #[arg(long)]
        after: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a ticket: who was urged when, and what happened to it
    Show {
        /// Ticket ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Mark a ticket done
    Done {
        /// Ticket ID
        id: i64,
        /// What was done, in a few words
        #[arg(default_value = "")]
        word: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a ticket
    #[command(visible_alias = "take")]
    Acknowledge {
        /// Ticket ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Snooze a ticket until a time
    Snooze {
        /// Ticket ID
        id: i64,
        /// A length (30m, 2h), tomorrow, or a time in the task's zone (09:00, "2026-11-22 09:00")
        until: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Hand a ticket over to a person
    Assign {
        /// Ticket ID
        id: i64,
        /// The person's name
        to: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a link to a person's open tickets, which works without an account for a week
    Link {
        /// The person's name
        person: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the address of a calendar feed (iCalendar) of a person's open tickets
    Feed {
        /// The person's name
        person: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show how long tickets took to be taken and done: medians by owner, tag and hour
    Stats {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Default policies: how people are urged where a task does not say
    Default {
        #[command(subcommand)]
        command: DefaultCommand,
    },
    /// Reopen a ticket that is over
    Reopen {
        /// Ticket ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn states() -> Vec<&'static str> {
    let states = TicketState::ALL.iter().map(|state| state.as_str());
    states.chain(["all"]).collect()
}

/// The orders that lists can be in.
fn orders() -> Vec<&'static str> {
    TicketOrder::ALL
        .iter()
        .map(|order| order.as_str())
        .collect()
}

pub(super) async fn run(client: &Client, command: &TicketCommand) -> Result<(), Failure> {
    match command {
        TicketCommand::List {
            state,
            owner,
            task,
            tag,
            level,
            sort,
            limit,
            after,
            json,
        } => {
            let task = match task {
                Some(task) => Some(id_of(client, task).await?.to_string()),
                None => None,
            };
            let limit = limit.to_string();
            let level = level.map(|level| level.to_string());
            let parts = [
                ("limit", Some(limit.as_str())),
                ("state", state.as_deref()),
                ("owner", owner.as_deref()),
                ("task", task.as_deref()),
                ("tag", tag.as_deref()),
                ("level", level.as_deref()),
                ("sort", sort.as_deref()),
                ("after", after.as_deref()),
            ];
            let path = with_query("/api/v1/tickets", &parts);
            let page = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&page);
                return Ok(());
            }
            list::list(&page)
        }
        TicketCommand::Show { id, json } => {
            let path = format!("/api/v1/tickets/{id}");
            let detail = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&detail);
            } else {
                print_lines(&lines(&typed(&detail)?));
            }
            Ok(())
        }
        TicketCommand::Done { id, word, json } => {
            act(client, *id, "done", Some(json!({ "word": word })), *json).await
        }
        TicketCommand::Acknowledge { id, json } => {
            act(client, *id, "acknowledge", None, *json).await
        }
        TicketCommand::Snooze { id, until, json } => {
            let body = json!({ "until": until });
            act(client, *id, "snooze", Some(body), *json).await
        }
        TicketCommand::Assign { id, to, json } => {
            act(client, *id, "assign", Some(json!({ "to": to })), *json).await
        }
        TicketCommand::Link { person, json } => {
            address(client, "/api/v1/tickets/link", person, *json).await
        }
        TicketCommand::Feed { person, json } => {
            address(client, "/api/v1/tickets/feed", person, *json).await
        }
        TicketCommand::Stats { json } => {
            let path = "/api/v1/tickets/stats";
            let stats = client.call(Method::GET, path, None).await?;
            if *json {
                print_json(&stats);
            } else {
                medians(&typed(&stats)?);
            }
            Ok(())
        }
        TicketCommand::Default { command } => defaults::run(client, command).await,
        TicketCommand::Reopen { id, json } => act(client, *id, "reopen", None, *json).await,
    }
}

/// Has an address made for a person, and prints it.
async fn address(client: &Client, path: &str, person: &str, json: bool) -> Result<(), Failure> {
    let body = json!({ "person": person });
    let made = client.call(Method::POST, path, Some(body)).await?;
    let url = made["url"].as_str().unwrap_or_default().to_owned();
    print_done(&made, json, &[url]);
    Ok(())
}

async fn act(
    client: &Client,
    id: i64,
    verb: &str,
    body: Option<Value>,
    json: bool,
) -> Result<(), Failure> {
    let path = format!("/api/v1/tickets/{id}/{verb}");
    let ticket = client.call(Method::POST, &path, body).await?;
    let mut words = vec![summary(&typed(&ticket)?)];
    let warnings = ticket["warnings"].as_array().into_iter().flatten();
    words.extend(warnings.filter_map(|one| one.as_str().map(str::to_owned)));
    print_done(&ticket, json, &words);
    Ok(())
}

fn medians(stats: &TicketStats) {
    let length = |seconds: Option<i64>| seconds.map(format_duration).unwrap_or_default();
    let mut rows = Vec::new();
    let as_it_is: fn(&str) -> String = str::to_owned;
    for (kind, groups, name) in [
        (lang().pick("负责人", "owner"), &stats.owners, as_it_is),
        (lang().pick("标签", "tag"), &stats.tags, as_it_is),
        (
            lang().pick("产生时间", "hour of opening"),
            &stats.hours,
            hour_span,
        ),
    ] {
        rows.extend(groups.iter().map(|group| {
            vec![
                kind.to_owned(),
                name(&group.name),
                group.count.to_string(),
                length(group.acknowledge_seconds),
                length(group.done_seconds),
            ]
        }));
    }
    let heading = lang().pick(
        [
            "分组",
            "名称",
            "个数",
            "开始处理用时中位数",
            "完成用时中位数",
        ],
        [
            "GROUP",
            "NAME",
            "TICKETS",
            "MEDIAN TO TAKE",
            "MEDIAN TO DONE",
        ],
    );
    print_table(
        &heading,
        &rows,
        ("还没有结束的单可供统计", "No tickets to count yet"),
    );
}

/// The ticket in one line.
fn summary(ticket: &TicketView) -> String {
    let lang = lang();
    let (id, task, state) = (ticket.id, &ticket.task, ticket.state.words(lang));
    let mut line = lang.pick(
        format!("待办 {id}（{task}）：{state}"),
        format!("Ticket {id} ({task}): {}", state.to_lowercase()),
    );
    if let Some(until) = ticket.snoozed_until {
        let until = here(until);
        line += &lang.pick(format!("，到 {until}"), format!(" until {until}"));
    } else if !ticket.state.is_over() && !ticket.owner.is_empty() {
        let owner = &ticket.owner;
        line += &lang.pick(format!("，负责人 {owner}"), format!(", with {owner}"));
    }
    app::ansi::visible(&line)
}

fn lines(detail: &TicketDetail) -> Vec<String> {
    let (lang, ticket) = (lang(), &detail.ticket);
    let mut lines = vec![summary(ticket)];
    let next = ticket.next_urge_at.map(here);
    let next = next.map(|at| format!("{at}{}", ticket.next_elsewhere()));
    lines.extend(labelled([
        ("类型", "Kind", Some(ticket.kind.words(lang).to_owned())),
        (
            "催谁",
            "Urged",
            Some(ticket.asked.join(lang.pick("、", ", "))),
        ),
        ("产生时间", "Opened", Some(here(ticket.opened_at))),
        ("下次催单", "Next", next),
        ("过期时间", "Expires", Some(here(ticket.expires_at))),
        ("处理人", "Taken by", ticket.acknowledged_by.clone()),
        ("结束", "Ended", ticket.done_at.map(here)),
        ("结束人", "Ended by", ticket.done_by.clone()),
        ("留言", "Note", ticket.word.clone()),
    ]));
    lines.extend(detail.warnings.iter().cloned());
    lines.push(String::new());
    let words = TicketsUi::of(lang);
    for entry in &detail.history {
        // The end of a snooze is an instant; everything else is shown as it is.
        let detail = Value::from(entry.detail.replace('\n', " "));
        let detail = here_text(&detail);
        let kind = entry.kind();
        let what = kind.map_or(entry.what.as_str(), |kind| words.entry(kind));
        let text = format!("{}  {what}  {}  {detail}", here(entry.at), entry.who);
        lines.push(app::ansi::visible(text.trim_end()));
    }
    if !detail.urges.is_empty() {
        lines.push(String::new());
    }
    for urge in detail.urges.iter().rev() {
        let asked = urge.asked.join(lang.pick("、", ", "));
        let text = format!(
            "{}  #{}  {asked}  {}  {}",
            here(urge.claimed_at),
            urge.n,
            urge.outcome.words(lang),
            urge.answer.replace('\n', " ")
        );
        lines.push(app::ansi::visible(text.trim_end()));
    }
    lines
}
