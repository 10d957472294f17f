//! Tickets in the chat: an urge is a card with buttons, a press acts once and as its person, old cards, the to-do list.

use app::auth::Role;
use app::channel::Channel;
use app::task::{TaskDraft, TaskView, TicketDraft};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::person;
use super::use_cases::Talk;
use crate::helpers::{TestApp, draft};
use crate::tickets::{look, order, ticket};

async fn urged(talk: &Talk, name: &str, owner: &str) -> TaskView {
    urged_in(&talk.app, &talk.channel, name, owner).await
}

/// A task that is a ticket of this person, urged in the bot's chat.
pub(super) async fn urged_in(app: &TestApp, bot: &Channel, name: &str, owner: &str) -> TaskView {
    let mut task = TaskDraft {
        channel_id: Some(bot.id.0),
        owners: vec![owner.to_owned()],
        zone: "UTC".to_owned(),
        ..draft(name, "0 0 1 1 *", "true")
    };
    order(TicketDraft {
        first_after: "10m".to_owned(),
        every: "30m".to_owned(),
        ..TicketDraft::default()
    })(&mut task);
    app.add(task).await
}

/// Messages from before do not matter; those after it are sent.
pub(super) async fn notify(app: &TestApp) {
    let before = "UPDATE message SET state = 'sent' WHERE state = 'pending'";
    app.place.database.execute(before).await;
    app.notify();
}

/// The card of the next urge.
pub(super) async fn card(talk: &mut Talk) -> (String, Value) {
    let sent = talk.vendor.bodies("aibot_send_msg").len();
    talk.later(TimeDelta::seconds(1_800)).await;
    look(&talk.app).await;
    let body = talk.vendor.wait_for("aibot_send_msg", sent + 1).await;
    // A connection that ends before the vendor's answer is read would make it wait for a further attempt.
    let unsettled = "SELECT COUNT(*) FROM message WHERE state = 'sending'";
    talk.app
        .until("the vendor's answer", async || {
            (talk.app.place.database.count(unsettled).await == 0).then_some(())
        })
        .await;
    assert_eq!(body["msgtype"], "template_card", "{body}");
    let card = body["template_card"].clone();
    (card["task_id"].as_str().expect("an ID").to_owned(), card)
}

fn keys(card: &Value) -> Vec<String> {
    let buttons = card["button_list"].as_array().into_iter().flatten();
    let key = |button: &Value| button["key"].as_str().map(str::to_owned);
    buttons.filter_map(key).collect()
}

pub(super) fn text(update: &Value) -> String {
    update["template_card"]["sub_title_text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_message_of_a_failure_is_a_card_that_answers_its_ticket_and_starts_the_task_again() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Operator).await;
    let mut failing = TaskDraft {
        channel_id: Some(talk.channel.id.0),
        owners: vec!["ann".to_owned()],
        ..draft(
            "backup",
            "0 0 1 1 *",
            "for i in $(seq 40); do echo line $i; done; exit 3",
        )
    };
    failing.tickets.opens = "failure".to_owned();
    let task = talk.app.add(failing).await;
    notify(&talk.app).await;
    let run = talk.app.start_run(task.id).await;
    talk.app.ended(run).await;
    talk.app.notify();
    let body = talk.vendor.wait_for("aibot_send_msg", 1).await;
    let card = &body["template_card"];
    let id = card["task_id"].as_str().expect("a card").to_owned();
    let ticket_id = talk.app.ticket_of(task.id).await;
    let key = |word: &str| format!("ticket:{ticket_id}:{word}");
    let again = format!("run:{}", task.id);
    let mut all = ["done", "take", "30m", "2h", "tomorrow"].map(key).to_vec();
    all.push(again.clone());
    assert_eq!(keys(card), all, "{card}");
    // A card has room for few characters: the whole report follows.
    let follows = talk.vendor.wait_for("aibot_send_msg", 2).await;
    let report = follows["markdown"]["content"].as_str().expect("Markdown");
    assert!(report.contains("line 40"), "{follows}");

    let taken = talk.press("id-of-ann", &id, &key("take")).await;
    all.retain(|one| *one != key("take"));
    assert_eq!(keys(&taken["template_card"]), all);
    // What was used is not offered again; the ticket is still to be answered.
    let started = talk.press("id-of-ann", &id, &again).await;
    all.pop();
    assert_eq!(keys(&started["template_card"]), all);
    let snoozed = talk.press("id-of-ann", &id, &key("2h")).await;
    assert!(
        !keys(&snoozed["template_card"]).contains(&again),
        "{snoozed}"
    );
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn an_urge_is_a_card_and_its_buttons_act_as_the_person_who_presses() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Operator).await;
    person(&talk.app, &talk.channel, "vic", Role::Viewer).await;
    let task = urged(&talk, "rotate the certificates", "ann").await;
    notify(&talk.app).await;
    let (id, shown) = card(&mut talk).await;
    let ticket_id = talk.app.ticket_of(task.id).await;
    let key = |word: &str| format!("ticket:{ticket_id}:{word}");
    let all = ["done", "take", "30m", "2h", "tomorrow"].map(key);
    assert_eq!(keys(&shown), all, "{shown}");
    let words = shown["sub_title_text"].as_str().expect("a text");
    assert!(
        words.contains("rotate the certificates") && words.contains("@ann"),
        "{shown}"
    );
    // Cards mention no one, so Markdown follows that does: the bot knows the owner's account.
    let follows = talk.vendor.bodies("aibot_send_msg").remove(1);
    let mention = follows["markdown"]["content"].as_str().expect("Markdown");
    assert!(mention.starts_with("<@id-of-ann> "), "{follows}");
    assert!(!mention.contains("/t/"), "{follows}");
    let link = shown["card_action"]["url"].as_str().expect("a link");
    assert!(link.contains("/t/") && !words.contains("/t/"), "{shown}");

    // Without an account, or the right, nothing happens, and one person sees why.
    for who in ["stranger-7", "id-of-vic"] {
        let refused = talk.press(who, &id, &key("done")).await;
        assert_eq!(refused["userids"], json!([who]), "{refused}");
    }
    let taken = talk.press("id-of-ann", &id, &key("take")).await;
    assert!(taken["userids"].is_null(), "{taken}");
    assert_eq!(text(&taken), "Taken by ann");
    assert_eq!(
        keys(&taken["template_card"]),
        ["done", "30m", "2h", "tomorrow"].map(key)
    );
    let snoozed = talk.press("id-of-ann", &id, &key("2h")).await;
    let says = |update: &Value, until: &str| {
        let text = text(update);
        text.starts_with(&format!("Snoozed until {until}")) && text.ends_with(" by ann")
    };
    assert!(says(&snoozed, "2026-11-22 10:30:00"), "{snoozed}");
    assert_eq!(keys(&snoozed["template_card"]), all);
    let tomorrow = talk.press("id-of-ann", &id, &key("tomorrow")).await;
    assert!(says(&tomorrow, "2026-11-23 09:00:00"), "{tomorrow}");
    let done = talk.press("id-of-ann", &id, &key("done")).await;
    assert_eq!(text(&done), "Done by ann");
    assert!(keys(&done["template_card"]).is_empty());
    let history = ticket(&talk.app, ticket_id).await.history;
    let acts: Vec<(&str, &str)> = history
        .iter()
        .map(|entry| (entry.what.as_str(), entry.who.as_str()))
        .collect();
    let wanted = [
        ("opened", "jcrontab"),
        ("acknowledged", "ann"),
        ("snoozed", "ann"),
        ("snoozed", "ann"),
        ("done", "ann"),
    ];
    assert_eq!(acts, wanted);
    let bot = talk.channel.id;
    let audit = format!(
        "SELECT COUNT(*) FROM audit WHERE via = 'chat' AND client = 'wecom_bot#{bot}:id-of-ann'"
    );
    assert_eq!(talk.app.place.database.count(&audit).await, 4);
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn of_two_people_who_press_at_once_one_acts_and_old_cards_say_who() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Operator).await;
    person(&talk.app, &talk.channel, "bob", Role::Operator).await;
    let task = urged(&talk, "t", "ann").await;
    notify(&talk.app).await;
    let (old, _) = card(&mut talk).await;
    let (id, _) = card(&mut talk).await;
    assert_ne!(old, id, "each urge has a card of its own");
    let ticket_id = talk.app.ticket_of(task.id).await;
    let take = format!("ticket:{ticket_id}:take");
    let done = format!("ticket:{ticket_id}:done");

    talk.vendor.press("id-of-ann", &id, &take);
    talk.vendor.press("id-of-bob", &id, &take);
    talk.vendor.wait_for("aibot_respond_update_msg", 2).await;
    let updates = talk.vendor.bodies("aibot_respond_update_msg");
    let (to_all, to_one): (Vec<_>, Vec<_>) =
        updates.iter().partition(|body| body["userids"].is_null());
    assert_eq!((to_all.len(), to_one.len()), (1, 1), "{updates:?}");
    let owner = ticket(&talk.app, ticket_id).await.ticket.owner;
    assert_eq!(text(to_all[0]), format!("Taken by {owner}"));
    assert!(
        text(to_one[0]).starts_with(&format!("It was taken by {owner} at")),
        "{to_one:?}"
    );

    let event = talk.vendor.press("id-of-ann", &id, &done);
    talk.vendor.press("id-of-bob", &id, &done);
    talk.vendor.wait_for("aibot_respond_update_msg", 4).await;
    let entries = ticket(&talk.app, ticket_id).await.history;
    let by: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.what == "done")
        .map(|entry| entry.who.as_str())
        .collect();
    assert_eq!(by.len(), 1, "{entries:?}");
    for update in &talk.vendor.bodies("aibot_respond_update_msg")[2..] {
        assert!(update["userids"].is_null(), "it is over for all: {update}");
        assert!(text(update).contains(by[0]), "{update}");
        assert!(keys(&update["template_card"]).is_empty(), "{update}");
    }

    // The same event again does nothing; an old card says what happened since.
    talk.vendor.deliver(&event);
    let late = talk.vendor.press("id-of-bob", &old, &done);
    talk.vendor.wait_for("aibot_respond_update_msg", 5).await;
    let last = talk.vendor.bodies("aibot_respond_update_msg").remove(4);
    assert_eq!(last["template_card"]["task_id"], old.as_str(), "{late}");
    assert!(
        text(&last).starts_with(&format!("It was marked done by {} at", by[0])),
        "{last}"
    );
    let all = ticket(&talk.app, ticket_id).await.history;
    assert_eq!(all.len(), entries.len(), "nothing happened again: {all:?}");
    talk.updates = 5;
    let gone = talk.press("id-of-bob", &old, "ticket:999:done").await;
    assert_eq!(gone["userids"], json!(["id-of-bob"]), "{gone}");
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_person_lists_the_tickets_of_the_account_and_of_the_id() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Viewer).await;
    let none = talk.ask("id-of-ann", "todo").await;
    assert_eq!(none, "You have no open tickets.");
    for number in 0..7 {
        urged(&talk, &format!("task {number}"), "ann").await;
    }
    talk.later(TimeDelta::minutes(5)).await;
    for number in 7..12 {
        urged(&talk, &format!("task {number}"), "id-of-ann").await;
    }
    urged(&talk, "of another", "bob").await;
    talk.later(TimeDelta::minutes(2)).await;
    let list = talk.ask("id-of-ann", "待办").await;
    assert!(list.starts_with("**My open tickets** (12)\n"), "{list}");
    assert_eq!(list.matches("**task ").count(), 10, "{list}");
    let first = list.lines().nth(1).expect("a line");
    assert!(
        first.contains("**task 0**: Open, open for 7 minutes, next urge 2026-11-22 08:10:00"),
        "{first}"
    );
    assert!(
        list.contains("**task 9**: Open, open for 2 minutes"),
        "{list}"
    );
    assert!(!list.contains("of another"), "{list}");
    talk.bots.stop().await;
}
