use chrono::TimeDelta;

use super::*;
use crate::ticket::EscalationStep;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

/// First after 60 s, then every 100 s; three urges; over after 1,000 s.
fn policy() -> UrgePolicy {
    UrgePolicy {
        first_after_seconds: 60,
        cadence: Cadence::Interval {
            every_seconds: 100,
            factor_percent: 100,
            min_seconds: 100,
            max_seconds: 100,
        },
        max_urges: 3,
        expires_after_seconds: 1_000,
        ..UrgePolicy::default()
    }
}

fn opened(policy: &UrgePolicy) -> Ticket {
    Ticket::opened(TicketKind::Firing, policy, at(0))
}

/// Lets the time of a ticket come until it is over; when each urge was, and when it was over.
fn run_out(mut ticket: Ticket, policy: &UrgePolicy, times: &dyn Times) -> (Vec<i64>, i64) {
    let mut urges = Vec::new();
    for _ in 0..10_000 {
        let now = ticket.next_urge_at.expect("an open ticket has a next time");
        let next = next(&ticket, TicketEvent::Due, policy, now, times).expect("no refusal");
        match next.effect {
            Some(Effect::Urge { n, .. }) => {
                urges.push(now.timestamp());
                assert_eq!(usize::try_from(n), Ok(urges.len()));
            }
            Some(Effect::Expired) => return (urges, now.timestamp()),
            None => assert!(next.ticket.next_urge_at > Some(now), "{next:?}"),
            other => panic!("{other:?}"),
        }
        ticket = next.ticket;
    }
    panic!("it does not end");
}

#[test]
fn it_is_urged_as_often_as_the_policy_says_and_expires() {
    let by_number = policy();
    // After the last urge people have the time of one interval.
    assert_eq!(
        run_out(opened(&by_number), &by_number, &AnyHour),
        (vec![60, 160, 260], 360)
    );
    let by_time = UrgePolicy {
        max_urges: 100,
        expires_after_seconds: 250,
        ..policy()
    };
    assert_eq!(
        run_out(opened(&by_time), &by_time, &AnyHour),
        (vec![60, 160], 250)
    );
    let chase = Ticket::opened(TicketKind::Chase, &by_number, at(0));
    assert_eq!(run_out(chase, &by_number, &AnyHour), (vec![], 1_000));
}

#[test]
fn a_late_server_urges_once_for_all_that_it_missed() {
    let policy = policy();
    let late = next(
        &opened(&policy),
        TicketEvent::Due,
        &policy,
        at(700),
        &AnyHour,
    )
    .expect("due");
    assert_eq!(late.ticket.urges, 1);
    assert_eq!(late.ticket.next_urge_at, Some(at(800)));
    let early = next(
        &opened(&policy),
        TicketEvent::Due,
        &policy,
        at(59),
        &AnyHour,
    )
    .expect("not due");
    assert_eq!((early.effect, early.ticket), (None, opened(&policy)));
}

#[test]
fn the_ladder_is_climbed_at_its_delays_and_not_once_it_is_taken() {
    let policy = UrgePolicy {
        ladder: vec![EscalationStep {
            after_seconds: 90,
            who: vec!["李四".to_owned()],
        }],
        ..policy()
    };
    let first = next(
        &opened(&policy),
        TicketEvent::Due,
        &policy,
        at(60),
        &AnyHour,
    )
    .expect("due");
    let plain = Effect::Urge {
        n: 1,
        level: 0,
        escalated: false,
    };
    assert_eq!(first.effect, Some(plain));
    // The rung comes before the next interval.
    assert_eq!(first.ticket.next_urge_at, Some(at(90)));
    let second = next(&first.ticket, TicketEvent::Due, &policy, at(90), &AnyHour).expect("due");
    let escalated = Effect::Urge {
        n: 2,
        level: 1,
        escalated: true,
    };
    assert_eq!(second.effect, Some(escalated));
    let taken = next(
        &first.ticket,
        TicketEvent::Acknowledge,
        &policy,
        at(70),
        &AnyHour,
    );
    let taken = taken.expect("open").ticket;
    let asked = next(&taken, TicketEvent::Due, &policy, at(90), &AnyHour).expect("due");
    let alone = Effect::Urge {
        n: 2,
        level: 0,
        escalated: false,
    };
    assert_eq!(asked.effect, Some(alone));
    // Another owner starts at the bottom, and has all the time of the ladder.
    let other = next(
        &second.ticket,
        TicketEvent::HandOver,
        &policy,
        at(95),
        &AnyHour,
    );
    let other = other.expect("open").ticket;
    assert_eq!((other.level, other.state), (0, TicketState::Open));
    assert_eq!(other.next_urge_at, Some(at(185)));
}

#[test]
fn a_taken_ticket_is_not_urged_where_the_policy_stops_then_but_still_ends() {
    let policy = UrgePolicy {
        stop: StopRule::Acknowledged,
        ..policy()
    };
    let taken = next(
        &opened(&policy),
        TicketEvent::Acknowledge,
        &policy,
        at(10),
        &AnyHour,
    );
    assert_eq!(
        run_out(taken.expect("open").ticket, &policy, &AnyHour),
        (vec![], 1_000)
    );
}

#[test]
fn a_snooze_ends_with_an_urge_and_stays_within_the_ticket() {
    let policy = policy();
    let snooze = |until| {
        let happening = TicketEvent::Snooze(at(until));
        next(&opened(&policy), happening, &policy, at(50), &AnyHour)
    };
    for wrong in [10, 50, 1_000, 2_000] {
        let end = Refused::SnoozeEnd {
            expires_at: at(1_000),
        };
        assert_eq!(snooze(wrong), Err(end), "{wrong}");
    }
    let snoozed = snooze(500).expect("within").ticket;
    assert_eq!(snoozed.state, TicketState::Snoozed);
    let quiet = next(&snoozed, TicketEvent::Due, &policy, at(499), &AnyHour).expect("not due");
    assert_eq!(quiet.effect, None);
    let woken = next(&snoozed, TicketEvent::Due, &policy, at(500), &AnyHour).expect("due");
    assert_eq!(
        (woken.step, woken.ticket.state),
        (Some(TicketStep::Wake), TicketState::Open)
    );
    assert_eq!((woken.ticket.urges, woken.ticket.snoozed_until), (1, None));
    let chase = Ticket::opened(TicketKind::Chase, &policy, at(0));
    let refused = next(
        &chase,
        TicketEvent::Snooze(at(500)),
        &policy,
        at(50),
        &AnyHour,
    );
    assert_eq!(refused, Err(Refused::Chase));
}

#[test]
fn who_answers_after_the_last_urge_is_asked_once_more() {
    let policy = UrgePolicy {
        max_urges: 1,
        ..policy()
    };
    let urged = next(
        &opened(&policy),
        TicketEvent::Due,
        &policy,
        at(60),
        &AnyHour,
    )
    .expect("due");
    for (happening, again, over) in [
        (TicketEvent::Snooze(at(500)), 500, 600),
        (TicketEvent::HandOver, 165, 265),
        // Beyond its end there is no room.
        (TicketEvent::Snooze(at(950)), 950, 1_000),
    ] {
        let answered = next(&urged.ticket, happening, &policy, at(65), &AnyHour);
        let asked = next(
            &answered.expect("open").ticket,
            TicketEvent::Due,
            &policy,
            at(again),
            &AnyHour,
        )
        .expect("due");
        let second = Effect::Urge {
            n: 2,
            level: 0,
            escalated: false,
        };
        assert_eq!(asked.effect, Some(second), "{happening:?}");
        let end = next(&asked.ticket, TicketEvent::Due, &policy, at(over), &AnyHour);
        assert_eq!(end.expect("due").effect, Some(Effect::Expired));
    }
    // Without an answer it ends after its last urge.
    let end = next(&urged.ticket, TicketEvent::Due, &policy, at(160), &AnyHour).expect("due");
    assert_eq!(end.effect, Some(Effect::Expired));
}

#[test]
fn a_snooze_ends_also_while_the_chase_schedule_asks() {
    let policy = policy();
    let order = Ticket::opened(TicketKind::Task, &policy, at(0));
    let rest = next(
        &order,
        TicketEvent::Snooze(at(300)),
        &policy,
        at(50),
        &AnyHour,
    );
    let rest = rest.expect("open").ticket;
    let woken = asked_elsewhere(&rest, &policy, at(300), &AnyHour);
    assert_eq!((woken.step, woken.effect), (Some(TicketStep::Wake), None));
    let woken = woken.ticket;
    assert_eq!(
        (woken.state, woken.snoozed_until),
        (TicketState::Open, None)
    );
    assert_eq!((woken.urges, woken.next_urge_at), (0, Some(at(400))));
    let still = asked_elsewhere(&rest, &policy, at(299), &AnyHour);
    assert_eq!(
        (still.step, still.ticket.state),
        (None, TicketState::Snoozed)
    );
}

#[test]
fn it_is_asked_again_from_the_start_when_it_is_reopened() {
    let policy = policy();
    let mut ticket = opened(&policy);
    ticket.urges = 3;
    let done = next(&ticket, TicketEvent::Done, &policy, at(300), &AnyHour)
        .expect("open")
        .ticket;
    assert_eq!(done.next_urge_at, None);
    let again = next(&done, TicketEvent::Done, &policy, at(301), &AnyHour);
    assert!(matches!(again, Err(Refused::State(_))));
    let open = next(&done, TicketEvent::Reopen, &policy, at(5_000), &AnyHour)
        .expect("done")
        .ticket;
    assert_eq!((open.urges, open.urges_before), (3, 3));
    assert_eq!(
        (open.next_urge_at, open.expires_at),
        (Some(at(5_060)), at(6_000))
    );
    let urged = next(&open, TicketEvent::Due, &policy, at(5_060), &AnyHour).expect("due");
    let fourth = Effect::Urge {
        n: 4,
        level: 0,
        escalated: false,
    };
    assert_eq!(urged.effect, Some(fourth));
}

/// Each hour's first half is for work.
struct HalfHours;

impl Times for HalfHours {
    fn within_hours(&self, at: DateTime<Utc>, _: i32) -> DateTime<Utc> {
        let second = at.timestamp();
        match second % 3_600 {
            0..1_800 => at,
            _ => DateTime::UNIX_EPOCH + TimeDelta::seconds((second / 3_600 + 1) * 3_600),
        }
    }

    fn hours_end(&self, at: DateTime<Utc>, _: i32) -> Option<DateTime<Utc>> {
        let begun = at.timestamp() / 3_600 * 3_600;
        Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(begun + 1_800))
    }

    fn cron_after(&self, _: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Some(DateTime::UNIX_EPOCH + TimeDelta::seconds((at.timestamp() / 1_000 + 1) * 1_000))
    }
}

#[test]
fn it_is_asked_in_working_hours_unless_it_is_urgent() {
    let policy = UrgePolicy {
        first_after_seconds: 2_000,
        expires_after_seconds: 20_000,
        ..policy()
    };
    let (urges, _) = run_out(opened(&policy), &policy, &HalfHours);
    assert_eq!(urges, [3_600, 3_700, 3_800]);
    let urgent = UrgePolicy {
        urgent: true,
        ..policy.clone()
    };
    let (urges, _) = run_out(opened(&urgent), &urgent, &HalfHours);
    assert_eq!(urges, [2_000, 2_100, 2_200]);
    let by_cron = UrgePolicy {
        cadence: Cadence::Cron("any".to_owned()),
        ..policy
    };
    let (urges, _) = run_out(opened(&by_cron), &by_cron, &HalfHours);
    assert_eq!(urges, [3_600, 4_000, 5_000]);
}

fn rung(after_seconds: i64, who: &[&str]) -> EscalationStep {
    EscalationStep {
        after_seconds,
        who: who.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[test]
fn the_ladder_asks_more_people_as_time_passes() {
    let policy = UrgePolicy {
        ladder: vec![
            rung(60, &["李四"]),
            rung(120, &["王五", "李四"]),
            rung(300, &["@all"]),
        ],
        ..policy()
    };
    let ticket = opened(&policy);
    for (seconds, level) in [
        (0, 0),
        (59, 0),
        (60, 1),
        (119, 1),
        (120, 2),
        (300, 3),
        (9_999, 3),
    ] {
        let reached = ticket.reached(&policy, at(seconds), &AnyHour);
        assert_eq!(reached, level, "{seconds}");
    }
    assert_eq!(ticket.next_rung(&policy, 2, &AnyHour), Some((at(300), 3)));
    assert_eq!(ticket.next_rung(&policy, 3, &AnyHour), None);
}

#[test]
fn the_ladder_counts_the_time_in_which_people_may_be_urged() {
    // Opened when the hours have just ended, with rungs that all pass before they begin again.
    let policy = UrgePolicy {
        first_after_seconds: 60,
        expires_after_seconds: 20_000,
        max_urges: 100,
        ladder: vec![
            rung(300, &["李四"]),
            rung(900, &["王五"]),
            rung(2_000, &["@all"]),
        ],
        ..policy()
    };
    let urges = |policy: &UrgePolicy| {
        let mut ticket = Ticket::opened(TicketKind::Firing, policy, at(1_800));
        let mut urges = Vec::new();
        while ticket.level < 3 {
            let now = ticket.next_urge_at.expect("an open ticket has a next time");
            let next = next(&ticket, TicketEvent::Due, policy, now, &HalfHours).expect("due");
            if let Some(Effect::Urge { level, .. }) = next.effect {
                urges.push((now.timestamp(), level));
            }
            ticket = next.ticket;
        }
        urges
    };
    let first_of = |urges: &[(i64, i32)]| -> Vec<i64> {
        let first = |wanted: i32| urges.iter().find(|(_, level)| *level == wanted);
        (0..=3).filter_map(first).map(|(at, _)| *at).collect()
    };
    // The hours begin at 3,600 and end at 5,400; the last rung is reached 200 seconds into the next ones, at 7,200.
    assert_eq!(first_of(&urges(&policy)), [3_600, 3_900, 4_500, 7_400]);
    // An urgent one is urged at any hour, so all time counts.
    let urgent = UrgePolicy {
        urgent: true,
        ..policy
    };
    assert_eq!(first_of(&urges(&urgent)), [1_860, 2_100, 2_700, 3_800]);
}

/// The owners work in the first half of each hour; the first rung of the ladder adds a person who works in the second.
struct Shifts;

impl Times for Shifts {
    fn within_hours(&self, at: DateTime<Utc>, level: i32) -> DateTime<Utc> {
        match level {
            0 => HalfHours.within_hours(at, level),
            _ => at,
        }
    }

    fn hours_end(&self, at: DateTime<Utc>, level: i32) -> Option<DateTime<Utc>> {
        (level == 0)
            .then(|| HalfHours.hours_end(at, level))
            .flatten()
    }

    fn cron_after(&self, expression: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        HalfHours.cron_after(expression, at)
    }
}

#[test]
fn a_rung_whose_people_work_while_the_owners_do_not_is_not_waited_for() {
    let rung = |after_seconds| UrgePolicy {
        first_after_seconds: 2_000,
        expires_after_seconds: 20_000,
        ladder: vec![EscalationStep {
            after_seconds,
            who: vec!["李四".to_owned()],
        }],
        ..policy()
    };
    // Reached before the first urge, between that and the hours of the owners, and after these have begun.
    for (after, urges) in [
        (1_900, [2_000, 2_100, 2_200]),
        (2_500, [2_500, 2_600, 2_700]),
        (3_650, [3_600, 3_650, 3_750]),
    ] {
        let policy = rung(after);
        let (asked, _) = run_out(opened(&policy), &policy, &Shifts);
        assert_eq!(asked, urges, "{after}");
    }
    // Who takes it is asked alone, in hours of one's own.
    let policy = rung(2_500);
    let taken = next(
        &opened(&policy),
        TicketEvent::Acknowledge,
        &policy,
        at(10),
        &Shifts,
    );
    let taken = taken.expect("open").ticket;
    let shown = taken.within_hours(&policy, at(2_000), &Shifts);
    assert_eq!(shown, at(3_600));
    let (asked, _) = run_out(taken, &policy, &Shifts);
    assert_eq!(asked, [3_600, 3_700, 3_800]);
}

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn length(&mut self, end: u64) -> i64 {
        i64::try_from(self.below(end)).expect("small")
    }
}

#[test]
fn whatever_happens_number_and_time_end_it_and_what_is_over_is_not_urged() {
    for seed in 0..2_000 {
        let mut random = Random(seed);
        let kind = TicketKind::ALL[usize::try_from(random.below(4)).expect("small")];
        let policy = UrgePolicy {
            first_after_seconds: random.length(500),
            max_urges: i32::try_from(random.below(6)).expect("small"),
            expires_after_seconds: 1 + random.length(3_000),
            urgent: random.below(2) == 0,
            stop: StopRule::ALL[usize::try_from(random.below(2)).expect("small")],
            ladder: vec![EscalationStep {
                after_seconds: random.length(300),
                who: vec!["李四".to_owned()],
            }],
            ..policy()
        };
        let times: &dyn Times = match random.below(2) {
            0 => &HalfHours,
            _ => &Shifts,
        };
        let mut ticket = Ticket::opened(kind, &policy, at(0));
        let mut now = at(0);
        let (mut seen, mut in_round, mut answered) = (0, 0, 0);
        for _ in 0..200 {
            now += TimeDelta::seconds(random.length(120));
            let happening = match random.below(12) {
                0 => TicketEvent::Acknowledge,
                1 => TicketEvent::Snooze(now + TimeDelta::seconds(random.length(400))),
                2 => TicketEvent::HandOver,
                3 if random.below(4) == 0 => TicketEvent::Done,
                4 if random.below(4) == 0 => TicketEvent::Reopen,
                _ => TicketEvent::Due,
            };
            let was_over = ticket.state.is_over();
            let Ok(next) = next(&ticket, happening, &policy, now, times) else {
                continue;
            };
            match next.effect {
                Some(Effect::Urge { n, .. }) => {
                    assert!(!was_over && kind != TicketKind::Chase, "seed {seed}");
                    assert!(ticket.expires_at > now, "seed {seed}: urged after its end");
                    (seen, in_round) = (seen + 1, in_round + 1);
                    assert_eq!(n, seen, "seed {seed}: each number once");
                    assert!(
                        in_round <= policy.max_urges.max(1) + answered,
                        "seed {seed}"
                    );
                }
                Some(Effect::Reopened) => {
                    assert!(was_over, "seed {seed}");
                    (in_round, answered) = (0, 0);
                }
                // Each leaves room for an urge.
                Some(Effect::Snoozed(_) | Effect::HandedOver) => answered += 1,
                Some(Effect::Done) => assert!(ticket.state != TicketState::Done, "seed {seed}"),
                _ => {}
            }
            ticket = next.ticket;
            assert_eq!(
                ticket.next_urge_at.is_none(),
                ticket.state.is_over(),
                "seed {seed}"
            );
            assert!(ticket.next_urge_at <= Some(ticket.expires_at) || ticket.state.is_over());
            assert_eq!(
                ticket.snoozed_until.is_some(),
                ticket.state == TicketState::Snoozed
            );
        }
        if !ticket.state.is_over() {
            let end = ticket.expires_at.max(now);
            let over = next(&ticket, TicketEvent::Due, &policy, end, times).expect("due");
            assert_eq!(over.ticket.state, TicketState::Expired, "seed {seed}");
        }
    }
}
