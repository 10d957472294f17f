//! `jcrontab secret`: values that tasks are granted. A value comes from stdin or a prompt, never
//! from the command line, where every user of the machine could read it.

mod rotate;

use app::i18n::plural;
use app::secret::{Secret, SecretChange, SecretDraft};
use axum::http::Method;
use clap::Subcommand;
use serde_json::{Value, json};

use super::access::Access;
use super::calendar::typed;
use super::client::Client;
use super::confirm::Confirm;
use super::print::{print_done, print_json, print_lines, print_table};
use super::when::here;
use super::{Failure, hidden, lang};

#[derive(Subcommand, Debug)]
pub(super) enum SecretCommand {
    /// List secrets and the tasks they are granted to; values are never shown
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a secret or change its value, read from stdin without its last line end, or prompted
    /// for on a terminal
    Set {
        /// Name of the secret and of its variable: DB_PASSWORD
        name: String,
        /// Note on what it is for
        #[arg(long)]
        note: Option<String>,
        /// Also grant it to this task, by ID or name; repeatable
        #[arg(long = "task")]
        tasks: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Grant a secret to tasks from their next start on
    Grant {
        /// Name of the secret
        name: String,
        /// Tasks, by ID or name
        #[arg(required = true)]
        tasks: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a secret from tasks
    Revoke {
        /// Name of the secret
        name: String,
        /// Tasks, by ID or name
        #[arg(required = true)]
        tasks: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a secret; tasks that it was granted to run without it
    Delete {
        /// Name of the secret
        name: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a new key and re-encrypt all secrets; on the server's host, with all servers stopped
    RotateKey {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Rotates the key, directly in the data folder and the database.
pub(super) async fn rotate_key(access: &Access, json: bool) -> Result<(), Failure> {
    rotate::run(access, json).await
}

pub(super) async fn run(client: &Client, command: &SecretCommand) -> Result<(), Failure> {
    match command {
        SecretCommand::List { json } => list(client, *json).await,
        SecretCommand::Set {
            name,
            note,
            tasks,
            json,
        } => set(client, name, note.as_deref(), tasks, *json).await,
        SecretCommand::Grant { name, tasks, json } => {
            let change = SecretChange {
                grant: tasks.clone(),
                ..SecretChange::default()
            };
            let secret = patch(client, &found(client, name).await?, &change).await?;
            print_saved(&secret, *json)
        }
        SecretCommand::Revoke { name, tasks, json } => {
            let change = SecretChange {
                revoke: tasks.clone(),
                ..SecretChange::default()
            };
            let secret = patch(client, &found(client, name).await?, &change).await?;
            print_saved(&secret, *json)
        }
        SecretCommand::Delete {
            name,
            confirm,
            json,
        } => {
            let secret = found(client, name).await?;
            let count = secret.tasks.len();
            confirm.ask(&lang().pick(
                format!("删除密钥 {name}？已授权给 {count} 个任务"),
                format!(
                    "Delete the secret {name}, which is granted to {count} {}?",
                    plural(count, "task", "tasks")
                ),
            ))?;
            let path = format!("/api/v1/secrets/{}", secret.id);
            let read = json!(secret);
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(
                format!("已删除密钥 {name}"),
                format!("Secret {name} deleted"),
            );
            let value = json!({ "id": secret.id, "name": name, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
        // Handled before a connection was opened.
        SecretCommand::RotateKey { .. } => Ok(()),
    }
}

async fn secrets(client: &Client) -> Result<Vec<Secret>, Failure> {
    let page = client.call(Method::GET, "/api/v1/secrets", None).await?;
    typed(&page["items"])
}

async fn found(client: &Client, name: &str) -> Result<Secret, Failure> {
    let all = secrets(client).await?;
    all.into_iter()
        .find(|secret| secret.name == name)
        .ok_or_else(|| {
            Failure::not_found(lang().pick(
                format!("没有密钥 {name}"),
                format!("there is no secret {name}"),
            ))
        })
}

async fn patch(client: &Client, secret: &Secret, change: &SecretChange) -> Result<Value, Failure> {
    let path = format!("/api/v1/secrets/{}", secret.id);
    let body = Some(json!(change));
    if change.value.is_none() && change.note.is_none() {
        // Grants of several people at once are merged.
        return client.call(Method::PATCH, &path, body).await;
    }
    let read = json!(secret);
    client.change(Method::PATCH, &path, &read, body).await
}

async fn set(
    client: &Client,
    name: &str,
    note: Option<&str>,
    tasks: &[String],
    json: bool,
) -> Result<(), Failure> {
    // Before the prompt for the value, so that a caller without the right is refused first.
    let known = secrets(client)
        .await?
        .into_iter()
        .find(|secret| secret.name == name);
    let value = hidden::read(name)?;
    let secret = match known {
        Some(secret) => {
            let change = SecretChange {
                value: Some(value),
                note: note.map(str::to_owned),
                grant: tasks.to_vec(),
                ..SecretChange::default()
            };
            patch(client, &secret, &change).await?
        }
        None => {
            let draft = SecretDraft {
                name: name.to_owned(),
                value,
                note: note.unwrap_or_default().to_owned(),
                tasks: tasks.to_vec(),
            };
            client
                .call(Method::POST, "/api/v1/secrets", Some(json!(draft)))
                .await?
        }
    };
    print_saved(&secret, json)
}

/// Prints the saved secret and the tasks that it is granted to.
fn print_saved(secret: &Value, json: bool) -> Result<(), Failure> {
    if json {
        print_json(secret);
        return Ok(());
    }
    let secret: Secret = typed(secret)?;
    let name = &secret.name;
    let tasks = tasks(&secret);
    print_lines(&[if tasks.is_empty() {
        lang().pick(
            format!("密钥 {name} 已保存；还没有授权给任务"),
            format!("Secret {name} saved; it is not granted to any task yet"),
        )
    } else {
        lang().pick(
            format!("密钥 {name} 已保存；已授权给：{tasks}"),
            format!("Secret {name} saved; granted to {tasks}"),
        )
    }]);
    Ok(())
}

fn tasks(secret: &Secret) -> String {
    let tasks: Vec<String> = secret.tasks.iter().map(|task| task.line()).collect();
    tasks.join(", ").replace(char::is_control, " ")
}

async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    if json {
        print_json(&client.call(Method::GET, "/api/v1/secrets", None).await?);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = secrets(client)
        .await?
        .iter()
        .map(|secret| {
            vec![
                secret.id.to_string(),
                secret.name.clone(),
                here(secret.updated_at),
                tasks(secret),
                secret.note.clone(),
            ]
        })
        .collect();
    print_table(
        &["ID", "NAME", "CHANGED", "TASKS", "NOTE"],
        &rows,
        (
            "还没有密钥。添加：jcrontab secret set 名称",
            "No secrets yet. Add one: jcrontab secret set NAME",
        ),
    );
    Ok(())
}
