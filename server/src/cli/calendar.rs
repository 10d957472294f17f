//! `jcrontab calendar`: working days and days off.

mod show;

use std::io::Read;
use std::path::{Path, PathBuf};

use app::calendar::CalendarImport;
use app::i18n::Lang;
use axum::http::Method;
use clap::Subcommand;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Client, escaped};
use super::confirm::Confirm;
use super::name::Name;
use super::print::{print_bytes, print_done, print_json, print_lines};
use super::{Failure, lang, sentence};
use crate::calendar::{MAX_BYTES, ReadFault, decode};

#[derive(Subcommand, Debug)]
pub(super) enum CalendarCommand {
    /// List calendars
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the days of a calendar
    Show {
        /// Name of the calendar; `cn` is the built-in Chinese one
        name: String,
        /// Only this year
        #[arg(long)]
        year: Option<i32>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create an empty calendar; its name consists of letters, digits, Chinese characters, - and _
    #[command(visible_alias = "add")]
    Create {
        #[command(flatten)]
        name: Name,
        /// URL that refresh reads days from
        #[arg(long, default_value = "")]
        url: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change the URL that a calendar is refreshed from
    Update {
        /// Name of the calendar
        name: String,
        /// URL that refresh reads days from; empty for none
        #[arg(long)]
        url: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Import days from a file: iCalendar, JSON, or lines `2026-10-01..2026-10-07 rest 国庆节`
    Import {
        /// Name of the calendar
        name: String,
        /// File to read; `-` for stdin
        #[arg(long)]
        file: PathBuf,
        /// Charset of the file, such as gbk (default: UTF-8, or UTF-16 with a byte order mark)
        #[arg(long)]
        charset: Option<String>,
        /// Read the days of an iCalendar file as working days instead of days off
        #[arg(long)]
        work_days: bool,
        /// Replace all days of the years in the file instead of merging them
        #[arg(long)]
        replace: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Import days from the URL of the calendar
    Refresh {
        /// Name of the calendar
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the days as lines that import reads
    Export {
        /// Name of the calendar
        name: String,
    },
    /// Delete a calendar that no schedule uses; the built-in one is reset to its original days
    Delete {
        /// Name of the calendar
        name: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(client: &Client, command: &CalendarCommand) -> Result<(), Failure> {
    match command {
        CalendarCommand::List { json } => show::list(client, *json).await,
        CalendarCommand::Show { name, year, json } => show::show(client, name, *year, *json).await,
        CalendarCommand::Create { name, url, json } => {
            let body = json!({ "name": name.as_str(), "source_url": url });
            let made = client
                .call(Method::POST, "/api/v1/calendars", Some(body))
                .await?;
            done(&made, *json, "已新建日历", "Calendar added");
            Ok(())
        }
        CalendarCommand::Update { name, url, json } => {
            let body = json!({ "name": name, "source_url": url });
            let changed = client
                .call(Method::PUT, &path(name, ""), Some(body))
                .await?;
            done(&changed, *json, "已修改日历", "Calendar changed");
            Ok(())
        }
        CalendarCommand::Import {
            name,
            file,
            charset,
            work_days,
            replace,
            json,
        } => {
            let import = CalendarImport {
                text: content(file, charset.as_deref())?,
                as_work_days: *work_days,
                replace_years: *replace,
            };
            let body = json!(import);
            let taken = client
                .call(Method::POST, &path(name, "/import"), Some(body))
                .await?;
            show::imported(&taken, *json)
        }
        CalendarCommand::Refresh { name, json } => {
            let taken = client
                .call(Method::POST, &path(name, "/refresh"), None)
                .await?;
            show::imported(&taken, *json)
        }
        CalendarCommand::Export { name } => {
            print_bytes(
                &client
                    .raw(Method::GET, &path(name, "/export"), None)
                    .await?,
            );
            Ok(())
        }
        CalendarCommand::Delete {
            name,
            confirm,
            json,
        } => {
            // Before the confirmation, so that an unknown calendar is reported first.
            let read = client.call(Method::GET, &path(name, ""), None).await?;
            confirm.ask(&lang().pick(
                format!("删除日历 {name}？"),
                format!("Delete the calendar {name}?"),
            ))?;
            client
                .change(Method::DELETE, &path(name, ""), &read["calendar"], None)
                .await?;
            let words = lang().pick(
                format!("已删除日历 {name}"),
                format!("Calendar {name} deleted"),
            );
            print_done(&json!({ "name": name, "deleted": true }), *json, &[words]);
            Ok(())
        }
    }
}

fn path(name: &str, act: &str) -> String {
    format!("/api/v1/calendars/{}{act}", escaped(name))
}

/// Deserialises a response.
pub(super) fn typed<T: DeserializeOwned>(answer: &Value) -> Result<T, Failure> {
    serde_json::from_value(answer.clone()).map_err(|error| Failure::error(sentence(&error)))
}

fn done(calendar: &Value, json: bool, zh: &str, en: &str) {
    if json {
        print_json(calendar);
    } else {
        let name = calendar["name"].as_str().unwrap_or_default();
        let mut lines = vec![lang().pick(format!("{zh}：{name}"), format!("{en}: {name}"))];
        lines.extend(
            calendar["warning"]
                .as_str()
                .map(|warning| format!("! {warning}")),
        );
        print_lines(&lines);
    }
}

/// A text of a file, or of stdin for `-`.
fn content(file: &Path, charset: Option<&str>) -> Result<String, Failure> {
    let failed =
        |error: std::io::Error| Failure::error(format!("{}: {}", file.display(), sentence(&error)));
    // One byte more than the server's limit detects a file that is too large.
    let limit = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file)
            .map_err(failed)?
            .take(limit)
            .read_to_end(&mut bytes)
    }
    .map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        return Err(Failure::usage(lang().pick(
            format!("{} 超过 1 MiB", file.display()),
            format!("{} is larger than 1 MiB", file.display()),
        )));
    }
    decode(&bytes, charset).map_err(|fault| {
        let (file, fault) = (file.display(), in_words(&fault, lang()));
        Failure::usage(lang().pick(format!("{file}：{fault}"), format!("{file}: {fault}")))
    })
}

/// The text of a fault in the terminal, where the charset is an option of the command.
fn in_words(fault: &ReadFault, lang: Lang) -> String {
    match fault {
        ReadFault::NotText { charset } => lang.pick(
            format!(
                "不是 {charset} 文本；请另存为 UTF-8，或用 --charset 注明字符集（如 --charset gbk）"
            ),
            format!(
                "It is not {charset} text; save it as UTF-8, or specify its charset (--charset gbk)"
            ),
        ),
        other => other.text(lang),
    }
}
