//! What only DingTalk does: it ends a connection by a frame of its own.

use app::channel::BotState;
use serde_json::json;

use super::super::in_state;
use super::Talk;

#[tokio::test]
async fn a_connection_that_the_vendor_ends_is_made_again() {
    let talk = Talk::start().await;
    talk.vendor
        .system("disconnect", &json!({ "reason": "upgrade" }));
    talk.vendor
        .until("another one", |vendor| {
            vendor.connections() >= 2 && vendor.is_open()
        })
        .await;
    in_state(&talk.app, &talk.channel, BotState::Connected).await;
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}
