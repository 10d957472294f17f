//! A line of the log as markup: the same on the server and in the browser.
//!
//! Number and times are attributes that the style sheet shows, so they are not copied with the text, and toggling
//! them changes no line. Output is added as text nodes only.

use leptos::prelude::*;

use crate::ansi::Row;
use crate::i18n::Lang;
use crate::run::log::{Body, Line, Stream, matches, pieces};
use crate::texts::runlog;
use crate::time::{Stamp, ZoneRules};

/// Lines are grouped in blocks of this size: the browser lays out only the visible blocks (measured with 20,000
/// lines: adding some takes a hundredth of the time).
const BLOCK: u64 = 250;

/// The block of a line.
pub(super) const fn block_of(number: u64) -> u64 {
    (number - 1) / BLOCK
}

/// The first line of a block.
#[cfg(feature = "hydrate")]
pub(super) const fn block_start(block: u64) -> u64 {
    block * BLOCK + 1
}

/// A block.
pub(super) fn block(lines: Vec<AnyView>) -> AnyView {
    view! { <span class="block">{lines}</span> }.into_any()
}

/// The reference of a log's times.
#[derive(Clone)]
pub(super) struct TimeReference {
    pub(super) zone: ZoneRules,
    /// When the run was started.
    pub(super) start: Stamp,
    pub(super) lang: Lang,
}

/// How a line is highlighted.
#[derive(Clone, Copy, Default)]
pub(super) struct Marks<'a> {
    /// The words to search for; empty matches nothing.
    pub(super) words: &'a str,
    /// Whether it is the current match.
    pub(super) current: bool,
    /// Whether it is in the page's address.
    pub(super) linked: bool,
}

impl TimeReference {
    /// `09:00:00.123`, with the date if it differs from the start's.
    pub(super) fn clock(&self, at: Stamp) -> String {
        let (text, start) = (self.zone.local(at), self.zone.local(self.start));
        let from = if text.get(..10) == start.get(..10) {
            11
        } else {
            5
        };
        let millis = at.0.timestamp_subsec_millis();
        format!("{}.{millis:03}", text.get(from..).unwrap_or(&text))
    }

    /// `+1.234`, `+2:03.456`, `+1:02:03.456`.
    fn since(&self, at: Stamp) -> String {
        let millis = at.millis_since(self.start).max(0);
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let (hours, minutes, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match seconds {
            0..60 => format!("+{second}.{millis:03}"),
            60..3600 => format!("+{minutes}:{second:02}.{millis:03}"),
            _ => format!("+{hours}:{minutes:02}:{second:02}.{millis:03}"),
        }
    }
}

/// A line, and whether it contains the words. The address of its number is `#L5`.
pub(super) fn line(line: &Line, face: &TimeReference, marks: Marks<'_>) -> (AnyView, bool) {
    let number = line.number.to_string();
    let (body, hit) = match &line.body {
        Body::Text(row) => text(row, face.lang, marks.words),
        Body::Gap(bytes) => (note(runlog::gap(face.lang, *bytes)), false),
    };
    let mut class = String::from("line");
    for (on, name) in [
        (line.stream == Stream::Err, " err"),
        (line.row().is_none(), " gap"),
        (hit, " hit"),
        (hit && marks.current, " current"),
        (marks.linked, " linked"),
    ] {
        if on {
            class.push_str(name);
        }
    }
    // The style sheet's mark of stderr, for screen readers.
    let label = match line.stream {
        Stream::Err => format!("{number} stderr"),
        Stream::Out => number.clone(),
    };
    let (id, href) = (format!("L{number}"), format!("#L{number}"));
    let view = view! {
        <span class=class id=id>
            // `external`: the browser itself navigates. Thousands of tab stops would be in everyone's way.
            <a
                href=href rel="external" tabindex="-1" aria-label=label data-n=number
                data-at=line.at.map(|at| face.clock(at)) data-since=line.at.map(|at| face.since(at))
            ></a>
            {body}
        </span>
    };
    (view.into_any(), hit)
}

fn text(row: &Row, lang: Lang, words: &str) -> (AnyView, bool) {
    let found = matches(row, words);
    let mut parts: Vec<AnyView> = pieces(row, &found)
        .into_iter()
        .map(|(style, text, hit)| {
            let text = text.to_owned();
            match (hit, style.is_plain()) {
                (false, true) => text.into_any(),
                (false, false) => view! { <span class=style.classes()>{text}</span> }.into_any(),
                (true, _) => view! { <mark class=style.classes()>{text}</mark> }.into_any(),
            }
        })
        .collect();
    if row.cut > 0 {
        parts.push(note(runlog::cut(lang, row.cut)));
    }
    if row.redrawn > 0 {
        parts.push(note(runlog::redrawn(lang, row.redrawn)));
    }
    (parts.into_any(), !found.is_empty())
}

/// Our own words within the command's output.
fn note(text: String) -> AnyView {
    view! { <i class="note">{text}</i> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::run::log::{Lines, LogItem};

    /// The server's markup for a text, one second after the start.
    fn drawn(stream: Stream, text: &str, words: &str) -> String {
        let start = Stamp(chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("test time"));
        let face = TimeReference {
            zone: ZoneRules::utc(),
            start,
            lang: Lang::En,
        };
        let mut lines = Lines::default();
        lines.feed(&[LogItem::Text {
            from: 0,
            to: text.len() as u64,
            at: Stamp(start.0 + chrono::TimeDelta::milliseconds(86_401_005)),
            stream,
            text: text.to_owned(),
        }]);
        let marks = Marks {
            words,
            ..Marks::default()
        };
        let views = lines.iter().map(|one| line(one, &face, marks).0.to_html());
        // Removes the browser's marks between texts and at the end of views.
        views.collect::<String>().replace("<!>", "")
    }

    #[test]
    fn output_is_text_whatever_it_holds() {
        let attack = "<img src=x onerror=alert(1)>\u{1b}]8;;javascript:alert(2)\u{7}<b>link\u{1b}[31m</span>&lt;\u{202e}\"'\n<script>";
        for words in ["", "img", "<", "span"] {
            let html = drawn(Stream::Err, attack, words);
            for (at, _) in html.match_indices('<') {
                let rest = html[at..].trim_start_matches(['<', '/']);
                let ours = ["span", "a", "mark", "i"].iter().any(|tag| {
                    rest.strip_prefix(tag)
                        .is_some_and(|rest| rest.starts_with([' ', '>']))
                });
                assert!(ours, "{html}");
            }
            assert!(!html.contains("javascript"), "{html}");
            assert!(html.contains("‹U+202E›"), "{html}");
        }
    }

    #[test]
    fn a_line_has_its_number_its_times_and_its_marks() {
        let html = drawn(Stream::Err, "\u{1b}[1;31mError\u{1b}[0m: no\rerror", "ERR");
        assert_eq!(
            html,
            concat!(
                r##"<span id="L1" class="line err hit"><a href="#L1" rel="external" tabindex="-1" "##,
                r#"aria-label="1 stderr" data-n="1" data-at="11-15 22:13:21.005" data-since="+24:00:01.005"></a>"#,
                r#"<mark class="">err</mark>or: no<i class="note">redrawn once</i></span>"#,
            )
        );
    }
}
