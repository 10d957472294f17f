//! Links that former versions have kept in the history.

use app::channel::ChannelKind;

use super::{asking, link, ticket_of};
use crate::helpers::TestApp;

#[tokio::test]
async fn an_upgrade_masks_the_links_that_are_stored() {
    let app = TestApp::new().await;
    let channel = app
        .channel("chat", ChannelKind::Webhook, "http://127.0.0.1:9/x")
        .await;
    let mut task = asking("割接");
    task.channel_id = Some(channel.id.0);
    let (run, _) = app.execute(task).await;
    let ticket = ticket_of(&app, run.task_id).await;
    let path = link(&app, ticket.id, "小王");
    let database = &app.place.database;
    for change in [
        format!("UPDATE message SET body = 'a http://h{path}', last_answer = 'b {path}\"'"),
        format!("UPDATE run SET excerpt = 'http://h{} c'", &path[..30]),
        "UPDATE channel SET last_answer = 'https://forum/t/a-long-title/12'".to_owned(),
        "DELETE FROM seaql_migrations WHERE version LIKE '%000050_mask_links'".to_owned(),
    ] {
        database.execute(&change).await;
    }
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &[]).await;
    let database = &app.place.database;
    for (sql, wanted) in [
        (
            "SELECT CONCAT_WS('|', body, last_answer) FROM message",
            "a http://h/t/…|b /t/…\"",
        ),
        ("SELECT CONCAT_WS('|', excerpt) FROM run", "http://h/t/… c"),
        (
            "SELECT CONCAT_WS('|', last_answer) FROM channel",
            "https://forum/t/a-long-title/12",
        ),
    ] {
        let rows = database.rows(sql).await;
        assert!(!rows.is_empty());
        assert!(rows.iter().all(|row| row == wanted), "{rows:?}");
    }
}
