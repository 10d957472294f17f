//! Messages: 1,000 of them to 50 channels, starts while they are sent, and a send while 100,000 wait.
//!
//! They are put into the outbox directly: creating them through the product would measure their cause, too.

use std::path::PathBuf;
use std::time::Duration;

use app::id::{RunId, TaskId};
use app::task::Mode;
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use rusqlite::{Connection, params};
use serde_json::json;
use server::facts::{Facts, TaskFacts};

use super::sustained::until;
use super::webhooks::Sink;
use crate::product::{Home, Product, draft};
use crate::report::{Report, SQLITE, percentile};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis, round};
use crate::{Failure, meter, now_nanos};

/// Channels that messages go to.
const CHANNELS: usize = 50;
/// Messages at once.
const MESSAGES: usize = 1_000;
/// Milliseconds of a minute, in which the robots of WeCom take 20 messages each: that is all of them.
const MINUTE_MS: f64 = 60_000.0;
/// The outbox looks at the database this often without a signal, and none comes here.
const LOOK: i64 = 5;
/// Tasks due while messages are sent.
const TASKS: usize = 100;
/// Seconds between two instants of these.
const APART: i64 = 20;
/// Time that a receiver takes for its answer while starts are measured: 20 messages of a channel take ten seconds.
const SLOW: Duration = Duration::from_millis(500);
/// Messages that wait for one channel.
const FEW: usize = 100;
const MANY: usize = 100_000;
/// Sends that are timed of those.
const SENDS: usize = 1_000;
/// What a robot of WeCom answers.
const TAKEN: &str = r#"{"errcode":0,"errmsg":"ok"}"#;

/// Measures the three of them.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    drain(stage, report).await?;
    starts(stage, report).await?;
    backlog(stage, report).await?;
    report.note(
        "messages",
        "The receivers are in the program that measures and read each request whole. CPU time is the server's alone. The share of a core is the CPU time of 1,000 messages within the minute in which 50 robots of WeCom take as many. Starts are measured in turn: nothing to send, and 1,000 messages under way to receivers that take 500 ms each. A send is the time between two arrivals at one channel, from the first of those that wait.",
    );
    Ok(())
}

/// A server that may send to this machine.
async fn product(stage: &Stage, name: &str) -> Result<Product, Failure> {
    let mut home = Home::fresh(stage, Db::Sqlite, name)?;
    home.settings
        .push(("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()));
    home.start().await
}

/// Adds channels to the sink; gives their numbers.
async fn channels(
    product: &Product,
    sink: &Sink,
    kind: &str,
    count: usize,
) -> Result<Vec<i64>, Failure> {
    let mut numbers = Vec::with_capacity(count);
    for channel in 0..count {
        let address = sink.address;
        let url = format!("http://{address}/cgi-bin/webhook/send?key={channel}");
        let body = json!({"name": format!("{kind} {channel}"), "kind": kind, "url": url});
        let made = product.ask(Method::POST, "channels", Some(&body)).await?;
        numbers.push(made["id"].as_i64().ok_or("the channel has no number")?);
    }
    Ok(numbers)
}

fn database(product: &Product) -> PathBuf {
    product.home.data.join("jcrontab.db")
}

/// Puts messages into the outbox, to each channel as many, in one transaction.
fn put(product: &Product, channels: &[i64], count: usize) -> Result<(), Failure> {
    let now: DateTime<Utc> = DateTime::from_timestamp_nanos(now_nanos());
    let facts = serde_json::to_string(&Facts::Lost {
        task: TaskFacts {
            id: TaskId(1),
            name: "bench".to_owned(),
            nickname: String::new(),
            mode: Mode::Command,
            zone: "UTC".to_owned(),
            work: None,
            runbook: String::new(),
        },
        run: RunId(1),
        at: now,
    })?;
    let now = now.to_rfc3339_opts(SecondsFormat::Micros, false);
    let mut connection = Connection::open(database(product))?;
    connection.busy_timeout(Duration::from_secs(30))?;
    let filling = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut insert = filling.prepare(
            "INSERT INTO message (task_id, channel_id, event, kind, body, mentions, state, attempts,
             next_attempt_at, created_at, facts)
             VALUES (0, ?1, 'lost', 'text', '', '[]', 'pending', 0, ?2, ?2, ?3)",
        )?;
        for number in 0..count {
            insert.execute(params![channels[number % channels.len()], now, facts])?;
        }
    }
    filling.commit()?;
    Ok(())
}

/// Waits until so many have arrived, and a little longer for those that must not come.
async fn arrived(sink: &Sink, count: usize, limit: Duration) -> Result<(), Failure> {
    let begun = now_nanos();
    while sink.seen().len() < count {
        if now_nanos() - begun > i64::try_from(limit.as_nanos())? {
            let came = sink.seen().len();
            return Err(format!("{came} of {count} messages came within {limit:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let came = sink.seen().len();
    if came > count {
        return Err(format!("{came} messages came of {count}").into());
    }
    Ok(())
}

/// 1,000 messages to 50 robots, which take them in one minute.
async fn drain(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::answering(TAKEN, Duration::ZERO).await?;
    let product = product(stage, "messages-drain").await?;
    let channels = channels(&product, &sink, "wecom", CHANNELS).await?;
    for number in 0..if stage.quick { 1 } else { 3 } {
        if number > 0 {
            // The robots' minute is over then.
            tokio::time::sleep(Duration::from_secs(62)).await;
        }
        sink.seen().clear();
        let cpu = meter::own_cpu_ms(product.pid())?;
        put(&product, &channels, MESSAGES)?;
        arrived(&sink, MESSAGES, Duration::from_secs(60)).await?;
        let cpu = meter::own_cpu_ms(product.pid())? - cpu;
        let (first, last) = span(&sink)?;
        report.put(
            "messages",
            SQLITE,
            ("all sent", "ms"),
            [millis(last - first)],
        );
        #[expect(clippy::cast_precision_loss, reason = "a thousand")]
        let each = cpu / MESSAGES as f64;
        report.put("messages", SQLITE, ("CPU per message", "ms"), [each]);
        let share = cpu / MINUTE_MS * 100.0;
        report.put(
            "messages",
            SQLITE,
            ("CPU at the channels' limits", "%"),
            [share],
        );
    }
    product.stop().await?;
    Ok(())
}

/// When the first and the last one arrived.
fn span(sink: &Sink) -> Result<(i64, i64), Failure> {
    let seen = sink.seen();
    let at = || seen.iter().map(|(_, at)| *at);
    Ok((
        at().min().ok_or("nothing came")?,
        at().max().ok_or("nothing came")?,
    ))
}

/// 100 tasks due at an instant, with nothing to send and while 1,000 messages are under way.
async fn starts(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::answering("ok", SLOW).await?;
    let product = product(stage, "messages-starts").await?;
    let channels = channels(&product, &sink, "webhook", CHANNELS).await?;
    let stamps = Stamps::new("messages")?;
    let first = (now_nanos() / SECOND / APART + 2) * APART;
    let drafts = (0..TASKS).map(|task| {
        let command = stamps.command(&task.to_string());
        draft(&format!("due {task}"), "*/20 * * * * *", &command, first)
    });
    product.add_all(drafts.collect()).await?;
    if now_nanos() > (first - LOOK - 2) * SECOND {
        return Err("entering the tasks took too long".into());
    }
    for number in 0..if stage.quick { 2 } else { 10 } {
        let instant = (first + number * APART) * SECOND;
        let busy = number % 2 == 1;
        if busy {
            // The outbox sees them within five seconds and is at them for ten.
            until(instant - (LOOK + 1) * SECOND).await?;
            sink.seen().clear();
            put(&product, &channels, MESSAGES)?;
        }
        until(instant - SECOND / 5).await?;
        stamps.wait(TASKS, Duration::from_secs(10)).await?;
        let sent = sink.seen().len();
        if busy && !(1..MESSAGES).contains(&sent) {
            return Err(format!("{sent} messages had come at the starts").into());
        }
        let this = round(&stamps.read()?, instant, TASKS)?;
        stamps.clear()?;
        let names = if busy {
            [
                "p50 start, messages under way",
                "last start, messages under way",
            ]
        } else {
            ["p50 start, nothing to send", "last start, nothing to send"]
        };
        for (metric, percent) in names.into_iter().zip([50, 100]) {
            report.put("messages", SQLITE, (metric, "ms"), [this.at(percent)]);
        }
        if busy {
            arrived(&sink, MESSAGES, Duration::from_secs(12)).await?;
        }
    }
    product.stop().await?;
    Ok(())
}

/// A send of one channel, with 100 and with 100,000 messages waiting for it.
async fn backlog(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::answering("ok", Duration::ZERO).await?;
    let product = product(stage, "messages-backlog").await?;
    let channel = channels(&product, &sink, "webhook", 1).await?;
    for (metric, count, rounds) in [
        ("a send, 100 waiting", FEW, SENDS / FEW),
        ("a send, 100,000 waiting", MANY, 1),
    ] {
        let mut gaps = Vec::new();
        for _ in 0..rounds {
            sink.seen().clear();
            put(&product, &channel, count)?;
            let begun = now_nanos();
            while sink.seen().len() < count.min(SENDS) {
                if now_nanos() - begun > 120 * SECOND {
                    return Err(format!("{} sends came", sink.seen().len()).into());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let at: Vec<i64> = sink.seen().iter().map(|(_, at)| *at).take(SENDS).collect();
            gaps.extend(at.windows(2).map(|two| millis(two[1] - two[0])));
        }
        report.put("messages", SQLITE, (metric, "ms"), [percentile(&gaps, 50)]);
    }
    // Most of them have not left.
    product.kill();
    Ok(())
}
