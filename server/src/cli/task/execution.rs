//! `jcrontab task add`: the options for the execution of a task.

use app::task::execution::{ExecutionDraft, Parameter, ParameterKind};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde::Serialize;

use super::drafted::{drafted, lines};
use crate::cli::{Failure, lang};

/// How it is executed. The server reports what is wrong with a value.
#[derive(Args, Serialize, Debug)]
#[command(next_help_heading = "Execution")]
pub(super) struct Execution {
    /// Overlap policy: what to do with a firing while the task is running: skip (default), allow:N
    /// (N runs at once), queue:N (N wait in the queue), replace (stop the older run)
    #[arg(long, default_value = "")]
    overlap: String,
    /// Concurrency pool that limits its runs
    #[arg(long, default_value = "")]
    pool: String,
    #[command(flatten)]
    success_when: Success,
    /// Soft time limit: send a message when a run takes longer: 5m
    #[arg(long, default_value = "")]
    soft_limit: String,
    /// Minimum duration: send a message when a run succeeds in less time: 30s
    #[arg(long, default_value = "")]
    min_duration: String,
    /// Grace period between SIGTERM and SIGKILL when a run is stopped (default: 10s)
    #[arg(long, default_value = "")]
    stop_grace: String,
    /// Unix user to run as, one of JCRONTAB_RUN_AS_ALLOW on the server
    #[arg(long, default_value = "")]
    #[serde(rename = "run_as")]
    as_user: String,
    /// Working directory
    #[arg(long, default_value = "")]
    cwd: String,
    /// Shell: bash, dash, zsh, ksh or a path (default: /bin/sh). A command that begins with #! is
    /// run by that interpreter
    #[arg(long, default_value = "")]
    shell: String,
    /// Merge stderr into stdout, which keeps the order of their lines
    #[arg(long)]
    merge_output: bool,
    /// Pass secrets as files, named by `JCRONTAB_SECRET_FILE_<NAME>`, instead of as variables
    #[arg(long)]
    secret_files: bool,
    /// Environment variable NAME=VALUE; repeatable. Not for secrets
    #[arg(long = "env", value_name = "NAME=VALUE")]
    #[serde(serialize_with = "lines")]
    env: Vec<String>,
    /// Parameter of a manual start: `NAME[!][:KIND][(A|B|C)][=DEFAULT]`; repeatable. KIND is text,
    /// number, choice, date or secret; ! makes it required.
    /// Examples: DAY:date, COUNT:number=3, 'TARGET:choice(dev|prod)=dev', 'TICKET!'
    #[arg(long = "param", value_name = "PARAMETER", value_parser = parameter)]
    #[serde(rename = "parameters")]
    params: Vec<Parameter>,
    /// Label of a parameter in the form: NAME=LABEL; repeatable
    #[arg(long = "param-label", value_name = "NAME=LABEL", value_parser = label)]
    #[serde(skip)]
    labels: Vec<(String, String)>,
    /// Keep its processes running when the server crashes
    #[arg(long)]
    outlives_server: bool,
    /// Refuse starts from chats: by commands to bots, buttons of cards and links of messages
    #[arg(long)]
    not_from_chats: bool,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    retry: Retry,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    waits: Waits,
    #[command(flatten)]
    http: Http,
}

/// What the output must contain, or must not.
#[derive(Args, Serialize, Debug)]
struct Success {
    /// Fail a run unless its output (for a request, the response body) contains this text
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    #[serde(skip_serializing_if = "Option::is_none")]
    must_contain: Option<String>,
    /// Fail a run if its output contains this text
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    #[serde(skip_serializing_if = "Option::is_none")]
    must_not_contain: Option<String>,
}

/// Each is as for all tasks when it is not given.
#[derive(Args, Serialize, Debug)]
#[command(next_help_heading = "Retention")]
struct Keep {
    /// Days that its runs are kept
    #[arg(long, value_name = "DAYS", default_value = "")]
    #[serde(rename = "days")]
    keep_days: String,
    /// Its newest runs that are kept
    #[arg(long, value_name = "NUMBER", default_value = "")]
    #[serde(rename = "runs")]
    keep_runs: String,
    /// MiB of output that its kept runs may have written
    #[arg(long, value_name = "MIB", default_value = "")]
    #[serde(rename = "output_mib")]
    keep_output_mib: String,
}

#[derive(Args, Serialize, Debug)]
#[command(next_help_heading = "Retry")]
struct Retry {
    /// Number of retries after a failure, 0-19. The API and `task edit` count attempts instead:
    /// `execution.retry.attempts` is one more, since the first start is an attempt as well
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=19))]
    #[serde(skip)]
    retries: Option<u8>,
    /// Delay before the first retry: 30s, 5m (default: 1m)
    #[arg(long, default_value = "")]
    #[serde(rename = "delay")]
    retry_delay: String,
    /// Backoff multiplier: each further delay is longer by this factor, 1-10 (default: 2)
    #[arg(long, default_value = "")]
    #[serde(rename = "factor")]
    retry_factor: String,
    /// Maximum delay (default: 1h)
    #[arg(long, default_value = "")]
    #[serde(rename = "max_delay")]
    retry_max_delay: String,
    /// Jitter of each delay, in percent
    #[arg(long, default_value = "")]
    #[serde(rename = "jitter")]
    retry_jitter: String,
    /// Retry only after these exit codes: 1,75
    #[arg(long, value_name = "CODES", default_value = "")]
    #[serde(rename = "exit_codes")]
    retry_on_exit: String,
    /// Retry also after a timeout
    #[arg(long)]
    #[serde(rename = "on_timeout")]
    retry_on_timeout: bool,
    /// Retry also after a crash of the server; the command may then run twice
    #[arg(long)]
    #[serde(rename = "on_lost")]
    retry_on_lost: bool,
}

#[derive(Args, Serialize, Debug)]
#[command(next_help_heading = "Limits of a run")]
struct Limits {
    /// CPU time per process: 10m
    #[arg(long, default_value = "")]
    cpu: String,
    /// Memory of the run: 512M, 2G
    #[arg(long, default_value = "")]
    memory: String,
    /// Open files per process
    #[arg(long, default_value = "")]
    open_files: String,
    /// Number of processes
    #[arg(long, default_value = "")]
    processes: String,
    /// Niceness added, 0-19
    #[arg(long, default_value = "")]
    nice: String,
}

#[derive(Args, Serialize, Debug)]
#[command(next_help_heading = "Dependencies")]
struct Waits {
    /// Wait for this task, by ID or name; repeatable
    #[arg(long, value_name = "TASK")]
    #[serde(rename = "tasks")]
    after: Vec<String>,
    /// Start when one of them has ended, instead of all
    #[arg(long, requires = "after")]
    #[serde(skip)]
    after_any: bool,
    /// Start also when they failed
    #[arg(long, requires = "after")]
    #[serde(skip)]
    after_finish: bool,
    /// Accept runs that ended up to this long before the planned start (default: 1d)
    #[arg(long, requires = "after", value_name = "DURATION", default_value = "")]
    #[serde(rename = "fresh")]
    after_within: String,
    /// Maximum wait, after which the firing is skipped (default: 1h)
    #[arg(long, requires = "after", value_name = "DURATION", default_value = "")]
    #[serde(rename = "patience")]
    after_patience: String,
}

#[derive(Args, Serialize, Debug)]
#[command(next_help_heading = "HTTP request instead of a command")]
struct Http {
    /// URL; ${NAME} in path, query, header values and body is replaced by a variable of the run
    #[arg(long, value_name = "URL", conflicts_with = "command")]
    #[serde(rename = "url", skip_serializing_if = "Option::is_none")]
    http_url: Option<String>,
    /// Method: GET (default), POST, PUT, PATCH, DELETE, HEAD
    #[arg(long, value_name = "METHOD", requires = "http_url", default_value = "")]
    #[serde(rename = "method")]
    http_method: String,
    /// Header; repeatable
    #[arg(
        long = "http-header",
        value_name = "NAME: VALUE",
        requires = "http_url"
    )]
    #[serde(rename = "headers", serialize_with = "lines")]
    http_headers: Vec<String>,
    /// Body of the request
    #[arg(long, value_name = "TEXT", requires = "http_url", default_value = "")]
    #[serde(rename = "body")]
    http_body: String,
    /// Status codes of a success (default: 200-299)
    #[arg(
        long,
        value_name = "STATUSES",
        requires = "http_url",
        default_value = ""
    )]
    #[serde(rename = "expect_status")]
    http_expect: String,
    /// JSON Pointer (RFC 6901) to a value that the response must contain: /data/state
    #[arg(long, value_name = "POINTER", requires = "http_url")]
    #[serde(rename = "json_pointer", skip_serializing_if = "Option::is_none")]
    http_json_pointer: Option<String>,
    /// Expected value at the JSON Pointer
    #[arg(
        long,
        value_name = "TEXT",
        requires = "http_json_pointer",
        default_value = ""
    )]
    #[serde(rename = "json_value")]
    http_json_value: String,
}

impl Execution {
    /// Whether it sends a request.
    pub(super) fn calls(&self) -> bool {
        self.http.http_url.is_some()
    }

    /// The draft for the API; a label without its parameter is a fault.
    pub(super) fn draft(&self) -> Result<ExecutionDraft, Failure> {
        let mut draft: ExecutionDraft = drafted(self)?;
        for (name, label) in &self.labels {
            let mut parameters = draft.parameters.iter_mut();
            let one = parameters.find(|one| one.name == *name);
            let one = one.ok_or_else(|| {
                Failure::usage(lang().pick(
                    format!("--param-label {name}：没有 --param {name}"),
                    format!("--param-label {name}: there is no --param {name}"),
                ))
            })?;
            one.label.clone_from(label);
        }
        if let Some(again) = self.retry.retries {
            draft.retry.attempts = (u32::from(again) + 1).to_string();
        }
        if self.waits.after_any {
            "any".clone_into(&mut draft.waits.how);
        }
        if self.waits.after_finish {
            "finish".clone_into(&mut draft.waits.what);
        }
        Ok(draft)
    }
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .ok_or_else(|| lang().pick("写成 NAME=LABEL", "write NAME=LABEL"))?;
    Ok((pair.0.trim().to_owned(), pair.1.trim().to_owned()))
}

/// ``NAME[!][:KIND][(A|B|C)][=DEFAULT]``.
fn parameter(text: &str) -> Result<Parameter, String> {
    // A choice may hold a `=`, so the default begins behind the bracket.
    let closed = text
        .find('(')
        .filter(|open| text.find('=').is_none_or(|equals| *open < equals))
        .map(|_| {
            let unclosed = || lang().pick("括号没有闭合", "a bracket is not closed");
            text.find(')').ok_or_else(unclosed)
        })
        .transpose()?
        .unwrap_or(0);
    let (declared, default) = match text[closed..].find('=') {
        Some(at) => (&text[..closed + at], &text[closed + at + 1..]),
        None => (text, ""),
    };
    let (declared, choices) = match declared.split_once('(') {
        Some((declared, choices)) => {
            let choices = choices.trim().strip_suffix(')');
            let choices = choices.ok_or_else(|| {
                lang().pick(
                    "括号后面只能有 =DEFAULT",
                    "only =DEFAULT may follow the bracket",
                )
            })?;
            let choices = choices.split('|').map(|choice| choice.trim().to_owned());
            (declared, choices.collect())
        }
        None => (declared, Vec::new()),
    };
    let (name, kind) = match declared.split_once(':') {
        Some((name, kind)) => {
            let known = lang().pick(
                "类型有 text、number、choice、date 和 secret",
                "the kinds are text, number, choice, date and secret",
            );
            (name, kind.trim().parse().map_err(|()| known)?)
        }
        None if choices.is_empty() => (declared, ParameterKind::Text),
        None => (declared, ParameterKind::Choice),
    };
    if kind != ParameterKind::Choice && !choices.is_empty() {
        let words = lang().pick("只有 choice 类型有选项", "only a choice has choices");
        return Err(words.to_owned());
    }
    let name = name.trim();
    let bare = name.strip_suffix('!').unwrap_or(name);
    Ok(Parameter {
        name: bare.trim().to_owned(),
        label: String::new(),
        kind,
        choices,
        default: default.to_owned(),
        required: bare != name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_short_texts() {
        use ParameterKind::{Choice, Date, Number, Secret, Text};
        let table: [(&str, &str, ParameterKind, &[&str], &str, bool); 9] = [
            ("TICKET", "TICKET", Text, &[], "", false),
            ("TICKET!", "TICKET", Text, &[], "", true),
            ("NOTE=a=b (c):d!", "NOTE", Text, &[], "a=b (c):d!", false),
            ("DAY:date", "DAY", Date, &[], "", false),
            ("N!:number=-3", "N", Number, &[], "-3", true),
            (
                "T:choice(dev|prod)=dev",
                "T",
                Choice,
                &["dev", "prod"],
                "dev",
                false,
            ),
            ("T( a | b=c )=b=c", "T", Choice, &["a", "b=c"], "b=c", false),
            ("T!(a|b)", "T", Choice, &["a", "b"], "", true),
            ("P!:secret", "P", Secret, &[], "", true),
        ];
        for (text, name, kind, choices, default, required) in table {
            let expected = Parameter {
                name: name.to_owned(),
                label: String::new(),
                kind,
                choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
                default: default.to_owned(),
                required,
            };
            assert_eq!(parameter(text), Ok(expected), "{text}");
        }
        for text in [
            "A:colour",
            "A:secret!",
            "A(b",
            "A:text(a|b)",
            "A(a|b)c",
            "A(a|b)c=d",
        ] {
            assert!(parameter(text).is_err(), "{text}");
        }
    }
}
