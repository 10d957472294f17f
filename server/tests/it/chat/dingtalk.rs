//! The bots of DingTalk: what is the same for all vendors is tried with WeCom's; here is what is its own.

mod faults;
mod sdk;
mod tickets;

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, Channel, ChannelDraft, ChannelKind};

use super::{Bots, in_state, person};
use crate::helpers::TestApp;
use crate::helpers::dingtalk_bot::{BOT, CHAT, DingtalkVendor, SECRET};

/// Where cards are made.
pub(super) const CARDS: &str = "/v1.0/card/instances/createAndDeliver";
/// Where texts to the group go.
pub(super) const TEXTS: &str = "/v1.0/robot/groupMessages/send";
/// Where texts are answered.
pub(super) const REPLIES: &str = "/robot/sendBySession";

pub(super) fn bot_draft(vendor: &DingtalkVendor) -> ChannelDraft {
    ChannelDraft {
        name: "bot".to_owned(),
        kind: ChannelKind::DingtalkBot,
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
    vendor: DingtalkVendor,
    bots: Bots,
    channel: Channel,
}

impl Talk {
    async fn start() -> Self {
        let app = TestApp::new().await;
        let vendor = DingtalkVendor::start().await;
        let made = app
            .service
            .channel_create(&app.console(), &bot_draft(&vendor))
            .await;
        let channel = made.expect("a channel");
        let bots = Bots::of(&app);
        bots.turn().await;
        in_state(&app, &channel, BotState::Connected).await;
        vendor
            .until("the connection", DingtalkVendor::is_open)
            .await;
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
