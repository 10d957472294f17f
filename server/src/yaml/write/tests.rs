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
    let read = read(&text, &mut Budget::of(2)).unwrap_or_else(|fault| panic!("{fault:?}: {text}"));
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
