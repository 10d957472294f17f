//! Default policies: what a task leaves open, from its tag or from all tasks.

use app::auth::Role;
use app::backend::Tasks;
use serde_json::{Value, json};

use super::*;

async fn rule(app: &TestApp, task: TaskId) -> std::sync::Arc<app::ticket::TicketRule> {
    let found = app.service.task_get(&app.console(), task).await;
    std::sync::Arc::clone(&found.expect("the task").tickets)
}

#[tokio::test]
async fn a_default_holds_at_once_for_tasks_that_leave_it_open() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let put = async |tag: &str, policy: Value| {
        let path = format!("/api/v1/tickets/defaults/{tag}");
        admin.call("PUT", &path, Some(policy)).await
    };
    let set = put("*", json!({"first_after": "5m", "max_urges": "3"}))
        .await
        .expect(200);
    assert_eq!(set["own"], json!(["first_after", "max_urges"]));
    let own = order(TicketDraft {
        first_after: "2m".to_owned(),
        ..TicketDraft::default()
    });
    let first = task(&app, |draft| {
        own(draft);
        draft.tags = vec!["db".to_owned()];
    })
    .await;
    let plain = app.add(draft("plain", "0 9 * * *", "true")).await;
    let policy = async |task| rule(&app, task).await.policy.clone();
    let seen = policy(first.id).await;
    assert_eq!((seen.first_after_seconds, seen.max_urges), (120, 3));
    // What opens no tickets is as it was.
    assert_eq!(policy(plain.id).await.max_urges, 100);
    put("db", json!({"max_urges": "9", "ladder": "1h: 李四"}))
        .await
        .expect(200);
    let seen = policy(first.id).await;
    assert_eq!((seen.first_after_seconds, seen.max_urges), (120, 9));
    assert_eq!(seen.ladder.len(), 1);
    let view = rule(&app, first.id).await;
    let words = view.words(app::i18n::Lang::Zh).expect("words");
    assert!(words.ends_with("继承默认策略：次数上限、升级"), "{words}");
    // The form has what is the task's own, and saving it changes nothing.
    let console = app.console();
    let typed = app
        .service
        .task_draft(&console, first.id)
        .await
        .expect("it");
    assert_eq!(typed.tickets.first_after, "2m");
    assert_eq!(
        (
            typed.tickets.max_urges.as_str(),
            typed.tickets.ladder.as_str()
        ),
        ("", "")
    );
    let saved = app.service.task_update(&console, first.id, &typed).await;
    saved.expect("saved");
    assert_eq!(*rule(&app, first.id).await, *view);
    // Its ticket is asked for by what holds now.
    let deleted = admin
        .call("DELETE", "/api/v1/tickets/defaults/db", None)
        .await;
    assert_eq!(deleted.status, 204);
    assert_eq!(policy(first.id).await.max_urges, 3);
    let id = the_ticket(&app).await.id;
    later(&app, 120).await;
    for _ in 0..3 {
        later(&app, 3_600).await;
    }
    assert_eq!(ticket(&app, id).await.ticket.state.as_str(), "expired");
    assert_eq!(ticket(&app, id).await.urges.len(), 3);
    admin
        .call("DELETE", "/api/v1/tickets/defaults/*", None)
        .await;
    assert_eq!(policy(first.id).await.max_urges, 100);
    let gone = admin
        .call("DELETE", "/api/v1/tickets/defaults/*", None)
        .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn defaults_are_checked_and_set_by_administrators() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let path = "/api/v1/tickets/defaults/db";
    let policy = || Some(json!({"max_urges": "3"}));
    assert_eq!(editor.call("PUT", path, policy()).await.status, 403);
    assert_eq!(editor.call("DELETE", path, None).await.status, 403);
    let admin = app.signed_in("ada", Role::Admin).await;
    for (policy, field) in [
        (json!({}), "tickets"),
        (json!({"opens": "task", "max_urges": "3"}), "tickets.opens"),
        (json!({"check_command": "true"}), "tickets.check_command"),
        (json!({"calendar": "none-such"}), "tickets.calendar"),
        (json!({"every": "1s"}), "tickets.every"),
    ] {
        let refused = admin.call("PUT", path, Some(policy)).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    admin.call("PUT", path, policy()).await.expect(200);
    let listed = editor.get("/api/v1/tickets/defaults").await.expect(200);
    assert_eq!(listed["items"][0]["tag"], "db");
}

#[tokio::test]
async fn a_default_is_added_changed_and_deleted_on_the_page_from_the_version_that_was_read() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let (page, path) = ("/admin/urging", "/api/v1/tickets/defaults/db");
    let send = async |tag: &str, version: &str, every: &str, ladder: &str| {
        let fields = [
            ("tag", tag),
            ("version", version),
            ("tickets.every", every),
            ("tickets.ladder", ladder),
            ("tickets.urgent", "true"),
        ];
        admin.submit(page, &fields).await
    };
    let stored = async || admin.get("/api/v1/tickets/defaults").await.expect(200)["items"].clone();
    let odd = send("db", "0", "1s", "2h: ann").await;
    let text = odd.text();
    assert_eq!(odd.status, 422, "{text}");
    assert!(text.contains("2h: ann") && text.contains("1s"), "{text}");
    let nothing = admin.submit(page, &[("tag", "db"), ("version", "0")]).await;
    assert_eq!(nothing.status, 422);
    assert_eq!(stored().await, json!([]));

    assert_eq!(send("db", "0", "20m", "2h: ann").await.status, 303);
    let first = stored().await;
    assert_eq!(
        (&first[0]["version"], &first[0]["tag"]),
        (&json!(1), &json!("db"))
    );
    assert_eq!(first[0]["own"], json!(["cadence", "urgent", "ladder"]));
    let list = admin.open(page).await.text();
    assert!(list.contains("?edit=db#change"), "{list}");
    let form = admin.open("/admin/urging?edit=db").await.text();
    for part in [
        r#"name="version" value="1""#,
        r#"name="tag" value="db""#,
        r#"value="20m""#,
        "2h: ann",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }

    // Somebody else changes it meanwhile: what was typed is not lost, and nothing is overwritten in silence.
    let other = Some(json!({"every": "40m"}));
    admin.call("PUT", path, other).await.expect(200);
    let late = send("db", "1", "25m", "3h: bob").await;
    let text = late.text();
    assert_eq!(late.status, 409, "{text}");
    assert!(text.contains("别人修改过这条默认催单策略"), "{text}");
    assert!(text.contains("催单间隔") && text.contains("升级"), "{text}");
    for part in [r#"name="version" value="2""#, r#"value="25m""#, "3h: bob"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(stored().await[0]["version"], 2);
    assert_eq!(send("db", "2", "25m", "3h: bob").await.status, 303);
    // A form for a new one does not overwrite one that is there.
    assert_eq!(send("db", "0", "30m", "").await.status, 409);

    let delete = async |version: &str| {
        let fields = [("tag", "db"), ("version", version)];
        admin.submit("/fn/urge_default_delete", &fields).await;
        stored().await.as_array().map(Vec::len)
    };
    assert_eq!(
        delete("2").await,
        Some(1),
        "an outdated page deletes nothing"
    );
    assert_eq!(delete("3").await, Some(0));
    let viewer = app.signed_in("vic", Role::Viewer).await;
    let read = viewer.open(page).await;
    assert_eq!(read.status, 200);
    assert!(!read.text().contains("tickets.every"));
    let refused = viewer
        .submit(page, &[("tag", "db"), ("tickets.every", "1h")])
        .await;
    assert_eq!(refused.status, 403);
}
