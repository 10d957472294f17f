use std::sync::Arc;

use app::id::{OccurrenceId, RunId, ScheduleId};
use app::task::Mode;
use app::time::Stamp;

use super::*;
use app::schedule::{DayRule, Jitter, MissedRule, Purpose, Schedule};

use super::super::clock_steps::Hole;
use crate::admission::ActiveRun;
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
    );
    let schedule = Schedule {
        id: ScheduleId(1),
        purpose: Purpose::Work,
        spec: spec.to_owned(),
        day_rule: DayRule::Any,
        calendar: None,
        jitter: Jitter::default(),
    };
    let task = Task {
        id: TaskId(1),
        name: "t".into(),
        nickname: String::new(),
        owners: vec![],
        tags: vec![],
        mode,
        command: "true".into(),
        zone: "UTC".into(),
        cron: spec.to_owned(),
        schedules: vec![schedule.clone()],
        urge_cron: None,
        urging: false,
        channel_id: None,
        starts_at: None,
        ends_at: ends_at.map(|second| Stamp(at(second))),
        timeout_seconds: None,
        missed,
        execution: app::task::Execution::usual(),
        state: TaskState::Active,
        paused_until: None,
        finished: false,
        version: 1,
        created_at: Stamp(at(0)),
        updated_at: Stamp(at(0)),
        next_at: None,
    };
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
    let runs: Vec<ActiveRun> = running
        .then_some(ActiveRun {
            id: RunId(1),
            task_id: TaskId(1),
            pool: None,
            waits: None,
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
    rules.decide(&view).due
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
            vec![Skip("overlap")],
        ),
        (
            "two at once",
            &command,
            &[9, 10],
            free,
            10,
            vec![Start(Trigger::Schedule, None), Skip("overlap")],
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
            vec![Miss("down"), Miss("down"), Start(Trigger::CatchUp, None)],
        ),
        (
            "a stale reminder",
            &reminder,
            &[1, 2],
            free,
            100,
            vec![Miss("down"), Miss("down")],
        ),
        (
            "behind the window",
            &ended,
            &[5, 6],
            free,
            6,
            vec![Start(Trigger::Schedule, None), Skip("window")],
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
        verdicts_of(&all, late, true, 500),
        [501, 502, 503].map(|second| Later(at(second)))
    );
    assert_eq!(
        verdicts_of(&all, late, false, 100 + 3601),
        [Miss("down"), Start(Trigger::CatchUp, None), Later(at(3702))],
        "too old"
    );
    let none = of(rule(MissedPolicy::None, 3600));
    assert_eq!(
        verdicts_of(&none, late, false, 500),
        [const { Miss("down") }; 3]
    );
    let latest = of(rule(MissedPolicy::Latest, 300));
    assert_eq!(
        verdicts_of(&latest, late, false, 500),
        [const { Miss("down") }; 3]
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
        Some(Hole {
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
        [Miss("clock"), Start(Trigger::Schedule, None)]
    );
    fixed.hole = hole(false);
    assert_eq!(verdicts_of(&fixed, &[1800], false, 5400), [Miss("clock")]);
    let mut stars = usual(Mode::Command, None);
    stars.hole = hole(true);
    assert_eq!(
        verdicts_of(&stars, &[1800, 3600, 5400], false, 5400),
        [Miss("clock"), Miss("clock"), Start(Trigger::Schedule, None)],
        "the last one is on time"
    );
}
