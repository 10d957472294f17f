//! A clock that is set, forward and back.

use chrono::TimeDelta;

use super::rig::{BACK, FORWARD, Rig, instants};
use crate::helpers::at;
use crate::helpers::faketime::Jump;

#[tokio::test]
async fn set_forward_by_ninety_minutes_fixed_times_in_the_hole_fire_once() {
    let mut rig = Rig::new(Jump::Set, "2026-06-10T08:00:20Z").await;
    rig.enter("fixed", "15 9 * * *", &[]).await;
    rig.enter("list", "0,20 9 * * *", &[]).await;
    rig.enter("hourly", "10 * * * *", &[]).await;
    rig.enter("minute", "* * * * *", &["--grace", "20s"]).await;
    let server = rig.serve().await;
    rig.clock.set(at("2026-06-10T09:29:55Z"));
    rig.until_ran(&server, "fixed", at("2026-06-10T09:15:00Z"))
        .await;
    rig.until_ran(&server, "minute", at("2026-06-10T09:30:00Z"))
        .await;
    rig.until_tick(&server, at("2026-06-10T09:30:01Z")).await;

    assert_eq!(rig.ran("fixed"), instants(&["2026-06-10T09:15:00Z"]));
    assert_eq!(
        rig.ran("list"),
        instants(&["2026-06-10T09:20:00Z"]),
        "the latest"
    );
    assert_eq!(rig.ran("hourly"), instants(&[]), "a wildcard in the hour");
    assert_eq!(rig.ran("minute"), instants(&["2026-06-10T09:30:00Z"]));
    assert_eq!(
        rig.ledger_text(&server, "list").await,
        ["missed(clock) 09:00:00 x1", "succeeded 09:20:00 x1"]
    );
    assert_eq!(
        rig.ledger_text(&server, "hourly").await,
        ["missed(clock) 08:10:00 x1", "missed(clock) 09:10:00 x1"]
    );
    let minutes = rig.ledger(&server, "minute").await;
    let missed = || minutes.iter().filter(|row| row.what == "missed(clock)");
    assert_eq!(
        missed().map(|row| row.count).sum::<i64>(),
        89,
        "{minutes:?}"
    );
    assert!(
        missed().count() <= 2,
        "all in one row, but for the last: {minutes:?}"
    );
    rig.every_second_is_recorded(&server).await;

    let steps = rig.steps(&server).await;
    assert!(matches!(steps[..], [5300..=5400]), "{steps:?}");
    rig.until_logged(&server, FORWARD, 1).await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn set_back_by_ninety_minutes_nothing_fires_again() {
    let mut rig = Rig::new(Jump::Set, "2026-06-10T08:59:54Z").await;
    rig.enter("fixed", "0 9 * * *", &[]).await;
    rig.enter("minute", "* * * * *", &[]).await;
    rig.enter("early", "31 7 * * *", &[]).await;
    let server = rig.serve().await;
    let nine = at("2026-06-10T09:00:00Z");
    rig.until_ran(&server, "fixed", nine).await;
    rig.until_ran(&server, "minute", nine).await;
    rig.until_tick(&server, nine).await;

    // What has not fired yet fires by the new time, and soon: the scheduler does not sleep until the old time comes
    // again.
    rig.clock.set(at("2026-06-10T07:30:54Z"));
    let early = at("2026-06-10T07:31:00Z");
    rig.until_ran(&server, "early", early).await;
    rig.until_ran(&server, "minute", early).await;
    rig.until_logged(&server, BACK, 1).await;

    // Back a little, so that what has just been comes again; then to where it all began.
    rig.clock.step(TimeDelta::seconds(-5));
    rig.until_logged(&server, BACK, 2).await;
    rig.until_ticks_go_on(&server).await;
    rig.clock.set(nine + TimeDelta::seconds(1));
    rig.until_logged(&server, FORWARD, 1).await;
    rig.until_ticks_go_on(&server).await;
    // The check that nothing has run twice is part of reading.
    assert_eq!(rig.ran("fixed"), [nine]);
    assert_eq!(rig.ran("early"), [early]);
    assert_eq!(rig.ran("minute"), [nine, early]);
    assert_eq!(
        rig.ledger_text(&server, "fixed").await,
        ["succeeded 09:00:00 x1"]
    );
    let steps = rig.steps(&server).await;
    assert!(
        matches!(steps[..], [-5400..=-5300, -10..=-3, 5300..=5400]),
        "{steps:?}"
    );
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn set_by_five_hours_the_new_time_holds() {
    let mut rig = Rig::new(Jump::Set, "2026-06-10T08:00:20Z").await;
    rig.enter("fixed", "0 12 * * *", &[]).await;
    rig.enter("minute", "* * * * *", &["--grace", "20s"]).await;
    rig.enter("next", "0 13 * * *", &[]).await;
    let server = rig.serve().await;
    rig.clock.set(at("2026-06-10T12:59:55Z"));
    let one = at("2026-06-10T13:00:00Z");
    rig.until_ran(&server, "next", one).await;
    rig.until_ran(&server, "minute", one).await;
    rig.until_tick(&server, one).await;
    assert_eq!(rig.ran("fixed"), instants(&[]), "it lay in the hole");
    assert_eq!(
        rig.ledger_text(&server, "fixed").await,
        ["missed(clock) 12:00:00 x1"]
    );
    let minutes = rig.ledger(&server, "minute").await;
    let missed = minutes.iter().filter(|row| row.what == "missed(clock)");
    assert_eq!(missed.map(|row| row.count).sum::<i64>(), 299, "{minutes:?}");
    rig.every_second_is_recorded(&server).await;
    let steps = rig.steps(&server).await;
    assert!(matches!(steps[..], [17_900..=18_000]), "{steps:?}");
    rig.until_logged(&server, FORWARD, 1).await;

    rig.clock.set(at("2026-06-10T08:00:54Z"));
    let soon = at("2026-06-10T08:01:00Z");
    rig.until_ran(&server, "minute", soon).await;
    assert_eq!(rig.ran("minute"), [one, soon]);
    assert_eq!((rig.ran("next"), rig.ran("fixed")), (vec![one], vec![]));
    let steps = rig.steps(&server).await;
    assert!(matches!(steps[..], [_, -18_000..=-17_900]), "{steps:?}");
    rig.until_logged(&server, BACK, 1).await;
    assert_eq!(server.stop().await, 0);
}
