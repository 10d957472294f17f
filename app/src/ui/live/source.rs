//! The browser's end of the event stream.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::js_sys::{Intl, Reflect};
use web_sys::{EventSource, MessageEvent};

use super::{Change, LiveUpdates};
use crate::routes;
use crate::ui::base::{for_cookies, rooted};

/// Changes are collected for this long: a burst of firings causes one fetch.
const GATHER: Duration = Duration::from_millis(300);
/// How long a connection may be lost before the page says so.
const PATIENCE: Duration = Duration::from_secs(3);
/// A refused connection is tried again after this long; the browser does not do it by itself.
const AGAIN: Duration = Duration::from_secs(5);

struct Source {
    live: LiveUpdates,
    current: RefCell<Option<EventSource>>,
    waiting: RefCell<Change>,
    gathering: Cell<bool>,
    broken: Cell<bool>,
}

pub(super) fn start(live: LiveUpdates, signed_in: bool) {
    Effect::new(move |_| {
        let began = now();
        let tick = move || live.elapsed.set(((now() - began) / 1000.0) as i64);
        set_interval(tick, Duration::from_secs(1));
        let zone = zone().unwrap_or_default();
        if live.viewer_zone.get_untracked() != zone {
            remember(&zone);
            live.viewer_zone.set(zone);
        }
        if signed_in {
            listen(live);
        }
    });
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The IANA name of the browser's zone.
fn zone() -> Option<String> {
    let options = Intl::DateTimeFormat::default().resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// Sends the reader's zone to the server with the next document, so that its times are right from the start and
/// nothing on the page moves because of them.
fn remember(zone: &str) {
    let cookie = format!(
        "{}={zone}; Path={}; Max-Age=31536000; SameSite=Lax",
        routes::ZONE_COOKIE,
        for_cookies()
    );
    // Without cookies the zone becomes known after hydration.
    let _ = Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

fn listen(live: LiveUpdates) {
    let source = Rc::new(Source {
        live,
        current: RefCell::default(),
        waiting: RefCell::default(),
        gathering: Cell::new(false),
        broken: Cell::new(false),
    });
    source.open();
    // A hidden tab closes its connection (a browser has six per host) and catches up later.
    let _ = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() {
            source.close();
        } else {
            source.open();
            source.everything();
        }
    });
}

impl Source {
    fn open(self: &Rc<Self>) {
        self.close();
        let Ok(stream) = EventSource::new(&rooted(routes::EVENTS)) else {
            return;
        };
        let me = Rc::clone(self);
        let changed = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            me.changed(&event.data().as_string().unwrap_or_default());
        });
        // Adding a listener by a name and a function cannot fail.
        let _ = stream.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        let me = Rc::clone(self);
        let opened = Closure::<dyn Fn()>::new(move || me.opened());
        stream.set_onopen(Some(opened.as_ref().unchecked_ref()));
        let me = Rc::clone(self);
        let failed = Closure::<dyn Fn()>::new(move || me.failed());
        stream.set_onerror(Some(failed.as_ref().unchecked_ref()));
        // The stream owns them now; the browser frees them with it.
        let _ = (
            changed.into_js_value(),
            opened.into_js_value(),
            failed.into_js_value(),
        );
        *self.current.borrow_mut() = Some(stream);
    }

    fn close(&self) {
        if let Some(stream) = self.current.borrow_mut().take() {
            stream.close();
        }
    }

    fn opened(self: &Rc<Self>) {
        if self.broken.replace(false) {
            self.live.stale.set(false);
            self.everything();
        }
    }

    fn failed(self: &Rc<Self>) {
        let refused = self
            .current
            .borrow()
            .as_ref()
            .is_some_and(|s| s.ready_state() == EventSource::CLOSED);
        if refused {
            let me = Rc::clone(self);
            set_timeout(
                move || {
                    if !document().hidden() {
                        me.open()
                    }
                },
                AGAIN,
            );
        }
        if !self.broken.replace(true) {
            let me = Rc::clone(self);
            set_timeout(
                move || {
                    if me.broken.get() {
                        me.live.stale.set(true)
                    }
                },
                PATIENCE,
            );
        }
    }

    fn everything(self: &Rc<Self>) {
        self.waiting.borrow_mut().everything = true;
        self.gather();
    }

    fn changed(self: &Rc<Self>, data: &str) {
        match task_in(data) {
            Some(task) => {
                let tasks = &mut self.waiting.borrow_mut().tasks;
                if !tasks.contains(&task) {
                    tasks.push(task);
                }
            }
            None => self.waiting.borrow_mut().everything = true,
        }
        self.gather();
    }

    fn gather(self: &Rc<Self>) {
        if self.gathering.replace(true) {
            return;
        }
        let me = Rc::clone(self);
        set_timeout(
            move || {
                me.gathering.set(false);
                let news = me.waiting.take();
                me.live.changed.update(|change| {
                    *change = Change {
                        serial: change.serial.wrapping_add(1),
                        ..news
                    };
                });
            },
            GATHER,
        );
    }
}

/// The number after `"task":`; the events are ours, so no JSON parser is shipped for them.
fn task_in(data: &str) -> Option<i64> {
    let (_, rest) = data.split_once("\"task\":")?;
    let digits = rest.trim_start();
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok()
}
