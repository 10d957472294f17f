//! `jcrontab calendar list | show`, and the result of an import.

use app::calendar::{Calendar, CalendarDays, CalendarImported};
use app::i18n::plural;
use axum::http::Method;
use serde_json::Value;

use super::{path, typed};
use crate::cli::client::Client;
use crate::cli::print::{print_json, print_lines, print_note, print_table};
use crate::cli::when::here;
use crate::cli::{Failure, lang};

/// Years as spans: `2007-2026, 2028`.
fn years(calendar: &Calendar) -> String {
    let mut spans: Vec<(i32, i32)> = Vec::new();
    for year in &calendar.years {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => spans.push((*year, *year)),
        }
    }
    let spans = spans.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    spans.collect::<Vec<_>>().join(", ")
}

pub(super) async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, "/api/v1/calendars", None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let calendars: Vec<Calendar> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = calendars
        .iter()
        .map(|calendar| {
            let changed = calendar.updated_at.map(here);
            vec![
                calendar.name.clone(),
                years(calendar),
                calendar.used_by.to_string(),
                changed.unwrap_or_default(),
                calendar.source_url.clone().unwrap_or_default(),
            ]
        })
        .collect();
    print_table(
        &["NAME", "YEARS", "USED_BY", "UPDATED", "URL"],
        &rows,
        (
            "还没有日历。添加：jcrontab calendar create 名称",
            "No calendars yet. Add one: jcrontab calendar create NAME",
        ),
    );
    Ok(())
}

pub(super) async fn show(
    client: &Client,
    name: &str,
    year: Option<i32>,
    json: bool,
) -> Result<(), Failure> {
    let query = year.map_or_else(String::new, |year| format!("?year={year}"));
    let answer = client.call(Method::GET, &path(name, &query), None).await?;
    if json {
        print_json(&answer);
        return Ok(());
    }
    let known: CalendarDays = typed(&answer)?;
    let notes = [
        known.calendar.warning.clone(),
        known.calendar.refresh_fault.clone(),
    ];
    let rows: Vec<Vec<String>> = known
        .days
        .into_iter()
        .map(|day| {
            let weekday = day
                .date
                .parse::<jiff::civil::Date>()
                .map_or_else(|_| String::new(), |date| format!("{:?}", date.weekday()));
            let kind = if day.work { "work" } else { "rest" };
            vec![
                day.date,
                weekday.chars().take(3).collect(),
                kind.to_owned(),
                day.name,
            ]
        })
        .collect();
    let empty = (
        "没有列出的日子：周一至周五是工作日",
        "No days are listed: Monday to Friday are working days",
    );
    print_table(&["DATE", "DAY", "KIND", "NAME"], &rows, empty);
    for note in notes.into_iter().flatten() {
        print_note(&format!("! {note}"));
    }
    Ok(())
}

pub(super) fn imported(answer: &Value, json: bool) -> Result<(), Failure> {
    if json {
        print_json(answer);
        return Ok(());
    }
    let taken: CalendarImported = typed(answer)?;
    let (name, days, years) = (&taken.calendar.name, taken.days, years(&taken.calendar));
    let mut lines = vec![lang().pick(
        format!("日历 {name}：导入 {days} 天，现有 {years} 年的数据"),
        format!(
            "Calendar {name}: imported {days} {}; it has data for {years}",
            plural(days, "day", "days")
        ),
    )];
    lines.extend(taken.ignored.iter().map(|ignored| format!("! {ignored}")));
    print_lines(&lines);
    Ok(())
}
