//! The loop: when people are asked, and each urge once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::helpers::place::Place;
use crate::helpers::{ManualClock, at};

#[tokio::test]
async fn a_ticket_is_urged_by_its_policy_and_expires_by_number() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        first_after: "10m".to_owned(),
        every: "20m".to_owned(),
        max_urges: "2".to_owned(),
        ladder: "15m: 李四".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule)).await;
    let open = the_ticket(&app).await;
    assert_eq!((open.owner.as_str(), open.urges), ("张三", 0));
    later(&app, 599).await;
    assert_eq!(the_ticket(&app).await.urges, 0);
    later(&app, 1).await;
    later(&app, 0).await;
    let urged = said(&app, task.id, "ticket_urged").await;
    assert_eq!(urged.len(), 1, "{urged:?}");
    assert!(
        urged[0].starts_with("【待办催单】t：第 1 次催单，已等待 10 分钟"),
        "{urged:?}"
    );
    // The ladder's time comes before the next interval.
    later(&app, 300).await;
    let escalated = said(&app, task.id, "ticket_escalated").await;
    assert_eq!(escalated.len(), 1, "{escalated:?}");
    let open = the_ticket(&app).await;
    assert_eq!(open.level, 1);
    assert_eq!(open.asked, ["张三", "李四"]);
    later(&app, 2 * 3600).await;
    assert_eq!(tickets(&app, "open").await, []);
    let over = ticket(&app, open.id).await;
    assert_eq!(over.ticket.state.as_str(), "expired");
    assert_eq!(
        over.urges.iter().map(|urge| urge.n).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(over.urges[0].asked, ["张三", "李四"]);
    let what: Vec<&str> = over
        .history
        .iter()
        .map(|entry| entry.what.as_str())
        .collect();
    assert_eq!(what, ["opened", "escalated", "expired"]);
    let expired = said(&app, task.id, "ticket_expired").await;
    assert!(
        expired[0].starts_with("【待办已过期】t：催了 2 次"),
        "{expired:?}"
    );
    // What is over is not urged.
    later(&app, 86_400).await;
    assert_eq!(ticket(&app, open.id).await.urges.len(), 2);
}

#[tokio::test]
async fn a_ticket_expires_by_time_and_late_servers_urge_once() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        every: "10m".to_owned(),
        expires_after: "1d".to_owned(),
        ..TicketDraft::default()
    };
    task(&app, order(rule)).await;
    let id = the_ticket(&app).await.id;
    later(&app, 12 * 3600).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
    later(&app, 12 * 3600).await;
    let over = ticket(&app, id).await;
    assert_eq!(over.ticket.state.as_str(), "expired");
    assert_eq!(over.urges.len(), 1);
    assert_eq!(over.ticket.done_by.as_deref(), Some("jcrontab"));
}

#[tokio::test]
async fn people_are_asked_on_a_saturday_on_which_they_work() {
    let app = TestApp::new().await;
    // The Friday before a make-up day, 22:00 in Shanghai.
    app.clock.set(at("2026-10-09T14:00:00Z"));
    let rule = TicketDraft {
        first_after: "1m".to_owned(),
        hours_from: "09:00".to_owned(),
        hours_until: "18:00".to_owned(),
        calendar: "cn".to_owned(),
        ..TicketDraft::default()
    };
    let opens = order(rule);
    task(&app, |draft| {
        opens(draft);
        draft.zone = "Asia/Shanghai".to_owned();
    })
    .await;
    let id = the_ticket(&app).await.id;
    later(&app, 60).await;
    assert_eq!(ticket(&app, id).await.urges, []);
    let next = the_ticket(&app).await.next_urge_at.map(|at| at.0);
    assert_eq!(next, Some(at("2026-10-10T01:00:00Z")));
    app.clock.set(at("2026-10-10T01:00:00Z"));
    look(&app).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
}

#[tokio::test]
async fn the_owner_is_asked_first_when_the_hours_begin_and_the_ladder_counts_from_there() {
    let app = TestApp::new().await;
    // Friday, 20:00 in Shanghai; the whole ladder passes over the weekend.
    app.clock.set(at("2026-11-27T12:00:00Z"));
    let rule = TicketDraft {
        hours_from: "09:00".to_owned(),
        hours_until: "18:00".to_owned(),
        calendar: "cn".to_owned(),
        ladder: "1h: 李四\n10h: @all".to_owned(),
        ..TicketDraft::default()
    };
    let opens = order(rule);
    task(&app, |draft| {
        opens(draft);
        draft.zone = "Asia/Shanghai".to_owned();
    })
    .await;
    let id = the_ticket(&app).await.id;
    for (now, level) in [
        ("2026-11-27T12:30:00Z", None),
        // Monday, 09:00 and 10:00.
        ("2026-11-30T01:00:00Z", Some(0)),
        ("2026-11-30T02:00:00Z", Some(1)),
        ("2026-11-30T09:59:00Z", Some(1)),
        // Nine hours of Monday and one of Tuesday have passed.
        ("2026-12-01T01:00:00Z", Some(1)),
        ("2026-12-01T02:00:00Z", Some(2)),
    ] {
        app.clock.set(at(now));
        look(&app).await;
        let urges = ticket(&app, id).await.urges;
        assert_eq!(urges.first().map(|urge| urge.level), level, "{now}");
    }
}

#[tokio::test]
async fn two_servers_send_each_urge_once() {
    let app = TestApp::new().await;
    let rule = || TicketDraft {
        first_after: "1m".to_owned(),
        every: "1m".to_owned(),
        max: "1m".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule())).await;
    for number in 0..9 {
        let mut draft = draft(&format!("other {number}"), "0 9 * * *", "true");
        order(rule())(&mut draft);
        app.add(draft).await;
    }
    let url = app.place.database.url.clone();
    let other = match url.is_empty() {
        true => app.components.store.clone(),
        false => Store::open(&url, &app.place.data())
            .await
            .expect("the database"),
    };
    let first = urging(&app, &app.components.store, "first");
    let second = urging(&app, &other, "second");
    for _ in 0..6 {
        app.clock.set(app.clock.now() + TimeDelta::seconds(60));
        let (one, two) = tokio::join!(first.turn(), second.turn());
        one.expect("a turn");
        two.expect("a turn");
    }
    for open in tickets(&app, "open").await {
        let numbers: Vec<i32> = ticket(&app, open.id)
            .await
            .urges
            .iter()
            .map(|urge| urge.n)
            .collect();
        assert_eq!(numbers, [6, 5, 4, 3, 2, 1]);
    }
    let said: BTreeSet<String> = said(&app, task.id, "ticket_urged")
        .await
        .into_iter()
        .collect();
    assert_eq!(said.len(), 6, "{said:?}");
}

#[tokio::test]
async fn a_thousand_urges_at_one_instant_are_claimed_in_few_statements() {
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    let count = move |store: &mut Store| {
        store.observe_statements(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
    };
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let flags = ["--outbound-allow=127.0.0.0/8"];
    let app = TestApp::start_with(Place::new().await, clock, None, &flags, count).await;
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/hook")
        .await;
    let store = &app.components.store;
    for number in 0..1_000 {
        let spec = app::task::TaskSpec {
            name: format!("task {number}"),
            channel_id: Some(channel.id),
            tickets: app::ticket::TicketRule {
                opens: app::ticket::Opens::Task,
                ..Default::default()
            }
            .shared(),
            ..app::task::TaskSpec::example()
        };
        let inserted = store.insert_task(&app.act(), &spec, |_| Vec::new()).await;
        inserted.expect("a task");
    }
    app.clock.set(app.clock.now() + TimeDelta::seconds(1_800));
    let before = sent.load(Ordering::SeqCst);
    let begun = std::time::Instant::now();
    look(&app).await;
    let took = begun.elapsed();
    let statements = sent.load(Ordering::SeqCst) - before;
    println!("1,000 urges: {statements} statements, {took:?}");
    let urges = app
        .place
        .database
        .count("SELECT COUNT(*) FROM ticket_urge")
        .await;
    assert_eq!(urges, 1_000);
    let messages = "SELECT COUNT(*) FROM message WHERE event = 'ticket_urged'";
    assert_eq!(app.place.database.count(messages).await, 1_000);
    assert!(statements < 40, "{statements} statements");
}
