//! Databases with content from before tickets, links and versions: what is stored is kept, and the service reads it.

use app::auth::Role;
use app::channel::ChannelKind;
use serde_json::{Value, json};
use server::clock::Clock;

use super::channel_versions::who_read;
use super::helpers::database::{Database, mysql_server};
use super::helpers::{TestApp, at};

/// The first migration that is tried.
const FROM: &str = "m20261129_000033";
/// When everything was stored.
const THEN: &str = "2026-11-21T07:00:00Z";
const URL: &str = "http://127.0.0.1:9/hook";

/// An instant as this database keeps it.
pub(super) fn instant(text: &str) -> String {
    let at = at(text);
    match mysql_server() {
        Some(_) => format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f")),
        None => format!("'{}'", at.to_rfc3339()),
    }
}

/// Rows as a server of that version has written them, in each table that a later migration touches.
async fn fill(database: &Database, sealed: &str) {
    let then = instant(THEN);
    let later = instant("2026-11-21T07:00:05.123456Z");
    let rows = [
        format!(
            "INSERT INTO channel (id, name, kind, url_sealed, url_masked, created_at, updated_at, refuses, lang, \
             fallback_id) VALUES (1, 'ops', 'webhook', '{sealed}', 'http://127.0.0.1:9/…', {then}, {later}, \
             0, 'en', 2), (2, 'spare', 'webhook', '', 'http://127.0.0.1:8/…', {then}, {then}, 0, NULL, NULL)"
        ),
        format!(
            "INSERT INTO task (id, name, nickname, owners, tags, mode, command, zone, channel_id, state, urging, \
             version, created_at, updated_at, notice_before_seconds, pause_after_failures, search) VALUES \
             (1, '备份', 'bak', '[\"小王\"]', '[\"prod\"]', 'command', 'exit 2', 'Asia/Shanghai', 1, 'active', 1, 3, \
             {then}, {later}, 300, 5, '备份'), (2, '周报', '', '[]', '[]', 'message', '', 'UTC', 1, 'closed', 0, 1, \
             {then}, {then}, NULL, NULL, '周报')"
        ),
        format!(
            "INSERT INTO schedule (id, task_id, purpose, kind, expression, created_at) VALUES \
             (1, 1, 'work', 'cron', '0 9 * * *', {then}), (2, 1, 'urge', 'cron', '*/10 * * * *', {then}), \
             (3, 2, 'work', 'cron', '0 10 * * 5', {then})"
        ),
        format!(
            "INSERT INTO run (id, task_id, attempt, trigger_kind, state, node_id, epoch, scheduled_for, started_at, \
             finished_at, exit_code, excerpt, streak, streak_since) VALUES (1, 1, 1, 'schedule', 'failed', 'n1', 1, \
             {then}, {then}, {later}, 2, 'no space', 1, {then})"
        ),
        format!(
            "INSERT INTO message_rule (id, version, name, scope, task_id, value, channel_id, events, action, template, \
             throttle_seconds, quiet_from, quiet_until, quiet_zone, urgent, failures, enabled, created_at, updated_at) \
             VALUES (1, 2, 'prod', 'tag', NULL, 'prod', 1, '[\"failed\"]', 'send', '夜间', 600, 1320, 420, \
             'Asia/Shanghai', 0, '', 1, {then}, {later})"
        ),
        format!(
            "INSERT INTO message_template (id, channel_id, event, body, updated_at) VALUES \
             (1, 1, 'failed', '{{\"t\": {{{{ text }}}}}}', {then}), (2, 1, '@夜间', '{{\"n\": {{{{ text }}}}}}', {then})"
        ),
        format!(
            "INSERT INTO message (id, task_id, run_id, channel_id, event, kind, body, mentions, state, attempts, \
             next_attempt_at, last_answer, created_at, sent_at) VALUES \
             (1, 1, 1, 1, 'failed', 'text', '备份失败', '[\"小王\"]', 'sent', 1, {then}, 'ok', {then}, {later}), \
             (2, 1, 1, 1, 'failed', 'text', '又失败', '[]', 'dead', 9, {then}, 'refused', {then}, NULL)"
        ),
        format!(
            "INSERT INTO message_summary (id, name, owner, tag, channel_id, hour, minute, weekday, zone, \
             send_when_empty, enabled, since, last_sent_for, created_at, updated_at) VALUES \
             (1, '日报', '小王', NULL, 1, 9, 30, 1, 'UTC', 1, 1, {then}, {later}, {then}, {then})"
        ),
        format!(
            "INSERT INTO user (id, name, password_hash, role, disabled, created_at) VALUES \
             (1, 'ann', 'no-hash', 'editor', 1, {then})"
        ),
        format!("INSERT INTO pool (name, slots, updated_at) VALUES ('db', 4, {then})"),
        format!(
            "INSERT INTO calendar (id, name, source_url, days, created_at, updated_at) VALUES \
             (1, 'ours', 'https://example.com/days', '2026-06-24 rest Feast', {then}, {then})"
        ),
        format!(
            "INSERT INTO blackout (id, name, tags, zone, cron, duration_seconds, policy, created_at, updated_at) \
             VALUES (1, 'freeze', '[\"prod\"]', 'UTC', '0 1 * * *', 3600, 'drop', {then}, {then})"
        ),
        format!(
            "INSERT INTO secret (id, name, note, value_sealed, created_at, updated_at) VALUES \
             (1, 'KEY', 'of the vault', 'x', {then}, {then})"
        ),
        format!(
            "INSERT INTO picture (name, media_type, width, height, content, updated_at) VALUES \
             ('urge', 'image/png', 4, 2, 'bytes', {then})"
        ),
    ];
    for row in rows {
        database.execute(&row).await;
    }
}

/// The tables that [`fill`] fills.
const FILLED: [&str; 14] = [
    "channel",
    "task",
    "schedule",
    "run",
    "message_rule",
    "message_template",
    "message",
    "message_summary",
    "user",
    "pool",
    "calendar",
    "blackout",
    "secret",
    "picture",
];

/// The content of these columns, row by row.
pub(super) async fn content(database: &Database, table: &str, columns: &[String]) -> Vec<String> {
    let texts = columns
        .iter()
        .map(|column| format!("COALESCE(CONCAT('', {column}), '-')"));
    let texts = texts.collect::<Vec<_>>().join(", ");
    let rows = format!("SELECT CONCAT_WS('|', {texts}) FROM {table} ORDER BY 1");
    database.rows(&rows).await
}

#[tokio::test]
async fn a_database_from_before_tickets_is_upgraded_with_its_content() {
    let app = TestApp::new().await;
    let channel = app.channel("ops", ChannelKind::Webhook, URL).await;
    assert_eq!(channel.id.0, 1, "the address is sealed for this channel");
    let sealed = app
        .place
        .database
        .rows("SELECT url_sealed FROM channel")
        .await
        .remove(0);
    let (place, clock) = app.die();
    let database = &place.database;
    database.go_back_before(FROM).await;
    assert!(!database.tables().await.contains(&"ticket".to_owned()));
    fill(database, &sealed).await;
    let mut before = Vec::new();
    for table in FILLED {
        let columns = database.columns(table).await;
        assert!(columns.len() > 2, "{table}: {columns:?}");
        let rows = content(database, table, &columns).await;
        assert!(!rows.is_empty(), "{table}");
        before.push((table, columns, rows));
    }

    // The next version starts.
    let flags = ["--outbound-allow=127.0.0.0/8"];
    let app = TestApp::start(place.clone(), clock, None, &flags).await;
    for (table, columns, rows) in &before {
        assert_eq!(&content(database, table, columns).await, rows, "{table}");
    }
    let admin = app.signed_in("root", Role::Admin).await;
    let get = async |path: &str| admin.get(&format!("/api/v1/{path}")).await.expect(200);
    let task = get("tasks/1").await;
    assert_eq!(
        (&task["urging"], &task["version"]),
        (&json!(true), &json!(3))
    );
    assert_eq!(task["owners"], json!(["小王"]));
    assert_eq!(task["urge_cron"], "*/10 * * * *");
    assert_eq!(get("tasks/2").await["state"], "closed");
    let run = get("runs/1").await;
    assert_eq!(
        (&run["state"], &run["exit_code"]),
        (&json!("failed"), &json!(2))
    );
    let messages = get("messages").await;
    let words = ["又失败", "备份失败"];
    for (at, words) in words.iter().enumerate() {
        assert_eq!(messages["items"][at]["text"], *words, "{messages}");
    }
    let rule = get("rules/1").await;
    assert_eq!(
        (&rule["template"], &rule["version"]),
        (&json!("夜间"), &json!(2))
    );
    let templates = get("channels/1/templates").await;
    assert_eq!(templates["items"].as_array().map(Vec::len), Some(2));
    let channel = get("channels/1").await;
    assert_eq!(
        (&channel["fallback"], &channel["lang"]),
        (&json!("spare"), &json!("en"))
    );

    // Everything starts with version 1, and counts from there.
    let first = who_read(&app, &admin, "\"1\"");
    let quiet = json!({"name": "freeze", "cron": "0 2 * * *", "duration": "1h", "zone": "UTC"});
    let webhook = json!({"name": "ops", "kind": "webhook", "lang": "zh"});
    let summary = json!({"name": "日报", "channel_id": 1, "time": "10:00"});
    let edits: [(&str, &str, Value); 9] = [
        ("PUT", "channels/1", webhook),
        (
            "PUT",
            "channels/1/templates/failed",
            json!({"body": "{\"u\": {{ text }}}"}),
        ),
        ("PUT", "summaries/1", summary),
        ("PUT", "pools/db", json!({"slots": 5})),
        ("PUT", "blackouts/1", quiet),
        // Loaded with the blackouts.
        ("PUT", "calendars/ours", json!({"name": "ours"})),
        ("PATCH", "secrets/1", json!({"note": "of another"})),
        ("PATCH", "users/1", json!({"role": "viewer"})),
        (
            "PUT",
            "pictures/urge",
            json!({"base64": super::pictures::png()}),
        ),
    ];
    for (method, path, body) in edits {
        let path = format!("/api/v1/{path}");
        let changed = first.call(method, &path, Some(body.clone())).await;
        assert!(changed.status < 300, "{path}: {}", changed.text());
        let late = first.call(method, &path, Some(body)).await;
        assert_eq!(late.status, 409, "{path}: {}", late.text());
    }

    // A task that was being chased gets the end that every chase has by now.
    let adopted = app.components.store.adopt_chases(app.clock.now()).await;
    assert_eq!(adopted.expect("adopted"), 1);
    let tickets = get("tickets?task=1").await;
    assert_eq!(tickets["items"][0]["kind"], "chase", "{tickets}");
}
