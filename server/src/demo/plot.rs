//! What people do in the demo, and when no server runs.

use app::backend::{Answer, Caller, Tasks};
use app::id::TaskId;
use app::task::Control;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::service::Service;

/// How long no server runs.
pub(super) const OUTAGE: TimeDelta = TimeDelta::minutes(130);

/// A turn of the story.
pub(super) enum PlotTurn {
    /// No server runs for [`OUTAGE`].
    Outage,
    /// A person changes the limit of a task.
    Edit(&'static str),
    /// A person pauses, closes or chases a task.
    Control(&'static str, Control),
}

/// The turns, each so many hours before `now`, in their order. Tasks are named by their keys in the world.
pub(super) fn plot(now: DateTime<Utc>) -> Vec<(i64, PlotTurn)> {
    let until = now + TimeDelta::hours(8);
    let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    vec![
        (219, PlotTurn::Outage),
        (144, PlotTurn::Control("on_hold", Control::Pause(None))),
        (122, PlotTurn::Control("finished", Control::Close)),
        (51, PlotTurn::Edit("failing")),
        (28, PlotTurn::Control("chased", Control::Urge(None))),
        (2, PlotTurn::Control("resting", Control::Pause(Some(until)))),
    ]
}

/// Halves the time limit of a task, as people do who look for the cause of its failures.
pub(super) async fn edit(service: &Service, who: &Caller, id: TaskId) -> Answer<()> {
    let mut draft = service.task_draft(who, id).await?;
    "5m".clone_into(&mut draft.timeout);
    service.task_update(who, id, &draft).await.map(drop)
}
