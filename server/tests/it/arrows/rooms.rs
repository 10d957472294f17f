//! The rooms of `server/src`, `server/runner/src` and `app/src`, and what each may import.
//!
//! The tables, in `of_server`, `of_runner` and `of_app`, are in layer order, top first, and a room imports only rooms further down:
//! so there are no cycles. A new dependency is a decision, which is made there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::imports::rooms_named;
use super::{root, sources};
use of_app::APP;
use of_runner::RUNNER;
use of_server::SERVER;

mod of_app;
mod of_runner;
mod of_server;

/// A room and the rooms that it imports.
type Row = (&'static str, &'static [&'static str]);

/// What the rooms of a crate import, by reading all of its source.
fn arrows(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    sources(source, &mut files);
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(source).expect("a file below it");
        let module: Vec<String> = inside
            .with_extension("")
            .iter()
            .map(|part| part.to_str().expect("a name").to_owned())
            .collect();
        let room = module[0].clone();
        let is_root = module.len() == 1 && matches!(room.as_str(), "lib" | "main");
        if is_root || module.iter().any(|part| part == "tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a source file");
        let mut named = rooms_named(&module, &text);
        named.remove(&room);
        arrows.entry(room).or_default().extend(named);
    }
    arrows
}

/// What is wrong, one line each: rooms or dependencies that are missing in the table, or only there.
fn faults(table: &[Row], arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    let floor = |name: &str| table.iter().position(|(room, _)| *room == name);
    for (room, imported) in arrows {
        let Some(at) = floor(room) else {
            faults.push(format!("{room} is not in the table"));
            continue;
        };
        for other in imported {
            if !table[at].1.contains(&other.as_str()) {
                faults.push(format!("{room} must not import {other}"));
            }
        }
    }
    for (at, (room, allowed)) in table.iter().enumerate() {
        for other in *allowed {
            if !arrows.get(*room).is_some_and(|used| used.contains(*other)) {
                faults.push(format!("{room} does not import {other} any more"));
            }
            if floor(other).is_none_or(|below| below <= at) {
                faults.push(format!("{room} imports {other}, which is not below it"));
            }
        }
    }
    faults
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    for (source, table) in [
        ("server/src", SERVER),
        ("server/runner/src", RUNNER),
        ("app/src", APP),
    ] {
        let faults = faults(table, &arrows(&root().join(source)));
        assert!(faults.is_empty(), "{source}:\n{}", faults.join("\n"));
    }
}

#[test]
fn a_wrong_arrow_is_found() {
    let found = |rows: &[(&str, &[&str])]| {
        rows.iter()
            .map(|(room, named)| {
                let named = named.iter().map(|&name| name.to_owned()).collect();
                ((*room).to_owned(), named)
            })
            .collect()
    };
    let table: &[Row] = &[("cli", &["store"]), ("store", &["time"]), ("time", &[])];
    let right = found(&[("cli", &["store"]), ("store", &["time"]), ("time", &[])]);
    assert_eq!(faults(table, &right), Vec::<String>::new());
    let wrong = found(&[
        ("cli", &[]),
        ("store", &["time", "cli"]),
        ("time", &[]),
        ("web", &[]),
    ]);
    assert_eq!(
        faults(table, &wrong),
        [
            "store must not import cli",
            "web is not in the table",
            "cli does not import store any more"
        ]
    );
    let circle: &[Row] = &[("a", &["b"]), ("b", &["a"])];
    let both = found(&[("a", &["b"]), ("b", &["a"])]);
    assert_eq!(
        faults(circle, &both),
        ["b imports a, which is not below it"]
    );
}
