//! Pages and answers whose statements are judged.

use app::id::{ChannelId, TaskId};
use chrono::TimeDelta;
use server::clock::Clock;
use server::store::KeepLimits;

use super::super::helpers::TestApp;

/// What people and programs read of a task and of a run: how it is called here, and its paths.
pub(super) fn reads(task: usize, run: usize) -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("the list page", vec!["/tasks".to_owned()]),
        (
            "a searched list",
            vec![format!("/tasks?q=task+{task}&state=active")],
        ),
        (
            "a list by health",
            vec![
                "/tasks?state=failing".to_owned(),
                "/tasks?sort=name".to_owned(),
                "/tasks?q=status:failing+zone:utc+channel:none".to_owned(),
                "/api/v1/tasks?health=chasing".to_owned(),
                "/api/v1/tasks?health=running".to_owned(),
            ],
        ),
        ("a task's page", vec![format!("/tasks/{task}")]),
        (
            "a task's time line",
            vec![
                format!("/tasks/{task}/occurrences"),
                format!("/tasks/{task}/occurrences?state=failed"),
                format!("/api/v1/tasks/{task}/occurrences?state=lost&limit=200"),
                format!("/api/v1/tasks/{task}/upcoming"),
            ],
        ),
        (
            "the history of messages",
            vec![
                "/messages".to_owned(),
                "/messages?state=dead".to_owned(),
                "/api/v1/messages?event=failed&limit=200".to_owned(),
                "/messages?from=2020-01-01&to=2020-01-02".to_owned(),
                format!("/api/v1/messages?task={task}&state=dead&from=2020-01-01&to=2037-01-01"),
                "/api/v1/messages?channel=1&after=1000000".to_owned(),
                format!("/api/v1/messages?task={task}&state=sent"),
            ],
        ),
        (
            "a task's history",
            vec![format!("/api/v1/tasks/{task}/history?limit=30")],
        ),
        (
            "runs of a task",
            vec![
                format!("/api/v1/runs?task={task}"),
                format!("/api/v1/runs?task={task}&after={run}"),
            ],
        ),
        (
            "runs of all tasks",
            vec![
                "/api/v1/runs".to_owned(),
                format!("/api/v1/runs?limit=200&after={run}"),
                "/runs".to_owned(),
                "/api/v1/runs?state=bad&limit=200".to_owned(),
                "/api/v1/runs?state=lost&q=nowhere".to_owned(),
                "/api/v1/runs?trigger=manual&node=elsewhere&tag=none".to_owned(),
                "/api/v1/runs?from=2026-03-01&to=2026-03-02".to_owned(),
                format!("/api/v1/runs?task={task}&state=killed,timed_out&to=2026-06-01"),
                format!("/api/v1/runs?task={task}&q=nowhere&from=2026-01-01"),
                "/api/v1/runs/export?state=failed&limit=200&format=jsonl".to_owned(),
            ],
        ),
        (
            "a task over months",
            vec![
                format!("/api/v1/tasks/{task}/days"),
                format!("/api/v1/tasks/{task}/days?from=2026-01-01&to=2026-06-30"),
                format!("/tasks/{task}?stats=1"),
            ],
        ),
        (
            "a run's page",
            vec![format!("/runs/{run}"), format!("/api/v1/runs/{run}/output")],
        ),
        ("the overview", vec!["/".to_owned()]),
        (
            "an explanation",
            vec![format!(
                "/api/v1/tasks/{task}/explain?at=2026-10-01T09:00:00Z"
            )],
        ),
        (
            "lists of administrators",
            ["/admin", "/admin/channels", "/admin/pools", "/admin/nodes"]
                .map(str::to_owned)
                .to_vec(),
        ),
        (
            "the audit log",
            vec![
                "/audit".to_owned(),
                "/api/v1/audit?who=console&limit=200".to_owned(),
                "/api/v1/audit?action=task.run&via=token".to_owned(),
                "/api/v1/audit?outcome=refused&after=1000000".to_owned(),
                "/api/v1/audit?via=console&outcome=done".to_owned(),
                format!("/api/v1/audit?object=task:{task}&who=reader"),
                "/api/v1/audit?action=secret.&from=2026-03-01&to=2026-03-02".to_owned(),
                "/api/v1/audit/verify".to_owned(),
            ],
        ),
    ]
}

/// What the loop and the outbox look for, beside what a turn does.
pub(super) async fn looks(app: &TestApp, channel: ChannelId) {
    let now = app.clock.now();
    let store = &app.components.store;
    store.outbox_look(now).await.expect("the outbox");
    store
        .outbox_take(channel, None, &app.me.id, now)
        .await
        .expect("the outbox");
    store.report_held(now).await.expect("what is held back");
    store.open_tickets_by_task().await.expect("tickets");
    store.requested_stops(&app.me.id).await.expect("asked");
    store.waiting_instants().await.expect("instants");
    store.planned_instants().await.expect("instants");
    store.running_under().await.expect("running");
    let kept = KeepLimits {
        since: Some(now - TimeDelta::days(400)),
        runs: Some(100),
        bytes: Some(1),
    };
    let old = store.old_runs(TaskId(7), kept, 200).await.expect("old");
    assert!(old.unruns_before.is_some());
    let long_ago = now - TimeDelta::days(4_000);
    let unruns = store.delete_old_unruns(TaskId(7), long_ago, 200).await;
    let messages = store.delete_old_messages(long_ago, 200).await;
    let sign = |_: i64, _: &str| String::new();
    let notes = store.delete_old_audit(long_ago, 200, sign).await;
    let tickets = store.delete_old_tickets(long_ago, 20).await;
    let days = store
        .delete_old_days(TaskId(7), long_ago.date_naive(), 200)
        .await;
    let changes = store.delete_old_changes(long_ago, 200).await;
    for deleted in [unruns, messages, notes, tickets, days, changes] {
        assert_eq!(deleted.expect("deleted"), 0);
    }
    store.task_keeps().await.expect("tasks");
    store
        .last_noted("clock.step", now - TimeDelta::days(1))
        .await
        .expect("notes");
}
