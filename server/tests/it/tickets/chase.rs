//! 加急: the chase schedule asks, and ends by number and by time.

use app::backend::Tasks;
use app::task::{Control, Mode};

use super::*;
use crate::helpers::at;
use crate::helpers::message::all_at_once;

fn reminder(rule: TicketDraft) -> impl FnOnce(&mut TaskDraft) {
    move |draft| {
        draft.execution = all_at_once();
        draft.mode = Mode::Message;
        draft.command = String::new();
        draft.urge_cron = "* * * * *".to_owned();
        draft.tickets = rule;
    }
}

async fn control(app: &TestApp, id: TaskId, control: Control) {
    let done = app.service.task_control(&app.console(), id, &control).await;
    done.expect("controlled");
}

async fn is_urging(app: &TestApp, id: TaskId) -> bool {
    app.service
        .task_get(&app.console(), id)
        .await
        .expect("it")
        .urging
}

#[tokio::test]
async fn a_chase_ends_after_as_many_firings_as_the_policy_allows_and_says_so() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        max_urges: "3".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, reminder(rule)).await;
    let mut node = app.node().await;
    control(&app, task.id, Control::Urge(None)).await;
    assert_eq!(the_ticket(&app).await.kind.as_str(), "chase");
    for minute in 1..=3 {
        app.clock.set(at(&format!("2026-11-22T08:{minute:02}:00Z")));
        node.turn().await;
        node.turn().await;
        node.settled().await;
        assert!(is_urging(&app, task.id).await);
        if minute < 3 {
            look(&app).await;
            assert_eq!(the_ticket(&app).await.urges, minute);
        }
    }
    look(&app).await;
    assert!(!is_urging(&app, task.id).await);
    assert_eq!(tickets(&app, "open").await, []);
    let said = said(&app, task.id, "ticket_expired").await;
    assert!(
        said[0].contains("加急了 3 次") && said[0].contains("加急结束"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_chase_ends_by_time_and_each_new_one_has_all_of_it() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        expires_after: "1d".to_owned(),
        ..TicketDraft::default()
    };
    let task = task(&app, reminder(rule)).await;
    control(&app, task.id, Control::Urge(None)).await;
    later(&app, 86_000).await;
    assert!(is_urging(&app, task.id).await);
    control(&app, task.id, Control::Urge(Some("*/5 * * * *".to_owned()))).await;
    later(&app, 86_000).await;
    assert!(is_urging(&app, task.id).await);
    later(&app, 400).await;
    assert!(!is_urging(&app, task.id).await);
}

#[tokio::test]
async fn the_four_controls_open_and_close_the_chase() {
    let app = TestApp::new().await;
    let task = task(&app, reminder(TicketDraft::default())).await;
    control(&app, task.id, Control::Urge(None)).await;
    let id = the_ticket(&app).await.id;
    control(&app, task.id, Control::Unurge).await;
    assert_eq!(tickets(&app, "open").await, []);
    control(&app, task.id, Control::Urge(None)).await;
    assert_ne!(the_ticket(&app).await.id, id);
    control(&app, task.id, Control::Close).await;
    assert_eq!(tickets(&app, "open").await, []);
    control(&app, task.id, Control::Restore).await;
    // It is still to be chased, with an end of its own.
    let chase = the_ticket(&app).await;
    let snooze = TicketAct::Snooze("1h".to_owned());
    let refused = act(&app, &app.console(), chase.id, snooze).await;
    assert_eq!(refused.expect_err("a chase").code, "ticket.chase");
    let done = act(
        &app,
        &app.console(),
        chase.id,
        TicketAct::Done(String::new()),
    )
    .await;
    assert_eq!(done.expect("done").state.as_str(), "done");
    assert!(!is_urging(&app, task.id).await);
}

#[tokio::test]
async fn done_on_the_chase_of_an_order_closes_the_order() {
    let app = TestApp::new().await;
    let opens = order(TicketDraft::default());
    let task = task(&app, |draft| {
        opens(draft);
        draft.urge_cron = "* * * * *".to_owned();
    })
    .await;
    control(&app, task.id, Control::Urge(None)).await;
    let open = tickets(&app, "open").await;
    assert_eq!(open.len(), 2, "{open:?}");
    let chase = open.iter().find(|one| one.kind.as_str() == "chase");
    let id = chase.expect("a chase").id;
    let word = "已修复".to_owned();
    act(&app, &app.console(), id, TicketAct::Done(word))
        .await
        .expect("done");
    assert_eq!(tickets(&app, "open").await, []);
    let order = ticket(&app, open.iter().find(|one| one.id != id).expect("it").id).await;
    assert_eq!(order.ticket.state.as_str(), "done");
    assert_eq!(order.ticket.word.as_deref(), Some("已修复"));
    let view = app.service.task_get(&app.console(), task.id).await;
    let view = view.expect("it");
    assert_eq!((view.state.as_str(), view.urging), ("closed", false));
    assert_eq!(said(&app, task.id, "ticket_done").await.len(), 1);
    // It is an order again, and nothing hurries.
    control(&app, task.id, Control::Restore).await;
    assert_eq!(the_ticket(&app).await.kind.as_str(), "task");
}

#[tokio::test]
async fn a_chase_that_is_done_says_so() {
    let app = TestApp::new().await;
    let task = task(&app, reminder(TicketDraft::default())).await;
    control(&app, task.id, Control::Urge(None)).await;
    let chase = the_ticket(&app).await.id;
    let word = "已处理".to_owned();
    act(&app, &app.console(), chase, TicketAct::Done(word))
        .await
        .expect("done");
    let reported = said(&app, task.id, "ticket_done").await;
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(reported[0].contains("已处理"), "{reported:?}");
}

#[tokio::test]
async fn a_task_that_a_former_version_chases_goes_on_and_gets_an_end() {
    let app = TestApp::new().await;
    let opens = reminder(TicketDraft::default());
    let task = task(&app, |draft| {
        opens(draft);
        draft.urging = true;
    })
    .await;
    app.place.database.execute("DELETE FROM ticket").await;
    look(&app).await;
    assert!(is_urging(&app, task.id).await);
    let ends = the_ticket(&app).await.expires_at.0;
    assert_eq!(ends, at("2026-11-29T08:00:00Z"));
}
