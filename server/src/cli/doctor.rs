//! `jcrontab doctor`: checks the installation, and says what to do about problems.
//!
//! It changes nothing: it creates no database and no key, and migrates nothing. A running server is
//! asked; without one, its parts are opened here.

mod about;
mod audit;
mod folder;
mod here;
mod loops;
mod messages;
mod report;
mod rows;
mod site;
mod upkeep;

use app::audit::AuditCheck;
use app::channel::Channel;
use app::page::{About, UnreadableRow};
use axum::http::Method;
use clap::Args;
use serde_json::{Value, json};

use super::access::Access;
use super::calendar::typed;
use super::client::Client;
use super::owner::become_owner;
use super::print::{print_json, print_lines};
use super::{Failure, lang};
use report::{Report, Status};

#[derive(Args, Debug)]
pub(super) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(doctor: &Doctor, access: &Access) -> Result<(), Failure> {
    let lang = lang();
    let config = &access.config;
    // The server's user is asked about, not root.
    if access.remote().is_none() {
        become_owner(&config.data_dir)?;
    }
    let mut report = Report::new(lang);
    match Client::to_server(access, lang).await? {
        Some(client) => ask(&client, access, &mut report).await,
        None => {
            here::look(config, &mut report).await;
            // It may have finished starting while its folder was checked.
            if report.has_failed("server")
                && let Some(client) = Client::to_server(access, lang).await?
            {
                report = Report::new(lang);
                ask(&client, access, &mut report).await;
            }
        }
    }
    if doctor.json {
        print_json(&json!({ "ok": report.count(Status::Fail) == 0, "checks": report.checks }));
    } else {
        print_lines(&report.lines());
    }
    match report.count(Status::Fail) {
        0 => Ok(()),
        failed => Err(Failure::error(lang.pick(
            format!("{failed} 项检查没有通过"),
            format!("{failed} of {} checks failed", report.checks.len()),
        ))),
    }
}

/// Asks a running server, over the socket or elsewhere.
async fn ask(client: &Client, access: &Access, report: &mut Report) {
    let elsewhere = access.remote().map(|remote| remote.base().to_owned());
    let config = &access.config;
    let about = client.call(Method::GET, "/api/v1/about", None).await;
    let about: Result<About, Failure> = about.and_then(|about| typed(&about));
    match &about {
        Ok(about) => about::version(about, report),
        Err(_) => report.ours(),
    }
    if elsewhere.is_none() {
        folder::writable(&config.data_dir, report);
    }
    match about {
        Ok(about) => answered(&about, report),
        Err(failure) => {
            let next = (
                "检查 JCRONTAB_URL 和 JCRONTAB_TOKEN；用与服务器同版本的程序；服务器日志里有原因",
                "check JCRONTAB_URL and JCRONTAB_TOKEN; use the same version as the server; see the server's log",
            );
            return report.fail("server", failure.message, next);
        }
    }
    // An older server has no such check, and an account without the right gets none.
    let path = "/api/v1/unreadable-rows";
    match client.call(Method::GET, path, None).await {
        Ok(page) => match typed::<Vec<UnreadableRow>>(&page["items"]) {
            Ok(found) => rows::check(&found, report),
            Err(failure) => rows::failed(failure.message, report),
        },
        Err(failure) if failure.is_refused() || failure.is_not_found() => {}
        Err(failure) => rows::failed(failure.message, report),
    }
    let path = format!("/api/v1/audit/verify?last={}", audit::CHECKED);
    let checked = client.call(Method::GET, &path, None).await;
    if let Ok(checked) = checked.and_then(|checked| typed::<AuditCheck>(&checked)) {
        audit::check(&checked, report);
    }
    // Where they cannot be read, the checks above and below say why.
    let channels = client.call(Method::GET, "/api/v1/channels", None).await;
    if let Ok(channels) = channels.and_then(|page| typed::<Vec<Channel>>(&page["items"])) {
        messages::check(&channels, report);
    }
    let address =
        elsewhere.unwrap_or_else(|| config.data_dir.join("jcrontab.sock").display().to_string());
    let ready = client.answer(Method::GET, "/readyz").await;
    if let Ok((_, body)) = &ready {
        loops::check(body, report);
        site::check(body, report);
    }
    match ready
        .as_ref()
        .map(|(status, body)| (*status, loop_of(body)))
    {
        Ok((200, _)) => report.ok(
            "server",
            (format!("运行中：{address}"), format!("running: {address}")),
        ),
        Ok((_, "starting")) => report.starting(
            "server",
            (
                format!("正在启动：{address}"),
                format!("starting: {address}"),
            ),
        ),
        _ => report.fail(
            "server",
            report.pick(
                "调度循环没有运行，或数据库没有响应",
                "its scheduler loop is stalled, or its database does not respond",
            ),
            (
                "查看服务器日志；必要时重启",
                "see the server's log; restart it if necessary",
            ),
        ),
    }
}

/// The state of the scheduler by `/readyz`, if only that is not ready.
fn loop_of(ready: &Value) -> &str {
    match (ready["database"].as_str(), ready["scheduler"].as_str()) {
        (Some("ok"), Some(state)) => state,
        _ => "",
    }
}

/// Reports what a server ensured at its start, and what it says about itself.
fn answered(about: &About, report: &mut Report) {
    report.ok("database", (about.database.clone(), about.database.clone()));
    report.ok(
        "migrations",
        (
            "服务器启动时已更新".to_owned(),
            "updated when the server started".to_owned(),
        ),
    );
    about::check(about, report);
    report.ok(
        "secret_key",
        (
            "服务器启动时已用它解密数据库里的密文".to_owned(),
            "verified when the server started".to_owned(),
        ),
    );
}
