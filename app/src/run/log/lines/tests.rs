use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Stamp {
    Stamp(DateTime::from_timestamp(1_700_000_000 + second, 0).expect("test time"))
}

/// Pieces one after another: `(stream, text)`; `Err` with an empty text is a gap of 100 bytes.
fn log(pieces: &[(Stream, &str)]) -> Vec<LogItem> {
    let mut from = 0;
    let items = pieces.iter().zip(0..).map(|((stream, text), second)| {
        let to = from
            + if text.is_empty() {
                100
            } else {
                text.len() as u64
            };
        let item = if text.is_empty() {
            LogItem::Gap { from, to }
        } else {
            LogItem::Text {
                from,
                to,
                at: at(second),
                stream: *stream,
                text: (*text).to_owned(),
            }
        };
        from = to;
        item
    });
    items.collect()
}

fn text(line: &Line) -> String {
    match &line.body {
        Body::Text(row) => row.spans.iter().map(|span| span.text.as_str()).collect(),
        Body::Gap(bytes) => format!("gap {bytes}"),
    }
}

fn shown(lines: &Lines) -> Vec<(u64, Stream, String)> {
    lines
        .iter()
        .map(|line| (line.number, line.stream, text(line)))
        .collect()
}

use Stream::{Err, Out};

#[test]
fn streams_have_their_own_lines_under_way() {
    let mut lines = Lines::default();
    let items = log(&[
        (Out, "one\ntw"),
        (Err, "warn"),
        (Out, "o\r\n"),
        (Err, "ing\n\n"),
        (Out, "\u{1b}[31m"),
        (Out, "end"),
    ]);
    lines.feed(&items[..2]);
    let texts = |lines: &Lines| {
        shown(lines)
            .into_iter()
            .map(|line| line.2)
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(&lines), ["one", "tw", "warn"]);
    assert_eq!(lines.open(), [Some(2), Some(3)]);
    lines.feed(&items[2..]);
    let line = |number, stream, text: &str| (number, stream, text.to_owned());
    assert_eq!(
        shown(&lines),
        [
            line(1, Out, "one"),
            line(2, Out, "two"),
            line(3, Err, "warning"),
            line(4, Err, ""),
            line(5, Out, "end"),
        ]
    );
    // A colour alone is not a line; its time and position are those of the first character.
    let end = lines.get(5).expect("the fifth line");
    assert_eq!((end.at, end.offset), (Some(at(5)), 23));
    assert_eq!(lines.get(3).expect("the third line").offset, 6);
    assert_eq!(lines.open(), [Some(5), None]);
    assert_eq!((lines.last(), lines.gone()), (5, 0));
    assert!(lines.get(0).is_none() && lines.get(6).is_none());
}

#[test]
fn gaps_are_lines_and_end_what_was_under_way() {
    let mut lines = Lines::default();
    lines.feed(&log(&[(Out, "\u{1b}[31mhead"), (Err, ""), (Out, "tail")]));
    assert_eq!(
        shown(&lines)
            .into_iter()
            .map(|line| line.2)
            .collect::<Vec<_>>(),
        ["head", "gap 100", "tail"]
    );
    let tail = lines.get(3).and_then(Line::row).expect("the tail");
    assert!(tail.spans[0].style.is_plain(), "a colour of before the gap");
    assert_eq!(lines.open(), [Some(3), None]);
}

#[test]
fn old_lines_make_room_and_numbers_go_on() {
    let mut lines = Lines::default();
    lines.feed(&log(&[
        (Err, "prompt: "),
        (Out, &"y\n".repeat(MAX_LINES + 4)),
    ]));
    assert_eq!(lines.gone(), 5);
    assert_eq!(lines.last(), MAX_LINES as u64 + 5);
    assert_eq!(lines.iter().count(), MAX_LINES);
    assert_eq!(lines.open(), [None, None], "a line that is gone stays open");
    lines.feed(&log(&[(Err, "answer")]));
    assert_eq!(
        text(lines.get(lines.last()).expect("the last line")),
        "answer"
    );
    assert!(lines.get(6).is_none() && lines.get(7).is_some());
}

#[test]
fn much_text_makes_room_too() {
    let mut lines = Lines::default();
    let long = "x".repeat(9_999) + "\n";
    for _ in 0..2_000 {
        lines.feed(&log(&[(Out, &long)]));
        let bytes: usize = lines.iter().map(Line::weight).sum();
        assert!(
            bytes <= MAX_BYTES && bytes == lines.weight,
            "{bytes} bytes are kept"
        );
    }
    assert_eq!(lines.last(), 2_000);
    assert!(lines.gone() > 1_000);
    // No unfinished line is ever larger than the longest line.
    lines.feed(&log(&[
        (Out, &"\r中".repeat(100_000)),
        (Err, &"中".repeat(100_000)),
    ]));
    let row = lines
        .get(2_002)
        .and_then(Line::row)
        .expect("the endless line");
    assert_eq!((row.bytes(), row.cut), (30_000, 90_000));
}

proptest! {
    #[test]
    fn pieces_and_meals_do_not_matter(
        parts in prop::collection::vec((any::<bool>(), "([a-c\n\r中]|\u{1b}\\[[0-9]{0,2}[mK]?){1,12}"), 0..12),
        cut in 1_usize..5,
        meal in 1_usize..5,
    ) {
        let whole: Vec<(Stream, &str)> = parts
            .iter()
            .map(|(err, text)| (if *err { Err } else { Out }, text.as_str()))
            .collect();
        let mut small = Vec::new();
        for (stream, text) in &whole {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut from = 0;
            while from + 1 < ends.len() {
                let to = (from + cut).min(ends.len() - 1);
                small.push((*stream, &text[ends[from]..ends[to]]));
                from = to;
            }
        }
        let (mut at_once, mut slowly) = (Lines::default(), Lines::default());
        at_once.feed(&log(&whole));
        for meal in log(&small).chunks(meal) {
            slowly.feed(meal);
        }
        let places = |lines: &Lines| lines.iter().map(|line| (line.offset, line.body.clone())).collect::<Vec<_>>();
        prop_assert_eq!(places(&slowly), places(&at_once));
        prop_assert_eq!(slowly.open(), at_once.open());
        prop_assert_eq!(slowly.weight, at_once.weight);
    }
}
