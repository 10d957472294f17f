//! Row 33: kill -9 of the server that holds a bot's connection. Another one connects within 15 s, and an event that the
//! vendor delivers again acts once. A command that raced with the death starts its task at most once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::until;
use crate::wecom_bot::{BOT, CHAT, SECRET, WecomVendor};

/// Another server connects within this time after the death of the holder.
const MOVES_WITHIN: Duration = Duration::from_secs(15);
/// A server that starts, and answers of the bot, take at most this long.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) async fn holder(setting: Setting) -> Outcome {
    let vendor = WecomVendor::start().await;
    let mut site = Site::new(&setting, setting.nodes(3)).await;
    for node in &mut site.nodes {
        let allow = (
            "JCRONTAB_OUTBOUND_ALLOW".to_owned(),
            "127.0.0.0/8".to_owned(),
        );
        node.variables.push(allow);
    }
    site.start().await;
    site.load(1).await;
    enter(&site, &vendor).await;
    let (rounds, mut longest) = (setting.pick(2, 5), Duration::ZERO);
    let (mut answered, mut raced) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        connected(&vendor, 0).await;
        // One that has acted before the death, and one that races with it. Each event has a task of its own.
        let (before, at) = (
            task(&site, &format!("before {round}")).await,
            task(&site, &format!("at {round}")).await,
        );
        let first = vendor.say("ann", &format!("run {before}"));
        let acted = async || (runs(&site, before).await == 1).then_some(());
        assert!(until(LIMIT, acted).await.is_some(), "nothing was started");
        let holder = holder_of(&site).await;
        let seen = vendor.connections();
        let second = vendor.say("ann", &format!("run {at}"));
        site.nodes[holder].kill().await;
        let since = tokio::time::Instant::now();
        if site.nodes.len() == 1 {
            site.start().await;
        }
        connected(&vendor, seen).await;
        longest = longest.max(since.elapsed());
        // The vendor takes both for unanswered.
        vendor.deliver(&first);
        vendor.deliver(&second);
        let replies = vendor.bodies("aibot_respond_msg").len();
        vendor.say("ann", "help");
        let helped = async || {
            let bodies = vendor.bodies("aibot_respond_msg");
            let is_help = |body: &Value| body.to_string().contains("Commands");
            bodies.iter().skip(replies).any(is_help).then_some(())
        };
        let helped = until(LIMIT, helped).await;
        assert!(helped.is_some(), "the bot does not answer after the death");
        site.start().await;
        answered.push(before);
        raced.push(at);
    }
    assert!(
        longest <= MOVES_WITHIN,
        "the connection moved after {longest:?}"
    );
    let complaints = vendor.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
    let counts = site.judge().await;
    let mut unstarted = 0;
    for id in &answered {
        assert_eq!(runs(&site, *id).await, 1, "task {id}: an answered event");
    }
    for id in &raced {
        match runs(&site, *id).await {
            // A command starts a task at most once. Its server died between its mark and the start: the person has no
            // answer, and asks again. Presses on tickets, which are not lost, are row 34.
            0 => unstarted += 1,
            1 => {}
            runs => panic!("task {id}: {runs} runs of one event"),
        }
    }
    site.close().await;
    let note = format!(
        "{rounds} holders killed, connected again after at most {longest:.1?}; {} commands started their task once",
        2 * rounds - unstarted
    );
    let unstarted =
        format!("{unstarted} of {rounds} commands that raced with the death started nothing");
    Outcome::passed(counts, [note, unstarted])
}

/// Waits until the bot is connected, by a connection after so many.
pub(super) async fn connected(vendor: &WecomVendor, after: usize) {
    let open = async || (vendor.connections() > after && vendor.is_open()).then_some(());
    assert!(
        until(LIMIT, open).await.is_some(),
        "the bot is not connected"
    );
}

/// The server that holds the connection.
async fn holder_of(site: &Site) -> usize {
    let sql = "SELECT holder FROM chat_connection WHERE holder IS NOT NULL";
    let holder = site.database.texts(sql).await.expect("the lease");
    for number in 0..site.nodes.len() {
        if holder.first() == Some(&site.node_id(number).await) {
            return number;
        }
    }
    panic!("no server holds the connection: {holder:?}");
}

/// A bot that knows a person.
pub(super) async fn enter(site: &Site, vendor: &WecomVendor) {
    let ask = async |path: &str, body: Value| {
        let (status, made) = site.nodes[0]
            .ask(Method::POST, path, Some(body))
            .await
            .expect("an answer");
        assert_eq!(status, 201, "{made}");
        made
    };
    let bot = json!({ "name": "bot", "kind": "wecom_bot", "url": vendor.url(), "bot": BOT, "secret": SECRET,
        "chat": CHAT, "lang": "en" });
    let bot = ask("/api/v1/channels", bot).await;
    let ann = json!({ "channel_id": bot["id"], "person": "ann", "user": "root" });
    ask("/api/v1/chat/people", ann).await;
}

/// A task to run, whose runs write their line; gives its ID.
async fn task(site: &Site, name: &str) -> i64 {
    // A manual run has the instant of its start in its environment, and none in its row.
    let writes = format!("unset JCRONTAB_SCHEDULED_FOR; {}", site.writes());
    let made = site.enter_task(0, name, "0 0 1 1 *", &writes, json!({}));
    made.await["id"].as_i64().expect("an ID")
}

/// Runs of a task.
async fn runs(site: &Site, task: i64) -> usize {
    let sql = format!("SELECT id FROM run WHERE task_id = {task}");
    site.database.numbers(&sql).await.expect("runs").len()
}
