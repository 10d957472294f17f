//! Examples of messages: what a template is tried with before there is a run to try it with.

use app::i18n::Lang;
use app::id::{RunId, TaskId, TicketId};
use app::message::Event;
use app::occurrence::{MissReason, SkipReason};
use app::run::RunState;
use app::run::brief::{
    Brief, LastSuccess, OtherTask, Others, OutputChange, OutputLine, OutputSide, Streak,
};
use app::schedule::Schedule;
use app::summary::Selection;
use app::task::Mode;
use app::ticket::TicketKind;
use app::time::{Stamp, ZoneRules};
use chrono::{DateTime, TimeDelta, Utc};

use crate::facts::summary::{FailedTask, Part};
use crate::facts::{
    Cycle, Digest, DigestGroup, End, Facts, Failures, HeadAndTail, LateReason, Missed, Retried,
    Summary, SystemEvent, TaskEvent, TaskFacts, TicketFacts, Work,
};

/// 2026-01-05T01:00:00Z, a Monday.
fn at() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_767_574_800)
}

fn task(event: Event) -> TaskFacts {
    TaskFacts {
        id: TaskId(42),
        name: "backup".to_owned(),
        nickname: "Ann".to_owned(),
        mode: match event {
            Event::Reminder | Event::Urge => Mode::Message,
            Event::Completed | Event::Stopped => Mode::MessageCommand,
            _ => Mode::Command,
        },
        zone: "Asia/Shanghai".to_owned(),
        work: Some(Work::Command("pg_dump app > app.sql".to_owned())),
        runbook: "https://wiki.example.com/backup".to_owned(),
    }
}

/// The people whom the example mentions.
pub(crate) fn owners() -> [String; 2] {
    ["ann".to_owned(), "13800138000".to_owned()]
}

/// An example of a message; `None` for a test, which has no facts.
#[must_use]
pub(crate) fn facts(event: Event) -> Option<Facts> {
    let (task, run, at) = (task(event), RunId(4711), at());
    if let Some((is_of_run, event)) = task_event(event) {
        let run = is_of_run.then_some(run);
        return Some(Facts::Task {
            task,
            run,
            at,
            event,
        });
    }
    if let Some(event) = system_event(event) {
        return Some(Facts::System { at, event });
    }
    Some(match event {
        Event::Test => return None,
        Event::Created => Facts::Created {
            task,
            at,
            cycle: Cycle {
                urge: None,
                work: vec![Schedule::plain("0 9 * * *")],
            },
        },
        Event::Lost => Facts::Lost { task, run, at },
        Event::Summary => Facts::Summary(Box::new(summary())),
        Event::TooLong => Facts::TooLong {
            task,
            run,
            at,
            limit_seconds: 5_400,
        },
        Event::Digest => {
            let group = |event, count| DigestGroup {
                event,
                task: task.id,
                name: task.name.clone(),
                zone: task.zone.clone(),
                count,
                first: at,
                last: at + TimeDelta::seconds(40),
            };
            Facts::Digest(Digest {
                at,
                total: 31,
                held: 0,
                groups: vec![group(Event::Failed, 30), group(Event::TooLong, 1)],
                more: Vec::new(),
            })
        }
        other => {
            let (state, exit_code) = match other {
                Event::Failed => (RunState::Failed, Some(3)),
                Event::TimedOut => (RunState::TimedOut, None),
                Event::Stopped => (RunState::Killed, Some(143)),
                _ => (RunState::Succeeded, Some(0)),
            };
            let end = End {
                event: other,
                state,
                reason: (state == RunState::Killed).then(|| "stopped:ann".to_owned()),
                exit_code,
                exit_signal: None,
                attempt: 1,
                started_at: at,
                finished_at: at + TimeDelta::milliseconds(83_456),
                output: HeadAndTail::of("connected\npg_dump: error: connection refused"),
                failures: state.is_bad().then(failures),
            };
            Facts::Ended {
                task,
                run,
                at,
                end: Box::new(end),
            }
        }
    })
}

fn failures() -> Failures {
    Failures {
        count: 3,
        since: at() - TimeDelta::days(2),
    }
}

fn summary() -> Summary {
    Summary {
        name: "core".to_owned(),
        weekly: false,
        selection: Selection::All,
        zone: "Asia/Shanghai".to_owned(),
        from: at() - TimeDelta::days(1),
        to: at(),
        failed: Part::of(
            vec![FailedTask {
                task: TaskId(42),
                name: "backup".to_owned(),
                count: 3,
                run: RunId(4711),
                last: at() - TimeDelta::hours(2),
            }],
            false,
        ),
        missed: Part::default(),
        slow: Part::default(),
        idle: Part::default(),
        chased: Part::default(),
        tickets: Part::default(),
    }
}

/// What happens to a task besides the end of a run, and whether it is about a run.
fn task_event(event: Event) -> Option<(bool, TaskEvent)> {
    let (at, by) = (at(), "ann");
    Some(match event {
        Event::Started => (true, TaskEvent::Started { attempt: 1 }),
        Event::LateStart => (
            true,
            TaskEvent::LateStart {
                due_at: at - TimeDelta::seconds(90),
                why: LateReason::Pool,
            },
        ),
        Event::Retried => (
            true,
            TaskEvent::Retried(Retried {
                attempt: 1,
                state: RunState::Failed,
                reason: None,
                exit_code: Some(3),
                exit_signal: None,
                next_at: at + TimeDelta::seconds(60),
            }),
        ),
        Event::TooFast => (
            true,
            TaskEvent::TooFast {
                took_ms: 40,
                min_seconds: 60,
            },
        ),
        Event::Recovered => (true, TaskEvent::Recovered(failures())),
        Event::Missed => (
            false,
            TaskEvent::Missed(Missed {
                reason: MissReason::Down.as_str().to_owned(),
                count: 4,
                since: at - TimeDelta::hours(1),
                last: at,
                caught_up: 1,
            }),
        ),
        Event::Skipped => (
            false,
            TaskEvent::Skipped {
                reason: SkipReason::Overlap.as_str().to_owned(),
                planned_for: at,
            },
        ),
        Event::Paused => (false, TaskEvent::Paused(failures())),
        Event::StartingSoon => (
            false,
            TaskEvent::StartingSoon {
                starts_at: at + TimeDelta::minutes(10),
            },
        ),
        Event::EndsSoon => (
            false,
            TaskEvent::EndsSoon {
                ends_at: at + TimeDelta::hours(24),
            },
        ),
        Event::Changed => (false, TaskEvent::changed(by, ["command".to_owned()])),
        Event::Closed => (false, TaskEvent::closed(by)),
        Event::Restored => (false, TaskEvent::restored(by)),
        Event::TicketOpened
        | Event::TicketUrged
        | Event::TicketAcknowledged
        | Event::TicketSnoozed
        | Event::TicketHandedOver
        | Event::TicketEscalated
        | Event::TicketDone
        | Event::TicketExpired
        | Event::TicketReopened => (false, TaskEvent::Ticket(ticket(event, by))),
        _ => return None,
    })
}

/// Something that happened to a ticket.
fn ticket(event: Event, by: &str) -> TicketFacts {
    let opened_at = at() - TimeDelta::hours(3);
    let facts = TicketFacts::new(TicketId(17), TicketKind::Firing, event, opened_at);
    let mut facts = facts.asking(3, 1, &["zhangsan".to_owned()]);
    match event {
        Event::TicketOpened
        | Event::TicketUrged
        | Event::TicketEscalated
        | Event::TicketExpired => {}
        Event::TicketHandedOver => facts = facts.by(by, "lisi"),
        Event::TicketSnoozed => {
            facts = facts.by(by, "");
            facts.until = Some(at() + TimeDelta::hours(2));
        }
        _ => facts = facts.by(by, "已重启"),
    }
    facts
}

fn system_event(event: Event) -> Option<SystemEvent> {
    let host = "ops-1".to_owned();
    Some(match event {
        Event::ServerDead => SystemEvent::ServerDead {
            host,
            last_seen: at() - TimeDelta::seconds(40),
            lost: 2,
            lone: false,
        },
        Event::ClockStepped => SystemEvent::ClockStepped { host, seconds: -90 },
        Event::DiskLow => SystemEvent::DiskLow {
            host,
            free: 2 << 30,
            total: 100 << 30,
        },
        Event::TokenExpires => SystemEvent::TokenExpires {
            token: "ci-deploy".to_owned(),
            owner: "ann".to_owned(),
            expires: at() + TimeDelta::days(7),
        },
        _ => return None,
    })
}

/// An example of a failure brief.
#[must_use]
pub(crate) fn brief() -> Brief {
    let side = |run, text: &str| OutputSide {
        run_id: RunId(run),
        line: 2,
        lines: vec![OutputLine {
            number: 2,
            text: text.to_owned(),
        }],
    };
    let mut brief = Brief {
        run_id: RunId(4711),
        task_id: TaskId(42),
        task_name: "backup".to_owned(),
        streak: Streak {
            times: 3,
            since: Stamp(at() - TimeDelta::days(2)),
            first_run: Some(RunId(4600)),
        },
        success: LastSuccess::Run {
            run_id: RunId(4550),
            started_at: Stamp(at() - TimeDelta::days(3)),
        },
        changes: Vec::new(),
        more_changes: 0,
        output: OutputChange::Differs {
            run: side(4711, "pg_dump: error: connection refused"),
            success: side(4550, "dumped 12 tables"),
        },
        others: Others {
            count: 1,
            tasks: vec![OtherTask {
                task_id: TaskId(43),
                name: "report".to_owned(),
                run_id: RunId(4712),
            }],
        },
        runbook: "https://wiki.example.com/backup".to_owned(),
        zone: ZoneRules::utc(),
        lines: Vec::new(),
    };
    brief.lines = app::texts::brief::lines(&brief, Lang::En);
    brief
}
