//! Numbers of queries: outside of the range that the description names they are refused, at every operation. A page that
//! is silently shorter than asked for looks like the end of a list.

use app::auth::Role;
use serde_json::Value;

use super::super::helpers::{TestApp, draft};

/// Numbers that have no range: cursors and ids, which may be any number, and a position in a log.
const UNBOUNDED: [&str; 4] = ["after", "task", "channel", "from"];

/// The operation, the parameter and the range of every number in a query of the API.
fn numbers() -> Vec<((String, String), String, Option<(i64, i64)>)> {
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let mut numbers = Vec::new();
    for (path, methods) in described["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let declared = operation["parameters"].as_array().cloned();
            for parameter in declared.unwrap_or_default() {
                let schema = &parameter["schema"];
                let is_number = schema["type"].to_string().contains("integer");
                if parameter["in"] != "query" || !is_number {
                    continue;
                }
                let bounds = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
                let name = parameter["name"].as_str().expect("a name");
                numbers.push((
                    (method.to_uppercase(), path.clone()),
                    name.to_owned(),
                    match bounds {
                        (Some(least), Some(most)) => Some((least, most)),
                        _ => None,
                    },
                ));
            }
        }
    }
    numbers
}

#[tokio::test]
async fn every_number_of_a_query_is_refused_outside_of_its_range() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let task = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let run = app.start_run(task).await;
    app.ended(run).await;
    let mut limits = 0;
    for ((method, path), name, range) in numbers() {
        let Some((least, most)) = range else {
            assert!(
                UNBOUNDED.contains(&name.as_str()),
                "{path}: {name} has no range"
            );
            continue;
        };
        limits += usize::from(name == "limit");
        let path = path
            .replace("{id}", &run.to_string())
            .replace("{name}", "cn")
            .replace("{token}", "none");
        for outside in [least - 1, most + 1, 999_999, 99_999_999_999] {
            let asked = format!("{path}?{name}={outside}");
            // Whoever may not send a request is refused before its query is read.
            let asker = if method == "GET" { &viewer } else { &admin };
            let refused = asker.call(&method, &asked, None).await;
            assert_eq!(refused.status, 422, "{asked}: {}", refused.text());
            assert_eq!(
                refused.faults(),
                [(name.clone(), "range".to_owned())],
                "{asked}"
            );
            let words = refused.json()["title"].to_string();
            assert!(
                words.contains(&format!("{least}–{most}")),
                "{asked}: {words}"
            );
        }
        // Other operations would do something.
        let inside = if method == "GET" {
            vec![least, most]
        } else {
            Vec::new()
        };
        for inside in inside {
            let asked = format!("{path}?{name}={inside}");
            let taken = admin.get(&asked).await;
            assert_eq!(taken.status, 200, "{asked}: {}", taken.text());
        }
    }
    assert!(limits >= 8, "{limits} lists");
    let english = app.browser().with("accept-language", "en");
    let session = viewer.cookie("jcrontab_session").expect("a session");
    english.put_cookie("jcrontab_session", &session);
    let refused: Value = english.get("/api/v1/runs?limit=999").await.expect(422);
    assert_eq!(
        refused["title"],
        "The parameter limit must be between 1 and 200"
    );
}
