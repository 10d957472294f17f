//! Templates of each kind of channel: the JSON of webhooks, the formats of WeCom, and the failure brief.

use std::time::Duration;

use app::auth::Role;
use app::backend::Channels;
use app::channel::ChannelKind;
use app::id::ChannelId;
use app::task::TaskDraft;
use chrono::TimeDelta;
use serde_json::json;

use super::super::helpers::receiver::Receiver;
use super::super::helpers::{Robot, TestApp};
use super::{command, fail, put, with_robot};

#[tokio::test]
async fn a_webhook_gets_the_json_of_its_template() {
    let (app, robot, channel) = with_robot(ChannelKind::Webhook, |draft| {
        draft.method = Some("PUT".to_owned());
    })
    .await;
    let body = "{\"event\": {{ event }}, \"msg\": {{ text }}, \"code\": {{ exit_code }}, \"who\": {{ owners }}}";
    put(&app, channel, "failed", body).await.expect(200);
    let broken = put(
        &app,
        channel,
        "failed",
        "{\"event\": {{ event }}, \"msg\": \"{{ task }}\"",
    )
    .await;
    assert_eq!(broken.status, 422);
    assert!(broken.text().contains("not_json"), "{}", broken.text());
    let name = "a \"quoted\" \\ name";
    let task = app
        .add(command(name, channel, "printf 'x\\n\"y\"'; exit 4"))
        .await
        .id;
    robot.wait_for(1).await;
    fail(&app, task).await;
    let sent = robot.received().pop().expect("a request").body;
    assert_eq!(sent["event"], "failed");
    assert_eq!((&sent["code"], &sent["who"]), (&json!(4), &json!(["ann"])));
    let text = sent["msg"].as_str().expect("a text");
    assert!(text.contains(name) && text.contains("x\n\"y\""), "{text}");
    // Invalid JSON, as only another version could have stored it.
    app.place
        .database
        .execute("UPDATE message_template SET body = '{{ task }} {'")
        .await;
    let answer = fail(&app, task).await;
    assert!(answer.contains("sent in the built-in words"), "{answer}");
    let sent = robot.received().pop().expect("a request").body;
    assert!(
        sent["text"].is_string() && sent["run_id"].is_i64(),
        "{sent}"
    );
}

#[tokio::test]
async fn a_webhook_gets_the_content_type_that_its_headers_name() {
    let app = TestApp::new().await;
    let hook = Receiver::start(ChannelKind::Webhook, app.clock.clone()).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let text = "text/plain; charset=utf-8";
    let made = json!({
        "name": "hook", "kind": "webhook", "url": hook.url(),
        "headers": [format!("Content-Type: {text}"), "X-Team: ops"],
    });
    let made = admin.post("/api/v1/channels", made).await.expect(201);
    let channel = ChannelId(made["id"].as_i64().expect("an ID"));
    app.notify();
    let task = app.add(command("t", channel, "exit 3")).await.id;
    put(
        &app,
        channel,
        "failed",
        "{{ task }} ended with {{ exit_code }}",
    )
    .await
    .expect(200);
    let trial = json!({"event": "failed"});
    let path = format!("/api/v1/channels/{channel}/templates/preview");
    let shown = admin.post(&path, trial).await.expect(200);
    let sent = shown["sent"].as_str().expect("the request");
    assert!(
        sent.contains(&format!("Content-Type: {text}\n")) && sent.ends_with("backup ended with 3"),
        "{sent}"
    );
    fail(&app, task).await;
    let got = hook.got();
    let (created, failed) = (&got[0], &got[1]);
    // The built-in body is JSON, whatever templates make.
    assert_eq!(created.header("content-type"), "application/json");
    assert_eq!(created.json()["event"], "created");
    assert_eq!(
        (failed.header("content-type"), failed.text.as_str()),
        (text, "t ended with 3")
    );
    assert_eq!(failed.headers.get_all("content-type").iter().count(), 1);
    assert_eq!(failed.header("x-team"), "ops");
}

#[tokio::test]
async fn wecom_takes_each_format() {
    for format in ["markdown", "news", "template_card"] {
        let (app, robot, channel) = with_robot(ChannelKind::Wecom, |draft| {
            draft.format = Some(format.to_owned());
        })
        .await;
        let task = app.add(command("t", channel, "seq 3000; exit 3")).await.id;
        robot.wait_for(1).await;
        fail(&app, task).await;
        let test = app
            .service
            .channel_test(&app.console(), channel)
            .await
            .expect("an answer");
        assert!(test.ok, "{test:?}");
        for one in robot.received() {
            assert!(
                one.taken && one.body["msgtype"] == format,
                "{format}: {one:?}"
            );
        }
        let failed = &robot.received()[1].body[format];
        match format {
            "markdown" => {
                let text = failed["content"].as_str().expect("a text");
                assert!(
                    text.starts_with("**【执行失败】t") && text.ends_with("<@ann>"),
                    "{text}"
                );
                put(&app, channel, "failed", "# {{ task }}")
                    .await
                    .expect(200);
                fail(&app, task).await;
                let own = robot.received().pop().expect("a request").body;
                assert_eq!(own["markdown"]["content"], "# t\n<@ann>");
            }
            "news" => assert!(
                failed["articles"][0]["url"]
                    .as_str()
                    .is_some_and(|url| url.contains("/runs/"))
            ),
            _ => assert!(
                failed["card_action"]["url"]
                    .as_str()
                    .is_some_and(|url| url.contains("/runs/"))
            ),
        }
        let listed = app
            .service
            .channel_get(&app.console(), channel)
            .await
            .expect("the channel");
        assert_eq!(listed.settings.format.as_str(), format);
    }
}

#[tokio::test]
async fn a_failure_comes_with_its_brief_where_the_channel_has_it() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let quiet = json!({"name": "quiet", "kind": "wecom", "url": robot.url(), "brief": "off"});
    let quiet = admin.post("/api/v1/channels", quiet).await.expect(201);
    assert_eq!(quiet["settings"]["brief"], "off");
    let hook = Robot::start(app.clock.clone()).await;
    let webhook = app
        .channel("hook", ChannelKind::Webhook, &hook.url())
        .await
        .id;

    let mut tasks = Vec::new();
    for (name, channel) in [
        ("loud", channel),
        ("quiet", ChannelId(quiet["id"].as_i64().expect("an id"))),
        ("hook", webhook),
    ] {
        let task = app.add(command(name, channel, "echo fine")).await.id;
        let run = app.start_run(task).await;
        app.ended(run).await;
        tasks.push(task);
    }
    let broken = "UPDATE task SET command = 'echo broken; exit 3'";
    app.place.database.execute(broken).await;
    app.clock.advance(TimeDelta::hours(1));
    for task in &tasks {
        fail(&app, *task).await;
    }
    let failed: Vec<String> = robot
        .texts()
        .into_iter()
        .filter(|text| text.starts_with("【执行失败】"))
        .collect();
    let (loud, quiet) = (&failed[0], &failed[1]);
    for part in [
        "首次失败：",
        " +00:00，上次成功",
        "输出对比：从第 1 行起与上次成功不同\n- fine\n+ broken\n",
        "结果：\nbroken",
    ] {
        assert!(loud.contains(part), "{part}: {loud}");
    }
    assert!(
        !quiet.contains("首次失败") && quiet.contains("结果：\nbroken"),
        "{quiet}"
    );
    let bodies = hook.taken();
    let (created, failed) = (&bodies[0], &bodies[1]);
    assert!(created.get("brief").is_none(), "{created}");
    assert_eq!(failed["brief"]["streak"]["times"], 1);
    assert_eq!(failed["brief"]["output"]["kind"], "differs");
}

#[tokio::test]
async fn the_preview_of_a_run_is_the_message_that_was_sent() {
    let (app, _robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let draft = TaskDraft {
        runbook: "https://wiki.example.com/t".to_owned(),
        ..command("t", channel, "echo broken; exit 3")
    };
    let task = app.add(draft).await.id;
    let admin = app.signed_in("ada", Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/templates/preview");
    for times in 1..=3 {
        fail(&app, task).await;
        let row = app.messages(task).await.pop().expect("a message");
        let shown = admin
            .post(&path, json!({"task_id": task}))
            .await
            .expect(200);
        assert_eq!(shown["text"], row.text, "after failure {times}");
        assert_eq!(row.text.contains("连续失败"), times > 1, "{}", row.text);
        app.clock.advance(TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn a_message_does_not_wait_for_its_brief() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    app.notify_with_briefs_within(Duration::ZERO);
    let task = app
        .add(command("t", channel, "echo broken; exit 3"))
        .await
        .id;
    fail(&app, task).await;
    let text = robot.texts().pop().expect("a text");
    assert!(
        text.starts_with("【执行失败】t") && text.contains("broken"),
        "{text}"
    );
    assert!(!text.contains("首次失败"), "{text}");
}

/// Outputs may be large, and what is known without them is known at once.
#[tokio::test]
async fn a_comparison_that_takes_too_long_leaves_the_rest_of_the_brief() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    app.notify_without_comparing();
    let task = app.add(command("t", channel, "echo fine")).await.id;
    let run = app.start_run(task).await;
    app.ended(run).await;
    let broken = "UPDATE task SET command = 'echo broken; exit 3'";
    app.place.database.execute(broken).await;
    app.clock.advance(TimeDelta::hours(1));
    fail(&app, task).await;
    let text = robot.texts().pop().expect("a text");
    for part in [
        "首次失败：",
        "上次成功",
        "输出对比：未能及时完成对比，请在执行页面查看",
        "结果：\nbroken",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
