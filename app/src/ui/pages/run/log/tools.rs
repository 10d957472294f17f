//! The tools above the log: search and display options. The options are classes of the list.

use leptos::prelude::*;

use super::Log;
use crate::texts::runlog::{self, RunLogUi};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{lang, ui};

/// How the log is displayed: names of classes, empty if an option is off.
#[derive(Clone, Copy)]
pub(super) struct Tools {
    streams: RwSignal<String>,
    times: RwSignal<String>,
    no_wrap: RwSignal<bool>,
    only_hits: RwSignal<bool>,
}

impl Tools {
    pub(super) fn new() -> Self {
        Self {
            streams: RwSignal::default(),
            times: RwSignal::default(),
            no_wrap: RwSignal::new(false),
            only_hits: RwSignal::new(false),
        }
    }

    /// The classes of the list.
    pub(super) fn class(self) -> String {
        let mut class = String::from("output log");
        for name in [
            self.streams.get(),
            self.times.get(),
            if self.no_wrap.get() { "no-wrap" } else { "" }.to_owned(),
            if self.only_hits.get() {
                "only-hits"
            } else {
                ""
            }
            .to_owned(),
        ] {
            if !name.is_empty() {
                class.push(' ');
                class.push_str(&name);
            }
        }
        class
    }
}

/// The bar, if there is a log to work on. It needs JavaScript, so the style sheet hides it without.
pub(super) fn bar(
    log: Log,
    under_way: bool,
    zone: String,
    empty: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let (ui, text, lang) = (ui(), RunLogUi::of(lang()), lang());
    let tools = log.tools;
    let step = move |forward: bool| log.live.step(log, forward);
    let typed = move |event| {
        let words = event_target_value(&event);
        tools.only_hits.update(|only| *only &= !words.is_empty());
        log.words.set(words);
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            step(!event.shift_key());
        }
    };
    let idle = move || log.words.with(String::is_empty);
    let found = move || {
        let (at, count) = log.found.get();
        (!idle()).then(|| {
            let (gone, lines) = (log.gone.get(), log.lines.get());
            let words = runlog::found(lang, at, count);
            match gone {
                0 => words,
                _ => format!(
                    "{words} · {}",
                    runlog::searched(lang, lines.saturating_sub(gone))
                ),
            }
        })
    };
    let arrow = move |word: &'static str, glyph: &'static str, forward: bool| {
        view! {
            <button
                type="button" class="button small" aria-label=word title=word hidden=idle
                on:click=move |_| step(forward)
            >{glyph}</button>
        }
    };
    view! {
        <div class="log-tools" hidden=empty>
            <input
                type="search" aria-label=text.find placeholder=text.find autocomplete="off"
                on:input=typed on:keydown=key
            />
            <span class="number muted" hidden=idle>{found}</span>
            {arrow(text.find_previous, "↑", false)}
            {arrow(text.find_next, "↓", true)}
            <details class="unfold">
                <summary class="button small">{icon(icon::SETTINGS)} {text.display}</summary>
                <div class="unfolded">
                    {select(text.streams, tools.streams, [
                        ("", text.streams_all), ("only-out", text.streams_out), ("only-err", text.streams_err),
                    ])}
                    {select(text.times, tools.times, [
                        ("", text.times_none), ("since", text.times_since), ("clock", text.times_clock),
                    ])}
                    <label class="check">
                        <input
                            type="checkbox" checked
                            on:change=move |event| tools.no_wrap.set(!event_target_checked(&event))
                        />
                        <span>{text.wrap}</span>
                    </label>
                    <label class="check">
                        <input
                            type="checkbox" prop:checked=move || tools.only_hits.get() disabled=idle
                            on:change=move |event| tools.only_hits.set(event_target_checked(&event))
                        />
                        <span>{text.find_only}</span>
                    </label>
                </div>
            </details>
            <span class="muted" hidden=move || tools.times.with(|times| times != "clock")>
                {runlog::clock_in(lang, &zone)}
            </span>
            {under_way.then(|| view! {
                <label class="check">
                    <input
                        type="checkbox" prop:checked=move || log.follow.get() checked
                        on:change=move |event| log.follow.set(event_target_checked(&event))
                    />
                    <span>{ui.follow}</span>
                </label>
            })}
        </div>
    }
    .into_any()
}

fn select(
    label: &'static str,
    value: RwSignal<String>,
    options: [(&'static str, &'static str); 3],
) -> AnyView {
    let options = options.map(|(value, word)| view! { <option value=value>{word}</option> });
    view! {
        <label>
            {label}
            <select on:change=move |event| value.set(event_target_value(&event))>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}
