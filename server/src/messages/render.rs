//! The words of a message, made from its facts when it leaves, in the language of its channel.

mod brief;
mod digest;
pub(crate) mod example;
mod held_back;
mod stand_in;
mod summary;
mod system_event;
mod task_event;
mod ticket;
mod variables;

pub use variables::{RenderContext, VARIABLES, wants_brief};

use app::channel::ChannelKind;
use app::i18n::Lang;
use app::id::RunId;
use app::message::Event;
use app::routes;
use app::run::RunState;
use app::run::brief::Brief;
use app::texts::phrases;
use chrono::{DateTime, Datelike, Utc};

use super::vendor;
use crate::facts::{Cycle, End, Facts, HeadAndTail, OUTPUT_SHOWN, TaskFacts, Work};
use crate::text::{cut, cut_ends, one_line};
use crate::timetable::{rules, zone};

/// Makes words from facts.
#[derive(Clone, Debug)]
pub struct Renderer {
    /// The language of channels that have none of their own.
    pub lang: Lang,
    /// Where people reach the server.
    pub base_url: String,
    /// The zone of times that belong to no task: the server's default.
    pub zone: String,
    /// Bytes that the names of tasks may fill in a message about several of them: [`NAMED_MIN`], or what a kind of channel
    /// takes ([`Self::for_kind`]).
    pub room: usize,
}

/// Bytes of a message about several tasks that their names may fill in any channel: with the rest of it, less than the
/// smallest limit of a vendor (2048 bytes of a WeCom text), so that no count is cut away.
pub const NAMED_MIN: usize = 1000;

impl Renderer {
    /// The text of a message in a language; in the server's message language for `None`.
    #[must_use]
    pub fn text(&self, facts: &Facts, lang: Option<Lang>) -> String {
        self.text_with(facts, lang, None)
    }

    /// The same renderer for messages to channels of a kind: they name as many tasks as its vendor takes.
    #[must_use]
    pub fn for_kind(&self, kind: ChannelKind) -> Self {
        Self {
            room: vendor::named_max(kind),
            ..self.clone()
        }
    }

    /// The same; of a failure with its brief.
    #[must_use]
    pub fn text_with(&self, facts: &Facts, lang: Option<Lang>, brief: Option<&Brief>) -> String {
        let words = Words {
            lang: lang.unwrap_or(self.lang),
            base_url: &self.base_url,
            zone: &self.zone,
            room: self.room,
            brief,
        };
        match facts {
            Facts::Created { task, at, cycle } => words.created(task, *at, cycle),
            Facts::Lost { task, run, at } => words.lost(task, *run, *at),
            Facts::TooLong {
                task,
                run,
                at,
                limit_seconds,
            } => words.too_long(task, *run, *at, *limit_seconds),
            Facts::Ended { task, run, at, end } => words.ended(task, *run, *at, end),
            Facts::Task {
                task,
                run,
                at,
                event,
            } => words.task_event(task, *run, *at, event),
            Facts::System { at, event } => words.system_event(*at, event),
            Facts::Digest(digest) => words.digest(digest),
            Facts::Summary(summary) => words.summary(summary),
        }
    }
}

/// The words of one message.
struct Words<'a> {
    lang: Lang,
    base_url: &'a str,
    /// The zone of times that belong to no task.
    zone: &'a str,
    /// Bytes that names of tasks may fill.
    room: usize,
    /// The failure brief, where the message is about a failure and it could be made.
    brief: Option<&'a Brief>,
}

/// A message in the making.
struct Draft<'a> {
    task: &'a TaskFacts,
    run: Option<RunId>,
    event: Event,
    /// What it says at a glance, in the first line behind the task's name; empty for nothing.
    verdict: String,
    at: DateTime<Utc>,
    lines: Vec<String>,
}

impl Words<'_> {
    /// The first message of a new task: 【建单通知】.
    fn created(&self, task: &TaskFacts, at: DateTime<Utc>, cycle: &Cycle) -> String {
        let cycle = cycle.in_force().words(self.lang);
        let line = self.lang.pick(
            format!("周期：{cycle}（{}）", task.zone),
            format!("Schedule: {cycle} ({})", task.zone),
        );
        self.message(&Draft {
            task,
            run: None,
            event: Event::Created,
            verdict: String::new(),
            at,
            lines: vec![line],
        })
    }

    /// A run whose end was not seen.
    fn lost(&self, task: &TaskFacts, run: RunId, at: DateTime<Utc>) -> String {
        let verdict = self.lang.pick(
            "服务器在执行过程中停止，执行结果未知",
            "the server stopped during the run; its result is unknown",
        );
        self.message(&Draft {
            task,
            run: Some(run),
            event: Event::Lost,
            verdict: verdict.to_owned(),
            at,
            lines: self
                .runbook(task)
                .into_iter()
                .chain(self.brief_lines(false))
                .collect(),
        })
    }

    /// A run that is under way for longer than its soft limit.
    fn too_long(&self, task: &TaskFacts, run: RunId, at: DateTime<Utc>, seconds: i64) -> String {
        let limit = app::duration::duration_words(seconds, self.lang);
        self.message(&Draft {
            task,
            run: Some(run),
            event: Event::TooLong,
            verdict: self.lang.pick(
                format!("已执行超过 {limit}，仍在执行"),
                format!("it has been running for more than {limit} and is still running"),
            ),
            at,
            lines: Vec::new(),
        })
    }

    /// What a run has to say at its end.
    fn ended(&self, task: &TaskFacts, run: RunId, at: DateTime<Utc>, end: &End) -> String {
        let mut lines = Vec::new();
        let mut verdict = String::new();
        let is_failure = matches!(end.event, Event::Failed | Event::TimedOut);
        if is_failure {
            let in_a_row = self.in_a_row(task, end.failures);
            let since_is_known = in_a_row.is_some();
            lines.extend(in_a_row);
            lines.extend(self.runbook(task));
            lines.extend(self.brief_lines(since_is_known));
        }
        if task.mode.runs_command() {
            verdict = self.verdict(end);
            if end.attempt > 1 {
                lines.push(self.lang.pick(
                    format!("尝试次数：{}", end.attempt),
                    format!("Attempt: {}", end.attempt),
                ));
            }
            lines.push(self.output(&end.output));
        } else if is_failure {
            verdict = self.reason(end);
        }
        self.message(&Draft {
            task,
            run: Some(run),
            event: end.event,
            verdict,
            at,
            lines,
        })
    }

    /// What to do about a failure, where its task says so.
    fn runbook(&self, task: &TaskFacts) -> Option<String> {
        let shown = &task.runbook;
        (!shown.is_empty()).then(|| {
            self.lang
                .pick(format!("处理预案：{shown}"), format!("Runbook: {shown}"))
        })
    }

    /// The failure brief, where there is one; `since_is_known` where a line before it says since when the task fails.
    fn brief_lines(&self, since_is_known: bool) -> Vec<String> {
        let brief = self
            .brief
            .map(|brief| brief::lines(brief, self.lang, since_is_known));
        brief.unwrap_or_default()
    }

    /// What a command wrote, as the run page shows it.
    fn output(&self, output: &HeadAndTail) -> String {
        if output.is_empty() {
            return self
                .lang
                .pick("结果：（没有输出）", "Output: (none)")
                .to_owned();
        }
        let label = self.lang.pick("结果：", "Output:");
        format!("{label}\n{}", self.output_shown(output))
    }

    /// The same without its label: both ends of a long one.
    fn output_shown(&self, output: &HeadAndTail) -> String {
        let (head, tail) = (&output.head, &output.tail);
        match output.gap {
            0 => cut(head, OUTPUT_SHOWN, self.lang).into_owned(),
            gap => cut_ends(head, gap, tail, OUTPUT_SHOWN, self.lang),
        }
    }

    fn reason(&self, end: &End) -> String {
        end.reason
            .as_deref()
            .map(|reason| app::run::reason_text(reason, self.lang))
            .unwrap_or_default()
    }

    /// How a command or a request ended, and how long it took.
    fn verdict(&self, run: &End) -> String {
        let took = self.took(run);
        let end = match (run.state, run.exit_code, run.exit_signal) {
            (RunState::TimedOut | RunState::Killed, ..) => self.reason(run),
            // Its output broke the rule of its task.
            (RunState::Failed, Some(0), _) => self.reason(run),
            (_, Some(code), _) => self
                .lang
                .pick(format!("退出码 {code}"), format!("exit code {code}")),
            (state, None, Some(signal)) => app::run::killed_by(signal, state, self.lang),
            (_, None, None) => self.reason(run),
        };
        let end = if end.is_empty() && run.state == RunState::Succeeded {
            self.lang.pick("成功", "succeeded").to_owned()
        } else {
            end
        };
        let took = self
            .lang
            .pick(format!("用时 {took}"), format!("took {took}"));
        match end.is_empty() {
            true => took,
            false => self
                .lang
                .pick(format!("{end}，{took}"), format!("{end}, {took}")),
        }
    }

    /// How long a run took, as pages say it.
    fn took(&self, run: &End) -> String {
        let took = (run.finished_at - run.started_at).num_milliseconds();
        phrases::took(self.lang, took)
    }

    /// What the task does: its command, or its request.
    fn work(&self, task: &TaskFacts) -> Option<String> {
        Some(match task.work.as_ref()? {
            Work::Request(request) => self
                .lang
                .pick(format!("请求：{request}"), format!("Request: {request}")),
            Work::Command(command) => self
                .lang
                .pick(format!("命令：{command}"), format!("Command: {command}")),
        })
    }

    fn message(&self, draft: &Draft<'_>) -> String {
        let (task, lang) = (draft.task, self.lang);
        let mut body = format!("{}{}", draft.event.title(lang), one_line(&task.name));
        if !draft.verdict.is_empty() {
            body += lang.pick("：", ": ");
            body += &one_line(&draft.verdict);
        }
        body.push('\n');
        if !task.nickname.is_empty() {
            let nickname = one_line(&task.nickname);
            body += &lang.pick(
                format!("{nickname}，你好！\n"),
                format!("Hello {nickname},\n"),
            );
        }
        let when = self.when(&task.zone, draft.at);
        body += &lang.pick(format!("时间：{when}\n"), format!("Time: {when}\n"));
        for line in self.work(task).iter().chain(&draft.lines) {
            body += line;
            body.push('\n');
        }
        if let Some(run) = draft.run {
            let link = format!("{}{}", self.base_url, routes::run(run));
            body += &lang.pick(format!("执行详情：{link}\n"), format!("Run: {link}\n"));
        }
        let link = format!("{}{}", self.base_url, routes::task(task.id));
        let admin = format!("{}{}", self.base_url, routes::ADMIN);
        body += &lang.pick(
            format!("结单链接：{link}\n管理后台：{admin}\n谢谢！"),
            format!("Task page: {link}\nAdmin: {admin}\nThank you!"),
        );
        body
    }

    /// Date, weekday and time in a zone.
    fn when(&self, zone: &str, at: DateTime<Utc>) -> String {
        let rules = zone_rules(zone, at);
        let stamp = app::time::Stamp(at);
        let local = rules.local(stamp);
        let shifted = at + chrono::TimeDelta::seconds(i64::from(rules.offset_at(stamp)));
        let day = shifted.weekday().num_days_from_monday() as usize;
        let weekday = self.lang.pick(
            [
                "星期一",
                "星期二",
                "星期三",
                "星期四",
                "星期五",
                "星期六",
                "星期日",
            ],
            [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ],
        )[day];
        let (date, time) = local.split_once(' ').unwrap_or((&local, ""));
        format!("{date} {weekday} {time} ({})", rules.name)
    }
}

/// The rules of a zone; UTC for one that this machine does not know.
fn zone_rules(name: &str, at: DateTime<Utc>) -> app::time::ZoneRules {
    zone(name).map_or_else(
        |_| app::time::ZoneRules::utc(),
        |zone| rules(name, &zone, at),
    )
}
