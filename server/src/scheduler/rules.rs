//! What a due firing comes to: pure rules, decided inside the claim's transaction.

use std::collections::{HashMap, HashSet};

use app::id::{ScheduleId, TaskId};
use app::run::Trigger;
use app::schedule::MissedPolicy;
use chrono::{DateTime, TimeDelta, Utc};

use super::agenda::{Agenda, policy};
use crate::firings::Shut;
use crate::store::{Due, Verdict};

/// A firing that waits for its task is looked at again after this time; the next one of the same
/// task after twice of it, and so on up to the longest wait.
const WAIT: TimeDelta = TimeDelta::seconds(1);
/// The longest such wait.
const WAIT_MAX: i32 = 60;

/// One verdict for each due firing, in their order. `latest` is the latest due firing of each
/// schedule.
pub(super) fn decide(
    agenda: &Agenda,
    due: &[Due],
    running: &HashSet<TaskId>,
    latest: &HashMap<ScheduleId, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<Verdict> {
    let mut busy = running.clone();
    let mut waiting: HashMap<TaskId, i32> = HashMap::new();
    due.iter()
        .map(|firing| {
            let is_latest = latest.get(&firing.schedule_id) == Some(&firing.scheduled_for);
            let starts = match judge(agenda, firing, is_latest, now) {
                Ok(starts) => starts,
                Err(verdict) => return verdict,
            };
            if busy.insert(firing.task_id) {
                return Verdict::Start(starts.trigger);
            }
            if !starts.waits {
                return Verdict::Skip("overlap");
            }
            // What is caught up in full runs one after another.
            let turns = waiting.entry(firing.task_id).or_default();
            *turns = (*turns + 1).min(WAIT_MAX);
            Verdict::Later(now + WAIT * *turns)
        })
        .collect()
}

/// A firing that starts unless its task is busy.
struct Starts {
    trigger: Trigger,
    /// Whether it waits for a busy task.
    waits: bool,
}

/// What becomes of a firing whatever else is due.
fn judge(
    agenda: &Agenda,
    firing: &Due,
    is_latest: bool,
    now: DateTime<Utc>,
) -> Result<Starts, Verdict> {
    let Some(live) = agenda.task(firing.task_id) else {
        return Err(Verdict::Skip("closed"));
    };
    let task = &live.task;
    // Everything may have changed since it was planned or put off.
    let Some(rhythm) = live.rhythm(firing.schedule_id) else {
        return Err(Verdict::Skip("changed"));
    };
    if !rhythm.in_window(firing.base_at) {
        return Err(Verdict::Skip("window"));
    }
    if rhythm.is_paused(now) && rhythm.is_paused(firing.base_at) {
        return Err(Verdict::Skip("paused"));
    }
    match rhythm.shut_now(now) {
        Some(Shut::Dropped) => return Err(Verdict::Skip("blackout")),
        Some(Shut::Until(until)) => return Err(Verdict::Later(until)),
        None => {}
    }
    let lateness = now - firing.due_at;
    if lateness <= TimeDelta::seconds(task.missed.grace_seconds) {
        return Ok(Starts {
            trigger: Trigger::Schedule,
            waits: false,
        });
    }
    if let Some(hole) = agenda.hole.filter(|hole| hole.holds(firing.base_at)) {
        if hole.corrects && rhythm.is_fixed() && is_latest {
            return Ok(Starts {
                trigger: Trigger::Schedule,
                waits: false,
            });
        }
        return Err(Verdict::Miss("clock"));
    }
    let recent = lateness <= TimeDelta::seconds(task.missed.max_age_seconds);
    let policy = policy(task);
    let wanted = match policy {
        MissedPolicy::None => false,
        MissedPolicy::Latest => is_latest,
        MissedPolicy::All => true,
    };
    if !(recent && wanted) {
        return Err(Verdict::Miss("down"));
    }
    Ok(Starts {
        trigger: Trigger::CatchUp,
        waits: policy == MissedPolicy::All,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use app::id::OccurrenceId;
    use app::task::{Mode, Task, TaskState};
    use app::time::Stamp;

    use super::*;
    use app::schedule::{DayRule, Jitter, MissedRule, Purpose, Schedule};

    use super::super::steps::Hole;
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
            execution: app::task::Execution::default(),
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
        let running = HashSet::from_iter(running.then_some(TaskId(1)));
        let latest = seconds
            .iter()
            .max()
            .map(|second| (ScheduleId(1), at(*second)))
            .into_iter()
            .collect();
        decide(agenda, &due(seconds), &running, &latest, at(now))
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
                vec![Start(Trigger::Schedule)],
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
                vec![Start(Trigger::Schedule), Skip("overlap")],
            ),
            (
                "within the grace",
                &command,
                &[10],
                free,
                70,
                vec![Start(Trigger::Schedule)],
            ),
            (
                "down for long",
                &command,
                &[1, 2, 3],
                free,
                100,
                vec![Miss("down"), Miss("down"), Start(Trigger::CatchUp)],
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
                vec![Start(Trigger::Schedule), Skip("window")],
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
            [Start(Trigger::CatchUp), Later(at(501)), Later(at(502))],
            "one after another"
        );
        assert_eq!(
            verdicts_of(&all, late, true, 500),
            [501, 502, 503].map(|second| Later(at(second)))
        );
        assert_eq!(
            verdicts_of(&all, late, false, 100 + 3601),
            [Miss("down"), Start(Trigger::CatchUp), Later(at(3702))],
            "too old"
        );
        let none = of(rule(MissedPolicy::None, 3600));
        assert_eq!(verdicts_of(&none, late, false, 500), [Miss("down"); 3]);
        let latest = of(rule(MissedPolicy::Latest, 300));
        assert_eq!(verdicts_of(&latest, late, false, 500), [Miss("down"); 3]);
        let patient = of(MissedRule {
            grace_seconds: 600,
            ..MissedRule::default()
        });
        assert_eq!(
            verdicts_of(&patient, &[100], false, 500),
            [Start(Trigger::Schedule)]
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
            [Miss("clock"), Start(Trigger::Schedule)]
        );
        fixed.hole = hole(false);
        assert_eq!(verdicts_of(&fixed, &[1800], false, 5400), [Miss("clock")]);
        let mut stars = usual(Mode::Command, None);
        stars.hole = hole(true);
        assert_eq!(
            verdicts_of(&stars, &[1800, 3600, 5400], false, 5400),
            [Miss("clock"), Miss("clock"), Start(Trigger::Schedule)],
            "the last one is on time"
        );
    }
}
