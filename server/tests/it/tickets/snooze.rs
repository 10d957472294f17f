//! Until tomorrow morning: which morning that is, at night, at its boundaries, and where clocks change.

use app::task::TicketDraft;
use app::ticket::TicketAct;

use super::{act, order, task, the_ticket};
use crate::helpers::{TestApp, at};

/// Puts a ticket off until tomorrow morning; gives until when.
async fn until(zone: &str, rule: TicketDraft, now: &str) -> String {
    let app = TestApp::new().await;
    app.clock.set(at(now));
    task(&app, |draft| {
        order(rule)(draft);
        draft.zone = zone.to_owned();
    })
    .await;
    let id = the_ticket(&app).await.id;
    let snooze = TicketAct::Snooze("tomorrow".to_owned());
    let snoozed = act(&app, &app.console(), id, snooze).await;
    let until = snoozed.expect("snoozed").snoozed_until;
    until.expect("a time").rfc3339()
}

#[tokio::test]
async fn before_dawn_tomorrow_morning_is_that_of_the_same_date() {
    for (now, morning) in [
        ("2026-11-24T00:00:00Z", "2026-11-24T09:00:00Z"),
        ("2026-11-24T05:32:00Z", "2026-11-24T09:00:00Z"),
        ("2026-11-24T05:59:59Z", "2026-11-24T09:00:00Z"),
        ("2026-11-24T06:00:00Z", "2026-11-25T09:00:00Z"),
        ("2026-11-24T08:30:00Z", "2026-11-25T09:00:00Z"),
        ("2026-11-24T23:59:59Z", "2026-11-25T09:00:00Z"),
    ] {
        let seen = until("UTC", TicketDraft::default(), now).await;
        assert_eq!(seen, morning, "{now}");
    }
}

#[tokio::test]
async fn before_dawn_the_hours_of_the_policy_decide_when_the_morning_is() {
    let hours = |from: &str, calendar: &str| TicketDraft {
        hours_from: from.to_owned(),
        hours_until: "18:00".to_owned(),
        calendar: calendar.to_owned(),
        ..TicketDraft::default()
    };
    for (from, calendar, now, morning) in [
        ("08:30", "", "2026-11-24T05:32:00Z", "2026-11-24T08:30:00Z"),
        // They have begun: the next ones are meant.
        ("05:00", "", "2026-11-24T05:32:00Z", "2026-11-25T05:00:00Z"),
        // Saturday, and so Monday.
        (
            "08:30",
            "cn",
            "2026-11-28T05:32:00Z",
            "2026-11-30T08:30:00Z",
        ),
    ] {
        let seen = until("UTC", hours(from, calendar), now).await;
        assert_eq!(seen, morning, "{from} {calendar} {now}");
    }
}

#[tokio::test]
async fn it_is_a_time_of_day_where_clocks_change() {
    for (now, morning) in [
        // Berlin, 25 October 2026: 03:00 is 02:00 again. 02:30, the first and the second time, and the evening before.
        ("2026-10-25T00:30:00Z", "2026-10-25T08:00:00Z"),
        ("2026-10-25T01:30:00Z", "2026-10-25T08:00:00Z"),
        ("2026-10-24T20:00:00Z", "2026-10-25T08:00:00Z"),
        // 28 March 2027: after 01:59 comes 03:00.
        ("2027-03-28T00:30:00Z", "2027-03-28T07:00:00Z"),
        ("2027-03-28T01:30:00Z", "2027-03-28T07:00:00Z"),
        ("2027-03-27T21:00:00Z", "2027-03-28T07:00:00Z"),
    ] {
        let seen = until("Europe/Berlin", TicketDraft::default(), now).await;
        assert_eq!(seen, morning, "{now}");
    }
}
