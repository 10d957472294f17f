//! Icons: one stroked path each on a 16 × 16 grid, in the colour of the text.

use leptos::prelude::*;

pub(crate) const ALERT: &str = "M8 1.8 14.6 13.4H1.4ZM8 6.2v3.4M8 11.4v.2";
pub(crate) const BELL: &str = "M8 1.8a4 4 0 0 1 4 4c0 3.4 1.6 4.6 1.6 5.2H2.4c0-.6 1.6-1.8 1.6-5.2a4 4 0 0 1 4-4ZM6.4 13.4a1.7 1.7 0 0 0 3.2 0";
pub(crate) const CALENDAR: &str = "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.3 1.8v3M10.7 1.8v3";
pub(crate) const CHECK: &str = "M3 8.6 6.3 12 13 4.6";
pub(crate) const CHEVRON: &str = "M6 3.5 10.5 8 6 12.5";
pub(crate) const CLOCK: &str = "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM8 4.6V8l2.3 1.6";
pub(crate) const COPY: &str = "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3";
pub(crate) const CROSS: &str = "M4 4l8 8M12 4l-8 8";
pub(crate) const DONE: &str =
    "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM5.2 8.3l2 2 3.6-4.2";
pub(crate) const DOWNLOAD: &str = "M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11";
pub(crate) const EDIT: &str = "M2.5 13.5l.7-3L10.6 3l2.4 2.4-7.5 7.4ZM9 4.6 11.4 7";
pub(crate) const EXIT: &str = "M6 2.5H2.8v11H6M10 4.8 13.2 8 10 11.2M13 8H6";
pub(crate) const KEY: &str =
    "M5.4 7.2a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8ZM7.9 8.2 13.6 2.5M10.6 5.4l2.2 2.2";
pub(crate) const LIST: &str = "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.2M2.5 8h.2M2.5 12h.2";
pub(crate) const OVERVIEW: &str =
    "M2.5 2.5h4.4v5H2.5zM9.1 2.5h4.4v3H9.1zM9.1 7.7h4.4v5.8H9.1zM2.5 9.7h4.4v3.8H2.5z";
pub(crate) const PAUSE: &str = "M5.5 3.2v9.6M10.5 3.2v9.6";
pub(crate) const PLAY: &str = "M4.5 2.8v10.4L13 8Z";
pub(crate) const PLUS: &str = "M8 3v10M3 8h10";
pub(crate) const QUESTION: &str = "M5.6 5.8A2.4 2.4 0 1 1 8.9 8c-.6.3-.9.7-.9 1.4M8 12v.2";
pub(crate) const SEARCH: &str = "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4l3.2 3.2";
pub(crate) const SEND: &str = "M14 2 7 9M14 2 9.4 14 7 9 2 6.6Z";
pub(crate) const SERVER: &str = "M2.5 2.5h11v4.4h-11zM2.5 9.1h11v4.4h-11zM5 4.7h.2M5 11.3h.2";
pub(crate) const SETTINGS: &str = "M2.5 4.5h5M10.5 4.5h3M2.5 11.5h3M8.5 11.5h5M9 2.8v3.4M7 9.8v3.4";
pub(crate) const SKIP: &str = "M3 3.4v9.2L9.4 8ZM12.5 3.4v9.2";
pub(crate) const SPINNER: &str = "M8 1.8a6.2 6.2 0 1 1-6.2 6.2";
pub(crate) const STOP: &str = "M4 4h8v8H4Z";
pub(crate) const TRASH: &str =
    "M2.8 4.2h10.4M6.2 4V2.4h3.6V4M4.2 4.4l.6 9.2h6.4l.6-9.2M6.8 7v4M9.2 7v4";
pub(crate) const UNDO: &str = "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.6 3.6 2.8 6.5l2.8 2.9";
pub(crate) const USER: &str =
    "M8 2.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM2.6 14a5.4 5.4 0 0 1 10.8 0";

/// An icon; the word next to it gives the meaning.
pub(crate) fn icon(path: &'static str) -> AnyView {
    let class = if path == SPINNER { "icon spin" } else { "icon" };
    // As text, not as a node: a list has hundreds, and every node costs the server and the browser time.
    let path = format!("<path d=\"{path}\"/>");
    view! { <svg class=class viewBox="0 0 16 16" aria-hidden="true" inner_html=path></svg> }
        .into_any()
}
