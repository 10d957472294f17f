//! A process that is stopped in the middle of a turn of the scheduler: time passes between two of its looks at the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use server::clock::{Clock, SharedClock};

use super::super::helpers::clock::ManualClock;
use super::super::helpers::database::mysql_server;
use super::super::helpers::{TestApp, at, draft};

/// Looks at the clock in one turn, and some more.
const LOOKS: usize = 16;

/// A clock by which time passes just before one of the looks at it.
#[derive(Debug)]
struct Jumping {
    clock: Arc<ManualClock>,
    looks: AtomicUsize,
    /// Before which of them.
    before: usize,
    by: TimeDelta,
}

#[async_trait]
impl Clock for Jumping {
    fn now(&self) -> DateTime<Utc> {
        if self.looks.fetch_add(1, Ordering::SeqCst) == self.before {
            self.clock.advance(self.by);
        }
        self.clock.now()
    }

    fn ticks(&self) -> Duration {
        self.clock.ticks()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        self.clock.sleep_until(at).await;
    }
}

#[tokio::test]
async fn wherever_a_turn_was_stopped_its_time_is_few_rows_and_one_run() {
    let app = TestApp::new().await;
    app.add(draft("every minute", "* * * * *", "true")).await;
    let mut node = app.node().await;
    let database = &app.place.database;
    let counted = async |table: &str| {
        database
            .count(&format!("SELECT COUNT(*) FROM {table}"))
            .await
    };
    let begun = at("2026-11-22T08:00:00Z");
    let gap = TimeDelta::hours(3);
    let mut stopped = begun + TimeDelta::seconds(90);
    for before in 0..LOOKS {
        node.go_to(stopped).await;
        let (rows, runs) = (counted("occurrence").await, counted("run").await);
        let usual: SharedClock = app.clock.clone();
        node.scheduler.clock = Arc::new(Jumping {
            clock: Arc::clone(&app.clock),
            looks: AtomicUsize::new(0),
            before,
            by: gap,
        });
        node.turn().await;
        node.scheduler.clock = usual;
        // A turn that looks less often was over before.
        app.clock.set(stopped + gap);
        node.go_to(stopped + gap).await;
        let made = counted("occurrence").await - rows;
        assert!(made < 40, "stopped before look {before}: {made} rows");
        let ran = counted("run").await - runs;
        assert_eq!(ran, 1, "stopped before look {before}");
        stopped += gap + TimeDelta::minutes(2);
    }
    // Each firing is recorded once.
    let number = if mysql_server().is_some() {
        "SIGNED"
    } else {
        "INTEGER"
    };
    let sum =
        format!("SELECT CAST(SUM(firings) AS {number}) FROM occurrence WHERE state <> 'planned'");
    assert_eq!(
        database.count(&sum).await,
        (app.clock.now() - begun).num_minutes()
    );
}
