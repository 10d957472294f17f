//! Each operation of the API that changes something, with a request that would succeed.

use serde_json::{Value, json};

use super::super::sessions::PASSWORD;
use super::things::{Made, URL, crontab};

/// An operation, the path of a request, and its body.
pub(super) type Request = (&'static str, String, Value);

/// The requests for what was made.
pub(super) fn requests(made: &Made) -> Vec<Request> {
    let Made {
        task,
        idle,
        ticket,
        answered,
        channel,
        drawn,
        words,
        user,
        token,
        session,
        secret,
        blackout,
        quiet,
        rule,
        noted,
        reported,
        summary,
        daily,
        bot,
        mapped,
        message,
        held,
        taken,
        started_by,
        run: _,
    } = made;
    let new =
        |name: &str| json!({"name": name, "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    let named = |name: &str| json!({"name": name, "kind": "webhook", "url": URL});
    let of = |text: &str, id: &Value| text.replace("{id}", &id.to_string());
    let by_id = |text: &str| text.replace("{id}", &task.to_string());
    vec![
        ("POST /api/v1/tasks", "/api/v1/tasks".into(), new("new")),
        (
            "POST /api/v1/tasks/apply",
            "/api/v1/tasks/apply".into(),
            json!([new("applied")]),
        ),
        (
            "PUT /api/v1/tasks/{id}",
            by_id("/api/v1/tasks/{id}"),
            new("renamed"),
        ),
        (
            "PATCH /api/v1/tasks/{id}",
            by_id("/api/v1/tasks/{id}"),
            json!({"command": "false"}),
        ),
        (
            "POST /api/v1/tasks/{id}/start-urls",
            by_id("/api/v1/tasks/{id}/start-urls"),
            json!({"name": "ci"}),
        ),
        (
            "DELETE /api/v1/tasks/{id}/start-urls/{name}",
            format!("/api/v1/tasks/{idle}/start-urls/ci"),
            Value::Null,
        ),
        (
            "POST /api/v1/start/{token}",
            started_by.clone(),
            json!({"note": "by a program"}),
        ),
        (
            "POST /api/v1/tasks/{id}/pause",
            by_id("/api/v1/tasks/{id}/pause"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/close",
            by_id("/api/v1/tasks/{id}/close"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/restore",
            by_id("/api/v1/tasks/{id}/restore"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/urge",
            by_id("/api/v1/tasks/{id}/urge"),
            json!({"cron": "* * * * *"}),
        ),
        (
            "POST /api/v1/tasks/{id}/unurge",
            by_id("/api/v1/tasks/{id}/unurge"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/run",
            format!("/api/v1/tasks/{idle}/run"),
            Value::Null,
        ),
        (
            "DELETE /api/v1/tasks/{id}",
            by_id("/api/v1/tasks/{id}"),
            Value::Null,
        ),
        (
            "POST /api/v1/channels",
            "/api/v1/channels".into(),
            named("more"),
        ),
        (
            "PUT /api/v1/channels/{id}",
            format!("/api/v1/channels/{channel}"),
            named("renamed"),
        ),
        (
            "POST /api/v1/channels/{id}/test",
            format!("/api/v1/channels/{channel}/test"),
            Value::Null,
        ),
        (
            "PUT /api/v1/pictures/{picture}",
            "/api/v1/pictures/failure".into(),
            drawn.clone(),
        ),
        (
            "DELETE /api/v1/pictures/{picture}",
            "/api/v1/pictures/urge".into(),
            Value::Null,
        ),
        (
            "PUT /api/v1/channels/{id}/templates/{event}",
            format!("/api/v1/channels/{channel}/templates/lost"),
            words.clone(),
        ),
        (
            "DELETE /api/v1/channels/{id}/templates/{event}",
            format!("/api/v1/channels/{channel}/templates/failed"),
            Value::Null,
        ),
        (
            "DELETE /api/v1/channels/{id}",
            format!("/api/v1/channels/{channel}"),
            Value::Null,
        ),
        (
            "POST /api/v1/account/password",
            "/api/v1/account/password".into(),
            json!({"current": PASSWORD, "new": "battery staple horse"}),
        ),
        (
            "POST /api/v1/users",
            "/api/v1/users".into(),
            json!({"name": "third", "password": "quite another one", "role": "viewer"}),
        ),
        (
            "PATCH /api/v1/users/{id}",
            of("/api/v1/users/{id}", user),
            json!({"disabled": true}),
        ),
        (
            "PATCH /api/v1/users/{id}",
            of("/api/v1/users/{id}", user),
            json!({"password": "one more of them"}),
        ),
        (
            "PATCH /api/v1/users/{id}",
            of("/api/v1/users/{id}", user),
            json!({"role": "editor"}),
        ),
        (
            "DELETE /api/v1/users/{id}",
            of("/api/v1/users/{id}", user),
            Value::Null,
        ),
        (
            "POST /api/v1/tokens",
            "/api/v1/tokens".into(),
            json!({"name": "new"}),
        ),
        (
            "DELETE /api/v1/tokens/{id}",
            of("/api/v1/tokens/{id}", token),
            Value::Null,
        ),
        (
            "DELETE /api/v1/sessions",
            "/api/v1/sessions?user=guest".into(),
            Value::Null,
        ),
        (
            "DELETE /api/v1/sessions/{session}",
            format!("/api/v1/sessions/{session}"),
            Value::Null,
        ),
        (
            "POST /api/v1/messages/{id}/resend",
            of("/api/v1/messages/{id}/resend", message),
            Value::Null,
        ),
        (
            "POST /api/v1/messages/resend",
            "/api/v1/messages/resend".into(),
            json!({"ids": [message]}),
        ),
        (
            "POST /api/v1/tickets/{id}/acknowledge",
            format!("/api/v1/tickets/{ticket}/acknowledge"),
            Value::Null,
        ),
        (
            "POST /api/v1/tickets/{id}/snooze",
            format!("/api/v1/tickets/{ticket}/snooze"),
            json!({"until": "30m"}),
        ),
        (
            "POST /api/v1/tickets/{id}/assign",
            format!("/api/v1/tickets/{ticket}/assign"),
            json!({"to": "ann"}),
        ),
        (
            "POST /api/v1/tickets/{id}/done",
            format!("/api/v1/tickets/{ticket}/done"),
            json!({"word": "w"}),
        ),
        (
            "POST /api/v1/tickets/{id}/reopen",
            format!("/api/v1/tickets/{answered}/reopen"),
            Value::Null,
        ),
        (
            "PUT /api/v1/oncall/{name}",
            "/api/v1/oncall/more".into(),
            json!({"people": ["ann"]}),
        ),
        (
            "POST /api/v1/oncall/{name}/override",
            "/api/v1/oncall/ops/override".into(),
            json!({"who": "cid", "from": "2027-01-04", "until": "2027-01-06"}),
        ),
        (
            "DELETE /api/v1/oncall/{name}/override",
            "/api/v1/oncall/ops/override?at=2026-11-22".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/oncall/{name}/swap",
            "/api/v1/oncall/ops/swap".into(),
            json!({"first": "2026-12-07", "second": "2026-12-14"}),
        ),
        (
            "DELETE /api/v1/oncall/{name}",
            "/api/v1/oncall/web".into(),
            Value::Null,
        ),
        (
            "PUT /api/v1/people/{name}",
            "/api/v1/people/ann".into(),
            json!({"zone": "UTC"}),
        ),
        (
            "DELETE /api/v1/people/{name}",
            "/api/v1/people/bob".into(),
            Value::Null,
        ),
        (
            "PUT /api/v1/tickets/defaults/{name}",
            "/api/v1/tickets/defaults/web".into(),
            json!({"max_urges": "7"}),
        ),
        (
            "DELETE /api/v1/tickets/defaults/{name}",
            "/api/v1/tickets/defaults/db".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/tickets/feed",
            "/api/v1/tickets/feed".into(),
            json!({"person": "ann"}),
        ),
        (
            "POST /api/v1/tickets/link",
            "/api/v1/tickets/link".into(),
            json!({"person": "ann"}),
        ),
        (
            "POST /api/v1/secrets",
            "/api/v1/secrets".into(),
            json!({"name": "MORE", "value": "a long value"}),
        ),
        (
            "PUT /api/v1/secrets/{id}",
            of("/api/v1/secrets/{id}", secret),
            json!({"name": "KEY", "value": "", "note": "n"}),
        ),
        (
            "PATCH /api/v1/secrets/{id}",
            of("/api/v1/secrets/{id}", secret),
            json!({"grant": [task.to_string()]}),
        ),
        (
            "DELETE /api/v1/secrets/{id}",
            of("/api/v1/secrets/{id}", secret),
            Value::Null,
        ),
        (
            "POST /api/v1/imports/crontab",
            "/api/v1/imports/crontab".into(),
            crontab("0 9 * * * three\n"),
        ),
        (
            "POST /api/v1/imports/tasks",
            "/api/v1/imports/tasks".into(),
            json!({"scheduler": "qinglong", "files": [{"text": "[{\"command\": \"true\"}]"}]}),
        ),
        (
            "POST /api/v1/imports/take-over",
            "/api/v1/imports/take-over".into(),
            json!({"tasks": [held]}),
        ),
        (
            "POST /api/v1/imports/give-back",
            "/api/v1/imports/give-back".into(),
            json!({"tasks": [taken]}),
        ),
        (
            "PUT /api/v1/pools/{name}",
            "/api/v1/pools/more".into(),
            json!({"slots": 3}),
        ),
        (
            "PUT /api/v1/retention",
            "/api/v1/retention".into(),
            json!({"run_days": 30}),
        ),
        (
            "DELETE /api/v1/pools/{name}",
            "/api/v1/pools/db".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/calendars",
            "/api/v1/calendars".into(),
            json!({"name": "more"}),
        ),
        (
            "PUT /api/v1/calendars/{name}",
            "/api/v1/calendars/ours".into(),
            json!({"name": "renamed"}),
        ),
        (
            "POST /api/v1/calendars/{name}/import",
            "/api/v1/calendars/ours/import".into(),
            json!({"text": "2026-12-25 rest Christmas"}),
        ),
        (
            "DELETE /api/v1/calendars/{name}",
            "/api/v1/calendars/ours".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/blackouts",
            "/api/v1/blackouts".into(),
            blackout.clone(),
        ),
        (
            "PUT /api/v1/blackouts/{id}",
            of("/api/v1/blackouts/{id}", quiet),
            blackout.clone(),
        ),
        ("POST /api/v1/rules", "/api/v1/rules".into(), rule.clone()),
        (
            "PATCH /api/v1/rules/{id}",
            of("/api/v1/rules/{id}", noted),
            json!({"enabled": false}),
        ),
        (
            "DELETE /api/v1/rules/{id}",
            of("/api/v1/rules/{id}", noted),
            Value::Null,
        ),
        (
            "POST /api/v1/summaries",
            "/api/v1/summaries".into(),
            json!({"name": "weekly", "channel_id": reported, "time": "09:00", "weekday": "monday"}),
        ),
        (
            "PUT /api/v1/summaries/{id}",
            of("/api/v1/summaries/{id}", daily),
            summary.clone(),
        ),
        (
            "DELETE /api/v1/summaries/{id}",
            of("/api/v1/summaries/{id}", daily),
            Value::Null,
        ),
        (
            "POST /api/v1/chat/people",
            "/api/v1/chat/people".into(),
            json!({"channel_id": bot, "person": "bob", "user": "other"}),
        ),
        (
            "DELETE /api/v1/chat/people/{id}",
            of("/api/v1/chat/people/{id}", mapped),
            Value::Null,
        ),
        (
            "DELETE /api/v1/blackouts/{id}",
            of("/api/v1/blackouts/{id}", quiet),
            Value::Null,
        ),
    ]
}
