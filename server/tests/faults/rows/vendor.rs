//! Row 36: the vendor of a bot drops the connection in place of an answer to a message, sends half a frame, and a person
//! floods the bot. The message arrives all the same, the connection is made again, and the flood is answered at a pace.

use std::time::Duration;

use serde_json::json;

use super::chat::{connected, enter};
use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::until;
use crate::wecom_bot::{Mood, WecomVendor};

/// A message is tried again, and a connection made again, within this time.
const LIMIT: Duration = Duration::from_secs(150);
/// Texts of the flood.
const TEXTS: usize = 400;
/// Answers to one person within a minute: ten, and that there are too many. A minute may end during the flood.
const ANSWERS: std::ops::RangeInclusive<usize> = 11..=22;

pub(crate) async fn breaks(setting: Setting) -> Outcome {
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
    connected(&vendor, 0).await;
    let sql = "SELECT id FROM channel WHERE kind = 'wecom_bot'";
    let bot = site.database.numbers(sql).await.expect("the bot")[0];

    vendor.mood(Mood::Drops);
    let tickets = json!({ "opens": "task", "first_after": "1s", "every": "30d" });
    let order = json!({ "owners": ["ann"], "channel_id": bot, "tickets": tickets });
    site.enter_task(0, "order", "0 0 1 1 *", "true", order)
        .await;
    let seen = vendor.connections();
    connected(&vendor, seen).await;
    vendor.mood(Mood::Friendly);
    let sent = "SELECT COUNT(*) FROM message WHERE event = 'ticket_urged' AND state = 'sent'";
    let sent = async || (site.database.numbers(sent).await.ok()?.first() == Some(&1)).then_some(());
    let sent = until(LIMIT, sent).await;
    assert!(sent.is_some(), "the urge was not sent after the break");

    let seen = vendor.connections();
    vendor.mood(Mood::Half);
    vendor.drop_connection();
    let again = async || (vendor.connections() >= seen + 2).then_some(());
    assert!(until(LIMIT, again).await.is_some(), "half a frame");
    vendor.mood(Mood::Friendly);
    connected(&vendor, seen + 1).await;

    let before = vendor.bodies("aibot_respond_msg").len();
    for _ in 0..TEXTS {
        vendor.say("ann", "help");
    }
    // The bot acts on presses all the same.
    let presses = vendor.bodies("aibot_respond_update_msg").len();
    vendor.press("ann", "card-1", "ticket:999999:done");
    let pressed =
        async || (vendor.bodies("aibot_respond_update_msg").len() > presses).then_some(());
    assert!(
        until(LIMIT, pressed).await.is_some(),
        "a press in the flood"
    );
    let answers = || vendor.bodies("aibot_respond_msg").len() - before;
    let paced = async || (answers() >= *ANSWERS.start()).then_some(());
    assert!(until(LIMIT, paced).await.is_some(), "{} answers", answers());
    assert!(ANSWERS.contains(&answers()), "{} answers", answers());
    let complaints = vendor.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
    let counts = site.judge().await;
    site.close().await;
    let note = format!(
        "an urge arrived after a break, {} of {TEXTS} texts were answered",
        answers()
    );
    Outcome::passed(counts, [note])
}
