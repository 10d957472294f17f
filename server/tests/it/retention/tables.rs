//! Every table either stops growing or is kept on purpose: the operating manual says which, and what ends its rows.

use std::collections::BTreeMap;

use super::installation;

/// Classes that the manual explains.
const CLASSES: [&str; 3] = ["pruned", "bounded", "kept"];

/// The tables of the manual, each with its class.
fn classified() -> BTreeMap<String, String> {
    let path = format!("{}/../docs/OPERATIONS.md", env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(path).expect("the manual");
    let (_, section) = manual
        .split_once("### What grows, and what ends it")
        .expect("the section");
    let (section, _) = section.split_once("\n## ").expect("its end");
    let mut tables = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, names, class, what, _] = cells[..] else {
            panic!("three cells: {row}");
        };
        assert!(CLASSES.contains(&class), "{row}");
        assert!(!what.is_empty(), "{row}");
        for name in names.split(", ") {
            let name = name.trim_matches('`').to_owned();
            let twice = tables.insert(name, class.to_owned());
            assert_eq!(twice, None, "{row}");
        }
    }
    tables
}

#[tokio::test]
async fn the_manual_says_of_every_table_what_ends_its_rows() {
    let app = installation().await;
    let snapshot = app.components.store.snapshot().await.expect("a snapshot");
    let mut tables: Vec<&str> = snapshot.tables().iter().map(|table| table.name).collect();
    tables.sort_unstable();
    let classified = classified();
    let named: Vec<&str> = classified.keys().map(String::as_str).collect();
    assert_eq!(named, tables, "docs/OPERATIONS.md lists all tables");
}
