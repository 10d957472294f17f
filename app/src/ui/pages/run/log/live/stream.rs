//! The event stream of a log.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use crate::run::log::LogItem;
use crate::ui::base::rooted;
use crate::wire;

/// Events of a stream.
pub(super) enum Event {
    /// It is connected, or connected again.
    Alive,
    /// Pieces of the log.
    Items {
        /// The pieces.
        items: Vec<LogItem>,
        /// Where to continue reading.
        next: Option<u64>,
    },
    /// The log has ended.
    Ended,
    /// The connection broke. The browser reconnects by itself with the id of the last piece, unless it was refused.
    Failed {
        /// Whether this stream has ended with that.
        refused: bool,
    },
}

/// A stream; dropping it closes it.
pub(super) struct Stream(EventSource);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Stream {
    /// Opens a stream. `None` if the browser does not support it.
    pub(super) fn open(url: &str, hear: impl Fn(Event) + Clone + 'static) -> Option<Self> {
        let source = EventSource::new(&rooted(url)).ok()?;
        for name in ["log", "end", "ping", "open", "error"] {
            let (hear, stream) = (hear.clone(), source.clone());
            let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                hear(match name {
                    "log" => Event::Items {
                        items: items(&event),
                        next: event.last_event_id().parse().ok(),
                    },
                    "end" => Event::Ended,
                    "error" => Event::Failed {
                        refused: stream.ready_state() == EventSource::CLOSED,
                    },
                    _ => Event::Alive,
                });
            });
            // Adding a listener by a name and a function cannot fail. The stream owns it now; the browser frees it
            // with the stream.
            let _ =
                source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            let _ = listener.into_js_value();
        }
        Some(Self(source))
    }
}

/// The pieces of an event; none if it cannot be read, which a later request repairs.
fn items(event: &MessageEvent) -> Vec<LogItem> {
    let data = event.data().as_string().unwrap_or_default();
    wire::read_text(&data).unwrap_or_default()
}
