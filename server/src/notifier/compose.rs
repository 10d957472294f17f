//! The words of a message, in the server's message language.

use app::i18n::Lang;
use app::id::RunId;
use app::routes;
use app::run::RunState;
use app::task::Task;
use chrono::{DateTime, Datelike, Utc};

use crate::executor::Job;
use crate::store::{NewMessage, Outcome};
use crate::timetable::{rules, zone};

/// Characters of the command that a message shows.
const COMMAND_SHOWN: usize = 200;
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

/// How a message starts and what picture follows.
struct Kind {
    event: &'static str,
    title: &'static str,
    picture: Option<&'static str>,
}

impl Composer {
    /// The first message of a new task: 【建单通知】.
    #[must_use]
    pub fn created(&self, task: &Task, now: DateTime<Utc>) -> Vec<NewMessage> {
        let kind = Kind {
            event: "created",
            title: self.lang.pick("【建单通知】", "[New task] "),
            picture: None,
        };
        let cycle = task.cycle_words(self.lang);
        let line = self.lang.pick(
            format!("周期：{cycle}（{}）", task.zone),
            format!("Cycle: {cycle} ({})", task.zone),
        );
        self.message(task, None, &kind, now, &[line])
    }

    /// A run that nobody saw the end of.
    #[must_use]
    pub fn lost(&self, task: &Task, run: RunId, now: DateTime<Utc>) -> Vec<NewMessage> {
        let kind = Kind {
            event: "lost",
            title: self.lang.pick("【执行丢失】", "[Run lost] "),
            picture: None,
        };
        let line = self.lang.pick(
            "服务器在执行过程中停止，执行结果未知",
            "The server stopped while it ran; how it ended is unknown",
        );
        self.message(task, Some(run), &kind, now, &[line.to_owned()])
    }

    /// A run that is under way for longer than its soft limit.
    #[must_use]
    pub fn late(&self, job: &Job, now: DateTime<Utc>) -> Vec<NewMessage> {
        let kind = Kind {
            event: "too_long",
            title: self.lang.pick("【执行过久】", "[Running long] "),
            picture: None,
        };
        let limit = job.task.execution.soft_limit_seconds.unwrap_or_default();
        let limit = app::task::format_duration(limit);
        let line = self.lang.pick(
            format!("已经执行超过 {limit}，还在继续"),
            format!("It has been running for more than {limit} and goes on"),
        );
        self.message(&job.task, Some(job.run_id), &kind, now, &[line])
    }

    /// What a run has to say: a reminder in the message modes, and a failure in every mode.
    #[must_use]
    pub fn result(&self, job: &Job, outcome: &Outcome, output: &[u8]) -> Vec<NewMessage> {
        let task = &job.task;
        let failed = !matches!(outcome.state, RunState::Succeeded | RunState::Killed);
        // Of attempts only the last one speaks.
        if outcome.retry_at.is_some() || (!task.mode.sends_message() && !failed) {
            return Vec::new();
        }
        let kind = if !task.mode.sends_message() {
            Kind {
                event: "failed",
                title: self.lang.pick("【执行失败】", "[Failed] "),
                picture: None,
            }
        } else if task.urging {
            Kind {
                event: "urge",
                title: self.lang.pick("【催单】", "[Urge] "),
                picture: Some("urge"),
            }
        } else {
            Kind {
                event: "reminder",
                title: self.lang.pick("【通知需求】", "[Reminder] "),
                picture: Some("reminder"),
            }
        };
        let mut lines = Vec::new();
        if task.mode.runs_command() {
            lines.push(self.verdict(outcome, job.started_at));
            if job.attempt > 1 {
                lines.push(self.lang.pick(
                    format!("第 {} 次尝试", job.attempt),
                    format!("Attempt {}", job.attempt),
                ));
            }
            let text = String::from_utf8_lossy(output);
            let text = text.trim_end();
            let label = self.lang.pick("结果", "Output");
            if text.is_empty() {
                lines.push(
                    self.lang
                        .pick("结果：（没有输出）", "Output: (none)")
                        .to_owned(),
                );
            } else {
                lines.push(format!(
                    "{label}：\n{}",
                    super::send::cut(text, OUTPUT_SHOWN)
                ));
            }
        }
        self.message(
            task,
            Some(job.run_id),
            &kind,
            job.scheduled_for.unwrap_or(job.started_at),
            &lines,
        )
    }

    fn verdict(&self, outcome: &Outcome, started_at: DateTime<Utc>) -> String {
        let took = (outcome.finished_at - started_at).num_milliseconds();
        let seconds = format!("{}.{}", took / 1000, (took % 1000) / 100);
        let end = match (outcome.exit_code, outcome.exit_signal) {
            (Some(code), _) => self
                .lang
                .pick(format!("退出码 {code}"), format!("exit code {code}")),
            (None, Some(signal)) => self
                .lang
                .pick(format!("信号 {signal}"), format!("signal {signal}")),
            (None, None) => outcome
                .reason
                .as_deref()
                .map(|reason| app::run::reason_text(reason, self.lang))
                .unwrap_or_default(),
        };
        let word = match outcome.state {
            RunState::Succeeded => self.lang.pick("成功", "succeeded"),
            RunState::TimedOut => self.lang.pick("超时", "timed out"),
            RunState::Killed => self.lang.pick("已停止", "stopped"),
            _ => self.lang.pick("失败", "failed"),
        };
        self.lang.pick(
            format!("执行{word}（{end}，用时 {seconds} 秒）"),
            format!("Run {word} ({end}, took {seconds} s)"),
        )
    }

    fn message(
        &self,
        task: &Task,
        run: Option<RunId>,
        kind: &Kind,
        at: DateTime<Utc>,
        lines: &[String],
    ) -> Vec<NewMessage> {
        let Some(channel_id) = task.channel_id else {
            return Vec::new();
        };
        let lang = self.lang;
        let mut body = format!("{}{}\n", kind.title, task.name);
        if !task.nickname.is_empty() {
            body += &lang.pick(
                format!("{}，你好！\n", task.nickname),
                format!("Hello {},\n", task.nickname),
            );
        }
        body += &lang.pick(
            format!("时间：{}\n", self.when(task, at)),
            format!("Time: {}\n", self.when(task, at)),
        );
        if task.mode.runs_command() {
            let mut command: String = task.command.chars().take(COMMAND_SHOWN).collect();
            if command.len() < task.command.len() {
                command.push('…');
            }
            body += &lang.pick(
                format!("命令：{command}\n"),
                format!("Command: {command}\n"),
            );
        }
        for line in lines {
            body += line;
            body.push('\n');
        }
        let link = format!("{}{}", self.base_url, routes::task(task.id));
        let admin = format!("{}{}", self.base_url, routes::ADMIN);
        body += &lang.pick(
            format!("结单链接：{link}\n管理后台：{admin}\n谢谢！"),
            format!("Task page: {link}\nAdmin: {admin}\nThank you!"),
        );
        vec![NewMessage {
            task_id: task.id,
            run_id: run,
            channel_id,
            event: kind.event.into(),
            body,
            mentions: task.owners.clone(),
            picture: kind.picture.map(Into::into),
            created_at: at.max(task.created_at.0),
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
