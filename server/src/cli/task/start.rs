//! `jcrontab task run`.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use app::run::{Run, RunState, reason_text};
use app::task::RunForm;
use app::task::execution::ParameterKind;
use axum::http::Method;
use clap::Args;
use serde_json::json;

use super::path;
use crate::cli::client::Client;
use crate::cli::print::{print_json, print_lines};
use crate::cli::progress::shown;
use crate::cli::{Failure, hidden, lang, sentence};

/// Between two looks at a run that is waited for.
const PAUSE: Duration = Duration::from_millis(500);
/// Stands for a line of stdin.
const STDIN: &str = "@stdin";

#[derive(Args, Debug)]
pub(in crate::cli) struct StartTask {
    /// Task ID
    id: i64,
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
    /// Wait until the run ends; exit with 0 if it succeeded
    #[arg(long)]
    wait: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(client: &Client, start: &StartTask) -> Result<(), Failure> {
    let address = path(start.id, "/run");
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
    if start.wait {
        if !start.json {
            print_lines(&[started(&run)]);
        }
        let what = lang().pick("等待执行结束…", "waiting for the end of the run …");
        run = shown(what, end_of(client, run)).await?;
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

fn not_ours() -> Failure {
    Failure::error("the server's answer is not one of a Jcrontab of this version")
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|_| not_ours())
}

/// What is filled in: from the command line, from lines of stdin, from a person.
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

/// Asks until a run is over.
async fn end_of(client: &Client, mut run: Run) -> Result<Run, Failure> {
    while !run.state.is_over() {
        tokio::time::sleep(PAUSE).await;
        let found = client
            .call(Method::GET, &format!("/api/v1/runs/{}", run.id), None)
            .await?;
        run = read(found)?;
    }
    Ok(run)
}

fn started(run: &Run) -> String {
    let id = run.id;
    if run.state == RunState::Waiting {
        return lang().pick(format!("执行 {id} 在排队"), format!("Run {id} is queued"));
    }
    lang().pick(format!("执行 {id} 已启动"), format!("Run {id} started"))
}

fn ended(run: &Run) -> String {
    let (id, state) = (run.id, run.state.as_str());
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
