//! What must not bring a ticket back, end one, or silence the others.

use app::auth::Role;
use app::backend::{Calendars, Tasks};
use app::calendar::CalendarDraft;
use app::task::{Control, Mode};

use super::*;
use crate::helpers::at;
use crate::helpers::message::all_at_once;

pub(super) async fn control(app: &TestApp, id: TaskId, control: Control) {
    let done = app.service.task_control(&app.console(), id, &control).await;
    done.expect("controlled");
}

async fn state(app: &TestApp, id: TaskId) -> String {
    let task = app.service.task_get(&app.console(), id).await;
    task.expect("it").state.as_str().to_owned()
}

pub(super) async fn change(app: &TestApp, id: TaskId, change: impl FnOnce(&mut TaskDraft)) {
    let console = app.console();
    let mut draft = app.service.task_draft(&console, id).await.expect("it");
    change(&mut draft);
    let saved = app.service.task_update(&console, id, &draft).await;
    saved.expect("saved");
}

fn short() -> TicketDraft {
    TicketDraft {
        first_after: "30m".to_owned(),
        expires_after: "1h".to_owned(),
        ..TicketDraft::default()
    }
}

#[tokio::test]
async fn a_run_that_fails_after_its_task_was_closed_opens_no_ticket() {
    for is_closed in [true, false] {
        let app = TestApp::new().await;
        let flag = app.place.work().join("go");
        let command = format!(
            "until test -e {}; do sleep 0.02; done; exit 1",
            flag.display()
        );
        let task = task(&app, |draft| {
            draft.command = command;
            draft.tickets.opens = "failure".to_owned();
        })
        .await;
        let run = app.start_run(task.id).await;
        match is_closed {
            true => control(&app, task.id, Control::Close).await,
            // Its rule is another one by now.
            false => change(&app, task.id, |draft| draft.tickets.opens = String::new()).await,
        }
        std::fs::write(&flag, "").expect("a file");
        app.ended(run).await;
        assert_eq!(tickets(&app, "all").await, [], "{is_closed}");
    }
}

#[tokio::test]
async fn a_ticket_that_its_task_does_not_ask_for_ends_without_an_urge() {
    for sql in [
        "UPDATE task SET state = 'closed'",
        "UPDATE task SET tickets = NULL",
    ] {
        let app = TestApp::new().await;
        let task = task(&app, order(short())).await;
        let id = the_ticket(&app).await.id;
        app.place.database.execute(sql).await;
        later(&app, 1_800).await;
        let found = ticket(&app, id).await;
        assert_eq!(
            (found.ticket.state.as_str(), found.urges.len()),
            ("done", 0),
            "{sql}"
        );
        assert_eq!(
            said(&app, task.id, "ticket_urged").await,
            Vec::<String>::new()
        );
    }
}

#[tokio::test]
async fn an_order_that_has_expired_does_not_come_back_with_an_edit() {
    let app = TestApp::new().await;
    let id = task(&app, order(short())).await.id;
    later(&app, 3_600).await;
    assert_eq!(tickets(&app, "open").await, []);
    change(&app, id, |_| {}).await;
    change(&app, id, |draft| draft.tags = vec!["db".to_owned()]).await;
    control(&app, id, Control::Pause(None)).await;
    control(&app, id, Control::Restore).await;
    assert_eq!(tickets(&app, "open").await, []);
    control(&app, id, Control::Urge(Some("0 9 * * *".to_owned()))).await;
    assert_eq!(the_ticket(&app).await.kind.as_str(), "chase");
    control(&app, id, Control::Unurge).await;
    // A person asks for it again by reopening the task, or by making it an order again.
    control(&app, id, Control::Close).await;
    control(&app, id, Control::Restore).await;
    assert_eq!(the_ticket(&app).await.kind.as_str(), "task");
    change(&app, id, |draft| draft.tickets.opens = String::new()).await;
    assert_eq!(tickets(&app, "open").await, []);
    change(&app, id, |draft| draft.tickets.opens = "task".to_owned()).await;
    assert_eq!(the_ticket(&app).await.kind.as_str(), "task");
}

#[tokio::test]
async fn reopening_a_ticket_leaves_a_paused_task_paused() {
    let app = TestApp::new().await;
    let id = task(&app, order(short())).await.id;
    control(&app, id, Control::Pause(None)).await;
    later(&app, 3_600).await;
    let ticket = tickets(&app, "expired").await.remove(0).id;
    let open = act(&app, &app.console(), ticket, TicketAct::Reopen).await;
    assert_eq!(open.expect("open").state.as_str(), "open");
    assert_eq!(state(&app, id).await, "paused");
    let audit = "SELECT action FROM audit WHERE action LIKE '%re%open%' OR action = 'task.restore'";
    assert_eq!(app.place.database.rows(audit).await, ["ticket.reopen"]);
}

#[tokio::test]
async fn a_ticket_that_its_task_does_not_open_any_more_is_not_reopened() {
    let app = TestApp::new().await;
    let id = task(&app, |draft| {
        draft.mode = Mode::Command;
        draft.command = "false".to_owned();
        draft.tickets.opens = "failure".to_owned();
    })
    .await
    .id;
    app.ended(app.start_run(id).await).await;
    let ticket = the_ticket(&app).await.id;
    control(&app, id, Control::Close).await;
    let reopen = async || act(&app, &app.console(), ticket, TicketAct::Reopen).await;
    assert_eq!(
        reopen().await.expect_err("closed").code,
        "ticket.task_closed"
    );
    control(&app, id, Control::Restore).await;
    change(&app, id, |draft| draft.tickets.opens = String::new()).await;
    assert_eq!(reopen().await.expect_err("gone").code, "ticket.not_opened");
    change(&app, id, |draft| draft.tickets.opens = "failure".to_owned()).await;
    assert_eq!(reopen().await.expect("open").state.as_str(), "open");
}

#[tokio::test]
async fn tomorrow_is_a_morning_whatever_the_working_hours_are() {
    for (from, until, calendar, now, morning) in [
        // The 23rd is a Monday, and the 27th a Friday.
        ("", "", "cn", "2026-11-22T08:00:00Z", "2026-11-23T09:00:00Z"),
        ("", "", "cn", "2026-11-27T08:00:00Z", "2026-11-30T09:00:00Z"),
        (
            "22:00",
            "06:00",
            "",
            "2026-11-22T08:00:00Z",
            "2026-11-23T22:00:00Z",
        ),
        (
            "00:00",
            "18:00",
            "",
            "2026-11-22T08:00:00Z",
            "2026-11-23T09:00:00Z",
        ),
        (
            "08:30",
            "18:00",
            "cn",
            "2026-11-27T08:00:00Z",
            "2026-11-30T08:30:00Z",
        ),
    ] {
        let app = TestApp::new().await;
        app.clock.set(at(now));
        let rule = TicketDraft {
            hours_from: from.to_owned(),
            hours_until: until.to_owned(),
            calendar: calendar.to_owned(),
            ..TicketDraft::default()
        };
        task(&app, order(rule)).await;
        let id = the_ticket(&app).await.id;
        let snooze = TicketAct::Snooze("tomorrow".to_owned());
        let snoozed = act(&app, &app.console(), id, snooze)
            .await
            .expect("snoozed");
        let until = snoozed.snoozed_until.expect("a time").0;
        assert_eq!(until, at(morning), "{from}-{until:?} {calendar} {now}");
    }
}

#[tokio::test]
async fn one_ticket_that_cannot_be_read_does_not_silence_the_others() {
    for (broken, repaired) in [
        (
            "UPDATE ticket SET asked = 'x'",
            "UPDATE ticket SET asked = '[]'",
        ),
        (
            "UPDATE ticket SET kind = 'newer'",
            "UPDATE ticket SET kind = 'task'",
        ),
        (
            "UPDATE task SET tickets = '{'",
            "UPDATE task SET tickets = '{\"opens\":\"task\"}'",
        ),
    ] {
        let app = TestApp::new().await;
        let first = task(&app, order(TicketDraft::default())).await.id;
        let key = if broken.contains("UPDATE task ") {
            "id"
        } else {
            "task_id"
        };
        let only = format!("{broken} WHERE {key} = {first}");
        app.place.database.execute(&only).await;
        let mut other = draft("other", "0 9 * * *", "true");
        other.tickets.opens = "task".to_owned();
        let other = app.add(other).await.id;
        later(&app, 1_800).await;
        let urged = async |task: TaskId| {
            let urges = format!("SELECT urges FROM ticket WHERE task_id = {task}");
            app.place.database.integers(&urges).await
        };
        assert_eq!(
            (urged(first).await, urged(other).await),
            (vec![0], vec![1]),
            "{broken}"
        );
        let again = format!("{repaired} WHERE {key} = {first}");
        app.place.database.execute(&again).await;
        later(&app, 3_600).await;
        assert_eq!(urged(first).await, [1], "{repaired}");
    }
}

#[tokio::test]
async fn an_urge_that_waits_is_withdrawn_when_its_ticket_expires_or_is_asked_for_no_more() {
    for stop in ["done", "acknowledged"] {
        let app = TestApp::new().await;
        let rule = TicketDraft {
            stop: stop.to_owned(),
            ..short()
        };
        let task = task(&app, order(rule)).await;
        later(&app, 1_800).await;
        let states = async || -> Vec<String> {
            let all = app.messages(task.id).await.into_iter();
            all.filter(|message| message.event == "ticket_urged")
                .map(|message| message.state.as_str().to_owned())
                .collect()
        };
        assert_eq!(states().await, ["pending"]);
        let id = the_ticket(&app).await.id;
        match stop {
            "done" => later(&app, 1_800).await,
            _ => {
                let wang = app.person("wang", Role::Operator);
                let taken = act(&app, &wang, id, TicketAct::Acknowledge).await;
                taken.expect("taken");
            }
        }
        assert_eq!(states().await, ["withdrawn"], "{stop}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_delay_the_end_of_old_chases() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.urge_cron = "0 * * * *".to_owned();
        draft.urging = true;
    })
    .await;
    let urging = urging(&app, &app.components.store, "node");
    urging.turn().await.expect("a turn");
    app.place.database.execute("DELETE FROM ticket").await;
    app.clock.step(TimeDelta::days(-1));
    urging.turn().await.expect("a turn");
    let chase = the_ticket(&app).await;
    assert_eq!((chase.task_id, chase.kind.as_str()), (task.id, "chase"));
}

#[tokio::test]
async fn a_calendar_of_a_policy_is_in_use_and_is_renamed_with_it() {
    let app = TestApp::new().await;
    let console = app.console();
    let calendar = |name: &str| CalendarDraft {
        name: name.to_owned(),
        ..CalendarDraft::default()
    };
    let made = app
        .service
        .calendar_create(&console, &calendar("公司"))
        .await;
    made.expect("a calendar");
    let rule = TicketDraft {
        calendar: "公司".to_owned(),
        ..TicketDraft::default()
    };
    let id = task(&app, order(rule)).await.id;
    let refused = app.service.calendar_delete(&console, "公司", None).await;
    assert_eq!(refused.expect_err("in use").code, "calendar.in_use");
    let renamed = app
        .service
        .calendar_update(&console, "公司", None, &calendar("工厂"))
        .await;
    assert_eq!(renamed.expect("renamed").used_by, 1);
    let draft = app.service.task_draft(&console, id).await.expect("it");
    assert_eq!(draft.tickets.calendar, "工厂");
    change(&app, id, |draft| draft.tickets.calendar = String::new()).await;
    let deleted = app.service.calendar_delete(&console, "工厂", None).await;
    deleted.expect("not in use");
}

#[tokio::test]
async fn a_word_has_no_characters_that_no_reader_sees() {
    let app = TestApp::new().await;
    task(&app, order(TicketDraft::default())).await;
    let id = the_ticket(&app).await.id;
    for word in ["好\u{202e}了", "a\u{200b}b", "一\n二\u{2066}"] {
        let refused = act(&app, &app.console(), id, TicketAct::Done(word.to_owned())).await;
        let refused = refused.expect_err("hidden");
        assert_eq!(
            (
                refused.fields[0].field.as_str(),
                refused.fields[0].code.as_str()
            ),
            ("word", "invisible")
        );
    }
    let word = "好了 👨‍👩‍👧\n第二行\t完";
    let done = act(&app, &app.console(), id, TicketAct::Done(word.to_owned())).await;
    assert_eq!(done.expect("done").word.as_deref(), Some(word));
}

#[tokio::test]
async fn of_too_many_open_tickets_about_firings_the_oldest_expires() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.mode = Mode::Message;
        draft.execution = all_at_once();
        draft.command = String::new();
        draft.tickets.opens = "firing".to_owned();
    })
    .await;
    let mut node = app.node().await;
    let mut fire = async |day: u32| {
        app.clock.set(at(&format!("2026-11-{day}T08:59:58Z")));
        node.turn().await;
        app.clock.set(at(&format!("2026-11-{day}T09:00:00Z")));
        node.turn().await;
        node.turn().await;
        node.settled().await;
    };
    fire(22).await;
    let first = the_ticket(&app).await.id;
    let columns = "task_id, kind, state, level, owner, asked, opened_at, since, urges, urges_before, \
                   next_urge_at, expires_at, version";
    for copy in 1..100 {
        let insert = format!(
            "INSERT INTO ticket ({columns}, open_key) SELECT {columns}, 'copy:{copy}' FROM ticket WHERE id = {first}"
        );
        app.place.database.execute(&insert).await;
    }
    let open = async || {
        let open = "SELECT COUNT(*) FROM ticket WHERE open_key IS NOT NULL";
        app.place.database.count(open).await
    };
    assert_eq!(open().await, 100);
    fire(23).await;
    assert_eq!(open().await, 100);
    let ended = ticket(&app, first).await;
    assert_eq!(ended.ticket.state.as_str(), "expired");
    assert_eq!(
        ended.history.last().map(|entry| entry.what.as_str()),
        Some("expired")
    );
    assert_eq!(said(&app, task.id, "ticket_expired").await.len(), 1);
}

#[tokio::test]
async fn saving_a_task_whose_reminders_open_tickets_faster_than_they_expire_warns() {
    let app = TestApp::new().await;
    let boss = app.signed_in("boss", Role::Editor).await;
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/hook")
        .await;
    for (cron, expires_after, warns) in [
        ("* * * * *", "", true),
        ("*/5 * * * *", "", true),
        ("* * * * *", "1h", false),
        ("0 9 * * *", "30d", false),
    ] {
        let body = serde_json::json!({
            "name": format!("{cron} {expires_after}"),
            "cron": cron,
            "mode": "message",
            "channel_id": channel.id,
            "tickets": {"opens": "firing", "expires_after": expires_after},
        });
        let made = boss.post("/api/v1/tasks", body).await.expect(201);
        let warnings = made["warnings"].to_string();
        assert_eq!(
            warnings.contains("100"),
            warns,
            "{cron} {expires_after}: {warnings}"
        );
    }
}
