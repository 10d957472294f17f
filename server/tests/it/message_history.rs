//! The history of messages on every door, and sending one again.

use app::auth::Role;
use app::backend::Tasks;
use app::channel::ChannelKind;
use app::id::ChannelId;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::helpers::message::{reminder, with_robot};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp};

/// A robot, a channel to it, and a task whose first message it refused for good.
async fn refused() -> (TestApp, Robot, ChannelId, i64) {
    let (app, robot, channel) = with_robot().await;
    robot.next([Mood::Refuse(93_000)]);
    app.notify();
    let task = app.add(reminder("备份", channel)).await.id;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let path = "/api/v1/messages?state=dead";
    let dead = app
        .until("the refusal", async || {
            viewer.get(path).await.expect(200)["items"].get(0).cloned()
        })
        .await;
    assert_eq!(dead["task_id"], task.0);
    let id = dead["id"].as_i64().expect("an id");
    (app, robot, channel, id)
}

#[tokio::test]
async fn a_message_that_was_given_up_is_sent_again() {
    let (app, robot, channel, id) = refused().await;
    let viewer = app.signed_in("vic", Role::Viewer).await;
    let operator = app.signed_in("olga", Role::Operator).await;
    let path = format!("/api/v1/messages/{id}");
    let dead = viewer.get(&path).await.expect(200);
    assert_eq!(dead["event"], "created");
    assert_eq!(
        (&dead["task"], &dead["channel"]),
        (&json!("备份"), &json!("ops"))
    );
    assert_eq!(dead["channel_id"], channel.0);
    assert_eq!(dead["attempts"], 1);
    let answer = dead["answer"].as_str().expect("an answer");
    assert!(answer.contains("93000"), "{answer}");
    let text = dead["text"].as_str().expect("the text");
    assert!(text.starts_with("【建单通知】备份"), "{text}");

    let resend = format!("{path}/resend");
    viewer.call("POST", &resend, None).await.expect(403);
    operator.call("POST", &resend, None).await.expect(200);
    let all = robot.wait_for(2).await;
    assert_eq!(all[0].body, all[1].body, "the same once more");
    let sent = app
        .until("the answer", async || {
            let message = viewer.get(&path).await.expect(200);
            (message["state"] == "sent").then_some(message)
        })
        .await;
    assert_eq!(sent["attempts"], 1, "counted from zero");
    assert!(sent["sent_at"].is_string() && sent["next_attempt_at"].is_null());

    let again = operator.call("POST", &resend, None).await.expect(409);
    assert_eq!(again["code"], "message.not_dead");
    operator
        .call("POST", "/api/v1/messages/999999/resend", None)
        .await
        .expect(404);
}

#[tokio::test]
async fn a_picture_follows_its_text_again() {
    let (app, robot, channel, first) = refused().await;
    let task = app
        .service
        .task_list(&app.console(), &Default::default())
        .await;
    let task = task.expect("tasks").items[0].id;
    robot.next([Mood::Refuse(93_000)]);
    app.start_run(task).await;
    let operator = app.signed_in("olga", Role::Operator).await;
    let path = format!("/api/v1/messages?state=dead&channel={channel}&event=reminder");
    let dead = app
        .until("text and picture to be given up", async || {
            let items = operator.get(&path).await.expect(200)["items"].clone();
            (items.as_array().map(Vec::len) == Some(2)).then_some(items)
        })
        .await;
    let kinds: Vec<&Value> = dead
        .as_array()
        .expect("items")
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["image", "text"], "newest first");
    let text = dead[1]["id"].as_i64().expect("an id");
    assert!(text > first);
    operator
        .call("POST", &format!("/api/v1/messages/{text}/resend"), None)
        .await
        .expect(200);
    let all = robot.wait_for(4).await;
    let sent: Vec<&Value> = all[2..].iter().map(|one| &one.body["msgtype"]).collect();
    assert_eq!(sent, ["text", "image"]);
}

#[tokio::test]
async fn the_history_is_filtered_and_paged_by_key() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let url = robot.url();
    let channel = app.channel("ops", ChannelKind::Webhook, &url).await.id;
    let other = app.channel("dev", ChannelKind::Webhook, &url).await.id;
    let mut tasks = Vec::new();
    for number in 0..5 {
        let place = if number == 4 { other } else { channel };
        tasks.push(app.add(reminder(&format!("t{number}"), place)).await.id);
    }
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let get = async |query: String| {
        viewer
            .get(&format!("/api/v1/messages?{query}"))
            .await
            .expect(200)
    };
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items").iter();
        items
            .map(|one| one["task"].as_str().expect("a name").to_owned())
            .collect()
    };
    let first = get("limit=2".to_owned()).await;
    assert_eq!(names(&first), ["t4", "t3"]);
    let next = first["next"].as_str().expect("a cursor");
    let second = get(format!("limit=2&after={next}")).await;
    assert_eq!(names(&second), ["t2", "t1"]);
    let next = second["next"].as_str().expect("a cursor");
    let last = get(format!("limit=2&after={next}")).await;
    assert_eq!(names(&last), ["t0"]);
    assert_eq!(last["next"], Value::Null);

    assert_eq!(names(&get(format!("channel={other}")).await), ["t4"]);
    assert_eq!(names(&get(format!("task={}", tasks[1])).await), ["t1"]);
    assert_eq!(
        names(&get("event=created&state=pending".to_owned()).await).len(),
        5
    );
    assert_eq!(names(&get("event=failed".to_owned()).await).len(), 0);

    let refused = viewer
        .get("/api/v1/messages?state=gone&event=nothing&after=x")
        .await;
    assert_eq!(refused.status, 422);
    let fields: Vec<String> = refused
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["state", "event", "after"]);

    // Names of what is gone are null; its messages go with a task, and stay without their channel.
    let page = viewer.open("/messages?state=pending").await;
    assert_eq!(page.status, 200);
    for name in ["t0", "t4", "ops", "dev"] {
        assert!(page.text().contains(name), "{name} is on the page");
    }
    let faulty = viewer.open("/messages?state=gone").await;
    assert_eq!(faulty.status, 422, "the page says what is wrong");
    app.browser().get("/api/v1/messages").await.expect(401);
}

#[tokio::test]
async fn the_history_is_filtered_by_the_name_of_a_task_and_by_time() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Webhook, &robot.url()).await;
    // From 2026-11-22 08:00 UTC on, a day apart.
    for name in ["备份 1", "backup", "report"] {
        app.add(reminder(name, channel.id)).await;
        app.clock.advance(TimeDelta::days(1));
    }
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let names = async |query: &str| -> Vec<String> {
        let path = format!("/api/v1/messages?{query}");
        let page = viewer.get(&path).await.expect(200);
        let items = page["items"].as_array().expect("items").iter();
        let names = items.map(|one| one["task"].as_str().expect("a name").to_owned());
        names.collect()
    };
    for (query, wanted) in [
        ("task=backup", &["backup"][..]),
        ("task=%E5%A4%87%E4%BB%BD%201", &["备份 1"]),
        ("from=2026-11-23", &["report", "backup"]),
        ("to=2026-11-22", &["备份 1"]),
        ("to=2026-11-23%2008:00", &["备份 1"]),
        ("to=2026-11-23T08:00:01Z", &["backup", "备份 1"]),
        ("from=2026-11-23&to=2026-11-23", &["backup"]),
        ("from=2026-11-23&to=2026-11-23&task=report", &[]),
        (
            "from=2026-11-23&state=pending&event=created&limit=1",
            &["report"],
        ),
        ("from=2050-01-01", &[]),
        (
            "from=2000-01-01&to=2099-12-31",
            &["report", "backup", "备份 1"],
        ),
    ] {
        assert_eq!(names(query).await, wanted, "{query}");
    }
    // A page ends within the time, and the next one goes on there.
    let first = viewer
        .get("/api/v1/messages?to=2026-11-23&limit=1")
        .await
        .expect(200);
    assert_eq!(first["items"][0]["task"], "backup");
    let next = first["next"].as_str().expect("a cursor");
    let rest = names(&format!("to=2026-11-23&limit=1&after={next}")).await;
    assert_eq!(rest, ["备份 1"]);

    let refused = viewer
        .get("/api/v1/messages?task=nothing&from=soon&to=x")
        .await;
    assert_eq!(refused.status, 422);
    let faults = refused.faults().into_iter();
    let fields: Vec<String> = faults.map(|(field, _)| field).collect();
    assert_eq!(fields, ["task", "from", "to"]);

    let page = viewer
        .open("/messages?task=backup&from=2026-11-23&state=pending")
        .await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("【建单通知】backup") && !text.contains("【建单通知】report"));
    // What was asked for stays in the form and in the links of the states.
    assert!(text.contains("value=\"2026-11-23\"") && text.contains("from=2026-11-23"));
    assert_eq!(viewer.open("/messages?task=nothing").await.status, 422);
}

#[tokio::test]
async fn people_whom_a_channel_cannot_mention_are_listed() {
    let (app, robot, channel) = with_robot().await;
    app.notify();
    let owners = vec!["zhangsan".to_owned(), "张三".to_owned()];
    let draft = app::task::TaskDraft {
        owners,
        ..reminder("备份", channel)
    };
    let task = app.add(draft).await.id;
    let run = app.start_run(task).await;
    app.ended(run).await;
    robot.wait_for(2).await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let viewer = viewer.with("accept-language", "en");
    let listed = viewer
        .get("/api/v1/messages?event=reminder")
        .await
        .expect(200);
    assert_eq!(listed["items"][0]["not_mentioned"], json!(["张三"]));
    let page = viewer.open("/messages?event=reminder").await.text();
    assert!(page.contains("Cannot be mentioned there"), "{page}");
    let text = robot.taken()[1]["text"].clone();
    assert_eq!(text["mentioned_list"], json!(["zhangsan"]));
    let content = text["content"].as_str().expect("a text");
    assert!(content.ends_with("\n@张三"), "{content}");
}

#[tokio::test]
async fn several_messages_are_sent_again_by_their_ids_or_by_a_filter_that_is_counted_first() {
    let (app, robot, channel, first) = refused().await;
    let operator = app.signed_in("olga", Role::Operator).await;
    let viewer = app.signed_in("vic", Role::Viewer).await;
    robot.always(Some(Mood::Refuse(93_000)));
    for name in ["b", "c"] {
        app.add(reminder(name, channel)).await;
    }
    let dead = async || {
        let all = viewer.get("/api/v1/messages?state=dead").await.expect(200);
        let items = all["items"].as_array().expect("items").iter();
        let ids: Vec<Value> = items.map(|one| one["id"].clone()).collect();
        ids
    };
    let ids: Vec<Value> = app
        .until("three dead letters", async || {
            let ids = dead().await;
            (ids.len() == 3).then_some(ids)
        })
        .await;
    assert!(ids.contains(&json!(first)));
    let path = "/api/v1/messages/resend";
    viewer.post(path, json!({"ids": ids})).await.expect(403);
    for (body, field) in [
        (json!({}), "ids"),
        (json!({"ids": [1], "channel": channel.0}), "ids"),
        (json!({"ids": vec![1; 1_001]}), "ids"),
        (json!({"state": "sent"}), "state"),
    ] {
        let refused = operator.post(path, body.clone()).await;
        assert_eq!(refused.faults()[0].0, field, "{body}");
    }
    let matching = |limit: u32, dry_run: bool| json!({"channel": channel.0, "state": "dead", "limit": limit, "dry_run": dry_run});
    let counted = operator.post(path, matching(2, true)).await.expect(200);
    assert_eq!(
        (&counted["count"], &counted["more"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(dead().await.len(), 3, "they were only counted");
    // The first of them by its id, beside one that does not exist.
    robot.always(None);
    let body = json!({"ids": [ids[2], 999_999]});
    let report = operator.post(path, body).await.expect(200);
    assert_eq!(report["count"], 1);
    assert_eq!(report["refused"][0]["code"], "not_found");
    let report = operator.post(path, matching(100, false)).await.expect(200);
    assert_eq!(
        (&report["count"], &report["more"]),
        (&json!(2), &json!(false))
    );
    app.until("all three to be sent", async || {
        let sent = viewer.get("/api/v1/messages?state=sent").await.expect(200);
        (sent["items"].as_array().map(Vec::len) == Some(3)).then_some(())
    })
    .await;
}
