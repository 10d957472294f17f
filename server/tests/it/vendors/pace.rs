//! Vendors that count by the second, too.

use super::super::outbox_pace::{fail, silent};
use super::*;

#[tokio::test]
async fn no_second_has_more_messages_than_its_vendor_takes() {
    for (kind, counts) in [
        (ChannelKind::Feishu, [5, 10, 12]),
        (ChannelKind::Teams, [4, 8, 12]),
    ] {
        let app = TestApp::new().await;
        let receiver = Receiver::start(kind, app.clock.clone()).await;
        let channel = made(&app, &draft_to(kind, &receiver.url())).await;
        let task = silent(&app, "job", Mode::Command, channel.id).await;
        fail(&app, &task, 12).await;
        app.notify();
        for count in counts {
            app.until("what fits into a second", async || {
                (receiver.taken() == count).then_some(())
            })
            .await;
            app.clock.advance(TimeDelta::milliseconds(1_500));
        }
        assert!(receiver.got().iter().all(|got| got.taken), "{kind:?}");
    }
}
