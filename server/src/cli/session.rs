//! `jcrontab session`: where accounts are signed in.

use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::json;

use super::client::{Client, escaped, with_query};
use super::print::{print_done, print_list, text};
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum SessionCommand {
    /// List the signed-in browsers: of all accounts for administrators, else your own
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign a browser out, or all browsers of an account
    // clap's own usage would list the options of the whole program as well.
    #[command(override_usage = "jcrontab session end [OPTIONS] <ID|--user <NAME>>")]
    End {
        #[command(flatten)]
        which: Which,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which sessions are ended.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct Which {
    /// Session ID
    id: Option<String>,
    /// All sessions of this account
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
}

pub(super) async fn run(client: &Client, command: &SessionCommand) -> Result<(), Failure> {
    match command {
        SessionCommand::List { json } => {
            let columns = [
                "id",
                "user",
                "client",
                "address",
                "signed_in_at",
                "last_seen_at",
            ];
            let empty = ("没有登录的浏览器", "No browser is signed in");
            print_list(client, "/api/v1/sessions", &columns, empty, *json).await
        }
        SessionCommand::End { which, json } => end(client, which, *json).await,
    }
}

async fn end(client: &Client, which: &Which, json: bool) -> Result<(), Failure> {
    if let Some(id) = &which.id {
        let path = format!("/api/v1/sessions/{}", escaped(id));
        client.call(Method::DELETE, &path, None).await?;
        let words = lang().pick(format!("已退出登录 {id}"), format!("Session {id} ended"));
        print_done(&json!({ "id": id, "deleted": true }), json, &[words]);
        return Ok(());
    }
    let user = which.user.as_deref().unwrap_or_default();
    let path = with_query("/api/v1/sessions", &[("user", Some(user))]);
    let done = client.call(Method::DELETE, &path, None).await?;
    let ended = text(&done, "ended");
    let words = lang().pick(
        format!("已退出 {user} 的 {ended} 处登录"),
        format!("Sessions of {user} ended: {ended}"),
    );
    print_done(&done, json, &[words]);
    Ok(())
}
