//! Keeps pages up to date while they are open.
//!
//! The server announces changes ([`crate::routes::EVENTS`]); pages follow those that concern them and fetch again.
//! None of this runs on the server.

use leptos::prelude::*;

use crate::reader::ViewerZone;
use crate::wire;

#[cfg(feature = "hydrate")]
mod source;

/// Changes since the page last checked.
#[derive(Clone, Default)]
struct Change {
    /// Counts the changes.
    serial: u32,
    /// Whether anything may have changed, for example after a lost connection.
    everything: bool,
    /// The tasks concerned.
    tasks: Vec<i64>,
}

/// The live side of the site.
#[derive(Clone, Copy)]
pub(super) struct LiveUpdates {
    changed: RwSignal<Change>,
    /// Whether the connection is lost, and the page may be outdated.
    pub(super) stale: RwSignal<bool>,
    /// Seconds since hydration: drives relative times.
    pub(super) elapsed: RwSignal<i64>,
    /// The zone of the reader's browser; empty until it is known, which it usually is from the start.
    pub(super) viewer_zone: RwSignal<String>,
}

/// Puts [`LiveUpdates`] into the context. Called once, by `App`.
pub(super) fn provide() {
    // As reported by an earlier document.
    let zone = SharedValue::<_, wire::Form>::new_with_encoding(|| {
        use_context::<ViewerZone>().map_or_else(String::new, |zone| zone.0)
    });
    provide_context(LiveUpdates {
        changed: RwSignal::new(Change::default()),
        stale: RwSignal::new(false),
        elapsed: RwSignal::new(0),
        viewer_zone: RwSignal::new(zone.into_inner()),
    });
}

/// The live side of the site.
pub(super) fn live() -> LiveUpdates {
    // `App` provides it before anything else; otherwise a new one works as well.
    use_context().unwrap_or_else(|| {
        provide();
        expect_context()
    })
}

impl LiveUpdates {
    /// Starts the clock, and the event stream when an account is signed in.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(unused_variables, clippy::unused_self, reason = "only in the browser")
    )]
    pub(super) fn start(self, signed_in: bool) {
        #[cfg(feature = "hydrate")]
        source::start(self, signed_in);
    }

    /// The zone of the reader's browser if it differs from `zone`; else empty.
    pub(super) fn viewer_beside(self, zone: &str) -> String {
        let viewer = self.viewer_zone.get();
        if viewer == zone {
            String::new()
        } else {
            viewer
        }
    }

    /// A counter that increases with every change of `task`, or of anything if it is `None`.
    pub(super) fn follow(self, task: Signal<Option<i64>>) -> RwSignal<u32> {
        let seen = RwSignal::new(0);
        Effect::new(move |before: Option<u32>| {
            let change = self.changed.get();
            let concerned = change.everything
                || task
                    .get_untracked()
                    .is_none_or(|task| change.tasks.contains(&task));
            if before.is_some_and(|serial| serial != change.serial) && concerned {
                seen.update(|count| *count += 1);
            }
            change.serial
        });
        seen
    }

    /// Like [`LiveUpdates::follow`], for pages that show many tasks.
    pub(super) fn follow_all(self) -> RwSignal<u32> {
        self.follow(Signal::stored(None))
    }
}
