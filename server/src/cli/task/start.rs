//! `jcrontab task run`.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use app::run::{Run, RunState, reason_text};
use app::task::execution::ParameterKind;
use app::task::{RunForm, TaskState};
use axum::http::Method;
use clap::Args;
use serde_json::json;

use super::{id_of, path};
use crate::cli::client::Client;
use crate::cli::print::{print_json, print_lines, print_note};
use crate::cli::progress::shown;
use crate::cli::{Failure, hidden, lang, sentence, when, words};

/// The interval between two checks of a run that is waited for.
const PAUSE: Duration = Duration::from_millis(500);
/// Seconds that the server holds back its answer until the run is over.
const WAIT: u32 = 20;
/// Stands for a line of stdin.
const STDIN: &str = "@stdin";

#[derive(Args, Debug)]
pub(in crate::cli) struct StartTask {
    /// Task, by ID or exact name
    task: String,
    /// Set a parameter: NAME=VALUE, or NAME=@stdin for the next line of stdin; repeatable. Secret
    /// parameters are prompted for on a terminal and never taken from the command line, which every
    /// user of the machine can read
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Reason for the start; stored with the run
    #[arg(long, default_value = "")]
    note: String,
    /// Idempotency key: within a day, the same key returns the run it started and starts no other
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Wait until the run and its retries end; exit with 0 if the last attempt succeeded, with 1 if it
    /// did not, and with 5 if its end cannot be seen
    #[arg(long)]
    wait: bool,
    /// With --wait: how long to try again while the server does not answer
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration, requires = "wait")]
    retry_for: Duration,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(client: &Client, start: &StartTask) -> Result<(), Failure> {
    let id = id_of(client, &start.task).await?;
    let address = path(id, "/run");
    let form = client.call(Method::GET, &address, None).await?;
    let form: RunForm = read(form)?;
    let body = json!({ "parameters": parameters(start, &form)?, "note": start.note });
    let key = start.idempotency_key.as_deref();
    let headers: Vec<(&str, &str)> = key
        .map(|key| ("idempotency-key", key))
        .into_iter()
        .collect();
    let bytes = client
        .send(Method::POST, &address, Some(body), &headers)
        .await?;
    let mut run: Run = serde_json::from_slice(&bytes).map_err(|_| not_ours())?;
    overridden(client, id, &form).await?;
    if start.wait {
        if !start.json {
            print_lines(&[started(&run)]);
        }
        let id = run.id;
        run = end_of(client, run, start.retry_for).await.map_err(|failure| {
            let why = failure.message;
            Failure::unseen(lang().pick(
                format!("执行 {id} 已启动，但看不到它的结果：{why}；之后用 jcrontab run show {id} 查看"),
                format!("run {id} was started, but its end cannot be seen: {why}; see `jcrontab run show {id}` later"),
            ))
        })?;
    }
    if start.json {
        print_json(&serde_json::to_value(&run).map_err(|error| Failure::error(sentence(&error)))?);
    }
    match (start.wait, run.state) {
        (true, RunState::Succeeded) if !start.json => print_lines(&[ended(&run)]),
        (true, RunState::Succeeded) => {}
        (true, _) => return Err(Failure::error(ended(&run))),
        (false, _) if !start.json => print_lines(&[started(&run)]),
        (false, _) => {}
    }
    Ok(())
}

/// Says which rules the start has overridden, and of a closed task that it stays closed.
async fn overridden(client: &Client, id: i64, form: &RunForm) -> Result<(), Failure> {
    if form.overrides.is_empty() {
        return Ok(());
    }
    let lang = lang();
    for rule in &form.overrides {
        print_note(&lang.pick(
            format!("{rule}；手动执行不受此限制"),
            format!("{rule}; a start by hand overrides that"),
        ));
    }
    let task = client.call(Method::GET, &path(id, ""), None).await?;
    if task["state"] == TaskState::Closed.as_str() {
        print_note(&lang.pick(
            format!("任务仍然是结单状态，不会按计划执行；要重新打开：jcrontab task restore {id}"),
            format!("The task stays closed and does not run on schedule; to reopen it: jcrontab task restore {id}"),
        ));
    }
    Ok(())
}

fn not_ours() -> Failure {
    Failure::error(lang().pick(
        "服务器的响应不是本版本 Jcrontab 的",
        "the server's answer is not one of a Jcrontab of this version",
    ))
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|_| not_ours())
}

/// The values of the parameters: from the command line, from stdin, or from a prompt.
fn parameters(start: &StartTask, form: &RunForm) -> Result<BTreeMap<String, String>, Failure> {
    let mut filled = BTreeMap::new();
    for param in &start.params {
        let (name, value) = param.split_once('=').ok_or_else(|| {
            Failure::usage(lang().pick("--param 写成 NAME=VALUE", "write --param as NAME=VALUE"))
        })?;
        let secret = form
            .parameters
            .iter()
            .any(|one| one.name == name && one.kind == ParameterKind::Secret);
        let value = match value {
            STDIN => line(name)?,
            _ if secret => {
                return Err(Failure::usage(lang().pick(
                    format!("{name} 是密钥，不能写在命令行里：用 {name}=@stdin，或者不写、等提示时输入"),
                    format!("{name} is a secret and must not be given on the command line: use {name}=@stdin, or omit it to be prompted"),
                )));
            }
            value => value.to_owned(),
        };
        filled.insert(name.to_owned(), value);
    }
    if std::io::stdin().is_terminal() {
        for one in &form.parameters {
            let asks = one.kind == ParameterKind::Secret && one.required;
            if asks && !filled.contains_key(&one.name) {
                filled.insert(one.name.clone(), hidden::read(&one.name)?);
            }
        }
    }
    Ok(filled)
}

/// The next line of stdin.
fn line(name: &str) -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        return hidden::read(name);
    }
    let mut line = String::new();
    let count = std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::error(sentence(&error)))?;
    if count == 0 {
        return Err(Failure::usage(lang().pick(
            format!("标准输入里没有给 {name} 的一行"),
            format!("stdin has no line for {name}"),
        )));
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Parses a duration option.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = app::duration::parse_duration(text).map_err(|fault| fault.text(lang()))?;
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    Ok(Duration::from_secs(seconds.unwrap_or_default()))
}

/// Polls until a run is over. While the server does not answer, because it is restarted for example,
/// it is retried for `retry_for`.
async fn end_of(client: &Client, mut run: Run, retry_for: Duration) -> Result<Run, Failure> {
    let lang = lang();
    let waiting = lang.pick("等待执行结束…", "waiting for the end of the run …");
    loop {
        let failure = match shown(waiting, over(client, &mut run)).await {
            Ok(()) => return Ok(run),
            Err(failure) if failure.is_away => failure,
            Err(failure) => return Err(failure),
        };
        let (why, limit) = (&failure.message, retry_for.as_secs());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let limit = app::duration::duration_words(limit, lang);
        print_note(&lang.pick(
            format!("{why}；继续重试，最多 {limit}"),
            format!("{why}; trying again for up to {limit}"),
        ));
        let retrying = lang.pick(
            "等待服务器恢复…",
            "waiting for the server to answer again …",
        );
        let answered = tokio::time::timeout(retry_for, answered(client, &mut run));
        match shown(retrying, answered).await {
            Ok(answered) => answered?,
            Err(_) => return Err(failure),
        }
        print_note(lang.pick("服务器已恢复", "the server answers again"));
    }
}

/// Waits until a run is over, and the attempts that follow it.
async fn over(client: &Client, run: &mut Run) -> Result<(), Failure> {
    loop {
        let path = format!("/api/v1/runs/{}/end?wait={WAIT}", run.id);
        let latest: Run = read(client.call(Method::GET, &path, None).await?)?;
        if latest.attempt > run.attempt {
            print_note(&retried(run, &latest));
        }
        *run = latest;
        if run.state.is_over() {
            return Ok(());
        }
        // A server that many wait for answers at once.
        tokio::time::sleep(PAUSE).await;
    }
}

fn retried(before: &Run, run: &Run) -> String {
    let (number, id) = (run.attempt, run.id);
    let due = run.due_at.map(when::here);
    match due.filter(|_| run.state == RunState::Waiting) {
        Some(due) => lang().pick(
            format!(
                "执行 {} 没有成功，第 {number} 次尝试（执行 {id}）将在 {due} 开始",
                before.id
            ),
            format!(
                "run {} did not succeed; attempt {number}, run {id}, starts at {due}",
                before.id
            ),
        ),
        None => lang().pick(
            format!("执行 {} 没有成功，第 {number} 次尝试是执行 {id}", before.id),
            format!(
                "run {} did not succeed; attempt {number} is run {id}",
                before.id
            ),
        ),
    }
}

/// Polls a run until the server answers.
async fn answered(client: &Client, run: &mut Run) -> Result<(), Failure> {
    loop {
        tokio::time::sleep(PAUSE).await;
        let path = format!("/api/v1/runs/{}", run.id);
        match client.call(Method::GET, &path, None).await {
            Ok(found) => {
                *run = read(found)?;
                return Ok(());
            }
            Err(failure) if failure.is_away => {}
            Err(failure) => return Err(failure),
        }
    }
}

fn started(run: &Run) -> String {
    let id = run.id;
    if run.state == RunState::Waiting {
        return lang().pick(format!("执行 {id} 在排队"), format!("Run {id} is queued"));
    }
    lang().pick(format!("执行 {id} 已启动"), format!("Run {id} started"))
}

fn ended(run: &Run) -> String {
    let (id, state) = (run.id, words::state(run.state.as_str()));
    let mut text = lang().pick(format!("执行 {id}：{state}"), format!("Run {id}: {state}"));
    if let Some(code) = run.exit_code.filter(|code| *code != 0) {
        text.push_str(&lang().pick(format!("，退出码 {code}"), format!(", exit code {code}")));
    }
    if let Some(reason) = &run.reason {
        let reason = reason_text(reason, lang());
        text.push_str(&lang().pick(format!("，{reason}"), format!(", {reason}")));
    }
    text
}
