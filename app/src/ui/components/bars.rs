//! The last runs as bars: height is duration, colour is the end they came to.

use leptos::prelude::*;

use crate::i18n::ui::phrases;
use crate::run::{HistoryItem, Run, RunState};
use crate::ui::context::lang;

/// Bars in one picture.
const MOST: usize = 30;
/// Height of the picture in its own units.
const HEIGHT: i64 = 40;
/// From one bar to the next.
const STEP: usize = 10;

/// Bars of the last runs in `history` (newest first), oldest on the left; nothing below two runs.
pub(crate) fn bars(history: &[HistoryItem]) -> Option<AnyView> {
    let runs: Vec<&Run> = history
        .iter()
        .filter_map(|item| match item {
            HistoryItem::Run(run) if run.state.is_over() => Some(run),
            _ => None,
        })
        .take(MOST)
        .collect();
    if runs.len() < 2 {
        return None;
    }
    let longest = runs
        .iter()
        .filter_map(|run| run.duration_ms())
        .max()
        .unwrap_or(0);
    let bad = runs.iter().filter(|run| run.state.is_bad()).count();
    let label = phrases::bars(lang(), runs.len(), bad, longest);
    // Few runs stay as slim as many and stand on the right, where the newest belongs.
    let offset = (MOST - runs.len()) * STEP;
    let rects = runs.iter().rev().enumerate().map(|(place, run)| {
        let height = (run.duration_ms().unwrap_or(0) * HEIGHT / longest.max(1)).max(3);
        let class = match run.state {
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
