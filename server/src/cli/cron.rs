//! `jcrontab cron`: needs neither server nor database.

mod next;

use app::i18n::Lang;
use app::schedule::{DayRule, Dialect, ScheduleSpec};
use clap::{Args, Subcommand};

use super::access::Access;
use super::print::{print_json, print_lines};
use super::{Failure, lang};
use crate::config::Config;

#[derive(Subcommand, Debug)]
pub(super) enum CronCommand {
    /// List the next firings of a schedule
    Next(next::Next),
    /// Explain a schedule in words
    Explain {
        #[command(flatten)]
        schedule: Typed,
        /// Language of the explanation: zh or en (default: that of the terminal)
        #[arg(long = "lang", id = "explain_lang", value_name = "LANG")]
        lang: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A schedule as it is typed.
#[derive(Args, Debug)]
pub(super) struct Typed {
    /// Schedule: a cron expression of 5 or 6 fields, `every 90s`, `at 2026-12-01 09:00`, `@startup`
    expression: String,
    /// Dialect of a cron expression; `quartz` has seconds first, and 1 is Sunday
    #[arg(long, value_parser = ["standard", "quartz"], default_value = "standard")]
    dialect: String,
}

pub(super) async fn run(command: &CronCommand, access: &Access) -> Result<(), Failure> {
    match command {
        CronCommand::Next(next) => next::run(next, access).await,
        CronCommand::Explain {
            schedule,
            lang: wanted,
            json,
        } => {
            let lang = match wanted {
                Some(tag) => Lang::from_tag(tag).ok_or_else(|| {
                    Failure::usage(lang().pick("--lang 只能是 zh 或 en", "--lang takes zh or en"))
                })?,
                None => lang(),
            };
            explain(schedule, lang, *json)
        }
    }
}

fn explain(typed: &Typed, lang: Lang, json: bool) -> Result<(), Failure> {
    let dialect = match typed.dialect.as_str() {
        "quartz" => Dialect::Quartz,
        _ => Dialect::Standard,
    };
    let spec = ScheduleSpec::parse_dialect(&typed.expression, dialect)
        .map_err(|fault| Failure::usage(fault.text(lang)))?;
    let (words, warnings) = (spec.describe(lang), spec.warnings(lang));
    if json {
        print_json(&serde_json::json!({
            "cron": spec.canonical(), "words": words, "warnings": warnings,
        }));
        return Ok(());
    }
    let mut lines = vec![words];
    if dialect == Dialect::Quartz {
        // An expression of another dialect is stored in the standard one.
        lines.push(lang.pick(
            format!("= {}（本系统的写法）", spec.canonical()),
            format!("= {} (as it is written here)", spec.canonical()),
        ));
    }
    lines.extend(warnings.iter().map(|warning| format!("! {warning}")));
    print_lines(&lines);
    Ok(())
}

/// Parses a day rule.
pub(super) fn day_rule(text: &str) -> Result<String, String> {
    text.parse::<DayRule>()
        .map(|_| text.to_owned())
        .map_err(|fault| fault.to_string())
}

/// The zone of a schedule that names none.
fn default_zone(config: &Config) -> String {
    config.default_zone().name
}
