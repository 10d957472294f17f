//! The further channels in the form of a task, as a browser without JavaScript sends them.

use app::auth::Role;
use serde_json::{Value, json};

use super::super::helpers::TestApp;
use super::super::helpers::browser::Browser;
use super::channel;

/// The fields that every form of a task sends.
const FIELDS: [(&str, &str); 4] = [
    ("name", "billing"),
    ("mode", "command"),
    ("command", "true"),
    ("cron", "0 0 1 1 *"),
];

async fn rules(editor: &Browser, task: i64) -> Vec<(Value, Value)> {
    let listed = editor.get(&format!("/api/v1/rules?task={task}")).await;
    let listed = listed.expect(200);
    let items = listed["items"].as_array().expect("items");
    let rule = |one: &Value| (one["channel"].clone(), one["events"].clone());
    items.iter().map(rule).collect()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect(name);
    rest.split('"').next().expect("a value").to_owned()
}

#[tokio::test]
async fn the_form_of_a_task_sets_its_further_channels() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await.to_string();
    let night = channel(&app, "night").await.to_string();
    let editor = app.signed_in("ed", Role::Editor).await;
    let page = editor.open("/tasks/new").await.text();
    assert!(page.contains("name=\"notify[0].channel_id\""), "{page}");
    assert!(
        page.contains("name=\"notify[0].events[1]\" value=\"failed\""),
        "{page}"
    );

    let mut fields = FIELDS.to_vec();
    fields.extend([
        ("notify_seen", ""),
        ("notify[0].channel_id", ops.as_str()),
        ("notify[0].events[1]", "failed"),
        ("notify[0].events[3]", "lost"),
        // A row that is not used.
        ("notify[1].channel_id", ""),
        ("notify[1].events[1]", "failed"),
    ]);
    let made = editor.submit("/tasks/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let own = |channel: &str, events: &[&str]| (json!(channel), json!(events));
    assert_eq!(rules(&editor, 1).await, [own("ops", &["failed", "lost"])]);
    let shown = editor.open("/tasks/1").await.text();
    assert!(shown.contains("channels-of-task"), "{shown}");

    // A rule with a limit is no row, and stays.
    let limited = json!({"scope": "task", "task_id": 1, "channel_id": ops.parse::<i64>().expect("an ID"),
        "events": ["started"], "throttle": "10m"});
    editor.post("/api/v1/rules", limited).await.expect(201);
    let form = editor.open("/tasks/1/edit").await.text();
    let (seen, version) = (hidden(&form, "notify_seen"), hidden(&form, "version"));
    assert_eq!(seen, "1:1");
    let mut fields = FIELDS.to_vec();
    fields.extend([
        ("version", version.as_str()),
        ("notify_seen", seen.as_str()),
        ("notify[0].channel_id", ""),
        ("notify[1].channel_id", night.as_str()),
        ("notify[1].events[1]", "failed"),
    ]);
    let saved = editor.submit("/tasks/1/edit", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let now = [own("ops", &["started"]), own("night", &["failed"])];
    assert_eq!(rules(&editor, 1).await, now);

    // Saved from the form as it was before, it is a conflict: nothing is saved, and what was entered stays.
    let version = hidden(&editor.open("/tasks/1/edit").await.text(), "version");
    let old = fields.iter_mut().find(|(name, _)| *name == "version");
    old.expect("it").1 = version.as_str();
    let refused = editor.submit("/tasks/1/edit", &fields).await;
    assert_eq!(refused.status, 409);
    let form = refused.text();
    assert!(form.contains("别人修改过这个任务的通知规则"), "{form}");
    assert_eq!(rules(&editor, 1).await, now);
    // With that in view it is saved.
    let seen = hidden(&form, "notify_seen");
    assert_eq!(seen, "3:1");
    let old = fields.iter_mut().find(|(name, _)| *name == "notify_seen");
    old.expect("it").1 = seen.as_str();
    let saved = editor.submit("/tasks/1/edit", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert_eq!(rules(&editor, 1).await, now);
    let acts = "SELECT CONCAT(who, ' ', action) FROM audit WHERE action LIKE 'rule.%' ORDER BY id";
    assert_eq!(
        app.place.database.rows(acts).await,
        [
            "ed rule.create",
            "ed rule.create",
            "ed rule.delete",
            "ed rule.create"
        ]
    );
}

#[tokio::test]
async fn a_faulty_row_keeps_what_was_entered_and_saves_nothing() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await.to_string();
    let editor = app.signed_in("ed", Role::Editor).await;
    let mut fields = FIELDS.to_vec();
    fields.extend([
        ("notify_seen", ""),
        ("notify[0].channel_id", ops.as_str()),
        ("notify[0].events[0]", "recovered"),
        ("notify[2].channel_id", "4711"),
        ("notify[2].events[0]", "failed"),
    ]);
    let refused = editor.submit("/tasks/new", &fields).await;
    assert_eq!(refused.status, 422);
    let form = refused.text();
    assert!(form.contains("没有这个通知渠道"), "{form}");
    assert!(form.contains("id=\"notify[1].channel_id-fault\""), "{form}");
    for table in ["task", "message_rule"] {
        let count = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(app.place.database.count(&count).await, 0, "{table}");
    }
    // A form of a former page says nothing of further channels: rules stay.
    fields.truncate(FIELDS.len());
    let made = editor.submit("/tasks/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let rule = json!({"scope": "task", "task_id": 1, "channel_id": ops.parse::<i64>().expect("an ID"),
        "events": ["failed"]});
    editor.post("/api/v1/rules", rule).await.expect(201);
    fields.push(("version", "1"));
    let saved = editor.submit("/tasks/1/edit", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert_eq!(rules(&editor, 1).await.len(), 1);
}

#[tokio::test]
async fn rarer_events_are_in_a_fold_of_the_row() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await.to_string();
    let editor = app.signed_in("ed", Role::Editor).await;
    let page = editor.open("/tasks/new").await.text();
    let (before, _) = page
        .split_once("\" value=\"skipped\"")
        .expect("a box for the event");
    let name = before.rsplit('"').next().expect("its name");
    let mut fields = FIELDS.to_vec();
    fields.extend([
        ("notify_seen", ""),
        ("notify[0].channel_id", ops.as_str()),
        ("notify[0].events[1]", "failed"),
        (name, "skipped"),
    ]);
    let made = editor.submit("/tasks/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let wanted = (json!("ops"), json!(["failed", "skipped"]));
    assert_eq!(rules(&editor, 1).await, [wanted]);
    let form = editor.open("/tasks/1/edit").await.text();
    let (_, row) = form.split_once(name).expect("the box");
    let row = row.split_once('>').expect("its end").0;
    assert!(row.contains("checked"), "{row}");
    // What the system reports belongs to no task.
    assert!(!form.contains("value=\"disk_low\""));
}
