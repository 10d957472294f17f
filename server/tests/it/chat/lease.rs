//! One server of several holds a bot's connection.

use app::channel::BotState;
use app::message::MessageState;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use server::chat::LEASE;

use super::{Bots, bot, in_state};
use crate::helpers::wecom_bot::WecomVendor;
use crate::helpers::{TestApp, draft};

#[tokio::test]
async fn another_server_takes_a_connection_over_when_its_holder_dies_or_stops() {
    let app = TestApp::new().await;
    if app.place.database.url.is_empty() {
        // An embedded database has one server, which takes over what its predecessor left.
        let vendor = WecomVendor::start().await;
        let channel = bot(&app, &vendor).await;
        let (dead, next) = (Bots::of(&app), Bots::elsewhere(&app, "next").await);
        dead.turn().await;
        in_state(&app, &channel, BotState::Connected).await;
        next.turn().await;
        vendor
            .until("the second connection", |vendor| {
                vendor.bodies("aibot_subscribe").len() == 2
            })
            .await;
        dead.turn().await;
        next.stop().await;
        dead.stop().await;
        return;
    }
    let vendor = WecomVendor::start().await;
    let channel = bot(&app, &vendor).await;
    let (one, two) = (
        Bots::elsewhere(&app, "one").await,
        Bots::elsewhere(&app, "two").await,
    );
    // Both look; one claims.
    tokio::join!(one.turn(), two.turn());
    let shown = in_state(&app, &channel, BotState::Connected).await;
    let host = shown.connection.expect("a connection").host;
    let (holder, other) = match host.as_deref() {
        Some("host-of-one") => (one, two),
        Some("host-of-two") => (two, one),
        host => panic!("{host:?}"),
    };
    assert!(holder.lines.holds(channel.id) && !other.lines.holds(channel.id));
    let half = TimeDelta::from_std(LEASE).expect("a length") / 2;
    for _ in 0..5 {
        app.clock.advance(half);
        holder.turn().await;
        other.turn().await;
    }
    assert_eq!(vendor.connections(), 1, "a renewed lease does not move");

    // The holder does not renew any more: its own connection ends before the lease does.
    app.clock.advance(half);
    other.turn().await;
    assert!(!other.lines.holds(channel.id));
    app.clock.advance(half);
    app.until("the end of the old connection", async || {
        (!holder.lines.holds(channel.id)).then_some(())
    })
    .await;
    other.turn().await;
    app.until("the connection of the other", async || {
        other.lines.is_up(channel.id).then_some(())
    })
    .await;
    // A late turn of the old holder takes nothing back.
    holder.turn().await;
    assert!(!holder.lines.holds(channel.id) && other.lines.is_up(channel.id));

    // One that stops leaves it at once.
    other.stop().await;
    holder.turn().await;
    app.until("the connection of the first", async || {
        holder.lines.is_up(channel.id).then_some(())
    })
    .await;
    holder.stop().await;
}

#[tokio::test]
async fn a_message_waits_for_the_server_that_holds_the_connection() {
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    let channel = bot(&app, &vendor).await;
    app.notify();
    let noted = TaskDraft {
        mode: Mode::Command,
        channel_id: Some(channel.id.0),
        ..draft("t", "0 0 1 1 *", "true")
    };
    let task = app.add(noted).await;
    // This server looks, and leaves it: more than once, while time passes.
    for name in ["u", "v", "w"] {
        app.clock.advance(TimeDelta::seconds(3));
        app.execute(draft(name, "0 0 1 1 *", "true")).await;
    }
    let waiting = app.messages(task.id).await;
    assert_eq!(
        (waiting[0].state, waiting[0].attempts),
        (MessageState::Pending, 0)
    );
    let bots = Bots::of(&app);
    bots.turn().await;
    in_state(&app, &channel, BotState::Connected).await;
    app.clock.advance(TimeDelta::seconds(3));
    vendor.wait_for("aibot_send_msg", 1).await;
    app.until("a message that was sent", async || {
        let messages = app.messages(task.id).await;
        (messages[0].state == MessageState::Sent).then_some(())
    })
    .await;
    bots.stop().await;
}
