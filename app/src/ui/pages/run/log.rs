//! The log on a run's page.
//!
//! The server draws the lines of the log's first part. In the browser [`live::LiveLog`] takes these lines over, adds
//! new ones, and drops old ones; views contain only the empty list, so that nothing is drawn twice when the page is
//! fetched again.

mod line;
#[cfg(feature = "hydrate")]
mod live;
#[cfg(not(feature = "hydrate"))]
mod still;
mod tools;

#[cfg(not(feature = "hydrate"))]
use still as live;

#[cfg(feature = "hydrate")]
use leptos::html::Pre;
use leptos::prelude::*;

use crate::id::RunId;
use crate::page::RunPage;
use crate::routes;
use crate::texts::phrases;
use crate::texts::runlog::{self, RunLogUi};
use crate::ui::base::rooted;
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{lang, ui};

/// The connection of the log.
#[derive(Clone, PartialEq, Eq, Default)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only in the browser")
)]
enum Link {
    /// Nothing to wait for.
    #[default]
    Idle,
    /// Receiving output.
    Receiving,
    /// The connection is lost; the time of day of the last data, with its offset.
    Broken(String),
}

/// State that outlives the page's data.
#[derive(Clone, Copy)]
pub(super) struct Log {
    #[cfg(feature = "hydrate")]
    list: NodeRef<Pre>,
    link: RwSignal<Link>,
    /// Whether the end is kept in view.
    follow: RwSignal<bool>,
    /// Lines that arrived while it was not.
    fresh: RwSignal<u64>,
    /// Lines so far; 0 until the browser has counted.
    lines: RwSignal<u64>,
    /// Lines that were dropped for newer ones.
    gone: RwSignal<u64>,
    /// Bytes so far, and how many of them were not stored.
    bytes: RwSignal<(u64, u64)>,
    /// A line in the page's address that does not exist.
    no_line: RwSignal<Option<u64>>,
    /// The words to search for.
    words: RwSignal<String>,
    /// The current match, and how many lines match.
    found: RwSignal<(usize, usize)>,
    tools: tools::Tools,
    live: live::LiveLog,
    /// Counts the logs that ended while the page was open.
    ended: RwSignal<u32>,
}

impl Log {
    /// For one page. `data` is the data that it shows.
    pub(super) fn new() -> Self {
        Self {
            #[cfg(feature = "hydrate")]
            list: NodeRef::new(),
            link: RwSignal::default(),
            follow: RwSignal::new(true),
            fresh: RwSignal::new(0),
            lines: RwSignal::new(0),
            gone: RwSignal::new(0),
            bytes: RwSignal::new((0, 0)),
            no_line: RwSignal::new(None),
            words: RwSignal::default(),
            found: RwSignal::new((0, 0)),
            tools: tools::Tools::new(),
            live: live::LiveLog::new(),
            ended: RwSignal::new(0),
        }
    }

    /// Increases when a log has ended: then the run's state must be fetched.
    pub(super) fn ended(self) -> u32 {
        self.ended.get()
    }

    /// The position from which the page must be fetched with the log; `None` if the log is already here.
    pub(super) fn wants(self, id: RunId) -> Option<u64> {
        (!self.live.has(id)).then_some(0)
    }

    /// Maintains the log from the page's data, which is fetched repeatedly.
    pub(super) fn keep(self, page: impl Fn() -> Option<RunPage> + 'static) {
        self.live.keep(self, page);
    }
}

/// The card.
pub(super) fn card(page: &RunPage, log: Log) -> AnyView {
    let (ui, text, lang) = (ui(), RunLogUi::of(lang()), lang());
    let run = &page.run;
    let under_way = !run.state.is_over();
    let first = page.log.as_ref();
    // Until the browser has counted, the data determines what is shown.
    let begun = first.is_some_and(|log| !log.items.is_empty());
    let empty = move || !begun && log.lines.get() == 0;
    let (total, dropped) = first.map_or((0, 0), |log| (log.total_bytes, log.dropped_bytes));
    let total = total.max(run.output_bytes.unsigned_abs());
    let bytes = move || {
        let (total_now, dropped_now) = log.bytes.get();
        let count = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        (count(total.max(total_now)), count(dropped.max(dropped_now)))
    };
    let notice = move |words: String| {
        view! { <p class="notice is-warn">{icon(icon::ALERT)} <span>{words}</span></p> }
    };
    let dropped = move || {
        let (total, dropped) = bytes();
        (dropped > 0).then(|| notice(phrases::dropped(lang, dropped, total)))
    };
    let gone = move || {
        let gone = log.gone.get();
        (gone > 0).then(|| notice(runlog::gone(lang, gone)))
    };
    let no_line = move || {
        let number = log.no_line.get()?;
        Some(notice(runlog::no_such_line(lang, number)))
    };
    let link = move || match log.link.get() {
        Link::Idle => None,
        Link::Receiving => Some(
            view! { <p class="log-link muted">{icon(icon::SPINNER)} {text.receiving}</p> }
                .into_any(),
        ),
        Link::Broken(at) => Some(notice(runlog::stale(lang, &at)).into_any()),
    };
    let fresh = move || {
        let lines = log.fresh.get();
        (lines > 0 && !log.follow.get()).then(|| {
            view! {
                <button type="button" class="button small fresh" on:click=move |_| log.follow.set(true)>
                    {runlog::fresh(lang, lines)}
                </button>
            }
        })
    };
    let words = if under_way {
        ui.output_waiting
    } else {
        ui.output_empty
    };
    let only_head = first
        .is_some_and(|log| log.next < log.total_bytes)
        .then_some(text.only_head);
    // Named once: the column of times has no room for it in each line.
    let clock_zone = runlog::clock_zone(&page.clock.zone, run.started_at);
    view! {
        <section class="card flush log-card">
            <div class="card-head">
                <h2>{ui.output} " " <small class="muted">{move || phrases::bytes(bytes().0)}</small></h2>
                <a class="button small no-script" href=rooted(routes::run(run.id)) rel="external">{text.reload}</a>
                <a class="button small" href=rooted(routes::run_output(run.id)) download=format!("run-{}.txt", run.id)>
                    {icon(icon::DOWNLOAD)} {ui.download}
                </a>
            </div>
            {tools::bar(log, under_way, clock_zone, empty)}
            {dropped}
            {gone}
            <div aria-live="polite">{no_line}</div>
            <p class="muted padded" hidden=move || !empty()>{words}</p>
            <div class="log-frame" hidden=empty>
                {list(page, log)}
                {fresh}
            </div>
            {only_head.map(|words| view! { <p class="muted padded no-script">{words}</p> })}
            <div role="status">{link}</div>
        </section>
    }
    .into_any()
}

/// The lines: drawn on the server, maintained by [`live::LiveLog`] in the browser.
fn list(page: &RunPage, log: Log) -> AnyView {
    let ui = ui();
    let class = move || log.tools.class();
    // Not a live region: a screen reader would read every line. The status below reports the progress.
    #[cfg(feature = "hydrate")]
    {
        let _ = page;
        view! {
            <pre
                class=class tabindex="0" role="region" aria-label=ui.output node_ref=log.list
                on:scroll=move |_| log.live.scrolled(log)
                on:keydown=move |event| match event.key().as_str() {
                    "n" => log.live.step(log, true),
                    "N" => log.live.step(log, false),
                    _ => {}
                }
            ></pre>
        }
        .into_any()
    }
    #[cfg(not(feature = "hydrate"))]
    view! {
        <pre class=class tabindex="0" role="region" aria-label=ui.output>{live::lines(page)}</pre>
    }
    .into_any()
}
