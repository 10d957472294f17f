//! A claimed job as an order: the task's execution, with everything that only the server knows filled in.

use std::collections::BTreeMap;

use app::task::execution::{Execution, HttpCall, Limits, ParameterKind, SuccessWhen};
use runner::{Ending, Header, HttpRequest, Order, OutputTexts, RunId, TaskId, Work, not_started};

use crate::auth::seal::Sealer;
use crate::run::Job;
use crate::store::SealedSecret;
use crate::text::response_cut_line;

/// Names that only we set.
const OURS: &str = "JCRONTAB_";
/// The prefix of a variable that names the file of a secret.
const SECRET_FILE: &str = "JCRONTAB_SECRET_FILE_";
/// MiB of the answer to a request that are read.
const ANSWER_MIB: usize = 10;

/// The order of a job.
///
/// # Errors
/// When a secret cannot be opened: nothing is started then.
pub(crate) fn order(job: &Job, sealer: &Sealer) -> Result<Order, Ending> {
    let task = &job.task;
    // Each by its name: whoever adds a field decides whether a run needs it. Those with `_` decide when a run starts,
    // how its result is judged, or how long its history is kept.
    let Execution {
        overlap: _,
        pool: _,
        retry,
        success_when,
        soft_limit_seconds,
        min_seconds: _,
        stop_grace_seconds,
        limits,
        run_as,
        cwd,
        shell,
        merge_output,
        // Variables and secrets: `Passed::of`.
        secret_files: _,
        env: _,
        parameters: _,
        waits: _,
        http,
        outlives_server,
        not_from_chats: _,
        keep: _,
    } = task.execution.as_ref();
    let Passed {
        vars,
        secret_files,
        masked,
    } = Passed::of(job, sealer)?;
    Ok(Order {
        run: RunId(job.run_id.0),
        epoch: job.epoch,
        task: TaskId(task.id.0),
        started_at: job.started_at,
        work: match http {
            Some(call) => Work::Http(Box::new(request(call))),
            None => Work::Command(task.command.clone()),
        },
        vars,
        secret_files,
        masked,
        limits: run_limits(limits),
        hard_limit_seconds: task.timeout_seconds,
        soft_limit_seconds: *soft_limit_seconds,
        grace_seconds: stop_grace_seconds.0,
        run_as: run_as.clone(),
        cwd: cwd.clone(),
        shell: shell.clone(),
        merge_output: *merge_output,
        success: texts(success_when),
        outlives: *outlives_server,
        ends_when_isolated: retry.on_lost,
    })
}

/// The variables of a run, and which of their values must not be shown.
struct Passed {
    vars: BTreeMap<String, String>,
    secret_files: Vec<String>,
    masked: Vec<String>,
}

impl Passed {
    /// Later values replace earlier ones: the zone, the task's variables, parameters, secrets, and finally our own.
    fn of(job: &Job, sealer: &Sealer) -> Result<Self, Ending> {
        let execution = &job.task.execution;
        let mut vars: BTreeMap<String, String> = BTreeMap::new();
        let mut masked = Vec::new();
        if !job.task.zone.is_empty() {
            // So that `date` prints the time that the schedule means.
            vars.insert("TZ".to_owned(), job.task.zone.clone());
        }
        for variable in &execution.env {
            vars.insert(variable.name.clone(), variable.value.clone());
        }
        for parameter in &execution.parameters {
            if !parameter.default.is_empty() {
                vars.insert(parameter.name.clone(), parameter.default.clone());
            }
        }
        for (name, value) in &job.parameters {
            vars.insert(name.clone(), value.clone());
            if is_secret(execution, name) {
                masked.push(value.clone());
            }
        }
        // A request has no files: its secrets are filled in by name.
        let as_files = execution.secret_files && execution.http.is_none();
        let mut files = Vec::new();
        for secret in job.secrets.iter() {
            let value = sealer
                .open(&SealedSecret::place(secret.id), &secret.sealed)
                .map_err(|_| Ending::not_started(not_started("secret", &secret.name)))?;
            masked.push(value.clone());
            if as_files {
                files.push((format!("{SECRET_FILE}{}", secret.name), value));
            } else {
                vars.insert(secret.name.clone(), value);
            }
        }
        vars.retain(|name, _| !name.starts_with(OURS));
        // A manual start has no planned instant; scripts that need one get that of the start.
        let scheduled_for = job.scheduled_for.unwrap_or(job.started_at);
        for (name, value) in [
            ("JCRONTAB_TASK_ID", job.task.id.to_string()),
            ("JCRONTAB_ATTEMPT", job.attempt.to_string()),
            (
                "JCRONTAB_SCHEDULED_FOR",
                app::time::Stamp(scheduled_for).rfc3339(),
            ),
        ] {
            vars.insert(name.to_owned(), value);
        }
        let secret_files = files.iter().map(|(name, _)| name.clone()).collect();
        vars.extend(files);
        Ok(Self {
            vars,
            secret_files,
            masked,
        })
    }
}

/// Whether a parameter is declared as secret.
fn is_secret(execution: &Execution, name: &str) -> bool {
    let mut declared = execution.parameters.iter().filter(|one| one.name == name);
    declared.any(|one| one.kind == ParameterKind::Secret)
}

fn request(call: &HttpCall) -> HttpRequest {
    let header = |header: &app::task::execution::HttpHeader| Header {
        name: header.name.clone(),
        value: header.value.clone(),
    };
    HttpRequest {
        method: call.method.clone(),
        url: call.url.clone(),
        headers: call.headers.iter().map(header).collect(),
        body: call.body.clone(),
        accepts: call.accepted(),
        json_pointer: call.json_pointer.clone(),
        json_value: call.json_value.clone(),
        answer_max: ANSWER_MIB * 1024 * 1024,
        cut_line: response_cut_line(ANSWER_MIB),
    }
}

fn run_limits(limits: &Limits) -> runner::Limits {
    runner::Limits {
        cpu_seconds: limits.cpu_seconds,
        memory_mib: limits.memory_mib,
        open_files: limits.open_files,
        processes: limits.processes,
        nice: limits.nice,
    }
}

fn texts(when: &SuccessWhen) -> OutputTexts {
    OutputTexts {
        must_contain: when.must_contain.clone(),
        must_not_contain: when.must_not_contain.clone(),
    }
}

#[cfg(test)]
mod tests;
