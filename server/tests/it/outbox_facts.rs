//! Messages are facts until they leave: their words are made then, in the language of their channel.

use app::backend::Runs;
use app::channel::ChannelKind;
use app::id::ChannelId;
use app::run::RunState;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::json;
use server::store::Outcome;

use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp, draft};

fn reminder(name: &str, channel: ChannelId) -> TaskDraft {
    TaskDraft {
        mode: Mode::Message,
        channel_id: Some(channel.0),
        ..draft(name, "0 0 1 1 *", "")
    }
}

/// An app without its outbox's loop, a robot, and a channel to it.
async fn with_robot() -> (TestApp, Robot, ChannelId) {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    (app, robot, channel)
}

#[tokio::test]
async fn words_are_made_when_a_message_leaves_and_kept() {
    let (app, robot, channel) = with_robot().await;
    let database = &app.place.database;
    let task = app.add(reminder("交周报", channel)).await.id;
    let stored = "SELECT body, facts FROM message";
    let row = database.rows(stored).await.remove(0);
    let (body, facts) = row.split_once('|').expect("two columns");
    assert_eq!(body, "", "no words yet");
    assert!(
        facts.contains("交周报") && !facts.contains("建单"),
        "{facts}"
    );
    // Shown as it would be sent now.
    let shown = app.messages(task).await.remove(0).text;
    assert!(shown.starts_with("【建单通知】交周报"), "{shown}");
    database
        .execute(&format!(
            "UPDATE channel SET lang = 'en' WHERE id = {channel}"
        ))
        .await;
    let shown = app.messages(task).await.remove(0).text;
    assert!(shown.starts_with("[New task] 交周报"), "{shown}");
    // The task's name at the time of the cause stays.
    database.execute("UPDATE task SET name = 'renamed'").await;
    app.notify();
    robot.wait_for(1).await;
    app.until("it to be noted", async || {
        let row = app.messages(task).await.remove(0);
        (row.state.as_str() == "sent").then_some(())
    })
    .await;
    assert_eq!(robot.texts(), std::slice::from_ref(&shown));
    let row = database.rows(stored).await.remove(0);
    assert!(row.starts_with(&shown), "{row}");
    // Another language for what comes; what was sent stays as it was.
    database
        .execute(&format!(
            "UPDATE channel SET lang = NULL WHERE id = {channel}"
        ))
        .await;
    assert_eq!(app.messages(task).await.remove(0).text, shown);
    let run = app.start_run(task).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
    assert!(robot.texts()[1].starts_with("【提醒】renamed"));
}

#[tokio::test]
async fn a_run_shows_the_words_that_its_channel_got() {
    let (app, robot, channel) = with_robot().await;
    app.notify();
    let task = app.add(reminder("t", channel)).await.id;
    robot.wait_for(1).await;
    robot.next([Mood::Refuse(93_000)]);
    let run = app.start_run(task).await;
    let ended = app.ended(run).await;
    assert_eq!(ended.state, RunState::Failed);
    let excerpt = ended.excerpt.expect("the message's text");
    assert!(excerpt.starts_with("【提醒】t\n"), "{excerpt}");
    let listed = app
        .service
        .run_get(&app.console(), run)
        .await
        .expect("the run");
    assert_eq!(listed.excerpt, Some(excerpt));
}

#[tokio::test]
async fn words_of_a_former_version_are_sent_as_they_are() {
    let (app, robot, channel) = with_robot().await;
    let task = app.add(reminder("t", channel)).await.id;
    app.place
        .database
        .execute("UPDATE message SET facts = NULL, body = 'words of a former version'")
        .await;
    // As one left it on disk while the database was away: the channel was chosen when the run ended.
    let other = app.add(draft("other", "0 0 1 1 *", "true")).await.id;
    let run = app.start_run(other).await;
    app.ended(run).await;
    let database = &app.place.database;
    database
        .execute(&format!(
            "UPDATE run SET state = 'running', epoch = 7 WHERE id = {run}"
        ))
        .await;
    let old = json!({
        "run_id": run, "occurrence_id": null, "task_id": other, "epoch": 7, "state": "failed",
        "reason": null, "finished_at": "2026-11-22T08:00:00Z", "exit_code": 1, "exit_signal": null,
        "output": {"bytes": 0, "dropped": 0, "tail": [], "object": null}, "retry_at": null,
        "messages": [{
            "task_id": task, "run_id": null, "channel_id": channel, "event": "failed",
            "body": "words from the disk", "mentions": ["ann"], "picture": "failure",
            "created_at": "2026-11-22T08:00:00Z",
        }],
    });
    let old: Outcome = serde_json::from_value(old).expect("a result");
    let store = &app.components.store;
    let recorded = store.record(&[old]).await.expect("recorded");
    assert!(recorded.fenced.is_empty() && recorded.has_messages);
    app.notify();
    let all = robot.wait_for(3).await;
    assert!(all.iter().all(|one| one.taken), "{all:?}");
    assert_eq!(
        robot.texts(),
        ["words of a former version", "words from the disk"]
    );
    assert_eq!(all[2].body["msgtype"], "image");
    let shown: Vec<String> = app
        .messages(task)
        .await
        .into_iter()
        .map(|row| row.text)
        .collect();
    assert_eq!(
        shown,
        ["words of a former version", "words from the disk", ""]
    );
}

/// Beside a newer server, which writes what this one does not know.
#[tokio::test]
async fn what_a_newer_version_wrote_is_neither_lost_nor_in_the_way() {
    let (app, robot, channel) = with_robot().await;
    let task = app.add(reminder("first", channel)).await.id;
    let other = app.add(reminder("second", channel)).await.id;
    let third = app.add(reminder("third", channel)).await.id;
    let database = &app.place.database;
    database
        .execute(&format!(
            "UPDATE message SET event = 'of_the_future' WHERE task_id = {task}"
        ))
        .await;
    database
        .execute(&format!(
            "UPDATE message SET facts = '{{\"fact\":\"of_the_future\"}}' WHERE task_id = {other}"
        ))
        .await;
    app.notify();
    robot.wait_for(1).await;
    app.until("the third, and the second put back", async || {
        let third = app.messages(third).await.remove(0);
        let second = app.messages(other).await.remove(0);
        (third.state.as_str() == "sent" && second.last_answer.is_some()).then_some(())
    })
    .await;
    assert!(robot.texts()[0].contains("third"));
    let row = app.messages(task).await.remove(0);
    assert_eq!(
        (row.event.as_str(), row.state.as_str(), row.attempts),
        ("of_the_future", "pending", 0)
    );
    let row = app.messages(other).await.remove(0);
    assert_eq!((row.state.as_str(), row.text.as_str()), ("pending", ""));
    // A server that knows the word sends it.
    database
        .execute("UPDATE message SET event = 'created' WHERE event = 'of_the_future'")
        .await;
    app.clock.advance(TimeDelta::seconds(6));
    app.until("the first", async || {
        let row = app.messages(task).await.remove(0);
        (row.state.as_str() == "sent").then_some(())
    })
    .await;
}
