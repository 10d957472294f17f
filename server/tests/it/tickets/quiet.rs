//! Urges and the quiet hours of rules about messages.

use app::backend::Rules;
use app::message::Event;
use app::rule::{RuleDraft, ScopeKind};

use super::*;
use crate::helpers::at;

/// Urges go to the channel of tasks by a rule that is quiet at night.
async fn quiet_at_night(app: &TestApp, channel: Option<i64>) {
    let events = [Event::TicketUrged, Event::TicketEscalated];
    let rule = RuleDraft {
        scope: ScopeKind::All,
        events: events.iter().map(|one| one.as_str().to_owned()).collect(),
        channel_id: channel,
        quiet_from: "22:00".to_owned(),
        quiet_until: "08:00".to_owned(),
        quiet_zone: "UTC".to_owned(),
        ..RuleDraft::default()
    };
    let added = app.service.rule_create(&app.console(), &rule).await;
    added.expect("a rule");
}

#[tokio::test]
async fn of_the_urges_that_quiet_hours_hold_back_the_newest_is_sent() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-22T22:00:00Z"));
    let rule = TicketDraft {
        ladder: "2h: 李四".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule)).await;
    quiet_at_night(&app, task.channel_id.map(|id| id.0)).await;
    // The first urge, an hour later the second, and the escalation.
    for seconds in [1_800, 3_600, 1_800] {
        later(&app, seconds).await;
    }
    let messages = app.messages(task.id).await;
    let urges = messages
        .iter()
        .filter(|one| one.event.starts_with("ticket_"));
    let states: Vec<(&str, &str)> = urges
        .map(|one| (one.event.as_str(), one.state.as_str()))
        .collect();
    assert_eq!(
        states,
        [
            ("ticket_urged", "withdrawn"),
            ("ticket_urged", "withdrawn"),
            ("ticket_escalated", "pending"),
        ]
    );
    let id = the_ticket(&app).await.id;
    let outcomes = ticket(&app, id).await.urges.into_iter();
    let outcomes: Vec<&str> = outcomes.map(|urge| urge.outcome.as_str()).collect();
    assert_eq!(outcomes, ["waiting", "withdrawn", "withdrawn"]);
}

#[tokio::test]
async fn an_urgent_ticket_passes_the_quiet_hours_of_a_rule() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-22T22:00:00Z"));
    let rule = TicketDraft {
        urgent: true,
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule)).await;
    quiet_at_night(&app, task.channel_id.map(|id| id.0)).await;
    later(&app, 1_800).await;
    assert_eq!(said(&app, task.id, "ticket_urged").await.len(), 1);
    let due = app.components.store.outbox_look(app.clock.now()).await;
    let due = due.expect("the outbox");
    assert_eq!((due.due.len(), due.next), (1, None));
}
