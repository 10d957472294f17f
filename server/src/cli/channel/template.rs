//! `jcrontab channel template`: the words of a channel's messages.

use std::io::Read;
use std::path::{Path, PathBuf};

use app::channel::{ALL_EVENTS, TEMPLATE_NAME_MAX, Template, TemplateKey};
use app::message::Event;
use axum::http::Method;
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::super::client::{Client, escaped};
use super::super::confirm::Confirm;
use super::super::print::{NOTHING, print_done, print_json, print_lines, print_list, print_note};
use super::super::task::id_of;
use super::super::{Failure, lang, sentence};
use super::{find, path};

/// Bytes that are read of a file; a template is shorter.
const FILE_MAX: u64 = 64 * 1024;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum TemplateCommand {
    /// List the templates of a channel
    List {
        /// Channel, by name or ID
        channel: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a template
    Show {
        /// Channel, by name or ID
        channel: String,
        /// Event of the messages, `all`, or `@NAME` for rules that name it
        #[arg(value_parser = key)]
        event: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a template or replace it
    Set {
        /// Channel, by name or ID
        channel: String,
        /// Event of the messages, `all`, or `@NAME` for rules that name it
        #[arg(value_parser = key)]
        event: String,
        /// File with the template; `-` to read it from stdin
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a template: its messages get the built-in words again
    Delete {
        /// Channel, by name or ID
        channel: String,
        /// Event of the messages, `all`, or `@NAME` for rules that name it
        #[arg(value_parser = key)]
        event: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a message made by a template for a run or an example; nothing is sent
    Preview {
        /// Channel, by name or ID
        channel: String,
        /// Event of the messages, by default that of the run; or `@NAME` for the template of that name
        #[arg(value_parser = key)]
        event: Option<String>,
        /// File with the template, `-` for stdin; by default the stored one
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Task whose last run it is tried with, by name or ID
        #[arg(long)]
        task: Option<String>,
        /// Run it is tried with, by ID
        #[arg(long)]
        run: Option<i64>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the variables of templates, each with an example
    Variables {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What a template is for.
fn key(text: &str) -> Result<String, String> {
    if TemplateKey::read(text).is_some() {
        return Ok(text.to_owned());
    }
    let codes: Vec<&str> = Template::events().map(Event::as_str).collect();
    let codes = codes.join(", ");
    Err(lang().pick(
        format!("可以是 {ALL_EVENTS}、{codes}，或 @ 加 1–{TEMPLATE_NAME_MAX} 个字母、数字、汉字、- 和 _"),
        format!(
            "it is {ALL_EVENTS}, {codes}, or @ and 1 to {TEMPLATE_NAME_MAX} letters, digits, -, _ or Chinese characters"
        ),
    ))
}

pub(super) async fn run(client: &Client, command: &TemplateCommand) -> Result<(), Failure> {
    match command {
        TemplateCommand::List { channel, json } => {
            let path = path(&find(client, channel).await?, "/templates");
            let empty = (
                "这个渠道还没有模板。添加：jcrontab channel template set 渠道 事件 --file 文件",
                "This channel has no templates. Add one: jcrontab channel template set CHANNEL EVENT --file FILE",
            );
            print_list(
                client,
                &path,
                &["event", "updated_at", "body"],
                empty,
                *json,
            )
            .await
        }
        TemplateCommand::Show {
            channel,
            event,
            json,
        } => {
            let path = of_event(client, channel, event).await?;
            let template = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&template);
            } else {
                let body = template["body"].as_str().unwrap_or_default();
                print_lines(&[app::ansi::visible(body)]);
            }
            Ok(())
        }
        TemplateCommand::Set {
            channel,
            event,
            file,
            json,
        } => {
            let body = json!({ "body": content(file)? });
            let path = of_event(client, channel, event).await?;
            let template = client.call(Method::PUT, &path, Some(body)).await?;
            let words = lang().pick(
                format!("已保存渠道 {channel} 的模板：{event}"),
                format!("Template {event} of channel {channel} saved"),
            );
            print_done(&template, *json, &[words]);
            Ok(())
        }
        TemplateCommand::Delete {
            channel,
            event,
            confirm,
            json,
        } => {
            let path = of_event(client, channel, event).await?;
            let read = client.call(Method::GET, &path, None).await?;
            confirm.ask(&lang().pick(
                format!("删除渠道 {channel} 的模板 {event}？"),
                format!("Delete the template {event} of channel {channel}?"),
            ))?;
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(
                format!("已删除渠道 {channel} 的模板：{event}"),
                format!("Template {event} of channel {channel} deleted"),
            );
            let value = json!({ "channel": channel, "event": event, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
        TemplateCommand::Preview {
            channel,
            event,
            file,
            task,
            run,
            json,
        } => {
            let mut trial = Map::new();
            if let Some(event) = event {
                trial.insert("event".to_owned(), json!(event));
            }
            if let Some(file) = file {
                trial.insert("body".to_owned(), json!(content(file)?));
            }
            if let Some(task) = task {
                trial.insert("task_id".to_owned(), json!(id_of(client, task).await?));
            }
            if let Some(run) = run {
                trial.insert("run_id".to_owned(), json!(run));
            }
            let path = path(&find(client, channel).await?, "/templates/preview");
            let preview = client.call(Method::POST, &path, Some(trial.into())).await?;
            if *json {
                print_json(&preview);
            } else {
                print_lines(&shown(&preview));
                if let Some(template) = preview["template"].as_str() {
                    print_note(&lang().pick(
                        format!("（模板：{template}）"),
                        format!("(template: {template})"),
                    ));
                }
            }
            Ok(())
        }
        TemplateCommand::Variables { json } => {
            let columns = ["name", "meaning", "example"];
            print_list(
                client,
                "/api/v1/template-variables",
                &columns,
                NOTHING,
                *json,
            )
            .await
        }
    }
}

/// The text, in which a terminal obeys nothing.
fn shown(preview: &Value) -> Vec<String> {
    let text = preview["text"].as_str().unwrap_or_default();
    app::ansi::visible(text)
        .lines()
        .map(str::to_owned)
        .collect()
}

async fn of_event(client: &Client, channel: &str, event: &str) -> Result<String, Failure> {
    let found = find(client, channel).await?;
    // A name may have Chinese characters.
    let event = escaped(event);
    Ok(path(&found, &format!("/templates/{event}")))
}

/// The text of a file, or of stdin for `-`, without the newline that editors put at its end.
fn content(file: &Path) -> Result<String, Failure> {
    let failed =
        |error: std::io::Error| Failure::usage(format!("{}: {}", file.display(), sentence(&error)));
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(FILE_MAX).read_to_string(&mut text)
    } else {
        std::fs::File::open(file)
            .map_err(failed)?
            .take(FILE_MAX)
            .read_to_string(&mut text)
    };
    read.map_err(failed)?;
    let body = text.strip_suffix('\n').unwrap_or(&text);
    if body.trim().is_empty() {
        return Err(Failure::usage(
            lang().pick("模板是空的", "the template is empty"),
        ));
    }
    Ok(body.to_owned())
}
