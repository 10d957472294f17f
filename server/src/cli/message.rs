//! `jcrontab message`: sent and waiting messages, and sending one again.

use app::i18n::{Lang, plural};
use app::message::{Event, Message, MessageState};
use app::texts::Ui;
use app::texts::messages::{
    MessagesUi, maybe_twice, message_state, message_wait, picture_name, picture_words,
};
use app::transition::Word;
use axum::http::Method;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::calendar::typed;
use super::client::{Client, with_query};
use super::confirm::Confirm;
use super::print::{labelled, print_done, print_json, print_lines, print_more, print_table, text};
use super::task::id_of;
use super::when::here;
use super::{Failure, channel, lang};

/// Characters of a text that the list shows.
const SHOWN: usize = 60;

#[derive(Subcommand, Debug)]
pub(super) enum MessageCommand {
    /// List messages, newest first
    List {
        /// Only messages in this state
        #[arg(long, value_parser = PossibleValuesParser::new(words::<MessageState>()))]
        state: Option<String>,
        /// Only messages about this event
        #[arg(long, value_parser = PossibleValuesParser::new(words::<Event>()))]
        event: Option<String>,
        /// Only messages about this task, by ID or name
        #[arg(long)]
        task: Option<String>,
        /// Only messages to this channel, by name or ID
        #[arg(long)]
        channel: Option<String>,
        /// Only messages that were caused then or later: 2026-11-30, "2026-11-30 09:00" (in the server's default time zone), or RFC 3339
        #[arg(long)]
        from: Option<String>,
        /// Only messages that were caused earlier; a date alone includes that day
        #[arg(long)]
        to: Option<String>,
        /// Number of messages, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Continue after this cursor: `next` of the previous page
        #[arg(long)]
        after: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a message: what was sent, and what the channel answered
    Show {
        /// Message ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send messages again that failed: by their IDs, or all that match
    Resend(ResendMessages),
}

/// Which messages are sent again.
#[derive(Args, Debug)]
pub(super) struct ResendMessages {
    /// Message ID; repeatable
    #[arg(value_name = "ID", required_unless_present_any = ["state", "channel", "task", "event"],
        conflicts_with_all = ["state", "channel", "task", "event"])]
    ids: Vec<i64>,
    /// All failed messages, counted first
    #[arg(long, value_parser = PossibleValuesParser::new([MessageState::Dead.word()]))]
    state: Option<String>,
    /// Only failed messages to this channel, by name or ID
    #[arg(long)]
    channel: Option<String>,
    /// Only failed messages about this task, by ID or name
    #[arg(long)]
    task: Option<String>,
    /// Only failed messages about this event
    #[arg(long, value_parser = PossibleValuesParser::new(words::<Event>()))]
    event: Option<String>,
    /// Number of messages that match, the newest ones, 1-1000
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    #[command(flatten)]
    confirm: Confirm,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn words<T: Word>() -> Vec<&'static str> {
    T::all().iter().map(|one| one.word()).collect()
}

pub(super) async fn run(client: &Client, command: &MessageCommand) -> Result<(), Failure> {
    match command {
        MessageCommand::List {
            state,
            event,
            task,
            channel,
            from,
            to,
            limit,
            after,
            json,
        } => {
            let task = match task {
                Some(task) => Some(id_of(client, task).await?.to_string()),
                None => None,
            };
            let channel = match channel {
                Some(wanted) => Some(channel_id(client, wanted).await?),
                None => None,
            };
            let limit = limit.to_string();
            let parts = [
                ("limit", Some(limit.as_str())),
                ("state", state.as_deref()),
                ("event", event.as_deref()),
                ("task", task.as_deref()),
                ("channel", channel.as_deref()),
                ("from", from.as_deref()),
                ("to", to.as_deref()),
                ("after", after.as_deref()),
            ];
            let path = with_query("/api/v1/messages", &parts);
            let page = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&page);
                return Ok(());
            }
            let messages: Vec<Message> = typed(&page["items"])?;
            let rows: Vec<Vec<String>> = messages.iter().map(row).collect();
            let heading = lang().pick(
                [
                    "编号",
                    "状态",
                    "事件",
                    "任务",
                    "渠道",
                    "产生时间",
                    "次数",
                    "内容",
                ],
                [
                    "ID", "STATE", "EVENT", "TASK", "CHANNEL", "CREATED", "ATTEMPTS", "TEXT",
                ],
            );
            print_table(&heading, &rows, ("没有符合条件的消息", "No messages match"));
            print_more(&page);
            Ok(())
        }
        MessageCommand::Show { id, json } => {
            let path = format!("/api/v1/messages/{id}");
            let message = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&message);
            } else {
                print_lines(&lines(&typed(&message)?));
            }
            Ok(())
        }
        MessageCommand::Resend(resend) => match resend.ids.as_slice() {
            [] => resend_matching(client, resend).await,
            [id] => {
                let path = format!("/api/v1/messages/{id}/resend");
                let message = client.call(Method::POST, &path, None).await?;
                let words = lang().pick(
                    format!("消息 {id} 已放回发送队列"),
                    format!("Message {id} is queued again"),
                );
                print_done(&message, resend.json, &[words]);
                Ok(())
            }
            several => {
                let body = json!({ "ids": several });
                let report = client.call(Method::POST, RESEND, Some(body)).await?;
                resent(&report, resend.json)
            }
        },
    }
}

/// Where several messages are sent again.
const RESEND: &str = "/api/v1/messages/resend";

/// Counts the failed messages that match, and sends them again after a confirmation.
async fn resend_matching(client: &Client, resend: &ResendMessages) -> Result<(), Failure> {
    let channel = match &resend.channel {
        Some(wanted) => channel_id(client, wanted).await?.parse::<i64>().ok(),
        None => None,
    };
    let task = match &resend.task {
        Some(task) => Some(id_of(client, task).await?),
        None => None,
    };
    let body = |dry_run: bool| {
        json!({
            "state": resend.state, "channel": channel, "task": task, "event": resend.event,
            "limit": resend.limit, "dry_run": dry_run,
        })
    };
    let counted = client.call(Method::POST, RESEND, Some(body(true))).await?;
    let count = counted["count"].as_u64().unwrap_or(0);
    if count == 0 {
        return resent(&counted, resend.json);
    }
    let more = match counted["more"] == true {
        true => lang().pick("（还有更多，见 --limit）", " (more match; see --limit)"),
        false => "",
    };
    resend.confirm.ask_or(
        &lang().pick(
            format!("重发 {count} 条发送失败的消息{more}？"),
            format!(
                "Send {count} failed {} again{more}?",
                plural(
                    i64::try_from(count).unwrap_or(i64::MAX),
                    "message",
                    "messages"
                )
            ),
        ),
        lang().pick(
            "重发多条消息需要确认：标准输入不是终端，请加 --yes",
            "sending many messages needs a confirmation: stdin is not a terminal, so add --yes",
        ),
        lang().pick(
            "已取消，什么都没有重发",
            "cancelled; nothing was sent again",
        ),
    )?;
    let report = client.call(Method::POST, RESEND, Some(body(false))).await?;
    resent(&report, resend.json)
}

/// Prints what became of several messages; a failure where some are not sent again.
fn resent(report: &Value, json: bool) -> Result<(), Failure> {
    let count = report["count"].as_i64().unwrap_or(0);
    let words = match count {
        0 => lang()
            .pick("没有消息放回发送队列", "No message is queued again")
            .to_owned(),
        _ => lang().pick(
            format!("{count} 条消息已放回发送队列"),
            format!(
                "{count} {} queued again",
                plural(count, "message is", "messages are")
            ),
        ),
    };
    print_done(report, json, &[words]);
    let refused = report["refused"].as_array().into_iter().flatten();
    let refused: Vec<String> = refused
        .map(|one| format!("{}: {}", text(one, "id"), text(one, "message")))
        .collect();
    match refused.is_empty() {
        true => Ok(()),
        false => Err(Failure::refused(refused.join("; "))),
    }
}

/// The ID of a channel; a number is one also where the channel was deleted, whose messages stay.
async fn channel_id(client: &Client, wanted: &str) -> Result<String, Failure> {
    match channel::find(client, wanted).await {
        Ok(found) => Ok(text(&found, "id")),
        Err(_) if wanted.parse::<i64>().is_ok() => Ok(wanted.to_owned()),
        Err(failure) => Err(failure),
    }
}

fn row(message: &Message) -> Vec<String> {
    vec![
        message.id.to_string(),
        match message.maybe_twice {
            true => format!(
                "{} {}",
                state(message),
                lang().pick("（可能两次）", "(maybe twice)")
            ),
            false => state(message),
        },
        lang().pick(Event::text(&message.event, Lang::Zh), message.event.clone()),
        match message.task_id.0 {
            0 => "-".to_owned(),
            id => name(message.task.as_ref(), id),
        },
        name(message.channel.as_ref(), message.channel_id.0),
        here(message.created_at),
        message.attempts.to_string(),
        match message.picture {
            Some(picture) => picture_words(picture, lang()),
            None => app::ansi::visible(message.text.lines().next().unwrap_or_default())
                .chars()
                .take(SHOWN)
                .collect(),
        },
    ]
}

/// The state of a message: its name in Chinese, its code in English.
fn state(message: &Message) -> String {
    let name = message_state(Ui::of(Lang::Zh), message.state);
    lang().pick(name, message.state.word()).to_owned()
}

/// The name of what a message belongs to; its id when it was deleted.
fn name(name: Option<&String>, id: i64) -> String {
    let name = name.map(|name| name.replace(char::is_control, " "));
    name.unwrap_or_else(|| format!("#{id}"))
}

fn lines(message: &Message) -> Vec<String> {
    let lang = lang();
    let time = |at: Option<app::time::Stamp>| at.map(here);
    let task = name(message.task.as_ref(), message.task_id.0);
    let channel = name(message.channel.as_ref(), message.channel_id.0);
    let answer = message.answer.as_deref().map(app::ansi::visible);
    let not_mentioned = message.not_mentioned.join(", ");
    let not_mentioned =
        (!not_mentioned.is_empty()).then(|| not_mentioned.replace(char::is_control, " "));
    let instead = message.instead_of.as_ref().map(|instead| {
        let channels = instead.channels.join(", ");
        let words = format!("{channels} #{}: {}", instead.message, instead.why);
        app::ansi::visible(&words).replace('\n', " ")
    });
    let passed = message.passed_to.as_ref().map(|passed| {
        let deleted = || MessagesUi::of(lang).channel_deleted.to_owned();
        let channel = passed.channel.clone().unwrap_or_else(deleted);
        let state = passed.state.word();
        let state = lang.pick(message_state(Ui::of(Lang::Zh), passed.state), state);
        format!("{channel} #{} ({state})", passed.message)
    });
    let mut lines = labelled([
        ("状态", "State", Some(state(message))),
        ("事件", "Event", Some(Event::text(&message.event, lang))),
        // A message about the system is about no task.
        ("任务", "Task", (message.task_id.0 > 0).then_some(task)),
        ("执行", "Run", message.run_id.map(|run| run.to_string())),
        ("渠道", "Channel", Some(channel)),
        ("代替", "In place of", instead),
        ("改由", "Sent instead", passed),
        ("产生时间", "Created", time(Some(message.created_at))),
        ("对方接收", "Accepted", time(message.sent_at)),
        ("下次尝试", "Next attempt", time(message.next_attempt_at)),
        (
            "等待原因",
            "Waits because",
            message
                .waits
                .map(|wait| message_wait(MessagesUi::of(lang), wait).to_owned()),
        ),
        (
            "图片",
            "Picture",
            message
                .picture
                .map(|name| picture_name(name, lang).to_owned()),
        ),
        ("尝试次数", "Attempts", Some(message.attempts.to_string())),
        (
            "送达",
            "Delivery",
            maybe_twice(MessagesUi::of(lang), message.maybe_twice, message.state)
                .map(str::to_owned),
        ),
        (
            "提醒谁",
            "Mentions",
            Some(message.mentions.join(", ").replace(char::is_control, " ")),
        ),
        ("无法提醒", "Cannot mention", not_mentioned),
        ("对方的响应", "Response", answer),
    ]);
    if !message.text.is_empty() {
        lines.push(String::new());
        lines.push(app::ansi::visible(&message.text));
    }
    lines
}
