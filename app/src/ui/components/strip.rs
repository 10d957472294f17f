//! The last runs of a task in a row of the list.

use leptos::prelude::*;

use crate::run::RunState;
use crate::texts::health::recent_runs;
use crate::ui::context::lang;

/// Runs for which there is room.
const MOST: usize = 20;
/// From one bar to the next, in the picture's own units.
const STEP: usize = 5;

/// Bars of the last runs, the newest of `runs` first and at the right. How high a bar is says as much as its colour.
pub(crate) fn strip(runs: &[RunState]) -> Option<AnyView> {
    if runs.is_empty() {
        return None;
    }
    let bad = runs.iter().filter(|state| state.is_bad()).count();
    let label = recent_runs(lang(), runs.len(), bad);
    // As text, not as nodes: a page has a thousand bars.
    let bars = paths(runs);
    Some(
        view! {
            <svg class="strip" viewBox="0 0 100 16" role="img" aria-label=label inner_html=bars></svg>
        }
        .into_any(),
    )
}

/// One path for all bars of a kind.
fn paths(runs: &[RunState]) -> String {
    let mut kinds = [
        ("is-ok", 6, String::new()),
        ("is-bad", 1, String::new()),
        ("is-warn", 9, String::new()),
        ("is-run", 12, String::new()),
    ];
    for (place, state) in runs.iter().take(MOST).enumerate() {
        let kind = match state {
            RunState::Succeeded => 0,
            RunState::Failed | RunState::TimedOut | RunState::Lost => 1,
            RunState::Killed => 2,
            RunState::Waiting | RunState::Running | RunState::Sending => 3,
        };
        let (_, top, path) = &mut kinds[kind];
        let x = (MOST - place) * STEP - 2;
        path.push_str(&format!("M{x} 16V{top}"));
    }
    let drawn = kinds.iter().filter(|(.., path)| !path.is_empty());
    drawn
        .map(|(class, _, path)| format!("<path class=\"{class}\" d=\"{path}\"/>"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_run_is_at_the_right_and_failures_are_higher() {
        use RunState::{Failed, Running, Succeeded};
        assert_eq!(
            paths(&[Running, Failed, Succeeded, Failed]),
            "<path class=\"is-ok\" d=\"M88 16V6\"/>\
             <path class=\"is-bad\" d=\"M93 16V1M83 16V1\"/>\
             <path class=\"is-run\" d=\"M98 16V12\"/>"
        );
        let many = paths(&[Succeeded; 30]);
        assert_eq!(many.matches('M').count(), MOST);
        assert!(many.contains("M3 16"));
    }
}
