//! A run in message mode ends with its messages, whatever number of channels a rule adds.

use app::channel::ChannelKind;
use app::message::Event;
use app::rule::ScopeKind;
use app::run::RunState;
use app::task::{Mode, TaskDraft};

use super::super::helpers::robot::Mood;
use super::super::helpers::{Robot, TestApp, draft};
use super::{add, got, rule};

#[tokio::test]
async fn a_run_in_message_mode_ends_with_the_first_channel_that_accepts() {
    let app = TestApp::new().await;
    let (first, second) = (
        Robot::start(app.clock.clone()).await,
        Robot::start(app.clock.clone()).await,
    );
    let main = app.channel("a", ChannelKind::Wecom, &first.url()).await.id;
    let more = app.channel("b", ChannelKind::Wecom, &second.url()).await.id;
    add(&app, rule(ScopeKind::All, "", &[Event::Reminder], more)).await;
    app.notify();
    let reminder = TaskDraft {
        mode: Mode::Message,
        channel_id: Some(main.0),
        ..draft("交周报", "0 0 1 1 *", "")
    };
    let task = app.add(reminder).await.id;
    first.wait_for(1).await;
    // Refused for good by one, accepted by the other: it has arrived.
    first.next([Mood::Refuse(93_000)]);
    let run = app.start_run(task).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
    second.wait_for(1).await;

    first.always(Some(Mood::Refuse(93_000)));
    second.always(Some(Mood::Refuse(93_000)));
    let run = app.start_run(task).await;
    let ended = app.ended(run).await;
    assert_eq!(ended.state, RunState::Failed);
    assert!(
        ended
            .reason
            .is_some_and(|reason| reason.starts_with("undelivered"))
    );
    assert_eq!(
        got(&app, task, Event::Reminder).await,
        [(main.0, 2), (more.0, 2)]
    );
}

#[tokio::test]
async fn a_run_ends_when_all_its_channels_give_up_at_the_same_moment() {
    let app = TestApp::new().await;
    let (first, second) = (
        Robot::start(app.clock.clone()).await,
        Robot::start(app.clock.clone()).await,
    );
    let main = app.channel("a", ChannelKind::Webhook, &first.url()).await;
    let more = app.channel("b", ChannelKind::Webhook, &second.url()).await;
    add(&app, rule(ScopeKind::All, "", &[Event::Reminder], more.id)).await;
    app.notify();
    for robot in [&first, &second] {
        robot.always(Some(Mood::Status(410)));
    }
    let task = app
        .add(TaskDraft {
            mode: Mode::Message,
            channel_id: Some(main.id.0),
            ..draft("交周报", "0 0 1 1 *", "")
        })
        .await;
    for _ in 0..25 {
        let run = app.start_run(task.id).await;
        assert_eq!(app.ended(run).await.state, RunState::Failed);
    }
}

#[tokio::test]
async fn what_only_reports_about_a_run_in_message_mode_does_not_end_it() {
    let app = TestApp::new().await;
    let (reminded, informed) = (
        Robot::start(app.clock.clone()).await,
        Robot::start(app.clock.clone()).await,
    );
    let main = app
        .channel("a", ChannelKind::Wecom, &reminded.url())
        .await
        .id;
    let more = app
        .channel("b", ChannelKind::Wecom, &informed.url())
        .await
        .id;
    add(&app, rule(ScopeKind::All, "", &[Event::Started], more)).await;
    app.notify();
    let reminder = TaskDraft {
        mode: Mode::Message,
        channel_id: Some(main.0),
        ..draft("交周报", "0 0 1 1 *", "")
    };
    let task = app.add(reminder).await.id;
    reminded.wait_for(1).await;
    reminded.always(Some(Mood::Refuse(93_000)));
    let run = app.start_run(task).await;
    let ended = app.ended(run).await;
    assert_eq!(ended.state, RunState::Failed, "the reminder was refused");
    informed.wait_for(1).await;

    // The other way round: what reports is refused, and the reminder arrives.
    reminded.always(None);
    informed.always(Some(Mood::Refuse(93_000)));
    let run = app.start_run(task).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
}
