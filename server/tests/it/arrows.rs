//! The dependency rules: which module may know which. The modules of each crate are in `rooms`.

mod imports;
mod languages;
mod rooms;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::message::MessageState;
use app::occurrence::OccurrenceState;
use app::run::RunState;
use app::task::TaskState;
use app::ticket::{TicketEntryKind, TicketState};
use app::transition::Word;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file under a folder.
pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The packages that one is built of.
fn built_of(package: &str, flags: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--edges=normal", "--prefix=none", "--locked"])
        .args(["--package", package])
        .args(flags)
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let text = String::from_utf8(tree.stdout).expect("text");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn the_browsers_side_holds_nothing_of_the_servers() {
    let names = built_of("frontend", &["--target=wasm32-unknown-unknown"]);
    assert!(names.contains("leptos") && names.contains("app"));
    for foreign in [
        "tokio",
        "axum",
        "hyper",
        "sea-orm",
        "reqwest",
        "sqlx",
        "server",
        "runner",
        "migration",
    ] {
        assert!(!names.contains(foreign), "frontend depends on {foreign}");
    }
}

/// It has to run on hosts without a database, pages or texts.
#[test]
fn the_runner_holds_nothing_of_the_servers() {
    let names = built_of("runner", &[]);
    assert!(names.contains("runner") && names.contains("tokio"));
    for foreign in [
        "app",
        "axum",
        "leptos",
        "migration",
        "object_store",
        "rusqlite",
        "sea-orm",
        "server",
        "sqlx",
    ] {
        assert!(!names.contains(foreign), "runner depends on {foreign}");
    }
}

#[test]
fn only_the_store_knows_the_database() {
    let mut found = Vec::new();
    for folder in [
        "app/src",
        "frontend/src",
        "server/src",
        "server/runner/src",
        "bench/src",
    ] {
        sources(&root().join(folder), &mut found);
    }
    assert!(found.len() > 60);
    let store = root().join("server/src/store");
    for path in found {
        let inside = path.starts_with(&store) || path == root().join("server/src/store.rs");
        let text = std::fs::read_to_string(&path).expect("a source file");
        let names = text
            .lines()
            .any(|line| line.contains("sea_orm") && !line.trim_start().starts_with("//"));
        assert!(inside || !names, "{} names sea_orm", path.display());
    }
}

/// Words of states outside the enums that hold them: texts for people, and names of JSON fields.
const OTHER_WORDS: [(&str, &[&str]); 24] = [
    // Sentences in English.
    ("server/src/texts/explain.rs", &["succeeded", "failed"]),
    // The rule of missed firings, a field of a task.
    ("app/src/texts/plan.rs", &["missed"]),
    // The class of a block of the page.
    ("app/src/ui/pages/templates.rs", &["sent"]),
    ("server/src/messages/render.rs", &["succeeded"]),
    // The rule of missed firings, a field of a task.
    ("app/src/texts/facts.rs", &["missed"]),
    // Counts of messages, fields of a channel.
    ("server/src/cli/channel.rs", &["pending", "dead"]),
    // Columns of tables: counts of runs and messages.
    (
        "server/src/cli/words.rs",
        &["active", "dead", "pending", "running", "waiting"],
    ),
    // Results of attempts to claim and to send, labels of metrics.
    (
        "server/src/telemetry/metrics.rs",
        &["dead", "failed", "sent"],
    ),
    // When a policy stops asking, a rule of a task.
    ("app/src/task/tickets.rs", &["acknowledged"]),
    ("app/src/ui/components/policy.rs", &["acknowledged", "done"]),
    ("server/src/cli/task/tickets.rs", &["acknowledged"]),
    // Acts of forms, buttons, links and paths.
    ("app/src/ui/pages/reminders.rs", &["done"]),
    ("server/src/auth/link/acts.rs", &["done"]),
    ("server/src/cli/ticket.rs", &["done"]),
    ("server/src/messages/ticket_button.rs", &["done"]),
    ("server/src/pages/forms/tickets.rs", &["done"]),
    // Filters of lists: all states in which something is not over.
    ("app/src/run/listing.rs", &["open"]),
    ("app/src/ui/pages/reminders/query.rs", &["open"]),
    ("server/src/service/tickets/listing.rs", &["open"]),
    // What people type into the search field of tasks.
    ("server/src/store/tasks/search.rs", &["done"]),
    // An attribute of HTML, an event of a stream, and operations without rights.
    ("app/src/ui/components/controls.rs", &["open"]),
    ("app/src/ui/pages/run/log/live/stream.rs", &["open"]),
    ("server/src/http/rights.rs", &["open"]),
    // Sentences in English.
    (
        "server/src/pages/phone/render.rs",
        &["escalated", "expired", "opened"],
    ),
];

/// Where states have their words.
const ENUMS: [&str; 6] = [
    "app/src/message/state.rs",
    "app/src/occurrence/state.rs",
    "app/src/run/state.rs",
    "app/src/task/state.rs",
    "app/src/ticket/entry.rs",
    "app/src/ticket/state.rs",
];

/// Lines of a source without its comments and its inline tests, which stand at its end.
fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = source.find("#[cfg(test)]\nmod tests {");
    let code = &source[..tests.unwrap_or(source.len())];
    (1..)
        .zip(code.lines())
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn the_word_of_a_state_stands_in_its_enum_only() {
    let mut words: Vec<&str> = Vec::new();
    words.extend(OccurrenceState::all().into_iter().map(Word::word));
    words.extend(RunState::all().into_iter().map(Word::word));
    words.extend(MessageState::all().into_iter().map(Word::word));
    words.extend(TaskState::all().into_iter().map(Word::word));
    words.extend(TicketState::all().into_iter().map(Word::word));
    words.extend(TicketEntryKind::all().into_iter().map(Word::word));
    words.sort_unstable();
    words.dedup();
    // As text in Rust, and as text in SQL.
    let literals: Vec<(&str, [String; 2])> = words
        .iter()
        .map(|word| (*word, [format!("\"{word}\""), format!("'{word}'")]))
        .collect();
    let mut found = Vec::new();
    for folder in ["app/src", "frontend/src", "server/src", "server/runner/src"] {
        sources(&root().join(folder), &mut found);
    }
    let mut allowed: BTreeSet<(&str, &str)> = OTHER_WORDS
        .iter()
        .flat_map(|(file, words)| words.iter().map(|word| (*file, *word)))
        .collect();
    let others = allowed.clone();
    let mut faults = Vec::new();
    for path in found {
        let name = path.strip_prefix(root()).expect("inside").to_owned();
        let name = name.to_str().expect("a name").to_owned();
        let is_test = name.ends_with("/tests.rs") || name.contains("/tests/");
        if is_test || ENUMS.contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for (number, line) in lines(&text) {
            for (word, literals) in &literals {
                if !literals.iter().any(|literal| line.contains(literal)) {
                    continue;
                }
                let other = others
                    .iter()
                    .find(|other| **other == (name.as_str(), *word));
                match other {
                    Some(other) => {
                        allowed.remove(other);
                    }
                    None => faults.push(format!("{name}:{number}: {}", line.trim())),
                }
            }
        }
    }
    assert!(faults.is_empty(), "states as texts:\n{}", faults.join("\n"));
    assert!(allowed.is_empty(), "no longer there: {allowed:?}");
}

/// What the store returns it has read. The view of a task holds more: what the scheduler has computed.
#[test]
fn the_store_builds_no_view_of_a_task() {
    let mut found = vec![root().join("server/src/store.rs")];
    sources(&root().join("server/src/store"), &mut found);
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let names = lines(&text).any(|(_, line)| line.contains("TaskView"));
        assert!(!names, "{} names TaskView", path.display());
    }
}

#[test]
fn the_app_depends_on_no_server_library() {
    let manifest: toml::Table = read("app/Cargo.toml").parse().expect("TOML");
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else {
            continue;
        };
        for foreign in [
            "tokio",
            "axum",
            "hyper",
            "sea-orm",
            "reqwest",
            "server",
            "runner",
            "migration",
        ] {
            assert!(
                !dependencies.contains_key(foreign),
                "app depends on {foreign}"
            );
        }
    }
}

#[test]
fn both_leptos_settings_say_the_same() {
    let workspace: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let leptos: toml::Table = read("Leptos.toml").parse().expect("TOML");
    let settings = |table: &toml::Table| -> toml::Table {
        table["workspace"]["metadata"]["leptos"][0]
            .as_table()
            .expect("settings")
            .clone()
    };
    let settings_of_workspace = settings(&workspace);
    let mut settings_of_release = settings(&leptos_document(leptos));
    // Where the build runs: cargo-leptos takes it from its own command line.
    let environment = settings_of_release.remove("env");
    assert!(environment.is_none_or(|environment| environment.is_str()));
    assert_eq!(settings_of_release, settings_of_workspace);
}

/// `cargo leptos watch` starts the file `bin-exe-name`, and one named like the package without it.
#[test]
fn leptos_starts_the_binary_that_cargo_builds() {
    let workspace: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let leptos = &workspace["workspace"]["metadata"]["leptos"][0];
    let package = leptos["bin-package"].as_str().expect("a package");
    let manifest: toml::Table = read(&format!("{package}/Cargo.toml"))
        .parse()
        .expect("TOML");
    let binaries = manifest["bin"].as_array().expect("named binaries");
    let target = leptos["bin-target"].as_str();
    assert!(
        binaries
            .iter()
            .any(|binary| binary["name"].as_str() == target)
    );
    let started = leptos.get("bin-exe-name").and_then(toml::Value::as_str);
    assert_eq!(started.or(Some(package)), target);
}

/// The style sheet is exchanged in open pages by its name, so in development that has no hash.
#[test]
fn an_edit_of_the_style_sheet_finds_its_link_in_open_pages() {
    let script = read("scripts/dev.sh");
    assert!(
        script
            .lines()
            .any(|line| line == "export LEPTOS_HASH_FILES=false")
    );
}

/// `Leptos.toml` is the same document as `Cargo.toml`, with that table alone.
fn leptos_document(document: toml::Table) -> toml::Table {
    assert_eq!(
        document.keys().collect::<Vec<_>>(),
        ["workspace"],
        "nothing else is in it"
    );
    document
}
