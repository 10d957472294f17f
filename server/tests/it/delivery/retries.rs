//! A message is tried again when its vendor said it may be, and not before.

use chrono::TimeDelta;

use super::text_is;
use crate::helpers::message::{reminder, with_robot};
use crate::helpers::robot::Mood;

#[tokio::test]
async fn a_vendor_that_is_down_is_left_alone_for_as_long_as_it_asks() {
    let (app, robot, channel) = with_robot().await;
    robot.next([Mood::Later(503, 120)]);
    app.notify();
    let task = app.add(reminder("交周报", channel)).await.id;
    robot.wait_for(1).await;
    text_is(&app, task, "pending").await;
    // Without the header it would be two seconds.
    for _ in 0..11 {
        app.clock.advance(TimeDelta::seconds(10));
        app.components.signals.outbox.notify_one();
        tokio::task::yield_now().await;
    }
    assert_eq!(robot.received().len(), 1, "too early");
    app.clock.advance(TimeDelta::seconds(10));
    robot.wait_for(2).await;
    text_is(&app, task, "sent").await;
    assert_eq!(app.messages(task).await[0].attempts, 2);
}
