use app::schedule::ScheduleDraft;

use super::*;

const ALL: [OfferKind; 6] = OfferKind::ALL;

fn draft() -> TaskDraft {
    TaskDraft {
        schedules: vec![ScheduleDraft::plain("* * * * *")],
        ..TaskDraft::default()
    }
}

#[test]
fn wrappers_become_fields_only_where_they_are_accepted() {
    use OfferKind::{Heartbeat, Jitter, Limit, Nice, Overlap, Quiet};
    for (command, rest, kinds) in [
        (
            "flock -n /tmp/l x -y > /dev/null 2>&1",
            "x -y > /dev/null 2>&1",
            &[Overlap][..],
        ),
        (
            "/usr/bin/flock -xn /run/l timeout 30m x",
            "x",
            &[Overlap, Limit],
        ),
        ("timeout -k 5 -s INT 1h x", "x", &[Limit]),
        ("timeout --signal=9 90 x", "x", &[Limit]),
        ("nice -n 10 x", "x", &[Nice]),
        ("nice -19 x", "x", &[Nice]),
        ("nice x", "x", &[Nice]),
        ("chronic x", "x", &[Quiet]),
        ("sleep $((RANDOM % 300)); x", "x", &[Jitter]),
        ("sleep $[RANDOM%90] && x | y", "x | y", &[Jitter]),
        ("sleep `expr $RANDOM \\% 60` ; x", "x", &[Jitter]),
        (
            "x && curl -fsS https://hc-ping.com/1 > /dev/null",
            "x",
            &[Heartbeat],
        ),
        (
            "flock -n /tmp/l.lock timeout 60 /opt/poll.sh && curl -fsS https://hc-ping.com/1111 > /dev/null",
            "/opt/poll.sh",
            &[Overlap, Limit, Heartbeat],
        ),
        (
            "sleep $(( RANDOM % 9 )) && nice chronic x && wget -q https://cronitor.link/a",
            "",
            &[Jitter, Nice, Quiet, Heartbeat],
        ),
    ] {
        let mut taken = draft();
        let (left, found) = unwrap(command, &ALL, &mut taken);
        let names: Vec<OfferKind> = found.iter().map(|found| found.kind).collect();
        assert_eq!(names, kinds, "{command}");
        if !rest.is_empty() {
            assert_eq!(left, rest, "{command}");
            assert!(
                rest == command || taken != draft() || matches!(kinds, [Quiet | Heartbeat]),
                "{command}"
            );
        }
        let mut kept = draft();
        assert!(found.iter().all(|one| one.is_taken), "{command}");
        let (left, mut again) = unwrap(command, &[], &mut kept);
        assert!(again.iter().all(|one| !one.is_taken), "{command}");
        for one in &mut again {
            one.is_taken = true;
        }
        assert_eq!(
            (left.as_str(), again, kept),
            (command, found, draft()),
            "{command}"
        );
    }
}

#[test]
fn values_are_those_of_the_wrapper() {
    let mut taken = draft();
    let command = "sleep $((RANDOM % 300)); flock -n /l nice -n 5 timeout 2h x";
    assert_eq!(unwrap(command, &ALL, &mut taken).0, "x");
    assert_eq!(taken.schedules[0].jitter, "300s");
    assert_eq!(taken.execution.overlap, "skip");
    assert_eq!(taken.execution.limits.nice, "5");
    assert_eq!(taken.timeout, "2h");
    // One of two.
    let mut one = draft();
    let (left, _) = unwrap("flock -n /l timeout 2h x", &[OfferKind::Limit], &mut one);
    assert_eq!(
        (left.as_str(), one.timeout.as_str()),
        ("flock -n /l x", "2h")
    );
}

#[test]
fn wrappers_stay_where_the_heartbeat_behind_them_does() {
    let command = "timeout 60 x && curl https://hc-ping.com/1";
    let mut taken = draft();
    let (left, found) = unwrap(command, &[OfferKind::Limit], &mut taken);
    assert_eq!((left.as_str(), &taken), (command, &draft()));
    assert_eq!(found.iter().filter(|one| one.is_taken).count(), 0);
    assert_eq!(found.len(), 2);
    let command = "sleep $((RANDOM % 9)); x && curl https://hc-ping.com/1";
    let (left, _) = unwrap(command, &[OfferKind::Jitter], &mut taken);
    assert_eq!(left, "x && curl https://hc-ping.com/1");
    assert_eq!(taken.schedules[0].jitter, "9s");
}

#[test]
fn what_means_something_else_is_left_alone() {
    for command in [
        "flock /tmp/l x",
        "flock -w 10 /tmp/l x",
        "flock -n /tmp/l -c 'x'",
        "flock -n 9 x",
        "flock -n /tmp/l x && y",
        "timeout 5m x; y",
        "timeout 0 x",
        "timeout 1.5h x",
        "nice -n -5 x",
        "sleep 30; x",
        "sleep $((RANDOM % 9))",
        "x; curl https://example.org/",
        "flocks -n /l x",
        "x 'a && curl hc-ping.com/'",
    ] {
        let mut taken = draft();
        let (left, found) = unwrap(command, &ALL, &mut taken);
        assert_eq!((left.as_str(), found), (command, Vec::new()), "{command}");
        assert_eq!(taken, draft());
    }
}
