//! Each line in both languages, by what it is made from.

use chrono::DateTime;

use super::*;
use crate::id::{RunId, TaskId};
use crate::run::brief::{OtherTask, Others, OutputLine, Streak};

fn at(second: i64) -> Stamp {
    Stamp(DateTime::from_timestamp(1_795_337_000 + second, 0).expect("a time"))
}

fn brief() -> Brief {
    Brief {
        run_id: RunId(12),
        task_id: TaskId(7),
        task_name: "backup".to_owned(),
        streak: Streak {
            times: 3,
            since: at(0),
            first_run: Some(RunId(10)),
        },
        success: LastSuccess::Run {
            run_id: RunId(9),
            started_at: at(-3_600),
        },
        changes: Vec::new(),
        more_changes: 0,
        output: OutputChange::Same,
        others: Others {
            count: 0,
            tasks: Vec::new(),
        },
        runbook: String::new(),
        zone: ZoneRules::utc(),
        lines: Vec::new(),
    }
}

fn both(text: impl Fn(Lang) -> String) -> [String; 2] {
    [text(Lang::Zh), text(Lang::En)]
}

#[test]
fn the_brief_is_a_few_lines() {
    let mut brief = brief();
    brief.changes = vec![Change::Edited {
        at: at(-60),
        who: "ann".to_owned(),
        fields: vec!["command".to_owned(), "execution.cwd".to_owned()],
    }];
    brief.others = Others {
        count: 2,
        tasks: vec![OtherTask {
            task_id: TaskId(8),
            name: "对账".to_owned(),
            run_id: RunId(11),
        }],
    };
    let side = |run: i64, text: &str| OutputSide {
        run_id: RunId(run),
        line: 4,
        lines: vec![OutputLine {
            number: 4,
            text: text.to_owned(),
        }],
    };
    brief.output = OutputChange::Differs {
        run: side(12, "  disk full"),
        success: side(9, "wrote 5 files"),
    };
    assert_eq!(
        lines(&brief, Lang::Zh),
        [
            "连续失败：3 次，始于 2026-11-22 08:43:20 +00:00，上次成功 2026-11-22 07:43:20 +00:00（#9）",
            "变化：ann 于 2026-11-22 08:42:20 +00:00 修改了命令、工作目录",
            "同时失败：前后 5 分钟内还有 2 个任务失败：对账 等",
            "输出对比：从第 4 行起与上次成功不同：本次 “disk full”，上次成功 “wrote 5 files”",
        ]
    );
    assert_eq!(
        lines(&brief, Lang::En),
        [
            "Failing since: 2026-11-22 08:43:20 +00:00, 3 failures in a row; last success 2026-11-22 07:43:20 +00:00 (#9)",
            "What changed: ann edited the command and the working directory at 2026-11-22 08:42:20 +00:00",
            "Also failing: 2 other tasks failed within 5 minutes: 对账, …",
            "Output compared: differs from the last success from line 4 on: now \"disk full\", then \"wrote 5 files\"",
        ]
    );
}

#[test]
fn since_when_says_what_is_known() {
    let mut first = brief();
    first.streak.times = 1;
    first.success = LastSuccess::Never;
    assert_eq!(
        both(|lang| {
            let (title, text) = since(&first, lang);
            format!("{title}|{text}")
        }),
        [
            "首次失败|2026-11-22 08:43:20 +00:00，从未成功过",
            "First failure|2026-11-22 08:43:20 +00:00; never succeeded",
        ]
    );
    first.success = LastSuccess::NotAmong { runs: 50 };
    assert_eq!(
        both(|lang| last_success(&first, lang)),
        [
            "之前 50 次执行都没有成功",
            "no success in the 50 runs before"
        ]
    );
    // Nothing is said to be unchanged where nothing can be compared.
    assert_eq!(
        both(|lang| changes(&first, lang).join("|")),
        [
            "没有可以对比的成功执行",
            "No successful run to compare with"
        ]
    );
}

#[test]
fn each_change_is_a_phrase() {
    use SecretChanged::{Deleted, Granted, Revoked, Value};
    let secret = |name: Option<&str>, what| Change::Secret {
        at: at(0),
        who: "bob".to_owned(),
        name: name.map(str::to_owned),
        what,
    };
    let edited = |fields: &[&str]| Change::Edited {
        at: at(0),
        who: "bob".to_owned(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
    };
    let pair = || ("a".to_owned(), "b".to_owned());
    let time = "2026-11-22 08:43:20 +00:00";
    let table = [
        (
            edited(&["starts_at", "ends_at"]),
            format!("bob 于 {time} 修改了有效期"),
            format!("bob edited the active period at {time}"),
        ),
        (
            edited(&["name", "tags", "mode", "zone", "command", "new_field"]),
            format!("bob 于 {time} 修改了工作内容、标签、工作模式、时区等 6 项"),
            format!("bob edited the name, the tags, the mode, the time zone and 2 more at {time}"),
        ),
        (
            secret(Some("KEY"), Value),
            format!("bob 于 {time} 更换了密钥 KEY 的值"),
            format!("bob changed the value of the secret KEY at {time}"),
        ),
        (
            secret(None, Value),
            format!("bob 于 {time} 更换了一个密钥的值"),
            format!("bob changed the value of a secret at {time}"),
        ),
        (
            secret(None, Granted),
            format!("bob 于 {time} 把一个密钥授予了本任务"),
            format!("bob granted a secret to this task at {time}"),
        ),
        (
            secret(None, Revoked),
            format!("bob 于 {time} 撤销了本任务的一个密钥"),
            format!("bob revoked a secret from this task at {time}"),
        ),
        (
            secret(None, Deleted),
            format!("bob 于 {time} 删除了一个密钥"),
            format!("bob deleted a secret at {time}"),
        ),
        (
            Change::Version {
                before: pair().0,
                now: pair().1,
            },
            "服务器版本 a → b".to_owned(),
            "server version a → b".to_owned(),
        ),
        (
            Change::Node {
                before: pair().0,
                now: pair().1,
            },
            "节点 a → b".to_owned(),
            "server a → b".to_owned(),
        ),
        (
            Change::Duration {
                ms: 192_000,
                usual_ms: 4_250,
                of: 20,
            },
            "用时 3 分 12 秒，最近 20 次成功的中位数是 4.2 秒".to_owned(),
            "took 3 min 12 s; the median of the last 20 successes is 4.2 s".to_owned(),
        ),
        (
            Change::OutputSize {
                bytes: 12,
                usual_bytes: 1_450,
                of: 3,
            },
            "输出 12 B，最近 3 次成功的中位数是 1.4 kB".to_owned(),
            "wrote 12 B; the median of the last 3 successes is 1.4 kB".to_owned(),
        ),
    ];
    for (one, zh, en) in table {
        assert_eq!(both(|lang| change(&one, &ZoneRules::utc(), lang)), [zh, en]);
    }
    let mut brief = brief();
    assert_eq!(changes(&brief, Lang::En), ["No change on record"]);
    brief.changes = vec![secret(None, Value)];
    brief.more_changes = 1;
    assert_eq!(changes(&brief, Lang::En)[1], "1 more change");
}

#[test]
fn each_outcome_of_the_comparison_is_a_phrase() {
    let side = |run: i64| OutputSide {
        run_id: RunId(run),
        line: 4,
        lines: Vec::new(),
    };
    let differs = OutputChange::Differs {
        run: side(12),
        success: side(9),
    };
    let mut seen = std::collections::HashSet::new();
    for one in [
        OutputChange::Same,
        OutputChange::Silent,
        OutputChange::SameAsKept,
        OutputChange::NotKept { run_id: RunId(9) },
        OutputChange::NoSuccess,
        OutputChange::NotCompared,
        differs.clone(),
    ] {
        for text in both(|lang| output(&one, lang)) {
            assert!(seen.insert(text.clone()), "{text}");
        }
    }
    assert!(seen.contains("执行 #9 的输出没有保留，无法对比"));
    assert_eq!(
        output_in_one(&differs, Lang::En),
        "differs from the last success from line 4 on: now (no matching lines), then (no matching lines)"
    );
    let long = quoted(&"长".repeat(100), Lang::Zh);
    assert_eq!(long.chars().count(), INLINE_CHARS + 3);
}
