//! Receivers that answer after the time limit, or never come to the end of an answer: they delay no other channel.

use std::time::Duration;

use app::channel::ChannelKind;
use app::id::{ChannelId, TaskId};
use app::task::{Mode, TaskDraft};

use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp, draft};

fn reminder(name: &str, channel: ChannelId) -> TaskDraft {
    TaskDraft {
        mode: Mode::Message,
        channel_id: Some(channel.0),
        ..draft(name, "0 0 1 1 *", "")
    }
}

/// A robot and a channel to it.
async fn robot(app: &TestApp, name: &str) -> (Robot, ChannelId) {
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel(name, ChannelKind::Wecom, &robot.url()).await;
    (robot, channel.id)
}

async fn first_state(app: &TestApp, task: TaskId) -> String {
    app.messages(task).await[0].state.as_str().to_owned()
}

#[tokio::test]
async fn slow_receivers_delay_nobody_else() {
    let app = TestApp::new().await;
    app.notify();
    let mut slow = Vec::new();
    // An hour is later than any limit.
    for (name, mood) in [
        ("late", Mood::Late(Duration::from_secs(3600))),
        ("drip", Mood::Drip),
    ] {
        let (robot, channel) = robot(&app, name).await;
        robot.always(Some(mood));
        let task = app.add(reminder(name, channel)).await.id;
        robot.wait_for(1).await;
        slow.push((robot, task));
    }
    let mut quick = Vec::new();
    for number in 0..5 {
        let (robot, channel) = robot(&app, &format!("quick {number}")).await;
        let task = app
            .add(reminder(&format!("quick {number}"), channel))
            .await
            .id;
        quick.push((robot, task));
    }
    for (_, task) in &quick {
        app.until("a message to be sent", async || {
            (first_state(&app, *task).await == "sent").then_some(())
        })
        .await;
    }
    // Both still have their one message: they were not waited for, and got no second one.
    for (robot, task) in &slow {
        assert_eq!(robot.received().len(), 1);
        assert_eq!(first_state(&app, *task).await, "sending");
    }
    // At the limit, which is ten seconds of the machine's clock, it goes back, and the channel says why.
    for (_, task) in &slow {
        let row = app
            .until("the limit", async || {
                let row = app.messages(*task).await.remove(0);
                (row.state.as_str() == "pending").then_some(row)
            })
            .await;
        assert_eq!(row.attempts, 1);
        assert!(row.maybe_twice, "it may have arrived");
        assert!(row.last_answer.is_some_and(|answer| !answer.is_empty()));
    }
}
