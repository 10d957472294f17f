//! The vendors as tests need them that hold for all: one conversation, in each vendor's own frames.

use app::channel::{ChannelDraft, ChannelKind};
use serde_json::Value;

use super::{dingtalk, feishu, wecom_draft};
use crate::helpers::bot_vendor::Mood;
use crate::helpers::dingtalk_bot::DingtalkVendor;
use crate::helpers::feishu_bot::FeishuVendor;
use crate::helpers::wecom_bot::WecomVendor;

/// A vendor of the test kit.
pub(super) trait BotVendor: Sized {
    /// It starts, on ports of its own.
    async fn start() -> Self;
    /// The channel of its bot.
    fn draft(&self) -> ChannelDraft;
    /// How many connections came.
    fn connections(&self) -> usize;
    /// Waits until so many connections came, and the bot has one.
    async fn opened(&self, count: usize);
    /// A person writes to the bot; gives the event.
    fn says(&self, person: &str, text: &str) -> Value;
    /// The vendor delivers an event again.
    fn again(&self, event: &Value);
    /// Waits until so many texts were answered.
    async fn replied(&self, count: usize);
    /// How many texts were answered.
    fn replies(&self) -> usize;
    /// What clients did that the vendor does not allow.
    fn complaints(&self) -> Vec<String>;
}

/// A vendor whose messages go by requests, beside the connection.
pub(super) trait RequestVendor: BotVendor {
    /// Where the address of a connection is asked for.
    const OPENING: &'static str;
    /// Where messages go.
    const MESSAGES: &'static str;
    /// What it says to a wrong secret.
    const REFUSAL: &'static str;
    /// It behaves like this from now on.
    fn becomes(&self, mood: Mood);
    /// How many requests to a path came.
    fn asked(&self, path: &str) -> usize;
    /// Waits until so many requests to a path came.
    async fn asked_for(&self, path: &str, count: usize);
    /// How many access tokens were given.
    fn tokens(&self) -> usize;
    /// The access token is not valid any more.
    fn forgets_token(&self);
    /// Waits until so many connections came.
    async fn connected(&self, count: usize);
    /// It ends the connection.
    fn drops(&self);
}

impl BotVendor for WecomVendor {
    async fn start() -> Self {
        Self::start().await
    }

    fn draft(&self) -> ChannelDraft {
        wecom_draft(self)
    }

    fn connections(&self) -> usize {
        self.connections()
    }

    async fn opened(&self, count: usize) {
        self.until("a connection", |vendor| {
            vendor.connections() >= count && vendor.is_open()
        })
        .await;
    }

    fn says(&self, person: &str, text: &str) -> Value {
        self.say(person, text)
    }

    fn again(&self, event: &Value) {
        self.deliver(event);
    }

    async fn replied(&self, count: usize) {
        self.wait_for("aibot_respond_msg", count).await;
    }

    fn replies(&self) -> usize {
        self.bodies("aibot_respond_msg").len()
    }

    fn complaints(&self) -> Vec<String> {
        self.complaints()
    }
}

/// Vendors of requests are alike but for their paths and frames.
macro_rules! by_requests {
    ($vendor:ty, $kind:ident, $module:ident, $opening:literal, $messages:expr, $refusal:literal, $again:expr) => {
        impl BotVendor for $vendor {
            async fn start() -> Self {
                Self::start().await
            }

            fn draft(&self) -> ChannelDraft {
                let draft = $module::bot_draft(self);
                assert_eq!(draft.kind, ChannelKind::$kind);
                draft
            }

            fn connections(&self) -> usize {
                self.connections()
            }

            async fn opened(&self, count: usize) {
                self.until("a connection", |vendor| {
                    vendor.connections() >= count && vendor.is_open()
                })
                .await;
            }

            fn says(&self, person: &str, text: &str) -> Value {
                self.say(person, text)
            }

            fn again(&self, event: &Value) {
                let again: fn(&Self, &Value) = $again;
                again(self, event);
            }

            async fn replied(&self, count: usize) {
                self.wait_for($module::REPLIES, count).await;
            }

            fn replies(&self) -> usize {
                self.bodies($module::REPLIES).len()
            }

            fn complaints(&self) -> Vec<String> {
                self.complaints()
            }
        }

        impl RequestVendor for $vendor {
            const OPENING: &'static str = $opening;
            const MESSAGES: &'static str = $messages;
            const REFUSAL: &'static str = $refusal;

            fn becomes(&self, mood: Mood) {
                self.mood(mood);
            }

            fn asked(&self, path: &str) -> usize {
                self.bodies(path).len()
            }

            async fn asked_for(&self, path: &str, count: usize) {
                self.wait_for(path, count).await;
            }

            fn tokens(&self) -> usize {
                self.tokens()
            }

            fn forgets_token(&self) {
                self.forget_token();
            }

            async fn connected(&self, count: usize) {
                self.until("connections", |vendor| vendor.connections() >= count)
                    .await;
            }

            fn drops(&self) {
                self.drop_connection();
            }
        }
    };
}

by_requests!(
    DingtalkVendor,
    DingtalkBot,
    dingtalk,
    "/v1.0/gateway/connections/open",
    dingtalk::TEXTS,
    "authFailed",
    |vendor, event| vendor.deliver(event)
);
by_requests!(
    FeishuVendor,
    FeishuBot,
    feishu,
    "/callback/ws/endpoint",
    feishu::MESSAGES,
    "514",
    |vendor, event| vendor.deliver(event, 1)
);
