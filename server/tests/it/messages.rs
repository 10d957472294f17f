//! Messages: their texts, their order, and what happens when the robot refuses them.

use app::backend::{System, Tasks};
use app::channel::ChannelKind;
use app::id::ChannelId;
use app::run::RunState;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::store::Store;

use super::helpers::message::{SELDOM, sending, with_robot};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp};

/// An app with a running outbox, a robot, and a channel to it.
async fn with_outbox() -> (TestApp, Robot, ChannelId) {
    let made = with_robot().await;
    made.0.notify();
    made
}

/// Waits until nothing of the outbox is left to be sent.
async fn outbox_is_empty(app: &TestApp) {
    app.until("the outbox to be empty", async || {
        let (pending, _) = Store::outbox_counts(&app.components.store)
            .await
            .expect("counts");
        (pending == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_new_task_is_announced_then_reminds_with_a_picture() {
    let (app, robot, channel) = with_outbox().await;
    let mut reminder = sending("交周报", Mode::MessageCommand, "echo '结果 ok'", channel);
    reminder.nickname = "小王".into();
    reminder.owners = vec!["zhangsan".into(), "13800138000".into()];
    let task = app.add(reminder.clone()).await;
    let first = &robot.wait_for(1).await[0].body;
    let text = first["text"]["content"].as_str().expect("a text");
    let link = format!("http://cron.test/tasks/{}", task.id);
    for part in [
        "【建单通知】交周报",
        "小王",
        &link,
        "http://cron.test/admin",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(first["text"]["mentioned_list"], json!(["zhangsan"]));
    assert_eq!(
        first["text"]["mentioned_mobile_list"],
        json!(["13800138000"])
    );

    let run = app.start_run(task.id).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
    let all = robot.wait_for(3).await;
    assert!(all.iter().all(|one| one.taken), "{all:?}");
    let text = all[1].body["text"]["content"]
        .as_str()
        .expect("the text comes first");
    for part in [
        "【执行完成】交周报",
        "echo '结果 ok'",
        "结果 ok\n",
        "退出码 0",
        "星期日",
        &link,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(
        all[1].body["text"]["mentioned_mobile_list"],
        json!(["13800138000"])
    );
    assert_eq!(all[2].body["msgtype"], "image", "then the picture");

    // While chasing, another title and another picture.
    let urging = TaskDraft {
        urging: true,
        urge_cron: SELDOM.into(),
        ..reminder
    };
    app.service
        .task_update(&app.console(), task.id, &urging)
        .await
        .expect("edited");
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    let all = robot.wait_for(5).await;
    assert!(
        all[3].body["text"]["content"]
            .as_str()
            .is_some_and(|text| text.starts_with("【催单】交周报"))
    );
    assert_eq!(all[4].body["msgtype"], "image");
    assert_ne!(all[4].body["image"]["md5"], all[2].body["image"]["md5"]);
    outbox_is_empty(&app).await;
    let states: Vec<&str> = app
        .messages(task.id)
        .await
        .into_iter()
        .map(|one| one.state.as_str())
        .collect();
    assert_eq!(states, ["sent"; 5]);
}

#[tokio::test]
async fn a_command_says_something_only_when_it_fails() {
    let (app, robot, channel) = with_outbox().await;
    let good = app
        .add(sending("good", Mode::Command, "echo fine", channel))
        .await;
    let bad = app
        .add(sending("bad", Mode::Command, "echo why; exit 3", channel))
        .await;
    robot.wait_for(2).await;
    let run = app.start_run(good.id).await;
    app.ended(run).await;
    let run = app.start_run(bad.id).await;
    app.ended(run).await;
    robot.wait_for(3).await;
    outbox_is_empty(&app).await;
    let texts = robot.texts();
    assert_eq!(texts.len(), 3);
    for part in ["【执行失败】bad", "退出码 3", "why"] {
        assert!(texts[2].contains(part), "{part} in {}", texts[2]);
    }
    assert_eq!(robot.taken().len(), 3, "no picture with a failure");
}

#[tokio::test]
async fn a_refused_message_is_tried_again_and_its_picture_waits() {
    let (app, robot, channel) = with_outbox().await;
    let task = app.add(sending("t", Mode::Message, "", channel)).await;
    robot.wait_for(1).await;
    outbox_is_empty(&app).await;
    robot.next([Mood::Refuse(-1), Mood::Status(500)]);
    let run = app.start_run(task.id).await;
    robot.wait_for(2).await;
    // Each pause is longer than the one before it.
    for (attempts, pause) in [(1, 2), (2, 4)] {
        let row = app
            .until("the answer to be noted", async || {
                let row = app.messages(task.id).await.remove(1);
                (row.state.as_str() == "pending" && row.attempts == attempts).then_some(row)
            })
            .await;
        let answer = row.last_answer.expect("the vendor's own words");
        assert!(
            answer.contains(if attempts == 1 { "-1" } else { "HTTP 500" }),
            "{answer}"
        );
        assert_eq!(
            robot.received().len(),
            1 + usize::try_from(attempts).expect("small"),
            "the picture waits"
        );
        app.clock
            .advance(TimeDelta::seconds(pause) - TimeDelta::milliseconds(1));
        tokio::task::yield_now().await;
        app.clock.advance(TimeDelta::milliseconds(1));
        robot
            .wait_for(2 + usize::try_from(attempts).expect("small"))
            .await;
    }
    let all = robot.wait_for(5).await;
    let kinds: Vec<&Value> = all[3..].iter().map(|one| &one.body["msgtype"]).collect();
    assert_eq!(kinds, ["text", "image"]);
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
    outbox_is_empty(&app).await;
    let rows = app.messages(task.id).await;
    assert_eq!(
        rows.iter()
            .map(|row| (row.state.as_str(), row.attempts))
            .collect::<Vec<_>>(),
        [("sent", 1), ("sent", 3), ("sent", 1)]
    );
}

#[tokio::test]
async fn an_undeliverable_message_becomes_a_visible_dead_letter() {
    let (app, robot, channel) = with_outbox().await;
    robot.always(Some(Mood::Refuse(-1)));
    let task = app.add(sending("t", Mode::Message, "", channel)).await;
    let mut tries = 1;
    let dead = loop {
        robot.wait_for(tries).await;
        let row = app
            .until("the answer to be noted", async || {
                let row = app.messages(task.id).await.remove(0);
                (row.state.as_str() != "sending" && usize::try_from(row.attempts) == Ok(tries))
                    .then_some(row)
            })
            .await;
        if row.state.as_str() == "dead" {
            break row;
        }
        assert!(tries < 50, "it is given up at some time");
        tries += 1;
        app.clock.advance(TimeDelta::minutes(30));
    };
    assert!(tries >= 5, "not at once: {tries}");
    assert!(dead.last_answer.is_some_and(|answer| answer.contains("-1")));
    let overview = app
        .service
        .overview(&app.console())
        .await
        .expect("the overview");
    assert_eq!(overview.health.outbox_dead, 1);
    let listed = app::backend::Channels::channel_get(&*app.service, &app.console(), channel)
        .await
        .expect("the channel");
    assert_eq!((listed.dead, listed.pending), (1, 0));
    assert!(
        listed
            .last_answer
            .is_some_and(|answer| answer.contains("-1"))
    );

    // A picture whose text was given up is given up with it, and holds nothing up.
    let run = app.start_run(task.id).await;
    app.until("the reminder's text to be given up", async || {
        let rows = app.messages(task.id).await;
        let row = rows.get(1)?;
        if row.state.as_str() == "pending" {
            app.clock.advance(TimeDelta::minutes(30));
        }
        (row.state.as_str() == "dead").then_some(())
    })
    .await;
    let run = app.ended(run).await;
    assert_eq!(run.state, RunState::Failed);
    assert!(run.reason.is_some_and(|reason| reason.contains("-1")));
    robot.always(None);
    app.add(sending("later", Mode::Message, "", channel)).await;
    outbox_is_empty(&app).await;
    assert_eq!(app.messages(task.id).await[2].state.as_str(), "dead");
    assert_eq!(robot.texts().len(), 1, "the later one got through");
}

#[tokio::test]
async fn a_hanging_robot_delays_neither_other_channels_nor_the_loop() {
    let (app, robot, channel) = with_outbox().await;
    robot.always(Some(Mood::Hang));
    let other = Robot::start(app.clock.clone()).await;
    let second = app
        .channel("second", ChannelKind::Wecom, &other.url())
        .await
        .id;
    app.add(sending("stuck", Mode::Message, "", channel)).await;
    robot.wait_for(1).await;
    let task = app
        .add(sending("free", Mode::MessageCommand, "echo free", second))
        .await;
    other.wait_for(1).await;
    let run = app.start_run(task.id).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
    other.wait_for(3).await;
    let mut node = app.node().await;
    node.turn().await;
    assert_eq!(
        robot.received().len(),
        1,
        "the hanging one still has its first message"
    );
    assert_eq!(
        app.messages(app::id::TaskId(1)).await[0].state.as_str(),
        "sending"
    );
}

#[tokio::test]
async fn the_vendors_limit_is_kept() {
    let (app, robot, channel) = with_outbox().await;
    for number in 0..25 {
        app.add(sending(&format!("t{number}"), Mode::Message, "", channel))
            .await;
    }
    robot.wait_for(20).await;
    app.until("twenty to be noted", async || {
        let (pending, _) = app.components.store.outbox_counts().await.expect("counts");
        (pending == 5).then_some(())
    })
    .await;
    app.clock.advance(TimeDelta::seconds(59));
    tokio::task::yield_now().await;
    assert_eq!(robot.received().len(), 20);
    app.clock.advance(TimeDelta::seconds(3));
    robot.wait_for(25).await;
    outbox_is_empty(&app).await;
    let received = robot.received();
    assert!(
        received.iter().all(|one| one.errcode == 0),
        "the robot never had to say 45009"
    );
    let numbers: Vec<String> = (0..25)
        .map(|number| format!("【建单通知】t{number}\n"))
        .collect();
    for (text, start) in robot.texts().iter().zip(numbers) {
        assert!(text.starts_with(&start), "oldest first: {text}");
    }
}

#[tokio::test]
async fn a_robot_that_is_asked_too_often_is_left_alone_for_a_minute() {
    let (app, robot, channel) = with_outbox().await;
    robot.next([Mood::Refuse(45_009)]);
    let first = app.add(sending("first", Mode::Message, "", channel)).await;
    robot.wait_for(1).await;
    app.until("the answer to be noted", async || {
        let row = app.messages(first.id).await.remove(0);
        (row.state.as_str() == "pending" && row.last_answer.is_some()).then_some(())
    })
    .await;
    let second = app.add(sending("second", Mode::Message, "", channel)).await;
    app.clock.advance(TimeDelta::seconds(59));
    tokio::task::yield_now().await;
    assert_eq!(
        robot.received().len(),
        1,
        "nothing goes to this channel meanwhile"
    );
    app.clock.advance(TimeDelta::seconds(3));
    robot.wait_for(3).await;
    outbox_is_empty(&app).await;
    assert_eq!(robot.texts().len(), 2);
    for (task, attempts) in [(first.id, 2), (second.id, 1)] {
        let row = app.messages(task).await.remove(0);
        assert_eq!(
            (row.state.as_str(), row.attempts),
            ("sent", attempts),
            "what left and was refused is counted, waiting is not"
        );
    }
}

#[tokio::test]
async fn a_long_text_is_cut_between_characters_and_keeps_its_links() {
    let (app, robot, channel) = with_outbox().await;
    let name = "很长的任务名".repeat(33);
    let command = "i=0; while [ $i -lt 900 ]; do printf '第%d行😀输出' $i; i=$((i+1)); done; printf '\\377 end'";
    let task = app
        .add(sending(&name, Mode::MessageCommand, command, channel))
        .await;
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    let all = robot.wait_for(3).await;
    assert!(
        all.iter().all(|one| one.taken),
        "the robot counts bytes: {:?}",
        all.iter().map(|one| one.errcode).collect::<Vec<_>>()
    );
    let text = all[1].body["text"]["content"].as_str().expect("a text");
    assert!(
        text.len() <= 2048 && text.len() > 1800,
        "{} bytes",
        text.len()
    );
    assert!(text.starts_with("【执行完成】很长的任务名"));
    let link = format!("http://cron.test/tasks/{}", task.id);
    assert!(text.contains(&link), "the link survives the cut: {text}");
    assert!(
        text.trim_end().ends_with("谢谢！") && text.contains("省略"),
        "{text}"
    );
}
