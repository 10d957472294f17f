//! `jcrontab cron next`: the preview of the web pages, computed in this process.

use app::i18n::Lang;
use app::occurrence::Firing;
use app::page::{Preview, PreviewRequest};
use app::schedule::{BUILTIN_CALENDAR, Dialect, ScheduleDraft, ScheduleSpec};
use app::time::Stamp;
use axum::http::Method;
use clap::Args;
use serde_json::json;

use super::{Typed, day_rule, default_zone};
use crate::cli::access::Access;
use crate::cli::client::{Client, refusal};
use crate::cli::print::{print_json, print_lines};
use crate::cli::when::local;
use crate::cli::{Failure, lang, sentence};
use crate::clock::{Clock, SystemClock};
use crate::firings::Snapshot;
use crate::service::preview::{Basis, preview};
use crate::timetable::{Patterns, parse_instant, zone};

/// The most firings that are listed.
const COUNT_MAX: u32 = 100_000;

#[derive(Args, Debug)]
pub(in crate::cli) struct Next {
    #[command(flatten)]
    schedule: Typed,
    /// Day rule: any, work_days, rest_days, next_work_day, previous_work_day, nth_work_day:3,
    /// nth_work_day:-1 (the last of the month)
    #[arg(long, default_value = "", value_parser = day_rule)]
    day_rule: String,
    /// Calendar of the day rule; all but the built-in `cn` need the server
    #[arg(long, default_value = "")]
    calendar: String,
    /// IANA time zone (default: JCRONTAB_ZONE, else the system's time zone)
    #[arg(long = "zone", id = "cron_zone", value_name = "ZONE")]
    zone: Option<String>,
    /// Start after this instant: RFC 3339, or a time in the zone (default: now)
    #[arg(long)]
    after: Option<String>,
    /// Number of firings
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=i64::from(COUNT_MAX)))]
    count: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// With --json: also list skipped firings and why they are skipped
    #[arg(long, requires = "json")]
    firings: bool,
}

pub(super) async fn run(next: &Next, access: &Access) -> Result<(), Failure> {
    let lang = lang();
    let name = next
        .zone
        .clone()
        .unwrap_or_else(|| default_zone(&access.config));
    let found = zone(&name);
    let after = match (&next.after, &found) {
        (Some(text), Ok(zone)) => Some(Stamp(parse_instant(text, zone).ok_or_else(|| {
            Failure::usage(lang.pick(
                "--after 请写成 2026-11-22T09:00:00Z 或 2026-11-22 09:00",
                "--after takes a time such as 2026-11-22T09:00:00Z or 2026-11-22 09:00",
            ))
        })?)),
        // The preview refuses an unknown zone and suggests the nearest one.
        _ => None,
    };
    let request = PreviewRequest {
        schedules: vec![ScheduleDraft {
            spec: next.schedule.expression.clone(),
            dialect: next.schedule.dialect.clone(),
            day_rule: next.day_rule.clone(),
            calendar: next.calendar.clone(),
            ..ScheduleDraft::default()
        }],
        zone: name.clone(),
        after,
        count: Some(next.count),
        ..PreviewRequest::default()
    };
    let known = matches!(next.calendar.trim(), "" | BUILTIN_CALENDAR);
    let preview = if known {
        here(lang, &request)?
    } else {
        on_server(access, lang, &request).await?
    };
    if next.json {
        let mut value = json!({ "next": preview.next });
        if next.firings {
            value["firings"] = json!(preview.firings);
            value["warnings"] = json!(preview.warnings);
            value["tz_version"] = json!(preview.tz_version);
        }
        print_json(&value);
    } else {
        print_lines(&lines(lang, &preview, next, &name));
    }
    Ok(())
}

/// Computes the preview in this process, with the built-in calendar.
fn here(lang: Lang, request: &PreviewRequest) -> Result<Preview, Failure> {
    let basis = Basis {
        default_zone: "UTC",
        rules: &Snapshot::default(),
        patterns: &Patterns::default(),
        now: SystemClock.now(),
        starts: COUNT_MAX,
        // Larger than the server's 50, because more starts can be requested here. After this many skipped
        // firings the search ends.
        left_out: 2_000 + 10 * request.count.unwrap_or(0) as usize,
    };
    preview(lang, request, &basis, None).map_err(refusal)
}

/// Requests the preview from the server, which knows the other calendars.
async fn on_server(
    access: &Access,
    lang: Lang,
    request: &PreviewRequest,
) -> Result<Preview, Failure> {
    if request.count > Some(1_000) {
        return Err(Failure::usage(lang.pick(
            "这个日历在服务器上，一次最多 1000 个：--count 1000",
            "this calendar is on the server, which lists at most 1000: use --count 1000",
        )));
    }
    let client = Client::connect(access, lang).await?;
    let failed = |error: serde_json::Error| Failure::error(sentence(&error));
    let body = serde_json::to_value(request).map_err(failed)?;
    let answer = client
        .call(Method::POST, "/api/v1/schedules/preview", Some(body))
        .await?;
    serde_json::from_value(answer).map_err(failed)
}

/// The starts in order; `-` marks a skipped firing, `~` a clock change, `!` a warning.
fn lines(lang: Lang, preview: &Preview, next: &Next, zone_name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if preview.next.is_empty() {
        lines.push(nothing(lang, &next.schedule));
    }
    for firing in &preview.firings {
        if let Some(change) = &firing.clock_change {
            lines.push(format!("~ {} {}", local(change.at, zone_name), change.text));
        }
        lines.push(line(firing, zone_name));
    }
    lines.extend(
        preview
            .warnings
            .iter()
            .map(|warning| format!("! {warning}")),
    );
    lines
}

fn line(firing: &Firing, zone_name: &str) -> String {
    match &firing.excluded {
        Some(excluded) => {
            let named = local(firing.scheduled_for, zone_name);
            format!("- {named} {zone_name}  {}", excluded.text)
        }
        None => {
            let note = firing
                .note
                .as_ref()
                .map_or_else(String::new, |note| format!("  {note}"));
            format!(
                "{} {zone_name}  ({}){note}",
                local(firing.due_at, zone_name),
                firing.due_at.rfc3339()
            )
        }
    }
}

fn nothing(lang: Lang, typed: &Typed) -> String {
    let dialect = match typed.dialect.as_str() {
        "quartz" => Dialect::Quartz,
        _ => Dialect::Standard,
    };
    match ScheduleSpec::parse_dialect(&typed.expression, dialect) {
        // It has no time that can be computed.
        Ok(ScheduleSpec::Startup) => ScheduleSpec::Startup.describe(lang),
        Ok(ScheduleSpec::Once { .. }) => lang
            .pick(
                "不会再执行：这个时间已经过去",
                "Never fires again: the time has passed",
            )
            .to_owned(),
        _ => lang.pick("永远不会执行", "Never fires").to_owned(),
    }
}
