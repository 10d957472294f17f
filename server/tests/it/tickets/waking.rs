//! The loop is woken by what opens tickets: the first urge does not wait for its next look.

use app::task::Control;
use futures_util::FutureExt;

use super::attacks::{change, control};
use super::*;
use crate::helpers::in_time;

#[tokio::test]
async fn the_loop_is_woken_by_tasks_that_change_and_by_failures() {
    let app = TestApp::new().await;
    let signals = Arc::clone(&app.components.signals);
    let woken = async |what: &str| in_time(what, signals.tickets.notified()).await;
    let order = task(&app, order(TicketDraft::default())).await;
    woken("a task that was created").await;
    change(&app, order.id, |draft| {
        draft.owners = vec!["李四".to_owned()];
    })
    .await;
    woken("a task that was changed").await;
    control(&app, order.id, Control::Close).await;
    woken("a task that was closed").await;
    control(&app, order.id, Control::Restore).await;
    woken("a task that was restored").await;

    let flag = app.place.work().join("go on");
    let command = format!(
        "until test -e '{}'; do sleep 0.05; done; false",
        flag.display()
    );
    let mut failing = draft("failing", "0 0 1 1 *", &command);
    failing.tickets.opens = "failure".to_owned();
    let failing = app.add(failing).await;
    let run = app.start_run(failing.id).await;
    // For the new task, and for the start, which might be a reminder.
    signals.tickets.notified().now_or_never();
    std::fs::write(&flag, "").expect("a file");
    woken("a failure").await;
    app.ended(run).await;
    let about = ticket(&app, app.ticket_of(failing.id).await).await.ticket;
    assert_eq!(about.kind.as_str(), "failure");
}
