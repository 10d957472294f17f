//! Shared by tests of messages: a robot, a channel to it, and tasks that send through a channel.

use app::channel::ChannelKind;
use app::id::ChannelId;
use app::task::execution::ExecutionDraft;
use app::task::{Mode, TaskDraft};

use super::{Robot, TestApp, draft};

/// A schedule that does not fire during a test.
pub(crate) const SELDOM: &str = "0 0 1 1 *";

/// A robot, and a WeCom channel to it.
pub(crate) async fn robot_of(app: &TestApp) -> (Robot, ChannelId) {
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Wecom, &robot.url()).await;
    (robot, channel.id)
}

/// An app with a robot and a WeCom channel to it. Its outbox is not started.
pub(crate) async fn with_robot() -> (TestApp, Robot, ChannelId) {
    let app = TestApp::new().await;
    let (robot, channel) = robot_of(&app).await;
    (app, robot, channel)
}

/// Each start is sent, however many are on their way.
pub(crate) fn all_at_once() -> ExecutionDraft {
    ExecutionDraft {
        overlap: "allow:100".to_owned(),
        ..ExecutionDraft::default()
    }
}

/// A task that sends messages to a channel; each start in message mode is sent.
pub(crate) fn sending(name: &str, mode: Mode, command: &str, channel: ChannelId) -> TaskDraft {
    TaskDraft {
        mode,
        execution: match mode {
            Mode::Message => all_at_once(),
            _ => ExecutionDraft::default(),
        },
        channel_id: Some(channel.0),
        ..draft(name, SELDOM, command)
    }
}

/// A task in message mode.
pub(crate) fn reminder(name: &str, channel: ChannelId) -> TaskDraft {
    sending(name, Mode::Message, "", channel)
}
