//! Probable mistakes are saved, with a warning in the answer.

use app::auth::Role;
use serde_json::json;

use super::super::helpers::TestApp;
use super::task;

#[tokio::test]
async fn what_never_happens_is_warned_about_when_saved() {
    let app = TestApp::new().await;
    let editor = app
        .signed_in("ed", Role::Editor)
        .await
        .with("accept-language", "en");
    for (at, (changes, words)) in [
        (json!({"cron": "0 0 30 2 *"}), "never"),
        (json!({"cron": "at 2020-01-01 09:00"}), "has passed"),
        (
            json!({"starts_at": "2020-01-01", "ends_at": "2020-02-01"}),
            "has ended",
        ),
        (json!({"execution": {"env": "PATH=/opt/x:$PATH"}}), "$PATH"),
        (
            json!({"cron": "at 2027-01-01 09:00", "ends_at": "2026-12-31"}),
            "after the active period",
        ),
        (
            json!({"cron": "at 2027-01-01 09:00", "starts_at": "2027-01-02"}),
            "before the active period",
        ),
        (
            json!({"cron": "0 0 1 1 *", "starts_at": "2027-02-01", "ends_at": "2027-03-01"}),
            "never fires within the active period",
        ),
        (
            json!({"urge_cron": "0 0 30 2 *"}),
            "Chase schedule: No such date",
        ),
        (json!({"execution": {"env": "TZ=Mars/Base"}}), "Mars/Base"),
        (
            json!({"execution": {"shell": "/no/such"}}),
            "no executable shell /no/such: runs here will fail; it may exist on another node",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = task(&changes);
        body["name"] = json!(format!("t{at}"));
        let saved = editor.post("/api/v1/tasks", body).await.expect(201);
        let shown = saved["warnings"].to_string();
        let over = ["has passed", "has ended"];
        let is_over = over.iter().any(|words| shown.contains(words));
        assert_eq!(is_over, over.contains(&words), "{shown}");
        assert!(
            shown.to_lowercase().contains(&words.to_lowercase()),
            "{changes}: {shown}"
        );
        let id = &saved["id"];
        let again = editor
            .call(
                "PATCH",
                &format!("/api/v1/tasks/{id}"),
                Some(json!({"nickname": "n"})),
            )
            .await
            .expect(200);
        assert_eq!(again["warnings"], saved["warnings"], "{changes}");
    }
    for (at, changes) in [
        json!({}),
        json!({"urge_cron": "0 */2 * * *", "execution": {"env": "TZ=CST-8"}}),
        json!({"cron": "at 2027-01-01 09:00"}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = task(&changes);
        body["name"] = json!(format!("fine{at}"));
        let fine = editor.post("/api/v1/tasks", body).await.expect(201);
        assert_eq!(fine["warnings"], json!([]), "{changes}");
    }
}

#[tokio::test]
async fn lines_of_a_crontab_are_taken_as_cron_takes_them() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let env = "A=\"quoted\"\nB='single one'\nC = spaced\nD=plain\"quote\nE=\"\"\n";
    let saved = editor
        .post("/api/v1/tasks", task(&json!({"execution": {"env": env}})))
        .await
        .expect(201);
    let pairs: Vec<(String, String)> = saved["execution"]["env"]
        .as_array()
        .expect("variables")
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap_or("").to_owned(),
                one["value"].as_str().unwrap_or("").to_owned(),
            )
        })
        .collect();
    let expected = [
        ("A", "quoted"),
        ("B", "single one"),
        ("C", "spaced"),
        ("D", "plain\"quote"),
        ("E", ""),
    ];
    assert_eq!(
        pairs,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn a_crontab_line_as_a_schedule_is_refused_with_the_fix() {
    let app = TestApp::new().await;
    let editor = app
        .signed_in("ed", Role::Editor)
        .await
        .with("accept-language", "en");
    for (typed, fix) in [
        ("\"0 4 * * *\"", "0 4 * * *"),
        ("'0 4 * * *'", "0 4 * * *"),
        ("“0 4 * * *”", "0 4 * * *"),
        ("0 3 * * * # comment", "0 3 * * *"),
        ("CRON_TZ=Asia/Shanghai 0 3 * * *", "0 3 * * *"),
        ("TZ=UTC 0 3 * * *", "0 3 * * *"),
    ] {
        let reply = editor
            .post("/api/v1/tasks", task(&json!({"cron": typed})))
            .await;
        assert_eq!(
            reply.faults(),
            [("cron".to_owned(), "cron".to_owned())],
            "{typed}"
        );
        let words = reply.json()["errors"][0]["message"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        assert!(
            words.contains(fix) && !words.contains(typed),
            "{typed}: {words}"
        );
        let zone = typed
            .split_once('=')
            .map(|(_, rest)| rest.split(' ').next().unwrap_or(""));
        if let Some(zone) = zone {
            assert!(words.contains(zone) && words.contains("zone"), "{words}");
        }
    }
}

#[tokio::test]
async fn owners_are_read_alike_on_every_door() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    for (at, (typed, owners)) in [
        (json!(["@zhangsan"]), json!(["zhangsan"])),
        (json!(["王，李"]), json!(["王", "李"])),
        (
            json!(["王；李", "赵、钱", "a;b", "c,d"]),
            json!(["王", "李", "赵", "钱", "a", "b", "c", "d"]),
        ),
        (json!(["＠王", " 王 "]), json!(["王"])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = task(&json!({"owners": typed}));
        body["name"] = json!(format!("t{at}"));
        let saved = editor.post("/api/v1/tasks", body).await.expect(201);
        assert_eq!(saved["owners"], owners, "{typed}");
    }
    let fields = [
        ("name", "f"),
        ("cron", "0 9 * * *"),
        ("command", "true"),
        ("zone", "UTC"),
        ("owners", "@王，李；@bob"),
    ];
    let reply = editor.submit("/tasks/new", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let list = editor.get("/api/v1/tasks?q=f&limit=1").await.expect(200);
    assert_eq!(list["items"][0]["owners"], json!(["王", "李", "bob"]));
}

#[tokio::test]
async fn a_number_that_is_a_name_and_an_id_is_not_guessed() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let first = editor
        .post("/api/v1/tasks", task(&json!({"name": "first"})))
        .await
        .expect(201);
    let id = first["id"].as_i64().expect("an id");
    let other = editor
        .post("/api/v1/tasks", task(&json!({"name": id.to_string()})))
        .await
        .expect(201);
    let wait =
        |text: String| task(&json!({"name": "w", "execution": {"waits": {"tasks": [text]}}}));
    let reply = editor.post("/api/v1/tasks", wait(id.to_string())).await;
    assert_eq!(
        reply.faults(),
        [("execution.waits.tasks".to_owned(), "ambiguous".to_owned())]
    );
    let words = reply.json()["errors"][0]["message"].to_string();
    assert!(
        words.contains(&format!("#{id}")) && words.contains(&format!("#{}", other["id"])),
        "{words}"
    );
    let saved = editor
        .post("/api/v1/tasks", wait(format!("#{id}")))
        .await
        .expect(201);
    assert_eq!(saved["execution"]["waits"]["tasks"], json!([id]));

    // A secret goes to no task by guess, either.
    let admin = app.signed_in("boss", Role::Admin).await;
    let grant = |text: String| json!({"name": "KEY", "value": "a long value", "tasks": [text]});
    let reply = admin.post("/api/v1/secrets", grant(id.to_string())).await;
    assert_eq!(
        reply.faults(),
        [("tasks".to_owned(), "ambiguous".to_owned())]
    );
    let other = other["id"].as_i64().expect("an id");
    let saved = admin
        .post("/api/v1/secrets", grant(format!("#{other}")))
        .await;
    assert_eq!(saved.expect(201)["tasks"][0]["id"], other);
}
