//! `jcrontab user`, `jcrontab token`, `jcrontab channel`.

use std::io::Read;

use axum::http::Method;
use clap::Subcommand;
use serde_json::{Value, json};

use super::Failure;
use super::client::Client;
use super::name::{Name, OptionalName};
use super::print::{items, print_json, print_lines, print_table, text};

#[derive(Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Add an account
    #[command(visible_alias = "create")]
    Add {
        #[command(flatten)]
        name: Name,
        /// viewer, operator, editor or admin
        #[arg(long, default_value = "viewer", value_parser = ["viewer", "operator", "editor", "admin"])]
        role: String,
        /// Read the password from the first line of stdin
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set an account's password and revoke its sessions and tokens; without a name, change your own
    /// and end your other sessions
    Passwd {
        #[command(flatten)]
        name: OptionalName,
        /// Read the new password from the first line of stdin; without a name, the present password
        /// from the first line and the new one from the second
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List accounts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum TokenCommand {
    /// Create a token; it is shown only once
    #[command(visible_alias = "add")]
    Create {
        /// Whose token
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
        /// The token's id
        id: i64,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum ChannelCommand {
    /// Add a channel
    #[command(visible_alias = "create")]
    Add {
        #[command(flatten)]
        name: Name,
        /// wecom or webhook
        #[arg(long, default_value = "wecom", value_parser = ["wecom", "webhook"])]
        kind: String,
        /// URL that messages are posted to
        #[arg(long)]
        url: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List channels
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a test message and print the channel's answer
    Test {
        /// Name or id
        channel: String,
    },
}

pub(super) async fn user(client: &Client, command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add {
            name, role, json, ..
        } => {
            let name = name.as_str();
            let body = json!({ "name": name, "role": role, "password": password()? });
            let user = client
                .call(Method::POST, "/api/v1/users", Some(body))
                .await?;
            done(&user, *json, &format!("User {name} added as {role}"));
        }
        UserCommand::Passwd { name, .. } => change_password(client, name.as_deref()).await?,
        UserCommand::List { json } => {
            list(
                client,
                "/api/v1/users",
                &["id", "name", "role", "disabled"],
                *json,
            )
            .await?
        }
    }
    Ok(())
}

/// Changes the password of an account, or without a name one's own.
async fn change_password(client: &Client, name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else {
        let [current, new] = passwords()?;
        let body = json!({ "current": current, "new": new });
        client
            .call(Method::POST, "/api/v1/account/password", Some(body))
            .await?;
        print_lines(&["Your password is changed; your sessions ended".to_owned()]);
        return Ok(());
    };
    let users = client.call(Method::GET, "/api/v1/users", None).await?;
    let id = items(&users)
        .iter()
        .find(|user| user["name"] == name)
        .map(|user| text(user, "id"))
        .ok_or_else(|| Failure::not_found(format!("there is no user {name:?}")))?;
    client
        .call(
            Method::PATCH,
            &format!("/api/v1/users/{id}"),
            Some(json!({ "password": password()? })),
        )
        .await?;
    print_lines(&[format!("Password of {name} set; its sessions ended")]);
    Ok(())
}

pub(super) async fn token(client: &Client, command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create { user, json } => {
            let made = client
                .call(
                    Method::POST,
                    "/api/v1/tokens",
                    Some(json!({ "user": user })),
                )
                .await?;
            done(&made, *json, &text(&made, "token"));
        }
        TokenCommand::List { json } => {
            list(
                client,
                "/api/v1/tokens",
                &["id", "user", "prefix", "created_at", "last_used_at"],
                *json,
            )
            .await?;
        }
        TokenCommand::Revoke { id } => {
            client
                .call(Method::DELETE, &format!("/api/v1/tokens/{id}"), None)
                .await?;
            print_lines(&[format!("Token {id} ended")]);
        }
    }
    Ok(())
}

pub(super) async fn channel(client: &Client, command: &ChannelCommand) -> Result<(), Failure> {
    match command {
        ChannelCommand::Add {
            name,
            kind,
            url,
            json,
        } => {
            let name = name.as_str();
            let body = json!({ "name": name, "kind": kind, "url": url });
            let channel = client
                .call(Method::POST, "/api/v1/channels", Some(body))
                .await?;
            let mut words = format!("Channel {} added: {name}", text(&channel, "id"));
            if let Some(warning) = channel["last_answer"].as_str() {
                words.push_str(&format!("\n! {warning}"));
            }
            done(&channel, *json, &words);
        }
        ChannelCommand::List { json } => {
            list(
                client,
                "/api/v1/channels",
                &[
                    "id",
                    "name",
                    "kind",
                    "url_masked",
                    "tasks",
                    "pending",
                    "dead",
                ],
                *json,
            )
            .await?;
        }
        ChannelCommand::Test { channel } => {
            let id = super::task::find_channel(client, channel).await?;
            let test = client
                .call(Method::POST, &format!("/api/v1/channels/{id}/test"), None)
                .await?;
            if test["ok"] != true {
                return Err(Failure::error(text(&test, "answer")));
            }
            print_lines(&[text(&test, "answer")]);
        }
    }
    Ok(())
}

fn done(value: &Value, json: bool, words: &str) {
    if json {
        print_json(value)
    } else {
        print_lines(&[words.to_owned()])
    }
}

async fn list(client: &Client, path: &str, columns: &[&str], json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, path, None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let heading: Vec<String> = columns.iter().map(|column| column.to_uppercase()).collect();
    let rows: Vec<Vec<String>> = items(&page)
        .iter()
        .map(|row| columns.iter().map(|column| text(row, column)).collect())
        .collect();
    print_table(
        &heading.iter().map(String::as_str).collect::<Vec<_>>(),
        &rows,
    );
    Ok(())
}

fn password() -> Result<String, Failure> {
    let text = stdin()?;
    match text.lines().next() {
        Some(first) if !first.is_empty() => Ok(first.to_owned()),
        _ => Err(Failure::usage("stdin holds no password")),
    }
}

/// The present password and the new one.
fn passwords() -> Result<[String; 2], Failure> {
    let text = stdin()?;
    let mut lines = text.lines().map(str::to_owned);
    match (lines.next(), lines.next()) {
        (Some(current), Some(new)) if !current.is_empty() && !new.is_empty() => Ok([current, new]),
        _ => Err(Failure::usage(
            "stdin needs two lines: the present password and the new one",
        )),
    }
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(64 * 1024)
        .read_to_string(&mut text)
        .map_err(|error| Failure::error(super::sentence(&error)))?;
    Ok(text)
}
