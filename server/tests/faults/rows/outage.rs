//! Rows 6, 7 and 13: the database is down, dies, or is locked by another process.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;
use tokio::time::Instant;

use crate::row::{Outcome, Setting};
use crate::site::{Engine, Site, now};
use crate::wait::{let_pass, until};

/// Scheduling is back within this time after the database is (promise P13).
const BACK: Duration = Duration::from_secs(10);

/// Down for a minute: pages report it, nothing crashes, results of active runs are kept, and everything continues.
pub(crate) async fn away(setting: Setting) -> Outcome {
    if setting.engine == Engine::Sqlite {
        return moved_away(setting).await;
    }
    let Some(maria) = setting.own_maria() else {
        return Outcome::NotRun("the database server is not ours to stop".to_owned());
    };
    let mut site = Site::new(&setting, 2).await;
    site.start().await;
    site.load(setting.pick(4, 12)).await;
    // One run ends while its result cannot be written.
    site.enter(0, 10, "; sleep 12", json!({})).await;
    let_pass(Duration::from_secs(12)).await;
    maria.stop().await;
    let gone = Instant::now();
    let said = until(Duration::from_secs(30), || async {
        let (status, _) = site.nodes[0].ask(Method::GET, "/readyz", None).await.ok()?;
        (status == 503).then_some(())
    })
    .await;
    assert!(
        said.is_some(),
        "/readyz does not say that the database is away"
    );
    let (status, body) = site.nodes[0]
        .ask(Method::GET, "/api/v1/tasks", None)
        .await
        .expect("an answer");
    assert_eq!(status, 503, "{body}");
    let_pass(setting.span(8, 60).saturating_sub(gone.elapsed())).await;
    for node in &mut site.nodes {
        assert!(!node.has_ended(), "it must not end: {}", node.log_end());
    }
    maria.start().await.expect("the database starts");
    let back = now();
    let first = until(BACK + Duration::from_secs(5), || async {
        site.lines()
            .iter()
            .map(|line| line.at)
            .find(|at| *at > back)
    })
    .await;
    let first = first.unwrap_or_else(|| {
        panic!(
            "nothing starts after the database is back: {}",
            site.nodes[0].log_end()
        )
    });
    assert!(
        first - back <= TimeDelta::from_std(BACK).expect("a time"),
        "it took {} ms",
        (first - back).num_milliseconds()
    );
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(
        counts,
        [format!(
            "back after {} ms",
            (first - back).num_milliseconds()
        )],
    )
}

/// An SQLite file does not disappear while it is open: it can be moved, and everything continues.
async fn moved_away(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    site.load(4).await;
    let data = site.nodes[0].data.clone();
    let names = ["jcrontab.db", "jcrontab.db-wal", "jcrontab.db-shm"];
    for name in names {
        std::fs::rename(data.join(name), data.join(format!("{name}.away"))).expect("moved");
    }
    let_pass(setting.span(3, 20)).await;
    for name in names {
        std::fs::rename(data.join(format!("{name}.away")), data.join(name)).expect("moved back");
    }
    let_pass(Duration::from_secs(3)).await;
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, ["the file was moved away and back".to_owned()])
}

/// kill -9 of the database in the middle of commits.
pub(crate) async fn killed(mut setting: Setting) -> Outcome {
    let Some(maria) = setting.own_maria() else {
        return Outcome::NotRun("the database server is not ours to kill".to_owned());
    };
    let mut site = Site::new(&setting, 2).await;
    site.start().await;
    site.load(setting.pick(4, 30)).await;
    let rounds = setting.pick(1, 4);
    for _ in 0..rounds {
        let_pass(setting.lot.millis(3_000, 6_000)).await;
        // Just after the full second, when claims and results are written.
        let into = u64::from(now().timestamp_subsec_millis());
        let_pass(Duration::from_millis(1_000 - into + setting.lot.below(120))).await;
        maria.kill().await;
        let_pass(setting.lot.millis(200, 3_000)).await;
        maria.start().await.expect("the database recovers");
    }
    let_pass(Duration::from_secs(3)).await;
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, [format!("{rounds} kills of the database")])
}

/// Another process locks the SQLite file.
pub(crate) async fn held(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    site.load(4).await;
    let connection = site.database.connect().await.expect("a connection");
    let hold = Duration::from_secs(10);
    let rounds = setting.pick(1, 2);
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let_pass(Duration::from_secs(2)).await;
        connection
            .execute_unprepared("BEGIN EXCLUSIVE")
            .await
            .expect("the lock");
        let until = Instant::now() + hold;
        // Reading continues; a change waits and succeeds, or is refused with a sentence.
        let (read, body) = site.nodes[0]
            .ask(Method::GET, "/api/v1/tasks", None)
            .await
            .expect("an answer");
        assert_eq!(read, 200, "{body}");
        let asked = Instant::now();
        let task = json!({ "name": format!("late-{round}"), "schedules": [{ "spec": "0 0 1 1 *" }], "command": "true" });
        let writing = site.nodes[0].ask(Method::POST, "/api/v1/tasks", Some(task));
        let releasing = async {
            tokio::time::sleep_until(until).await;
            connection
                .execute_unprepared("ROLLBACK")
                .await
                .expect("released");
        };
        let (written, ()) = tokio::join!(writing, releasing);
        let (written, body) = written.expect("an answer");
        assert!(matches!(written.as_u16(), 201 | 503), "{written} {body}");
        slowest = slowest.max(asked.elapsed());
    }
    connection.close().await.expect("closed");
    let_pass(Duration::from_secs(3)).await;
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(
        counts,
        [format!(
            "held {rounds} x 10 s; slowest answer {:.1} s",
            slowest.as_secs_f64()
        )],
    )
}
