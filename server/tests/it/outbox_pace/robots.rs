//! Channels that lead to one robot share its pace: each editor enters the robot of the group in tasks of their own.

use app::backend::Channels;
use app::channel::ChannelKind;
use app::id::ChannelId;
use app::task::{Mode, Task};
use chrono::TimeDelta;
use server::clock::Clock;

use super::super::helpers::robot::Mood;
use super::super::helpers::{Robot, TestApp, in_time};
use super::{LIMIT, digested, fail, settled, silent};

/// Tasks with a channel each, all of which lead to one robot; every second address is spelt differently.
async fn tasks_of_one_robot(count: usize) -> (TestApp, Robot, Vec<(ChannelId, Task)>) {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let mut tasks = Vec::new();
    for number in 0..count {
        let spelling = if number % 2 == 0 { "" } else { "&debug=1" };
        let url = format!("{}{spelling}", robot.url());
        let name = format!("robot {number}");
        let channel = app.channel(&name, ChannelKind::Wecom, &url).await.id;
        let task = silent(&app, &format!("job {number}"), Mode::Command, channel).await;
        tasks.push((channel, task));
    }
    (app, robot, tasks)
}

#[tokio::test]
async fn channels_to_one_robot_share_its_pace() {
    let (app, robot, tasks) = tasks_of_one_robot(4).await;
    app.notify();
    for (_, task) in &tasks {
        fail(&app, task, 15).await;
    }
    settled(&app, &robot).await;
    let open = "SELECT COUNT(*) FROM message WHERE state NOT IN ('sent', 'digested')";
    let begun = app.clock.now();
    while app.place.database.count(open).await > 0 {
        app.clock.advance(TimeDelta::seconds(1));
        settled(&app, &robot).await;
        assert!(app.clock.now() - begun < TimeDelta::minutes(5));
    }
    let busiest = robot.busiest_minute();
    assert!(busiest <= LIMIT, "{busiest}");
    assert!(robot.received().iter().all(|one| one.taken));
    // No channel has more than the robot takes; together they have, so digests are made.
    let (sum, digests) = digested(&robot);
    assert!(digests >= 1, "{:?}", robot.texts());
    let alone = robot.texts().len() - digests;
    assert_eq!(sum + u64::try_from(alone).expect("few"), 60);
    for (channel, _) in tasks {
        app.place
            .database
            .execute("UPDATE task SET channel_id = NULL")
            .await;
        let deleted = app
            .service
            .channel_delete(&app.console(), channel, None)
            .await;
        deleted.expect("deleted");
    }
    let slots = "SELECT COUNT(*) FROM channel_slot";
    assert_eq!(app.place.database.count(slots).await, 0);
}

#[tokio::test]
async fn what_a_robot_asks_for_holds_for_all_its_channels() {
    let (app, robot, tasks) = tasks_of_one_robot(2).await;
    let (first, second) = (&tasks[0].1, &tasks[1].1);
    robot.next([Mood::Later(429, 600)]);
    app.notify();
    fail(&app, first, 1).await;
    robot.wait_for(1).await;
    let held = "SELECT COUNT(*) FROM channel WHERE blocked_until IS NOT NULL";
    app.until("the answer to be noted", async || {
        (app.place.database.count(held).await > 0).then_some(())
    })
    .await;
    fail(&app, second, 1).await;
    in_time("the robot of the second channel to be noted", async {
        while app.place.database.count(held).await < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    app.clock.advance(TimeDelta::seconds(590));
    tokio::task::yield_now().await;
    assert_eq!(robot.received().len(), 1, "too early");
    app.clock.advance(TimeDelta::seconds(20));
    robot.wait_for(3).await;
    let limited = "SELECT COUNT(*) FROM channel WHERE limited_since IS NOT NULL";
    app.until("the robot to have accepted something", async || {
        (app.place.database.count(limited).await == 0).then_some(())
    })
    .await;
}
