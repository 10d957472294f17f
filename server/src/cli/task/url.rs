//! `jcrontab task url`: addresses that start a task, for programs without an account.

use app::start_url::{NewStartUrl, StartUrl};
use axum::http::Method;
use clap::Subcommand;
use serde_json::json;

use super::{Named, path};
use crate::cli::calendar::typed;
use crate::cli::client::{Client, escaped};
use crate::cli::confirm::Confirm;
use crate::cli::print::{print_done, print_json, print_lines, print_table};
use crate::cli::when::here_text;
use crate::cli::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum UrlCommand {
    /// List the start URLs of a task, without their addresses
    List {
        #[command(flatten)]
        task: Named,
    },
    /// Create a start URL and print its address, which is shown only once
    ///
    /// One POST request to the address starts the task, without an account. Add ?wait=60 to wait up
    /// to 60 seconds for the end of the run
    Add {
        #[command(flatten)]
        task: Named,
        /// Name of the start URL; shown in the history of runs
        name: String,
        /// Accept signed requests only, and print the secret that signs them
        #[arg(long)]
        signed: bool,
        /// Parameter of the task that the whole body of a request becomes
        #[arg(long, value_name = "PARAMETER", default_value = "")]
        body_to: String,
    },
    /// Delete a start URL; requests to it start nothing from then on
    Delete {
        #[command(flatten)]
        task: Named,
        /// Name of the start URL
        name: String,
        #[command(flatten)]
        confirm: Confirm,
    },
}

pub(super) async fn run(client: &Client, command: &UrlCommand) -> Result<(), Failure> {
    match command {
        UrlCommand::List { task } => {
            let one = task.find(client).await?;
            list(client, &path(one.id, "/start-urls"), one.json).await
        }
        UrlCommand::Add {
            task,
            name,
            signed,
            body_to,
        } => {
            let one = task.find(client).await?;
            let body = json!({ "name": name, "signed": signed, "body_parameter": body_to });
            let address = path(one.id, "/start-urls");
            let made = client.call(Method::POST, &address, Some(body)).await?;
            if one.json {
                print_json(&made);
                return Ok(());
            }
            let made: NewStartUrl = typed(&made)?;
            let mut lines = vec![
                lang()
                    .pick("地址（只显示这一次）：", "Address (shown only this once):")
                    .to_owned(),
                made.url,
            ];
            if let Some(secret) = made.secret {
                let words = lang().pick(
                    "签名密钥（只显示这一次）：",
                    "Signing secret (shown only this once):",
                );
                lines.extend([words.to_owned(), secret]);
            }
            print_lines(&lines);
            Ok(())
        }
        UrlCommand::Delete {
            task,
            name,
            confirm,
        } => {
            let one = task.find(client).await?;
            confirm.ask(&lang().pick(
                format!("删除触发地址 {name}？"),
                format!("Delete the start URL {name}?"),
            ))?;
            let address = path(one.id, &format!("/start-urls/{}", escaped(name)));
            client.call(Method::DELETE, &address, None).await?;
            let words = lang().pick(
                format!("已删除触发地址 {name}"),
                format!("Start URL {name} deleted"),
            );
            print_done(
                &json!({ "name": name, "deleted": true }),
                one.json,
                &[words],
            );
            Ok(())
        }
    }
}

async fn list(client: &Client, address: &str, json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, address, None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let found: Vec<StartUrl> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = found
        .into_iter()
        .map(|one| {
            let signed = if one.signed {
                lang().pick("需要", "required")
            } else {
                lang().pick("不需要", "not required")
            };
            vec![
                one.name,
                signed.to_owned(),
                one.body_parameter.unwrap_or_default(),
                one.created_by,
                here_text(&json!(one.created_at)),
                here_text(&json!(one.last_used_at)),
            ]
        })
        .collect();
    let columns = ["NAME", "SIGNATURE", "BODY TO", "BY", "CREATED", "LAST USED"];
    let empty = (
        "还没有触发地址。新建：jcrontab task url add 任务 名称",
        "No start URLs yet. Create one: jcrontab task url add TASK NAME",
    );
    print_table(&columns, &rows, empty);
    Ok(())
}
