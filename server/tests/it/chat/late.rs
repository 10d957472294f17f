//! Presses that take longer than their vendor waits, and presses that are delivered again because no answer came.

use std::sync::Arc;

use app::auth::Role;
use app::backend::Channels;
use app::channel::{Channel, ChannelDraft};
use app::i18n::Lang;
use app::id::{ChannelId, TicketId};
use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::json;
use server::chat::{CardState, ChatHandler, ChatNotice, IncomingText, Press, Reply};
use server::service::Service;
use tokio::sync::Semaphore;

use super::dingtalk::bot_draft as dingtalk_draft;
use super::feishu::bot_draft as feishu_draft;
use super::tickets::{notify, text, urged_in};
use super::use_cases::Talk;
use super::{Bots, person, wecom_draft};
use crate::helpers::TestApp;
use crate::helpers::dingtalk_bot::DingtalkVendor;
use crate::helpers::feishu_bot::FeishuVendor;
use crate::helpers::wecom_bot::WecomVendor;
use crate::tickets::{look, ticket};

/// A service that is slow: a press is acted on when the test allows it.
struct Slow {
    service: Arc<Service>,
    /// Presses that have come.
    came: Semaphore,
    /// Presses that may be acted on.
    allowed: Semaphore,
}

#[async_trait]
impl ChatHandler for Slow {
    async fn is_known(&self, bot: ChannelId, person: &str) -> bool {
        self.service.is_known(bot, person).await
    }

    async fn has_room(&self, bot: ChannelId) -> bool {
        self.service.has_room(bot).await
    }

    fn notice(&self, notice: ChatNotice, lang: Option<Lang>) -> CardState {
        self.service.notice(notice, lang)
    }

    async fn press(&self, press: Press) -> Option<CardState> {
        self.came.add_permits(1);
        self.allowed.acquire().await.expect("open").forget();
        self.service.press(press).await
    }

    async fn command(&self, said: IncomingText) -> Reply {
        self.service.command(said).await
    }
}

/// A server whose database is slow, with a bot that is connected.
struct SlowTalk {
    app: TestApp,
    slow: Arc<Slow>,
    bots: Bots,
    channel: Channel,
}

impl SlowTalk {
    async fn start(draft: &ChannelDraft) -> Self {
        let app = TestApp::new().await;
        let made = app.service.channel_create(&app.console(), draft).await;
        let channel = made.expect("a channel");
        person(&app, &channel, "ann", Role::Operator).await;
        let slow = Arc::new(Slow {
            service: Arc::clone(&app.service),
            came: Semaphore::new(0),
            allowed: Semaphore::new(0),
        });
        let handler: Arc<dyn ChatHandler> = slow.clone();
        let lines = app.components.sender.lines().clone();
        let node = (app.components.store.clone(), app.me.clone(), lines);
        let bots = Bots::handled_by(&app, node, &handler);
        bots.turn().await;
        app.until("a connection", async || {
            bots.lines.is_up(channel.id).then_some(())
        })
        .await;
        Self {
            app,
            slow,
            bots,
            channel,
        }
    }

    /// A ticket that has a card in the chat; gives it with the key of its button *Done*.
    async fn urged(&self) -> (TicketId, String) {
        let task = urged_in(&self.app, &self.channel, "rotate keys", "ann").await;
        notify(&self.app).await;
        // Less than a lease lasts would do nothing, and more would end the connection: urged by hand.
        let due = "UPDATE ticket SET next_urge_at = opened_at";
        self.app.place.database.execute(due).await;
        look(&self.app).await;
        let id = self.app.ticket_of(task.id).await;
        (id, format!("ticket:{id}:done"))
    }

    /// Waits for a press, and lets the vendor wait for the answer to it longer than it does.
    async fn too_late(&self) {
        self.slow.came.acquire().await.expect("open").forget();
        self.app.clock.advance(TimeDelta::seconds(4));
    }

    fn go_on(&self) {
        self.slow.allowed.add_permits(1);
    }

    async fn is_done(&self, id: TicketId) -> bool {
        let seen = ticket(&self.app, id).await;
        let by = seen.history.iter().filter(|entry| entry.what == "done");
        by.count() == 1 && seen.ticket.done_by.as_deref() == Some("ann")
    }
}

#[tokio::test]
async fn a_slow_press_in_wecom_is_answered_in_time_and_its_outcome_follows_as_a_message() {
    let vendor = WecomVendor::start().await;
    let talk = SlowTalk::start(&wecom_draft(&vendor)).await;
    let (id, done) = talk.urged().await;
    let card = vendor.wait_for("aibot_send_msg", 1).await;
    let card = card["template_card"]["task_id"].as_str().expect("a card");
    // Markdown with the mention follows the card.
    vendor.wait_for("aibot_send_msg", 2).await;
    vendor.press("id-of-ann", card, &done);
    talk.too_late().await;
    let update = vendor.wait_for("aibot_respond_update_msg", 1).await;
    assert_eq!(update["userids"], json!(["id-of-ann"]), "{update}");
    assert!(update.to_string().contains("Processing"), "{update}");
    assert!(!talk.is_done(id).await);
    talk.go_on();
    let outcome = vendor.wait_for("aibot_send_msg", 3).await;
    let words = outcome["markdown"]["content"].as_str().expect("Markdown");
    assert!(
        words.contains("rotate keys") && words.contains("Done by ann"),
        "{words}"
    );
    assert!(talk.is_done(id).await);
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_slow_press_in_feishu_shows_a_line_and_changes_the_card_afterwards() {
    let vendor = FeishuVendor::start().await;
    let talk = SlowTalk::start(&feishu_draft(&vendor)).await;
    let (id, _) = talk.urged().await;
    vendor.wait_for(super::feishu::MESSAGES, 1).await;
    let message = vendor.cards().pop().expect("a card");
    let shown = vendor.card(&message);
    let value = &shown["elements"][2]["actions"][0]["value"];
    let press = vendor.press("id-of-ann", &message, value);
    talk.too_late().await;
    let answer = vendor.answer(&FeishuVendor::id(&press)).await;
    assert_eq!(answer["toast"]["type"], "info", "{answer}");
    assert!(answer.to_string().contains("Processing"), "{answer}");
    talk.go_on();
    vendor
        .until("the card afterwards", |vendor| {
            vendor.card(&message).to_string().contains("Done by ann")
        })
        .await;
    assert!(!vendor.card(&message).to_string().contains("ticket:"));
    assert!(talk.is_done(id).await);
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_slow_press_in_dingtalk_shows_a_line_and_changes_the_card_afterwards() {
    let vendor = DingtalkVendor::start().await;
    let talk = SlowTalk::start(&dingtalk_draft(&vendor)).await;
    let (id, done) = talk.urged().await;
    let made = vendor.wait_for(super::dingtalk::CARDS, 1).await;
    let card = made["outTrackId"].as_str().expect("a card").to_owned();
    let press = vendor.press("id-of-ann", &card, &done);
    talk.too_late().await;
    let answer = vendor.answer(&press).await;
    assert!(answer["cardData"].is_null(), "{answer}");
    assert!(answer.to_string().contains("Processing"), "{answer}");
    talk.go_on();
    vendor
        .until("the card afterwards", |vendor| {
            vendor.card(&card).to_string().contains("Done by ann")
        })
        .await;
    let changed = vendor.bodies("/v1.0/card/instances").remove(0);
    let own = &changed["privateData"]["id-of-ann"]["cardParamMap"]["msgContent"];
    assert_eq!(own, "", "the line is gone: {changed}");
    assert!(talk.is_done(id).await);
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_press_whose_act_was_not_stored_acts_when_it_is_delivered_again_and_one_that_was_does_not()
 {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Operator).await;
    let task = urged_in(&talk.app, &talk.channel, "t", "ann").await;
    let id = talk.app.ticket_of(task.id).await;
    // A snooze is the one act that a ticket would take twice.
    let snooze = format!("ticket:{id}:2h");
    let away = "ALTER TABLE ticket_event RENAME TO ticket_event_away";
    talk.app.place.database.execute(away).await;
    let event = talk.vendor.press("id-of-ann", "card-1", &snooze);
    talk.updates = 1;
    let failed = talk.vendor.wait_for("aibot_respond_update_msg", 1).await;
    assert_eq!(failed["userids"], json!(["id-of-ann"]), "{failed}");
    let marks = "SELECT COUNT(*) FROM chat_event";
    assert_eq!(talk.app.place.database.count(marks).await, 0);
    let back = "ALTER TABLE ticket_event_away RENAME TO ticket_event";
    talk.app.place.database.execute(back).await;

    talk.vendor.deliver(&event);
    let snoozed = talk.vendor.wait_for("aibot_respond_update_msg", 2).await;
    assert!(text(&snoozed).starts_with("Snoozed until"), "{snoozed}");
    talk.vendor.deliver(&event);
    talk.updates = 2;
    talk.press("id-of-ann", "card-1", &format!("ticket:{id}:done"))
        .await;
    let history = ticket(&talk.app, id).await.history;
    let acts: Vec<&str> = history.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(acts, ["opened", "snoozed", "done"]);
    assert_eq!(talk.app.place.database.count(marks).await, 2);
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}
