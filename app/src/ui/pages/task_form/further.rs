//! The further channels of a task, a row for each with boxes for events, and blank rows.

use leptos::prelude::*;

use crate::message::Event;
use crate::page::TaskForm;
use crate::rule::{NOTIFY_EVENTS, OF_TASK_MAX, TaskNotify, rare_events};
use crate::texts::rules::further_no;
use crate::ui::components::choice::{Select, choice};
use crate::ui::components::field::Faults;
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{lang, plan_ui, rules_ui, ui};

/// Blank rows for browsers without JavaScript; saving adds more.
const SPARE: usize = 3;

/// What all rows share.
#[derive(Clone, Copy)]
struct RowContext {
    /// The rows of the form; further ones are blank.
    typed: StoredValue<Vec<TaskNotify>>,
    /// Channels to choose from: id and name.
    channels: StoredValue<Vec<(i64, String)>>,
    faults: StoredValue<Faults>,
    /// Indexes of the rows shown, in order. Gaps are allowed: the server renumbers.
    rows: RwSignal<Vec<usize>>,
    /// Whether the page is hydrated: then there are buttons.
    alive: RwSignal<bool>,
}

/// The rows, folded where there are none.
pub(super) fn further(form: &TaskForm, faults: &Faults) -> AnyView {
    let words = rules_ui();
    let typed = form.notify.len();
    let most = usize::try_from(OF_TASK_MAX).unwrap_or(usize::MAX);
    let channels = form.channels.iter().map(|channel| {
        let words = format!("{} · {}", channel.name, ui().channel_kind(channel.kind));
        (channel.id.0, words)
    });
    let sheet = RowContext {
        typed: StoredValue::new(form.notify.clone()),
        channels: StoredValue::new(channels.collect()),
        faults: StoredValue::new(faults.clone()),
        rows: RwSignal::new((0..typed).collect()),
        alive: RwSignal::new(false),
    };
    Effect::new(move |_| sheet.alive.set(true));
    let next = StoredValue::new(typed);
    let add = move |_| {
        let index = next.get_value();
        next.set_value(index + 1);
        sheet.rows.update(|rows| rows.push(index));
    };
    let full = move || sheet.rows.with(Vec::len) >= most;
    let button = move || {
        view! {
            <button type="button" class="button small" disabled=full on:click=add>
                {icon(icon::PLUS)} <span>{words.further_add}</span>
            </button>
        }
    };
    let open = typed > 0 || faults.under("notify");
    let spare = move || {
        let more = typed..(typed + SPARE).min(most.max(typed));
        view! {
            <details class="fold">
                <summary>{words.further_more}</summary>
                <div class="schedules">{more.map(|index| sheet.row(index)).collect_view()}</div>
            </details>
        }
    };
    view! {
        <details class="fold" open=open>
            <summary>{words.further}</summary>
            <p class="muted">{words.further_hint}</p>
            <input type="hidden" name="notify_seen" value=form.notify_seen.clone()/>
            <div class="schedules">
                <For each=move || sheet.rows.get() key=|index| *index children=move |index| sheet.row(index)/>
            </div>
            <Show when=move || sheet.alive.get() fallback=spare>{button()}</Show>
        </details>
    }
    .into_any()
}

impl RowContext {
    fn row(self, index: usize) -> AnyView {
        let (words, lang) = (rules_ui(), lang());
        let faults = self.faults.get_value();
        let typed = self.typed.with_value(|all| all.get(index).cloned());
        let one = typed.unwrap_or_default();
        let place = move |rows: &Vec<usize>| rows.iter().position(|row| *row == index);
        let title = move || further_no(lang, self.rows.with(place).unwrap_or(index) + 1);
        let remove = move || {
            self.alive.get().then(|| {
                let remove = plan_ui().schedule_remove;
                let label = move || format!("{remove} {}", title());
                let gone = move |_| self.rows.update(|rows| rows.retain(|row| *row != index));
                view! {
                    <button type="button" class="quiet-button" aria-label=label on:click=gone>
                        {icon(icon::TRASH)} <span>{remove}</span>
                    </button>
                }
            })
        };
        let none = (
            String::new(),
            words.further_none.to_owned(),
            one.channel_id.is_none(),
        );
        let mut options = vec![none];
        self.channels.with_value(|channels| {
            options.extend(
                channels
                    .iter()
                    .map(|(id, name)| (id.to_string(), name.clone(), one.channel_id == Some(*id))),
            );
        });
        // That of another task, which this one was copied from, cannot be chosen here: its row is not used.
        let has = |event: &Event| one.events.iter().any(|code| code == event.as_str());
        let event_box = |at: usize, event: Event| {
            let (code, chosen) = (event.as_str(), has(&event));
            view! {
                <label class="check">
                    <input type="checkbox" name=format!("notify[{index}].events[{at}]") value=code checked=chosen/>
                    <span>{event.words(lang)}</span>
                </label>
            }
        };
        let boxes = NOTIFY_EVENTS.into_iter().enumerate();
        let boxes = boxes.map(|(at, event)| event_box(at, event));
        let rare: Vec<Event> = rare_events().collect();
        let open = rare.iter().any(has);
        let rare = rare.into_iter().enumerate();
        let rare = rare.map(|(at, event)| event_box(NOTIFY_EVENTS.len() + at, event));
        let fault = faults.of(&format!("notify[{index}].events")).0;
        let fault = fault
            .map(|text| view! { <p class="fault">{icon(icon::ALERT)} <span>{text}</span></p> });
        view! {
            <fieldset class="schedule further">
                <legend>{title}</legend>
                {remove}
                {choice(Select {
                    name: format!("notify[{index}].channel_id").into(), label: words.channel, options, ..Select::default()
                }, &faults)}
                <fieldset class="radios">
                    <legend>{words.events}</legend>
                    {boxes.collect_view()}
                    <details class="fold" open=open>
                        <summary>{words.more_events}</summary>
                        {rare.collect_view()}
                    </details>
                    {fault}
                </fieldset>
            </fieldset>
        }
        .into_any()
    }
}
