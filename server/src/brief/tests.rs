//! Tables and properties of the comparison: what differs from run to run never counts, a word
//! always does, and the work is linear whatever was written.

mod hostile;
mod random;

use app::run::log::Stream;

use super::compare::{Comparison, Side, compare};
use super::line::Line;
use super::usual::{Baseline, far_off};
use crate::output::Part;

/// A text as one stream wrote it.
fn out(text: impl AsRef<[u8]>) -> Vec<Part> {
    vec![part(Stream::Out, text)]
}

fn part(stream: Stream, text: impl AsRef<[u8]>) -> Part {
    Part::Text {
        stream,
        bytes: text.as_ref().to_vec(),
    }
}

fn compared(this: &[Part], other: &[Part]) -> Comparison {
    compare(|| this.iter().cloned(), || other.iter().cloned())
}

/// The lines of both sides, with their numbers.
type Shown = (Vec<(u64, String)>, Vec<(u64, String)>);

fn difference(this: &str, other: &str) -> Shown {
    match compared(&out(this), &out(other)) {
        Comparison::Differs { this, other } => (this.lines, other.lines),
        same => panic!("{same:?}: {this:?} and {other:?}"),
    }
}

fn numbered(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
    lines
        .iter()
        .map(|(number, text)| (*number, (*text).to_owned()))
        .collect()
}

fn is_like(this: &str, other: &str) -> bool {
    let line = |text: &str| {
        let mut line = Line::default();
        line.push(text.as_bytes());
        line
    };
    let (this, other) = (line(this), line(other));
    let like = this.is_like(&other, &mut [Vec::new(), Vec::new()]);
    let mut room = Vec::new();
    assert_eq!(like, this.sum(&mut room) == other.sum(&mut room));
    like
}

#[test]
fn what_differs_from_run_to_run_is_no_difference() {
    for (this, other) in [
        ("row 7 of 10", "row 10,000 of 1_000_000"),
        ("balance -3.50", "balance 1e-9"),
        ("2026-11-22T09:00:00.123Z ok", "2026-11-23 10:01:02 ok"),
        ("2026-11-22T09:00:00+08:00 ok", "2026-11-22 ok"),
        (
            "Sun Nov 22 09:00:00 UTC 2026",
            "Mon Dec  7 09:00:00 UTC 2026",
        ),
        (
            "[22/Nov/2026:09:00:00 +0800] GET",
            "[01/Feb/2027:19:10:00 +0800] GET",
        ),
        ("Monday, 23 November 2026", "Tuesday, 1 December 2026"),
        ("at 9:05 AM", "at 11:15 pm"),
        (
            "2026年11月22日 星期日 上午 9 时 完成",
            "2026年1月3日 周六 下午 10 点 完成",
        ),
        ("took 950 ms", "took 1.2 s"),
        ("took 1m30s", "took 2 hours 3 minutes"),
        ("用时 3 分 2 秒", "用时 950 毫秒"),
        ("took 3µs", "took 5ms"),
        ("wrote 1.2 GiB", "wrote 900 kB"),
        ("the 1st try", "the 22nd try"),
        ("commit 3f9a1bc", "commit 9e377a0"),
        ("id deadbeef", "id 0123abcd"),
        ("at 0x7ffe12", "at 0x10"),
        (
            "job 550e8400-e29b-41d4-a716-446655440000 done",
            "job 01234567-face-babe-beef-deadbeefcafe done",
        ),
        ("pod web-7d9f8b6c5-x2k4q", "pod web-58c1f0a92-9q8zt"),
        (
            "open /tmp/tmp.AbCdEf/list.txt: no",
            "open /tmp/build-x/list.txt: no",
        ),
        ("\u{1b}[31merror\u{1b}[0m here", "error here"),
        ("\u{1b}]0;title\u{7}done", "done"),
        (" 10%\r 55%\r100% done", "100% done"),
        ("done  \r", "done"),
        ("a\t b", "a b"),
    ] {
        assert!(is_like(this, other), "{this:?} and {other:?}");
    }
}

#[test]
fn another_word_is_a_difference() {
    for (this, other) in [
        ("connected to db", "refused by db"),
        ("error42", "warning42"),
        ("3 errors", "3 warnings"),
        ("took 950 ms", "took long"),
        ("open /tmp/x/list.txt", "open /tmp/x/other.txt"),
        ("add", "bad"),
        ("We may fail", "We can fail"),
        ("数据库已连接", "数据库拒绝连接"),
        ("a b", "ab"),
        ("old\rnew", "old\rother"),
        ("plan", ""),
        ("row 7 is bad in orders", "row 1000 is fine in orders"),
        ("2026-11-22 job one 5 ms", "2026-11-22 job two 15 ms"),
    ] {
        assert!(!is_like(this, other), "{this:?} and {other:?}");
    }
}

#[test]
fn the_first_lines_that_differ_are_shown_up_to_where_both_go_together() {
    let same = "start 1\nread 5 rows\n";
    // Another line.
    assert_eq!(
        difference(
            &format!("{same}disk full\nend"),
            &format!("{same}wrote\nend")
        ),
        (numbered(&[(3, "disk full")]), numbered(&[(3, "wrote")]))
    );
    // Lines more, and lines missing.
    assert_eq!(
        difference("a\nretry in 3 s\nb\nc\n", "a\nb\nc\n"),
        (numbered(&[(2, "retry in 3 s")]), vec![])
    );
    assert_eq!(
        difference("a\nc\n", "a\nb\nc\n"),
        (vec![], numbered(&[(2, "b")]))
    );
    // It ended early.
    assert_eq!(
        difference("a\n", "a\nb\nc\nd\ne\n"),
        (vec![], numbered(&[(2, "b"), (3, "c"), (4, "d")]))
    );
    // The outputs never converge.
    let (this, other) = difference("a\nx\ny\nz\nw\n", "a\nk\nl\n");
    assert_eq!(this, numbered(&[(2, "x"), (3, "y"), (4, "z")]));
    assert_eq!(other, numbered(&[(2, "k"), (3, "l")]));
}

#[test]
fn streams_are_compared_each_with_its_own() {
    use Stream::{Err, Out};
    let this = [
        part(Out, "one\ntw"),
        part(Err, "warn\nbad\n"),
        part(Out, "o\n"),
    ];
    let other = [part(Err, "warn\n"), part(Out, "one\ntwo\n")];
    let Comparison::Differs { this, other } = compared(&this, &other) else {
        panic!("stderr differs");
    };
    // The line `two` stands where it began, as on the page.
    assert_eq!(this.lines, numbered(&[(4, "bad")]));
    assert_eq!(
        other,
        Side {
            at: 4,
            lines: vec![]
        }
    );
    // An error in place of a result is one difference.
    let this = [part(Out, "one\n"), part(Err, "locked\n")];
    let other = [part(Out, "one\nwritten\n")];
    let Comparison::Differs { this, other } = compared(&this, &other) else {
        panic!("both differ");
    };
    assert_eq!(this.lines, numbered(&[(2, "locked")]));
    assert_eq!(other.lines, numbered(&[(2, "written")]));
    // Of two differences the first one counts.
    let this = [part(Err, "bad\n"), part(Out, "x\n")];
    let other = [part(Out, "y\n"), part(Err, "good\n")];
    let Comparison::Differs { this, .. } = compared(&this, &other) else {
        panic!("both differ");
    };
    assert_eq!(this.lines, numbered(&[(1, "bad")]));
}

#[test]
fn what_is_not_kept_is_said() {
    let gap = || vec![Part::Gap];
    assert_eq!(compared(&[], &[]), Comparison::Silent);
    assert_eq!(compared(&out("a 1"), &out("a 2")), Comparison::Same);
    assert_eq!(
        compared(&gap(), &out("a")),
        Comparison::NotKept { this: true }
    );
    assert_eq!(
        compared(&out("a"), &[gap(), out("a")].concat()),
        Comparison::NotKept { this: false }
    );
    let cut = [out("a\nb\n"), gap(), out("c\n")].concat();
    assert_eq!(compared(&cut, &out("a\nb\nd\n")), Comparison::SameAsKept);
    assert!(matches!(
        compared(&cut, &out("a\nx\n")),
        Comparison::Differs { .. }
    ));
}

#[test]
fn lines_are_shown_as_the_page_shows_them_and_no_longer_than_200_characters() {
    let (this, _) = difference("\u{1b}[31mdisk\u{202e} full\u{1b}[0m", "ok");
    assert_eq!(this, numbered(&[(1, "disk‹U+202E› full")]));
    let before = "key=value ".repeat(40);
    let (this, other) = difference(
        &format!("{before} status=失败 {before}"),
        &format!("{before} status=成功 {before}"),
    );
    for (side, word) in [(this, "status=失败"), (other, "status=成功")] {
        let text = &side[0].1;
        assert!(text.chars().count() <= 200 && text.contains(word), "{text}");
        assert!(text.starts_with('…') && text.ends_with('…'), "{text}");
    }
    let (this, _) = difference(&"长".repeat(3_000), "短");
    assert_eq!(this[0].1.chars().count(), 200);
}

#[test]
fn far_off_is_three_times_as_much_or_less_than_a_third() {
    let usual = [900, 1_000, 1_100];
    let off = Some(Baseline {
        value: 1_000,
        of: 3,
    });
    for (value, expected) in [
        (3_000, None),
        (3_001, off),
        (334, None),
        (333, off),
        (1_000, None),
    ] {
        assert_eq!(far_off(value, &usual, 100), expected, "{value}");
    }
    // Too little to mean anything, and too few.
    assert_eq!(far_off(50, &[10, 10, 10], 100), None);
    assert_eq!(far_off(5_000, &[10, 10], 100), None);
    assert_eq!(far_off(5_000, &[], 100), None);
    assert_eq!(
        far_off(i64::MAX, &[i64::MAX - 1, 1, 2], 0).map(|usual| usual.value),
        Some(2)
    );
}
