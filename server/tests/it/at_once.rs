//! What several servers, or people, do at the same moment: each sees the other, or is refused.

mod ledger;
mod names;
mod outbox;

use app::id::TaskId;
use app::run::RunReason;
use server::store::Outcome;

use super::helpers::TestApp;

/// How often two things are done at the same moment.
const TIMES: usize = 20;

/// Exactly one of two did what it was asked for; the other one was refused with a reason.
fn one_of<A: std::fmt::Debug, B: std::fmt::Debug>(
    first: &app::backend::Answer<A>,
    second: &app::backend::Answer<B>,
) {
    assert!(first.is_ok() != second.is_ok(), "{first:?}, {second:?}");
    let refused = first.as_ref().err().or(second.as_ref().err());
    assert_ne!(refused.expect("one of them").code, "internal");
}

/// Runs of a task on a node that is not ours, and how each ends if it is lost.
pub(crate) async fn runs_elsewhere(app: &TestApp, task: TaskId, count: usize) -> Vec<Outcome> {
    for _ in 0..count {
        app.place
            .database
            .execute(&format!(
                "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
                 output_bytes, output_dropped) \
                 VALUES ({task}, 1, 'manual', 'running', 'another', 1, '2026-11-22 08:00:00', 0, 0)"
            ))
            .await;
    }
    let now = server::clock::Clock::now(app.clock.as_ref());
    let runs = app.components.store.claimed_by("another").await;
    let lost = |run: &server::store::RunInProgress| run.lost(&RunReason::Lost, now);
    runs.expect("the database").iter().map(lost).collect()
}
