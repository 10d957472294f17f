//! Properties of the comparison with random outputs.

use app::run::log::Stream;
use proptest::prelude::*;

use super::super::compare::Comparison;
use super::super::line::{mean_the_same, meaning};
use super::{compared, out, part};
use crate::output::Part;

/// Words that are neither units nor names of days or months, nor hexadecimal.
const WORDS: [&str; 12] = [
    "error",
    "connected",
    "refused",
    "orders",
    "warehouse",
    "Timeout",
    "INFO",
    "retry",
    "数据库",
    "权限",
    "naïve",
    "λόγος",
];

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

/// Parts of a line that are hard to read by themselves.
const TOKENS: [&str; 22] = [
    "granted ",
    "denied ",
    "took ",
    "of ",
    "ms ",
    "seconds ",
    "deadbeef ",
    "Nov ",
    "12",
    "7 ",
    " ",
    "\t",
    "\r",
    "\x1b[31m",
    "\x1b]0;",
    "\x07",
    "/tmp/",
    "2026-11-22T",
    "a1b2c3",
    "中文 ",
    "-",
    "word",
];

fn tokens() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..6).prop_map(|some| some.concat())
}

/// Something that differs from run to run, twice.
fn volatile() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        twice(any::<i32>().prop_map(|number| number.to_string())),
        twice((0_u32..1_000_000, 0_u32..1_000).prop_map(|(a, b)| format!("{a}.{b}"))),
        twice(
            (1970_i32..2100, 1_u32..13, 1_u32..29, 0_u32..24, 0_u32..60).prop_map(
                |(year, month, day, hour, minute)| {
                    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:59.123Z")
                }
            )
        ),
        twice((0_u32..24, 0_u32..60).prop_map(|(hour, minute)| format!("{hour}:{minute:02}:00"))),
        twice(
            (
                1_u32..9_999,
                prop::sample::select(&["ms", " s", " seconds", "m", "h", " min"][..])
            )
                .prop_map(|(count, unit)| format!("{count}{unit}"))
        ),
        twice("[0-9a-f]{3}[0-9][0-9a-f]{4,36}"),
        twice("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        twice("/tmp/[A-Za-z0-9._-]{1,20}/list"),
    ]
}

fn twice(one: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = (String, String)> {
    (one.clone(), one)
}

#[derive(Clone, Debug)]
enum Piece {
    Word(String),
    Volatile(String, String),
}

fn line() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        2 => word().prop_map(Piece::Word),
        1 => volatile().prop_map(|(this, other)| Piece::Volatile(this, other)),
    ];
    prop::collection::vec(piece, 0..12)
}

/// The two texts of lines: pieces stand apart by blanks.
fn texts(lines: &[Vec<Piece>]) -> (String, String) {
    let text = |second: bool| -> String {
        lines
            .iter()
            .map(|line| {
                let pieces = line.iter().map(|piece| match piece {
                    Piece::Word(word) => word.as_str(),
                    Piece::Volatile(_, other) if second => other,
                    Piece::Volatile(this, _) => this,
                });
                pieces.collect::<Vec<_>>().join(" ") + "\n"
            })
            .collect()
    };
    (text(false), text(true))
}

/// A text in parts, as a pipe gives it.
fn in_parts(text: &[u8], sizes: &[usize]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    for size in sizes.iter().cycle() {
        if rest.is_empty() || sizes.is_empty() {
            break;
        }
        let (part, behind) = rest.split_at((*size).clamp(1, rest.len()));
        parts.extend(out(part));
        rest = behind;
    }
    parts.extend(out(rest));
    parts
}

proptest! {
    #[test]
    fn numbers_times_and_ids_alone_never_differ(
        lines in prop::collection::vec(line(), 0..30),
        sizes in prop::collection::vec(1_usize..200, 0..5),
    ) {
        let (this, other) = texts(&lines);
        let found = compared(&out(&this), &in_parts(other.as_bytes(), &sizes));
        let expected = if lines.is_empty() { Comparison::Silent } else { Comparison::Same };
        prop_assert_eq!(found, expected, "{:?} and {:?}", this, other);
    }

    #[test]
    fn a_word_that_differs_is_always_found(
        mut lines in prop::collection::vec(line(), 1..30),
        at in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        sizes in prop::collection::vec(1_usize..200, 0..5),
    ) {
        let at = at.index(lines.len());
        let place = place.index(lines[at].len() + 1);
        lines[at].insert(place, Piece::Volatile("granted".to_owned(), "denied".to_owned()));
        let (this, other) = texts(&lines);
        match compared(&in_parts(this.as_bytes(), &sizes), &out(&other)) {
            Comparison::Differs { this, other } => {
                let number = at as u64 + 1;
                prop_assert_eq!((this.at, other.at), (number, number));
                prop_assert!(this.lines[0].1.contains("granted"), "{:?}", this);
                prop_assert!(other.lines[0].1.contains("denied"), "{:?}", other);
            }
            same => prop_assert!(false, "{:?}", same),
        }
    }

    /// What is found piece by piece is what the whole lines mean.
    #[test]
    fn pieces_of_lines_mean_what_the_lines_mean(
        before in tokens(), a in tokens(), b in tokens(), behind in tokens(),
    ) {
        let line = |middle: &str| format!("{before}{middle}{behind}").into_bytes();
        let (a, b) = (line(&a), line(&b));
        let mut rooms = [Vec::new(), Vec::new()];
        let found = mean_the_same(&a, &b, &mut rooms);
        let means = |line: &[u8]| {
            let mut room = Vec::new();
            meaning(line, &mut room);
            room
        };
        prop_assert_eq!(found, means(&a) == means(&b), "{:?} and {:?}", a, b);
    }

    /// One long line is read in parts, and means the same as in one.
    #[test]
    fn a_long_line_means_the_same(
        line in prop::collection::vec(line(), 1..4),
        times in 50_usize..150,
        differs in any::<bool>(),
    ) {
        let pieces: Vec<Piece> = std::iter::repeat_n(line.concat(), times).flatten().collect();
        let (this, mut other) = texts(&[pieces]);
        let this = this.repeat(8).replace('\n', " ");
        other = other.repeat(8).replace('\n', " ");
        if differs {
            other.push_str("denied");
        }
        let found = compared(&out(&this), &out(&other));
        prop_assert_eq!(matches!(found, Comparison::Differs { .. }), differs, "{:?}", found);
    }

    /// Any bytes: what is shown is bounded, and an output is the same as itself.
    #[test]
    fn any_bytes_are_compared(
        this in prop::collection::vec(any::<u8>(), 0..600),
        other in prop::collection::vec(any::<u8>(), 0..600),
        sizes in prop::collection::vec(1_usize..50, 1..5),
    ) {
        let same = compared(&out(&this), &in_parts(&this, &sizes));
        prop_assert!(matches!(same, Comparison::Same | Comparison::Silent), "{:?}", same);
        let mixed = [in_parts(&this, &sizes), vec![part(Stream::Err, &other)]].concat();
        if let Comparison::Differs { this, other } = compared(&mixed, &out(&other)) {
            for side in [this, other] {
                prop_assert!(side.lines.len() <= 3);
                prop_assert!(side.lines.iter().all(|(_, text)| text.chars().count() <= 200));
            }
        }
    }
}
