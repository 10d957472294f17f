//! A press and what it causes are stored together: both, or neither.

use super::*;
use crate::helpers::database::{Database, mysql_server};

/// Makes every statement of this kind on a table fail, until [`allow`].
async fn refuse(database: &Database, name: &str, statement: &str) {
    let refuse = if mysql_server().is_some() {
        format!(
            "CREATE TRIGGER {name} BEFORE {statement} FOR EACH ROW \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'"
        )
    } else {
        format!(
            "CREATE TRIGGER {name} BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    };
    database.execute(&refuse).await;
}

async fn allow(database: &Database, name: &str) {
    database.execute(&format!("DROP TRIGGER {name}")).await;
}

async fn uses(app: &TestApp) -> Vec<String> {
    let uses = "SELECT CONCAT_WS(' ', act, who) FROM link_use ORDER BY id";
    app.place.database.rows(uses).await
}

#[tokio::test]
async fn a_press_that_fails_behind_its_use_leaves_the_link_usable() {
    for (act, value) in [
        ("done", ""),
        ("take", ""),
        ("snooze", "30m"),
        ("assign", "小李"),
        ("cycle", "*/10 * * * *"),
        ("run", ""),
    ] {
        let app = TestApp::with(&["--link-acts=done,take,snooze,assign,cycle,run"]).await;
        let ticket = asked(&app, "备份").await;
        let path = link(&app, ticket.id, "小王");
        let fields = [("act", act), ("value", value)];
        let database = &app.place.database;
        // As if the server died after the use: nothing takes it back, and what it was used for is not stored.
        refuse(database, "no_audit", "INSERT ON audit").await;
        refuse(database, "no_release", "DELETE ON link_use").await;
        let failed = phone(&app).submit(&path, &fields).await;
        assert_eq!(failed.status, 500, "{act}: {}", failed.text());
        assert_eq!(uses(&app).await, [""; 0], "{act}");
        assert_eq!(state_of(&app, ticket.id).await, TicketState::Open, "{act}");
        allow(database, "no_audit").await;
        allow(database, "no_release").await;
        let pressed = phone(&app).submit(&path, &fields).await;
        assert_eq!(pressed.status, 303, "{act}: {}", pressed.text());
        assert_eq!(uses(&app).await, [format!("{act} 小王")]);
        let acts = "SELECT action FROM audit WHERE via = 'link'";
        assert_eq!(app.place.database.rows(acts).await.len(), 1, "{act}");
        for run in app.runs(ticket.task_id).await {
            app.ended(run.id).await;
        }
    }
}

#[tokio::test]
async fn an_act_whose_use_cannot_be_stored_is_not_done() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "备份").await;
    let path = link(&app, ticket.id, "小王");
    refuse(&app.place.database, "no_use", "INSERT ON link_use").await;
    let failed = phone(&app).submit(&path, &[("act", "done")]).await;
    assert_eq!(failed.status, 500, "{}", failed.text());
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Open);
    let acts = "SELECT action FROM audit WHERE via = 'link'";
    assert_eq!(app.place.database.rows(acts).await, [""; 0]);
}

#[tokio::test]
async fn the_same_link_pressed_at_once_acts_once() {
    for (act, value) in [("snooze", "30m"), ("run", "")] {
        let app = TestApp::with(&["--link-acts=snooze,run"]).await;
        let mut wanted = asking("巡检");
        // Otherwise a second start is refused because of the first one.
        wanted.execution.overlap = "allow:5".to_owned();
        let task = app.add(wanted).await;
        let ticket = ticket_of(&app, task.id).await;
        let path = link(&app, ticket.id, "小王");
        let fields = [("act", act), ("value", value)];
        let (one, two, three) = (phone(&app), phone(&app), phone(&app));
        let (a, b, c) = tokio::join!(
            one.submit(&path, &fields),
            two.submit(&path, &fields),
            three.submit(&path, &fields)
        );
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409, 409], "{act}");
        for late in [a, b, c].iter().filter(|reply| reply.status == 409) {
            let said = said(&late.text());
            let once = said.iter().filter(|one| one.contains("没有再次执行"));
            assert_eq!(once.count(), 1, "{act}: {said:?}");
        }
        assert_eq!(uses(&app).await, [format!("{act} 小王")]);
        let acts = "SELECT action FROM audit WHERE via = 'link'";
        assert_eq!(app.place.database.rows(acts).await.len(), 1, "{act}");
        let runs = app.runs(ticket.task_id).await;
        assert_eq!(runs.len(), usize::from(act == "run"));
        for run in runs {
            app.ended(run.id).await;
        }
    }
}
