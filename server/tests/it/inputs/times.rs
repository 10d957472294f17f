//! Durations and times of day are read alike wherever they are typed.

use app::auth::Role;
use serde_json::{Value, json};

use super::super::helpers::{TestApp, draft};
use super::task;

/// One and a half hours, and half an hour, as people write them.
const SPELLINGS: [(&str, i64); 16] = [
    ("30min", 1800),
    ("30 min", 1800),
    ("30分钟", 1800),
    ("30 分钟", 1800),
    ("３０分钟", 1800),
    ("30m", 1800),
    ("30 minutes", 1800),
    ("1800", 1800),
    ("１８００", 1800),
    ("1800 s", 1800),
    ("1800秒", 1800),
    ("1h30m", 5400),
    ("1h 30m", 5400),
    ("1 小时 30 分", 5400),
    ("1小时30分钟", 5400),
    ("90 mins", 5400),
];

#[tokio::test]
async fn a_duration_means_the_same_in_every_field() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Admin).await;
    for (at, (text, seconds)) in SPELLINGS.iter().enumerate() {
        let saved = editor
            .post(
                "/api/v1/tasks",
                json!({
                    "name": format!("t{at}"), "command": "true", "zone": "UTC", "timeout": "2h",
                    "schedules": [{"spec": "0 9 * * *", "jitter": text}],
                    "missed": {"grace": text, "max_age": text},
                    "execution": {
                        "soft_limit": text, "limits": {"cpu": text},
                        "retry": {"attempts": "2", "delay": text, "max_delay": "3h"},
                        "waits": {"fresh": text, "patience": text},
                    },
                }),
            )
            .await
            .expect(201);
        for place in [
            "/schedules/0/jitter/seconds",
            "/missed/grace_seconds",
            "/missed/max_age_seconds",
            "/execution/soft_limit_seconds",
            "/execution/limits/cpu_seconds",
            "/execution/retry/delay_seconds",
            "/execution/waits/fresh_seconds",
            "/execution/waits/patience_seconds",
        ] {
            assert_eq!(
                saved.pointer(place),
                Some(&json!(seconds)),
                "{text} at {place}"
            );
        }
        let every = editor
            .post("/api/v1/schedules/preview", json!({"cron": format!("every {text}{}", if text.chars().all(char::is_numeric) { "s" } else { "" }), "zone": "UTC"}))
            .await;
        assert_eq!(every.status, 200, "{text}: {}", every.text());
        let blackout = editor
            .post(
                "/api/v1/blackouts",
                json!({"name": format!("b{at}"), "cron": "0 1 * * *", "duration": text}),
            )
            .await
            .expect(201);
        assert_eq!(blackout["duration_seconds"], json!(seconds), "{text}");
    }
}

async fn paused_until(app: &TestApp, at: usize, text: &str) -> Value {
    let operator = app.signed_in(&format!("op{at}"), Role::Operator).await;
    let own = app
        .add(app::task::TaskDraft {
            zone: "Asia/Shanghai".into(),
            ..draft(&format!("p{at}"), "0 9 * * *", "true")
        })
        .await
        .id;
    let reply = operator
        .post(
            &format!("/api/v1/tasks/{own}/pause"),
            json!({"until": text}),
        )
        .await;
    assert_eq!(reply.status, 200, "{text}: {}", reply.text());
    reply.json()["paused_until"].clone()
}

#[tokio::test]
async fn a_time_of_day_means_the_same_wherever_it_is_typed() {
    let app = TestApp::new().await;
    // It is 16:00 in Shanghai.
    let table = [
        ("18:00", "2026-11-22T10:00:00Z"),
        ("18：00", "2026-11-22T10:00:00Z"),
        ("１８：００", "2026-11-22T10:00:00Z"),
        ("18点", "2026-11-22T10:00:00Z"),
        ("18时30分", "2026-11-22T10:30:00Z"),
        // A length of time is that long from now.
        ("30m", "2026-11-22T08:30:00Z"),
        ("2分钟", "2026-11-22T08:02:00Z"),
        ("2小时", "2026-11-22T10:00:00Z"),
        ("9:00", "2026-11-23T01:00:00Z"),
        ("9点半", "2026-11-23T01:30:00Z"),
        ("2026-12-01 9:00", "2026-12-01T01:00:00Z"),
        ("2026-12-01 09：00", "2026-12-01T01:00:00Z"),
        ("2026/12/1 9:00", "2026-12-01T01:00:00Z"),
        ("2026年12月1日9点", "2026-12-01T01:00:00Z"),
        ("2026-12-01T09:00:00+09:00", "2026-12-01T00:00:00Z"),
        // A date alone is that whole day.
        ("2026-12-01", "2026-12-01T16:00:00Z"),
        ("2026年12月1日", "2026-12-01T16:00:00Z"),
    ];
    for (at, (text, until)) in table.into_iter().enumerate() {
        assert_eq!(paused_until(&app, at, text).await, json!(until), "{text}");
    }
}

#[tokio::test]
async fn an_end_that_is_a_date_alone_is_the_end_of_that_day() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for (at, text) in [
        "2026-12-31",
        "2026/12/31",
        "2026年12月31日",
        "２０２６-12-31",
    ]
    .iter()
    .enumerate()
    {
        let saved = admin
            .post(
                "/api/v1/tasks",
                task(&json!({"name": format!("t{at}"), "zone": "Asia/Shanghai", "starts_at": text, "ends_at": text})),
            )
            .await
            .expect(201);
        assert_eq!(saved["starts_at"], json!("2026-12-30T16:00:00Z"), "{text}");
        assert_eq!(saved["ends_at"], json!("2026-12-31T15:59:59Z"), "{text}");
        let blackout = admin
            .post(
                "/api/v1/blackouts",
                json!({"name": format!("b{at}"), "zone": "Asia/Shanghai", "starts_at": text, "ends_at": text, "tags": ["other"]}),
            )
            .await
            .expect(201);
        assert_eq!(
            blackout["starts_at"],
            json!("2026-12-30T16:00:00Z"),
            "{text}"
        );
        assert_eq!(blackout["ends_at"], json!("2026-12-31T16:00:00Z"), "{text}");
        let preview = admin
            .post(
                "/api/v1/schedules/preview",
                json!({"cron": "0 23 * * *", "zone": "Asia/Shanghai", "starts_at": text, "ends_at": text}),
            )
            .await
            .expect(200);
        assert_eq!(preview["next"], json!(["2026-12-31T15:00:00Z"]), "{text}");
    }
}
