//! Commands and buttons: the rights of the account, each event once, unknown people.

use app::auth::Role;
use app::backend::Tasks;
use app::channel::Channel;
use chrono::TimeDelta;
use server::clock::Clock;

use super::{Bots, bot, person};
use crate::helpers::wecom_bot::WecomVendor;
use crate::helpers::{TestApp, draft};

pub(super) struct Talk {
    pub(super) app: TestApp,
    pub(super) vendor: WecomVendor,
    pub(super) bots: Bots,
    pub(super) channel: Channel,
    replies: usize,
    pub(super) updates: usize,
}

impl Talk {
    pub(super) async fn start() -> Self {
        Self::in_app(TestApp::new().await).await
    }

    pub(super) async fn in_app(app: TestApp) -> Self {
        let vendor = WecomVendor::start().await;
        let channel = bot(&app, &vendor).await;
        let bots = Bots::of(&app);
        bots.turn().await;
        app.until("a connection", async || {
            bots.lines.is_up(channel.id).then_some(())
        })
        .await;
        Self {
            app,
            vendor,
            bots,
            channel,
            replies: 0,
            updates: 0,
        }
    }

    /// Lets time pass.
    pub(super) async fn later(&mut self, time: TimeDelta) {
        self.bots.later(&self.app, &self.channel, time).await;
    }

    pub(super) async fn ask(&mut self, who: &str, text: &str) -> String {
        self.vendor.say(who, text);
        self.replies += 1;
        let reply = self
            .vendor
            .wait_for("aibot_respond_msg", self.replies)
            .await;
        reply["stream"]["content"]
            .as_str()
            .expect("a text")
            .to_owned()
    }

    pub(super) async fn press(&mut self, who: &str, card: &str, key: &str) -> serde_json::Value {
        self.vendor.press(who, card, key);
        self.updates += 1;
        self.vendor
            .wait_for("aibot_respond_update_msg", self.updates)
            .await
    }
}

#[tokio::test]
async fn commands_act_as_the_account_of_the_person() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "viewer", Role::Viewer).await;
    person(&talk.app, &talk.channel, "operator", Role::Operator).await;
    let command = "for i in $(seq 30); do echo line $i; done; echo '```'";
    let task = talk
        .app
        .add(draft("nightly backup", "0 9 * * *", command))
        .await;

    let unknown = talk.ask("stranger-7", "status").await;
    assert!(unknown.contains("stranger-7"), "{unknown}");
    let help = talk.ask("id-of-viewer", "help").await;
    assert!(help.contains("viewer") && help.contains("why"), "{help}");
    assert!(help.contains("todo"), "{help}");
    let refused = talk.ask("id-of-viewer", "run nightly backup").await;
    assert!(!refused.contains("Started"), "{refused}");
    assert!(talk.app.runs(task.id).await.is_empty());

    // What merely occurs in a task names it where nothing starts.
    for part in ["backup", "seq 30", "99"] {
        let asked = talk.ask("id-of-operator", &format!("执行 {part}")).await;
        assert!(!asked.contains("Started"), "{asked}");
        assert_eq!(asked.contains("nightly backup"), part != "99", "{asked}");
    }
    assert!(talk.app.runs(task.id).await.is_empty());

    let started = talk.ask("id-of-operator", "执行 nightly backup").await;
    assert!(started.contains("Started"), "{started}");
    let runs = talk.app.runs(task.id).await;
    assert_eq!(runs[0].requested_by.as_deref(), Some("operator"));
    talk.app.ended(runs[0].id).await;
    let log = talk.ask("id-of-viewer", "log backup").await;
    assert!(
        log.contains("line 30") && !log.contains("line 9\n"),
        "{log}"
    );
    assert_eq!(log.matches("```").count(), 2, "{log}");
    let status = talk.ask("id-of-viewer", "status nightly backup").await;
    assert!(status.contains("nightly backup"), "{status}");
    let all = talk.ask("id-of-viewer", "状态").await;
    assert!(all.contains("Active 1"), "{all}");
    let why = talk.ask("id-of-viewer", "why nightly backup 03:00").await;
    let page = talk
        .app
        .service
        .task_explain(&talk.app.console(), task.id, "03:00")
        .await
        .expect("an explanation");
    let start: String = page.sentence.chars().take(12).collect();
    assert!(why.contains(&start), "{why}\n{}", page.sentence);
    let none = talk.ask("id-of-viewer", "log nothing").await;
    assert!(none.contains("No such task"), "{none}");
    let odd = talk.ask("id-of-viewer", "make coffee").await;
    assert!(odd.contains("help"), "{odd}");
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_task_that_is_not_for_chats_is_started_by_no_command_and_no_button() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Operator).await;
    let mut dangerous = draft("drop the database", "0 0 1 1 *", "true");
    dangerous.execution.not_from_chats = true;
    let task = talk.app.add(dangerous).await;
    let refused = talk.ask("id-of-ann", "run drop the database").await;
    assert!(
        refused.contains("cannot be started from a chat"),
        "{refused}"
    );
    let key = format!("run:{}", task.id);
    for _ in 0..2 {
        let update = talk.press("id-of-ann", "card-1", &key).await;
        assert_eq!(update["userids"], serde_json::json!(["id-of-ann"]));
        let card = update["template_card"].to_string();
        assert!(card.contains("cannot be started from a chat"), "{card}");
    }
    assert!(talk.app.runs(task.id).await.is_empty());
    // Its page starts it.
    talk.app.ended(talk.app.start_run(task.id).await).await;
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_button_acts_once_and_refusals_are_seen_by_one_person() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "viewer", Role::Viewer).await;
    person(&talk.app, &talk.channel, "ann", Role::Operator).await;
    person(&talk.app, &talk.channel, "bob", Role::Operator).await;
    let task = talk.app.add(draft("t", "0 0 1 1 *", "true")).await;
    let key = format!("run:{}", task.id);

    for who in ["stranger", "id-of-viewer"] {
        let update = talk.press(who, "card-1", &key).await;
        assert_eq!(update["userids"], serde_json::json!([who]), "{update}");
    }
    assert!(talk.app.runs(task.id).await.is_empty());
    let odd = talk.press("id-of-ann", "card-1", "format:c").await;
    assert_eq!(odd["userids"], serde_json::json!(["id-of-ann"]));

    let done = talk.press("id-of-ann", "card-1", &key).await;
    assert!(done["userids"].is_null(), "everybody sees it: {done}");
    let text = done["template_card"]["sub_title_text"].as_str();
    assert!(text.is_some_and(|text| text.starts_with("ann")), "{done}");
    let late = talk.press("id-of-bob", "card-1", &key).await;
    assert_eq!(late["userids"], serde_json::json!(["id-of-bob"]));
    assert_eq!(talk.app.runs(task.id).await.len(), 1);

    // The update of the card may have been lost: days later its button still starts nothing.
    let now = talk.app.clock.now();
    let store = &talk.app.components.store;
    let forgotten = store.chat_events_forget(now + TimeDelta::days(3), now - TimeDelta::days(300));
    forgotten.await.expect("the database");
    let old = talk.press("id-of-ann", "card-1", &key).await;
    assert_eq!(old["userids"], serde_json::json!(["id-of-ann"]));
    // A card without an ID could be any other one.
    let nameless = talk.press("id-of-ann", "", &key).await;
    assert_eq!(nameless["userids"], serde_json::json!(["id-of-ann"]));
    assert_eq!(talk.app.runs(task.id).await.len(), 1);

    // The same event again, as vendors deliver what they take for unanswered.
    let event = talk.vendor.say("id-of-ann", &format!("run {}", task.id));
    talk.replies += 1;
    talk.vendor
        .wait_for("aibot_respond_msg", talk.replies)
        .await;
    talk.vendor.deliver(&event);
    talk.ask("id-of-ann", "help").await;
    assert_eq!(talk.app.runs(task.id).await.len(), 2, "once each");
    talk.bots.stop().await;
}
