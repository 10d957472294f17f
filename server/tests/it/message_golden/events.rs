//! What happens to tasks and to the system.

use app::id::TicketId;
use app::message::Event;
use app::run::{RunReason, RunState};
use app::ticket::TicketKind;
use chrono::TimeDelta;
use server::facts::{
    End, Failures, HeadAndTail, LateReason, Missed, Retried, SystemEvent, TaskEvent, TicketFacts,
};

use super::super::helpers::at;

pub(super) fn failures(count: i64) -> Failures {
    Failures {
        count,
        since: at("2026-11-29T14:30:00Z"),
    }
}

/// What happens to a task besides the end of a run.
pub(super) fn task_events() -> Vec<TaskEvent> {
    let planned = at("2026-11-29T16:30:00Z");
    let missed = |count, caught_up, reason: &str| {
        TaskEvent::Missed(Missed {
            reason: reason.to_owned(),
            count,
            since: planned - TimeDelta::minutes(count - 1),
            last: planned,
            caught_up,
        })
    };
    let retried = |exit_code, exit_signal, reason: Option<RunReason>| {
        TaskEvent::Retried(Retried {
            attempt: 2,
            state: RunState::Failed,
            reason: reason.map(|reason| reason.code()),
            exit_code,
            exit_signal,
            next_at: at("2026-11-29T16:40:00Z"),
        })
    };
    let late = |why| TaskEvent::LateStart {
        due_at: planned,
        why,
    };
    let skipped = |reason: &str| TaskEvent::Skipped {
        reason: reason.to_owned(),
        planned_for: planned,
    };
    vec![
        TaskEvent::Started { attempt: 1 },
        TaskEvent::Started { attempt: 2 },
        late(LateReason::Busy),
        late(LateReason::Down),
        late(LateReason::Pool),
        late(LateReason::Overlap),
        late(LateReason::Dependencies),
        late(LateReason::Blackout),
        retried(Some(3), None, None),
        retried(None, Some(9), None),
        retried(None, None, Some(RunReason::Http("503".to_owned()))),
        TaskEvent::TooFast {
            took_ms: 120,
            min_seconds: 90,
        },
        TaskEvent::Recovered(failures(1)),
        TaskEvent::Recovered(failures(7)),
        missed(1, 0, "down"),
        missed(41, 1, "down"),
        missed(2, 3, "clock"),
        skipped("overlap"),
        skipped("queue_full"),
        skipped("dependency"),
        skipped("blackout"),
        skipped("of_another_version"),
        TaskEvent::Paused(failures(5)),
        TaskEvent::StartingSoon {
            starts_at: at("2026-11-29T17:01:23.456Z"),
        },
        TaskEvent::EndsSoon {
            ends_at: at("2026-11-30T16:00:00Z"),
        },
        TaskEvent::changed(
            "ada",
            ["command", "schedules", "execution.retry"].map(str::to_owned),
        ),
        TaskEvent::closed("ada"),
        TaskEvent::restored("jcrontab"),
    ]
    .into_iter()
    .chain(ticket_events().into_iter().map(TaskEvent::Ticket))
    .collect()
}

/// The run that a ticket about a failure was opened by.
fn failed() -> End {
    End {
        event: Event::Failed,
        state: RunState::Failed,
        reason: None,
        exit_code: Some(3),
        exit_signal: None,
        attempt: 2,
        started_at: at("2026-11-29T13:25:00Z"),
        finished_at: at("2026-11-29T13:25:30Z"),
        output: HeadAndTail::of("connecting\npg_dump: error: connection refused"),
        failures: None,
    }
}

/// What happens to tickets.
fn ticket_events() -> Vec<TicketFacts> {
    let facts = |kind, event| {
        let opened_at = at("2026-11-29T13:25:30Z");
        let facts = TicketFacts::new(TicketId(17), kind, event, opened_at);
        facts.asking(3, 1, &["zhangsan".to_owned(), "@all".to_owned()])
    };
    let word = "已重启\n\u{202e}db";
    let mut all: Vec<TicketFacts> = [
        TicketKind::Task,
        TicketKind::Firing,
        TicketKind::Failure,
        TicketKind::Chase,
    ]
    .map(|kind| facts(kind, Event::TicketOpened))
    .into();
    let mut snoozed = facts(TicketKind::Firing, Event::TicketSnoozed).by("ada", "");
    snoozed.until = Some(at("2026-11-30T01:00:00Z"));
    all.extend([
        facts(TicketKind::Firing, Event::TicketUrged),
        facts(TicketKind::Firing, Event::TicketEscalated),
        facts(TicketKind::Failure, Event::TicketUrged).failing(Some(&failed())),
        facts(TicketKind::Failure, Event::TicketEscalated),
        facts(TicketKind::Firing, Event::TicketAcknowledged).by("ada", ""),
        snoozed,
        facts(TicketKind::Firing, Event::TicketHandedOver).by("ada", "lisi"),
        facts(TicketKind::Firing, Event::TicketDone).by("ada", word),
        facts(TicketKind::Failure, Event::TicketDone),
        facts(TicketKind::Firing, Event::TicketExpired),
        facts(TicketKind::Chase, Event::TicketExpired),
        facts(TicketKind::Task, Event::TicketReopened).by("ada", ""),
    ]);
    all
}

/// What happens to servers.
pub(super) fn system_events() -> Vec<SystemEvent> {
    let host = || "db-1\u{202e}\nhost".to_owned();
    vec![
        SystemEvent::ServerDead {
            host: host(),
            last_seen: at("2026-11-29T16:31:00Z"),
            lost: 1,
            lone: false,
        },
        SystemEvent::ServerDead {
            host: host(),
            last_seen: at("2026-11-29T16:31:00Z"),
            lost: 1,
            lone: true,
        },
        SystemEvent::ServerDead {
            host: host(),
            last_seen: at("2026-11-29T16:31:00Z"),
            lost: 0,
            lone: false,
        },
        SystemEvent::ClockStepped {
            host: host(),
            seconds: 3_661,
        },
        SystemEvent::ClockStepped {
            host: host(),
            seconds: -90,
        },
        SystemEvent::DiskLow {
            host: host(),
            free: 3_456_000_000,
            total: 500_000_000_000,
        },
        SystemEvent::TokenExpires {
            token: "ci-deploy".to_owned(),
            owner: "张三".to_owned(),
            expires: at("2026-12-06T16:31:00Z"),
        },
    ]
}
