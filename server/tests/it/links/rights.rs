//! What a link may do, and what its holder sees: its own ticket, as long as that asks them.

use app::backend::Tasks;
use app::channel::ChannelKind;
use app::id::TicketId;
use app::task::Mode;
use chrono::{DateTime, TimeDelta, Utc};
use server::auth::link::{Link, LinkFor};
use server::clock::Clock;

use super::{asked, asking, every_act, failing, link, phone, said, state_of, ticket_of};
use crate::helpers::message::all_at_once;
use crate::helpers::{Robot, TestApp, at};
use crate::tickets::look;

#[tokio::test]
async fn a_link_starts_no_command_by_the_chase_schedule() {
    let cycle = [("act", "cycle"), ("value", "* * * * *")];
    for (flag, mode, status) in [
        ("--link-acts=done,cycle,log", Mode::Command, 403),
        ("--link-acts=done,cycle,log", Mode::MessageCommand, 403),
        ("--link-acts=done,cycle,log", Mode::Message, 303),
        ("--link-acts=cycle,run", Mode::Command, 303),
    ] {
        let app = TestApp::with(&[flag, "--outbound-allow=127.0.0.0/8"]).await;
        let mut task = asking("清理");
        task.mode = mode;
        if mode == Mode::Message {
            task.command = String::new();
            let channel = app.channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/");
            task.channel_id = Some(channel.await.id.0);
        }
        let task = app.add(task).await;
        let ticket = ticket_of(&app, task.id).await;
        let path = link(&app, ticket.id, "小王");
        let phone = phone(&app);
        let page = phone.open(&path).await.text();
        assert_eq!(page.contains("value=\"cycle\""), status == 303, "{mode:?}");
        let pressed = phone.submit(&path, &cycle).await;
        assert_eq!(
            pressed.status,
            status,
            "{flag} {mode:?}: {}",
            pressed.text()
        );
        let task = app.service.task_get(&app.console(), task.id).await;
        assert_eq!(task.expect("it").urging, status == 303, "{flag} {mode:?}");
    }
}

#[tokio::test]
async fn a_page_for_several_people_asks_once_who_presses() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "发布").await;
    let phone = phone(&app);
    let path = link(&app, ticket.id, "小王,小李");
    let page = phone.open(&path).await.text();
    // One choice of two people in one form, which all buttons send with their own fields.
    assert_eq!(page.matches("name=\"who\"").count(), 2, "{page}");
    assert_eq!(page.matches("<form").count(), 1, "{page}");
    let fields = |act, person| {
        let rest = [("word", "忽略"), ("person", person), ("cron", "")];
        [vec![("act", act), ("who", "小李")], rest.to_vec()].concat()
    };
    let snoozed = phone.submit(&path, &fields("snooze 30m", "")).await;
    assert_eq!(snoozed.status, 303, "{}", snoozed.text());
    assert_eq!(state_of(&app, ticket.id).await.as_str(), "snoozed");
    assert_eq!(phone.submit(&path, &fields("assign", "")).await.status, 422);
    let given = phone.submit(&path, &fields("assign", "小张")).await;
    assert_eq!(given.status, 303, "{}", given.text());
    assert_eq!(ticket_of(&app, ticket.task_id).await.asked, ["小张"]);
    assert_eq!(phone.submit(&path, &fields("sleep", "")).await.status, 422);
}

#[tokio::test]
async fn who_takes_a_ticket_back_is_asked_and_the_other_one_is_not() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "发布").await;
    let phone = phone(&app);
    let old = link(&app, ticket.id, "小王");
    let given = [("act", "assign"), ("value", "小李")];
    assert_eq!(phone.submit(&old, &given).await.status, 303);
    assert_eq!(ticket_of(&app, ticket.task_id).await.asked, ["小李"]);
    assert_eq!(phone.submit(&old, &[("act", "take")]).await.status, 303);
    let taken = ticket_of(&app, ticket.task_id).await;
    assert_eq!(
        (taken.owner.as_str(), taken.state.as_str()),
        ("小王", "acknowledged")
    );
    assert_eq!(taken.asked, ["小王"]);
    // A ticket is handed over to a person, not to everybody.
    for all in ["@all", "@ALL"] {
        let refused = [("act", "assign"), ("value", all)];
        assert_eq!(
            phone
                .submit(&link(&app, ticket.id, "小王"), &refused)
                .await
                .status,
            422
        );
    }
}

#[tokio::test]
async fn a_link_shows_the_log_of_its_ticket_only_and_only_while_that_asks_its_holder() {
    let app = TestApp::new().await;
    let words = app.place.work().join("words");
    std::fs::write(&words, "of the ticket").expect("a file");
    let mut task = failing("备份");
    task.command = format!("cat {}; exit 1", words.display());
    task.runbook = "先看磁盘".to_owned();
    let (run, _) = app.execute(task).await;
    let ticket = ticket_of(&app, run.task_id).await;
    std::fs::write(&words, "of a later run").expect("a file");
    app.ended(app.start_run(run.task_id).await).await;
    let phone = phone(&app);
    let mine = link(&app, ticket.id, "小王");
    let page = phone.open(&mine).await.text();
    assert!(
        page.contains("of the ticket") && page.contains("先看磁盘"),
        "{page}"
    );
    assert!(!page.contains("of a later run"), "{page}");
    let given = [("act", "assign"), ("value", "小李")];
    assert_eq!(phone.submit(&mine, &given).await.status, 303);
    let theirs = link(&app, ticket.id, "小李");
    assert!(phone.open(&theirs).await.text().contains("of the ticket"));
    assert_eq!(phone.submit(&theirs, &[("act", "done")]).await.status, 303);
    for path in [&mine, &theirs] {
        let page = phone.open(path).await.text();
        assert!(
            !page.contains("of the ticket") && !page.contains("先看磁盘"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_link_of_a_ticket_that_was_handed_over_shows_no_log() {
    let app = TestApp::new().await;
    let mut task = failing("备份");
    task.runbook = "先看磁盘".to_owned();
    let (run, _) = app.execute(task).await;
    let ticket = ticket_of(&app, run.task_id).await;
    let (phone, mine) = (phone(&app), link(&app, ticket.id, "小王"));
    assert!(phone.open(&mine).await.text().contains("the last line"));
    let given = [("act", "assign"), ("value", "小李")];
    assert_eq!(phone.submit(&mine, &given).await.status, 303);
    let page = phone.open(&mine).await.text();
    assert!(
        !page.contains("the last line") && !page.contains("先看磁盘"),
        "{page}"
    );
}

/// The path of the link to a person's tickets, and the links on its page.
async fn list(app: &TestApp, person: &str, expires: DateTime<Utc>) -> (String, Vec<String>) {
    let link = Link::new(LinkFor::Mine, every_act(), person, app.clock.now(), expires);
    let path = format!("/my/{}", app.components.sealer.links().sign(&link));
    let links = links_on(app, &path).await;
    (path, links)
}

async fn links_on(app: &TestApp, path: &str) -> Vec<String> {
    let page = phone(app).open(path).await.text();
    let html = scraper::Html::parse_document(&page);
    let links = scraper::Selector::parse("a").expect("a selector");
    let hrefs = html.select(&links).filter_map(|a| a.attr("href"));
    hrefs
        .filter_map(|href| href.strip_prefix(".."))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn everybody_who_is_asked_sees_the_ticket_on_their_list() {
    let app = TestApp::new().await;
    let mut task = asking("割接");
    task.owners = vec!["小王".to_owned(), "小李".to_owned()];
    task.tickets.first_after = "1m".to_owned();
    task.tickets.ladder = "1m: 小赵\n1d: 小钱".to_owned();
    app.add(task).await;
    let end = app.clock.now() + TimeDelta::days(1);
    let count = async |who: &str| list(&app, who, end).await.1.len();
    assert_eq!(
        (
            count("小王").await,
            count("小李").await,
            count("小赵").await
        ),
        (1, 1, 0)
    );
    app.clock.advance(TimeDelta::minutes(2));
    look(&app).await;
    assert_eq!(
        (
            count("小李").await,
            count("小赵").await,
            count("小钱").await
        ),
        (1, 1, 0)
    );
    // Part of a name, and what means something in a pattern, are other names.
    assert_eq!(
        (count("小").await, count("%").await, count("小_").await),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn links_on_a_list_are_the_same_each_time_and_end_with_it() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "割接").await;
    let end = app.clock.now() + TimeDelta::hours(1);
    let (path, links) = list(&app, "小王", end).await;
    let rest = [("act", "snooze"), ("value", "10m")];
    assert_eq!(phone(&app).submit(&links[0], &rest).await.status, 303);
    let again = links_on(&app, &path).await;
    let pressed = phone(&app).submit(&again[0], &rest).await;
    assert_eq!(pressed.status, 409, "{}", pressed.text());
    let other = list(&app, "小王", end).await.1;
    assert_eq!(phone(&app).submit(&other[0], &rest).await.status, 303);
    app.clock.set(end);
    let late = phone(&app).open(&again[0]).await;
    assert_eq!(
        (late.status, said(&late.text())),
        (403, vec!["链接已过期".to_owned()])
    );
    assert_eq!(
        phone(&app)
            .open(&link(&app, ticket.id, "小王"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_late_reminder_links_to_the_ticket_of_its_own_firing() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("chat", ChannelKind::Wecom, &robot.url()).await;
    let mut task = asking("巡检");
    task.schedules = Vec::new();
    task.cron = "0 9 * * *".to_owned();
    task.zone = "UTC".to_owned();
    task.mode = Mode::Message;
    task.execution = all_at_once();
    task.command = String::new();
    task.channel_id = Some(channel.id.0);
    task.tickets.opens = "firing".to_owned();
    app.add(task).await;
    let mut node = app.node().await;
    for day in 22..=23 {
        app.clock.set(at(&format!("2026-11-{day}T08:59:58Z")));
        node.turn().await;
        app.clock.set(at(&format!("2026-11-{day}T09:00:00Z")));
        node.turn().await;
        node.turn().await;
        node.settled().await;
    }
    // Both are sent only now.
    app.notify();
    let tokens = app
        .until("two reminders with links", async || {
            let texts = robot.texts();
            let token = |text: &String| Some(super::doors::path_in(text)?[3..].to_owned());
            let tokens: Vec<String> = texts.iter().filter_map(token).collect();
            (tokens.len() == 2).then_some(tokens)
        })
        .await;
    let keys = app.components.sealer.links();
    let linked = tokens.iter().map(|token| {
        let link = keys.read(token, app.clock.now()).expect("a link");
        match link.what {
            LinkFor::Ticket(id) => TicketId(id),
            LinkFor::Mine => panic!("a list"),
        }
    });
    let linked: Vec<TicketId> = linked.collect();
    let opened = app
        .place
        .database
        .integers("SELECT id FROM ticket ORDER BY id")
        .await;
    let opened: Vec<TicketId> = opened.into_iter().map(TicketId).collect();
    assert_eq!(linked, opened);
}
