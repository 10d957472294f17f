//! One server of several holds a bot's connection.

use std::time::Duration;

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, Channel};
use app::message::MessageState;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use server::chat::LEASE;

use super::kinds::BotVendor;
use super::{Bots, bot, in_state, person};
use crate::helpers::wecom_bot::WecomVendor;
use crate::helpers::{TestApp, draft};

/// Two servers, of which the first holds the connection of a bot.
struct Two<V> {
    app: TestApp,
    vendor: V,
    channel: Channel,
    holder: Bots,
    other: Bots,
}

impl<V: BotVendor> Two<V> {
    async fn start() -> Self {
        let app = TestApp::new().await;
        let vendor = V::start().await;
        let made = app
            .service
            .channel_create(&app.console(), &vendor.draft())
            .await;
        let channel = made.expect("a channel");
        let (one, two) = match app.place.database.url.is_empty() {
            // An embedded database has one server, which takes over what its predecessor left.
            true => {
                let one = Bots::of(&app);
                one.turn().await;
                (one, Bots::elsewhere(&app, "two").await)
            }
            false => {
                let one = Bots::elsewhere(&app, "one").await;
                let two = Bots::elsewhere(&app, "two").await;
                // Both look; one claims.
                tokio::join!(one.turn(), two.turn());
                (one, two)
            }
        };
        let shown = in_state(&app, &channel, BotState::Connected).await;
        vendor.opened(1).await;
        let host = shown.connection.expect("a connection").host;
        let (holder, other) = match host.as_deref() {
            Some("host-of-two") => (two, one),
            _ => (one, two),
        };
        assert!(holder.lines.holds(channel.id) && !other.lines.holds(channel.id));
        Self {
            app,
            vendor,
            channel,
            holder,
            other,
        }
    }

    fn is_embedded(&self) -> bool {
        self.app.place.database.url.is_empty()
    }

    /// The holder does not renew any more, and the other server takes over within the length of a lease.
    async fn holder_dies(&self) {
        if !self.is_embedded() {
            let half = TimeDelta::from_std(LEASE).expect("a length") / 2;
            self.app.clock.advance(half);
            self.other.turn().await;
            assert!(!self.other.lines.holds(self.channel.id));
            // Its own connection ends before the lease does.
            self.app.clock.advance(half);
            self.app
                .until("the end of the old connection", async || {
                    (!self.holder.lines.holds(self.channel.id)).then_some(())
                })
                .await;
        }
        self.other.turn().await;
        self.app
            .until("the connection of the other", async || {
                self.other.lines.is_up(self.channel.id).then_some(())
            })
            .await;
        self.vendor.opened(2).await;
    }

    async fn stop(&self) {
        self.other.stop().await;
        self.holder.stop().await;
    }
}

async fn another_server_takes_a_connection_over_when_its_holder_dies_or_stops<V: BotVendor>() {
    // A server that dies is gone for at most 15 seconds: a lease, and a turn of another server.
    assert!(LEASE <= Duration::from_secs(13));
    let two = Two::<V>::start().await;
    let (holder, other) = (&two.holder, &two.other);
    if !two.is_embedded() {
        let half = TimeDelta::from_std(LEASE).expect("a length") / 2;
        for _ in 0..5 {
            two.app.clock.advance(half);
            holder.turn().await;
            other.turn().await;
        }
        assert_eq!(two.vendor.connections(), 1, "a renewed lease does not move");
    }
    two.holder_dies().await;
    if !two.is_embedded() {
        // A late turn of the old holder takes nothing back.
        holder.turn().await;
        assert!(!holder.lines.holds(two.channel.id) && other.lines.is_up(two.channel.id));
        // One that stops leaves it at once.
        other.stop().await;
        holder.turn().await;
        two.app
            .until("the connection of the first", async || {
                holder.lines.is_up(two.channel.id).then_some(())
            })
            .await;
    }
    assert_eq!(two.vendor.complaints(), Vec::<String>::new());
    two.stop().await;
}

async fn an_event_that_is_delivered_to_two_servers_acts_once<V: BotVendor>() {
    let two = Two::<V>::start().await;
    person(&two.app, &two.channel, "ann", Role::Operator).await;
    let task = two.app.add(draft("t", "0 0 1 1 *", "true")).await;
    let event = two.vendor.says("id-of-ann", &format!("run {}", task.id));
    two.vendor.replied(1).await;
    let runs = async || two.app.runs(task.id).await.len();
    assert_eq!(runs().await, 1);
    // A task that still runs is not started again, whatever asks for it.
    two.app.ended(two.app.runs(task.id).await[0].id).await;

    // The vendor has not seen the answer, and repeats the event to whoever is connected then.
    two.vendor.again(&event);
    two.vendor.says("id-of-ann", "help");
    two.vendor.replied(2).await;
    assert_eq!(runs().await, 1);
    two.holder_dies().await;
    two.vendor.again(&event);
    two.vendor.says("id-of-ann", "help");
    two.vendor.replied(3).await;
    assert_eq!((runs().await, two.vendor.replies()), (1, 3));
    // Another event with the same words is another one.
    let text = format!("run {}", task.id);
    two.vendor.says("id-of-ann", &text);
    two.vendor.replied(4).await;
    assert_eq!(runs().await, 2);
    two.stop().await;
}

/// Each of them for each vendor.
macro_rules! of_each {
    ($($vendor:ident: $kit:ty),+ $(,)?) => {
        $(
            mod $vendor {
                #[tokio::test]
                async fn another_server_takes_a_connection_over_when_its_holder_dies_or_stops() {
                    super::another_server_takes_a_connection_over_when_its_holder_dies_or_stops::<$kit>().await;
                }

                #[tokio::test]
                async fn an_event_that_is_delivered_to_two_servers_acts_once() {
                    super::an_event_that_is_delivered_to_two_servers_acts_once::<$kit>().await;
                }
            }
        )+
    };
}

of_each!(
    wecom: super::WecomVendor,
    dingtalk: crate::helpers::dingtalk_bot::DingtalkVendor,
    feishu: crate::helpers::feishu_bot::FeishuVendor,
);

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
