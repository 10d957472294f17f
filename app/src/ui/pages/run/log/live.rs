//! The log in the browser: where its pieces come from, and when it is updated.
//!
//! While the run is active they come from an event stream. A stream can be dead without notice, so after some silence
//! the next piece is requested: that heals the page, and without an answer the page reports it. The output of a run
//! that has ended is fetched piece by piece.

mod paper;
mod stream;

use std::time::Duration;

use chrono::TimeDelta;
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::paper::LogView;
use self::stream::Stream;
use super::line::TimeReference;
use super::{Link, Log};
use crate::error::AppError;
use crate::id::RunId;
use crate::page::RunPage;
use crate::routes;
use crate::run::RunState;
use crate::run::log::{LogItem, LogPage};
use crate::server_fns::fetch_run;
use crate::time::Stamp;
use crate::ui::context::lang;
use crate::ui::live::live;

/// How often the connection is checked.
const BEAT: Duration = Duration::from_secs(2);
/// Seconds of silence after which the server is asked.
const SILENCE: i64 = 15;
/// Seconds without any sign of the server after which the page says so.
const STALE: i64 = 30;
/// Seconds that a broken connection may take to return before the page says so.
const PATIENCE: i64 = 3;
/// Seconds until a refused stream is tried again.
const AGAIN: i64 = 5;
/// Seconds after which a request is given up.
const ANSWER: i64 = 15;

/// The state of the log. Times are seconds since hydration.
#[derive(Default)]
struct Core {
    run: Option<RunId>,
    state: Option<RunState>,
    paper: LogView,
    /// Where to continue reading.
    next: u64,
    /// Whether everything has arrived.
    over: bool,
    stream: Option<Stream>,
    /// When data last arrived.
    heard: i64,
    /// Since when the stream is broken.
    broken: Option<i64>,
    /// When a refused stream may be tried again.
    again: i64,
    /// Since when a request is waiting for its answer.
    asked: Option<i64>,
    /// The server's clock at hydration.
    origin: Option<Stamp>,
    painting: bool,
}

/// The log in the browser.
#[derive(Clone, Copy)]
pub(super) struct LiveLog {
    core: StoredValue<Core, LocalStorage>,
    elapsed: RwSignal<i64>,
}

impl LiveLog {
    pub(super) fn new() -> Self {
        Self {
            core: StoredValue::new_local(Core::default()),
            elapsed: live().elapsed,
        }
    }

    /// Whether the log of a run is here.
    pub(super) fn has(self, id: RunId) -> bool {
        self.core.with_value(|core| core.run == Some(id))
    }

    /// Maintains the log as long as the page is open.
    pub(super) fn keep(self, log: Log, page: impl Fn() -> Option<RunPage> + 'static) {
        let lang = lang();
        Effect::new(move |_| {
            let node = log.list.get();
            if let Some(page) = page() {
                self.core.update_value(|core| {
                    if let Some(first) = page.log.as_ref()
                        && core.run != Some(page.run.id)
                    {
                        let face = TimeReference {
                            zone: page.clock.zone.clone(),
                            start: page.run.started_at,
                            lang,
                        };
                        let now = self.elapsed.get_untracked();
                        *core = Core {
                            run: Some(page.run.id),
                            heard: now,
                            origin: Some(Stamp(page.clock.now.0 - TimeDelta::seconds(now))),
                            paper: std::mem::take(&mut core.paper).blank(face),
                            painting: core.painting,
                            ..Core::default()
                        };
                        core.take(log, first);
                        log.no_line.set(None);
                        log.fresh.set(0);
                        let linked = core.paper.want(linked());
                        // The first error output usually says what went wrong.
                        if !linked && page.run.state.is_bad() {
                            core.paper.want_fault();
                        }
                        log.follow.set(!linked);
                    }
                    if core.run == Some(page.run.id) {
                        core.state = Some(page.run.state);
                    }
                    core.paper.lay_on(node);
                });
                self.go_on(log);
                self.paint_soon(log);
            }
        });
        Effect::new(move |_| {
            log.words.track();
            self.paint_soon(log);
        });
        Effect::new(move |_| {
            if log.follow.get() {
                log.fresh.set(0);
                self.paint_soon(log);
            }
        });
        let beat = set_interval_with_handle(move || self.beat(log), BEAT);
        let moved = window_event_listener_untyped("hashchange", move |_| {
            if let Some(true) = self.core.try_update_value(|core| core.paper.want(linked())) {
                log.follow.set(false);
                self.paint_soon(log);
            }
        });
        // A hidden tab closes its connection (a browser has six per host).
        let shown = window_event_listener_untyped("visibilitychange", move |_| {
            let now = self.elapsed.get_untracked();
            self.core.try_update_value(|core| {
                core.heard = now;
                if document().hidden() {
                    core.stream = None;
                }
            });
            self.go_on(log);
        });
        on_cleanup(move || {
            if let Ok(beat) = beat {
                beat.clear();
            }
            moved.remove();
            shown.remove();
        });
    }

    /// Moves to the next match, or to the previous one.
    pub(super) fn step(self, log: Log, forward: bool) {
        if let Some(Some(found)) = self.core.try_update_value(|core| core.paper.step(forward)) {
            log.follow.set(false);
            log.found.set(found);
        }
    }

    /// Scrolling up stops following; scrolling back to the end resumes it.
    pub(super) fn scrolled(self, log: Log) {
        if let Some(Some(follow)) = self.core.try_update_value(|core| core.paper.scrolled()) {
            renew(log.follow, follow);
        }
    }

    /// Opens the stream, or requests the next part.
    fn go_on(self, log: Log) {
        let now = self.elapsed.get_untracked();
        let url = self.core.try_update_value(|core| {
            let (id, state) = (core.run?, core.state?);
            match state {
                _ if core.over || core.stream.is_some() || document().hidden() => None,
                RunState::Waiting | RunState::Sending => None,
                RunState::Running => {
                    (now >= core.again).then(|| (id, routes::run_log_stream(id, core.next)))
                }
                _ => Some((id, String::new())),
            }
        });
        match url.flatten() {
            Some((_, url)) if !url.is_empty() => {
                let stream = Stream::open(&url, move |event| self.event(log, event));
                self.core.update_value(|core| core.stream = stream);
            }
            Some(_) => self.ask(log),
            None => {}
        }
        self.report(log);
    }

    /// Checks the connection.
    fn beat(self, log: Log) {
        let now = self.elapsed.get_untracked();
        let silent = self.core.try_update_value(|core| {
            core.state == Some(RunState::Running) && !core.over && now - core.heard >= SILENCE
        });
        match silent {
            Some(true) if !document().hidden() => self.ask(log),
            Some(_) => {}
            None => return,
        }
        self.go_on(log);
    }

    /// Requests what comes next.
    fn ask(self, log: Log) {
        let now = self.elapsed.get_untracked();
        let asked = self.core.try_update_value(|core| {
            let free = core.asked.is_none_or(|since| now - since >= ANSWER);
            let id = core.run.filter(|_| free)?;
            core.asked = Some(now);
            Some((id, core.next))
        });
        if let Some(Some((id, from))) = asked {
            spawn_local(async move {
                let answer = fetch_run(id, Some(from)).await;
                self.answered(log, id, from, answer);
            });
        }
    }

    fn answered(self, log: Log, id: RunId, from: u64, answer: Result<RunPage, AppError>) {
        let now = self.elapsed.try_get_untracked().unwrap_or_default();
        let ended = self.core.try_update_value(|core| {
            if core.run != Some(id) {
                return None;
            }
            core.asked = None;
            let page = answer.ok()?;
            core.hear(now);
            core.state = Some(page.run.state);
            // What arrived by the stream meanwhile is newer.
            if let Some(next) = page.log.filter(|_| core.next == from && !core.over) {
                let news = next.next > from;
                core.take(log, &next);
                if news {
                    // The stream should have delivered it: it is dead, or it never connected.
                    core.stream = None;
                } else {
                    core.over |= page.run.state.is_over();
                }
            }
            Some(core.over)
        });
        match ended.flatten() {
            Some(true) => self.end(log),
            Some(false) => self.go_on(log),
            // What was held back for the answer is drawn all the same.
            None => {}
        }
        self.paint_soon(log);
    }

    fn event(self, log: Log, event: stream::Event) {
        let now = self.elapsed.try_get_untracked().unwrap_or_default();
        let alive = self.core.try_update_value(|core| match &event {
            stream::Event::Failed { refused } => {
                core.broken.get_or_insert(now);
                if *refused {
                    core.stream = None;
                    core.again = now + AGAIN;
                }
            }
            stream::Event::Items { items, next } => {
                core.hear(now);
                core.add(log, items);
                core.next = next.unwrap_or(core.next);
            }
            stream::Event::Alive | stream::Event::Ended => core.hear(now),
        });
        if alive.is_none() {
            return;
        }
        match event {
            stream::Event::Items { .. } => self.paint_soon(log),
            stream::Event::Ended => self.end(log),
            _ => {}
        }
        self.report(log);
    }

    /// Everything has arrived; the run's state may have changed.
    fn end(self, log: Log) {
        let live = self.core.try_update_value(|core| {
            core.over = true;
            core.stream.take().is_some() || core.state == Some(RunState::Running)
        });
        if live == Some(true) {
            log.ended.update(|count| *count += 1);
        }
        self.report(log);
        self.paint_soon(log);
    }

    /// Reports the state of the connection to the page.
    fn report(self, log: Log) {
        let now = self.elapsed.get_untracked();
        let link = self.core.try_update_value(|core| {
            if core.over || core.state != Some(RunState::Running) {
                return Link::Idle;
            }
            let broken = core.broken.is_some_and(|since| now - since >= PATIENCE);
            match (core.origin, core.paper.face()) {
                (Some(origin), Some(face)) if broken || now - core.heard >= STALE => {
                    let heard = Stamp(origin.0 + TimeDelta::seconds(core.heard));
                    let at = face.zone.full(heard);
                    Link::Broken(at.get(11..).unwrap_or(&at).to_owned())
                }
                _ => Link::Receiving,
            }
        });
        if let Some(link) = link {
            renew(log.link, link);
        }
    }

    /// Draws at the next frame: everything that arrives until then is drawn together.
    fn paint_soon(self, log: Log) {
        let before = self
            .core
            .try_update_value(|core| std::mem::replace(&mut core.painting, true));
        if before == Some(false) {
            request_animation_frame(move || self.paint(log));
        }
    }

    fn paint(self, log: Log) {
        // The page may have been left meanwhile.
        let Some(words) = log.words.try_get_untracked() else {
            return;
        };
        let follow = log.follow.get_untracked();
        let news = self.core.try_update_value(|core| {
            core.painting = false;
            let ended = core.state.is_some_and(RunState::is_over);
            let hold = ended && !core.over && core.asked.is_some();
            core.paper.paint(&words, follow, core.over, hold)
        });
        let Some(news) = news else { return };
        renew(log.lines, news.last);
        renew(log.gone, news.gone);
        renew(log.found, news.found);
        let under_way = log.link.with_untracked(|link| *link != Link::Idle);
        if !follow && under_way && news.added > 0 {
            log.fresh.update(|fresh| *fresh += news.added);
        }
        if news.fault {
            log.follow.set(false);
        }
        if let Some(missing) = news.missing {
            log.no_line.set(missing);
        }
        if news.more {
            self.paint_soon(log);
        }
    }
}

impl Core {
    fn hear(&mut self, now: i64) {
        self.heard = now;
        self.broken = None;
    }

    fn take(&mut self, log: Log, page: &LogPage) {
        self.add(log, &page.items);
        self.next = page.next;
        self.over = page.over;
        log.bytes.set((page.total_bytes, page.dropped_bytes));
    }

    fn add(&mut self, log: Log, items: &[LogItem]) {
        self.paper.lines.feed(items);
        if let Some(last) = items.last() {
            self.next = last.to();
            log.bytes
                .update(|(total, _)| *total = self.next.max(*total));
        }
    }
}

/// Sets what has changed.
fn renew<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|before| *before != value) {
        signal.set(value);
    }
}

/// The line in the page's address.
fn linked() -> Option<u64> {
    let hash = window().location().hash().ok()?;
    hash.strip_prefix("#L")?.parse().ok()
}
