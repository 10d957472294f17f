//! `jcrontab token`: API tokens.

use axum::http::Method;
use clap::Subcommand;
use serde_json::json;

use super::client::Client;
use super::print::{print_done, print_list, text};
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum TokenCommand {
    /// Create a token; it is printed only once
    #[command(visible_alias = "add")]
    Create {
        /// Account that the token belongs to
        #[arg(long)]
        user: String,
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
        TokenCommand::Create { user, json } => {
            let body = json!({ "user": user });
            let made = client
                .call(Method::POST, "/api/v1/tokens", Some(body))
                .await?;
            print_done(&made, *json, &[text(&made, "token")]);
        }
        TokenCommand::List { json } => {
            let columns = ["id", "user", "prefix", "created_at", "last_used_at"];
            let empty = (
                "还没有令牌。创建：jcrontab token create --user 用户",
                "No tokens yet. Create one: jcrontab token create --user USER",
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
