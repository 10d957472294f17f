//! The last runs as bars: height is duration, colour is the result.

use leptos::prelude::*;

use crate::run::{HistoryItem, Run, RunState};
use crate::texts::phrases;
use crate::ui::context::lang;

/// The most bars in one picture.
const MOST: usize = 30;
/// Height of the picture in its own units.
const HEIGHT: i64 = 40;
/// From one bar to the next.
const STEP: usize = 10;

/// One run with all its attempts: its result, and their total duration as far as it is known.
struct Bar {
    state: RunState,
    millis: Option<i64>,
}

/// The last runs, newest first. All attempts at a firing are one run, whose duration is their sum and whose result is
/// that of the last one; while another attempt follows it has not ended.
fn bars_of(history: &[HistoryItem]) -> Vec<Bar> {
    let runs = history.iter().filter_map(|item| match item {
        HistoryItem::Run(run) => Some(run),
        HistoryItem::Unrun(_) => None,
    });
    let mut starts: Vec<(&Run, Bar)> = Vec::new();
    for run in runs {
        let millis = run.duration_ms();
        let known = starts.iter().rposition(|(last, _)| last.is_same_start(run));
        match known {
            Some(place) => {
                let all = &mut starts[place].1.millis;
                *all = match (*all, millis) {
                    (Some(all), Some(millis)) => Some(all + millis),
                    (known, other) => known.or(other),
                };
            }
            None if starts.len() == MOST => break,
            None => {
                let state = run.state;
                starts.push((run, Bar { state, millis }));
            }
        }
    }
    let bars = starts.into_iter().map(|(_, bar)| bar);
    bars.filter(|bar| bar.state.is_over()).collect()
}

/// Bars of the last runs in `history` (newest first), oldest on the left; none for fewer than two runs.
pub(crate) fn bars(history: &[HistoryItem]) -> Option<AnyView> {
    let runs = bars_of(history);
    if runs.len() < 2 {
        return None;
    }
    // A lost run counts among the bad ones, but has no length that could be drawn.
    let known: Vec<(RunState, i64)> = runs
        .iter()
        .filter_map(|run| Some((run.state, run.millis?)))
        .collect();
    let longest = known.iter().map(|(_, millis)| *millis).max()?;
    let bad = runs.iter().filter(|run| run.state.is_bad()).count();
    let label = phrases::bars(lang(), runs.len(), bad, longest);
    // A few runs are as slim as many and stay on the right, where the newest belongs.
    let offset = (MOST - known.len()) * STEP;
    let rects = known.iter().rev().enumerate().map(|(place, (state, millis))| {
        let height = (millis * HEIGHT / longest.max(1)).max(3);
        let class = match state {
            RunState::Succeeded => "is-ok",
            RunState::Killed => "is-warn",
            _ => "is-bad",
        };
        view! {
            <rect class=class x=offset + place * STEP y=HEIGHT - height width=STEP - 3 height=height rx="1.5"></rect>
        }
    });
    let view_box = format!("0 0 {} {HEIGHT}", MOST * STEP);
    Some(
        view! {
            <figure class="bars">
                <svg viewBox=view_box preserveAspectRatio="none" role="img" aria-label=label.clone()>
                    {rects.collect_view()}
                </svg>
                <figcaption class="muted">{label}</figcaption>
            </figure>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{OccurrenceId, RunId, TaskId};
    use crate::run::Trigger;
    use crate::time::Stamp;

    fn run(id: i64, firing: Option<i64>, attempt: i32, state: RunState) -> HistoryItem {
        let at = |second| Stamp(chrono::DateTime::from_timestamp(second, 0).expect("a time"));
        HistoryItem::Run(Run {
            id: RunId(id),
            task_id: TaskId(1),
            task_name: String::new(),
            occurrence_id: firing.map(OccurrenceId),
            attempt,
            origin_id: (firing.is_none() && attempt > 1).then_some(RunId(1)),
            trigger: Trigger::Schedule,
            requested_by: None,
            note: None,
            parameters: Default::default(),
            state,
            due_at: (attempt > 1).then(|| at(100)),
            reason: None,
            scheduled_for: Some(at(60)),
            started_at: at(100),
            finished_at: state.is_over().then(|| at(102)),
            exit_code: None,
            signal: None,
            output_bytes: 0,
            output_truncated: false,
            excerpt: None,
        })
    }

    #[test]
    fn attempts_at_one_firing_are_one_run() {
        use RunState::{Failed, Succeeded, Waiting};
        let history = [
            run(9, Some(5), 2, Waiting),
            run(8, Some(5), 1, Failed),
            run(7, Some(4), 2, Succeeded),
            run(6, Some(4), 1, Failed),
            run(5, Some(3), 1, Succeeded),
            run(2, None, 2, Failed),
            run(1, None, 1, Failed),
        ];
        let bars: Vec<(RunState, i64)> = bars_of(&history)
            .iter()
            .filter_map(|bar| Some((bar.state, bar.millis?)))
            .collect();
        assert_eq!(bars, [(Succeeded, 4000), (Succeeded, 2000), (Failed, 4000)]);
    }

    #[test]
    fn how_long_a_lost_run_took_is_not_known() {
        use RunState::{Lost, Succeeded};
        let history = [
            run(4, Some(3), 2, Succeeded),
            run(3, Some(3), 1, Lost),
            run(2, Some(2), 1, Lost),
            run(1, Some(1), 1, Succeeded),
        ];
        let bars: Vec<(RunState, Option<i64>)> = bars_of(&history)
            .iter()
            .map(|bar| (bar.state, bar.millis))
            .collect();
        let expected = [
            (Succeeded, Some(2000)),
            (Lost, None),
            (Succeeded, Some(2000)),
        ];
        assert_eq!(bars, expected);
        assert!(bars_of(&history[2..3])[0].state.is_bad());
    }

    #[test]
    fn a_further_attempt_is_late_by_its_own_due_time() {
        let late = |item: HistoryItem| match item {
            HistoryItem::Run(run) => run.wanted_at().map(|at| run.started_at.millis_since(at)),
            HistoryItem::Unrun(_) => None,
        };
        assert_eq!(late(run(1, Some(1), 1, RunState::Failed)), Some(40_000));
        assert_eq!(late(run(2, Some(1), 2, RunState::Failed)), Some(0));
    }
}
