//! `jcrontab user`: accounts.

use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::client::Client;
use super::confirm::Confirm;
use super::name::{Name, OptionalName};
use super::print::{items, print_done, print_list, text};
use super::{Failure, hidden, lang, words};

#[derive(Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Create an account
    #[command(visible_alias = "create")]
    Add {
        #[command(flatten)]
        name: Name,
        /// Role of the account
        #[arg(long, default_value = "viewer", value_parser = ROLES)]
        role: String,
        /// Read the password from the first line of stdin instead of prompting for it
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change the role of an account, or disable or enable it
    // clap's own usage would list the options of the whole program as well.
    #[command(override_usage = "jcrontab user edit [OPTIONS] <NAME>")]
    Edit {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        change: Change,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a password
    ///
    /// With a name: set the password of that account and end its sessions and tokens. Without a
    /// name: change your own password and end your sessions
    Passwd {
        #[command(flatten)]
        name: OptionalName,
        /// Read the new password from the first line of stdin instead of prompting for it; without
        /// a name, the current password from the first line and the new one from the second
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete an account with its sessions and tokens; its tasks stay
    Delete {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List accounts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The roles, the weakest first.
const ROLES: [&str; 4] = ["viewer", "operator", "editor", "admin"];

/// The changes of an account.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(super) struct Change {
    /// New role
    #[arg(long, value_parser = ROLES)]
    role: Option<String>,
    /// Forbid signing in, and end the sessions
    #[arg(long, conflicts_with = "enable")]
    disable: bool,
    /// Allow signing in again
    #[arg(long)]
    enable: bool,
}

impl Change {
    /// The body for the API.
    fn body(&self) -> Value {
        let mut body = serde_json::Map::new();
        if let Some(role) = &self.role {
            body.insert("role".to_owned(), json!(role));
        }
        if self.disable || self.enable {
            body.insert("disabled".to_owned(), json!(self.disable));
        }
        Value::Object(body)
    }
}

pub(super) async fn run(client: &Client, command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add {
            name,
            role,
            password_stdin,
            json,
        } => {
            let name = name.as_str();
            let password = hidden::new_password(*password_stdin)?;
            let body = json!({ "name": name, "role": role, "password": password });
            let user = client
                .call(Method::POST, "/api/v1/users", Some(body))
                .await?;
            let role = words::value("role", role.clone());
            let words = lang().pick(
                format!("已添加用户 {name}，角色 {role}"),
                format!("User {name} added as {role}"),
            );
            print_done(&user, *json, &[words]);
            Ok(())
        }
        UserCommand::Edit { name, change, json } => edit(client, name, change, *json).await,
        UserCommand::Passwd {
            name,
            password_stdin,
            json,
        } => passwd(client, name.as_deref(), *password_stdin, *json).await,
        UserCommand::Delete {
            name,
            confirm,
            json,
        } => {
            let name = name.as_str();
            let found = find(client, name).await?;
            let id = text(&found, "id");
            confirm.ask(&lang().pick(
                format!("删除用户 {name} 和它的会话、令牌？"),
                format!("Delete the user {name} with its sessions and tokens?"),
            ))?;
            client
                .change(Method::DELETE, &path(&id), &found, None)
                .await?;
            let words = lang().pick(
                format!("已删除用户 {name}，会话和令牌已失效"),
                format!("User {name} deleted; its sessions and tokens ended"),
            );
            print_done(&json!({ "name": name, "deleted": true }), *json, &[words]);
            Ok(())
        }
        UserCommand::List { json } => {
            let columns = ["id", "name", "role", "disabled"];
            let empty = (
                "还没有用户。添加：jcrontab user add 名称 --role admin",
                "No accounts yet. Add one: jcrontab user add NAME --role admin",
            );
            print_list(client, "/api/v1/users", &columns, empty, *json).await
        }
    }
}

async fn edit(client: &Client, name: &Name, change: &Change, json: bool) -> Result<(), Failure> {
    let name = name.as_str();
    let found = find(client, name).await?;
    let id = text(&found, "id");
    client
        .change(Method::PATCH, &path(&id), &found, Some(change.body()))
        .await?;
    let user = find(client, name).await?;
    let role = words::value("role", text(&user, "role"));
    let disabled = user["disabled"] == true;
    let words = lang().pick(
        format!(
            "用户 {name}：角色 {role}，{}",
            if disabled { "已停用" } else { "已启用" }
        ),
        format!(
            "User {name} is {role}, {}",
            if disabled { "disabled" } else { "enabled" }
        ),
    );
    print_done(&user, json, &[words]);
    Ok(())
}

/// Changes the password of an account, or without a name one's own.
async fn passwd(
    client: &Client,
    name: Option<&str>,
    from_stdin: bool,
    json: bool,
) -> Result<(), Failure> {
    let Some(name) = name else {
        let [current, new] = hidden::own_passwords(from_stdin)?;
        let body = json!({ "current": current, "new": new });
        client
            .call(Method::POST, "/api/v1/account/password", Some(body))
            .await?;
        let words = lang().pick(
            "你的密码已修改，会话已失效",
            "Your password is changed; your sessions ended",
        );
        print_done(&json!({ "changed": true }), json, &[words.to_owned()]);
        return Ok(());
    };
    // Before the prompt for the password, so that an unknown account is reported first.
    let found = find(client, name).await?;
    let id = text(&found, "id");
    let body = json!({ "password": hidden::new_password(from_stdin)? });
    client
        .change(Method::PATCH, &path(&id), &found, Some(body))
        .await?;
    let words = lang().pick(
        format!("已设置 {name} 的密码，会话和令牌已失效"),
        format!("Password of {name} set; its sessions and tokens ended"),
    );
    print_done(&json!({ "name": name, "changed": true }), json, &[words]);
    Ok(())
}

fn path(id: &str) -> String {
    format!("/api/v1/users/{id}")
}

async fn find(client: &Client, name: &str) -> Result<Value, Failure> {
    let users = client.call(Method::GET, "/api/v1/users", None).await?;
    let found = items(&users).iter().find(|user| user["name"] == name);
    found.cloned().ok_or_else(|| {
        Failure::not_found(lang().pick(
            format!("没有用户“{name}”"),
            format!("there is no user {name:?}"),
        ))
    })
}
