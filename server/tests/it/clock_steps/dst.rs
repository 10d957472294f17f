//! The hours that a clock change skips and repeats.

use chrono::TimeDelta;

use super::rig::Rig;
use crate::helpers::at;
use crate::helpers::faketime::Jump;

#[tokio::test]
async fn in_the_hour_that_clocks_skip_a_fixed_time_runs_at_its_end() {
    let mut rig = Rig::new(Jump::Set, "2026-03-29T00:59:54Z").await;
    let berlin = ["--zone", "Europe/Berlin"];
    rig.enter("fixed", "30 2 * * *", &berlin).await;
    rig.enter("list", "0,30 2 * * *", &berlin).await;
    rig.enter("steps", "*/30 2 * * *", &berlin).await;
    rig.enter("three", "0 3 * * *", &berlin).await;
    rig.enter("minute", "* * * * *", &berlin).await;
    let server = rig.serve().await;
    // 01:59:59 is followed by 03:00:00 in Berlin.
    let three = at("2026-03-29T01:00:00Z");
    for name in ["fixed", "list", "three", "minute"] {
        rig.until_ran(&server, name, three).await;
        assert_eq!(rig.ran(name), [three], "{name}");
    }
    rig.until_tick(&server, three + TimeDelta::seconds(1)).await;
    assert_eq!(
        rig.ledger_text(&server, "steps").await,
        Vec::<String>::new()
    );
    assert!(rig.steps(&server).await.is_empty(), "the clock was not set");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn in_the_hour_that_clocks_repeat_a_fixed_time_runs_once() {
    let mut rig = Rig::new(Jump::Passed, "2026-10-25T00:29:54Z").await;
    let berlin = ["--zone", "Europe/Berlin"];
    rig.enter("fixed", "30 2 * * *", &berlin).await;
    rig.enter("list", "0,30 2 * * *", &berlin).await;
    rig.enter("steps", "*/30 2 * * *", &berlin).await;
    let server = rig.serve().await;
    let first = at("2026-10-25T00:30:00Z");
    for name in ["fixed", "list", "steps"] {
        rig.until_ran(&server, name, first).await;
    }
    // The hour between the two is slept through.
    rig.clock.set(at("2026-10-25T01:29:50Z"));
    let second = at("2026-10-25T01:30:00Z");
    rig.until_ran(&server, "steps", second).await;
    rig.until_tick(&server, second).await;
    assert_eq!(
        (rig.ran("fixed"), rig.ran("list")),
        (vec![first], vec![first])
    );
    assert_eq!(
        rig.ran("steps"),
        [first, at("2026-10-25T01:00:00Z"), second]
    );
    assert!(rig.steps(&server).await.is_empty(), "the clock was not set");
    assert_eq!(server.stop().await, 0);
}
