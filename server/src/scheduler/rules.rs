//! What a due firing comes to: pure rules, decided inside the claim's transaction.

use std::collections::{HashMap, HashSet};

use app::id::{ScheduleId, TaskId};
use app::run::Trigger;
use chrono::{DateTime, TimeDelta, Utc};

use super::agenda::Agenda;
use crate::store::{Due, Verdict};

/// A firing may be this late and still count as on time.
const GRACE: TimeDelta = TimeDelta::seconds(60);

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
    due.iter()
        .map(|firing| {
            let Some(entry) = agenda.task(firing.task_id) else {
                return Verdict::Skip("closed");
            };
            let task = &entry.task;
            let too_early = task
                .starts_at
                .is_some_and(|start| firing.scheduled_for < start.0);
            let too_late = task.ends_at.is_some_and(|end| firing.scheduled_for > end.0);
            if too_early || too_late {
                return Verdict::Skip("window");
            }
            let late = now - firing.scheduled_for > GRACE;
            // Of several late firings of a schedule only the latest is caught up.
            let is_latest = latest.get(&firing.schedule_id) == Some(&firing.scheduled_for);
            // A reminder that comes hours late is noise; a command that was missed is work to do.
            if late && !(is_latest && task.mode.runs_command()) {
                return Verdict::Miss("down");
            }
            if !busy.insert(firing.task_id) {
                return Verdict::Skip("overlap");
            }
            Verdict::Start(if late {
                Trigger::CatchUp
            } else {
                Trigger::Schedule
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use app::id::OccurrenceId;
    use app::task::{Mode, Task, TaskState};
    use app::time::Stamp;

    use super::*;
    use crate::store::{LiveSchedule, LiveTask};
    use crate::timetable::Patterns;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).expect("test time")
    }

    fn agenda(mode: Mode, ends_at: Option<i64>) -> Agenda {
        let mut agenda = Agenda::new(Arc::new(Patterns::default()), 0, at(0));
        let task = Task {
            id: TaskId(1),
            name: "t".into(),
            nickname: String::new(),
            owners: vec![],
            tags: vec![],
            mode,
            command: "true".into(),
            zone: "UTC".into(),
            cron: "* * * * * *".into(),
            urge_cron: None,
            urging: false,
            channel_id: None,
            starts_at: None,
            ends_at: ends_at.map(|second| Stamp(at(second))),
            timeout_seconds: None,
            state: TaskState::Active,
            version: 1,
            created_at: Stamp(at(0)),
            updated_at: Stamp(at(0)),
            next_at: None,
        };
        let schedule = LiveSchedule {
            id: ScheduleId(1),
            expression: task.cron.clone(),
        };
        agenda.put(
            LiveTask {
                task,
                schedule: Some(schedule),
            },
            at(0),
        );
        agenda
    }

    fn due(seconds: &[i64]) -> Vec<Due> {
        seconds
            .iter()
            .map(|second| Due {
                id: OccurrenceId(*second),
                task_id: TaskId(1),
                schedule_id: ScheduleId(1),
                scheduled_for: at(*second),
            })
            .collect()
    }

    #[test]
    fn verdicts() {
        use Verdict::{Miss, Skip, Start};
        let free = HashSet::new();
        let busy = HashSet::from([TaskId(1)]);
        let command = agenda(Mode::Command, None);
        let reminder = agenda(Mode::Message, None);
        let ended = agenda(Mode::Command, Some(5));
        let table = [
            (
                "on time",
                &command,
                &[10][..],
                &free,
                10,
                vec![Start(Trigger::Schedule)],
            ),
            (
                "it runs already",
                &command,
                &[10],
                &busy,
                10,
                vec![Skip("overlap")],
            ),
            (
                "two at once",
                &command,
                &[9, 10],
                &free,
                10,
                vec![Start(Trigger::Schedule), Skip("overlap")],
            ),
            (
                "within the grace",
                &command,
                &[10],
                &free,
                70,
                vec![Start(Trigger::Schedule)],
            ),
            (
                "down for long",
                &command,
                &[1, 2, 3],
                &free,
                100,
                vec![Miss("down"), Miss("down"), Start(Trigger::CatchUp)],
            ),
            (
                "a stale reminder",
                &reminder,
                &[1, 2],
                &free,
                100,
                vec![Miss("down"), Miss("down")],
            ),
            (
                "behind the window",
                &ended,
                &[5, 6],
                &free,
                6,
                vec![Start(Trigger::Schedule), Skip("window")],
            ),
        ];
        for (name, agenda, seconds, running, now, expected) in table {
            let latest = seconds
                .iter()
                .max()
                .map(|second| (ScheduleId(1), at(*second)))
                .into_iter()
                .collect();
            assert_eq!(
                decide(agenda, &due(seconds), running, &latest, at(now)),
                expected,
                "{name}"
            );
        }
    }
}
