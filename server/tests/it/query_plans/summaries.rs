//! A summary reads the ends of its period along indexes, and a task's last runs along its own.

use app::backend::Summaries as _;
use app::channel::ChannelKind;
use app::summary::SummaryDraft;
use chrono::TimeDelta;
use server::clock::{Clock, SharedClock};
use server::loops::Periodic;
use server::messages::Summaries;
use std::sync::Arc;

use super::super::helpers::{TestApp, at};
use super::{installation, judge};

/// The path of a summary about all tasks that goes to a channel of its own.
pub(super) async fn preview(app: &TestApp) -> String {
    let url = "http://127.0.0.1:9/";
    let channel = app.channel("summaries", ChannelKind::Webhook, url).await;
    let draft = SummaryDraft {
        name: "weekly".to_owned(),
        channel_id: Some(channel.id.0),
        time: "09:00".to_owned(),
        weekday: "sunday".to_owned(),
        ..SummaryDraft::default()
    };
    let made = app.service.summary_create(&app.console(), &draft).await;
    let id = made.expect("a summary").id;
    format!("/api/v1/summaries/{id}/preview")
}

#[tokio::test]
async fn a_summary_neither_walks_through_history_nor_sorts_it() {
    let (app, sent) = installation().await;
    let browser = app.signed_in("reader", app::auth::Role::Viewer).await;
    let path = preview(&app).await;
    sent.take();
    super::open(&browser, &path).await;
    super::open(&browser, "/summaries").await;
    let mut found = judge(&app, "a preview", &sent.take()).await;
    // With more tasks than are looked at one by one.
    let now = app.clock.now();
    let store = &app.components.store;
    let longest = store.longest_successes(now - TimeDelta::days(7), now, 1_000);
    assert!(!longest.await.expect("tasks").is_empty());
    found.extend(judge(&app, "the longest", &sent.take()).await);
    // And when it is sent.
    app.clock.set(at("2026-11-22T09:10:00Z"));
    let clock: SharedClock = app.clock.clone();
    let looping = Summaries {
        store: store.clone(),
        clock,
        signals: Arc::clone(&app.components.signals),
        patterns: Arc::clone(&app.components.patterns),
    };
    looping.turn().await.expect("a turn");
    let made = "SELECT COUNT(*) FROM message WHERE event = 'summary'";
    assert_eq!(app.place.database.count(made).await, 1);
    found.extend(judge(&app, "the loop", &sent.take()).await);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}
