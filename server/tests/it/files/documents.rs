//! Documents of tasks.

use app::schedule::ScheduleDraft;
use app::task::execution::{
    ExecutionDraft, HttpDraft, Parameter, ParameterKind, SuccessWhen, WaitsDraft,
};
use app::task::{TaskDocument, TaskDraft, TicketDraft};

/// A document with everything set that a command can have, and with texts that YAML has to quote.
pub(super) fn full(name: &str) -> TaskDocument {
    let text = str::to_owned;
    let draft = TaskDraft::full();
    let schedules = vec![
        ScheduleDraft {
            spec: text("0 9 * * *"),
            dialect: String::new(),
            day_rule: text("nth_work_day:-1"),
            ..ScheduleDraft::full()
        },
        ScheduleDraft::plain("every 2h from 2026-11-22 09:00"),
    ];
    let execution = ExecutionDraft {
        success_when: SuccessWhen {
            must_contain: text(" all done "),
            must_not_contain: text("错误\nx"),
        },
        // Which users there are depends on the machine.
        run_as: String::new(),
        env: text("A=1\nPATH=/opt/bin:/usr/bin\nEMPTY=\nQUERY=a=b c "),
        parameters: vec![
            Parameter {
                choices: vec![text("yes"), text("no")],
                default: text("no"),
                ..draft.execution.parameters[0].clone()
            },
            Parameter {
                name: text("PASSWORD"),
                kind: ParameterKind::Secret,
                ..Parameter::default()
            },
        ],
        waits: WaitsDraft {
            tasks: vec![text("7"), text("first: step")],
            ..draft.execution.waits.clone()
        },
        ..draft.execution.clone()
    };
    let draft = TaskDraft {
        name: text(name),
        owners: vec![text("张三"), text("@all"), text("oncall:dba")],
        tags: vec![text("备份"), text("no"), text("1e5")],
        schedules,
        command: text("set -e\n\techo \"a: b\" # 中文 \\ 'x'\n\n  tar\n"),
        starts_at: text("2026-12-01T09:00:01"),
        execution,
        tickets: TicketDraft {
            check_command: text("/opt/check.sh\ntrue"),
            ..draft.tickets.clone()
        },
        runbook: text("- 看日志\n- https://example.com/x#y"),
        ..draft
    };
    TaskDocument::of(draft, text("ops: 1"))
}

/// One that makes a request in the place of a command.
pub(super) fn calling() -> TaskDocument {
    let text = str::to_owned;
    TaskDocument {
        name: text("calls"),
        cron: text("@startup"),
        zone: text("UTC"),
        execution: ExecutionDraft {
            http: HttpDraft {
                method: text("POST"),
                url: text("http://127.0.0.1:9/run"),
                headers: text("X-A: 1\nX-B: 2"),
                body: text("{\"day\": 1}\nß"),
                expect_status: text("200-299,304"),
                json_pointer: text("/data/state~1x"),
                json_value: text("ok"),
            },
            ..ExecutionDraft::default()
        },
        ..TaskDocument::default()
    }
}

pub(super) fn plain(name: &str) -> TaskDocument {
    TaskDocument {
        name: name.to_owned(),
        cron: "0 3 * * *".to_owned(),
        command: "true".to_owned(),
        zone: "UTC".to_owned(),
        ..TaskDocument::default()
    }
}
