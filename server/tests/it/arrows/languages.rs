//! Words for readers are chosen in `texts` and at the doors: the rooms in between return values.
//! So none of their literals is Chinese, and where one is, the table says why.

use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

use super::{root, sources};

/// Rooms of `server/src` that have words for readers. All others, new ones as well, have none.
const WITH_WORDS: [&str; 11] = [
    // The doors.
    "api",
    "cli",
    "help",
    "http",
    "lifecycle",
    "pages",
    "router",
    // Where words are chosen, and where those of messages and of calendar files are.
    "brief",
    "calendar",
    "messages",
    "texts",
];

/// Files in them that have Chinese literals all the same, and why.
const ALLOWED: [(&str, &str); 11] = [
    (
        "chat/vendor/wecom/card.rs",
        "the colon between a name and a value, at which a line of either language is parted",
    ),
    (
        "config/declared.rs",
        "the declaration of settings, from which the documents in both languages are made",
    ),
    (
        "config/log.rs",
        "the declaration of settings, from which the documents in both languages are made",
    ),
    (
        "config/table.rs",
        "the declaration of settings, from which the documents in both languages are made",
    ),
    (
        "config/telemetry.rs",
        "the declaration of settings, from which the documents in both languages are made",
    ),
    (
        "config/tls.rs",
        "the declaration of settings, from which the documents in both languages are made",
    ),
    (
        "service/channels/address/services.rs",
        "names of vendors, which faults contain in both languages",
    ),
    (
        "store/tasks/search.rs",
        "words that people type into the search field, which are read and not shown",
    ),
    (
        "template/escape.rs",
        "full-width characters in the place of those that a vendor would read as markup",
    ),
    (
        "text.rs",
        "lines where a text is cut, some of them in both languages because no reader is known",
    ),
    (
        "text/cut.rs",
        "lines where a text is cut, some of them in both languages because no reader is known",
    ),
];

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// The literals with Chinese in them; comments and what is compiled for tests alone do not count.
fn chinese_literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    look(text.parse().expect("Rust"), &mut found);
    found
}

fn look(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    // Whether the item that follows is compiled for tests alone.
    let mut for_tests = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                // The mark of an inner attribute, which documentation may be.
                tokens.next_if(
                    |next| matches!(next, TokenTree::Punct(punct) if punct.as_char() == '!'),
                );
                if let Some(TokenTree::Group(attribute)) = tokens.peek() {
                    let text = attribute.stream().to_string().replace(' ', "");
                    for_tests |= text == "cfg(test)";
                    if !text.starts_with("doc=") {
                        look(attribute.stream(), found);
                    }
                    tokens.next();
                }
            }
            TokenTree::Punct(punct) => for_tests &= punct.as_char() != ';',
            TokenTree::Group(group) => {
                if !for_tests {
                    look(group.stream(), found);
                }
                for_tests &= group.delimiter() != proc_macro2::Delimiter::Brace;
            }
            TokenTree::Literal(literal) if !for_tests => {
                let text = literal.to_string();
                if text.chars().any(is_chinese) {
                    found.push(text);
                }
            }
            TokenTree::Literal(_) | TokenTree::Ident(_) => {}
        }
    }
}

/// The files of the other rooms, by their names below `server/src`, and those of the runner, which has no words at all.
fn files() -> Vec<(String, PathBuf)> {
    let source = root().join("server/src");
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(&source).expect("a folder") {
        let path = entry.expect("an entry").path();
        let room = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(room) = WITH_WORDS.iter().find(|known| room == Some(**known)) {
            skipped.push(*room);
        } else if path.is_dir() {
            sources(&path, &mut found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    for room in WITH_WORDS {
        assert!(skipped.contains(&room), "there is no room {room}");
    }
    let server = root().join("server");
    sources(&server.join("runner/src"), &mut found);
    let named = found.into_iter().map(|file| {
        let inside = file.strip_prefix(&source);
        let inside = inside.or_else(|_| file.strip_prefix(&server));
        let name = inside.expect("a file below it").to_str().expect("a name");
        (name.to_owned(), file)
    });
    named.collect()
}

#[test]
fn rooms_below_the_doors_have_no_words_for_readers() {
    let (mut faults, mut used) = (Vec::new(), Vec::new());
    for (name, file) in files() {
        if is_of_tests(Path::new(&name)) {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a source file");
        let literals = chinese_literals(&text);
        if literals.is_empty() {
            continue;
        }
        match ALLOWED.iter().find(|(allowed, _)| *allowed == name) {
            Some((allowed, _)) => used.push(*allowed),
            None => faults.push(format!("{name}: {}", literals.join(" "))),
        }
    }
    for (allowed, _) in ALLOWED {
        if !used.contains(&allowed) {
            faults.push(format!("{allowed} needs no entry any more"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn is_of_tests(file: &Path) -> bool {
    let stem = file.file_stem().is_some_and(|stem| stem == "tests");
    stem || file.iter().any(|part| part == "tests")
}

#[test]
fn chinese_literals_are_found() {
    for (text, expected) in [
        ("fn f() { lang.pick(\"中\", \"en\") }", 1),
        ("const A: char = '、';", 1),
        ("#[error(\"没有\")]\nstruct A;", 1),
        ("fn f() { format!(\"{x}，{y}\"); g(r#\"请\"#) }", 2),
        ("//! 中\n/// 文\n// 字\nfn f() {}", 0),
        ("#[cfg(test)]\nmod tests { const A: &str = \"中\"; }", 0),
        (
            "#[cfg(test)]\nconst A: &str = \"中\";\nconst B: &str = \"文\";",
            1,
        ),
        ("const A: &str = \"English … → “quoted”\";", 0),
    ] {
        assert_eq!(chinese_literals(text).len(), expected, "{text}");
    }
}
