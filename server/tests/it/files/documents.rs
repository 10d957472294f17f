//! Documents of tasks.

use app::schedule::{MissedDraft, ScheduleDraft};
use app::task::execution::{
    ExecutionDraft, HttpDraft, KeepDraft, LimitsDraft, Parameter, ParameterKind, RetryDraft,
    SuccessWhen, WaitsDraft,
};
use app::task::{Mode, TaskDocument, TicketDraft};

/// A document with everything set that a command can have; each by its name, so that a new field is set, too.
pub(super) fn full(name: &str) -> TaskDocument {
    let text = str::to_owned;
    TaskDocument {
        name: text(name),
        nickname: text("各位"),
        owners: vec![text("张三"), text("@all"), text("oncall:dba")],
        tags: vec![text("备份"), text("no"), text("1e5")],
        mode: Mode::MessageCommand,
        zone: text("Europe/Berlin"),
        cron: String::new(),
        schedules: vec![
            ScheduleDraft {
                spec: text("0 9 * * *"),
                dialect: String::new(),
                day_rule: text("nth_work_day:-1"),
                calendar: text("work"),
                jitter: text("5m"),
                jitter_stable: true,
            },
            ScheduleDraft::plain("every 2h from 2026-11-22 09:00"),
        ],
        urge_cron: text("*/10 * * * *"),
        command: text("set -e\n\techo \"a: b\" # 中文 \\ 'x'\n\n  tar\n"),
        channel: text("ops: 1"),
        starts_at: text("2026-12-01T09:00:01"),
        ends_at: text("2027-12-01T09:00:00"),
        timeout: text("10m"),
        pause_after_failures: text("5"),
        notice_before: text("30m"),
        missed: MissedDraft {
            policy: text("all"),
            grace: text("2m"),
            max: text("7"),
            max_age: text("2d"),
        },
        execution: ExecutionDraft {
            overlap: text("queue:10"),
            pool: text("db"),
            retry: RetryDraft {
                attempts: text("5"),
                delay: text("10s"),
                factor: text("1.5"),
                max_delay: text("10m"),
                jitter: text("20"),
                exit_codes: text("1, 75"),
                on_timeout: true,
                on_lost: true,
            },
            success_when: SuccessWhen {
                must_contain: text(" all done "),
                must_not_contain: text("错误\nx"),
            },
            soft_limit: text("5m"),
            min_duration: text("20s"),
            stop_grace: text("30s"),
            limits: LimitsDraft {
                cpu: text("1m"),
                memory: text("2G"),
                open_files: text("1024"),
                processes: text("64"),
                nice: text("19"),
            },
            // Which users there are depends on the machine.
            run_as: String::new(),
            cwd: text("/srv/app"),
            shell: text("bash"),
            merge_output: true,
            secret_files: true,
            env: text("A=1\nPATH=/opt/bin:/usr/bin\nEMPTY=\nQUERY=a=b c "),
            parameters: vec![
                Parameter {
                    name: text("TARGET"),
                    label: text("哪里"),
                    kind: ParameterKind::Choice,
                    choices: vec![text("yes"), text("no")],
                    default: text("no"),
                    required: true,
                },
                Parameter {
                    name: text("PASSWORD"),
                    kind: ParameterKind::Secret,
                    ..Parameter::default()
                },
            ],
            waits: WaitsDraft {
                tasks: vec![text("7"), text("first: step")],
                how: text("any"),
                what: text("finish"),
                fresh: text("12h"),
                patience: text("30m"),
            },
            http: HttpDraft::default(),
            outlives_server: true,
            keep: KeepDraft {
                days: text("30"),
                runs: text("500"),
                output_mib: text("64"),
            },
        },
        tickets: TicketDraft {
            opens: text("firing"),
            first_after: text("5m"),
            every: text("10m"),
            factor: text("1.5"),
            min: text("5m"),
            max: text("2h"),
            cron: String::new(),
            hours_from: text("09:00"),
            hours_until: text("18:30"),
            calendar: text("work"),
            urgent: true,
            max_urges: text("20"),
            expires_after: text("2d"),
            ladder: text("2h: 李四, 王五\n1d: @all"),
            stop: text("acknowledged"),
            quiet_done: true,
            check_command: text("/opt/check.sh\ntrue"),
            check_url: String::new(),
            check_timeout: text("10s"),
        },
        runbook: text("- 看日志\n- https://example.com/x#y"),
    }
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
