//! The words of a message, in the server's message language.

use app::ansi::visible;
use app::i18n::Lang;
use app::id::RunId;
use app::message::Event;
use app::routes;
use app::run::RunState;
use app::task::Task;
use chrono::{DateTime, Datelike, Utc};

use crate::run::Job;
use crate::store::{NewMessage, Outcome};
use crate::text::{cut, head};
use crate::timetable::{rules, zone};

/// Characters of the command that a message shows.
const COMMAND_SHOWN: usize = 200;
/// Characters of the runbook that a message shows; a longer one is on the run's page.
const RUNBOOK_SHOWN: usize = 200;
/// Bytes of output that go into a message; each channel cuts further to its own limit.
const OUTPUT_SHOWN: usize = 4000;

/// Writes messages.
#[derive(Clone, Debug)]
pub struct Composer {
    /// The language of the messages.
    pub lang: Lang,
    /// Where people reach the server.
    pub base_url: String,
}

/// A message in the making.
struct Draft<'a> {
    task: &'a Task,
    run: Option<RunId>,
    event: Event,
    /// What it says at a glance, in the first line behind the task's name; empty for nothing.
    verdict: String,
    at: DateTime<Utc>,
    lines: Vec<String>,
}

impl Draft<'_> {
    /// The picture that follows: those of message mode have one, and one says what the text says.
    fn picture(&self) -> Option<&'static str> {
        if !self.task.mode.sends_message() {
            return None;
        }
        match self.event {
            Event::Reminder | Event::Completed => Some("reminder"),
            Event::Urge => Some("urge"),
            Event::Failed => Some("failure"),
            Event::Created | Event::Stopped | Event::Lost | Event::TooLong | Event::Test => None,
        }
    }
}

impl Composer {
    /// The first message of a new task: 【建单通知】.
    #[must_use]
    pub fn created(&self, task: &Task, now: DateTime<Utc>) -> Vec<NewMessage> {
        let cycle = task.cycle_words(self.lang);
        let line = self.lang.pick(
            format!("周期：{cycle}（{}）", task.zone),
            format!("Schedule: {cycle} ({})", task.zone),
        );
        self.message(&Draft {
            task,
            run: None,
            event: Event::Created,
            verdict: String::new(),
            at: now,
            lines: vec![line],
        })
    }

    /// A run whose end was not seen.
    #[must_use]
    pub fn lost(&self, task: &Task, run: RunId, now: DateTime<Utc>) -> Vec<NewMessage> {
        let verdict = self.lang.pick(
            "服务器在执行过程中停止，执行结果未知",
            "the server stopped during the run; its result is unknown",
        );
        self.message(&Draft {
            task,
            run: Some(run),
            event: Event::Lost,
            verdict: verdict.to_owned(),
            at: now,
            lines: self.runbook(task).into_iter().collect(),
        })
    }

    /// A run that is under way for longer than its soft limit.
    #[must_use]
    pub fn late(&self, job: &Job, now: DateTime<Utc>) -> Vec<NewMessage> {
        let limit = job.task.execution.soft_limit_seconds.unwrap_or_default();
        let limit = app::duration::format_duration(limit);
        self.message(&Draft {
            task: &job.task,
            run: Some(job.run_id),
            event: Event::TooLong,
            verdict: self.lang.pick(
                format!("已执行超过 {limit}，仍在执行"),
                format!("it has been running for more than {limit} and is still running"),
            ),
            at: now,
            lines: Vec::new(),
        })
    }

    /// What a run has to say: a reminder in the message modes, and a failure in every mode.
    #[must_use]
    pub fn result(&self, job: &Job, outcome: &Outcome, output: &[u8]) -> Vec<NewMessage> {
        let task = &job.task;
        let event = match outcome.state {
            RunState::Failed | RunState::TimedOut | RunState::Lost => Event::Failed,
            // Of commands alone only failures are reported.
            _ if !task.mode.sends_message() => return Vec::new(),
            RunState::Killed => Event::Stopped,
            _ if task.urging => Event::Urge,
            _ if task.mode.runs_command() => Event::Completed,
            _ => Event::Reminder,
        };
        // Of attempts only the last one speaks.
        if outcome.retry_at.is_some() {
            return Vec::new();
        }
        let mut lines = Vec::new();
        let mut verdict = String::new();
        if event == Event::Failed {
            lines.extend(self.runbook(task));
        }
        if task.mode.runs_command() {
            verdict = self.verdict(outcome, job.started_at);
            if job.attempt > 1 {
                lines.push(self.lang.pick(
                    format!("第 {} 次尝试", job.attempt),
                    format!("Attempt {}", job.attempt),
                ));
            }
            lines.push(self.output(output));
        } else if event == Event::Failed {
            verdict = self.reason(outcome);
        }
        self.message(&Draft {
            task,
            run: Some(job.run_id),
            event,
            verdict,
            at: job.scheduled_for.unwrap_or(job.started_at),
            lines,
        })
    }

    /// What to do about a failure, where its task says so.
    fn runbook(&self, task: &Task) -> Option<String> {
        let text = visible(&task.notes.runbook).replace('\t', "    ");
        let mut shown = head(&text, RUNBOOK_SHOWN).trim_end().to_owned();
        if shown.len() < text.len() {
            shown.push('…');
        }
        (!shown.is_empty()).then(|| {
            self.lang
                .pick(format!("处理预案：{shown}"), format!("Runbook: {shown}"))
        })
    }

    /// What a command wrote, as the run page shows it.
    fn output(&self, output: &[u8]) -> String {
        let text = app::ansi::plain(&String::from_utf8_lossy(output));
        let text = text.trim_end();
        if text.is_empty() {
            return self
                .lang
                .pick("结果：（没有输出）", "Output: (none)")
                .to_owned();
        }
        let label = self.lang.pick("结果：", "Output:");
        format!("{label}\n{}", cut(text, OUTPUT_SHOWN, self.lang))
    }

    fn reason(&self, outcome: &Outcome) -> String {
        outcome
            .reason
            .as_deref()
            .map(|reason| app::run::reason_text(reason, self.lang))
            .unwrap_or_default()
    }

    /// How a command or a request ended, and how long it took.
    fn verdict(&self, outcome: &Outcome, started_at: DateTime<Utc>) -> String {
        let took = (outcome.finished_at - started_at).num_milliseconds();
        let seconds = format!("{}.{}", took / 1000, (took % 1000) / 100);
        let end = match (outcome.state, outcome.exit_code, outcome.exit_signal) {
            (RunState::TimedOut | RunState::Killed, ..) => self.reason(outcome),
            // Its output broke the rule of its task.
            (RunState::Failed, Some(0), _) => self.reason(outcome),
            (_, Some(code), _) => self
                .lang
                .pick(format!("退出码 {code}"), format!("exit code {code}")),
            (_, None, Some(signal)) => app::run::killed_by(signal, self.lang),
            (_, None, None) => self.reason(outcome),
        };
        let end = if end.is_empty() && outcome.state == RunState::Succeeded {
            self.lang.pick("成功", "succeeded").to_owned()
        } else {
            end
        };
        let took = self
            .lang
            .pick(format!("用时 {seconds} 秒"), format!("took {seconds} s"));
        match end.is_empty() {
            true => took,
            false => self
                .lang
                .pick(format!("{end}，{took}"), format!("{end}, {took}")),
        }
    }

    /// What the task does: its command, or its request without what may be secret in it.
    fn work(&self, task: &Task) -> Option<String> {
        if !task.mode.runs_command() {
            return None;
        }
        if let Some(call) = &task.execution.http {
            let request = format!("{} {}", call.method, without_query(&call.url));
            let request = one_line(&request);
            return Some(
                self.lang
                    .pick(format!("请求：{request}"), format!("Request: {request}")),
            );
        }
        let shown = visible(task.command.trim_end()).replace('\t', "    ");
        let mut command = head(&shown, COMMAND_SHOWN).to_owned();
        if command.len() < shown.len() {
            command.push('…');
        }
        (!command.is_empty()).then(|| {
            self.lang
                .pick(format!("命令：{command}"), format!("Command: {command}"))
        })
    }

    fn message(&self, draft: &Draft<'_>) -> Vec<NewMessage> {
        let (task, lang) = (draft.task, self.lang);
        let Some(channel_id) = task.channel_id else {
            return Vec::new();
        };
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
        let when = self.when(task, draft.at);
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
        vec![NewMessage {
            task_id: task.id,
            run_id: draft.run,
            channel_id,
            event: draft.event.as_str().into(),
            body,
            mentions: task.owners.clone(),
            picture: draft.picture().map(Into::into),
            created_at: draft.at.max(task.created_at.0),
        }]
    }

    /// Date, weekday and time in the task's zone.
    fn when(&self, task: &Task, at: DateTime<Utc>) -> String {
        let rules = zone(&task.zone).map_or_else(
            |_| app::time::ZoneRules::utc(),
            |zone| rules(&task.zone, &zone, at),
        );
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

/// A name or a sentence as one line: control characters become blanks, and characters that turn the
/// direction of writing (UAX 9) are removed.
fn one_line(text: &str) -> String {
    let is_bidi = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !is_bidi(*c))
        .map(|c| {
            let breaks = matches!(c, '\u{2028}' | '\u{2029}');
            if c.is_control() || breaks { ' ' } else { c }
        })
        .collect()
}

/// A URL without its query, its fragment and a password: those may be secrets.
fn without_query(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (mut shown, dropped) = (url[..end].to_owned(), end < url.len());
    if let Some(begin) = shown.find("://").map(|at| at + 3) {
        let host_end = shown[begin..]
            .find('/')
            .map_or(shown.len(), |at| begin + at);
        if let Some(at) = shown[begin..host_end].rfind('@') {
            shown.replace_range(begin..=begin + at, "");
        }
    }
    if dropped {
        shown.push_str("?…");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{one_line, without_query};

    #[test]
    fn what_may_be_secret_in_a_url_is_not_shown() {
        let table = [
            ("https://host/path", "https://host/path"),
            ("https://host/path?token=secret", "https://host/path?…"),
            ("https://host/#secret", "https://host/?…"),
            ("https://me:secret@host/a@b", "https://host/a@b"),
            ("https://${HOST}/x?k=${KEY}", "https://${HOST}/x?…"),
            ("https://me:secret@host", "https://host"),
        ];
        for (url, wanted) in table {
            assert_eq!(without_query(url), wanted);
        }
    }

    #[test]
    fn a_name_is_one_line_that_turns_nothing_around() {
        assert_eq!(
            one_line("a\u{202e}b\nc\u{7}👨\u{200d}👩"),
            "ab c 👨\u{200d}👩"
        );
    }
}
