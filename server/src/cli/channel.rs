//! `jcrontab channel`: where messages go.

mod show;
mod template;

use std::io::Read;
use std::path::{Path, PathBuf};

use app::channel::{ChannelKind, TextFormat};
use axum::http::Method;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::client::Client;
use super::confirm::Confirm;
use super::name::Name;
use super::print::{block, items, print_done, print_list, text};
use super::{Failure, hidden, lang, sentence};

#[derive(Subcommand, Debug)]
pub(super) enum ChannelCommand {
    /// Create a channel
    #[command(visible_alias = "create")]
    Add {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        settings: Settings,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a channel
    // clap's own usage would list every option that suffices, in one long line.
    #[command(
        override_usage = "jcrontab channel edit [OPTIONS] <CHANNEL>",
        mut_group("Settings", |group| group.required(true))
    )]
    Edit {
        /// Channel, by name or ID
        channel: String,
        /// New name
        #[arg(long, group = "Settings")]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a test message and print the answer of the service
    Test {
        /// Channel, by name or ID
        channel: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a channel that no task uses
    Delete {
        /// Channel, by name or ID
        channel: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a channel with its settings; secrets are not shown
    Show {
        /// Channel, by name or ID
        channel: String,
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
    /// Manage templates: the words of a channel's messages
    #[command(subcommand)]
    Template(template::TemplateCommand),
}

/// Stands for stdin or a prompt.
const ASK: &str = "-";
/// The maximum size of a file with certificates; longer ones are refused.
const CA_MAX: u64 = 64 * 1024;

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(ChannelKind::ALL.iter().map(|kind| kind.as_str()))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(TextFormat::ALL.iter().map(|format| format.as_str()))
}

/// The settings of a channel. An option that is not given keeps the stored value; an empty one removes it.
#[derive(Args, Debug)]
pub(super) struct Settings {
    /// Kind of service; `wecom` for a new channel
    #[arg(long, value_parser = kinds())]
    kind: Option<String>,
    /// URL that messages are posted to, or the SMTP server of e-mail; `-` to prompt for it, or to read
    /// it from stdin. It is a secret, and every user of the machine can read command lines
    #[arg(long)]
    url: Option<String>,
    /// Proxy to send through: `http://[USER:PASSWORD@]HOST:PORT`, or `direct` for none; by default
    /// the proxy of the server's settings. `-` as for the URL
    #[arg(long)]
    proxy: Option<String>,
    /// Language of its messages; by default that of the server's settings
    #[arg(long = "lang", id = "channel_lang", value_name = "LANG", value_parser = ["zh", "en", ""])]
    lang: Option<String>,
    /// Signing secret (DingTalk, Feishu, webhook), token of a Telegram bot, secret of a bot with a long
    /// connection, or password of e-mail; `-` as for the URL
    #[arg(long)]
    secret: Option<String>,
    /// Bot with a long connection: its ID
    #[arg(long)]
    bot: Option<String>,
    /// Telegram, bots: ID of the chat that messages go to
    #[arg(long, allow_hyphen_values = true)]
    chat: Option<String>,
    /// Webhook: `POST` or `PUT`
    #[arg(long, value_parser = ["POST", "PUT"])]
    method: Option<String>,
    /// Webhook: header to send along, `Name: value`; may be repeated. `-` as for the URL
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// Webhook: what the answer to an accepted message contains: text, or a JSON object whose fields it has
    #[arg(long, value_name = "TEXT|JSON")]
    expect: Option<String>,
    /// E-mail: user name at the SMTP server
    #[arg(long)]
    user: Option<String>,
    /// E-mail: sender
    #[arg(long)]
    from: Option<String>,
    /// E-mail: recipient; may be repeated
    #[arg(long)]
    to: Vec<String>,
    /// E-mail: encryption
    #[arg(long, value_parser = ["starttls", "tls", "none"])]
    tls: Option<String>,
    /// WeCom: format of messages
    #[arg(long, value_parser = formats())]
    format: Option<String>,
    /// Whether messages about failures hold the failure brief
    #[arg(long, value_parser = ["on", "off"])]
    brief: Option<String>,
    /// E-mail, webhook, Slack, Telegram: file with certificates in PEM of a CA to trust besides the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Channel that gets a message when this one has given it up, by name
    #[arg(long, value_name = "CHANNEL")]
    fallback: Option<String>,
}

impl Settings {
    /// The body for the API: only the options that were given.
    fn body(&self) -> Result<Map<String, Value>, Failure> {
        let asked = [&self.url, &self.proxy, &self.secret]
            .into_iter()
            .flatten()
            .chain(&self.header)
            .filter(|text| *text == ASK);
        if asked.count() > 1 {
            return Err(Failure::usage(lang().pick(
                "--url、--proxy、--secret、--header 中只能有一个是 -",
                "only one of --url, --proxy, --secret and --header can be -",
            )));
        }
        // An empty URL would keep the stored one, so it is refused.
        if self.url.as_deref().is_some_and(|url| url.trim().is_empty()) {
            return Err(Failure::usage(
                lang().pick("没有给出 URL", "no URL is given"),
            ));
        }
        let mut body = Map::new();
        for (field, value) in [
            ("kind", &self.kind),
            ("lang", &self.lang),
            ("bot", &self.bot),
            ("chat", &self.chat),
            ("method", &self.method),
            ("expect", &self.expect),
            ("user", &self.user),
            ("from", &self.from),
            ("tls", &self.tls),
            ("format", &self.format),
            ("brief", &self.brief),
            ("fallback", &self.fallback),
        ] {
            if let Some(value) = value {
                body.insert(field.to_owned(), json!(value));
            }
        }
        for (field, value) in [("url", &self.url), ("proxy", &self.proxy)] {
            if let Some(value) = value {
                let prompt = lang().pick("URL（不显示）：", "URL (not shown): ");
                body.insert(field.to_owned(), json!(given(value, prompt)?));
            }
        }
        if let Some(secret) = &self.secret {
            let prompt = lang().pick("密钥（不显示）：", "Secret (not shown): ");
            body.insert("secret".to_owned(), json!(given(secret, prompt)?));
        }
        if !self.header.is_empty() {
            let prompt = lang().pick("请求头（不显示）：", "Header (not shown): ");
            let lines: Result<Vec<String>, Failure> = self
                .header
                .iter()
                .filter(|line| !line.is_empty())
                .map(|line| given(line, prompt))
                .collect();
            body.insert("headers".to_owned(), json!(lines?));
        }
        if !self.to.is_empty() {
            body.insert("to".to_owned(), json!(self.to));
        }
        if let Some(file) = &self.ca {
            body.insert("ca".to_owned(), json!(certificates(file)?));
        }
        Ok(body)
    }
}

/// The text of a file; an empty name means none.
fn certificates(file: &Path) -> Result<String, Failure> {
    if file.as_os_str().is_empty() {
        return Ok(String::new());
    }
    let failed =
        |error: std::io::Error| Failure::usage(format!("{}: {}", file.display(), sentence(&error)));
    let mut text = String::new();
    std::fs::File::open(file)
        .map_err(failed)?
        .take(CA_MAX)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

pub(super) async fn run(client: &Client, command: &ChannelCommand) -> Result<(), Failure> {
    match command {
        ChannelCommand::Add {
            name,
            settings,
            json,
        } => {
            let name = name.as_str();
            let mut body = settings.body()?;
            body.insert("name".to_owned(), json!(name));
            body.entry("kind").or_insert_with(|| json!("wecom"));
            let channel = client
                .call(Method::POST, "/api/v1/channels", Some(body.into()))
                .await?;
            let id = text(&channel, "id");
            let words = lang().pick(
                format!("已添加渠道 {id}：{name}"),
                format!("Channel {id} added: {name}"),
            );
            print_done(&channel, *json, &saved(&channel, words));
            Ok(())
        }
        ChannelCommand::Edit {
            channel,
            name,
            settings,
            json,
        } => edit(client, channel, name.as_deref(), settings, *json).await,
        ChannelCommand::Test { channel, json } => {
            let path = path(&find(client, channel).await?, "/test");
            let test = client.call(Method::POST, &path, None).await?;
            let answer = text(&test, "answer");
            let mut lines = sent(&test);
            if test["ok"] != true {
                // What was sent shows why, more often than the answer does.
                lines.insert(0, answer);
                return Err(Failure::error(lines.join("\n")));
            }
            lines.push(lang().pick(
                format!("对方的响应：{answer}"),
                format!("Response: {answer}"),
            ));
            print_done(&test, *json, &lines);
            Ok(())
        }
        ChannelCommand::Delete {
            channel,
            confirm,
            json,
        } => {
            let found = find(client, channel).await?;
            let name = text(&found, "name");
            confirm.ask(&lang().pick(
                format!("删除渠道 {name}？"),
                format!("Delete the channel {name}?"),
            ))?;
            client
                .change(Method::DELETE, &path(&found, ""), &found, None)
                .await?;
            let words = lang().pick(
                format!("已删除渠道 {name}"),
                format!("Channel {name} deleted"),
            );
            let value = json!({ "id": found["id"], "name": name, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
        ChannelCommand::Show { channel, json } => show::show(client, channel, *json).await,
        ChannelCommand::List { json } => {
            let columns = [
                "id",
                "name",
                "kind",
                "url_masked",
                "proxy",
                "fallback",
                "tasks",
                "pending",
                "dead",
            ];
            let empty = (
                "还没有渠道。添加：jcrontab channel add 名称 --kind wecom --url 地址",
                "No channels yet. Add one: jcrontab channel add NAME --kind wecom --url URL",
            );
            print_list(client, "/api/v1/channels", &columns, empty, *json).await
        }
        ChannelCommand::Template(command) => template::run(client, command).await,
    }
}

async fn edit(
    client: &Client,
    wanted: &str,
    name: Option<&str>,
    settings: &Settings,
    json: bool,
) -> Result<(), Failure> {
    // Without a field the stored one is kept.
    let mut body = settings.body()?;
    let found = find(client, wanted).await?;
    let name = name.map_or_else(|| text(&found, "name"), str::to_owned);
    body.insert("name".to_owned(), json!(name));
    body.entry("kind").or_insert_with(|| found["kind"].clone());
    let channel = client
        .change(Method::PUT, &path(&found, ""), &found, Some(body.into()))
        .await?;
    let (id, name) = (text(&channel, "id"), text(&channel, "name"));
    let words = lang().pick(
        format!("已修改渠道 {id}：{name}"),
        format!("Channel {id} changed: {name}"),
    );
    print_done(&channel, json, &saved(&channel, words));
    Ok(())
}

/// What a test sent, its secrets masked; nothing where no request could be made.
fn sent(test: &Value) -> Vec<String> {
    let request = test.pointer("/sent").and_then(Value::as_str);
    let request = request.unwrap_or_default();
    if request.is_empty() {
        return Vec::new();
    }
    let title = lang().pick("发送的内容：", "What was sent:").to_owned();
    std::iter::once(title).chain(block(request)).collect()
}

fn path(channel: &Value, act: &str) -> String {
    format!("/api/v1/channels/{}{act}", text(channel, "id"))
}

/// The value of an option, or the answer to a prompt for `-`.
pub(super) fn given(text: &str, prompt: &str) -> Result<String, Failure> {
    if text != ASK {
        return Ok(text.to_owned());
    }
    // An empty line would have another meaning for each of them, and is probably a mistake.
    let line = hidden::line(prompt)?;
    if line.trim().is_empty() {
        return Err(Failure::usage(
            lang().pick("没有给出值", "no value is given"),
        ));
    }
    Ok(line)
}

/// What was saved, and why it cannot be used at present.
fn saved(channel: &Value, words: String) -> Vec<String> {
    let warning = channel["last_answer"].as_str().filter(|_| {
        // Without a failure the answer belongs to a message that was sent.
        channel["failing_since"].is_string()
    });
    let warning = warning.map(|warning| format!("! {warning}"));
    std::iter::once(words).chain(warning).collect()
}

/// A channel by name, or by id where no channel has that name.
pub(super) async fn find(client: &Client, wanted: &str) -> Result<Value, Failure> {
    let channels = client.call(Method::GET, "/api/v1/channels", None).await?;
    let all = items(&channels);
    let by_name = all.iter().find(|channel| channel["name"] == wanted);
    let by_id = || {
        let is = |channel: &&Value| wanted.parse().is_ok_and(|id: i64| channel["id"] == id);
        all.iter().find(is)
    };
    if let Some(found) = by_name.or_else(by_id) {
        return Ok(found.clone());
    }
    // The robot of a task is not listed for everybody who may test it.
    if let Ok(id) = wanted.parse::<i64>() {
        let path = format!("/api/v1/channels/{id}");
        return client.call(Method::GET, &path, None).await;
    }
    Err(Failure::not_found(lang().pick(
        format!("没有渠道“{wanted}”"),
        format!("there is no channel {wanted:?}"),
    )))
}
