//! The event stream of a log.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use crate::run::log::LogItem;
use crate::wire;

/// What a stream has to say.
pub(super) enum Event {
    /// It stands, or stands again.
    Alive,
    /// Pieces of the log.
    Items {
        /// The pieces.
        items: Vec<LogItem>,
        /// Where to go on reading.
        next: Option<u64>,
    },
    /// Nothing will come any more.
    Ended,
    /// The connection broke. The browser tries again by itself, naming the last piece it got,
    /// but not when it was refused.
    Failed {
        /// Whether that was the end of this stream.
        refused: bool,
    },
}

/// A stream; closed when it is dropped.
pub(super) struct Stream(EventSource);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Stream {
    /// Opens a stream. `None` where the browser has none.
    pub(super) fn open(url: &str, hear: impl Fn(Event) + Clone + 'static) -> Option<Self> {
        let source = EventSource::new(url).ok()?;
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
            // Adding a listener by a name and a function cannot fail. The stream holds it now; the
            // browser frees it with the stream.
            let _ =
                source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            let _ = listener.into_js_value();
        }
        Some(Self(source))
    }
}

/// The pieces of an event; none where it cannot be read, which is found by asking later.
fn items(event: &MessageEvent) -> Vec<LogItem> {
    let data = event.data().as_string().unwrap_or_default();
    wire::read_text(&data).unwrap_or_default()
}
