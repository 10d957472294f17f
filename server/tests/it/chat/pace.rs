//! How often a bot answers: a person, a chat, people whom it does not know; and what its vendor takes.

use app::auth::Role;
use app::backend::Channels;
use chrono::TimeDelta;

use super::person;
use super::use_cases::Talk;

/// Texts of one person that are answered in a minute.
const ANSWERED: usize = 10;
const REPLY: &str = "aibot_respond_msg";

fn words(talk: &Talk) -> Vec<String> {
    let text = |body: &serde_json::Value| body["stream"]["content"].as_str().map(str::to_owned);
    talk.vendor.bodies(REPLY).iter().filter_map(text).collect()
}

#[tokio::test]
async fn a_flood_of_texts_is_answered_some_times_then_once_that_it_is_too_much_and_buttons_still_work()
 {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Viewer).await;
    person(&talk.app, &talk.channel, "bob", Role::Viewer).await;
    for _ in 0..400 {
        talk.vendor.say("id-of-ann", "help");
    }
    // Events are taken in their order: what ann sent was decided before.
    talk.vendor.say("id-of-bob", "status");
    talk.vendor.press("id-of-ann", "card-1", "ticket:999:done");
    talk.vendor.wait_for("aibot_respond_update_msg", 1).await;
    talk.vendor.wait_for(REPLY, ANSWERED + 2).await;
    let seen = words(&talk);
    let count = |part: &str| seen.iter().filter(|text| text.contains(part)).count();
    assert_eq!(count("Commands"), ANSWERED, "{seen:?}");
    assert_eq!(count("Too many messages"), 1, "{seen:?}");
    assert_eq!(count("Active 0"), 1, "bob is answered: {seen:?}");
    let marks = "SELECT COUNT(*) FROM chat_event";
    let marks = talk.app.place.database.count(marks).await;
    assert_eq!(marks, 11, "what is not answered writes nothing");
    talk.later(TimeDelta::seconds(61)).await;
    talk.vendor.say("id-of-ann", "help");
    talk.vendor.wait_for(REPLY, ANSWERED + 3).await;
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn people_whom_a_bot_does_not_know_share_few_answers() {
    let talk = Talk::start().await;
    person(&talk.app, &talk.channel, "ann", Role::Viewer).await;
    for number in 0..200 {
        talk.vendor
            .say(&format!("stranger-{}", number % 20), "status");
    }
    talk.vendor.say("id-of-ann", "help");
    talk.vendor.wait_for(REPLY, 7).await;
    let seen = words(&talk);
    let refused = seen.iter().filter(|text| text.contains("stranger-"));
    assert_eq!(refused.count(), 6, "{seen:?}");
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn answers_count_among_the_messages_of_the_bot_and_leave_a_third_of_them() {
    let talk = Talk::start().await;
    let test = async || {
        let console = talk.app.console();
        let tested = talk.app.service.channel_test(&console, talk.channel.id);
        tested.await.expect("an answer")
    };
    assert!(test().await.ok);
    for name in ["ann", "bob", "cid"] {
        person(&talk.app, &talk.channel, name, Role::Viewer).await;
        for _ in 0..10 {
            talk.vendor.say(&format!("id-of-{name}"), "help");
        }
    }
    // WeCom takes 30 in a minute: with the test that was sent, answers may be 19 of them.
    talk.vendor.wait_for(REPLY, 19).await;
    let slots = "SELECT COUNT(*) FROM channel_slot";
    assert_eq!(talk.app.place.database.count(slots).await, 20);
    assert!(test().await.ok, "a message has room");
    assert_eq!(talk.app.place.database.count(slots).await, 21);
    assert_eq!(words(&talk).len(), 19);
    talk.bots.stop().await;
}
