//! What templates may print of a message.

use std::collections::BTreeMap;

use app::i18n::Lang;
use app::routes;
use app::run::brief::Brief;
use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::{Renderer, Words, brief};
use crate::facts::{Digest, End, Facts, TaskEvent, TaskFacts, TicketFacts, Work};
use crate::template::{Value, Variables};

/// A variable: its name, and what it holds in both languages. The pages, the API and `docs/CHANNELS.md` list them.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    ("admin_url", "管理后台的链接", "link to the admin pages"),
    (
        "at",
        "消息所指的时刻，RFC 3339",
        "the time that the message is about, RFC 3339",
    ),
    ("attempt", "第几次尝试", "number of the attempt"),
    (
        "brief",
        "失败速览，每行一项；没有则为空",
        "the failure brief, a line for each part; empty for none",
    ),
    (
        "brief_lines",
        "同上，用于循环",
        "the same as a list, for a loop",
    ),
    (
        "command",
        "命令的开头；没有则为空",
        "the start of the command; empty for none",
    ),
    ("duration", "用时", "how long the run took"),
    ("event", "事件代码", "code of the event"),
    ("event_name", "事件名称", "name of the event"),
    (
        "exit_code",
        "退出码；没有则为空",
        "exit code; empty for none",
    ),
    (
        "failures",
        "连续失败次数（失败速览）；没有则为空",
        "failures in a row, of the failure brief; empty without it",
    ),
    (
        "finished_at",
        "结束时间，RFC 3339；没有则为空",
        "when the run ended, RFC 3339; empty for none",
    ),
    (
        "groups",
        "消息汇总的各组，用于循环：event、event_name、task、task_id、task_url、count、first、last",
        "groups of a digest, for a loop: event, event_name, task, task_id, task_url, count, first, last",
    ),
    (
        "limit",
        "执行过久的限制",
        "the limit that a long run is over",
    ),
    ("mode", "工作模式的代码", "code of the task's mode"),
    ("nickname", "称呼", "how the task's messages greet"),
    (
        "other_failures",
        "前后 5 分钟内其他失败的任务数（失败速览）；没有则为空",
        "other tasks that failed within 5 minutes, of the failure brief; empty without it",
    ),
    (
        "output",
        "输出，最多 4000 字节（开头和结尾）",
        "the output, at most 4000 bytes (start and end)",
    ),
    ("owners", "负责人，用于循环", "the owners, for a loop"),
    (
        "reason",
        "结束原因；没有则为空",
        "why the run ended so; empty for none",
    ),
    (
        "request",
        "HTTP 请求；没有则为空",
        "the HTTP request; empty for none",
    ),
    (
        "run_id",
        "执行编号；没有则为空",
        "ID of the run; empty for none",
    ),
    (
        "run_url",
        "执行详情的链接；没有则为空",
        "link to the run; empty for none",
    ),
    (
        "runbook",
        "处理预案的开头；没有则为空",
        "the start of the runbook; empty for none",
    ),
    ("schedule", "新任务的工作周期", "the schedule of a new task"),
    (
        "signal",
        "结束进程的信号；没有则为空",
        "signal that ended the run; empty for none",
    ),
    (
        "started_at",
        "开始时间，RFC 3339；没有则为空",
        "when the run started, RFC 3339; empty for none",
    ),
    (
        "state",
        "执行状态的代码；没有则为空",
        "code of the run's state; empty for none",
    ),
    ("task", "任务名称", "name of the task"),
    ("task_id", "任务编号", "ID of the task"),
    (
        "task_url",
        "任务页（结单）的链接",
        "link to the task's page",
    ),
    ("text", "内置的整条消息", "the whole built-in message"),
    (
        "ticket_url",
        "免登录处理这个待办的链接；没有则为空",
        "link that answers the ticket without an account; empty for none",
    ),
    ("time", "时间，按任务的时区", "the time, in the task's zone"),
    ("title", "内置消息的标题", "title of the built-in message"),
    ("total", "汇总的消息数", "number of messages in a digest"),
    (
        "verdict",
        "结果概述，如退出码和用时",
        "the result at a glance, such as exit code and duration",
    ),
    ("zone", "任务的时区", "the task's time zone"),
];

/// Who hears of a message, and what was found out for it when it leaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderContext<'a> {
    /// The people to mention.
    pub owners: &'a [String],
    /// The failure brief.
    pub brief: Option<&'a Brief>,
    /// The link that answers the ticket without an account.
    pub link: Option<&'a str>,
}

impl Renderer {
    /// The variables of a template for a message in a language; in the server's for `None`.
    #[must_use]
    pub fn variables(
        &self,
        facts: &Facts,
        lang: Option<Lang>,
        beside: RenderContext<'_>,
    ) -> Variables {
        let lang = lang.unwrap_or(self.lang);
        let words = Words {
            lang,
            base_url: &self.base_url,
            zone: &self.zone,
            room: self.room,
            brief: beside.brief,
        };
        let event = facts.event();
        // All exist for every event: those that say nothing are empty.
        let mut all: Variables = VARIABLES
            .iter()
            .map(|(name, ..)| (*name, Value::None))
            .collect();
        let link = |path: &str| format!("{}{path}", self.base_url);
        all.append(&mut Variables::from([
            ("admin_url", link(routes::ADMIN).into()),
            ("at", Stamp(facts.at()).rfc3339().into()),
            ("event", event.as_str().into()),
            ("event_name", event.words(lang).into()),
            ("groups", Value::List(Vec::new())),
            ("ticket_url", beside.link.unwrap_or_default().into()),
            ("owners", beside.owners.iter().map(String::as_str).collect()),
            (
                "text",
                self.text_with(facts, Some(lang), beside.brief).into(),
            ),
            ("title", event.title(lang).trim_end().into()),
        ]));
        if let Some(run) = facts.run() {
            all.insert("run_id", run.0.into());
            all.insert("run_url", link(&routes::run(run)).into());
        }
        let lines = beside
            .brief
            .map(|found| brief::lines(found, lang, false))
            .unwrap_or_default();
        all.insert("brief", lines.join("\n").into());
        all.insert("brief_lines", lines.into_iter().collect());
        if let Some(found) = beside.brief {
            all.insert("failures", found.streak.times.into());
            all.insert("other_failures", found.others.count.into());
        }
        match facts {
            Facts::Created { task, at, cycle } => {
                of_task(&mut all, &words, task, *at);
                all.insert("schedule", cycle.in_force().words(lang).into());
            }
            Facts::Lost { task, at, .. } => of_task(&mut all, &words, task, *at),
            Facts::Task {
                task, at, event, ..
            } => {
                of_task(&mut all, &words, task, *at);
                if let TaskEvent::Ticket(TicketFacts {
                    failed: Some(end), ..
                }) = event
                {
                    of_end(&mut all, &words, task, end);
                }
            }
            Facts::System { .. } | Facts::Summary(_) => {}
            Facts::TooLong {
                task,
                at,
                limit_seconds,
                ..
            } => {
                of_task(&mut all, &words, task, *at);
                let limit = app::duration::duration_words(*limit_seconds, lang);
                all.insert("limit", limit.into());
            }
            Facts::Ended { task, at, end, .. } => {
                of_task(&mut all, &words, task, *at);
                of_end(&mut all, &words, task, end);
            }
            Facts::Digest(digest) => of_digest(&mut all, &words, digest),
        }
        all
    }
}

fn of_task(all: &mut Variables, words: &Words<'_>, task: &TaskFacts, at: DateTime<Utc>) {
    let (command, request) = match &task.work {
        Some(Work::Command(command)) => (command.as_str(), ""),
        Some(Work::Request(request)) => ("", request.as_str()),
        None => ("", ""),
    };
    let url = format!("{}{}", words.base_url, routes::task(task.id));
    all.append(&mut Variables::from([
        ("command", command.into()),
        ("mode", task.mode.as_str().into()),
        ("nickname", task.nickname.as_str().into()),
        ("request", request.into()),
        ("runbook", task.runbook.as_str().into()),
        ("task", task.name.as_str().into()),
        ("task_id", task.id.0.into()),
        ("task_url", url.into()),
        ("time", words.when(&task.zone, at).into()),
        ("zone", task.zone.as_str().into()),
    ]));
}

fn of_end(all: &mut Variables, words: &Words<'_>, task: &TaskFacts, end: &End) {
    let verdict = if task.mode.runs_command() {
        words.verdict(end)
    } else {
        words.reason(end)
    };
    all.append(&mut Variables::from([
        ("attempt", i64::from(end.attempt).into()),
        ("duration", words.took(end).into()),
        ("exit_code", end.exit_code.map(i64::from).into()),
        ("finished_at", Stamp(end.finished_at).rfc3339().into()),
        ("output", words.output_shown(&end.output).into()),
        ("reason", words.reason(end).into()),
        ("signal", end.exit_signal.map(i64::from).into()),
        ("started_at", Stamp(end.started_at).rfc3339().into()),
        ("state", end.state.as_str().into()),
        ("verdict", verdict.into()),
    ]));
}

fn of_digest(all: &mut Variables, words: &Words<'_>, digest: &Digest) {
    let groups = digest.groups.iter().map(|group| {
        let url = format!("{}{}", words.base_url, routes::task(group.task));
        let entries: [(&'static str, Value); 8] = [
            ("event", group.event.as_str().into()),
            ("event_name", group.event.words(words.lang).into()),
            ("task", group.name.as_str().into()),
            ("task_id", group.task.0.into()),
            ("task_url", url.into()),
            (
                "count",
                i64::try_from(group.count).unwrap_or(i64::MAX).into(),
            ),
            ("first", Stamp(group.first).rfc3339().into()),
            ("last", Stamp(group.last).rfc3339().into()),
        ];
        Value::Map(BTreeMap::from(entries))
    });
    let groups = Value::List(groups.collect());
    all.insert("groups", groups);
    let total = i64::try_from(digest.total).unwrap_or(i64::MAX);
    all.insert("total", total.into());
}

/// Whether a message is about a run that ended badly: then its brief belongs into it.
#[must_use]
pub fn wants_brief(facts: &Facts) -> bool {
    match facts {
        Facts::Ended { end, .. } => end.state.is_bad(),
        Facts::Lost { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::render::NAMED_MIN;
    use crate::messages::render::example;

    fn renderer() -> Renderer {
        Renderer {
            lang: Lang::Zh,
            base_url: "https://cron.example.com".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        }
    }

    #[test]
    fn every_event_has_the_variables_that_are_listed_and_no_others() {
        let mut listed: Vec<&str> = VARIABLES.iter().map(|(name, ..)| *name).collect();
        let sorted = listed.is_sorted();
        listed.dedup();
        assert!(sorted && listed.len() == VARIABLES.len());
        let brief = example::brief();
        let mut filled: Vec<&str> = Vec::new();
        for event in app::channel::Template::events() {
            let facts = example::facts(event).expect("an example");
            assert_eq!(facts.event(), event);
            let owners = ["ann".to_owned()];
            let beside = RenderContext {
                owners: &owners,
                brief: wants_brief(&facts).then_some(&brief),
                link: None,
            };
            let all = renderer().variables(&facts, None, beside);
            let names: Vec<&str> = all.keys().copied().collect();
            assert_eq!(names, listed, "{event:?}");
            let has = |value: &Value| *value != Value::None && *value != Value::from("");
            filled.extend(
                all.iter()
                    .filter(|(_, value)| has(value))
                    .map(|(name, _)| *name),
            );
        }
        for name in listed {
            // The example's run ended by itself; a link is made when a message is sent.
            let never = ["signal", "request", "ticket_url"].contains(&name);
            assert_eq!(filled.contains(&name), !never, "{name}");
        }
    }

    #[test]
    fn the_documents_list_the_variables() {
        let document = include_str!("../../../../docs/CHANNELS.md");
        for (name, _, meaning) in VARIABLES {
            let row = format!("| `{name}` | {meaning} |");
            assert!(document.contains(&row), "docs/CHANNELS.md has no row {row}");
        }
    }
}
