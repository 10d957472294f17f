use proptest::prelude::*;

use super::*;

/// The classes that a style sheet has to know.
fn is_known(class: &str) -> bool {
    match class.split_at_checked(1) {
        Some(("f" | "g", number)) => {
            number.parse::<u8>().is_ok_and(|n| n < 16) && !number.starts_with('+')
        }
        _ => matches!(class, "v" | "b" | "d" | "i" | "u" | "s"),
    }
}

/// All lines of a text that arrives in pieces; the last one is unfinished.
fn rows(pieces: &[&str]) -> Vec<Row> {
    let mut screen = Screen::default();
    let mut rows = Vec::new();
    for c in pieces.iter().flat_map(|piece| piece.chars()) {
        if screen.write(c) == ScreenStep::End {
            rows.push(screen.take());
        }
    }
    rows.push(screen.row());
    rows
}

/// Spans as `[classes|text]`, plain ones as they are; lines with `⏎` between them.
fn drawn(text: &str) -> String {
    let lines = rows(&[text]).into_iter().map(|row| {
        let spans = row
            .spans
            .into_iter()
            .map(|span| match span.style.classes() {
                classes if classes.is_empty() => span.text,
                classes => format!("[{classes}|{}]", span.text),
            });
        spans.collect::<String>()
    });
    lines.collect::<Vec<_>>().join("⏎")
}

#[test]
fn colours_and_styles_become_classes() {
    let table = [
        ("plain 中文\tx", "plain 中文\tx"),
        ("\u{1b}[31mred\u{1b}[0m plain", "[f1|red] plain"),
        ("\u{1b}[1;4;32mall\u{1b}[m", "[f2 b u|all]"),
        ("\u{1b}[91mbright\u{1b}[39m off", "[f9|bright] off"),
        ("\u{1b}[2;3;9mdim", "[d i s|dim]"),
        (
            "\u{1b}[1;2mx\u{1b}[22my\u{1b}[3mz\u{1b}[23m",
            "[b d|x]y[i|z]",
        ),
        // A background brings its own text colour: black on black is readable.
        ("\u{1b}[30;40mhidden", "[g0|hidden]"),
        ("\u{1b}[37;101mbadge", "[g9|badge]"),
        ("\u{1b}[7minverse\u{1b}[27m off", "[v|inverse] off"),
        ("\u{1b}[7;31minverse", "[g1|inverse]"),
        ("\u{1b}[7;41minverse", "[v|inverse]"),
        ("\u{1b}[8mconcealed", "concealed"),
        // 256 colours and true colours, with semicolons and with colons.
        ("\u{1b}[38;5;9mx", "[f9|x]"),
        ("\u{1b}[38;5;196mx", "[f9|x]"),
        ("\u{1b}[38:5:28mx", "[f2|x]"),
        ("\u{1b}[48;5;240mx", "[g8|x]"),
        ("\u{1b}[38;2;0;0;250mx", "[f12|x]"),
        ("\u{1b}[38:2::0:160:160mx", "[f6|x]"),
        ("\u{1b}[38:2:160:0:160mx", "[f5|x]"),
        ("\u{1b}[38;5;231;1mx", "[f15 b|x]"),
        ("\u{1b}[38;2;1;2;3;4mx", "[f0 u|x]"),
        ("\u{1b}[38;5;999mx", "x"),
        ("\u{1b}[38;5mx\u{1b}[38mx\u{1b}[48;2;7mx", "xxx"),
        ("\u{1b}[58;5;7mx\u{1b}[58:2::7:7:7mx", "xx"),
        ("\u{1b}[4:3mcurly\u{1b}[4:0m off", "[u|curly] off"),
        ("\u{1b}[99999999999;31mx", "[f1|x]"),
        ("\u{1b}[;31mx\u{1b}[31;mx", "[f1|x]x"),
        // Styles continue across line ends.
        ("\u{1b}[31ma\nb", "[f1|a]⏎[f1|b]"),
    ];
    for (text, wanted) in table {
        assert_eq!(drawn(text), wanted, "{text:?}");
    }
}

#[test]
fn everything_else_is_left_out_without_a_trace() {
    let table = [
        ("\u{1b}[2J\u{1b}[1;1Hx\u{1b}[10A", "x"),
        ("\u{1b}[?25lx\u{1b}[?1049h", "x"),
        ("\u{1b}[>4;1mx\u{1b}[?4mx\u{1b}[4 mx", "xxx"),
        ("\u{1b}]0;title\u{7}x", "x"),
        ("\u{1b}]0;title\u{1b}\\x", "x"),
        ("\u{1b}]0;title\u{9c}x", "x"),
        (
            "\u{1b}]8;;javascript:alert(1)\u{1b}\\link\u{1b}]8;;\u{1b}\\!",
            "link!",
        ),
        ("\u{1b}Pq#0;2;0;0;0~-\u{1b}\\x", "x"),
        ("\u{1b}_app\u{1b}\\\u{1b}^pm\u{7}\u{1b}Xsos\u{1b}\\x", "x"),
        ("\u{1b}(B\u{1b}#8\u{1b} Fx\u{1b}7\u{1b}8\u{1b}=\u{1b}c", "x"),
        ("\u{1b}[31", ""),
        ("\u{1b}", ""),
        // Unfinished ones do not swallow the rest.
        ("\u{1b}]0;never closed\nnext", "⏎next"),
        ("\u{1b}[31\nnext", "⏎next"),
        ("\u{1b}[31\u{18}m", "m"),
        ("\u{1b}[3中", "中"),
        ("\u{1b}\u{1b}[31mx", "[f1|x]"),
    ];
    for (text, wanted) in table {
        assert_eq!(drawn(text), wanted, "{text:?}");
    }
}

#[test]
fn what_cannot_be_seen_is_shown() {
    let table = [
        ("a\0b\u{7}\u{7f}\u{b}", "a␀b␇␡␋"),
        // A backspace moves back, as programs do that count up or print bold on paper.
        ("10%\u{8}\u{8}\u{8}20%", "20%"),
        ("ab\u{8}", "ab"),
        ("\u{8}\u{8}a", "a"),
        ("N\u{8}NA\u{8}A", "NA"),
        ("|\u{8}/\u{8}-\u{8}done", "done"),
        ("一二\u{8}三", "一三"),
        ("\u{202e}gnp.exe\u{202c}", "‹U+202E›gnp.exe‹U+202C›"),
        ("\u{2066}\u{2069}\u{200b}", "‹U+2066›‹U+2069›‹U+200B›"),
        ("\u{feff}\u{ad}\u{e0041}", "‹U+FEFF›‹U+00AD›‹U+E0041›"),
        ("\u{85}\u{9b}31m\u{2028}", "‹U+0085›‹U+009B›31m‹U+2028›"),
        (
            "<img src=x onerror=alert(1)> & é ✔️ 🎉",
            "<img src=x onerror=alert(1)> & é ✔️ 🎉",
        ),
    ];
    for (text, wanted) in table {
        assert_eq!(drawn(text), wanted, "{text:?}");
    }
}

#[test]
fn carriage_returns_write_over_the_line() {
    let table = [
        ("a\r\nb\r\n", "a⏎b⏎", 0),
        ("a\r\r\nb", "a⏎b", 0),
        (" 10%\r 50%\r100%\n", "100%⏎", 2),
        ("a long text\rshort", "shortg text", 1),
        ("a long text\r\u{1b}[Kshort", "short", 1),
        ("a long text\u{1b}[2K\rshort", "short", 1),
        ("abc\u{1b}[2Kd", "   d", 0),
        ("abcdef\rxy\u{1b}[1K", "   def", 1),
        ("\r\rx", "x", 0),
    ];
    for (text, wanted, redrawn) in table {
        assert_eq!(drawn(text), wanted, "{text:?}");
        assert_eq!(rows(&[text])[0].redrawn, redrawn, "{text:?}");
    }
}

#[test]
fn long_lines_are_counted_to_their_end() {
    let mut screen = Screen::default();
    for _ in 0..MAX_CELLS + 5 {
        screen.write('中');
    }
    let row = screen.row();
    assert_eq!(row.cut, 5);
    assert_eq!(row.bytes(), MAX_CELLS * 3);
    // Continuing from the start does not make it longer, erasing makes it shorter.
    for c in "\rab\u{1b}[K".chars() {
        screen.write(c);
    }
    assert_eq!((screen.row().bytes(), screen.row().cut), (2, 0));
    // A cursor far out leaves no more behind than the longest line.
    for c in "x"
        .repeat(MAX_CELLS * 2)
        .chars()
        .chain("\u{1b}[2Ky".chars())
    {
        screen.write(c);
    }
    let row = screen.take();
    assert_eq!(row.bytes() as u64 + row.cut, MAX_CELLS as u64 * 2 + 3);
    assert_eq!(screen.take(), Row::default());
}

/// Texts with far more escapes, returns and odd characters than chance would give.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => any::<char>().prop_map(String::from),
        3 => "[ -~]{0,6}",
        1 => "[\u{0}-\u{20}\u{7f}-\u{a0}]",
        1 => "[\u{2000}-\u{2070}]",
        2 => "\u{1b}\\[[0-9;:?]{0,12}[@-~]?",
        1 => "\u{1b}[\\]PX^_(#][ -~]{0,8}(\u{7}|\u{1b}\\\\)?",
        1 => Just("\r".to_owned()),
        1 => Just("\n".to_owned()),
    ];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_give_harmless_spans(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn hostile_texts_give_harmless_spans(text in hostile()) {
        check(&text)?;
    }

    #[test]
    fn where_it_is_cut_does_not_matter(text in hostile(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| ends[cut.index(ends.len())]).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
        prop_assert_eq!(rows(&pieces), rows(&[&text]));
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let mut characters = 0;
    for row in rows(&[text]) {
        for span in &row.spans {
            prop_assert!(!span.text.is_empty());
            prop_assert!(
                span.text.chars().all(|c| c == '\t' || !c.is_control()),
                "{:?}",
                span.text
            );
            let hidden = span
                .text
                .contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}']);
            prop_assert!(!hidden);
            let classes = span.style.classes();
            prop_assert!(
                classes
                    .split(' ')
                    .all(|class| class.is_empty() || is_known(class))
            );
            prop_assert_eq!(classes.is_empty(), span.style.is_plain());
            characters += span.text.chars().count();
        }
    }
    // The longest sign has ten characters.
    prop_assert!(characters <= 10 * text.chars().count());
    Ok(())
}
