//! Writes YAML that people edit: one field a line, texts of several lines as blocks.

use std::fmt::Write as _;

use super::Tree;

/// Blanks by which a level is indented.
const INDENT: usize = 2;
/// Words that readers of YAML 1.1 or 1.2 take for something else than a text.
const WORDS: [&str; 12] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "nil",
];

/// An object as a document, without a line that begins it.
#[must_use]
pub fn write(tree: &Tree) -> String {
    let mut out = String::new();
    match tree {
        Tree::Object(fields) if !fields.is_empty() => object(&mut out, fields, 0),
        other => {
            inline(&mut out, other);
            out.push('\n');
        }
    }
    out
}

fn object(out: &mut String, fields: &[(String, Tree)], depth: usize) {
    for (at, (name, value)) in fields.iter().enumerate() {
        // The first field of an entry of a list follows its dash.
        if at > 0 || !out.ends_with("- ") {
            indent(out, depth);
        }
        text(out, name, None);
        out.push(':');
        field(out, value, depth);
    }
}

fn field(out: &mut String, value: &Tree, depth: usize) {
    match value {
        Tree::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            object(out, fields, depth + 1);
        }
        Tree::List(all) if !all.is_empty() => {
            out.push('\n');
            list(out, all, depth + 1);
        }
        Tree::Text(value) => {
            out.push(' ');
            text(out, value, Some(depth + 1));
            out.push('\n');
        }
        other => {
            out.push(' ');
            inline(out, other);
            out.push('\n');
        }
    }
}

fn list(out: &mut String, all: &[Tree], depth: usize) {
    for one in all {
        indent(out, depth);
        out.push_str("- ");
        match one {
            Tree::Object(fields) if !fields.is_empty() => object(out, fields, depth + 1),
            Tree::Text(value) => {
                text(out, value, Some(depth + 1));
                out.push('\n');
            }
            // A list in a list, and what is empty.
            other => {
                inline(out, other);
                out.push('\n');
            }
        }
    }
}

/// A value on one line, as JSON has it.
fn inline(out: &mut String, value: &Tree) {
    match value {
        Tree::Null => out.push_str("null"),
        Tree::Bool(value) => put(out, value),
        Tree::Unsigned(value) => put(out, value),
        Tree::Signed(value) => put(out, value),
        Tree::Float(value) => put(out, value),
        Tree::Text(value) | Tree::Plain(value) => text(out, value, None),
        Tree::List(all) => {
            out.push('[');
            for (at, one) in all.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                inline(out, one);
            }
            out.push(']');
        }
        Tree::Object(fields) => {
            out.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                text(out, name, None);
                out.push_str(": ");
                inline(out, value);
            }
            out.push('}');
        }
    }
}

fn put(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a string does not fail.
    write!(out, "{value}").ok();
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n(' ', depth * INDENT));
}

/// A text: as it is, in quotes, or as a block that is indented to `block`.
fn text(out: &mut String, text: &str, block: Option<usize>) {
    if let Some(depth) = block.filter(|_| is_block(text)) {
        lines(out, text, depth);
    } else if is_plain(text) {
        out.push_str(text);
    } else if !text.contains('\'') && text.chars().all(is_shown) {
        put(out, &format_args!("'{text}'"));
    } else {
        quoted(out, text);
    }
}

/// A block: `|`, with `-` where the last line has no end, and `+` where more than one is empty.
fn lines(out: &mut String, text: &str, depth: usize) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        // Otherwise the first line decides how far it is indented.
        put(out, &INDENT);
    }
    let bare = text.trim_end_matches('\n');
    match text.len() - bare.len() {
        0 => out.push('-'),
        1 => {}
        _ => out.push('+'),
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            indent(out, depth);
            out.push_str(line);
        }
    }
}

/// Whether a text has several lines and nothing that a block cannot show.
fn is_block(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
        && text.chars().all(|c| is_shown(c) || matches!(c, '\n' | '\t'))
        // A line of blanks alone, which editors remove.
        && !text.split('\n').any(|line| line.ends_with([' ', '\t']))
}

/// Whether a character is shown as itself.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// Whether a text needs no quotes, for any reader of YAML.
fn is_plain(text: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || " _-./+=,()@:".contains(c);
    let fits = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_'))
        && text.chars().all(|c| inside(c) && is_shown(c))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    // `5m`, `30s`.
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_length = digits.len() < text.len() && matches!(digits, "s" | "m" | "h" | "d");
    fits || is_length
}

/// In double quotes, with escapes.
fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_shown(c) => out.push(c),
            c if u32::from(c) <= 0xff => put(out, &format_args!("\\x{:02x}", u32::from(c))),
            c => put(out, &format_args!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Budget, Document, read};
    use super::*;

    fn value(text: &str) -> Tree {
        Tree::Text(text.to_owned())
    }

    fn document(fields: Vec<(&str, Tree)>) -> Tree {
        let fields = fields.into_iter();
        Tree::Object(
            fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// What is read, with values without quotes as the types of tasks read them.
    fn typed(tree: Tree, written: &Tree) -> Tree {
        match (tree, written) {
            (Tree::Plain(text), Tree::Text(_)) => Tree::Text(text),
            (Tree::Plain(text), _) => Tree::resolved(text),
            (Tree::List(all), Tree::List(written)) => {
                let all = all.into_iter().zip(written);
                Tree::List(all.map(|(one, written)| typed(one, written)).collect())
            }
            (Tree::Object(fields), Tree::Object(written)) => {
                let fields = fields.into_iter().zip(written);
                let one = |((name, value), (_, written)): ((String, Tree), &(String, Tree))| {
                    (name, typed(value, written))
                };
                Tree::Object(fields.map(one).collect())
            }
            (other, _) => other,
        }
    }

    #[track_caller]
    fn comes_back(tree: &Tree) {
        let text = write(tree);
        let read =
            read(&text, &mut Budget::of(2)).unwrap_or_else(|fault| panic!("{fault:?}: {text}"));
        let [Document { tree: again, .. }] = read.as_slice() else {
            panic!("one document: {text}");
        };
        assert_eq!(&typed(again.clone(), tree), tree, "{text}");
    }

    #[test]
    fn people_can_read_it() {
        let tree = document(vec![
            ("name", value("每日备份")),
            ("owners", Tree::List(vec![value("alice"), value("@all")])),
            ("cron", value("0 2 * * *")),
            (
                "command",
                value("set -e\n\techo \"a: b\" # c\n\ntar czf /b.tgz /srv\n"),
            ),
            ("timeout", value("5m")),
            ("nickname", value("no")),
            ("runbook", value("it's \\ here")),
            (
                "schedules",
                Tree::List(vec![document(vec![
                    ("spec", value("every 5m")),
                    ("jitter_stable", Tree::Bool(true)),
                ])]),
            ),
            (
                "execution",
                document(vec![("retry", document(vec![("attempts", value("3"))]))]),
            ),
        ]);
        let expected = "name: 每日备份\nowners:\n  - alice\n  - '@all'\ncron: '0 2 * * *'\ncommand: |\n  set -e\n  \techo \"a: b\" # c\n\n  \
                        tar czf /b.tgz /srv\ntimeout: 5m\nnickname: 'no'\nrunbook: \"it's \\\\ here\"\nschedules:\n  - spec: every 5m\n    \
                        jitter_stable: true\nexecution:\n  retry:\n    attempts: '3'\n";
        assert_eq!(write(&tree), expected);
        comes_back(&tree);
    }

    #[test]
    fn odd_texts_come_back() {
        for text in [
            "",
            " ",
            "\n",
            "\n\n",
            " a\nb",
            "\n a\nb\n",
            "a\nb",
            "a\nb\n",
            "a\nb\n\n\n",
            "a\n\n\nb",
            "a \nb",
            "\ta\nb",
            "a\n\tb",
            "---\na",
            "...\nb\n",
            "- a",
            "a: b",
            "a #b",
            "#a",
            "'",
            "''",
            "\"",
            "\\",
            "\\n",
            "~",
            "null",
            "true",
            "1e5",
            "0x1f",
            "09:00",
            "2026-12-01",
            "1_000",
            ".inf",
            "*",
            "&a",
            "!x",
            "%x",
            "@x",
            "`x`",
            "[a]",
            "{a}",
            "a, b",
            "?",
            ":",
            "a:",
            "\r\n",
            "a\r\nb",
            "\u{85}",
            "\u{2028}",
            "\u{feff}a",
            "\u{0}",
            "\u{7f}",
            "\u{9f}",
            "\u{a0}",
            "e\u{301}",
            "👩‍👩‍👧",
            "\u{e000}",
            "<<",
            "=",
            "y",
            "No",
            "5m",
            "5e",
            "-1",
            "|\n",
            ">\n\n",
            "a\n#b\n",
        ] {
            comes_back(&document(vec![
                ("a", value(text)),
                ("b", Tree::List(vec![value(text), value("z")])),
            ]));
            comes_back(&document(vec![(
                "o",
                document(vec![("i", value(text)), ("j", Tree::Bool(false))]),
            )]));
            if text != "<<" {
                comes_back(&document(vec![(text, value("x"))]));
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(
            one in "(?s).{0,40}",
            two in "[ a:#'\"\\\\\n\t|>*&!%@`{}\\[\\],?0-9e.~-]{0,24}",
        ) {
            let list = Tree::List(vec![value(&one), value(&two), document(vec![("x", value(&two)), ("y", value(&one))])]);
            comes_back(&document(vec![("a", value(&one)), ("b", list), ("c", value(&two)), ("d", document(vec![("e", value(&two))]))]));
        }
    }
}
