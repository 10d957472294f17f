//! Row 31: two servers with one identity, a deleted lock row, simultaneous migrations.

use std::time::Duration;

use reqwest::Method;

use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::{Engine, Site};
use crate::wait::{let_pass, until};

/// A server that is refused has ended within this time.
const REFUSED: Duration = Duration::from_secs(30);

/// A copied data folder, or the same folder twice: the second server is refused.
pub(crate) async fn identity(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 2).await;
    let first = site.nodes[0].data.clone();
    site.nodes[0].start().await;
    site.load(3).await;
    match setting.engine {
        // The folder's lock is the only protection.
        Engine::Sqlite => site.nodes[1].data.clone_from(&first),
        Engine::Mariadb => {
            std::fs::copy(first.join("host.key"), site.nodes[1].data.join("host.key"))
                .expect("the key");
        }
    }
    let_pass(Duration::from_secs(3)).await;
    site.nodes[1].spawn();
    let code = site.nodes[1].ended(REFUSED).await;
    assert!(
        code.is_some_and(|code| code > 0),
        "a second server with the same identity was not refused: {code:?}"
    );
    let_pass(Duration::from_secs(3)).await;
    assert!(
        !site.nodes[0].has_ended(),
        "the first server must go on: {}",
        site.nodes[0].log_end()
    );
    let lost = site
        .database
        .runs()
        .await
        .expect("the runs")
        .iter()
        .filter(|run| run.state == "lost")
        .count();
    assert_eq!(lost, 0, "the second server has buried the first one's runs");
    site.nodes.truncate(1);
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(
        counts,
        [format!("refused with code {}", code.unwrap_or_default())],
    )
}

/// The row that all servers agree on is deleted while they run, and put back.
pub(crate) async fn lock_row(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, setting.nodes(2)).await;
    site.start().await;
    site.load(4).await;
    let_pass(Duration::from_secs(3)).await;
    for sql in [
        "CREATE TABLE cluster_kept AS SELECT * FROM cluster",
        "DELETE FROM cluster",
    ] {
        site.database.execute(sql).await.expect(sql);
    }
    let_pass(setting.span(4, 10)).await;
    for node in &mut site.nodes {
        assert!(!node.has_ended(), "it must not end: {}", node.log_end());
    }
    let (status, body) = site.nodes[0]
        .ask(Method::GET, "/api/v1/tasks", None)
        .await
        .expect("an answer");
    assert_eq!(status, 200, "reading needs no lock: {body}");
    // A row with the same values, as a careful operator would restore it.
    let (gone, runs) = (
        site.lines().len(),
        site.database
            .numbers("SELECT COUNT(*) FROM cluster")
            .await
            .expect("rows"),
    );
    if runs == [0] {
        site.database
            .execute("INSERT INTO cluster SELECT * FROM cluster_kept")
            .await
            .expect("the row");
    }
    let goes_on = until(Duration::from_secs(20), || async {
        (site.lines().len() > gone).then_some(())
    })
    .await;
    assert!(
        goes_on.is_some(),
        "nothing starts any more: {}",
        site.nodes[0].log_end()
    );
    let_pass(Duration::from_secs(3)).await;
    site.database
        .execute("DROP TABLE cluster_kept")
        .await
        .expect("dropped");
    let counts = site.judge().await;
    site.close().await;
    let who = if runs == [0] {
        "the row was put back manually"
    } else {
        "a server put the row back"
    };
    Outcome::passed(counts, [who.to_owned()])
}

/// Servers start at once on an empty database.
pub(crate) async fn migration(setting: Setting) -> Outcome {
    let rounds = setting.pick(1, 3);
    let mut site = None;
    for _ in 0..rounds {
        let mut started = Site::bare(&setting, 3).await;
        started.start().await;
        let key_checks = started
            .database
            .numbers("SELECT COUNT(*) FROM cluster")
            .await
            .expect("the table");
        assert_eq!(key_checks, [1], "one row that all agree on");
        if let Some(earlier) = site.replace(started) {
            Site::close(earlier).await;
        }
    }
    let mut site = site.expect("at least one round");
    let code = {
        for node in &mut site.nodes {
            let (code, _) = node.stop().await;
            assert_eq!(code, 0, "{}", node.log_end());
        }
        rounds
    };
    site.close().await;
    Outcome::passed(
        Counts::default(),
        [format!("{code} x 3 servers on an empty database")],
    )
}
