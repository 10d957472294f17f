//! Further channels of a new task: they come with it, or nothing does.

use app::auth::Role;
use app::message::Event;
use app::rule::OF_TASK_MAX;
use serde_json::{Value, json};

use super::super::helpers::TestApp;
use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab;
use super::{channel, got};

const TASKS: &str = "/api/v1/tasks";

fn body(notify: Value) -> Value {
    json!({
        "name": "billing", "cron": "0 0 1 1 *", "command": "exit 3", "notify": notify,
    })
}

#[tokio::test]
async fn a_task_comes_with_its_further_channels_or_not_at_all() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let night = channel(&app, "night").await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let ops_gets = json!({"channel_id": ops, "events": ["failed", "lost"]});
    let many = vec![json!({"channel_id": ops}); usize::try_from(OF_TASK_MAX + 1).expect("few")];
    for (notify, field, code) in [
        (
            json!([ops_gets, {"channel_id": 4711}]),
            "notify[1].channel_id",
            "unknown",
        ),
        (json!([ops_gets, {}]), "notify[1].channel_id", "required"),
        (
            json!([{"channel_id": ops, "events": ["digest"]}]),
            "notify[0].events",
            "unknown",
        ),
        (
            json!([{"channel_id": ops, "event": ["failed"]}]),
            "notify[0].event",
            "unknown_field",
        ),
        (json!({"channel_id": ops}), "notify", "invalid"),
    ] {
        let refused = editor.post(TASKS, body(notify.clone())).await;
        assert!(matches!(refused.status, 400 | 422), "{}", refused.text());
        let faults = refused.faults();
        assert_eq!(faults[0].0, field, "{notify}: {faults:?}");
        if code != "invalid" {
            assert_eq!(faults[0].1, code, "{notify}");
        }
    }
    let refused = editor.post(TASKS, body(json!(many))).await.expect(409);
    assert_eq!(refused["code"], "rule.too_many");
    let unknown = json!({"name": "x", "cron": "@startup", "command": "true", "notifications": []});
    let refused = editor.post(TASKS, unknown).await;
    assert_eq!(refused.faults()[0].1, "unknown_field");
    for table in ["task", "message_rule", "message"] {
        let count = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(app.place.database.count(&count).await, 0, "{table}");
    }

    let notify = json!([ops_gets, {"channel_id": night}]);
    let made = editor.post(TASKS, body(notify)).await.expect(201);
    let id = app::id::TaskId(made["id"].as_i64().expect("an ID"));
    let rules = editor.get(&format!("/api/v1/rules?task={id}")).await;
    let rules = rules.expect(200);
    assert_eq!(rules["items"][0]["events"], json!(["failed", "lost"]));
    assert_eq!(rules["items"][1]["channel"], "night");
    assert_eq!(got(&app, id, Event::Created).await, [(night.0, 1)]);
    let run = app.start_run(id).await;
    app.ended(run).await;
    assert_eq!(
        got(&app, id, Event::Failed).await,
        [(ops.0, 1), (night.0, 1)]
    );
    let acts = "SELECT COUNT(*) FROM audit WHERE action = 'rule.create'";
    assert_eq!(app.place.database.count(acts).await, 2);
    // A name that is taken: no rule without its task.
    let again = body(json!([{"channel_id": night}]));
    editor.post(TASKS, again).await.expect(409);
    let rules = "SELECT COUNT(*) FROM message_rule";
    assert_eq!(app.place.database.count(rules).await, 2);
}

#[tokio::test]
async fn the_terminal_sends_the_further_channels_with_the_task() {
    let place = Place::new().await;
    let run = async |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        jcrontab(&place, &words).await
    };
    for name in ["ops", "night"] {
        let add = format!("channel add {name} --kind webhook --url https://example.com/");
        assert_eq!(run(&add).await.code, 0);
    }
    let add = "task add billing --cron @startup --command true --notify ops";
    run(&format!("{add} --notify nowhere")).await.refused(3);
    let tasks = run("task list --json").await.json();
    assert_eq!(tasks["items"], json!([]));
    let made = run(&format!("{add} --notify night:failed,lost --json")).await;
    assert_eq!(made.code, 0, "{made:?}");
    let rules = run("rule list --task billing --json").await.json();
    assert_eq!(rules["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(rules["items"][1]["events"], json!(["failed", "lost"]));
}
