//! The proof that our reading of the protocol is the vendor's: one conversation, held by WeCom's own client first, then
//! by ours, with the same vendor, which refuses and notes whatever its document does not allow.

use std::process::Stdio;
use std::time::Duration;

use app::auth::Role;
use app::backend::Channels;
use app::channel::ChannelDraft;
use app::task::{Mode, TaskDraft};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::{Bots, bot, person, wecom_draft};
use crate::helpers::wecom_bot::{BOT, CHAT, SECRET, WecomVendor};
use crate::helpers::{TestApp, draft, in_time};

/// A press reaches the card within this time, against a vendor on the same machine.
pub(super) const CARD_WITHIN: Duration = Duration::from_millis(300);

/// The vendor's client in a process of its own.
pub(super) struct Sdk {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Sdk {
    /// Starts the client of a vendor against an address.
    pub(super) fn start(vendor: &str, arguments: [&str; 4]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/chat-sdk.sh");
        let mut child = Command::new(script)
            .arg(vendor)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("scripts/chat-sdk.sh");
        let output = child.stdout.take().expect("its output");
        Self {
            child,
            lines: BufReader::new(output).lines(),
        }
    }

    /// The next thing that it hears, which must be this.
    pub(super) async fn hears(&mut self, what: &str) -> Value {
        let line = in_time(what, self.lines.next_line()).await;
        let line = line.expect("its output").expect("a line");
        let line: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(line["heard"], what, "{line}");
        line
    }

    /// It ends.
    pub(super) async fn end(mut self) {
        drop(self.child.stdin.take());
        let ended = in_time("the end of the client", self.child.wait()).await;
        assert!(ended.expect("an end").success());
    }
}

/// The conversation, after which both sides have pushed Markdown and a card with this ID and key: a press changes the
/// card, and a text is answered.
async fn converse(vendor: &WecomVendor, who: &str, card: &str, key: &str) {
    vendor.press(who, card, key);
    let update = vendor.wait_for("aibot_respond_update_msg", 1).await;
    assert_eq!(update["template_card"]["task_id"], card);
    assert_eq!(update["template_card"]["card_type"], "text_notice");
    vendor.say(who, "help");
    let reply = vendor.wait_for("aibot_respond_msg", 1).await;
    let text = reply["stream"]["content"].as_str().expect("a text");
    assert!(text.contains("**"), "{text}");
    assert_eq!(vendor.complaints(), Vec::<String>::new());
}

fn pushed(vendor: &WecomVendor) -> (Value, Value) {
    let bodies = vendor.bodies("aibot_send_msg");
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert_eq!(bodies[0]["msgtype"], "markdown");
    assert_eq!(bodies[1]["msgtype"], "template_card");
    assert!(bodies.iter().all(|body| body["chatid"] == CHAT));
    (bodies[0].clone(), bodies[1]["template_card"].clone())
}

#[tokio::test]
async fn wecoms_own_client_and_ours_hold_the_same_conversation() {
    // The vendor's client is the judge of the vendor.
    let vendor = WecomVendor::start().await;
    let mut sdk = Sdk::start("wecom", [&vendor.url(), BOT, SECRET, CHAT]);
    sdk.hears("authenticated").await;
    for _ in 0..2 {
        assert_eq!(sdk.hears("answer").await["errcode"], 0);
    }
    let (_, card) = pushed(&vendor);
    let id = card["task_id"].as_str().expect("an ID");
    converse(&vendor, "id-of-ann", id, "again").await;
    assert_eq!(sdk.hears("press").await["key"], "again");
    assert_eq!(sdk.hears("answer").await["errcode"], 0);
    assert_eq!(sdk.hears("text").await["text"], "help");
    assert_eq!(sdk.hears("answer").await["errcode"], 0);
    // Its heartbeats are answered, or it would not keep the connection.
    vendor.wait_for("ping", 4).await;
    assert_eq!(vendor.connections(), 1);
    sdk.end().await;

    // And the vendor judges ours.
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    let channel = bot(&app, &vendor).await;
    person(&app, &channel, "ann", Role::Operator).await;
    let bots = Bots::of(&app);
    bots.turn().await;
    app.until("a connection", async || {
        bots.lines.is_up(channel.id).then_some(())
    })
    .await;
    let test = app.service.channel_test(&app.console(), channel.id).await;
    assert!(test.as_ref().is_ok_and(|test| test.ok), "{test:?}");
    let cards = ChannelDraft {
        format: Some("template_card".to_owned()),
        ..wecom_draft(&vendor)
    };
    let edited = app
        .service
        .channel_update(&app.console(), channel.id, None, &cards)
        .await;
    edited.expect("an edit");
    bots.turn().await;
    vendor
        .until("a connection with the edited channel", |vendor| {
            vendor.bodies("aibot_subscribe").len() == 2
        })
        .await;
    app.until("the connection", async || {
        bots.lines.is_up(channel.id).then_some(())
    })
    .await;
    let failing = TaskDraft {
        mode: Mode::Command,
        channel_id: Some(channel.id.0),
        ..draft("backup", "0 0 1 1 *", "exit 3")
    };
    let task = app.add(failing).await;
    let made = "UPDATE message SET state = 'sent' WHERE event = 'created'";
    app.place.database.execute(made).await;
    app.notify();
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    vendor.wait_for("aibot_send_msg", 2).await;
    let (markdown, card) = pushed(&vendor);
    let text = markdown["markdown"]["content"].as_str().expect("a text");
    assert!(text.contains("A test message from Jcrontab"), "{text}");
    let key = card["button_list"][0]["key"].as_str().expect("a key");
    let id = card["task_id"].as_str().expect("an ID");
    converse(&vendor, "id-of-ann", id, key).await;
    let took = vendor.answered_after()[0];
    println!("press to card update: {took:?}");
    assert!(took <= CARD_WITHIN, "{took:?}");
    assert_eq!(
        app.runs(task.id).await.len(),
        2,
        "the press started it again"
    );
    bots.stop().await;
}
