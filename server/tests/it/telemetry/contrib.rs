//! Every metric that the dashboard, the alerts and the documentation name exists.

use std::collections::BTreeSet;

use app::i18n::Lang;
use app::run::RunState;
use server::loops::{Backoff, Spec};

use crate::helpers::TestApp;

/// Names of metrics in a text: words that begin as ours or as those of a process.
fn named(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("jcrontab_") || word.starts_with("process_"))
        .collect()
}

/// Names of the samples of a scrape.
async fn known() -> BTreeSet<String> {
    let app = TestApp::with(&["--metrics-tasks=1"]).await;
    // Of a process with loops, and of a task that has run.
    let turns = app.components.loops.register(Spec {
        name: "sample",
        every: None,
        woken: true,
        backoff: Backoff::new(std::time::Duration::ZERO, std::time::Duration::ZERO),
    });
    turns.succeeded();
    app.components.metrics.run_ended(
        app::id::TaskId(1),
        RunState::Succeeded,
        app::run::Trigger::Manual,
        std::time::Duration::ZERO,
    );
    let text = app.service.scraped(Lang::En).await.expect("metrics");
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(str::to_owned)
        .collect()
}

fn read(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test]
async fn dashboard_alerts_and_documentation_name_metrics_that_exist() {
    let known = known().await;
    for (path, least) in [
        ("contrib/grafana/jcrontab.json", 15),
        ("contrib/prometheus/alerts.yml", 8),
        ("docs/MONITORING.md", 25),
    ] {
        let text = read(path);
        let names = named(&text);
        assert!(names.len() >= least, "{path}: {names:?}");
        for name in names {
            // The documentation names histograms without the suffixes of their samples.
            let exists = known.contains(name) || known.contains(&format!("{name}_count"));
            assert!(exists, "{path} names {name}, which there is not: {known:?}");
        }
    }
    // And the documentation leaves none out.
    let documentation = read("docs/MONITORING.md");
    let documented = named(&documentation);
    for name in &known {
        let family = ["_bucket", "_sum", "_count"]
            .into_iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .filter(|family| known.contains(&format!("{family}_bucket")))
            .unwrap_or(name);
        assert!(documented.contains(family), "{name} is not documented");
    }
}

#[test]
fn the_dashboard_is_json_with_a_panel_for_each_question() {
    let dashboard: serde_json::Value =
        serde_json::from_str(&read("contrib/grafana/jcrontab.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    assert!(panels.len() >= 12);
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_i64().expect("an id")), "{panel}");
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().expect("queries");
        assert!(targets.iter().all(|one| one["expr"].is_string()), "{panel}");
    }
}
