//! Pages that stay true while they are open.
//!
//! The server sends what changed ([`crate::routes::EVENTS`]); pages follow what concerns them and
//! fetch again. Nothing of this runs on the server.

use leptos::prelude::*;

use crate::reader::ViewerZone;
use crate::wire;

#[cfg(feature = "hydrate")]
mod source;

/// What has changed since the page last heard.
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
    /// Whether the connection is lost, and what is on screen may be old.
    pub(super) stale: RwSignal<bool>,
    /// Seconds since the document became alive: drives relative times.
    pub(super) elapsed: RwSignal<i64>,
    /// The zone of the reader's browser; empty until it is known, which it mostly is from the start.
    pub(super) viewer_zone: RwSignal<String>,
}

/// Puts [`LiveUpdates`] into the context. Called once, by `App`.
pub(super) fn provide() {
    // What an earlier document has learnt.
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
    // `App` provides it before anything else; a fresh one is as good where it did not.
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

    /// The zone of the reader's browser where it is another one than `zone`; else empty.
    pub(super) fn viewer_beside(self, zone: &str) -> String {
        let viewer = self.viewer_zone.get();
        if viewer == zone {
            String::new()
        } else {
            viewer
        }
    }

    /// A counter that grows with every change of `task`, or of anything when there is none.
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
