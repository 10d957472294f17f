//! The environment of a run, and which of its values must not be shown.

use std::collections::BTreeMap;

use app::run::RunReason;
use app::task::execution::ParameterKind;

use super::Job;
use super::identity::Identity;
use crate::auth::seal::Sealer;
use crate::store::SealedSecret;

/// The environment's search path.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Names that only the server sets.
const OURS: &str = "JCRONTAB_";
/// Marks every process of a data folder.
pub(super) const MARK: &str = "JCRONTAB_SERVER_MARK";
/// The mark of versions before 0.2: the folder's key itself.
pub(super) const OLD_MARK: &str = "JCRONTAB_HOST_KEY";
/// Marks every process of a run.
pub(super) const RUN_ID: &str = "JCRONTAB_RUN_ID";

/// The prefix of a variable that names the file of a secret.
const SECRET_FILE: &str = "JCRONTAB_SECRET_FILE_";

/// The environment of a run.
#[derive(Clone)]
pub(super) struct Environment {
    /// All variables.
    pub(super) vars: BTreeMap<String, String>,
    /// Variables whose values are passed as files.
    pub(super) secret_files: Vec<String>,
    /// Values that are masked wherever they appear.
    pub(super) secret_values: Vec<String>,
}

impl std::fmt::Debug for Environment {
    /// Without values: some are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("vars", &self.vars.keys())
            .finish_non_exhaustive()
    }
}

/// Assembles the environment of a run. Later values replace earlier ones: defaults, the task's
/// variables, parameters, secrets, and finally our own. `HOME`, `USER` and `LOGNAME` are added when
/// the user is known, unless they are set here.
///
/// # Errors
/// When a secret cannot be opened or a variable cannot be passed; the reason contains its name, never
/// its value.
pub(super) fn environment(
    job: &Job,
    identity: &Identity,
    sealer: &Sealer,
) -> Result<Environment, RunReason> {
    let execution = &job.task.execution;
    let usual = [
        ("PATH", PATH.to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("SHELL", super::shell::of(&execution.shell)),
        // So that `date` prints the time that the schedule means.
        ("TZ", job.task.zone.clone()),
    ];
    let mut vars: BTreeMap<String, String> = BTreeMap::new();
    let mut secret_values = Vec::new();
    let usual = usual.into_iter().filter(|(_, value)| !value.is_empty());
    vars.extend(usual.map(|(name, value)| (name.to_owned(), value)));
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
        let is_secret = |kind| kind == ParameterKind::Secret;
        let mut declared = execution.parameters.iter().filter(|one| one.name == *name);
        if declared.any(|one| is_secret(one.kind)) {
            secret_values.push(value.clone());
        }
    }
    // A request has no files: its secrets are filled in by name.
    let as_files = execution.secret_files && execution.http.is_none();
    let mut files = Vec::new();
    for secret in job.secrets.iter() {
        let value = sealer
            .open(&SealedSecret::place(secret.id), &secret.sealed)
            .map_err(|_| not_started("secret", &secret.name))?;
        secret_values.push(value.clone());
        if as_files {
            files.push((format!("{SECRET_FILE}{}", secret.name), value));
        } else {
            vars.insert(secret.name.clone(), value);
        }
    }
    vars.retain(|name, _| !name.starts_with(OURS));
    let mut ours = vec![
        ("JCRONTAB_TASK_ID", job.task.id.to_string()),
        (RUN_ID, job.run_id.to_string()),
        ("JCRONTAB_ATTEMPT", job.attempt.to_string()),
        (MARK, identity.mark.clone()),
    ];
    // A manual start has no planned instant; scripts that need one get that of the start.
    let scheduled_for = job.scheduled_for.unwrap_or(job.started_at);
    ours.push((
        "JCRONTAB_SCHEDULED_FOR",
        app::time::Stamp(scheduled_for).rfc3339(),
    ));
    for (name, value) in ours {
        vars.insert(name.to_owned(), value);
    }
    let secret_files = files.iter().map(|(name, _)| name.clone()).collect();
    vars.extend(files);
    for (name, value) in &vars {
        // The kernel takes lines `NAME=value` that end with a zero byte.
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return Err(not_started("variable", &name.replace('\0', "\u{fffd}")));
        }
    }
    secret_values.retain(|value| !value.is_empty());
    Ok(Environment {
        vars,
        secret_files,
        secret_values,
    })
}

/// The reason of a command that could not be started, by a code of `app::run`.
pub(super) fn not_started(code: &str, detail: &str) -> RunReason {
    RunReason::NotStarted(format!("@{code} {detail}"))
}
