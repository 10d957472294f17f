//! A year as twelve months. Days that differ from Monday to Friday have a word, not only a colour.

use chrono::{Datelike, Days, NaiveDate};
use leptos::prelude::*;

use crate::calendar::CalendarDay;
use crate::i18n::Lang;
use crate::page::Clockface;
use crate::texts::calendars;
use crate::ui::context::{calendars_ui, lang};

/// The data to draw.
struct YearView<'a> {
    lang: Lang,
    /// Named days, ascending.
    days: &'a [CalendarDay],
    /// `2026-11-22`.
    today: String,
}

/// The months, and what their marks mean.
pub(super) fn year(year: i32, days: &[CalendarDay], clock: &Clockface) -> AnyView {
    let ui = calendars_ui();
    let sheet = YearView {
        lang: lang(),
        days,
        today: clock.zone.local(clock.now).chars().take(10).collect(),
    };
    let months: Vec<AnyView> = (1..=12).map(|month| sheet.month(year, month)).collect();
    view! {
        <ul class="legend" aria-label=ui.legend>
            <li><span class="mark is-bad">{ui.rest}</span> {ui.rest_legend}</li>
            <li><span class="mark is-run">{ui.work}</span> {ui.work_legend}</li>
            <li class="muted">{ui.weekend_legend}</li>
        </ul>
        <div class="months">{months}</div>
    }
    .into_any()
}

impl YearView<'_> {
    fn month(&self, year: i32, month: u32) -> AnyView {
        let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else {
            return ().into_any();
        };
        let name = calendars::month(self.lang, month);
        let heads = calendars::weekdays(self.lang).map(|(short, full)| {
            view! { <th scope="col" abbr=full>{short}</th> }
        });
        let before = first.weekday().num_days_from_monday() as usize;
        let mut cells: Vec<AnyView> = (0..before).map(|_| blank()).collect();
        cells.extend(
            first
                .iter_days()
                .take_while(|day| day.month() == month)
                .map(|day| self.day(day)),
        );
        // Always six weeks, so that months side by side have the same height.
        while cells.len() < 42 {
            cells.push(blank());
        }
        let mut cells = cells.into_iter();
        let weeks: Vec<AnyView> = (0..6)
            .map(|_| {
                let week: Vec<AnyView> = cells.by_ref().take(7).collect();
                view! { <tr>{week}</tr> }.into_any()
            })
            .collect();
        view! {
            <section class="card month">
                <table>
                    <caption>{name}</caption>
                    <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                    <tbody>{weeks}</tbody>
                </table>
                {self.named(year, month)}
            </section>
        }
        .into_any()
    }

    fn day(&self, date: NaiveDate) -> AnyView {
        let ui = calendars_ui();
        let key = date.to_string();
        let found = self
            .days
            .binary_search_by(|day| day.date.as_str().cmp(&key))
            .ok()
            .map(|place| &self.days[place]);
        let weekend = date.weekday().num_days_from_monday() >= 5;
        let (class, mark, words) = match found {
            Some(day) if day.work => ("day is-work is-run", Some(ui.work), ui.work_day),
            Some(_) => ("day is-rest is-bad", Some(ui.rest), ui.rest_day),
            None if weekend => ("day is-weekend", None, ""),
            None => ("day", None, ""),
        };
        let name = found.map(|day| day.name.clone()).unwrap_or_default();
        let mark = mark.map(|mark| {
            view! {
                <small aria-hidden="true">{mark}</small>
                <span class="sr">{words} " " {name.clone()}</span>
            }
        });
        let title = (!name.is_empty()).then(|| name.clone());
        let today = (key == self.today).then_some("date");
        view! { <td class=class title=title aria-current=today><span>{date.day()}</span>{mark}</td> }
            .into_any()
    }

    /// The named days of a month by name, consecutive ones together.
    fn named(&self, year: i32, month: u32) -> Option<AnyView> {
        let prefix = format!("{year:04}-{month:02}-");
        let days: Vec<(NaiveDate, &CalendarDay)> = self
            .days
            .iter()
            .filter(|day| day.date.starts_with(&prefix))
            .filter_map(|day| Some((day.date.parse().ok()?, day)))
            .collect();
        if days.is_empty() {
            return None;
        }
        let runs = days.chunk_by(|(before, one), (after, next)| {
            one.work == next.work
                && one.name == next.name
                && before.checked_add_days(Days::new(1)) == Some(*after)
        });
        let lines = runs.filter_map(|run| {
            let ((first, day), (last, _)) = (run.first()?, run.last()?);
            Some(self.line(*first, *last, day))
        });
        Some(view! { <ul class="named">{lines.collect_view()}</ul> }.into_any())
    }

    fn line(&self, first: NaiveDate, last: NaiveDate, day: &CalendarDay) -> AnyView {
        let ui = calendars_ui();
        let (class, mark) = if day.work {
            ("mark is-run", ui.work)
        } else {
            ("mark is-bad", ui.rest)
        };
        let span = if first == last {
            format!("{}", first.day())
        } else {
            format!("{}–{}", first.day(), last.day())
        };
        view! {
            <li><span class="number">{span}</span> <span class=class>{mark}</span> <span>{day.name.clone()}</span></li>
        }
        .into_any()
    }
}

fn blank() -> AnyView {
    view! { <td></td> }.into_any()
}
