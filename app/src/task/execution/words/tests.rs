//! Executions in words.

use super::super::{EnvVar, Parameter, StopGrace};
use super::*;

#[test]
fn the_usual_execution_needs_no_words() {
    for lang in [Lang::Zh, Lang::En] {
        assert!(Execution::default().describe(lang).is_empty());
    }
}

#[test]
fn differences_are_described_in_both_languages() {
    let execution = Execution {
        overlap: Overlap::Allow { max: 3 },
        pool: "db".into(),
        retry: Retry {
            attempts: 4,
            exit_codes: vec![1, 75],
            on_lost: true,
            ..Retry::default()
        },
        soft_limit_seconds: Some(300),
        min_seconds: Some(20),
        stop_grace_seconds: StopGrace(30),
        limits: Limits {
            memory_mib: Some(512),
            nice: Some(5),
            ..Limits::default()
        },
        run_as: "deploy".into(),
        cwd: "/srv".into(),
        env: vec![EnvVar {
            name: "TOKEN".into(),
            value: "not shown".into(),
        }],
        parameters: vec![Parameter {
            name: "DAY".into(),
            ..Parameter::default()
        }],
        waits: Waits {
            tasks: vec![TaskId(12), TaskId(15)],
            ..Waits::default()
        },
        ..Execution::default()
    };
    let name = |id: TaskId| (id.0 == 12).then(|| "备份".to_owned());
    assert_eq!(
        execution.describe_with(Lang::Zh, name),
        [
            "等 #12 备份、#15 成功（24 小时内），最多等 1 小时",
            "最多同时执行 3 个",
            "在并发池 db 里排队",
            "失败后最多重试 3 次：1 分钟、2 分钟、4 分钟之后；只在退出码是 1、75 时；\
             服务器崩溃后也重试，可能因此执行两遍",
            "执行超过 5 分钟时提醒",
            "成功但用时不到 20 秒时提醒",
            "停止时先发 TERM，30 秒后发 KILL",
            "限制：内存 512 MiB，nice 5",
            "以用户 deploy 执行",
            "在 /srv 目录执行",
            "环境变量 TOKEN",
            "手动执行时可填 DAY",
        ]
    );
    let english = execution.describe(Lang::En);
    assert_eq!(english.len(), 12);
    assert_eq!(
        english[0],
        "Waits up to 1 hour for the success of #12, #15 (within 24 hours)"
    );
    assert!(english[3].starts_with(
        "Retried up to 3 times after a failure: after 1 minute, 2 minutes, 4 minutes;"
    ));
    assert!(!english.concat().contains("not shown"));
}

#[test]
fn long_lists_end_and_one_of_several_is_enough_where_it_says_so() {
    let long = Retry {
        attempts: 20,
        jitter_percent: 10,
        ..Retry::default()
    };
    assert_eq!(
        long.describe(Lang::Zh).as_deref(),
        Some(
            "失败后最多重试 19 次：1 分钟、2 分钟、4 分钟、8 分钟、16 分钟、32 分钟、…之后（±10%）"
        )
    );
    let any = Waits {
        tasks: vec![TaskId(1), TaskId(2)],
        how: WaitsHow::Any,
        what: WaitsFor::Finish,
        ..Waits::default()
    };
    assert_eq!(
        any.describe(Lang::Zh, |_| None).as_deref(),
        Some("等 #1、#2 之一结束（24 小时内），最多等 1 小时")
    );
    assert_eq!(
        any.describe(Lang::En, |_| None).as_deref(),
        Some("Waits up to 1 hour for the end of #1 or #2 (within 24 hours)")
    );
}

#[test]
fn a_request_is_described_with_its_expectations() {
    let call = HttpCall {
        method: "POST".into(),
        url: "https://example.com/run".into(),
        expect_status: "200-299,304".into(),
        json_pointer: "/state".into(),
        json_value: "ok".into(),
        ..HttpCall::default()
    };
    assert_eq!(
        call.describe(Lang::Zh),
        "发送请求 POST https://example.com/run；状态码应为 200-299,304；响应的 /state 应为 ok"
    );
}
