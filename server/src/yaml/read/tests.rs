use super::*;

fn fault(text: &str) -> (What, usize, usize) {
    let fault = read(text, &mut Budget::of(3)).expect_err(text);
    (fault.what, fault.mark.line, fault.mark.column)
}

fn plain(text: &str) -> Tree {
    Tree::Plain(text.to_owned())
}

#[test]
fn documents_have_their_places() {
    let text = "# first\nname: a\nexecution:\n  retry: {attempts: 3}\nowners:\n- x\n- 'y'\n---\n# nothing\n---\r\nname: b\r\n";
    let all = read(text, &mut Budget::of(3)).expect("YAML");
    assert_eq!(all.len(), 2, "a document of comments is none");
    let first = &all[0];
    assert_eq!(first.tree.field("name"), Some(&plain("a")));
    let owners = Tree::List(vec![plain("x"), Tree::Text("y".to_owned())]);
    assert_eq!(first.tree.field("owners"), Some(&owners));
    let at = |field: &str| {
        let mark = first.places.of(field);
        (mark.line, mark.column)
    };
    assert_eq!(at("execution.retry.attempts"), (4, 11));
    assert_eq!(at("owners[1]"), (7, 3));
    assert_eq!(at("execution.limits.cpu"), (3, 1));
    assert_eq!(at("command"), (2, 1));
    assert_eq!(all[1].places.of("name").line, 11);
}

#[test]
fn aliases_are_copies_and_merge() {
    let text = "name: a\nexecution: &x {pool: p, retry: &r {attempts: 3}}\nmore:\n  <<: *x\n  pool: q\nlast: {<<: [*r, {delay: 1s}]}\n";
    let all = read(text, &mut Budget::of(1)).expect("YAML");
    let more = all[0].tree.field("more").expect("an object");
    assert_eq!(more.field("pool"), Some(&plain("q")));
    let attempts = more
        .field("retry")
        .and_then(|retry| retry.field("attempts"));
    assert_eq!(attempts, Some(&plain("3")));
    let last = all[0].tree.field("last").expect("an object");
    assert_eq!(last.field("delay"), Some(&plain("1s")));
}

#[test]
fn bombs_are_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            [before.as_str(); 10].join(", ")
        ));
    }
    assert_eq!(fault(&text).0, What::TooMany);
    assert_eq!(fault("a: &a [*a]\n").0, What::TooDeep);
    assert_eq!(
        fault(&format!("a: {}{}", "[".repeat(200), "]".repeat(200))).0,
        What::TooDeep
    );
    assert_eq!(
        fault(&format!("a: {}", "{b: ".repeat(5_000))).0,
        What::TooDeep
    );
    assert_eq!(
        fault(&"---\na: 1\n".repeat(4)),
        (What::TooManyDocuments, 8, 1)
    );
}

#[test]
fn faults_have_their_places() {
    for (text, what, line, column) in [
        ("name: a\ncron: */5 * * * *\n", What::Indicator('*'), 2, 7),
        ("name: a\ncron: @daily\n", What::Indicator('@'), 2, 7),
        ("owners:\n  - @all\n", What::Indicator('@'), 2, 5),
        ("name: a\nexecution:\n\tpool: x\n", What::Tab, 3, 1),
        ("name: a\nname: b\n", What::Twice("name".to_owned()), 2, 1),
        ("- a\n", What::NotAnObject, 1, 1),
        ("just words\n", What::NotAnObject, 1, 1),
        ("name: !secret x\n", What::Tag, 1, 7),
        ("? [a]\n: b\n", What::NoName, 1, 3),
        ("a: {<<: 1}\n", What::NotAnObject, 1, 9),
    ] {
        assert_eq!(fault(text), (what, line, column), "{text}");
    }
    for text in [
        "name: [a\n",
        "name: 'a\n",
        "name: \"a\n",
        "a: b: c\n",
        "name: a\n  b: c\n",
        "a: *nothing_here\nb: c",
    ] {
        let (what, line, _) = fault(text);
        assert!(
            matches!(what, What::Syntax(_) | What::Indicator(_)),
            "{what:?}: {text}"
        );
        assert!(line <= 3, "{text}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let signs = [
        "a", ":", " ", "\n", "-", "*", "&", "{", "}", "[", "]", "|", "'", "\"", "#", "!", "%",
        "\t", "<<", "---", "?", ",",
    ];
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..14 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(signs[(seed >> 33) as usize % signs.len()]);
        }
        // That it answers is all.
        read(&text, &mut Budget::of(100)).ok();
    }
}
