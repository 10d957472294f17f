//! What a source file names of its own crate: `use` trees and paths in the code, also inside of
//! macros. Comments, texts and tests do not count.

use std::collections::BTreeSet;
use std::iter::Peekable;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

/// The rooms (first folder or file below `src`) that a file names. `module` is its own path: `["http", "guard"]` for
/// `src/http/guard.rs`.
pub(super) fn rooms_named(module: &[String], text: &str) -> BTreeSet<String> {
    let tokens: TokenStream = text.parse().expect("Rust");
    let mut rooms = BTreeSet::new();
    look(module, tokens, &mut rooms);
    rooms
}

type Tokens = Peekable<token_stream::IntoIter>;

fn look(module: &[String], tokens: TokenStream, rooms: &mut BTreeSet<String>) {
    let mut tokens: Tokens = tokens.into_iter().peekable();
    // Whether the item that follows is compiled for tests alone.
    let mut for_tests = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(attribute)) = tokens.peek() {
                    let text = attribute.stream().to_string().replace(' ', "");
                    for_tests |= text == "cfg(test)";
                    look(module, attribute.stream(), rooms);
                    tokens.next();
                }
            }
            TokenTree::Ident(word) if word == "mod" => {
                let name = tokens.next().map(|name| name.to_string());
                if let (Some(name), Some(TokenTree::Group(body))) = (name, tokens.peek()) {
                    if !for_tests {
                        let inner: Vec<String> = module.iter().cloned().chain([name]).collect();
                        look(&inner, body.stream(), rooms);
                    }
                    tokens.next();
                }
                for_tests = false;
            }
            TokenTree::Ident(word) => {
                if let Some(base) = start(module, &word.to_string()).filter(|_| !for_tests) {
                    path(base, &mut tokens, rooms);
                }
            }
            TokenTree::Punct(punct) => for_tests &= punct.as_char() != ';',
            TokenTree::Group(group) => {
                if !for_tests || group.delimiter() != Delimiter::Brace {
                    look(module, group.stream(), rooms);
                }
                for_tests &= group.delimiter() != Delimiter::Brace;
            }
            TokenTree::Literal(_) => {}
        }
    }
}

/// Where a path begins that starts with a word; `None` for a path that is relative to what is in
/// scope.
fn start(module: &[String], word: &str) -> Option<Vec<String>> {
    match word {
        "crate" => Some(Vec::new()),
        "self" => Some(module.to_vec()),
        "super" => Some(module[..module.len().saturating_sub(1)].to_vec()),
        _ => None,
    }
}

/// Whether `::` follows; it is taken.
fn colons(tokens: &mut Tokens) -> bool {
    let follows = matches!(
        tokens.peek(),
        Some(TokenTree::Punct(first)) if first.as_char() == ':' && first.spacing() == Spacing::Joint
    );
    if follows {
        tokens.next();
        tokens.next();
    }
    follows
}

/// Follows a path from where it has come to, and notes the room that it leads to.
fn path(mut at: Vec<String>, tokens: &mut Tokens, rooms: &mut BTreeSet<String>) {
    while colons(tokens) {
        match tokens.next() {
            Some(TokenTree::Ident(word)) if word == "super" => {
                at.pop();
            }
            Some(TokenTree::Ident(word)) if word == "self" => {}
            Some(TokenTree::Ident(word)) => {
                let is_macro = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
                if !is_macro {
                    at.push(word.to_string());
                }
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                branches(&at, group.stream(), rooms);
                return;
            }
            // `*`, or the arguments of a type.
            _ => break,
        }
    }
    rooms.extend(at.into_iter().next());
}

/// The branches of a `use` tree: `{a::b, c::{d, e}}`.
fn branches(at: &[String], tokens: TokenStream, rooms: &mut BTreeSet<String>) {
    let mut tokens: Tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = token else {
            continue;
        };
        let mut branch = at.to_vec();
        match word.to_string().as_str() {
            "super" => {
                branch.pop();
            }
            "self" => {}
            word => branch.push(word.to_owned()),
        }
        path(branch, &mut tokens, rooms);
        // A new name behind `as` leads nowhere.
        while !matches!(tokens.peek(), None | Some(TokenTree::Punct(_))) {
            tokens.next();
        }
    }
}

#[test]
fn imports_are_found_however_they_are_written() {
    let module = ["pages".to_owned(), "forms".to_owned(), "task".to_owned()];
    for (text, expected) in [
        (
            "#[arg(value_parser = crate::auth::read)]\nstruct A { b: crate::c::D }",
            vec!["auth", "c"],
        ),
        ("use crate::http::Web;", vec!["http"]),
        ("use crate::{a::b, c::{d, e::*}, f};", vec!["a", "c", "f"]),
        ("use crate::{a as b, c};", vec!["a", "c"]),
        ("use super::status_of;", vec!["pages"]),
        ("use super::super::render;", vec!["pages"]),
        ("use super::super::super::cli;", vec!["cli"]),
        (
            "use super::super::{super::{cli, http::Web}, render};",
            vec!["cli", "http", "pages"],
        ),
        (
            "fn f() -> crate::store::Row<crate::run::Job> {}",
            vec!["run", "store"],
        ),
        (
            "fn f() { let x = [crate::a::B { c: crate::d::E }]; }",
            vec!["a", "d"],
        ),
        (
            "fn f() { view! { <p on:click={crate::ui::act}/> } }",
            vec!["ui"],
        ),
        (
            "mod inner { use super::super::super::super::api; }",
            vec!["api"],
        ),
        (
            "fn f() { self::x(); crate::texts! { A {} } }",
            vec!["pages"],
        ),
        (
            "#[cfg(test)]\nmod tests { use crate::cli; }\nuse crate::api;",
            vec!["api"],
        ),
        ("#[cfg(test)]\nmod tests;\nuse crate::api;", vec!["api"]),
        ("#[cfg(unix)]\nmod inner { use crate::cli; }", vec!["cli"]),
        (
            "// crate::cli\n/// [`crate::cli`]\nconst A: &str = \"crate::cli\";",
            vec![],
        ),
        (
            "pub(crate) fn f() { tokio::spawn(std::fs::self_test()); }",
            vec![],
        ),
        (
            "use app::texts;\nuse std::collections::{HashMap, hash_map};",
            vec![],
        ),
    ] {
        let found = rooms_named(&module, text);
        let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(found, expected, "{text}");
    }
}
