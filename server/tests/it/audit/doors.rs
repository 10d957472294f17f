//! Filters, pages and the command line.

use std::collections::BTreeSet;

use app::auth::Role;
use serde_json::{Value, json};

use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, jcrontab};
use super::super::helpers::{Browser, TestApp};
use super::{boss, entries};

/// The ids on all pages of a question.
async fn ids(admin: &Browser, question: &str) -> Vec<i64> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = admin
            .get(&format!("/api/v1/audit?{question}&after={after}"))
            .await;
        let page = page.expect(200);
        let items = page["items"].as_array().expect("entries");
        found.extend(items.iter().filter_map(|entry| entry["id"].as_i64()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return found,
        }
    }
}

#[tokio::test]
async fn entries_are_found_by_who_action_object_door_result_and_time() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    for name in ["a", "b"] {
        let put = Some(json!({"slots": 1}));
        let path = format!("/api/v1/pools/{name}");
        admin.call("PUT", &path, put).await.expect(200);
    }
    let count = async |query: &str| entries(&admin, query).await.len();
    let of = [
        ("who=boss&action=pool.create", 2),
        ("who=no-such-account", 0),
        ("action=pool.&via=session", 2),
        ("object=pool&outcome=done", 2),
        ("object=pool&outcome=refused", 0),
        ("object=pool&via=token", 0),
        ("object=pool&from=2026-11-22", 2),
        ("object=pool&from=2026-11-23", 0),
        ("object=pool&to=2026-11-22", 2),
        ("object=pool&to=2026-11-22T08:00:00Z", 0),
        (
            "object=pool&from=2026-11-22T08:00:00Z&to=2026-11-22T08:00:01Z",
            2,
        ),
        ("object=pool:1", 0),
    ];
    for (query, expected) in of {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let wrong =
        "/api/v1/audit?action=Task&object=task:x&via=window&outcome=maybe&from=soon&after=x";
    let faults = admin.get(wrong).await;
    assert_eq!(faults.status, 422);
    let faults: BTreeSet<String> = faults
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let fields = ["action", "after", "from", "object", "outcome", "via"];
    assert_eq!(faults, fields.map(str::to_owned).into());
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_and_examine_a_bounded_number() {
    let app = TestApp::new().await;
    let mysql = !app.place.database.url.is_empty();
    let at = match mysql {
        true => "'2026-11-22 07:00:00'",
        false => "'2026-11-22T07:00:00+00:00'",
    };
    let row = |id: usize| {
        let who = if id == 10 { "rare" } else { "robot" };
        format!("({id}, {at}, '{who}', 'token', 'task.run', 7, '')")
    };
    let rows: Vec<String> = (1..=5_000).map(row).collect();
    for some in rows.chunks(500) {
        let rows = some.join(", ");
        let insert = format!(
            "INSERT INTO audit (id, at, who, via, action, object_id, detail) VALUES {rows}"
        );
        app.place.database.execute(&insert).await;
    }
    let admin = app.signed_in("reader", Role::Admin).await;
    let all = ids(&admin, "who=robot&limit=200").await;
    let expected: Vec<i64> = (1..=5_000).rev().filter(|id| *id != 10).collect();
    assert_eq!(all, expected);
    assert_eq!(ids(&admin, "who=rare").await, [10]);
    // Of 5,000 entries about the object one matches: pages before it are empty, and not the last ones.
    let page = admin
        .get("/api/v1/audit?object=task:7&who=rare&via=token")
        .await;
    let page = page.expect(200);
    assert_eq!(
        (&page["items"], page["next"].is_null()),
        (&json!([]), false)
    );
    let found = ids(&admin, "object=task:7&outcome=done&who=rare&via=token").await;
    assert_eq!(found, [10]);
}

#[tokio::test]
async fn the_page_shows_entries_with_their_changes_and_keeps_the_question() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    for slots in [1, 3] {
        let put = Some(json!({"slots": slots}));
        admin.call("PUT", "/api/v1/pools/db", put).await.expect(200);
    }
    let page = admin.open("/audit?object=pool&who=boss").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    for part in [
        "pool.update",
        "slots",
        "value=\"boss\"",
        "198.51.100.7",
        "<details",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    let wrong = admin.open("/audit?object=task:x").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("value=\"task:x\""));
    // What an entry says is text, whatever it looks like.
    let sneaky = json!({"name": "<img src=x>", "kind": "webhook", "url": "http://127.0.0.1:9/"});
    admin.post("/api/v1/channels", sneaky).await.expect(201);
    let page = admin.open("/audit?object=channel").await.text();
    assert!(
        page.contains("&lt;img src=x&gt;") && !page.contains("<img src=x"),
        "{page}"
    );
}

#[tokio::test]
async fn the_command_line_lists_shows_exports_and_verifies() {
    let place = Place::new().await;
    let set = ["pool", "set", "db", "2"];
    assert_eq!(jcrontab(&place, &set).await.code, 0);
    let before = jcrontab(&place, &["audit", "verify", "--json"])
        .await
        .json();
    assert_eq!(before["finding"], Value::Null);
    let server = Server::start(&place, &[]).await;
    let listed = jcrontab(&place, &["audit", "list", "--object", "pool"]).await;
    assert!(
        listed.out.contains("pool.create") && listed.out.contains("console"),
        "{listed:?}"
    );
    let shown = jcrontab(&place, &["audit", "list", "--json", "--object", "pool"])
        .await
        .json();
    let id = shown["items"][0]["id"].to_string();
    let shown = jcrontab(&place, &["audit", "show", &id]).await;
    assert!(shown.out.contains("slots: - → 2"), "{shown:?}");
    let exported = jcrontab(&place, &["audit", "export", "--who", "console"]).await;
    assert_eq!(exported.code, 0, "{exported:?}");
    for line in exported.out.lines() {
        let entry: Value = serde_json::from_str(line).expect("an object a line");
        assert_eq!(entry["who"], json!("console"));
    }
    // The server has sealed what was there when it started.
    let verified = super::super::helpers::in_time("a seal", async {
        loop {
            let checked = jcrontab(&place, &["audit", "verify", "--json"])
                .await
                .json();
            if checked["unsealed"] == json!(false) {
                return checked;
            }
        }
    })
    .await;
    let head = verified["head"].as_str().expect("a head").to_owned();
    let again = jcrontab(&place, &["audit", "verify", "--head", &head]).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains(&format!("head {head}")), "{again:?}");
    assert_eq!(server.stop().await, 0);
    let change = "UPDATE audit SET who = 'someone' WHERE action = 'pool.create'";
    place.database.execute(change).await;
    let found = jcrontab(&place, &["audit", "verify"]).await;
    found.refused(1);
    // The doctor looks at the newest entries as well.
    let doctor = jcrontab(&place, &["doctor", "--json"]).await;
    let report: Value = serde_json::from_str(&doctor.out).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["name"] == "audit");
    assert_eq!(
        (doctor.code, &found.expect("a check")["status"]),
        (1, &json!("fail")),
        "{report}"
    );
}
