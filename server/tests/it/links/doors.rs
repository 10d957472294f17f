//! Tickets over REST and on their page, and the link in the message that asks for one.

use app::auth::Role;
use app::backend::Users;
use app::channel::ChannelKind;
use app::message::MessageState;
use app::task::Mode;
use app::ticket::TicketState;
use serde_json::json;

use super::{asked, asking, failing, phone, said, state_of, ticket_of};
use crate::helpers::{Robot, TestApp};
use crate::tickets::look;

/// The path of the link in a text.
pub(super) fn path_in(text: &str) -> Option<String> {
    let link = text
        .split("http://cron.test")
        .find(|part| part.starts_with("/t/"))?;
    let end = link.find(|c: char| !(c.is_ascii_alphanumeric() || "/-_".contains(c)));
    Some(link[..end.unwrap_or(link.len())].to_owned())
}

#[tokio::test]
async fn a_message_that_asks_for_a_ticket_carries_a_link_to_it() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("chat", ChannelKind::Wecom, &robot.url()).await;
    let mut task = asking("割接");
    task.channel_id = Some(channel.id.0);
    let task = app.add(task).await;
    let ticket = ticket_of(&app, task.id).await;
    app.notify();
    let boss = app.signed_in("boss", Role::Operator).await;
    let path = format!("/api/v1/tickets/{}/assign", ticket.id);
    boss.post(&path, json!({"to": "小李"})).await.expect(200);
    let link = app
        .until("a message with a link", async || {
            let texts = robot.texts();
            let handed_over = texts.iter().find(|text| text.contains("小李"))?;
            path_in(handed_over)
        })
        .await;
    assert!(link.len() <= "/t/".len() + 120, "{link}");
    let phone = phone(&app);
    assert_eq!(phone.submit(&link, &[("act", "done")]).await.status, 303);
    assert_eq!(
        said(&phone.open(&link).await.text())[1],
        "已由 小李 于 16:00 完成"
    );
}

#[tokio::test]
async fn what_opened_a_ticket_is_answered_in_its_own_message() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("chat", ChannelKind::Wecom, &robot.url()).await;
    let mut order = asking("割接");
    order.channel_id = Some(channel.id.0);
    let mut other = failing("备份");
    other.channel_id = Some(channel.id.0);
    let (order, other) = (app.add(order).await, app.add(other).await);
    let run = app.start_run(other.id).await;
    app.ended(run).await;
    app.notify();
    let texts = app
        .until("three messages", async || {
            let texts = robot.texts();
            (texts.len() >= 3).then_some(texts)
        })
        .await;
    let link_of = |begins: &str| {
        let text = texts.iter().find(|text| text.starts_with(begins));
        path_in(text.unwrap_or_else(|| panic!("no {begins}: {texts:?}")))
    };
    assert_eq!(link_of("【建单通知】备份"), None);
    for (begins, task) in [
        ("【建单通知】割接", order.id),
        ("【执行失败】备份", other.id),
    ] {
        let link = link_of(begins).unwrap_or_else(|| panic!("{texts:?}"));
        let phone = phone(&app);
        assert_eq!(phone.submit(&link, &[("act", "done")]).await.status, 303);
        let ticket = ticket_of(&app, task).await;
        assert_eq!(ticket.state, TicketState::Done);
        assert_eq!(ticket.done_by.as_deref(), Some("小王"));
    }
    // Without an open ticket a failure is reported as before.
    let kept = app.messages(other.id).await;
    assert!(
        kept.iter().all(|one| !one.text.contains("/t/A")),
        "{kept:?}"
    );
}

#[tokio::test]
async fn a_link_is_in_what_leaves_and_in_nothing_that_readers_see() {
    for template in [None, Some("{{ title }} <{{ ticket_url }}> {{ task }}")] {
        let app = TestApp::new().await;
        let robot = Robot::start(app.clock.clone()).await;
        let channel = app.channel("chat", ChannelKind::Wecom, &robot.url()).await;
        if let Some(body) = template {
            let admin = app.signed_in("ada", Role::Admin).await;
            let path = format!("/api/v1/channels/{}/templates/all", channel.id);
            let put = admin.call("PUT", &path, Some(json!({ "body": body })));
            put.await.expect(200);
        }
        let mut task = asking("割接");
        task.mode = Mode::Message;
        task.command = String::new();
        task.channel_id = Some(channel.id.0);
        let task = app.add(task).await;
        app.notify();
        // That the task was created, a reminder, whose text is also the excerpt of its run, and a message about the
        // ticket.
        let run = app.start_run(task.id).await;
        let run = app.ended(run).await;
        let ticket = ticket_of(&app, task.id).await;
        let boss = app.signed_in("boss", Role::Operator).await;
        let path = format!("/api/v1/tickets/{}/assign", ticket.id);
        boss.post(&path, json!({"to": "小李"})).await.expect(200);
        let paths = app
            .until("three messages with links", async || {
                let texts = robot.texts();
                let paths: Vec<String> = texts.iter().filter_map(|text| path_in(text)).collect();
                (paths.len() == 3).then_some(paths)
            })
            .await;
        app.until("all to be recorded", async || {
            let rows = app.messages(task.id).await;
            let is_open = rows
                .iter()
                .any(|row| MessageState::OPEN.contains(&row.state));
            (!is_open).then_some(())
        })
        .await;
        assert_eq!(phone(&app).open(&paths[1]).await.status, 200);
        let viewer = app.signed_in("vi", Role::Viewer).await;
        let mut seen = Vec::new();
        for stored in [
            "SELECT CONCAT_WS(' ', body, last_answer, facts) FROM message",
            "SELECT CONCAT_WS(' ', excerpt, reason) FROM run",
            "SELECT CONCAT_WS(' ', last_answer) FROM channel",
            "SELECT CONCAT_WS(' ', detail) FROM audit",
        ] {
            seen.extend(app.place.database.rows(stored).await);
        }
        for path in [
            "/api/v1/messages".to_owned(),
            "/messages".to_owned(),
            format!("/api/v1/runs/{}", run.id),
            format!("/runs/{}", run.id),
            format!("/tasks/{}", task.id),
        ] {
            seen.push(viewer.open(&path).await.text());
        }
        assert!(
            seen.iter()
                .any(|text| text.contains("http://cron.test/t/…"))
        );
        for path in &paths {
            let token = &path["/t/".len()..];
            let leak = seen.iter().find(|text| text.contains(&token[..20]));
            assert_eq!(leak, None, "{template:?}");
        }
    }
}

#[tokio::test]
async fn only_messages_that_ask_carry_a_link() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("chat", ChannelKind::Wecom, &robot.url()).await;
    let mut task = asking("割接");
    task.channel_id = Some(channel.id.0);
    task.tickets.expires_after = "1h".to_owned();
    task.tickets.first_after = "50m".to_owned();
    let task = app.add(task).await;
    // That a task was created asks for its ticket.
    app.notify();
    let created = app
        .until("the first message", async || robot.texts().pop())
        .await;
    assert!(created.contains("/t/"), "{created}");
    let admin = app.signed_in("ada", Role::Admin).await;
    for event in ["ticket_acknowledged", "ticket_snoozed"] {
        let rule = json!({"scope": "all", "events": [event], "channel_id": channel.id});
        admin.post("/api/v1/rules", rule).await.expect(201);
    }
    let ticket = ticket_of(&app, task.id).await;
    let boss = app.signed_in("boss", Role::Operator).await;
    let path = |verb: &str| format!("/api/v1/tickets/{}/{verb}", ticket.id);
    let taken = boss.call("POST", &path("acknowledge"), None).await;
    taken.expect(200);
    let rest = boss.post(&path("snooze"), json!({"until": "10m"})).await;
    rest.expect(200);
    app.clock.advance(chrono::TimeDelta::hours(1));
    look(&app).await;
    app.notify();
    let texts = app
        .until("four messages", async || {
            let texts = robot.texts();
            (texts.len() == 4).then_some(texts)
        })
        .await;
    let links: Vec<&String> = texts.iter().filter(|text| text.contains("/t/")).collect();
    assert_eq!(links, [&created]);
}

#[tokio::test]
async fn tickets_are_answered_over_rest() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "巡检").await;
    let boss = app.signed_in("boss", Role::Operator).await;
    let path = |verb: &str| format!("/api/v1/tickets/{}{verb}", ticket.id);
    let listed = boss
        .get("/api/v1/tickets?owner=%E5%B0%8F%E7%8E%8B")
        .await
        .expect(200);
    assert_eq!(listed["items"][0]["task"], "巡检");
    let rest = boss
        .post(&path("/snooze"), json!({"until": "2h"}))
        .await
        .expect(200);
    assert_eq!(rest["snoozed_until"], "2026-11-22T10:00:00Z");
    let taken = boss
        .call("POST", &path("/acknowledge"), None)
        .await
        .expect(200);
    assert_eq!(taken["owner"], "boss");
    let done = boss
        .post(&path("/done"), json!({"word": "好了"}))
        .await
        .expect(200);
    assert_eq!(
        (&done["state"], &done["word"]),
        (&json!("done"), &json!("好了"))
    );
    let again = boss.post(&path("/done"), json!({})).await;
    assert_eq!(
        (again.status, &again.json()["code"]),
        (409, &json!("ticket.done"))
    );
    let history = boss.get(&path("")).await.expect(200);
    let what: Vec<&str> = history["history"]
        .as_array()
        .expect("a history")
        .iter()
        .filter_map(|entry| entry["what"].as_str())
        .collect();
    assert_eq!(what, ["opened", "snoozed", "acknowledged", "done"]);
    let stats = boss.get("/api/v1/tickets/stats").await.expect(200);
    assert_eq!(stats["owners"][0]["count"], 1);
    assert_eq!(stats["owners"][0]["done_seconds"], 0);
    // A link for another person is for administrators.
    let link = |person: &str| json!({ "person": person });
    let denied = boss.post("/api/v1/tickets/link", link("小王")).await;
    assert_eq!(denied.status, 403);
    let own = boss
        .post("/api/v1/tickets/link", link("boss"))
        .await
        .expect(201);
    let url = own["url"].as_str().expect("an address");
    let mine = url.strip_prefix("http://cron.test").expect("our address");
    assert_eq!(phone(&app).open(mine).await.status, 200);
    let admin = app.signed_in("ada", Role::Admin).await;
    for person in ["", "@all", "a,b", "a\nb", &"王".repeat(17)] {
        let refused = admin.post("/api/v1/tickets/link", link(person)).await;
        assert_eq!(refused.status, 422, "{person:?}");
    }
}

#[tokio::test]
async fn a_calendar_program_reads_the_open_tickets_of_a_person() {
    let app = TestApp::new().await;
    let mut own = asking("备份, 检查");
    own.owners = vec!["boss".to_owned()];
    app.add(own).await;
    asked(&app, "甲任务").await;
    let boss = app.signed_in("boss", Role::Operator).await;
    let person = |person: &str| json!({ "person": person });
    let denied = boss.post("/api/v1/tickets/feed", person("小王")).await;
    assert_eq!(denied.status, 403);
    let made = boss.post("/api/v1/tickets/feed", person("boss")).await;
    let made = made.expect(201);
    let url = made["url"].as_str().expect("an address");
    let path = url.strip_prefix("http://cron.test").expect("our address");
    let calendar = phone(&app);
    let reply = calendar.open(path).await;
    assert_eq!(reply.status, 200);
    let text = reply.text();
    assert_eq!(text.matches("BEGIN:VEVENT\r\n").count(), 1, "{text}");
    assert!(text.contains("备份\\, 检查"), "{text}");
    // Nothing else opens with it, and no other spelling of it is valid.
    let token = path.trim_start_matches("/feed/").trim_end_matches(".ics");
    assert_eq!(calendar.open(&format!("/my/{token}")).await.status, 404);
    assert_eq!(
        calendar.open(&format!("/feed/x{token}.ics")).await.status,
        404
    );
    let open = boss.get("/api/v1/tickets?owner=boss").await.expect(200);
    let done = format!("/api/v1/tickets/{}/done", open["items"][0]["id"]);
    boss.post(&done, json!({})).await.expect(200);
    assert!(!calendar.open(path).await.text().contains("BEGIN:VEVENT"));
    // It ends with the account.
    let admin = app.signed_in("ada", Role::Admin).await;
    let console = app.console();
    let users = app.service.user_list(&console).await.expect("accounts");
    let account = users.iter().find(|user| user.name == "boss").expect("it");
    let disabled = app
        .service
        .user_set_disabled(&console, account.id, None, true);
    disabled.await.expect("disabled");
    assert_eq!(calendar.open(path).await.status, 403);
    let none = admin.post("/api/v1/tickets/feed", person("boss")).await;
    assert_eq!(none.status, 422);
}

#[tokio::test]
async fn the_page_answers_one_ticket_or_several_without_javascript() {
    let app = TestApp::new().await;
    let (one, two) = (asked(&app, "甲任务").await, asked(&app, "乙任务").await);
    let mut own = asking("自己的");
    own.owners = vec!["boss".to_owned()];
    app.add(own).await;
    let boss = app.signed_in("boss", Role::Operator).await;
    let page = boss.open("/reminders").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    let place = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name}: {text}"));
    assert!(
        place("自己的") < place("甲任务"),
        "one's own tickets come first"
    );
    let press = [
        ("one", format!("{} done", one.id)),
        ("word", "好了".to_owned()),
    ];
    let press: Vec<(&str, &str)> = press
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let pressed = boss.submit("/reminders?owner=x", &press).await;
    assert_eq!(pressed.status, 303, "{}", pressed.text());
    assert_eq!(pressed.header("location"), "/reminders?owner=x");
    assert_eq!(state_of(&app, one.id).await, TicketState::Done);
    let (first, second) = (one.id.to_string(), two.id.to_string());
    let both = [
        ("id", first.as_str()),
        ("id", second.as_str()),
        ("act", "snooze 30m"),
    ];
    let partly = boss.submit("/reminders", &both).await;
    assert_eq!(partly.status, 409);
    assert!(
        partly.text().contains("1 个已处理，1 个没有"),
        "{}",
        partly.text()
    );
    assert_eq!(state_of(&app, two.id).await, TicketState::Snoozed);
    let none = boss.submit("/reminders", &[("act", "done")]).await;
    assert_eq!(none.status, 422);
    let shown = boss
        .open(&format!("/reminders?state=all&ticket={}", one.id))
        .await;
    assert!(shown.text().contains("好了"), "{}", shown.text());
    let task = boss.open(&format!("/tasks/{}", one.task_id)).await.text();
    assert!(
        task.contains("好了"),
        "the page of the task shows its ticket"
    );
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let page = viewer.open("/reminders").await.text();
    assert!(page.contains("乙任务") && !page.contains("name=\"one\""));
}

#[tokio::test]
async fn one_s_own_tickets_come_first_however_many_older_ones_there_are() {
    let app = TestApp::new().await;
    for number in 0..51 {
        asked(&app, &format!("别人的 {number}")).await;
    }
    let mut own = asking("自己的");
    // The second of those who are asked.
    own.owners = vec!["小王".to_owned(), "boss".to_owned()];
    app.add(own).await;
    let boss = app.signed_in("boss", Role::Operator).await;
    let text = boss.open("/reminders").await.text();
    let place = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name}: {text}"));
    assert!(place("自己的") < place("别人的 0"));
    let listed = boss.get("/api/v1/tickets?owner=boss").await.expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["items"][0]["task"], "自己的");
}

#[tokio::test]
async fn the_link_of_a_ticket_that_a_rota_has_is_issued_to_the_person_on_call() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("chat", ChannelKind::Wecom, &robot.url()).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let rota = json!({"people": ["小赵"], "zone": "UTC"});
    let rota = admin.call("PUT", "/api/v1/oncall/db", Some(rota)).await;
    rota.expect(200);
    let mut task = asking("割接");
    task.channel_id = Some(channel.id.0);
    let task = app.add(task).await;
    let ticket = ticket_of(&app, task.id).await;
    app.notify();
    let path = format!("/api/v1/tickets/{}/assign", ticket.id);
    let to = json!({"to": "oncall:db"});
    admin.post(&path, to).await.expect(200);
    let link = app
        .until("a message with a link", async || {
            let texts = robot.texts();
            let handed_over = texts.iter().find(|text| text.contains("转交"))?;
            path_in(handed_over)
        })
        .await;
    let phone = phone(&app);
    let done = phone.submit(&link, &[("act", "done")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        said(&phone.open(&link).await.text())[1],
        "已由 小赵 于 16:00 完成"
    );
}
