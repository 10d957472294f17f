//! Everything that can be edited, made once, and each edit of it.

use app::channel::ChannelKind;
use serde_json::{Value, json};

use super::super::helpers::{Browser, TestApp};

/// An edit of the API.
pub(super) struct Edit {
    pub(super) operation: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
    /// The code of the conflict.
    pub(super) code: &'static str,
}

/// Everything that can be edited, as lists show it.
pub(super) async fn everything(admin: &Browser, channel: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for list in [
        "tasks",
        "rules",
        "channels",
        "pictures",
        "summaries",
        "pools",
        "calendars",
        "blackouts",
        "secrets",
        "users",
        "oncall",
        "people",
        "tickets/defaults",
    ] {
        all.push(admin.get(&format!("/api/v1/{list}")).await.expect(200));
    }
    let templates = format!("/api/v1/channels/{channel}/templates");
    all.push(admin.get(&templates).await.expect(200));
    all
}

/// Makes one of each, in its first version.
pub(super) async fn one_of_each(app: &TestApp, admin: &Browser) -> (Value, Vec<Edit>) {
    let post = async |path: &str, body: Value| {
        let made = admin.post(&format!("/api/v1/{path}"), body).await;
        made.expect(201)["id"].clone()
    };
    let put = async |path: &str, body: Value| {
        let path = format!("/api/v1/{path}");
        admin.call("PUT", &path, Some(body)).await.expect(200);
    };
    let url = "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-OF-THE-ROBOT";
    let channel = json!({"name": "ops", "kind": "webhook", "url": url, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "proxy": "http://u:pass-of-the-proxy@127.0.0.1:8"});
    let channel = post("channels", channel).await;
    let shared = app.channel("shared", ChannelKind::Webhook, url).await.id;
    let words = json!({"body": "{\"text\": {{ text }}}"});
    put(&format!("channels/{channel}/templates/failed"), words).await;
    let drawn = json!({"base64": super::super::pictures::png()});
    put("pictures/urge", drawn.clone()).await;
    let rule = json!({"scope": "all", "channel_id": shared, "events": ["too_long"]});
    let rule = post("rules", rule).await;
    let summary = json!({"name": "daily", "channel_id": shared, "time": "09:00"});
    let summary = post("summaries", summary).await;
    put("pools/db", json!({"slots": 2})).await;
    put("tickets/defaults/db", json!({"max_urges": "3"})).await;
    put("people/ann", json!({"zone": "Europe/Berlin"})).await;
    post("calendars", json!({"name": "ours"})).await;
    let quiet = json!({"name": "freeze", "cron": "0 1 * * *", "duration": "1h", "zone": "UTC"});
    let quiet = post("blackouts", quiet).await;
    let secret = post(
        "secrets",
        json!({"name": "KEY", "value": "value-of-the-secret"}),
    );
    let secret = secret.await;
    let user = json!({"name": "other", "password": "quite another password", "role": "viewer"});
    let user = post("users", user).await;
    let robot = "http://127.0.0.1:9/cgi-bin/webhook/send?key=OTHER-KEY-OF-THE-ROBOT";
    let rota = json!({"people": ["ann", "bob"], "zone": "UTC", "since": "2026-11-16"});
    put("oncall/db", rota).await;
    let task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    let task_id = post("tasks", task.clone()).await;
    let mut renamed = task;
    renamed["name"] = json!("renamed");
    renamed["robot"] = json!(robot);

    let edit = |operation, path: String, body, code| Edit {
        operation,
        path: format!("/api/v1/{path}"),
        body,
        code,
    };
    let template = format!("channels/{channel}/templates/failed");
    let other_url = url.replace("send", "again");
    let edits = vec![
        edit(
            "PUT /api/v1/tasks/{id}",
            format!("tasks/{task_id}"),
            renamed,
            "task.outdated",
        ),
        edit(
            "PATCH /api/v1/tasks/{id}",
            format!("tasks/{task_id}"),
            json!({"command": "false"}),
            "task.outdated",
        ),
        edit(
            "PATCH /api/v1/rules/{id}",
            format!("rules/{rule}"),
            json!({"events": ["failed"]}),
            "rule.outdated",
        ),
        edit(
            "PUT /api/v1/channels/{id}/templates/{event}",
            template.clone(),
            json!({"body": "{\"words\": {{ text }}}"}),
            "template.outdated",
        ),
        edit(
            "PUT /api/v1/channels/{id}",
            format!("channels/{channel}"),
            json!({"name": "ops", "kind": "webhook", "url": other_url, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
                "lang": "en", "proxy": "http://u:pass-of-the-proxy@127.0.0.1:7"}),
            "channel.outdated",
        ),
        edit(
            "PUT /api/v1/pictures/{picture}",
            "pictures/urge".to_owned(),
            drawn,
            "picture.outdated",
        ),
        edit(
            "PUT /api/v1/summaries/{id}",
            format!("summaries/{summary}"),
            json!({"name": "daily", "channel_id": shared, "time": "10:00"}),
            "summary.outdated",
        ),
        edit(
            "PUT /api/v1/pools/{name}",
            "pools/db".to_owned(),
            json!({"slots": 3}),
            "pool.outdated",
        ),
        edit(
            "PUT /api/v1/calendars/{name}",
            "calendars/ours".to_owned(),
            json!({"name": "ours", "source_url": "https://example.com/days.ics"}),
            "calendar.outdated",
        ),
        edit(
            "POST /api/v1/calendars/{name}/import",
            "calendars/ours/import".to_owned(),
            json!({"text": "2026-06-24 rest Feast"}),
            "calendar.outdated",
        ),
        edit(
            "POST /api/v1/calendars/{name}/refresh",
            "calendars/ours/refresh".to_owned(),
            Value::Null,
            "calendar.outdated",
        ),
        edit(
            "PUT /api/v1/blackouts/{id}",
            format!("blackouts/{quiet}"),
            json!({"name": "freeze", "cron": "0 2 * * *", "duration": "1h", "zone": "UTC"}),
            "blackout.outdated",
        ),
        edit(
            "PUT /api/v1/secrets/{id}",
            format!("secrets/{secret}"),
            json!({"name": "KEY", "value": "other-value-of-it", "note": "n"}),
            "secret.outdated",
        ),
        edit(
            "PATCH /api/v1/secrets/{id}",
            format!("secrets/{secret}"),
            json!({"value": "other-value-of-it", "note": "m"}),
            "secret.outdated",
        ),
        edit(
            "PATCH /api/v1/users/{id}",
            format!("users/{user}"),
            json!({"role": "operator", "password": "quite another password"}),
            "user.outdated",
        ),
        edit(
            "PUT /api/v1/oncall/{name}",
            "oncall/db".to_owned(),
            json!({"people": ["bob", "ann"], "zone": "UTC", "since": "2026-11-16"}),
            "oncall.outdated",
        ),
        edit(
            "POST /api/v1/oncall/{name}/override",
            "oncall/db/override".to_owned(),
            json!({"who": "dan", "until": "2026-11-22"}),
            "oncall.outdated",
        ),
        edit(
            "DELETE /api/v1/oncall/{name}/override",
            "oncall/db/override?at=2026-11-22".to_owned(),
            Value::Null,
            "oncall.outdated",
        ),
        edit(
            "POST /api/v1/oncall/{name}/swap",
            "oncall/db/swap".to_owned(),
            json!({"first": "2026-11-24", "second": "2026-12-01"}),
            "oncall.outdated",
        ),
        edit(
            "PUT /api/v1/tickets/defaults/{name}",
            "tickets/defaults/db".to_owned(),
            json!({"max_urges": "4", "ladder": "2h: ann"}),
            "ticket_default.outdated",
        ),
        edit(
            "DELETE /api/v1/tickets/defaults/{name}",
            "tickets/defaults/db".to_owned(),
            Value::Null,
            "ticket_default.outdated",
        ),
        edit(
            "PUT /api/v1/people/{name}",
            "people/ann".to_owned(),
            json!({"zone": "America/New_York", "hours_from": "09:00", "hours_until": "17:00"}),
            "person.outdated",
        ),
        edit(
            "DELETE /api/v1/people/{name}",
            "people/ann".to_owned(),
            Value::Null,
            "person.outdated",
        ),
        edit(
            "DELETE /api/v1/rules/{id}",
            format!("rules/{rule}"),
            Value::Null,
            "rule.outdated",
        ),
        edit(
            "DELETE /api/v1/channels/{id}/templates/{event}",
            template,
            Value::Null,
            "template.outdated",
        ),
        edit(
            "DELETE /api/v1/channels/{id}",
            format!("channels/{channel}"),
            Value::Null,
            "channel.outdated",
        ),
        edit(
            "DELETE /api/v1/pictures/{picture}",
            "pictures/urge".to_owned(),
            Value::Null,
            "picture.outdated",
        ),
        edit(
            "DELETE /api/v1/summaries/{id}",
            format!("summaries/{summary}"),
            Value::Null,
            "summary.outdated",
        ),
        edit(
            "DELETE /api/v1/pools/{name}",
            "pools/db".to_owned(),
            Value::Null,
            "pool.outdated",
        ),
        edit(
            "DELETE /api/v1/calendars/{name}",
            "calendars/ours".to_owned(),
            Value::Null,
            "calendar.outdated",
        ),
        edit(
            "DELETE /api/v1/blackouts/{id}",
            format!("blackouts/{quiet}"),
            Value::Null,
            "blackout.outdated",
        ),
        edit(
            "DELETE /api/v1/secrets/{id}",
            format!("secrets/{secret}"),
            Value::Null,
            "secret.outdated",
        ),
        edit(
            "DELETE /api/v1/users/{id}",
            format!("users/{user}"),
            Value::Null,
            "user.outdated",
        ),
        edit(
            "DELETE /api/v1/oncall/{name}",
            "oncall/db".to_owned(),
            Value::Null,
            "oncall.outdated",
        ),
        edit(
            "DELETE /api/v1/tasks/{id}",
            format!("tasks/{task_id}"),
            Value::Null,
            "task.outdated",
        ),
    ];
    (channel, edits)
}

pub(super) fn body(edit: &Edit) -> Option<Value> {
    Some(edit.body.clone()).filter(|body| !body.is_null())
}
