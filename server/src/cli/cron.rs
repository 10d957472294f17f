//! `jcrontab cron`: needs neither server nor database.

use app::cron::CronExpr;
use app::i18n::Lang;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::print::{print_json, print_lines};
use super::{Failure, lang};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::timetable::{Patterns, rules, system_zone, zone};

#[derive(Subcommand, Debug)]
pub(super) enum CronCommand {
    /// The next firings of an expression
    Next {
        /// The expression, 5 or 6 fields
        expression: String,
        /// IANA zone (default: --zone of the server's settings, else the system's zone)
        #[arg(long = "zone", id = "cron_zone")]
        zone: Option<String>,
        /// Start after this instant, RFC 3339 (default: now)
        #[arg(long)]
        after: Option<String>,
        /// How many
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        count: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What an expression says, in words
    Explain {
        /// The expression, 5 or 6 fields
        expression: String,
        /// zh or en
        #[arg(long = "lang", id = "explain_lang")]
        lang: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &CronCommand, config: &Config) -> Result<(), Failure> {
    match command {
        CronCommand::Next {
            expression,
            zone,
            after,
            count,
            json,
        } => next(
            config,
            expression,
            zone.as_deref(),
            after.as_deref(),
            *count,
            *json,
        ),
        CronCommand::Explain {
            expression,
            lang: wanted,
            json,
        } => {
            let lang = match wanted {
                Some(tag) => {
                    Lang::from_tag(tag).ok_or_else(|| Failure::usage("--lang takes zh or en"))?
                }
                None => lang(),
            };
            explain(expression, lang, *json)
        }
    }
}

fn parse(expression: &str, lang: Lang) -> Result<CronExpr, Failure> {
    CronExpr::parse(expression).map_err(|fault| Failure::usage(fault.text(lang)))
}

fn next(
    config: &Config,
    expression: &str,
    zone_name: Option<&str>,
    after: Option<&str>,
    count: u32,
    json: bool,
) -> Result<(), Failure> {
    let expr = parse(expression, lang())?;
    let name = zone_name.map_or_else(
        || {
            if config.zone.is_empty() {
                system_zone()
            } else {
                config.zone.clone()
            }
        },
        str::to_owned,
    );
    let zone = zone(&name).map_err(|unknown| Failure::usage(unknown.to_string()))?;
    let mut from = match after {
        Some(text) => DateTime::parse_from_rfc3339(text)
            .map(|at| at.with_timezone(&Utc))
            .map_err(|_| {
                Failure::usage("--after takes an RFC 3339 instant such as 2026-11-22T09:00:00Z")
            })?,
        None => SystemClock.now(),
    };
    let cycle = Patterns::default()
        .cycle(&expr, zone.clone())
        .ok_or_else(|| Failure::error("this expression cannot be computed"))?;
    let mut instants = Vec::new();
    while instants.len() < count as usize {
        let Some(at) = cycle.next_after(from) else {
            break;
        };
        instants.push(Stamp(at));
        from = at;
    }
    if json {
        print_json(&serde_json::json!({ "next": instants }));
    } else if instants.is_empty() {
        print_lines(&[lang().pick("永远不会执行".to_owned(), "Never fires".to_owned())]);
    } else {
        let lines: Vec<String> = instants
            .iter()
            .map(|at| {
                let rules = rules(&name, &zone, at.0);
                format!(
                    "{} {} {name}  ({})",
                    rules.local(*at),
                    rules.offset_text(*at),
                    at.rfc3339()
                )
            })
            .collect();
        print_lines(&lines);
    }
    Ok(())
}

fn explain(expression: &str, lang: Lang, json: bool) -> Result<(), Failure> {
    let expr = parse(expression, lang)?;
    let warnings: Vec<String> = expr
        .warnings()
        .iter()
        .map(|warning| warning.text(lang))
        .collect();
    if json {
        print_json(&serde_json::json!({
            "cron": expr.canonical(), "words": expr.describe(lang), "warnings": warnings,
        }));
        return Ok(());
    }
    let mut lines = vec![expr.describe(lang)];
    lines.extend(warnings.iter().map(|warning| format!("! {warning}")));
    print_lines(&lines);
    Ok(())
}
