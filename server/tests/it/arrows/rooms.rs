//! The rooms of `server/src` and `app/src`, and what each may import.
//!
//! Both tables are in layer order, top first, and a room imports only rooms further down: so there are no cycles. A
//! new dependency is a decision, which is made here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::imports::rooms_named;
use super::{root, sources};

/// A room and the rooms that it imports.
type Row = (&'static str, &'static [&'static str]);

const SERVER: &[Row] = &[
    (
        "cli",
        &[
            "lifecycle",
            "router",
            "http",
            "service",
            "executor",
            "firings",
            "store",
            "config",
            "calendar",
            "timetable",
            "auth",
            "clock",
        ],
    ),
    (
        "lifecycle",
        &[
            "loops",
            "telemetry",
            "router",
            "api",
            "http",
            "service",
            "scheduler",
            "urge",
            "messages",
            "executor",
            "recorder",
            "output",
            "chat",
            "events",
            "outbound",
            "store",
            "facts",
            "config",
            "timetable",
            "auth",
            "clock",
        ],
    ),
    ("router", &["pages", "api", "http"]),
    ("pages", &["http", "service", "error", "texts", "auth"]),
    (
        "api",
        &[
            "telemetry",
            "http",
            "service",
            "calendar",
            "timetable",
            "auth",
        ],
    ),
    ("http", &["telemetry", "service", "error", "auth"]),
    (
        "service",
        &[
            "loops",
            "telemetry",
            "scheduler",
            "urge",
            "messages",
            "oncall",
            "executor",
            "run",
            "brief",
            "output",
            "firings",
            "chat",
            "events",
            "error",
            "texts",
            "outbound",
            "store",
            "facts",
            "admission",
            "calendar",
            "timetable",
            "auth",
            "clock",
            "template",
            "text",
        ],
    ),
    ("error", &["texts", "telemetry", "store", "auth"]),
    (
        "texts",
        &[
            "messages",
            "executor",
            "firings",
            "outbound",
            "store",
            "calendar",
            "timetable",
            "auth",
            "template",
        ],
    ),
    (
        "scheduler",
        &[
            "loops",
            "telemetry",
            "executor",
            "run",
            "firings",
            "events",
            "store",
            "facts",
            "admission",
            "failpoints",
            "timetable",
            "auth",
            "clock",
        ],
    ),
    (
        "urge",
        &[
            "loops",
            "oncall",
            "executor",
            "run",
            "events",
            "firings",
            "store",
            "facts",
            "quiet",
            "failpoints",
            "calendar",
            "timetable",
            "clock",
        ],
    ),
    (
        "messages",
        &[
            "oncall",
            "chat",
            "loops",
            "telemetry",
            "events",
            "outbound",
            "store",
            "facts",
            "timetable",
            "auth",
            "clock",
            "template",
            "text",
        ],
    ),
    ("oncall", &["store", "timetable"]),
    (
        "chat",
        &[
            "loops", "events", "outbound", "store", "auth", "clock", "template", "text",
        ],
    ),
    (
        "executor",
        &[
            "telemetry",
            "recorder",
            "run",
            "output",
            "events",
            "outbound",
            "store",
            "failpoints",
            "config",
            "auth",
            "clock",
            "text",
        ],
    ),
    ("recorder", &["loops", "events", "store", "failpoints"]),
    ("run", &["store", "facts", "auth"]),
    ("brief", &["output", "text"]),
    ("output", &["loops", "store", "config", "clock", "text"]),
    ("firings", &["store", "calendar", "timetable"]),
    ("loops", &["telemetry", "clock"]),
    ("events", &[]),
    ("outbound", &[]),
    (
        "store",
        &[
            "telemetry",
            "facts",
            "quiet",
            "admission",
            "failpoints",
            "calendar",
            "text",
        ],
    ),
    ("quiet", &["calendar", "timetable"]),
    ("facts", &["text"]),
    ("admission", &[]),
    ("failpoints", &[]),
    ("telemetry", &["auth"]),
    ("config", &["timetable", "auth"]),
    ("calendar", &[]),
    ("timetable", &[]),
    ("auth", &[]),
    ("clock", &[]),
    ("template", &["text"]),
    ("text", &[]),
];

const APP: &[Row] = &[
    (
        "ui",
        &[
            "oncall",
            "server_fns",
            "texts",
            "backend",
            "page",
            "task",
            "run",
            "schedule",
            "user",
            "duration",
            "error",
            "response",
            "reader",
            "ansi",
            "auth",
            "calendar",
            "channel",
            "done",
            "message",
            "node",
            "occurrence",
            "pool",
            "routes",
            "rule",
            "secret",
            "summary",
            "i18n",
            "id",
            "transition",
            "ticket",
            "time",
            "wire",
        ],
    ),
    (
        "server_fns",
        &[
            "texts",
            "backend",
            "page",
            "task",
            "run",
            "schedule",
            "user",
            "error",
            "response",
            "reader",
            "auth",
            "calendar",
            "channel",
            "done",
            "message",
            "node",
            "occurrence",
            "pool",
            "routes",
            "rule",
            "secret",
            "summary",
            "id",
            "ticket",
            "time",
            "wire",
        ],
    ),
    (
        "texts",
        &[
            "task",
            "occurrence",
            "run",
            "schedule",
            "auth",
            "calendar",
            "channel",
            "message",
            "rule",
            "summary",
            "i18n",
            "time",
        ],
    ),
    (
        "backend",
        &[
            "oncall",
            "page",
            "task",
            "ticket",
            "run",
            "user",
            "error",
            "response",
            "reader",
            "auth",
            "calendar",
            "channel",
            "rule",
            "done",
            "message",
            "node",
            "occurrence",
            "pool",
            "secret",
            "summary",
            "id",
            "time",
        ],
    ),
    (
        "page",
        &[
            "oncall",
            "task",
            "run",
            "schedule",
            "user",
            "error",
            "calendar",
            "channel",
            "rule",
            "message",
            "node",
            "occurrence",
            "pool",
            "secret",
            "summary",
            "id",
            "ticket",
            "time",
        ],
    ),
    (
        "rule",
        &[
            "task",
            "channel",
            "duration",
            "error",
            "message",
            "name",
            "transition",
            "i18n",
            "id",
            "time",
        ],
    ),
    (
        "oncall",
        &[
            "summary",
            "task",
            "error",
            "name",
            "transition",
            "i18n",
            "time",
        ],
    ),
    (
        "summary",
        &["task", "error", "name", "transition", "i18n", "id", "time"],
    ),
    (
        "task",
        &[
            "ticket",
            "run",
            "schedule",
            "duration",
            "error",
            "cron",
            "name",
            "transition",
            "i18n",
            "id",
            "time",
            "wire",
        ],
    ),
    ("ticket", &["duration", "transition", "i18n", "id", "time"]),
    (
        "occurrence",
        &[
            "run",
            "error",
            "message",
            "transition",
            "i18n",
            "id",
            "time",
        ],
    ),
    (
        "run",
        &[
            "duration",
            "message",
            "ansi",
            "transition",
            "i18n",
            "id",
            "time",
            "wire",
        ],
    ),
    ("schedule", &["duration", "error", "cron", "i18n", "id"]),
    ("user", &["error", "auth", "name", "i18n", "id", "time"]),
    ("duration", &["cron", "i18n"]),
    ("error", &["response", "reader", "i18n", "wire"]),
    ("response", &["done"]),
    ("reader", &["auth", "i18n"]),
    ("ansi", &[]),
    ("auth", &["i18n", "id", "time"]),
    ("calendar", &["id", "time"]),
    ("channel", &["message", "i18n", "id", "time"]),
    ("cron", &["i18n"]),
    ("done", &["id"]),
    ("message", &["transition", "i18n", "id", "time"]),
    ("node", &["i18n", "time"]),
    ("pool", &["name"]),
    ("name", &["i18n"]),
    ("routes", &["id"]),
    ("secret", &["i18n", "id", "time"]),
    ("transition", &[]),
    ("i18n", &[]),
    ("id", &[]),
    ("time", &[]),
    ("wire", &[]),
];

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
    for (source, table) in [("server/src", SERVER), ("app/src", APP)] {
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
