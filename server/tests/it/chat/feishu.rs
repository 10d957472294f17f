//! The bots of Feishu: what is the same for all vendors is tried with WeCom's; here is what is its own.

mod sdk;
mod tickets;

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, Channel, ChannelDraft, ChannelKind};

use super::{Bots, in_state, person};
use crate::helpers::TestApp;
use crate::helpers::feishu_bot::{BOT, CHAT, FeishuVendor, SECRET};

/// Where messages go.
pub(super) const MESSAGES: &str = "/open-apis/im/v1/messages";
/// Where texts are answered.
pub(super) const REPLIES: &str = "/open-apis/im/v1/messages/om_said/reply";

pub(super) fn bot_draft(vendor: &FeishuVendor) -> ChannelDraft {
    ChannelDraft {
        name: "bot".to_owned(),
        kind: ChannelKind::FeishuBot,
        url: vendor.url(),
        bot: Some(BOT.to_owned()),
        secret: Some(SECRET.to_owned()),
        chat: Some(CHAT.to_owned()),
        lang: Some("en".to_owned()),
        ..ChannelDraft::default()
    }
}

/// A server with a bot that is connected.
struct Talk {
    app: TestApp,
    vendor: FeishuVendor,
    bots: Bots,
    channel: Channel,
}

impl Talk {
    async fn start() -> Self {
        let app = TestApp::new().await;
        let vendor = FeishuVendor::start().await;
        let made = app
            .service
            .channel_create(&app.console(), &bot_draft(&vendor))
            .await;
        let channel = made.expect("a channel");
        let bots = Bots::of(&app);
        bots.turn().await;
        in_state(&app, &channel, BotState::Connected).await;
        vendor.until("the connection", FeishuVendor::is_open).await;
        Self {
            app,
            vendor,
            bots,
            channel,
        }
    }

    async fn person(&self, name: &str, role: Role) {
        person(&self.app, &self.channel, name, role).await;
    }
}

/// The Markdown of an answer to a text.
fn words(reply: &serde_json::Value) -> String {
    let content = reply["content"].as_str().expect("a content");
    let content: serde_json::Value = serde_json::from_str(content).expect("JSON");
    let words = content["elements"][0]["content"].as_str();
    words.expect("a text").to_owned()
}
