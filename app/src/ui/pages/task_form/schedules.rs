//! The schedules of the form.

use leptos::html;
use leptos::prelude::*;

use super::rows::{Row, Rows};
use crate::i18n::Lang;
use crate::schedule::{BUILTIN_CALENDAR, DayRule, field};
use crate::texts::plan;
use crate::ui::components::choice::{Select, check, choice};
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::preview::fault;
use crate::ui::context::{lang, plan_ui, ui};

/// The most common schedules, with their descriptions in Chinese and in English. They are written out here because the code that
/// describes schedules is not loaded until a schedule is typed.
const PRESETS: [(&str, &str, &str); 6] = [
    ("*/5 * * * *", "每 5 分钟", "Every 5 minutes"),
    ("0 * * * *", "每小时整点", "Every hour, on the hour"),
    ("0 9 * * *", "每天 09:00", "Every day at 09:00"),
    (
        "0 9 * * 1-5",
        "工作日（周一至周五）09:00",
        "Weekdays at 09:00",
    ),
    ("0 9 * * 1", "每周一 09:00", "Every Monday at 09:00"),
    (
        "0 9 1 * *",
        "每月 1 日 09:00",
        "On the 1st of the month at 09:00",
    ),
];
/// Other kinds of schedules; suggested with the presets.
const OTHERS: [(&str, &str, &str); 4] = [
    ("every 90m", "每 90 分钟", "Every 90 minutes"),
    ("every 1d", "每 24 小时", "Every 24 hours"),
    ("@startup", "服务启动时", "When a server starts"),
    (
        "0 9 L * *",
        "每月最后一天 09:00",
        "On the last day of the month at 09:00",
    ),
];
/// Working days of the month that the form offers, from its start and from its end.
const NTH_FROM_START: i8 = 10;
const NTH_FROM_END: i8 = 5;

/// What all of them share.
#[derive(Clone, Copy)]
struct RowContext {
    rows: Rows,
    faults: StoredValue<Faults>,
    calendars: StoredValue<Vec<String>>,
    /// Whether the page is hydrated: then there are buttons.
    alive: RwSignal<bool>,
}

/// All of them, and a way to add one with and without JavaScript.
pub(super) fn schedules(rows: Rows, calendars: &[String], faults: &Faults) -> AnyView {
    let plan = plan_ui();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let sheet = RowContext {
        rows,
        faults: StoredValue::new(faults.clone()),
        calendars: StoredValue::new(calendars.to_vec()),
        alive,
    };
    let many = faults.of("schedules").0.map(|text| {
        view! { <p class="fault">{icon(icon::ALERT)} <span>{text}</span></p> }
    });
    let add = move || {
        view! {
            <button type="button" class="button small" disabled=move || rows.is_full() on:click=move |_| rows.add()>
                {icon(icon::PLUS)} <span>{plan.schedule_add}</span>
            </button>
        }
    };
    let without_script = move || {
        view! {
            <details class="fold">
                <summary>{plan.schedule_one_more}</summary>
                <p class="hint">{plan.schedule_blank_hint}</p>
                {sheet.fieldset(rows.spare)}
            </details>
        }
    };
    view! {
        <datalist id="cycles">{suggestions()}</datalist>
        {many}
        <div class="schedules">
            <For each=move || rows.all.get() key=|row| row.index children=move |row| sheet.fieldset(row)/>
        </div>
        <Show when=move || alive.get() fallback=without_script>{add()}</Show>
    }
    .into_any()
}

fn suggestions() -> Vec<AnyView> {
    let lang = lang();
    let option = |(spec, zh, en): &(&'static str, &'static str, &'static str)| {
        view! { <option value=*spec>{lang.pick(*zh, *en)}</option> }.into_any()
    };
    PRESETS.iter().chain(&OTHERS).map(option).collect()
}

impl RowContext {
    fn fieldset(self, row: Row) -> AnyView {
        let (ui, plan, lang) = (ui(), plan_ui(), lang());
        let rows = self.rows;
        let faults = self.faults.get_value();
        let name = |part: &str| field(row.index, part);
        let one = move || rows.count() == 1;
        let title = move || {
            if one() {
                ui.cycle.to_owned()
            } else {
                plan::schedule_no(lang, rows.number(row.index))
            }
        };
        let now = row.now();
        let dialect_open = !now.dialect.is_empty() || faults.any(&[name("dialect")]);
        let remove = move || {
            (self.alive.get() && !one()).then(|| {
                let label = move || format!("{} {}", plan.schedule_remove, title());
                view! {
                    <button type="button" class="quiet-button" aria-label=label on:click=move |_| rows.remove(row.index)>
                        {icon(icon::TRASH)} <span>{plan.schedule_remove}</span>
                    </button>
                }
            })
        };
        view! {
            <fieldset class="schedule" class:is-only=one>
                <legend>{title}</legend>
                {remove}
                {input(Field {
                    name: name("spec").into(), label: ui.cycle, value: now.spec.clone(),
                    hint: ui.field_cron_hint, required: row.index == 0, mono: true, list: Some("cycles"),
                    typed: Some(row.spec), node: row.node, live_fault: Some(fault(move || row.draft())),
                    ..Field::default()
                }, &faults)}
                {(row.index == 0).then(|| self.presets(row))}
                {choice(Select {
                    name: name("day_rule").into(), label: plan.day_rule,
                    typed: Some(row.typed(|draft| &mut draft.day_rule)),
                    ..day_rules(&now.day_rule, lang)
                }, &faults)}
                <div class="calendar-choice">
                    {choice(Select {
                        name: name("calendar").into(), label: plan.calendar, hint: plan.calendar_hint,
                        typed: Some(row.typed(|draft| &mut draft.calendar)),
                        options: self.calendars.with_value(|all| calendars(all, &now.calendar)),
                        ..Select::default()
                    }, &faults)}
                </div>
                <div class="pair">
                    {input(Field {
                        name: name("jitter").into(), label: plan.jitter, value: now.jitter.clone(),
                        hint: plan.jitter_hint, typed: Some(row.typed(|draft| &mut draft.jitter)),
                        ..Field::default()
                    }, &faults)}
                    {check(
                        name("jitter_stable"), plan.jitter_stable, now.jitter_stable,
                        Some(row.typed(|draft| &mut draft.jitter_stable)),
                    )}
                </div>
                <details class="fold" open=dialect_open>
                    <summary>{plan.more_options}</summary>
                    {choice(Select {
                        name: name("dialect").into(), label: plan.dialect, hint: plan.dialect_hint,
                        typed: Some(row.typed(|draft| &mut draft.dialect)), options: dialects(&now.dialect),
                        ..Select::default()
                    }, &faults)}
                </details>
            </fieldset>
        }
        .into_any()
    }

    /// Buttons that fill in a cycle: only after hydration, since they need JavaScript.
    fn presets(self, row: Row) -> AnyView {
        let (ui, lang) = (ui(), lang());
        let node: NodeRef<html::Input> = row.node;
        let choose = move |spec: &'static str| {
            if let Some(input) = node.get_untracked() {
                input.set_value(spec);
            }
            row.spec.set(spec.to_owned());
        };
        view! {
            <Show when=move || self.alive.get()>
                <div class="presets" role="group" aria-label=ui.presets>
                    {PRESETS.map(|(spec, zh, en)| view! {
                        <button type="button" class="chip" title=spec on:click=move |_| choose(spec)>{lang.pick(zh, en)}</button>
                    }).into_iter().collect_view()}
                </div>
            </Show>
        }
        .into_any()
    }
}

/// The day rules; a stored one that is not offered is kept.
fn day_rules(chosen: &str, lang: Lang) -> Select {
    let chosen = chosen.trim();
    let now = chosen.parse::<DayRule>().ok();
    let option = |rule: DayRule| {
        let value = match rule {
            DayRule::Any => String::new(),
            rule => rule.to_string(),
        };
        (value, plan::day_rule(lang, rule), now == Some(rule))
    };
    let plain = [
        DayRule::Any,
        DayRule::WorkDays,
        DayRule::RestDays,
        DayRule::NextWorkDay,
        DayRule::PreviousWorkDay,
    ];
    let mut options: Vec<_> = plain.into_iter().map(option).collect();
    let from_start: Vec<_> = (1..=NTH_FROM_START)
        .map(|nth| option(DayRule::NthWorkDay(nth)))
        .collect();
    let from_end: Vec<_> = (1..=NTH_FROM_END)
        .map(|nth| option(DayRule::NthWorkDay(-nth)))
        .collect();
    let offered = options
        .iter()
        .chain(&from_start)
        .chain(&from_end)
        .any(|(.., chosen)| *chosen);
    if !offered {
        let words = now.map_or_else(|| chosen.to_owned(), |rule| plan::day_rule(lang, rule));
        options.push((chosen.to_owned(), words, true));
    }
    let plan = plan_ui();
    Select {
        options,
        groups: vec![
            (plan.rule_from_start, from_start),
            (plan.rule_from_end, from_end),
        ],
        ..Select::default()
    }
}

/// The calendars; the built-in one is the default.
fn calendars(all: &[String], chosen: &str) -> Vec<(String, String, bool)> {
    let chosen = chosen.trim();
    let builtin = chosen.is_empty() || chosen == BUILTIN_CALENDAR;
    let own = all.iter().filter(|name| *name != BUILTIN_CALENDAR);
    let own = own.map(|name| (name.clone(), name.clone(), name == chosen));
    let mut options = vec![(
        String::new(),
        plan_ui().calendar_builtin.to_owned(),
        builtin,
    )];
    options.extend(own);
    if !options.iter().any(|(.., chosen)| *chosen) {
        options.push((chosen.to_owned(), chosen.to_owned(), true));
    }
    options
}

fn dialects(chosen: &str) -> Vec<(String, String, bool)> {
    let plan = plan_ui();
    let quartz = chosen.trim() == "quartz";
    vec![
        (String::new(), plan.dialect_standard.to_owned(), !quartz),
        ("quartz".to_owned(), plan.dialect_quartz.to_owned(), quartz),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::describe_text;

    #[test]
    fn suggestions_have_the_words_of_their_schedules() {
        for (spec, zh, en) in PRESETS.iter().chain(&OTHERS) {
            assert_eq!(*zh, describe_text(spec, Lang::Zh), "{spec}");
            assert_eq!(*en, describe_text(spec, Lang::En), "{spec}");
        }
    }
}
