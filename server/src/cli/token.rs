//! `jcrontab token`: API tokens.

use axum::http::Method;
use clap::Subcommand;
use serde_json::json;

use super::client::Client;
use super::name::Name;
use super::print::{print_done, print_list, text};
use super::{Failure, lang};

/// The scopes of tokens.
const SCOPES: [&str; 6] = ["read", "run", "write", "admin", "ping", "metrics"];

#[derive(Subcommand, Debug)]
pub(super) enum TokenCommand {
    /// Create a token; it is printed only once
    ///
    /// On the server's host for any account. With a token of your own you cannot create another one: sign in
    /// and use the page My account
    #[command(visible_alias = "add")]
    Create {
        #[command(flatten)]
        name: Name,
        /// Account that the token belongs to
        #[arg(long)]
        user: Option<String>,
        /// What the token allows, within the role of its account; several separated by commas
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "read", value_parser = SCOPES)]
        scope: Vec<String>,
        /// Limit the token to tasks with this tag; can be repeated. A limited token reads and runs only
        #[arg(long, value_name = "TAG")]
        tag: Vec<String>,
        /// Limit the token to this task, by name or ID; can be repeated
        #[arg(long, value_name = "TASK")]
        task: Vec<String>,
        /// How long it is valid, such as 30d, or never
        #[arg(long, value_name = "DURATION", default_value = "90d")]
        expires: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List tokens
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token
    #[command(visible_alias = "delete")]
    Revoke {
        /// Token ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(client: &Client, command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create {
            name,
            user,
            scope,
            tag,
            task,
            expires,
            json,
        } => {
            let body = json!({
                "name": name.as_str(),
                "user": user.as_deref().unwrap_or_default(),
                "scopes": scope,
                "tags": tag,
                "tasks": task,
                "expires": expires,
            });
            let made = client
                .call(Method::POST, "/api/v1/tokens", Some(body))
                .await?;
            print_done(&made, *json, &[text(&made, "token")]);
        }
        TokenCommand::List { json } => {
            let columns = [
                "id",
                "name",
                "user",
                "prefix",
                "scopes",
                "limits",
                "expires_at",
                "last_used_at",
                "last_used_from",
            ];
            let empty = (
                "还没有令牌。创建：jcrontab token create 名称 --user 用户",
                "No tokens yet. Create one: jcrontab token create NAME --user USER",
            );
            print_list(client, "/api/v1/tokens", &columns, empty, *json).await?;
        }
        TokenCommand::Revoke { id, json } => {
            let path = format!("/api/v1/tokens/{id}");
            client.call(Method::DELETE, &path, None).await?;
            let words = lang().pick(format!("令牌 {id} 已失效"), format!("Token {id} revoked"));
            print_done(&json!({ "id": id, "deleted": true }), *json, &[words]);
        }
    }
    Ok(())
}
