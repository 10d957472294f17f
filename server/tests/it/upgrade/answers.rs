//! What the API and the pages say about the upgraded database: the same as the server of then, field by field.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::fixture::Fixture;

/// Fields whose value is of the moment, of the version's words, or of the servers that run.
const CHANGED: [&str; 5] = ["reason_text", "next_at", "next", "last_used_at", "running"];

/// Whether it is a run that was under way when the server was killed, and is lost now.
fn is_lost_now(old: &Value, new: &Value) -> bool {
    old["state"] == "running" && new["state"] == "lost"
}

/// Fields of `old` that `new` does not have or says otherwise; `new` may have more.
fn differences(path: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(_), Value::Object(_)) if is_lost_now(old, new) => {}
        (Value::Object(old), Value::Object(new)) => {
            for (name, old) in old {
                let path = format!("{path}.{name}");
                match new.get(name) {
                    None => found.push(format!("{path} is missing: {old}")),
                    Some(new) if CHANGED.contains(&&**name) && new.is_null() == old.is_null() => {}
                    // Answers of a kind that is known now have a sentence before them.
                    Some(Value::String(new)) if name == "last_answer" => {
                        if old.as_str().is_none_or(|old| !new.ends_with(old)) {
                            found.push(format!("{path}: {old} is {new}"));
                        }
                    }
                    Some(new) => differences(&path, old, new, found),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                differences(&format!("{path}[{at}]"), old, new, found);
            }
        }
        _ if old == new => {}
        _ => found.push(format!("{path}: {old} is {new}")),
    }
}

#[tokio::test]
async fn the_api_says_of_everything_what_it_said_before() {
    let fixture = Fixture::load().await;
    // Before any loop runs.
    let app = fixture.start(TimeDelta::seconds(30), &[]).await;
    let root = fixture.with_token(&app, "root");
    let mut found = Vec::new();
    let (mut compared, mut lost) = (0, 0);
    for (path, old) in &fixture.answers {
        let reply = root.get(&format!("/api/v1/{path}")).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        let new = match path.strip_suffix("/output") {
            // What had been written by then was in no database.
            Some(run) if fixture.answers[run]["state"] == "running" => continue,
            Some(_) => Value::from(reply.text()),
            None => reply.json(),
        };
        lost += u32::from(is_lost_now(old, &new));
        differences(path, old, &new, &mut found);
        compared += 1;
    }
    assert!(compared > 200, "{compared}");
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(lost, 2);
}

/// Fields that saving changes.
const SAVED: [&str; 2] = ["version", "updated_at"];

#[tokio::test]
async fn each_task_is_what_its_entry_makes_of_it_today() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::seconds(30), &[]).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    assert!(fixture.entered.len() > 40);
    for task in &fixture.entered {
        let path = format!("/api/v1/tasks/{}", task["id"]);
        let mut upgraded = admin.get(&path).await.expect(200);
        let saved = admin.call("PUT", &path, Some(task["draft"].clone())).await;
        saved.expect(200);
        let mut saved = admin.get(&path).await.expect(200);
        for view in [&mut upgraded, &mut saved] {
            let view = view.as_object_mut().expect("a task");
            view.retain(|name, _| !SAVED.contains(&&**name));
            for schedule in view["schedules"].as_array_mut().expect("schedules") {
                // A schedule that is saved again may be a new row.
                schedule.as_object_mut().expect("a schedule").remove("id");
            }
        }
        let mut found = Vec::new();
        differences("", &upgraded, &saved, &mut found);
        differences("", &saved, &upgraded, &mut found);
        assert!(found.is_empty(), "{}: {found:?}", task["draft"]["name"]);
    }
}

#[tokio::test]
async fn every_page_shows_what_was_stored() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::days(7), &[]).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let mut pages: Vec<(String, String)> = [
        ("/", "备份 数据库"),
        ("/tasks", "备份 数据库"),
        ("/runs", "in line"),
        ("/messages", "周报提醒"),
        ("/reminders", ""),
        ("/summaries", ""),
        ("/rules", ""),
        ("/admin/channels", "值班群"),
        ("/admin/secrets", "VAULT_PASSWORD"),
        ("/admin/users", "gone"),
        ("/admin/pools", "db"),
        ("/admin/calendars", "ops"),
        ("/admin/calendars/ops", "盘点"),
        ("/admin/blackouts", "封网"),
        ("/admin/nodes", ""),
        ("/admin/retention", ""),
        ("/about", ""),
        ("/account", ""),
    ]
    .map(|(page, words)| (page.to_owned(), words.to_owned()))
    .to_vec();
    for task in &fixture.entered {
        let name = task["draft"]["name"].as_str().expect("a name");
        for page in ["", "/edit", "/run", "/occurrences"] {
            pages.push((format!("/tasks/{}{page}", task["id"]), name.to_owned()));
        }
    }
    for path in fixture.answers.keys() {
        if path.starts_with("runs/") && !path.ends_with("/output") {
            pages.push((format!("/{path}"), String::new()));
        }
    }
    for (page, words) in pages {
        let shown = admin.open(&page).await;
        assert_eq!(shown.status, 200, "{page}");
        assert!(shown.text().contains(&words), "{page}: {words}");
    }
}

#[tokio::test]
async fn what_was_missed_and_lost_has_its_reasons() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::days(7), &[]).await;
    let root = fixture.with_token(&app, "root");
    let get = async |path: String| root.get(&format!("/api/v1/{path}")).await.expect(200);
    let mut wrong = Vec::new();
    for (name, state, reason) in [
        ("missed, none", "missed", "down"),
        ("missed, latest", "missed", "down"),
        ("reminder, missed", "missed", "down"),
        ("overlaps", "skipped", "overlap"),
        ("frozen", "skipped", "blackout"),
        ("works on work days", "skipped", "calendar"),
        ("waits in vain", "skipped", "dependency"),
    ] {
        let task = fixture.task(name);
        let line = get(format!("tasks/{task}/occurrences?state={state}")).await;
        let row = &line["items"][0];
        assert_eq!(row["reason"], reason, "{name}: {line}");
        let text = row["reason_text"].as_str().expect("words");
        let at = row["scheduled_for"].as_str().expect("an instant");
        let explained = get(format!("tasks/{task}/explain?at={at}")).await;
        let sentence = explained["sentence"].as_str().expect("a sentence");
        if text.is_empty() || explained["verdict"] != state || !sentence.contains(text) {
            wrong.push(format!("{name}: {text}: {explained}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for name in ["dies with the server", "in line"] {
        let runs = get(format!("tasks/{}/runs?limit=50", fixture.task(name))).await;
        let runs = runs["items"].as_array().expect("runs");
        let lost = runs.iter().find(|run| run["state"] == "lost");
        let lost = lost.unwrap_or_else(|| panic!("{name}: {runs:?}"));
        assert_eq!(lost["reason"], "lost");
        let page = root
            .get(&format!("/api/v1/runs/{}/brief", lost["id"]))
            .await;
        let brief = page.expect(200);
        assert_ne!(brief["lines"], json!([]), "{brief}");
    }
}
