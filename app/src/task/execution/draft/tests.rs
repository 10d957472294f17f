//! Input is parsed as intended, faults are at their field, and stored values convert back unchanged.

mod bounds;
mod names;
mod request;

use super::*;
use crate::task::execution::{
    EnvVar, HttpHeader, Limits, ParameterKind, Retry, StopGrace, WaitsFor, WaitsHow,
};

/// The faulty fields, with their codes; checks that the sentences exist in both languages.
fn faults(draft: &ExecutionDraft) -> Vec<(String, String)> {
    let reported = |lang| {
        let mut faults = Vec::new();
        let _ = draft.read(lang, &mut faults);
        assert!(faults.iter().all(|fault| !fault.message.is_empty()));
        let pairs = faults.into_iter().map(|fault| (fault.field, fault.code));
        pairs.collect::<Vec<_>>()
    };
    let (zh, en) = (reported(Lang::Zh), reported(Lang::En));
    assert_eq!(zh, en);
    zh
}

#[track_caller]
fn read(draft: &ExecutionDraft) -> Execution {
    let mut found = Vec::new();
    let execution = draft.read(Lang::En, &mut found);
    assert_eq!(found, [], "{draft:?}");
    execution
}

#[track_caller]
fn refused(draft: &ExecutionDraft, field: &str) {
    let faults = faults(draft);
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, [format!("execution.{field}")], "{draft:?}");
}

fn parameter(name: &str, kind: ParameterKind, default: &str) -> Parameter {
    Parameter {
        name: name.into(),
        kind,
        default: default.into(),
        ..Parameter::default()
    }
}

fn choice(choices: &[&str], default: &str, required: bool) -> Parameter {
    Parameter {
        choices: choices.iter().map(|text| (*text).to_owned()).collect(),
        required,
        ..parameter("TARGET", ParameterKind::Choice, default)
    }
}

/// Texts at the edges of what is read, too.
fn full() -> ExecutionDraft {
    ExecutionDraft {
        pool: "数据库.1".into(),
        success_when: SuccessWhen {
            must_contain: " all done ".into(),
            must_not_contain: "错误".into(),
        },
        run_as: "deploy".into(),
        env: "A=1\nPATH=/opt/bin:/usr/bin\nEMPTY=\nQUERY=a=b c ".into(),
        parameters: vec![
            parameter("DAY", ParameterKind::Date, "2026-02-28"),
            parameter("count", ParameterKind::Number, "-0.5"),
            choice(&["dev", "prod"], "dev", false),
            parameter("PASSWORD", ParameterKind::Secret, ""),
        ],
        waits: WaitsDraft {
            tasks: Vec::new(),
            ..ExecutionDraft::full().waits
        },
        http: HttpDraft {
            url: "https://example.com:8443/run/${DAY}?x=${count}".into(),
            headers: "Authorization: Bearer ${PASSWORD}\nX-A: 1".into(),
            body: "{\"day\": \"${DAY}\"}\nß".into(),
            ..ExecutionDraft::full().http
        },
        ..ExecutionDraft::full()
    }
}

#[test]
fn nothing_typed_is_the_usual_execution_and_back() {
    assert_eq!(read(&ExecutionDraft::default()), Execution::default());
    assert_eq!(
        ExecutionDraft::from(&Execution::default()),
        ExecutionDraft::default()
    );
}

#[test]
fn all_fields_are_read_and_come_back_as_they_were_typed() {
    let draft = full();
    let execution = read(&draft);
    assert_eq!(ExecutionDraft::from(&execution), draft);
    assert_eq!(execution.overlap, Overlap::Queue { max: 10 });
    assert_eq!(
        execution.retry,
        Retry {
            attempts: 5,
            delay_seconds: 10,
            factor_percent: 150,
            max_delay_seconds: 600,
            jitter_percent: 20,
            exit_codes: vec![1, 75],
            on_timeout: true,
            on_lost: true,
        }
    );
    assert_eq!(
        execution.limits,
        Limits {
            cpu_seconds: Some(60),
            memory_mib: Some(2048),
            open_files: Some(1024),
            processes: Some(64),
            nice: Some(19),
        }
    );
    assert_eq!(
        execution.env[3],
        EnvVar {
            name: "QUERY".into(),
            value: "a=b c ".into(),
        }
    );
    assert_eq!(execution.waits.how, WaitsHow::Any);
    assert_eq!(execution.waits.what, WaitsFor::Finish);
    let call = execution.http.expect("a call");
    assert_eq!(
        call.headers[0],
        HttpHeader {
            name: "Authorization".into(),
            value: "Bearer ${PASSWORD}".into(),
        }
    );
}

#[test]
fn other_ways_to_write_the_same_mean_the_same() {
    let draft = ExecutionDraft {
        overlap: " allow: 3 ".into(),
        retry: RetryDraft {
            attempts: "2".into(),
            delay: "7200".into(),
            factor: "1".into(),
            exit_codes: "1，2 3".into(),
            ..RetryDraft::default()
        },
        stop_grace: "10".into(),
        limits: LimitsDraft {
            memory: "512 MiB".into(),
            ..LimitsDraft::default()
        },
        env: "\r\nA=1\r\n\r\n  B = 2\r\n".into(),
        http: HttpDraft {
            url: " HTTPS://example.com ".into(),
            method: "put".into(),
            expect_status: " 200 - 204， 304".into(),
            ..HttpDraft::default()
        },
        ..ExecutionDraft::default()
    };
    let execution = read(&draft);
    assert_eq!(execution.overlap, Overlap::Allow { max: 3 });
    // A longer first delay raises the maximum.
    assert_eq!(execution.retry.max_delay_seconds, 7200);
    assert_eq!(execution.retry.exit_codes, [1, 2, 3]);
    assert_eq!(execution.stop_grace_seconds, StopGrace::default());
    assert_eq!(execution.limits.memory_mib, Some(512));
    let pairs: Vec<(&str, &str)> = execution
        .env
        .iter()
        .map(|one| (one.name.as_str(), one.value.as_str()))
        .collect();
    assert_eq!(pairs, [("A", "1"), ("B", "2")]);
    let call = execution.http.clone().expect("a call");
    assert_eq!(
        (call.method.as_str(), call.expect_status.as_str()),
        ("PUT", "200-204,304")
    );
    // The stored form is a fixed point: parsing it again changes nothing.
    assert_eq!(read(&ExecutionDraft::from(&execution)), execution);
}

#[test]
fn tasks_are_named_by_id_in_three_ways() {
    use crate::id::TaskId;
    use crate::task::execution::task_number;
    for (text, id) in [
        ("12", Some(12)),
        (" #12 ", Some(12)),
        ("#12 备份 到异地", Some(12)),
        ("12 备份", None),
        ("#", None),
        ("# 12", Some(12)),
        ("备份", None),
        ("#1x", None),
        ("", None),
        ("99999999999999999999", None),
    ] {
        assert_eq!(task_number(text), id.map(TaskId), "{text:?}");
    }
}

/// Every combination that a small generator creates survives a round trip.
#[test]
fn whatever_can_be_stored_comes_back() {
    // xorshift: the same sequence every time, so that a failure can be reproduced.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for _ in 0..2_000 {
        let mut number = |from: i64, to: i64| {
            from + i64::try_from(next(u64::try_from(to - from + 1).expect("bounds")))
                .expect("small")
        };
        let delay = number(1, 86_400);
        let max = u32::try_from(number(2, 100)).expect("small");
        let overlaps = [
            Overlap::Skip,
            Overlap::Allow { max },
            Overlap::Queue { max },
            Overlap::Replace,
        ];
        let execution = Execution {
            overlap: overlaps[usize::try_from(number(0, 3)).expect("small")],
            retry: Retry {
                attempts: i32::try_from(number(1, 20)).expect("small"),
                delay_seconds: delay,
                factor_percent: u32::try_from(number(100, 1000)).expect("small"),
                max_delay_seconds: number(delay, 86_400),
                jitter_percent: u32::try_from(number(0, 100)).expect("small"),
                exit_codes: vec![i32::try_from(number(1, 255)).expect("small")],
                on_timeout: number(0, 1) == 1,
                on_lost: number(0, 1) == 1,
            },
            soft_limit_seconds: (number(0, 1) == 1).then(|| number(1, MONTH)),
            min_seconds: (number(0, 1) == 1).then(|| number(1, MONTH)),
            stop_grace_seconds: StopGrace(number(1, 600)),
            limits: Limits {
                cpu_seconds: Some(number(1, MONTH)),
                memory_mib: Some(number(16, 1 << 24)),
                open_files: (number(0, 1) == 1).then(|| number(16, 1_000_000)),
                processes: Some(number(1, 100_000)),
                nice: Some(number(0, 19)),
            },
            waits: Waits {
                fresh_seconds: number(1, MONTH),
                patience_seconds: number(1, MONTH),
                ..Waits::default()
            },
            ..Execution::default()
        };
        assert_eq!(read(&ExecutionDraft::from(&execution)), execution);
    }
}
