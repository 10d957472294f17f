//! Summaries in words.

use app::id::{RunId, TaskId};
use chrono::TimeDelta;

use super::*;
use crate::facts::Facts;
use crate::facts::summary::kept_name;
use crate::messages::render::{NAMED_MIN, Renderer};

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .expect("an instant")
        .to_utc()
}

fn summary() -> Summary {
    Summary {
        name: "核心".to_owned(),
        weekly: false,
        selection: Selection::Tag("core".to_owned()),
        zone: "Asia/Shanghai".to_owned(),
        from: at("2026-11-28T01:00:00Z"),
        to: at("2026-11-29T01:00:00Z"),
        failed: Part::default(),
        missed: Part::default(),
        slow: Part::default(),
        idle: Part::default(),
        chased: Part::default(),
        tickets: Part::default(),
    }
}

fn renderer() -> Renderer {
    Renderer {
        lang: Lang::Zh,
        base_url: "https://cron.example.com".to_owned(),
        zone: "Asia/Shanghai".to_owned(),
        room: NAMED_MIN,
    }
}

fn text(summary: &Summary, lang: Lang) -> String {
    renderer().text(&Facts::Summary(Box::new(summary.clone())), Some(lang))
}

#[test]
fn a_summary_names_what_needs_attention() {
    let last = at("2026-11-29T00:50:07Z");
    let full = Summary {
        failed: Part::of(
            vec![FailedTask {
                task: TaskId(1),
                name: "backup".to_owned(),
                count: 12,
                run: RunId(123),
                last,
            }],
            true,
        ),
        missed: Part::of(
            vec![MissedTask {
                task: TaskId(2),
                name: "对账".to_owned(),
                count: 1,
                last,
            }],
            false,
        ),
        slow: Part::of(
            vec![SlowTask {
                task: TaskId(3),
                name: "report".to_owned(),
                run: RunId(124),
                millis: 600_000,
                usual_millis: 2_340,
            }],
            false,
        ),
        chased: Part::of(
            vec![ChasedTask {
                task: TaskId(4),
                name: "交周报".to_owned(),
            }],
            false,
        ),
        tickets: Part::of(
            vec![TicketedTask {
                task: TaskId(5),
                name: "证书".to_owned(),
                count: 3,
                since: last,
            }],
            false,
        ),
        ..summary()
    };
    assert_eq!(
        text(&full, Lang::Zh),
        "【日报】核心\n\
         2026-11-28 09:00 至 2026-11-29 09:00（Asia/Shanghai），标签 core\n\
         执行失败：1 个任务，至少 12 次\n\
         · backup ×12，最近 11-29 08:50 https://cron.example.com/runs/123\n\
         错过执行：1 个任务，共 1 次\n\
         · 对账 ×1，最近 11-29 08:50 https://cron.example.com/tasks/2\n\
         明显变慢：1 个任务\n\
         · report 用时 10 分钟，平时不超过 2.3 秒（p95）https://cron.example.com/runs/124\n\
         催单中：1 个任务\n\
         · 交周报 https://cron.example.com/tasks/4\n\
         未完成的待办：1 个任务，共 3 个\n\
         · 证书 ×3，最早 2026-11-29 08:50 https://cron.example.com/tasks/5\n\
         任务列表：https://cron.example.com/tasks"
    );
    let english = text(&full, Lang::En);
    for line in [
        "[Daily summary] 核心",
        "2026-11-28 09:00 to 2026-11-29 09:00 (Asia/Shanghai), tag core",
        "Failed: 1 task, at least 12 runs",
        "Missed: 1 task, 1 planned run",
        "- report took 10 minutes, usually up to 2.3 seconds (p95) https://cron.example.com/runs/124",
    ] {
        assert!(english.lines().any(|one| one == line), "{line}: {english}");
    }
}

#[test]
fn an_empty_summary_says_so() {
    let empty = Summary {
        weekly: true,
        selection: Selection::All,
        ..summary()
    };
    assert!(empty.is_empty());
    assert_eq!(
        text(&empty, Lang::En),
        "[Weekly summary] 核心\n\
         2026-11-28 09:00 to 2026-11-29 09:00 (Asia/Shanghai), all tasks\n\
         Nothing needs attention\n\
         Tasks: https://cron.example.com/tasks"
    );
}

#[test]
fn a_summary_fits_into_a_message_with_all_its_counts() {
    let last = summary().to - TimeDelta::hours(3);
    for tasks in [1, 9, 4_000] {
        for length in [5, 200] {
            let name = kept_name(&"名".repeat(length));
            let ids = || (1..=tasks).map(TaskId);
            let long = Summary {
                name: "名".repeat(100),
                selection: Selection::Owner("名".repeat(64)),
                zone: "America/Argentina/Buenos_Aires".to_owned(),
                failed: Part::of(
                    ids()
                        .map(|task| FailedTask {
                            task,
                            name: name.clone(),
                            count: 1_000,
                            run: RunId(9_999_999),
                            last,
                        })
                        .collect(),
                    true,
                ),
                missed: Part::of(
                    ids()
                        .map(|task| MissedTask {
                            task,
                            name: name.clone(),
                            count: 1_000,
                            last,
                        })
                        .collect(),
                    true,
                ),
                slow: Part::of(
                    ids()
                        .map(|task| SlowTask {
                            task,
                            name: name.clone(),
                            run: RunId(9_999_999),
                            millis: 100_000_000,
                            usual_millis: 10_000_000,
                        })
                        .collect(),
                    false,
                ),
                idle: Part::of(
                    ids()
                        .map(|task| IdleTask {
                            task,
                            name: name.clone(),
                            count: 1_000,
                            last,
                        })
                        .collect(),
                    false,
                ),
                chased: Part::of(
                    ids()
                        .map(|task| ChasedTask {
                            task,
                            name: name.clone(),
                        })
                        .collect(),
                    false,
                ),
                tickets: Part::of(
                    ids()
                        .map(|task| TicketedTask {
                            task,
                            name: name.clone(),
                            count: 100,
                            since: last,
                        })
                        .collect(),
                    false,
                ),
                ..summary()
            };
            for (lang, words) in [
                (Lang::Zh, format!("{tasks} 个任务")),
                (Lang::En, format!(": {tasks} task")),
            ] {
                let text = text(&long, lang);
                assert!(text.len() <= 2048, "{} bytes: {text}", text.len());
                let counts = text.lines().filter(|line| line.contains(&words));
                assert_eq!(counts.count(), 6, "{text}");
            }
        }
    }
}
