//! The words of what happens to a task besides the end of a run.

use app::auth::Principal;
use app::duration::{about_duration, duration_words};
use app::i18n::plural;
use app::id::RunId;
use app::occurrence::MissReason;
use app::run::RunState;
use app::texts::Ui;
use app::texts::brief::field_names;
use app::texts::phrases;
use app::transition::Word;
use chrono::{DateTime, Utc};

use super::{Draft, Words};
use crate::facts::{Failures, LateReason, Missed, Retried, TaskEvent, TaskFacts};

impl Words<'_> {
    /// What happened to a task.
    pub(super) fn task_event(
        &self,
        task: &TaskFacts,
        run: Option<RunId>,
        at: DateTime<Utc>,
        event: &TaskEvent,
    ) -> String {
        let (verdict, lines) = match event {
            TaskEvent::Started { attempt } => (self.attempt(*attempt), Vec::new()),
            TaskEvent::LateStart { due_at, why } => {
                let late = self.length((at - *due_at).num_seconds());
                let verdict = self.lang.pick(
                    format!("比计划晚 {late}启动，{}", self.why_late(*why)),
                    format!("started {late} late: {}", self.why_late(*why)),
                );
                (verdict, vec![self.planned_for(task, *due_at)])
            }
            TaskEvent::Retried(retried) => self.retried(task, retried),
            TaskEvent::TooFast {
                took_ms,
                min_seconds,
            } => (self.too_fast(*took_ms, *min_seconds), Vec::new()),
            TaskEvent::Recovered(failures) => {
                let count = failures.count;
                let verdict = self.lang.pick(
                    format!("连续失败 {count} 次后执行成功"),
                    format!(
                        "succeeded after {count} {}",
                        plural(count, "failure", "consecutive failures")
                    ),
                );
                (verdict, vec![self.failing_since(task, failures)])
            }
            TaskEvent::Missed(missed) => self.missed(task, missed),
            TaskEvent::Skipped {
                reason,
                planned_for,
            } => (
                Ui::of(self.lang).because(reason),
                vec![self.planned_for(task, *planned_for)],
            ),
            TaskEvent::Paused(failures) => {
                let mut lines = vec![self.failing_since(task, failures)];
                lines.extend(self.runbook(task));
                lines.push(
                    self.lang
                        .pick(
                            "处理后请在任务页恢复，恢复前不再执行",
                            "It does not run until it is resumed on the task page",
                        )
                        .to_owned(),
                );
                let count = failures.count;
                let verdict = self.lang.pick(
                    format!("连续失败 {count} 次，已自动暂停"),
                    format!(
                        "paused automatically after {count} {}",
                        plural(count, "failure", "consecutive failures")
                    ),
                );
                (verdict, lines)
            }
            TaskEvent::StartingSoon { starts_at } => {
                let left = self.ahead((*starts_at - at).num_seconds());
                let verdict = self
                    .lang
                    .pick(format!("将在 {left}后执行"), format!("it starts in {left}"));
                (verdict, vec![self.planned_for(task, *starts_at)])
            }
            TaskEvent::EndsSoon { ends_at } => {
                let left = self.ahead((*ends_at - at).num_seconds());
                let verdict = self.lang.pick(
                    format!("有效期还剩 {left}，之后不再执行"),
                    format!("its active period ends in {left}; it does not run after that"),
                );
                let end = self.when(&task.zone, *ends_at);
                let line = self
                    .lang
                    .pick(format!("有效期结束：{end}"), format!("Valid until: {end}"));
                (verdict, vec![line])
            }
            TaskEvent::Changed { by, fields } => {
                let by = self.who(by);
                let names = field_names(fields, self.lang);
                let verdict = self.lang.pick(
                    format!("{by} 修改了{names}"),
                    format!("{by} changed {names}"),
                );
                (verdict, Vec::new())
            }
            TaskEvent::Closed { by } => {
                let by = self.who(by);
                let verdict = self
                    .lang
                    .pick(format!("由 {by} 结单"), format!("marked done by {by}"));
                (verdict, Vec::new())
            }
            TaskEvent::Restored { by } => {
                let by = self.who(by);
                let verdict = self
                    .lang
                    .pick(format!("由 {by} 恢复"), format!("made active by {by}"));
                (verdict, Vec::new())
            }
            TaskEvent::Ticket(ticket) => self.ticket(task, at, ticket),
        };
        self.message(&Draft {
            task,
            run,
            event: event.event(),
            verdict,
            at,
            lines,
        })
    }

    /// The line about the failures in a row that a failure is the last of; none for a first one.
    pub(super) fn in_a_row(&self, task: &TaskFacts, failures: Option<Failures>) -> Option<String> {
        let failures = failures.filter(|failures| failures.count > 1)?;
        let (count, since) = (failures.count, self.when(&task.zone, failures.since));
        Some(self.lang.pick(
            format!("连续失败：{count} 次，始于 {since}"),
            format!("Consecutive failures: {count}, since {since}"),
        ))
    }

    fn failing_since(&self, task: &TaskFacts, failures: &Failures) -> String {
        let since = self.when(&task.zone, failures.since);
        self.lang.pick(
            format!("首次失败：{since}"),
            format!("First failure: {since}"),
        )
    }

    fn planned_for(&self, task: &TaskFacts, at: DateTime<Utc>) -> String {
        let at = self.when(&task.zone, at);
        self.lang
            .pick(format!("计划时间：{at}"), format!("Planned for: {at}"))
    }

    fn attempt(&self, attempt: i32) -> String {
        match attempt {
            ..=1 => String::new(),
            _ => self
                .lang
                .pick(format!("第 {attempt} 次尝试"), format!("attempt {attempt}")),
        }
    }

    pub(super) fn length(&self, seconds: i64) -> String {
        duration_words(seconds, self.lang)
    }

    /// How far ahead something is, about.
    fn ahead(&self, seconds: i64) -> String {
        about_duration(seconds, self.lang)
    }

    /// Who did something: the terminal has no name of a person.
    fn who<'b>(&self, by: &'b str) -> &'b str {
        let console = Principal::console();
        match by == console.name {
            true => self.lang.pick("命令行", "the command line"),
            false => by,
        }
    }

    fn why_late(&self, why: LateReason) -> &'static str {
        match why {
            LateReason::Busy => self.lang.pick("服务器繁忙", "the server was busy"),
            LateReason::Down => self.lang.pick(
                "到点时没有可用的服务器，现在补执行",
                "no server could start it in time, so it is being run now",
            ),
            LateReason::Pool => self
                .lang
                .pick("一直在等并发池的名额", "it waited for a slot of its pool"),
            LateReason::Overlap => self.lang.pick(
                "一直在等上一次执行结束",
                "it waited for the previous run to end",
            ),
            LateReason::Dependencies => self
                .lang
                .pick("一直在等所依赖的任务", "it waited for other tasks"),
            LateReason::Blackout => self
                .lang
                .pick("停跑时段推迟了它", "a blackout postponed it"),
        }
    }

    fn retried(&self, task: &TaskFacts, retried: &Retried) -> (String, Vec<String>) {
        let why = match (retried.state, retried.exit_code, retried.exit_signal) {
            (RunState::Failed, Some(code), _) if code != 0 => self
                .lang
                .pick(format!("退出码 {code}"), format!("exit code {code}")),
            (state @ RunState::Failed, None, Some(signal)) => {
                app::run::killed_by(signal, state, self.lang)
            }
            _ => retried
                .reason
                .as_deref()
                .map(|reason| app::run::reason_text(reason, self.lang))
                .unwrap_or_default(),
        };
        let attempt = retried.attempt;
        let mut verdict = self.lang.pick(
            format!("第 {attempt} 次尝试失败"),
            format!("attempt {attempt} failed"),
        );
        if !why.is_empty() {
            verdict += self.lang.pick("，", ", ");
            verdict += &why;
        }
        let next = self.when(&task.zone, retried.next_at);
        let line = self
            .lang
            .pick(format!("下次尝试：{next}"), format!("Next attempt: {next}"));
        (verdict, vec![line])
    }

    fn too_fast(&self, took_ms: i64, min_seconds: i64) -> String {
        let took = phrases::took(self.lang, took_ms);
        let least = self.length(min_seconds);
        self.lang.pick(
            format!("只用了 {took}就成功，少于 {least}，请检查是否真的做完"),
            format!("succeeded in only {took}, less than {least}; check that it did its work"),
        )
    }

    fn missed(&self, task: &TaskFacts, missed: &Missed) -> (String, Vec<String>) {
        let (count, caught_up) = (missed.count, missed.caught_up);
        let why = match MissReason::read(&missed.reason) {
            Some(MissReason::Clock) => self
                .lang
                .pick("系统时钟被调快", "the clock was set forward"),
            _ => self.lang.pick(
                "当时没有可用的服务器",
                "no server could run it at that time",
            ),
        };
        let verdict = self.lang.pick(
            format!("错过 {count} 次执行：{why}"),
            format!(
                "{count} planned {} not started: {why}",
                plural(count, "run was", "runs were")
            ),
        );
        let first = self.when(&task.zone, missed.since);
        let mut lines = Vec::new();
        if missed.last == missed.since {
            lines.push(self.planned_for(task, missed.since));
        } else {
            let last = self.when(&task.zone, missed.last);
            lines.push(self.lang.pick(
                format!("首次：{first}"),
                format!("First planned for: {first}"),
            ));
            lines.push(
                self.lang
                    .pick(format!("末次：{last}"), format!("Last planned for: {last}")),
            );
        }
        lines.push(match caught_up {
            0 => self
                .lang
                .pick(
                    "不补执行",
                    plural(
                        count,
                        "It will not be caught up",
                        "They will not be caught up",
                    ),
                )
                .to_owned(),
            _ => self.lang.pick(
                format!("另有 {caught_up} 次正在补执行"),
                format!(
                    "{caught_up} more {} being caught up now",
                    plural(caught_up, "is", "are")
                ),
            ),
        });
        (verdict, lines)
    }
}
