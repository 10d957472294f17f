//! Describes an execution: short sentences about what differs from the default.

#[cfg(test)]
mod tests;

use super::{Execution, HttpCall, Limits, Overlap, Retry, Waits, WaitsFor, WaitsHow};
use crate::duration::duration_words;
use crate::i18n::Lang;
use crate::id::TaskId;
use crate::run::RunState;

/// Delays that are listed; further ones are `…`.
const DELAYS_LISTED: usize = 6;
/// Names in a list; further ones are `…`.
const NAMES_LISTED: usize = 12;

impl Execution {
    /// The description, with tasks by their ids.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> Vec<String> {
        self.describe_with(lang, |_| None)
    }

    /// The description; `name_of` returns the names of tasks that it waits for.
    #[must_use]
    pub fn describe_with(
        &self,
        lang: Lang,
        name_of: impl Fn(TaskId) -> Option<String>,
    ) -> Vec<String> {
        // Each by its name: a field that is not described is unused, which the compiler reports.
        let Self {
            overlap,
            pool,
            retry,
            success_when,
            soft_limit_seconds,
            min_seconds,
            stop_grace_seconds,
            limits,
            run_as,
            cwd,
            shell,
            merge_output,
            secret_files,
            env,
            parameters,
            waits,
            http,
            outlives_server,
            not_from_chats,
            keep,
        } = self;
        let usual = Self::default();
        let mut all: Vec<String> = Vec::new();
        all.extend(http.as_ref().map(|call| call.describe(lang)));
        all.extend(waits.describe(lang, name_of));
        all.extend(overlap.describe(lang));
        if !pool.is_empty() {
            all.push(lang.pick(
                format!("在并发池 {pool} 里排队"),
                format!("Limited by the concurrency pool {pool}"),
            ));
        }
        all.extend(success_when.describe(lang));
        all.extend(retry.describe(lang));
        if let Some(seconds) = soft_limit_seconds.map(|limit| duration_words(limit, lang)) {
            all.push(lang.pick(
                format!("执行超过 {seconds}时提醒"),
                format!("Warns when it runs for more than {seconds}"),
            ));
        }
        if let Some(seconds) = min_seconds.map(|least| duration_words(least, lang)) {
            all.push(lang.pick(
                format!("成功但用时不到 {seconds}时提醒"),
                format!("Warns when it succeeds in less than {seconds}"),
            ));
        }
        if *stop_grace_seconds != usual.stop_grace_seconds {
            let grace = duration_words(stop_grace_seconds.0, lang);
            all.push(lang.pick(
                format!("停止时先发 TERM，{grace}后发 KILL"),
                format!("Stopped with TERM, then KILL after {grace}"),
            ));
        }
        all.extend(limits.describe(lang));
        all.extend(keep.describe(lang));
        if !run_as.is_empty() {
            all.push(lang.pick(format!("以用户 {run_as} 执行"), format!("Runs as {run_as}")));
        }
        if !cwd.is_empty() {
            all.push(lang.pick(format!("在 {cwd} 目录执行"), format!("Runs in {cwd}")));
        }
        if !shell.is_empty() {
            all.push(lang.pick(format!("由 {shell} 执行"), format!("Run by {shell}")));
        }
        if *merge_output {
            all.push(
                lang.pick("标准错误并入标准输出", "stdout and stderr are merged")
                    .to_owned(),
            );
        }
        if *secret_files {
            all.push(
                lang.pick("密钥以文件交给命令", "Secrets are passed as files")
                    .to_owned(),
            );
        }
        let env = env.iter().map(|one| one.name.as_str());
        all.extend(
            listed(lang, env)
                .map(|names| lang.pick(format!("环境变量 {names}"), format!("Variables {names}"))),
        );
        let parameters = parameters.iter().map(|one| one.name.as_str());
        all.extend(listed(lang, parameters).map(|names| {
            lang.pick(
                format!("手动执行时可填 {names}"),
                format!("Parameters for manual runs: {names}"),
            )
        }));
        if *outlives_server {
            all.push(
                lang.pick(
                    "服务器崩溃后保留它的进程",
                    "Its processes keep running when the server crashes",
                )
                .to_owned(),
            );
        }
        if *not_from_chats {
            all.push(
                lang.pick("不能从聊天执行", "Cannot be started from a chat")
                    .to_owned(),
            );
        }
        all
    }

    /// Warnings about credentials that everyone who sees the task can read.
    #[must_use]
    pub fn credential_hints(&self, lang: Lang) -> Vec<String> {
        let hint = |place| {
            lang.pick(
                format!("{place} 像是密码，能查看任务的人都能看到；请改用密钥"),
                format!("{place} looks like a credential, and everyone who can see the task can read it; use a secret instead"),
            )
        };
        self.visible_credentials().into_iter().map(hint).collect()
    }
}

impl Overlap {
    fn describe(self, lang: Lang) -> Option<String> {
        match self {
            Self::Skip => None,
            Self::Allow { max } => Some(lang.pick(
                format!("最多同时执行 {max} 个"),
                format!("At most {max} run at the same time"),
            )),
            Self::Queue { max } => Some(lang.pick(
                format!("一个一个执行，最多 {max} 个排队"),
                format!("One at a time, with at most {max} queued"),
            )),
            Self::Replace => Some(
                lang.pick(
                    "新的启动时，结束还在执行的",
                    "A new run replaces the one in progress",
                )
                .to_owned(),
            ),
        }
    }
}

impl Retry {
    fn describe(&self, lang: Lang) -> Option<String> {
        let again = self.attempts - 1;
        if again < 1 {
            return None;
        }
        // With retries after any failure the delays are shown; a chance of one half means no jitter.
        let any = Self {
            exit_codes: Vec::new(),
            ..self.clone()
        };
        let seconds = |ms: i64| duration_words((ms + 500) / 1000, lang);
        let mut delays: Vec<String> = (1..self.attempts)
            .filter_map(|attempt| any.next_delay_ms(attempt, RunState::Failed, Some(1), 0.5))
            .take(DELAYS_LISTED)
            .map(seconds)
            .collect();
        if usize::try_from(again).is_ok_and(|again| again > delays.len()) {
            delays.push("…".to_owned());
        }
        let delays = delays.join(lang.pick("、", ", "));
        let times = if again == 1 { "once" } else { "times" };
        let mut text = match (lang, again) {
            (Lang::Zh, _) => format!("失败后最多重试 {again} 次：{delays}之后"),
            (Lang::En, 1) => format!("Retried {times} after a failure: after {delays}"),
            (Lang::En, _) => {
                format!("Retried up to {again} {times} after a failure: after {delays}")
            }
        };
        let jitter = self.jitter_percent;
        if jitter > 0 {
            text.push_str(&lang.pick(format!("（±{jitter}%）"), format!(" (±{jitter}%)")));
        }
        let mut also = |zh: String, en: String| {
            text.push_str(lang.pick("；", "; "));
            text.push_str(&lang.pick(zh, en));
        };
        if !self.exit_codes.is_empty() {
            let codes: Vec<String> = self.exit_codes.iter().map(i32::to_string).collect();
            also(
                format!("只在退出码是 {} 时", codes.join("、")),
                format!("only on exit code {}", codes.join(", ")),
            );
        }
        if self.on_timeout {
            also("超时后也重试".into(), "also after a timeout".into());
        }
        if self.on_lost {
            also(
                "服务器崩溃后也重试，可能因此执行两遍".into(),
                "also after a server crash, in which case it may run twice".into(),
            );
        }
        Some(text)
    }
}

impl Limits {
    fn describe(&self, lang: Lang) -> Option<String> {
        let part = |value: Option<i64>, zh: &str, en: &str, text: fn(i64, Lang) -> String| {
            value.map(|value| format!("{} {}", lang.pick(zh, en), text(value, lang)))
        };
        let plain = |value: i64, _: Lang| value.to_string();
        let parts = [
            part(self.memory_mib, "内存", "memory", |mib, _| {
                format!("{mib} MiB")
            }),
            part(self.cpu_seconds, "CPU 时间", "CPU time", duration_words),
            part(self.open_files, "打开文件", "open files", plain),
            part(self.processes, "进程", "processes", plain),
            part(self.nice, "nice", "nice", plain),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| {
            let parts = parts.join(lang.pick("，", ", "));
            lang.pick(format!("限制：{parts}"), format!("Limits: {parts}"))
        })
    }
}

impl Waits {
    fn describe(&self, lang: Lang, name_of: impl Fn(TaskId) -> Option<String>) -> Option<String> {
        if self.tasks.is_empty() {
            return None;
        }
        let task = |id: &TaskId| match name_of(*id) {
            Some(name) => format!("#{id} {name}"),
            None => format!("#{id}"),
        };
        let tasks: Vec<String> = self.tasks.iter().map(task).collect();
        let one = tasks.len() == 1;
        let any = self.how == WaitsHow::Any;
        let tasks = tasks.join(lang.pick("、", if any { " or " } else { ", " }));
        let (fresh, patience) = (
            duration_words(self.fresh_seconds, lang),
            duration_words(self.patience_seconds, lang),
        );
        let what = match self.what {
            WaitsFor::Success => lang.pick("成功", "success"),
            WaitsFor::Finish => lang.pick("结束", "end"),
        };
        let among = if any && !one { "之一" } else { "" };
        Some(lang.pick(
            format!("等 {tasks} {among}{what}（{fresh}内），最多等 {patience}"),
            format!("Waits up to {patience} for the {what} of {tasks} (within {fresh})"),
        ))
    }
}

impl HttpCall {
    fn describe(&self, lang: Lang) -> String {
        let (method, url) = (&self.method, &self.url);
        let mut text = lang.pick(
            format!("发送请求 {method} {url}"),
            format!("Sends {method} {url}"),
        );
        let mut also = |zh: String, en: String| {
            text.push_str(lang.pick("；", "; "));
            text.push_str(&lang.pick(zh, en));
        };
        let (status, pointer, value) = (&self.expect_status, &self.json_pointer, &self.json_value);
        if !status.is_empty() {
            also(
                format!("状态码应为 {status}"),
                format!("the status must be {status}"),
            );
        }
        match (pointer.is_empty(), value.is_empty()) {
            (true, _) => {}
            (false, true) => also(
                format!("响应的 {pointer} 应有值"),
                format!("{pointer} in the response must have a value"),
            ),
            (false, false) => also(
                format!("响应的 {pointer} 应为 {value}"),
                format!("{pointer} in the response must be {value}"),
            ),
        }
        text
    }
}

/// The first names of a list; `None` for an empty one.
fn listed<'a>(lang: Lang, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut names: Vec<&str> = names.take(NAMES_LISTED + 1).collect();
    if names.len() > NAMES_LISTED {
        names[NAMES_LISTED] = "…";
    }
    (!names.is_empty()).then(|| names.join(lang.pick("、", ", ")))
}
