//! One of everything that people change, made before the audit log is refused.

use app::auth::Role;
use app::channel::ChannelKind;
use app::id::{ChannelId, RunId, TaskId, TicketId};
use app::task::{Mode, TaskDraft};
use serde_json::{Value, json};

use super::super::helpers::{Browser, TestApp, draft};

/// Where channels send to.
pub(super) const URL: &str = "https://example.com/hook";

/// What was made, and what it was made from.
pub(super) struct Made {
    pub(super) task: TaskId,
    pub(super) idle: TaskId,
    pub(super) ticket: TicketId,
    pub(super) answered: TicketId,
    pub(super) channel: ChannelId,
    pub(super) drawn: Value,
    pub(super) words: Value,
    pub(super) user: Value,
    pub(super) token: Value,
    pub(super) session: String,
    pub(super) secret: Value,
    pub(super) blackout: Value,
    pub(super) quiet: Value,
    pub(super) rule: Value,
    pub(super) noted: Value,
    pub(super) reported: ChannelId,
    pub(super) summary: Value,
    pub(super) daily: Value,
    pub(super) bot: Value,
    pub(super) mapped: Value,
    pub(super) message: Value,
    pub(super) held: Value,
    pub(super) taken: Value,
    pub(super) started_by: String,
    pub(super) run: RunId,
}

/// A crontab of root.
pub(super) fn crontab(text: &str) -> Value {
    json!({"sources": [{"path": "user:root", "text": text}]})
}

pub(super) async fn one_of_each(app: &TestApp, admin: &Browser) -> Made {
    let task = app.add(draft("own", "0 9 * * *", "sleep 600")).await.id;
    let idle = app.add(draft("idle", "0 9 * * *", "true")).await.id;
    let mut asking = draft("asking", "0 9 * * *", "true");
    asking.tickets.opens = "task".to_owned();
    let ticket = app.ticket_of(app.add(asking.clone()).await.id).await;
    asking.name = "asked".to_owned();
    let answered = app.ticket_of(app.add(asking).await.id).await;
    let path = format!("/api/v1/tickets/{answered}/done");
    admin.post(&path, json!({})).await.expect(200);
    let channel = app.channel("chat", ChannelKind::Webhook, URL).await.id;
    let drawn = json!({"base64": super::super::pictures::png()});
    let put = admin
        .call("PUT", "/api/v1/pictures/urge", Some(drawn.clone()))
        .await;
    put.expect(200);
    let words = json!({"body": "{\"text\": {{ text }}}"});
    let template = format!("/api/v1/channels/{channel}/templates/failed");
    let put = admin.call("PUT", &template, Some(words.clone())).await;
    put.expect(200);
    let other = json!({"name": "other", "password": "quite another one", "role": "viewer"});
    let user = admin.post("/api/v1/users", other).await.expect(201)["id"].clone();
    let token = json!({"name": "ci"});
    let token = admin.post("/api/v1/tokens", token).await.expect(201)["id"].clone();
    app.signed_in("guest", Role::Viewer).await;
    let sessions = admin.get("/api/v1/sessions").await.expect(200);
    let sessions = sessions["items"].as_array().cloned().unwrap_or_default();
    let session = sessions.iter().find(|session| session["user"] == "guest");
    let session = session.and_then(|session| session["id"].as_str());
    let session = session.expect("the session of the guest").to_owned();
    let secret = json!({"name": "KEY", "value": "a long value"});
    let secret = admin.post("/api/v1/secrets", secret).await.expect(201)["id"].clone();
    let pool = Some(json!({"slots": 2}));
    admin
        .call("PUT", "/api/v1/pools/db", pool)
        .await
        .expect(200);
    let imported = crontab("0 9 * * * one\n0 9 * * * two\n");
    let imported = admin.post("/api/v1/imports/crontab", imported).await;
    let imported = imported.expect(200)["sources"][0]["lines"].clone();
    let [held, taken] = [0, 1].map(|at: usize| imported[at]["task"]["id"].clone());
    let handed = json!({"tasks": [taken.clone()]});
    admin
        .post("/api/v1/imports/take-over", handed)
        .await
        .expect(200);
    let policy = Some(json!({"max_urges": "5"}));
    admin
        .call("PUT", "/api/v1/tickets/defaults/db", policy)
        .await
        .expect(200);
    let rota = Some(json!({"people": ["ann", "bob"], "since": "2026-11-16"}));
    for name in ["ops", "web"] {
        let path = format!("/api/v1/oncall/{name}");
        admin.call("PUT", &path, rota.clone()).await.expect(200);
    }
    let stands_in = json!({"who": "dan", "until": "2026-11-22"});
    admin
        .post("/api/v1/oncall/ops/override", stands_in)
        .await
        .expect(200);
    let zone = Some(json!({"zone": "Europe/Berlin"}));
    admin
        .call("PUT", "/api/v1/people/bob", zone)
        .await
        .expect(200);
    let calendar = json!({"name": "ours"});
    admin.post("/api/v1/calendars", calendar).await.expect(201);
    let blackout = json!({"name": "freeze", "cron": "0 1 * * *", "duration": "1h", "zone": "UTC"});
    let quiet = admin.post("/api/v1/blackouts", blackout.clone()).await;
    let quiet = quiet.expect(201)["id"].clone();
    let ruled = app.channel("ruled", ChannelKind::Webhook, URL).await.id;
    let rule = json!({"scope": "all", "channel_id": ruled, "events": ["too_long"]});
    let noted = admin.post("/api/v1/rules", rule.clone()).await;
    let noted = noted.expect(201)["id"].clone();
    let reported = app.channel("reports", ChannelKind::Webhook, URL).await.id;
    let summary = json!({"name": "daily", "channel_id": reported, "time": "09:00"});
    let daily = admin.post("/api/v1/summaries", summary.clone()).await;
    let daily = daily.expect(201)["id"].clone();
    let bot = json!({"name": "bot", "kind": "wecom_bot", "bot": "b-1", "secret": "of-the-bot"});
    let bot = admin.post("/api/v1/channels", bot).await.expect(201)["id"].clone();
    let ann = json!({"channel_id": bot, "person": "ann", "user": "other"});
    let mapped = admin.post("/api/v1/chat/people", ann).await.expect(201)["id"].clone();
    let given_up = TaskDraft {
        mode: Mode::Message,
        channel_id: Some(app.channel("gone", ChannelKind::Webhook, URL).await.id.0),
        ..draft("given up", "0 9 * * *", "")
    };
    app.add(given_up).await;
    let dead = "UPDATE message SET state = 'dead'";
    app.place.database.execute(dead).await;
    let messages = admin.get("/api/v1/messages?state=dead").await.expect(200);
    let message = messages["items"][0]["id"].clone();
    let url = format!("/api/v1/tasks/{idle}/start-urls");
    let url = admin.post(&url, json!({"name": "ci"})).await.expect(201);
    let url = url["url"].as_str().expect("an address");
    let started_by = url.strip_prefix("http://cron.test").expect("ours");
    let run = app.start_run(task).await;
    Made {
        started_by: started_by.to_owned(),
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
        run,
    }
}
