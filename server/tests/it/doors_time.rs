//! Schedules, timelines and blackouts: REST here, CLI and pages in files of their own.

mod calendars;
mod cli;
mod doctor;
mod rights;

use app::auth::Role;
use serde_json::{Value, json};

use super::helpers::{Browser, TestApp, at, draft};

/// A user with a role who reads this language.
async fn reader(app: &TestApp, name: &str, role: Role, lang: &str) -> Browser {
    app.signed_in(name, role)
        .await
        .with("accept-language", lang)
}

fn instants(value: &Value) -> Vec<&str> {
    let all = value.as_array().expect("a list");
    all.iter()
        .map(|at| at.as_str().expect("an instant"))
        .collect()
}

#[tokio::test]
async fn a_preview_lists_skipped_firings_with_reasons() {
    let app = TestApp::new().await;
    let english = reader(&app, "vi", Role::Viewer, "en").await;
    let chinese = reader(&app, "wei", Role::Viewer, "zh-CN").await;
    let request = json!({
        "schedules": [{"spec": "0 9 * * *", "day_rule": "work_days"}, {"spec": "at 2026-10-01 12:00"}],
        "zone": "Asia/Shanghai", "after": "2026-09-30T00:00:00Z", "count": 3,
    });
    let path = "/api/v1/schedules/preview";
    let shown = english.post(path, request.clone()).await.expect(200);
    assert_eq!(
        instants(&shown["next"]),
        [
            "2026-09-30T01:00:00Z",
            "2026-10-01T04:00:00Z",
            "2026-10-08T01:00:00Z"
        ]
    );
    let left_out = &shown["firings"][1];
    assert_eq!(
        (&left_out["schedule"], &left_out["excluded"]["code"]),
        (&json!(0), &json!("calendar"))
    );
    let text = left_out["excluded"]["text"].as_str().expect("a sentence");
    assert!(
        text.contains("2026-10-01") && text.contains("day off"),
        "{text}"
    );
    assert_eq!(shown["schedules"].as_array().map(Vec::len), Some(2));
    assert!(
        shown["words"]
            .as_str()
            .is_some_and(|words| words.is_ascii())
    );
    let shown = chinese.post(path, request).await.expect(200);
    let text = shown["firings"][1]["excluded"]["text"]
        .as_str()
        .expect("a sentence");
    assert!(text.contains("休息日"), "{text}");

    for (body, field) in [
        (json!({"cron": "61 * * * *"}), "cron"),
        (json!({"cron": "* * * * *", "zone": "Mars/Olympus"}), "zone"),
        (
            json!({"schedules": [{"spec": "* * * * *"}, {"spec": "every now and then"}]}),
            "schedules[1].spec",
        ),
        (
            json!({"schedules": [{"spec": "* * * * *", "day_rule": "rest_days", "calendar": "none"}]}),
            "schedules[0].calendar",
        ),
    ] {
        for browser in [&english, &chinese] {
            let refused = browser.post(path, body.clone()).await;
            let faults: Vec<String> = refused.faults().into_iter().map(|one| one.0).collect();
            assert_eq!((refused.status, faults), (422, vec![field.to_owned()]));
        }
    }
}

#[tokio::test]
async fn a_task_has_a_time_line_and_says_why() {
    let app = TestApp::new().await;
    let mut node = app.node().await;
    let viewer = reader(&app, "vi", Role::Viewer, "en").await;
    let draft = app::task::TaskDraft {
        zone: "Asia/Shanghai".to_owned(),
        ..draft("t", "0 * * * *", "true")
    };
    let task = app.add(draft).await;
    node.go_to(at("2026-11-22T11:00:30Z")).await;
    let path = |rest: &str| format!("/api/v1/tasks/{}/{rest}", task.id);
    let get = async |rest: &str| viewer.get(&path(rest)).await;

    let ran = get("occurrences?state=succeeded").await.expect(200);
    let named: Vec<&Value> = ran["items"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["scheduled_for"])
        .collect();
    assert_eq!(
        named,
        [
            "2026-11-22T11:00:00Z",
            "2026-11-22T10:00:00Z",
            "2026-11-22T09:00:00Z"
        ]
    );
    assert!(ran["items"][0]["run_id"].is_i64());
    let first = get("occurrences?state=succeeded&limit=2").await.expect(200);
    let cursor = first["next"].as_str().expect("a next page");
    let second = get(&format!(
        "occurrences?state=succeeded&limit=2&after={cursor}"
    ))
    .await
    .expect(200);
    assert_eq!(second["items"][0], ran["items"][2]);
    assert_eq!(second["next"], Value::Null);
    let ahead = get("upcoming?limit=2").await.expect(200);
    assert_eq!(
        (&ahead["items"][0]["due_at"], &ahead["items"][0]["state"]),
        (&json!("2026-11-22T12:00:00Z"), &json!("planned"))
    );
    assert_eq!(ahead["items"].as_array().map(Vec::len), Some(2));

    // The same instant in three spellings; an unescaped plus arrives as a space.
    for moment in [
        "2026-11-22T10:00:00Z",
        "2026-11-22T18:00:00+08:00",
        "2026-11-22%2018:00",
    ] {
        let shown = get(&format!("explain?at={moment}")).await.expect(200);
        assert_eq!(shown["verdict"], "ran", "{moment}: {shown}");
        assert_eq!(shown["at"], "2026-11-22T10:00:00Z", "{moment}");
        assert!(shown["run_id"].is_i64(), "{shown}");
    }
    let shown = get("explain?at=2026-11-22T10:30:00Z").await.expect(200);
    assert_eq!(shown["verdict"], "not_named");
    assert_eq!(get("explain").await.expect(200)["verdict"], "not_named");

    assert_eq!(
        get("explain?at=soon").await.faults(),
        [("at".to_owned(), "invalid".to_owned())]
    );
    assert_eq!(
        get("occurrences?state=asleep").await.faults(),
        [("state".to_owned(), "unknown".to_owned())]
    );
    assert_eq!(
        get("upcoming?limit=many").await.expect(422)["code"],
        "query"
    );
    assert_eq!(
        get("occurrences?after=x").await.expect(422)["code"],
        "cursor"
    );
    for rest in ["occurrences", "upcoming", "explain"] {
        viewer
            .get(&format!("/api/v1/tasks/999/{rest}"))
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn blackouts_are_kept_and_hold_at_once() {
    let app = TestApp::new().await;
    let admin = reader(&app, "ad", Role::Admin, "en").await;
    let chinese = reader(&app, "zhang", Role::Admin, "zh").await;
    let once = json!({
        "name": "release", "zone": "Asia/Shanghai", "tags": ["db"],
        "starts_at": "2026-11-22 16:30", "ends_at": "2026-11-22T18:00:00+08:00",
    });
    let made = admin
        .post("/api/v1/blackouts", once.clone())
        .await
        .expect(201);
    assert_eq!(
        (&made["next"], &made["active"], &made["policy"]),
        (
            &json!(["2026-11-22T08:30:00Z", "2026-11-22T10:00:00Z"]),
            &json!(false),
            &json!("drop")
        )
    );
    let task = app::task::TaskDraft {
        tags: vec!["db".to_owned()],
        ..draft("t", "0 * * * *", "true")
    };
    let task = app.add(task).await;
    let upcoming = async || {
        let path = format!("/api/v1/tasks/{}/upcoming?limit=2", task.id);
        let ahead = admin.get(&path).await.expect(200);
        [0, 1].map(|at| {
            let row = &ahead["items"][at];
            (row["due_at"].clone(), row["reason"].clone())
        })
    };
    assert_eq!(
        upcoming().await,
        [
            (json!("2026-11-22T09:00:00Z"), json!("blackout")),
            (json!("2026-11-22T10:00:00Z"), Value::Null),
        ]
    );
    let path = format!("/api/v1/blackouts/{}", made["id"]);
    let again = json!({"name": "nights", "cron": "0 8 * * *", "duration": "90m", "policy": "catch_up", "zone": "UTC"});
    let changed = admin.call("PUT", &path, Some(again)).await.expect(200);
    assert_eq!(
        (
            &changed["id"],
            &changed["active"],
            &changed["duration_seconds"],
            &changed["starts_at"]
        ),
        (&made["id"], &json!(true), &json!(5400), &Value::Null)
    );
    assert_eq!(
        upcoming().await[0],
        (json!("2026-11-22T09:30:00Z"), Value::Null)
    );
    let listed = admin.get("/api/v1/blackouts").await.expect(200);
    assert_eq!(listed["items"], json!([changed]));

    for (body, faults) in [
        (json!({}), vec!["name", "starts_at"]),
        (
            json!({"name": "n", "starts_at": "2026-12-02", "ends_at": "2026-12-01"}),
            vec!["ends_at"],
        ),
        (
            json!({"name": "n", "cron": "0 8 * * *", "duration": "99d"}),
            vec!["duration"],
        ),
        (
            json!({"name": "n", "cron": "0 8 * * *", "duration": "1h", "zone": "Mars/X"}),
            vec!["zone"],
        ),
    ] {
        for browser in [&admin, &chinese] {
            let refused = browser.post("/api/v1/blackouts", body.clone()).await;
            let fields: Vec<String> = refused.faults().into_iter().map(|one| one.0).collect();
            assert_eq!(
                (refused.status, fields),
                (422, faults.iter().map(|&one| one.to_owned()).collect())
            );
        }
    }
    admin.call("DELETE", &path, None).await.expect(204);
    assert_eq!(
        upcoming().await[0],
        (json!("2026-11-22T09:00:00Z"), Value::Null)
    );
    admin.call("DELETE", &path, None).await.expect(404);
    admin.call("PUT", &path, Some(once)).await.expect(404);
}
