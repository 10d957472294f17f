//! What is announced ahead, once: runs that start soon, active periods that end soon, a disk that is nearly full.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::backend::Tasks;
use app::channel::ChannelKind;
use app::id::TaskId;
use app::task::{Control, TaskDraft};
use runner::output::disk::Space;
use server::lifecycle::DiskWatch;
use server::loops::Periodic;
use server::service::LookAhead;

use super::helpers::{TestApp, at, draft};

/// One turn of the loop.
async fn look(app: &TestApp) {
    let service = Arc::downgrade(&app.service);
    LookAhead { service }.turn().await.expect("a turn");
}

async fn task(app: &TestApp, change: impl FnOnce(&mut TaskDraft)) -> TaskId {
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/hook")
        .await;
    let mut draft = TaskDraft {
        channel_id: Some(channel.id.0),
        notice_before: "30m".to_owned(),
        ..draft("t", "0 9 * * *", "true")
    };
    change(&mut draft);
    app.add(draft).await.id
}

/// Messages of a task without its first one, oldest first: event, state and text.
async fn heard(app: &TestApp, task: TaskId) -> Vec<(String, String, String)> {
    let all = app.messages(task).await.into_iter();
    all.filter(|message| message.event != "created")
        .map(|message| {
            let state = message.state.as_str().to_owned();
            (message.event, state, message.text)
        })
        .collect()
}

#[tokio::test]
async fn a_run_is_announced_once_over_restarts_and_servers() {
    let app = TestApp::new().await;
    let task = task(&app, |_| {}).await;
    app.clock.set(at("2026-11-22T08:29:59Z"));
    look(&app).await;
    assert!(heard(&app, task).await.is_empty());
    app.clock.set(at("2026-11-22T08:30:10Z"));
    look(&app).await;
    look(&app).await;
    let (event, state, text) = heard(&app, task).await.remove(0);
    assert_eq!(
        (event.as_str(), state.as_str()),
        ("starting_soon", "pending")
    );
    assert!(
        text.starts_with("【即将执行】t：将在 29 分 50 秒后执行"),
        "{text}"
    );
    assert!(
        text.contains("计划时间：2026-11-22 星期日 09:00:00"),
        "{text}"
    );
    // Two servers at once.
    let turns = (0..8).map(|_| look(&app));
    futures_util::future::join_all(turns).await;
    assert_eq!(heard(&app, task).await.len(), 1);
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
    look(&app).await;
    assert_eq!(heard(&app, task).await.len(), 1);
    // The next day's run has its own.
    app.clock.set(at("2026-11-23T08:31:00Z"));
    look(&app).await;
    assert_eq!(heard(&app, task).await.len(), 2);
}

#[tokio::test]
async fn a_changed_schedule_withdraws_what_was_announced() {
    let app = TestApp::new().await;
    let task = task(&app, |_| {}).await;
    app.clock.set(at("2026-11-22T08:31:00Z"));
    look(&app).await;
    let console = app.console();
    let mut changed = app.service.task_draft(&console, task).await.expect("it");
    changed.schedules[0].spec = "0 18 * * *".to_owned();
    app.service
        .task_update(&console, task, &changed)
        .await
        .expect("saved");
    look(&app).await;
    let states = |heard: Vec<(String, String, String)>| -> Vec<String> {
        heard.into_iter().map(|(_, state, _)| state).collect()
    };
    assert_eq!(states(heard(&app, task).await), ["withdrawn"]);
    app.clock.set(at("2026-11-22T17:30:00Z"));
    look(&app).await;
    assert_eq!(states(heard(&app, task).await), ["withdrawn", "pending"]);
    // A pause withdraws it as well, and a paused task announces nothing.
    app.service
        .task_control(&console, task, &Control::Pause(None))
        .await
        .expect("paused");
    app.clock.set(at("2026-11-23T17:30:00Z"));
    look(&app).await;
    assert_eq!(states(heard(&app, task).await), ["withdrawn", "withdrawn"]);
}

/// The channel gets it by a rule only, so the keys say what was announced.
#[tokio::test]
async fn the_end_of_an_active_period_is_announced_once_unless_it_was_set_late() {
    let app = TestApp::new().await;
    let keys = async || {
        let sql = "SELECT subject FROM announced WHERE kind = 'ends_soon'";
        app.place.database.rows(sql).await.len()
    };
    let task = task(&app, |draft| {
        draft.notice_before = String::new();
        draft.ends_at = "2026-11-25 12:00".to_owned();
    })
    .await;
    app.clock.set(at("2026-11-24T11:00:00Z"));
    look(&app).await;
    assert_eq!(keys().await, 0);
    app.clock.set(at("2026-11-24T12:00:00Z"));
    look(&app).await;
    look(&app).await;
    assert_eq!(keys().await, 1);
    // Extended, and then set to end in an hour: who does that knows.
    let console = app.console();
    let mut changed = app.service.task_draft(&console, task).await.expect("it");
    changed.ends_at = "2026-11-24 13:00".to_owned();
    app.service
        .task_update(&console, task, &changed)
        .await
        .expect("saved");
    look(&app).await;
    assert_eq!(keys().await, 1);
}

#[tokio::test]
async fn a_full_disk_is_reported_once_a_day_until_there_is_room() {
    let app = TestApp::new().await;
    let free = Arc::new(AtomicU64::new(50));
    let probed = Arc::clone(&free);
    let gib = 1024 * 1024 * 1024;
    let watch = DiskWatch {
        store: app.components.store.clone(),
        clock: app.clock.clone(),
        signals: Arc::clone(&app.components.signals),
        node: app.me.clone(),
        folder: app.place.data(),
        probe: Box::new(move |_| {
            Ok(Space {
                total: 1000 * gib,
                free: probed.load(Ordering::SeqCst) * gib,
            })
        }),
    };
    let keys = async || {
        let sql = "SELECT CONCAT(subject, ' ', until) FROM announced WHERE kind = 'disk_low'";
        app.place
            .database
            .rows(&sql.replace("until", "`until`"))
            .await
    };
    let look = async |gib: u64| {
        free.store(gib, Ordering::SeqCst);
        watch.turn().await.expect("a turn");
    };
    look(50).await;
    assert_eq!(keys().await.len(), 0);
    look(4).await;
    let first = keys().await;
    assert_eq!(first.len(), 1);
    // The same for a day, also where it goes up and down a little.
    for gib in [4, 3, 6, 4] {
        look(gib).await;
    }
    app.clock.set(at("2026-11-23T07:59:00Z"));
    look(4).await;
    assert_eq!(keys().await, first);
    app.clock.set(at("2026-11-23T08:00:00Z"));
    look(4).await;
    let second = keys().await;
    assert!(second.len() == 1 && second != first, "{second:?}");
    // Over, and low again: that is new.
    look(100).await;
    assert_eq!(keys().await.len(), 0);
    look(1).await;
    assert_eq!(keys().await.len(), 1);
}
