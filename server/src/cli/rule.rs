//! `jcrontab rule`: which channels get which events.

mod show;

use app::message::Event;
use app::rule::{OWN_CHANNEL, OWN_CHANNEL_NAME, RuleAction, ScopeKind, TaskNotify};
use app::task::split_list;
use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::calendar::typed;
use super::client::Client;
use super::confirm::Confirm;
use super::print::print_done;
use super::task::id_of;
use super::{Failure, channel, lang};
use show::{list, show, summary};

#[derive(Subcommand, Debug)]
pub(super) enum RuleCommand {
    /// List the rules for owners, tags, all tasks and the system; or those of a task
    List {
        /// Rules of this task, by ID or name
        #[arg(long)]
        task: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a rule: send events to a channel, or mute them there
    // By itself it lists every option that suffices, in one long line.
    #[command(
        visible_alias = "create",
        override_usage = "jcrontab rule add [OPTIONS] --channel <CHANNEL> --event <EVENT> <--task <TASK>|...>"
    )]
    Add {
        #[command(flatten)]
        scope: Scope,
        #[command(flatten)]
        what: What,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a rule; what is not given stays
    #[command(override_usage = "jcrontab rule edit [OPTIONS] <ID>")]
    Edit {
        /// Rule ID
        id: i64,
        #[command(flatten)]
        scope: Scope,
        #[command(flatten)]
        what: What,
        /// Switch it on again
        #[arg(long, conflicts_with = "off")]
        on: bool,
        /// Send again after --mute
        #[arg(long, conflicts_with = "mute")]
        send: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a rule
    Show {
        /// Rule ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a rule
    Delete {
        /// Rule ID
        id: i64,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What a rule is for.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(super) struct Scope {
    /// For one task, by ID or name
    #[arg(long)]
    task: Option<String>,
    /// For the tasks of an owner
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// For tasks with a tag
    #[arg(long)]
    tag: Option<String>,
    /// For all tasks
    #[arg(long)]
    all: bool,
    /// For events of the system
    #[arg(long)]
    system: bool,
}

/// What it does. An empty text removes a setting.
#[derive(Args, Debug)]
pub(super) struct What {
    /// Channel, by name or ID; own for the main channel of each task
    #[arg(long)]
    channel: Option<String>,
    /// Event: failed, lost, ...; repeatable, or separated by commas
    #[arg(long = "event")]
    events: Vec<String>,
    /// Send none of these events to the channel, whatever rules with a wider scope say
    #[arg(long)]
    mute: bool,
    /// At most one message for a task and an event in this time: 10m, 1h
    #[arg(long, value_name = "DURATION")]
    throttle: Option<String>,
    /// Quiet hours, at whose end messages are sent: 22:00-08:00
    #[arg(long, value_name = "FROM-UNTIL")]
    quiet: Option<String>,
    /// IANA zone of the quiet hours (default: the server's)
    #[arg(long, value_name = "ZONE")]
    quiet_zone: Option<String>,
    /// Quiet hours only on days off of this calendar
    #[arg(long, value_name = "CALENDAR")]
    quiet_calendar: Option<String>,
    /// Send failures and lost runs during quiet hours, too
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    urgent: Option<bool>,
    /// Which consecutive failures: 3 for the third one only, */3 for every third one
    #[arg(long, value_name = "N")]
    failures: Option<String>,
    /// Template of the channel for the messages, by name (channel template set CHANNEL @NAME)
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// What it is for, in a few words
    #[arg(long)]
    name: Option<String>,
    /// Create it disabled
    #[arg(long)]
    off: bool,
}

impl Scope {
    /// The fields that it sets; none where no scope is given.
    async fn fields(&self, client: &Client) -> Result<Map<String, Value>, Failure> {
        let mut fields = Map::new();
        let mut set = |kind: ScopeKind, task: Value, owner: &str, tag: &str| {
            for (name, value) in [
                ("scope", json!(kind)),
                ("task_id", task),
                ("owner", json!(owner)),
                ("tag", json!(tag)),
            ] {
                fields.insert(name.to_owned(), value);
            }
        };
        if let Some(task) = &self.task {
            let id = id_of(client, task).await?;
            set(ScopeKind::Task, json!(id), "", "");
        } else if let Some(owner) = &self.owner {
            set(ScopeKind::Owner, Value::Null, owner, "");
        } else if let Some(tag) = &self.tag {
            set(ScopeKind::Tag, Value::Null, "", tag);
        } else if self.all {
            set(ScopeKind::All, Value::Null, "", "");
        } else if self.system {
            set(ScopeKind::System, Value::Null, "", "");
        }
        Ok(fields)
    }
}

impl What {
    /// The fields that it sets.
    async fn fields(&self, client: &Client) -> Result<Map<String, Value>, Failure> {
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        if let Some(wanted) = &self.channel {
            let id = match wanted.as_str() {
                OWN_CHANNEL_NAME => json!(OWN_CHANNEL.0),
                wanted => channel::find(client, wanted).await?["id"].clone(),
            };
            set("channel_id", id);
        }
        let events: Vec<String> = self.events.iter().flat_map(|one| split_list(one)).collect();
        if !events.is_empty() {
            set("events", json!(events));
        }
        if self.mute {
            set("action", json!(RuleAction::Mute));
        }
        for (name, text) in [
            ("throttle", &self.throttle),
            ("quiet_zone", &self.quiet_zone),
            ("quiet_calendar", &self.quiet_calendar),
            ("failures", &self.failures),
            ("template", &self.template),
            ("name", &self.name),
        ] {
            if let Some(text) = text {
                set(name, json!(text));
            }
        }
        if let Some(quiet) = &self.quiet {
            let (from, until) = match quiet.trim() {
                "" => ("", ""),
                quiet => quiet.split_once(['-', '–']).ok_or_else(|| {
                    Failure::usage(lang().pick(
                        "--quiet 形如 22:00-08:00",
                        "--quiet takes two times of day: 22:00-08:00",
                    ))
                })?,
            };
            set("quiet_from", json!(from));
            set("quiet_until", json!(until));
        }
        if let Some(urgent) = self.urgent {
            set("urgent", json!(urgent));
        }
        if self.off {
            set("enabled", json!(false));
        }
        Ok(fields)
    }
}

pub(super) async fn run(client: &Client, command: &RuleCommand) -> Result<(), Failure> {
    match command {
        RuleCommand::List { task, json } => {
            let path = match task {
                Some(task) => format!("/api/v1/rules?task={}", id_of(client, task).await?),
                None => "/api/v1/rules".to_owned(),
            };
            list(client, &path, *json).await
        }
        RuleCommand::Add { scope, what, json } => {
            let mut body = scope.fields(client).await?;
            if body.is_empty() {
                return Err(Failure::usage(lang().pick(
                    "请给出适用范围：--task、--owner、--tag、--all 或 --system",
                    "say what the rule is for: --task, --owner, --tag, --all or --system",
                )));
            }
            body.extend(what.fields(client).await?);
            let rule = client
                .call(Method::POST, "/api/v1/rules", Some(body.into()))
                .await?;
            let words = summary(&typed(&rule)?);
            print_done(&rule, *json, &[words]);
            Ok(())
        }
        RuleCommand::Edit {
            id,
            scope,
            what,
            on,
            send,
            json,
        } => {
            let mut body = scope.fields(client).await?;
            body.extend(what.fields(client).await?);
            if *on {
                body.insert("enabled".to_owned(), json!(true));
            }
            if *send {
                body.insert("action".to_owned(), json!(RuleAction::Send));
            }
            if body.is_empty() {
                return Err(Failure::usage(
                    lang().pick("没有给出要修改的内容", "nothing to change is given"),
                ));
            }
            let path = format!("/api/v1/rules/{id}");
            let rule = client.call(Method::PATCH, &path, Some(body.into())).await?;
            let words = summary(&typed(&rule)?);
            print_done(&rule, *json, &[words]);
            Ok(())
        }
        RuleCommand::Show { id, json } => show(client, *id, *json).await,
        RuleCommand::Delete { id, confirm, json } => {
            let path = format!("/api/v1/rules/{id}");
            let read = client.call(Method::GET, &path, None).await?;
            confirm
                .ask(&lang().pick(format!("删除通知规则 {id}？"), format!("Delete rule {id}?")))?;
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(format!("已删除通知规则 {id}"), format!("Rule {id} deleted"));
            print_done(&json!({ "id": id, "deleted": true }), *json, &[words]);
            Ok(())
        }
    }
}

/// A further channel of a new task with its events, as `CHANNEL[:EVENT,…]` names them.
pub(super) async fn notify(client: &Client, text: &str) -> Result<TaskNotify, Failure> {
    let (name, events) = match text.rsplit_once(':') {
        Some((name, events)) => (name, split_list(events)),
        None => (text, Vec::new()),
    };
    let found = channel::find(client, name).await?;
    let known = |word: &String| {
        let event = Event::ALL.iter().find(|event| event.as_str() == *word);
        event.is_some_and(|event| event.is_routed())
    };
    if let Some(other) = events.iter().find(|word| !known(word)) {
        return Err(Failure::usage(lang().pick(
            format!("没有事件“{other}”"),
            format!("there is no event {other:?}"),
        )));
    }
    Ok(TaskNotify {
        channel_id: found["id"].as_i64(),
        events,
    })
}
