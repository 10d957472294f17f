//! The words of messages, byte for byte: every event in both languages and all modes. What is
//! expected stands in `message_golden/{zh,en}.txt`; a change of words is a change of those files.
//! `UPDATE_GOLDEN=1` writes them anew.

mod events;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use app::i18n::Lang;
use app::id::{ChannelId, OccurrenceId, RunId, TaskId};
use app::run::{RunReason, RunState, Trigger};
use app::schedule::{DayRule, Schedule};
use app::task::execution::HttpCall;
use app::task::{Execution, Mode, Task, TaskSpec};
use app::time::Stamp;
use chrono::TimeDelta;
use runner::output::Shown;
use server::facts::{Facts, Picture};
use server::messages::{NAMED_MIN, Renderer};
use server::run::Job;
use server::store::{Notice, Outcome, StoredOutput};

use super::helpers::at;
use events::{failures, system_events, task_events};

/// A task whose texts are unpleasant.
fn task(mode: Mode, change: impl FnOnce(&mut TaskSpec)) -> Task {
    let mut spec = TaskSpec {
        name: "备份\u{202e}数据库\nnightly".to_owned(),
        owners: vec!["zhangsan".to_owned(), "13800138000".to_owned()],
        mode,
        command: "pg_dump\tapp | gzip > /backup/app.gz\n".to_owned(),
        zone: "Asia/Shanghai".to_owned(),
        channel_id: Some(ChannelId(7)),
        ..TaskSpec::example()
    };
    if mode == Mode::Message {
        spec.command = String::new();
    }
    change(&mut spec);
    Task::entered(TaskId(42), spec, Stamp(at("2026-11-20T00:00:00Z")))
}

fn job(task: Task, attempt: i32) -> Job {
    Job {
        run_id: RunId(4711),
        occurrence_id: Some(OccurrenceId(9)),
        epoch: 1,
        task: Arc::new(task),
        trigger: Trigger::Schedule,
        scheduled_for: (attempt == 1).then(|| at("2026-11-29T16:30:00Z")),
        started_at: at("2026-11-29T16:30:00.250Z"),
        attempt,
        parameters: BTreeMap::new(),
        secrets: Arc::new([]),
    }
}

fn outcome(job: &Job, state: RunState, reason: Option<RunReason>) -> Outcome {
    Outcome {
        run_id: job.run_id,
        occurrence_id: job.occurrence_id,
        task_id: job.task.id,
        epoch: job.epoch,
        state,
        reason: reason.map(|reason| reason.code()),
        finished_at: job.started_at + TimeDelta::milliseconds(83_456),
        exit_code: None,
        exit_signal: None,
        output: StoredOutput::default(),
        retry_at: None,
        messages: Vec::new(),
        notices: Vec::new(),
        ticket: None,
    }
}

/// Ends of a run, each with its name.
fn ends(job: &Job) -> Vec<(&'static str, Outcome)> {
    let with = |state, reason| outcome(job, state, reason);
    let code = |code, state, reason| Outcome {
        exit_code: Some(code),
        ..with(state, reason)
    };
    vec![
        ("succeeded", code(0, RunState::Succeeded, None)),
        ("succeeded without a code", with(RunState::Succeeded, None)),
        ("accepted", with(RunState::Sending, None)),
        ("exit code", code(3, RunState::Failed, None)),
        (
            "signal",
            Outcome {
                exit_signal: Some(11),
                ..with(RunState::Failed, None)
            },
        ),
        (
            "wrong output",
            code(
                0,
                RunState::Failed,
                Some(RunReason::OutputLacks("all good".to_owned())),
            ),
        ),
        (
            "not started",
            with(
                RunState::Failed,
                Some(RunReason::NotStarted(
                    "No such file\nor directory".to_owned(),
                )),
            ),
        ),
        (
            "http",
            with(RunState::Failed, Some(RunReason::Http("503".to_owned()))),
        ),
        (
            "timed out",
            with(RunState::TimedOut, Some(RunReason::TimedOut(90))),
        ),
        (
            "stopped",
            with(RunState::Killed, Some(RunReason::Stopped("ada".to_owned()))),
        ),
        (
            "shut down",
            with(RunState::Killed, Some(RunReason::Shutdown)),
        ),
        ("lost", with(RunState::Lost, Some(RunReason::Isolated))),
        (
            "to be retried",
            Outcome {
                retry_at: Some(at("2026-11-29T16:40:00Z")),
                ..code(1, RunState::Failed, None)
            },
        ),
    ]
}

/// Outputs, each with its name.
fn outputs() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", b" \n".to_vec()),
        ("a line", b"\x1b[32mdone\x1b[0m\t10%\r100%\n".to_vec()),
        ("much", "第一行👨‍👩‍👧‍👦🇨🇳e\u{301}".repeat(300).into_bytes()),
        ("just enough", vec![b'x'; 4000]),
        ("a byte more", vec![b'y'; 4001]),
        ("no text", (0..=255).cycle().take(9_000).collect()),
    ]
}

fn shown(output: &[u8]) -> Shown {
    output.to_vec().into()
}

/// Tasks of a mode, each with its name.
fn tasks(mode: Mode) -> Vec<(&'static str, Task)> {
    vec![
        ("plain", task(mode, |_| {})),
        (
            "greeted",
            task(mode, |spec| {
                spec.nickname = "小\u{7}王".to_owned();
                spec.notes.runbook = "see https://wiki.test/42\n\tcall\u{1b} ops ".to_owned();
                spec.zone = "America/New_York".to_owned();
                spec.owners = Vec::new();
            }),
        ),
        (
            "urged",
            task(mode, |spec| {
                spec.urging = true;
                spec.urge_cron = Some("*/5 * * * *".to_owned());
                spec.notes.runbook = "长".repeat(201);
                spec.command = "echo 很长的命令 ".repeat(40);
            }),
        ),
        (
            "with a request",
            task(mode, |spec| {
                spec.command = String::new();
                spec.zone = "No/Such_Zone".to_owned();
                let call = HttpCall {
                    method: "POST".to_owned(),
                    url: "https://me:pass@api.test/jobs?token=secret#part".to_owned(),
                    ..HttpCall::default()
                };
                spec.execution = Arc::new(Execution {
                    http: Some(call),
                    soft_limit_seconds: Some(5_400),
                    ..Execution::default()
                });
                let workdays = Schedule {
                    day_rule: DayRule::WorkDays,
                    ..Schedule::plain("30 9 * * 1-5")
                };
                spec.schedules = vec![workdays, Schedule::plain("every 90s")];
            }),
        ),
        (
            "without a channel",
            task(mode, |spec| spec.channel_id = None),
        ),
    ]
}

/// All messages of a language, as one text.
fn all(lang: Lang) -> String {
    let words = Words::of(lang);
    let now = at("2026-11-29T16:31:23.456Z");
    let mut text = String::new();
    for mode in Mode::ALL {
        for (name, task) in tasks(mode) {
            let mut note = |what: &str, notices: &[Notice]| {
                writeln!(text, "=== {}, {name}: {what}", mode.as_str()).expect("text");
                for notice in notices {
                    if let Some(channel) = notice.subject.main_channel() {
                        words.write(&mut text, notice, channel);
                    }
                }
            };
            let about = |facts| vec![Notice::about(&task, facts)];
            note("created", &about(Facts::created(&task, now)));
            note("lost", &about(Facts::lost(&task, RunId(4711), now)));
            note("too long", &job(task.clone(), 1).late_notices(now));
            let first = job(task.clone(), 1);
            for (end, outcome) in ends(&first) {
                note(end, &first.end_notices(&outcome, &shown(b"its output\n")));
            }
            if matches!(name, "plain" | "greeted") {
                for event in task_events() {
                    let what = event.event().as_str();
                    let facts = Facts::of_task(&task, Some(RunId(4711)), now, event);
                    note(what, &about(facts));
                }
                let mut third = first.end_notices(&ends(&first).swap_remove(3).1, &shown(b""));
                for notice in &mut third {
                    notice.facts.set_failures(failures(3));
                }
                note("third failure in a row", &third);
            }
            let second = job(task.clone(), 2);
            let (_, failed) = ends(&second).swap_remove(3);
            note(
                "attempt 2",
                &second.end_notices(&failed, &shown(b"its output\n")),
            );
            if name == "plain" && mode == Mode::Command {
                let (_, failed) = ends(&first).swap_remove(3);
                for (name, output) in outputs() {
                    note(name, &first.end_notices(&failed, &shown(&output)));
                }
            }
        }
    }
    for event in system_events() {
        writeln!(text, "=== system: {}", event.event().as_str()).expect("text");
        let notice = Notice::of_system(Facts::System { at: now, event });
        words.write(&mut text, &notice, ChannelId(7));
    }
    text
}

/// What makes the words.
struct Words(Renderer);

impl Words {
    fn of(lang: Lang) -> Self {
        Self(Renderer {
            lang,
            base_url: "https://cron.test".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        })
    }

    fn write(&self, text: &mut String, message: &Notice, channel: ChannelId) {
        // As they are stored.
        let facts = serde_json::to_string(&message.facts).expect("JSON");
        let facts: Facts = serde_json::from_str(&facts).expect("facts");
        writeln!(
            text,
            "{} run {:?} channel {} at {} picture {} for {:?}\n{}",
            message.event.as_str(),
            message.run_id.map(|run| run.0),
            channel,
            message.created_at.to_rfc3339(),
            message.picture.map_or("none", Picture::as_str),
            message.mentions,
            self.0.text(&facts, None)
        )
        .expect("text");
    }
}

#[test]
fn the_words_of_every_event_are_what_they_were() {
    for (lang, file, expected) in [
        (Lang::Zh, "zh.txt", include_str!("message_golden/zh.txt")),
        (Lang::En, "en.txt", include_str!("message_golden/en.txt")),
    ] {
        let written = all(lang);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/message_golden/");
            std::fs::write(format!("{folder}{file}"), &written).expect("written");
            continue;
        }
        let differs = written.lines().zip(expected.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None, "{file}");
        assert!(written == expected, "{file} is longer or shorter");
    }
}
