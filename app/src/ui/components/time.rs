//! Instants as text, computed from the page's own clock.
//!
//! Relative times continue from `Clockface::now` by the seconds that passed in the browser, so the server's markup
//! and the browser's first one are equal and the browser's clock is never read.

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use leptos::prelude::*;

use crate::i18n::Lang;
use crate::page::Clockface;
use crate::run::RunState;
use crate::texts::{health, phrases};
use crate::time::{Stamp, ZoneRules};
use crate::ui::context::lang;
use crate::ui::live::live;

/// The clock of a page.
#[derive(Clone)]
pub(crate) struct Clock {
    face: Arc<Clockface>,
    lang: Lang,
    /// Seconds since hydration when the data arrived.
    base: i64,
    elapsed: RwSignal<i64>,
}

impl Clock {
    /// Sets the clock by the page's data.
    pub(crate) fn new(face: Clockface) -> Self {
        let elapsed = live().elapsed;
        Self {
            face: Arc::new(face),
            lang: lang(),
            base: elapsed.get_untracked(),
            elapsed,
        }
    }

    /// Seconds from now to `at`; follows the time when read in a closure of a view.
    fn seconds_to(&self, at: Stamp) -> i64 {
        at.unix() - self.face.now.unix() - self.passed()
    }

    /// Milliseconds since `at`, for something in progress.
    fn millis_since(&self, at: Stamp) -> i64 {
        self.face.now.millis_since(at) + self.passed() * 1000
    }

    /// Seconds since the data arrived. None on a page that was left: a server may still be working on it when the
    /// reader has closed the connection.
    fn passed(&self) -> i64 {
        self.elapsed.try_get().map_or(0, |now| now - self.base)
    }

    /// The same clock for times of another zone.
    pub(crate) fn in_zone(&self, zone: &ZoneRules) -> Self {
        let face = Clockface {
            now: self.face.now,
            zone: zone.clone(),
        };
        Self {
            face: Arc::new(face),
            ..self.clone()
        }
    }

    /// `2026-11-22 09:00:00 +08:00`.
    pub(crate) fn full(&self, at: Stamp) -> String {
        self.face.zone.full(at)
    }

    /// `2026-11-22 09:00:00 +08:00`.
    pub(crate) fn exact(&self, at: Stamp) -> AnyView {
        self.with_offset(at, self.face.zone.local(at))
    }

    /// A time with its offset, which may wrap to a line of its own.
    fn with_offset(&self, at: Stamp, text: String) -> AnyView {
        view! {
            <time datetime=at.rfc3339() title=self.title(at)>
                <span>{text}</span> " " <span class="zone">{self.face.zone.offset_text(at)}</span>
            </time>
        }
        .into_any()
    }

    /// The name of the zone, to explain an offset.
    fn title(&self, at: Stamp) -> String {
        format!("{} {}", self.full(at), self.face.zone.name)
    }

    /// Like [`Clock::exact`], without the date if it is the same as at `before`.
    pub(crate) fn after(&self, before: Option<Stamp>, at: Stamp) -> AnyView {
        let text = self.face.zone.local(at);
        let short = before
            .map(|before| self.face.zone.local(before))
            .and_then(|before| Some((before.split_once(' ')?.0.to_owned(), text.split_once(' ')?)))
            .filter(|(before, (date, _))| before == date)
            .map(|(_, (_, time))| time.to_owned());
        self.with_offset(at, short.unwrap_or(text))
    }

    /// `3 分钟前`, the exact time on hover.
    pub(crate) fn relative(&self, at: Stamp) -> AnyView {
        let clock = self.clone();
        view! {
            <time datetime=at.rfc3339() title=self.title(at)>
                {move || phrases::relative(clock.lang, clock.seconds_to(at))}
            </time>
        }
        .into_any()
    }

    /// `已持续 16 分钟`, the exact start on hover.
    pub(crate) fn lasting(&self, since: Stamp) -> AnyView {
        let clock = self.clone();
        view! {
            <time datetime=since.rfc3339() title=self.title(since)>
                {move || health::lasting_for(clock.lang, clock.seconds_to(since))}
            </time>
        }
        .into_any()
    }

    /// `09:00 +08:00` on the page's own day, otherwise with the date.
    pub(crate) fn short(&self, at: Stamp) -> String {
        let (now, text) = (
            self.face.zone.local(self.face.now),
            self.face.zone.local(at),
        );
        let same_day = now.get(..10) == text.get(..10);
        let start = if same_day { 11 } else { 0 };
        let end = if text.ends_with(":00") { 16 } else { 19 };
        let short = text.get(start..end).unwrap_or(&text);
        format!("{short} {}", self.face.zone.offset_text(at))
    }

    /// The page's own date and time of day: `2026-11-22 09:00:00`.
    pub(crate) fn today(&self) -> String {
        self.face.zone.local(self.face.now)
    }

    /// A time of day some days from the page's own: `2026-11-23 09:00`.
    pub(crate) fn on_day(&self, days: u64, time: &str) -> String {
        format!("{} {time}", self.date_after(days))
    }

    /// The number of days until next Monday, 1–7.
    pub(crate) fn days_to_monday(&self) -> u64 {
        7 - u64::from(self.date_after(0).weekday().num_days_from_monday())
    }

    fn date_after(&self, days: u64) -> NaiveDate {
        let offset = i64::from(self.face.zone.offset_at(self.face.now));
        let local = self.face.now.0.naive_utc() + TimeDelta::seconds(offset);
        local.date() + Days::new(days)
    }

    /// The instant so many seconds from now; follows the time when read in a closure of a view.
    pub(crate) fn ahead(&self, seconds: i64) -> String {
        let gone = self.elapsed.get() - self.base;
        Stamp(self.face.now.0 + TimeDelta::seconds(gone + seconds)).rfc3339()
    }

    /// Relative, with the time below, without the date if it is today's.
    pub(crate) fn both(&self, at: Stamp) -> AnyView {
        let clock = self.clone();
        view! {
            <time class="both" datetime=at.rfc3339() title=self.title(at)>
                <span>{move || phrases::relative(clock.lang, clock.seconds_to(at))}</span>
                <small>{self.short(at)}</small>
            </time>
        }
        .into_any()
    }

    /// How long something took, or has taken so far.
    pub(crate) fn took(&self, from: Stamp, to: Option<Stamp>) -> AnyView {
        match to {
            Some(to) => {
                view! { <span>{phrases::took(self.lang, to.millis_since(from))}</span> }.into_any()
            }
            None => {
                let clock = self.clone();
                view! {
                    <span>{move || phrases::took(clock.lang, clock.millis_since(from) / 1000 * 1000)}</span>
                }
                .into_any()
            }
        }
    }

    /// How long a run took, or has taken so far; a dash where that is not known.
    pub(crate) fn lasted(&self, state: RunState, from: Stamp, to: Option<Stamp>) -> AnyView {
        if state == RunState::Lost {
            return view! { <span class="muted">"—"</span> }.into_any();
        }
        self.took(from, to)
    }

    /// The zone of the times on the page.
    pub(crate) fn zone(&self) -> &str {
        &self.face.zone.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ZoneRules;

    #[test]
    fn on_a_page_that_is_gone_no_time_passes() {
        let reader = Owner::new();
        let clock = Clock {
            face: Arc::new(Clockface {
                now: Stamp(chrono::DateTime::UNIX_EPOCH),
                zone: ZoneRules::utc(),
            }),
            lang: Lang::En,
            base: 40,
            elapsed: reader.with(|| RwSignal::new(100)),
        };
        let at = Stamp(chrono::DateTime::UNIX_EPOCH + TimeDelta::seconds(90));
        assert_eq!(clock.seconds_to(at), 30);
        reader.cleanup();
        assert_eq!(clock.seconds_to(at), 90);
        assert_eq!(clock.millis_since(at), -90_000);
    }
}
