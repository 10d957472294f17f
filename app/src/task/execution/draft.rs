//! The input for the execution of a task, and its validation.

mod back;
mod bounds;
mod env;
mod http;
mod names;
mod parts;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Execution, HttpDraft, Overlap, Parameter, StopGrace, SuccessWhen, Waits};
use crate::duration::format_duration;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::task::draft::text;
use crate::task::reader::{Reader, plain};
use back::{optional, unless};
pub use env::{env_line, env_warnings};
pub(in crate::task) use http::url_fault;
pub use names::{PARAMETERS_MAX, is_settable};
pub use parts::{KeepDraft, LimitsDraft, RetryDraft, WaitsDraft};

/// The most seconds between TERM and KILL.
const STOP_GRACE_MAX: i64 = 600;
/// The most tasks that one task may wait for.
const WAITS_MAX: usize = 50;
/// The longest duration (30 days).
const MONTH: i64 = 30 * 86_400;

/// Input; empty fields mean the default execution. Texts as typed, so that a form with faults is returned as it was
/// sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ExecutionDraft {
    /// `skip`, `allow:3`, `queue:10`, `replace`; empty for `skip`.
    pub overlap: String,
    /// Name of a concurrency pool.
    pub pool: String,
    /// After a failure.
    pub retry: RetryDraft,
    /// What its output must contain, or must not, for a run to succeed.
    pub success_when: SuccessWhen,
    /// `30s`, `5m`; empty for none.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub soft_limit: String,
    /// `30s`: a run that succeeds faster is reported; empty for none.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub min_duration: String,
    /// Between TERM and KILL; empty for 10 s.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub stop_grace: String,
    /// What one run may use.
    pub limits: LimitsDraft,
    /// Unix user.
    pub run_as: String,
    /// Working folder, absolute.
    pub cwd: String,
    /// `bash` and the like, or a path; empty for `/bin/sh`.
    pub shell: String,
    /// Whether both outputs go into one pipe.
    pub merge_output: bool,
    /// Whether secrets are passed as files.
    pub secret_files: bool,
    /// One `NAME=value` per line.
    pub env: String,
    /// Parameters of a manual start.
    pub parameters: Vec<Parameter>,
    /// Tasks it waits for.
    pub waits: WaitsDraft,
    /// A request instead of a command.
    pub http: HttpDraft,
    /// Its processes keep running when the server crashes.
    pub outlives_server: bool,
    /// It cannot be started from a chat.
    pub not_from_chats: bool,
    /// How long its history is kept.
    pub keep: KeepDraft,
}

impl ExecutionDraft {
    /// The execution as it is stored; faults are named `execution.<field>`. The tasks it waits for are empty, because
    /// only the server can look them up.
    #[must_use]
    pub fn read(&self, lang: Lang, faults: &mut Vec<FieldError>) -> Execution {
        let mut reader = Reader {
            part: "execution",
            lang,
            faults,
        };
        let usual = Execution::default();
        let env = env::env(&mut reader, &self.env);
        Execution {
            http: self.http.read(&mut reader),
            soft_limit_seconds: reader.seconds("soft_limit", &self.soft_limit, 1, MONTH),
            min_seconds: reader.seconds("min_duration", &self.min_duration, 1, MONTH),
            stop_grace_seconds: reader
                .seconds("stop_grace", &self.stop_grace, 1, STOP_GRACE_MAX)
                .map_or(usual.stop_grace_seconds, StopGrace),
            overlap: self.read_overlap(&mut reader),
            pool: names::pool(&mut reader, &self.pool),
            retry: self.retry.read(&mut reader),
            success_when: names::success_when(&mut reader, &self.success_when),
            run_as: names::run_as(&mut reader, &self.run_as),
            cwd: names::cwd(&mut reader, &self.cwd),
            shell: names::shell(&mut reader, &self.shell),
            merge_output: self.merge_output,
            secret_files: self.secret_files,
            limits: self.limits.read(&mut reader),
            parameters: names::parameters(&mut reader, &self.parameters, &env),
            env,
            waits: self.waits.read(&mut reader),
            outlives_server: self.outlives_server,
            not_from_chats: self.not_from_chats,
            keep: self.keep.read(&mut reader),
        }
    }

    fn read_overlap(&self, reader: &mut Reader<'_>) -> Overlap {
        plain(&self.overlap).parse().unwrap_or_else(|()| {
            let lang = reader.lang;
            let rule = self.overlap.split(':').next().unwrap_or_default().trim();
            let message = match rule {
                "allow" => lang.pick(
                    "同时执行要填最多几个，2–100",
                    "Set how many may run in parallel, 2–100 (allow:3)",
                ),
                "queue" => lang.pick(
                    "排队要填最多几个，1–1000",
                    "Set how many may queue, 1–1000 (queue:10)",
                ),
                _ => lang.pick(
                    "可选 skip、allow:3、queue:10、replace",
                    "Use skip, allow:3, queue:10 or replace",
                ),
            };
            reader.fault("overlap", "invalid", message);
            Overlap::default()
        })
    }
}

impl From<&Execution> for ExecutionDraft {
    /// The draft that would leave it unchanged.
    fn from(execution: &Execution) -> Self {
        let usual = Execution::default();
        let env = execution.env.iter().map(env::line);
        Self {
            overlap: unless(&execution.overlap, &usual.overlap, Overlap::to_string),
            pool: execution.pool.clone(),
            retry: (&execution.retry).into(),
            success_when: execution.success_when.clone(),
            soft_limit: optional(execution.soft_limit_seconds, format_duration),
            min_duration: optional(execution.min_seconds, format_duration),
            stop_grace: unless(
                &execution.stop_grace_seconds,
                &usual.stop_grace_seconds,
                |grace| format_duration(grace.0),
            ),
            limits: (&execution.limits).into(),
            run_as: execution.run_as.clone(),
            cwd: execution.cwd.clone(),
            shell: execution.shell.clone(),
            merge_output: execution.merge_output,
            secret_files: execution.secret_files,
            env: env.collect::<Vec<_>>().join("\n"),
            parameters: execution.parameters.clone(),
            waits: (&execution.waits).into(),
            http: execution.http.as_ref().map(Into::into).unwrap_or_default(),
            outlives_server: execution.outlives_server,
            not_from_chats: execution.not_from_chats,
            keep: (&execution.keep).into(),
        }
    }
}

impl WaitsDraft {
    /// The rule without its tasks.
    fn read(&self, reader: &mut Reader<'_>) -> Waits {
        let usual = Waits::default();
        let lang = reader.lang;
        if self.tasks.len() > WAITS_MAX {
            let message = lang.pick(
                format!("一个任务最多等待 {WAITS_MAX} 个任务"),
                format!("A task waits for at most {WAITS_MAX} other tasks"),
            );
            reader.fault("waits.tasks", "too_many", message);
        }
        let how = self.how.trim().parse().unwrap_or_else(|()| {
            let message = lang.pick("可选 all、any", "Use all or any");
            reader.fault("waits.how", "unknown", message);
            usual.how
        });
        let what = self.what.trim().parse().unwrap_or_else(|()| {
            let message = lang.pick("可选 success、finish", "Use success or finish");
            reader.fault("waits.what", "unknown", message);
            usual.what
        });
        let seconds = Reader::seconds;
        Waits {
            tasks: Vec::new(),
            how,
            what,
            fresh_seconds: seconds(reader, "waits.fresh", &self.fresh, 1, MONTH)
                .unwrap_or(usual.fresh_seconds),
            patience_seconds: seconds(reader, "waits.patience", &self.patience, 1, MONTH)
                .unwrap_or(usual.patience_seconds),
        }
    }
}

#[cfg(any(test, feature = "fixtures"))]
impl ExecutionDraft {
    /// Every field, each in the form in which it is shown again; each by its name, so that a new field is set, too. A task
    /// has either a command or a request.
    #[must_use]
    pub fn full() -> Self {
        use super::ParameterKind;
        let text = str::to_owned;
        Self {
            overlap: text("queue:10"),
            pool: text("db"),
            retry: RetryDraft {
                attempts: text("5"),
                delay: text("10s"),
                factor: text("1.5"),
                max_delay: text("10m"),
                jitter: text("20"),
                exit_codes: text("1, 75"),
                on_timeout: true,
                on_lost: true,
            },
            success_when: SuccessWhen {
                must_contain: text("all done"),
                must_not_contain: text("错误"),
            },
            soft_limit: text("5m"),
            min_duration: text("20s"),
            stop_grace: text("30s"),
            limits: LimitsDraft {
                cpu: text("1m"),
                memory: text("2G"),
                open_files: text("1024"),
                processes: text("64"),
                nice: text("19"),
            },
            run_as: text("nobody"),
            cwd: text("/srv/app"),
            shell: text("bash"),
            merge_output: true,
            secret_files: true,
            env: text("A=1\nPATH=/opt/bin:/usr/bin\nEMPTY=\nQUERY=a=b c"),
            parameters: vec![Parameter {
                name: text("TARGET"),
                label: text("目标"),
                kind: ParameterKind::Choice,
                choices: vec![text("dev"), text("prod")],
                default: text("dev"),
                required: true,
            }],
            waits: WaitsDraft {
                tasks: vec![text("#1 own")],
                how: text("any"),
                what: text("finish"),
                fresh: text("12h"),
                patience: text("30m"),
            },
            http: HttpDraft {
                method: text("POST"),
                url: text("https://example.com/run"),
                headers: text("X-A: 1"),
                body: text("a=b\nß"),
                expect_status: text("200-299,304"),
                json_pointer: text("/data/state~1x"),
                json_value: text("ok"),
            },
            outlives_server: true,
            not_from_chats: true,
            keep: KeepDraft {
                days: text("30"),
                runs: text("500"),
                output_mib: text("64"),
            },
        }
    }
}
