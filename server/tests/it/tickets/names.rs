//! To whom a ticket is handed over: names are suggested, and one that no one is known by is accepted with a warning.

use app::auth::Role;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_name_that_no_one_is_known_by_is_accepted_with_a_warning() {
    let app = TestApp::new().await;
    task(&app, order(TicketDraft::default())).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    app.add(TaskDraft {
        owners: vec!["赵六".to_owned()],
        ..draft("other", "0 9 * * *", "true")
    })
    .await;
    let rota = json!({"people": ["王五"], "since": "2026-11-30"});
    admin.call("PUT", "/api/v1/oncall/db", Some(rota)).await;
    let id = the_ticket(&app).await.id;
    let assign = format!("/api/v1/tickets/{id}/assign");
    for (to, is_known) in [
        ("张三", true),
        ("赵六", true),
        ("ada", true),
        ("王五", true),
        ("oncall:db", true),
        ("oncall:dd", false),
        ("张三丰", false),
    ] {
        let answer = admin.post(&assign, json!({"to": to})).await.expect(200);
        assert_eq!(answer["owner"], to, "{answer}");
        let warnings = answer["warnings"].as_array().expect("warnings");
        assert_eq!(warnings.is_empty(), is_known, "{to}: {answer}");
        let shown = admin
            .get(&format!("/api/v1/tickets/{id}"))
            .await
            .expect(200);
        assert_eq!(shown["warnings"], answer["warnings"], "{to}");
    }
    let page = admin.open("/reminders").await.text();
    for name in ["赵六", "ada", "王五", "oncall:db"] {
        let option = format!("<option value=\"{name}\"");
        // Owners are suggested while tickets of theirs are open.
        assert_eq!(page.contains(&option), name != "赵六", "{name}: {page}");
    }
    // The page of the ticket has the warning after the form was sent.
    let id = id.to_string();
    let fields = [("id", id.as_str()), ("act", "assign"), ("to", "李司")];
    let sent = admin.submit("/reminders", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let shown = admin.open(sent.header("location")).await.text();
    assert!(
        shown.contains("李司") && shown.contains("可能催不到人"),
        "{shown}"
    );
}
