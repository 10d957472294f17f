//! Whom urges ask and what becomes of them: what people see of it, and the next step that they are given.

use app::auth::Role;
use app::backend::Tasks;
use app::task::Control;
use app::ticket::UrgeOutcome;
use serde_json::json;

use super::*;
use crate::helpers::robot::Mood;
use crate::helpers::{Robot, at};

#[tokio::test]
async fn an_urge_shows_what_became_of_its_message() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("robot", ChannelKind::Webhook, &robot.url())
        .await;
    let opens = order(TicketDraft::default());
    task(&app, |draft| {
        opens(draft);
        draft.channel_id = Some(channel.id.0);
    })
    .await;
    robot.always(Some(Mood::Status(403)));
    let id = the_ticket(&app).await.id;
    later(&app, 1_800).await;
    let of = |detail: TicketDetail| detail.urges[0].outcome;
    assert_eq!(of(ticket(&app, id).await), UrgeOutcome::Waiting);
    app.notify();
    let refused = app
        .until("the urge is refused", async || {
            let detail = ticket(&app, id).await;
            (detail.urges[0].outcome == UrgeOutcome::Failed).then_some(detail)
        })
        .await;
    assert!(refused.urges[0].answer.contains("403"), "{refused:?}");
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let shown = viewer
        .get(&format!("/api/v1/tickets/{id}"))
        .await
        .expect(200);
    assert_eq!(shown["urges"][0]["outcome"], "failed", "{shown}");
    let page = viewer.open(&format!("/reminders?ticket={id}")).await.text();
    assert!(page.contains("发送失败") && page.contains("403"), "{page}");
    robot.always(None);
    later(&app, 3_600).await;
    app.until("the next one is sent", async || {
        (of(ticket(&app, id).await) == UrgeOutcome::Sent).then_some(())
    })
    .await;
    // What is answered before it leaves is withdrawn.
    robot.always(Some(Mood::Status(503)));
    later(&app, 3_600).await;
    let done = TicketAct::Done(String::new());
    app.until("it can be withdrawn", async || {
        let waits = of(ticket(&app, id).await) == UrgeOutcome::Waiting;
        waits.then_some(())
    })
    .await;
    act(&app, &app.console(), id, done).await.expect("done");
    assert_eq!(ticket(&app, id).await.urges.len(), 3);
}

#[tokio::test]
async fn who_takes_a_ticket_is_asked_from_then_on() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        ladder: "4h: 李四".to_owned(),
        ..TicketDraft::default()
    };
    task(&app, order(rule)).await;
    let id = the_ticket(&app).await.id;
    let asked = async || ticket(&app, id).await.urges[0].asked.clone();
    later(&app, 1_800).await;
    assert_eq!(asked().await, ["张三"]);
    let wang = app.person("wang", Role::Operator);
    let taken = act(&app, &wang, id, TicketAct::Acknowledge).await;
    assert_eq!(taken.expect("taken").asked, ["wang"]);
    later(&app, 3_600).await;
    assert_eq!(asked().await, ["wang"]);
    let rows =
        "SELECT COUNT(*) FROM message WHERE event = 'ticket_urged' AND mentions = '[\"wang\"]'";
    assert_eq!(app.place.database.count(rows).await, 1);
    // After a snooze the ladder goes on, from the one who has it.
    let snooze = TicketAct::Snooze("4h".to_owned());
    act(&app, &wang, id, snooze).await.expect("snoozed");
    later(&app, 4 * 3_600).await;
    assert_eq!(asked().await, ["wang", "李四"]);
    let handed = act(&app, &wang, id, TicketAct::Assign("赵六".to_owned())).await;
    assert_eq!(handed.expect("handed over").asked, ["赵六"]);
    // The console takes it for no one.
    let taken = act(&app, &app.console(), id, TicketAct::Acknowledge).await;
    assert_eq!(taken.expect("taken").asked, ["赵六"]);
}

#[tokio::test]
async fn the_next_urge_of_a_chase_is_its_next_firing_and_no_end_is_shown_as_one() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        max_urges: "1".to_owned(),
        ..TicketDraft::default()
    };
    let opens = order(rule);
    let task = task(&app, |draft| {
        opens(draft);
        draft.urge_cron = "*/20 * * * *".to_owned();
    })
    .await;
    let next = async || the_ticket(&app).await.next_urge_at.map(|at| at.0);
    assert_eq!(next().await, Some(at("2026-11-22T08:30:00Z")));
    later(&app, 1_800).await;
    // It has been urged as often as it may: only its end is left.
    let open = the_ticket(&app).await;
    assert_eq!((open.urges, open.next_urge_at), (1, None));
    assert_eq!(open.expires_at.0, at("2026-11-22T09:30:00Z"));
    act(
        &app,
        &app.console(),
        open.id,
        TicketAct::Done(String::new()),
    )
    .await
    .expect("done");
    let control = async |control| {
        let console = app.console();
        let done = app.service.task_control(&console, task.id, &control);
        done.await.expect("controlled");
    };
    control(Control::Restore).await;
    control(Control::Urge(None)).await;
    let open = tickets(&app, "open").await;
    let chase = open.iter().find(|one| one.kind.as_str() == "chase");
    let next = chase.expect("a chase").next_urge_at.map(|at| at.0);
    assert_eq!(next, Some(at("2026-11-22T08:40:00Z")));
}

#[tokio::test]
async fn urges_are_counted_since_a_ticket_was_reopened() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        first_after: "10m".to_owned(),
        every: "10m".to_owned(),
        max_urges: "2".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule)).await;
    let id = the_ticket(&app).await.id;
    for _ in 0..3 {
        later(&app, 600).await;
    }
    assert_eq!(ticket(&app, id).await.ticket.state.as_str(), "expired");
    let reopened = act(&app, &app.console(), id, TicketAct::Reopen).await;
    assert_eq!(reopened.expect("reopened").urges, 0);
    later(&app, 600).await;
    let detail = ticket(&app, id).await;
    assert_eq!(detail.ticket.urges, 1);
    let numbers: Vec<i32> = detail.urges.iter().map(|urge| urge.n).collect();
    assert_eq!(numbers, [1, 2, 1]);
    let said = said(&app, task.id, "ticket_urged").await;
    assert!(said[0].contains("第 1 次催单"), "{said:?}");
}

#[tokio::test]
async fn a_policy_that_asks_no_one_is_warned_of() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = json!({
        "name": "t", "cron": "0 9 * * *", "command": "true", "tickets": {"opens": "task"},
    });
    let saved = editor.post("/api/v1/tasks", task).await.expect(201);
    let texts = saved["warnings"].to_string();
    assert!(texts.contains("没有通知渠道，催单发不出去"), "{texts}");
    assert!(texts.contains("没有负责人，催单不会提醒任何人"), "{texts}");
    let open = the_ticket(&app).await;
    let warnings = ticket(&app, open.id).await.warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    let page = editor
        .open(&format!("/reminders?ticket={}", open.id))
        .await
        .text();
    assert!(page.contains("没有通知渠道，催单发不出去"), "{page}");
    let form = editor
        .open(&format!("/tasks/{}/edit", saved["id"]))
        .await
        .text();
    assert!(form.contains("没有通知渠道，催单发不出去"), "{form}");
    // Rules and default policies are what the form counts with, too.
    let admin = app.signed_in("ada", Role::Admin).await;
    let forms = async || {
        let edit = format!("/tasks/{}/edit", saved["id"]);
        let stored = editor.open(&edit).await.text();
        let typed = [
            ("name", ""),
            ("tickets.opens", "task"),
            ("cron", "0 9 * * *"),
        ];
        let refused = editor.submit("/tasks/new", &typed).await;
        assert_eq!(refused.status, 422);
        [stored, refused.text()]
    };
    let owner = "没有负责人，催单不会提醒任何人";
    for form in forms().await {
        assert!(form.contains(owner), "{form}");
    }
    let ladder = Some(json!({"ladder": "2h: ann"}));
    let put = admin.call("PUT", "/api/v1/tickets/defaults/*", ladder);
    put.await.expect(200);
    let channel = app.channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/");
    let rule = json!({"scope": "all", "channel_id": channel.await.id, "events": ["ticket_urged"]});
    admin.post("/api/v1/rules", rule).await.expect(201);
    for form in forms().await {
        assert!(!form.contains(owner), "{form}");
        assert!(!form.contains("催单发不出去"), "{form}");
    }
    let silent = json!({"name": "u", "cron": "0 9 * * *", "command": "true"});
    let saved = editor.post("/api/v1/tasks", silent).await.expect(201);
    assert_eq!(saved["warnings"], json!([]));
}

#[tokio::test]
async fn an_urge_for_a_failure_says_how_it_failed_and_what_to_do() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.mode = app::task::Mode::Command;
        draft.command = "echo connecting; echo connection refused; exit 3".to_owned();
        draft.runbook = "https://wiki.test/backup".to_owned();
        draft.tickets.opens = "failure".to_owned();
    })
    .await;
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    later(&app, 20).await;
    let id = the_ticket(&app).await.id;
    later(&app, 1_780).await;
    let urged = said(&app, task.id, "ticket_urged").await;
    let link = format!("/runs/{run}");
    let parts = [
        "失败原因：退出码 3",
        "输出末尾：",
        "connection refused",
        "https://wiki.test/backup",
        link.as_str(),
    ];
    for part in parts {
        assert!(urged[0].contains(part), "{part}: {urged:?}");
    }
    let assign = TicketAct::Assign("李四".to_owned());
    act(&app, &app.console(), id, assign)
        .await
        .expect("assigned");
    let handed = said(&app, task.id, "ticket_handed_over").await;
    assert!(handed[0].contains("失败原因：退出码 3"), "{handed:?}");
    // The urge is no message of the run: nothing that ends a run concerns it.
    let rows = "SELECT COUNT(*) FROM message WHERE event = 'ticket_urged' AND run_id IS NULL";
    assert_eq!(app.place.database.count(rows).await, 1);
}

#[tokio::test]
async fn waits_under_a_minute_are_said_to_the_second() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        first_after: "20s".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule)).await;
    later(&app, 20).await;
    let urged = said(&app, task.id, "ticket_urged").await;
    assert!(urged[0].contains("已等待 20 秒"), "{urged:?}");
}

#[tokio::test]
async fn a_number_in_the_place_of_a_text_is_answered_by_what_its_field_takes() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let fault = async |field: &str, part: serde_json::Value| {
        let mut task = json!({"name": "t", "cron": "0 9 * * *", "command": "true"});
        task.as_object_mut()
            .expect("a task")
            .extend(part.as_object().expect("a part").clone());
        let refused = editor.post("/api/v1/tasks", task).await.expect(422);
        let faults = refused["errors"].as_array().expect("faults").clone();
        assert_eq!(faults.len(), 1, "{refused}");
        assert_eq!(faults[0]["field"], field, "{refused}");
        faults[0]["message"]
            .as_str()
            .expect("a sentence")
            .to_owned()
    };
    let form = "请写成 30s、5m、2h 或 1d 这样的时长";
    let range = "时长要在 10 秒到 30 天之间";
    assert_eq!(fault("timeout", json!({"timeout": 1e308})).await, form);
    for every in [json!(1e308), json!(1.5), json!("soon")] {
        let part = json!({"tickets": {"opens": "task", "every": every}});
        assert_eq!(fault("tickets.every", part).await, form);
    }
    for every in [json!(5), json!("5s"), json!("60d")] {
        let part = json!({"tickets": {"opens": "task", "every": every, "max": "30m"}});
        assert_eq!(fault("tickets.every", part).await, range);
    }
}
