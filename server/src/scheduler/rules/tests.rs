use std::sync::Arc;

use app::id::{OccurrenceId, RunId, ScheduleId};
use app::message::Event;
use app::occurrence::SkipReason;
use app::task::Mode;
use app::time::Stamp;

use super::*;
use app::schedule::{MissedRule, Schedule};

use super::super::clock_steps::SkippedInterval;
use crate::admission::ActiveRun;
use crate::facts::{Facts, LateReason, TaskEvent};
use crate::firings::Snapshot;
use crate::store::LiveTask;
use crate::timetable::Patterns;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).expect("test time")
}

fn agenda(mode: Mode, ends_at: Option<i64>, missed: MissedRule, spec: &str) -> Agenda {
    let mut agenda = Agenda::new(
        Arc::new(Patterns::default()),
        Arc::new(Snapshot::default()),
        0,
        at(0),
        at(0),
    );
    let schedule = Schedule {
        id: ScheduleId(1),
        ..Schedule::plain(spec)
    };
    let mut task = Task::example();
    task.spec.mode = mode;
    task.spec.schedules = vec![schedule.clone()];
    task.spec.ends_at = ends_at.map(|second| Stamp(at(second)));
    task.spec.missed = missed;
    agenda.put(
        LiveTask {
            task,
            schedules: vec![schedule],
            secrets: Vec::new(),
        },
        at(0),
    );
    agenda
}

fn usual(mode: Mode, ends_at: Option<i64>) -> Agenda {
    agenda(mode, ends_at, MissedRule::default(), "* * * * * *")
}

fn due(seconds: &[i64]) -> Vec<Due> {
    seconds
        .iter()
        .map(|second| Due {
            id: OccurrenceId(*second),
            task_id: TaskId(1),
            schedule_id: ScheduleId(1),
            scheduled_for: at(*second),
            base_at: at(*second),
            due_at: at(*second),
        })
        .collect()
}

fn verdicts_of(agenda: &Agenda, seconds: &[i64], running: bool, now: i64) -> Vec<Verdict> {
    decision_of(agenda, seconds, running, now).due
}

fn decision_of(agenda: &Agenda, seconds: &[i64], running: bool, now: i64) -> Decision {
    let runs: Vec<ActiveRun> = running
        .then_some(ActiveRun {
            id: RunId(1),
            task_id: TaskId(1),
            pool: None,
            started_at: at(0),
            waits: None,
            is_sending: false,
        })
        .into_iter()
        .collect();
    let latest = seconds
        .iter()
        .max()
        .map(|second| (ScheduleId(1), at(*second)))
        .into_iter()
        .collect();
    let rules = Rules {
        agenda,
        now: at(now),
    };
    let view = View {
        due: &due(seconds),
        latest: &latest,
        runs: &runs,
        waiting: &[],
        ended: &HashMap::new(),
    };
    rules.decide(&view)
}

#[test]
fn what_a_rule_skips_is_reported_unless_a_person_decided_it() {
    let command = usual(Mode::Command, None);
    let skipped = decision_of(&command, &[10], true, 10);
    assert_eq!(skipped.due, [Verdict::Skip(SkipReason::Overlap)]);
    let notice = &skipped.notices[0];
    assert_eq!(notice.event, Event::Skipped);
    assert_eq!(notice.created_at, at(10));
    let Facts::Task { event, .. } = &notice.facts else {
        panic!("{notice:?}");
    };
    let wanted = TaskEvent::Skipped {
        reason: "overlap".to_owned(),
        planned_for: at(10),
    };
    assert_eq!(event, &wanted);
    // The end of its window is its author's decision.
    let ended = usual(Mode::Command, Some(5));
    let window = decision_of(&ended, &[5, 6], false, 6);
    assert_eq!(window.due[1], Verdict::Skip(SkipReason::Window));
    assert!(window.notices.is_empty(), "{:?}", window.notices);
}

#[test]
fn late_firings_that_are_caught_up_are_counted_for_the_message_about_the_others() {
    let rule = |policy| MissedRule {
        policy: Some(policy),
        ..MissedRule::default()
    };
    for (policy, caught_up) in [
        (MissedPolicy::None, None),
        (MissedPolicy::Latest, Some(1)),
        // The first starts, and the others wait for it.
        (MissedPolicy::All, Some(3)),
    ] {
        let agenda = agenda(Mode::Command, None, rule(policy), "* * * * * *");
        let decision = decision_of(&agenda, &[1, 2, 3], false, 600);
        let counted = decision.caught_up.get(&TaskId(1)).copied();
        assert_eq!(counted, caught_up, "{policy:?}");
    }
}

#[test]
fn a_start_that_is_late_says_why() {
    let command = usual(Mode::Command, None);
    let rules = |now| Rules {
        agenda: &command,
        now: at(now),
    };
    let claimed = |trigger| {
        let due = due(&[10]).remove(0);
        Claimed {
            due,
            run_id: RunId(7),
            epoch: 1,
            trigger,
        }
    };
    let why = |notices: Vec<Notice>| match notices.first().map(|notice| &notice.facts) {
        Some(Facts::Task {
            event: TaskEvent::LateStart { why, .. },
            ..
        }) => Some(*why),
        _ => None,
    };
    let started = |now, trigger| why(rules(now).started(&[claimed(trigger)]));
    assert_eq!(started(40, Trigger::Schedule), None, "30 seconds are fine");
    assert_eq!(started(41, Trigger::Schedule), Some(LateReason::Busy));
    assert_eq!(started(600, Trigger::CatchUp), Some(LateReason::Down));
    let waited = |why| WaitingRun {
        run_id: RunId(7),
        occurrence_id: None,
        task_id: TaskId(1),
        due_at: at(10),
        why,
        trigger: Trigger::Schedule,
    };
    let resumed = |now, reason| why(rules(now).resumed(&[waited(reason)]));
    assert_eq!(resumed(40, WaitReason::Pool), None);
    assert_eq!(resumed(41, WaitReason::Pool), Some(LateReason::Pool));
    assert_eq!(resumed(41, WaitReason::Overlap), Some(LateReason::Overlap));
}

#[test]
fn verdicts() {
    use Verdict::{Miss, Skip, Start};
    let (free, busy) = (false, true);
    let command = usual(Mode::Command, None);
    let reminder = usual(Mode::Message, None);
    let ended = usual(Mode::Command, Some(5));
    let table = [
        (
            "on time",
            &command,
            &[10][..],
            free,
            10,
            vec![Start(Trigger::Schedule, None)],
        ),
        (
            "it runs already",
            &command,
            &[10],
            busy,
            10,
            vec![Skip(SkipReason::Overlap)],
        ),
        (
            "two at once",
            &command,
            &[9, 10],
            free,
            10,
            vec![Start(Trigger::Schedule, None), Skip(SkipReason::Overlap)],
        ),
        (
            "within the grace",
            &command,
            &[10],
            free,
            70,
            vec![Start(Trigger::Schedule, None)],
        ),
        (
            "down for long",
            &command,
            &[1, 2, 3],
            free,
            100,
            vec![
                Miss(MissReason::Down),
                Miss(MissReason::Down),
                Start(Trigger::CatchUp, None),
            ],
        ),
        (
            "a stale reminder",
            &reminder,
            &[1, 2],
            free,
            100,
            vec![Miss(MissReason::Down), Miss(MissReason::Down)],
        ),
        (
            "behind the window",
            &ended,
            &[5, 6],
            free,
            6,
            vec![Start(Trigger::Schedule, None), Skip(SkipReason::Window)],
        ),
    ];
    for (name, agenda, seconds, running, now, expected) in table {
        assert_eq!(
            verdicts_of(agenda, seconds, running, now),
            expected,
            "{name}"
        );
    }
}

#[test]
fn what_was_due_shortly_before_this_server_was_there_did_not_overlap() {
    let mut command = usual(Mode::Command, None);
    command.since = at(10);
    assert_eq!(
        verdicts_of(&command, &[8, 9], false, 10),
        [
            Verdict::Start(Trigger::Schedule, None),
            Verdict::Skip(SkipReason::Late)
        ]
    );
    // A run that was active at these instants is a reason.
    assert_eq!(
        verdicts_of(&command, &[8, 9], true, 10),
        [const { Verdict::Skip(SkipReason::Overlap) }; 2]
    );
}

#[test]
fn the_rule_of_the_task_decides_what_is_caught_up() {
    use Verdict::{Later, Miss, Start};
    let rule = |policy, max_age_seconds| MissedRule {
        policy: Some(policy),
        max_age_seconds,
        ..MissedRule::default()
    };
    let of = |rule| agenda(Mode::Command, None, rule, "* * * * * *");
    let late = &[100, 101, 102];
    let all = of(rule(MissedPolicy::All, 3600));
    assert_eq!(
        verdicts_of(&all, late, false, 500),
        [
            Start(Trigger::CatchUp, None),
            Later(at(501)),
            Later(at(502))
        ],
        "one after another"
    );
    assert_eq!(
        verdicts_of(&all, &[100, 490], false, 500),
        [Start(Trigger::CatchUp, None), Later(at(501))],
        "the last one is within its grace, and no reason to skip it"
    );
    assert_eq!(
        verdicts_of(&all, &[500], true, 500),
        [Verdict::Skip(SkipReason::Overlap)],
        "one that is on time follows the rule for overlaps"
    );
    assert_eq!(
        verdicts_of(&all, late, true, 500),
        [501, 502, 503].map(|second| Later(at(second)))
    );
    assert_eq!(
        verdicts_of(&all, late, false, 100 + 3601),
        [
            Miss(MissReason::Down),
            Start(Trigger::CatchUp, None),
            Later(at(3702))
        ],
        "too old"
    );
    let none = of(rule(MissedPolicy::None, 3600));
    assert_eq!(
        verdicts_of(&none, late, false, 500),
        [const { Miss(MissReason::Down) }; 3]
    );
    let latest = of(rule(MissedPolicy::Latest, 300));
    assert_eq!(
        verdicts_of(&latest, late, false, 500),
        [const { Miss(MissReason::Down) }; 3]
    );
    let patient = of(MissedRule {
        grace_seconds: 600,
        ..MissedRule::default()
    });
    assert_eq!(
        verdicts_of(&patient, &[100], false, 500),
        [Start(Trigger::Schedule, None)]
    );
}

#[test]
fn a_clock_set_forward_fires_fixed_times_once() {
    use Verdict::{Miss, Start};
    let hole = |corrects| {
        Some(SkippedInterval {
            from: at(0),
            to: at(5400),
            corrects,
        })
    };
    let rule = MissedRule::default();
    let mut fixed = agenda(Mode::Command, None, rule, "0,30 1 * * *");
    fixed.hole = hole(true);
    assert_eq!(
        verdicts_of(&fixed, &[1800, 3600], false, 5400),
        [Miss(MissReason::Clock), Start(Trigger::Schedule, None)]
    );
    fixed.hole = hole(false);
    assert_eq!(
        verdicts_of(&fixed, &[1800], false, 5400),
        [Miss(MissReason::Clock)]
    );
    let mut stars = usual(Mode::Command, None);
    stars.hole = hole(true);
    assert_eq!(
        verdicts_of(&stars, &[1800, 3600, 5400], false, 5400),
        [
            Miss(MissReason::Clock),
            Miss(MissReason::Clock),
            Start(Trigger::Schedule, None)
        ],
        "the last one is on time"
    );
}
