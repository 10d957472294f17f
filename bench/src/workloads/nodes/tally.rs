//! The ledger of all instants, compared with what ran.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::ops::Range;

use super::super::sustained::Starts;
use super::{APART, TASKS};
use crate::Failure;
use crate::stage::Stage;

/// The count of all instants.
pub(super) struct Tally {
    /// Starts that occurred twice.
    pub(super) doubles: usize,
    /// Firings that neither ran nor have a state that explains why.
    pub(super) misses: usize,
    /// The states, in words.
    pub(super) shown: String,
}

/// Counts the instants in a range of seconds, all of which are over.
pub(super) fn tally(
    stage: &Stage,
    database: &str,
    ran: &BTreeMap<i64, Starts>,
    range: Range<i64>,
) -> Result<Tally, Failure> {
    let rows = stage.sql(
        database,
        "SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', scheduled_for), state, IFNULL(reason, ''), SUM(firings) FROM occurrence GROUP BY 1, 2, 3",
    )?;
    let mut ledger: HashMap<i64, Vec<(String, usize)>> = HashMap::new();
    for row in rows.lines() {
        let words: Vec<&str> = row.split('\t').collect();
        let [instant, state, reason, count] = words[..] else {
            return Err(format!("a row has another form: {row}").into());
        };
        let state = format!("{state} {reason}").trim().to_owned();
        let rows = ledger.entry(instant.parse()?).or_default();
        rows.push((state, count.parse()?));
    }
    let (mut doubles, mut misses, mut instants) = (0, 0, 0);
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    let step = usize::try_from(APART)?;
    for instant in range.step_by(step) {
        let shown = ledger.remove(&instant).unwrap_or_default();
        let starts = ran.get(&instant).map_or(&[][..], Vec::as_slice);
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (task, _) in starts {
            *times.entry(task).or_default() += 1;
        }
        doubles += starts.len() - times.len();
        misses += unexplained(&shown, times.len());
        instants += 1;
        for (state, count) in shown {
            *states.entry(state).or_default() += count;
        }
    }
    let mut shown = format!("The ledger of all {instants} instants:");
    for (state, count) in &states {
        write!(shown, " {count} {state},")?;
    }
    shown.pop();
    shown.push('.');
    Ok(Tally {
        doubles,
        misses,
        shown,
    })
}

/// Firings of an instant that no state explains; `ran` tasks have stamped.
fn unexplained(shown: &[(String, usize)], ran: usize) -> usize {
    let count = |wanted: &[&str]| -> usize {
        shown
            .iter()
            .filter(|(state, _)| wanted.contains(&state.as_str()))
            .map(|(_, count)| count)
            .sum()
    };
    let succeeded = count(&["succeeded"]);
    // A run that is lost may have started or not; one whose task was still busy did not start.
    let explained = succeeded + count(&["lost", "lost lost", "skipped overlap"]);
    TASKS.saturating_sub(explained) + succeeded.saturating_sub(ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_state_is_missed() {
        let shown = |rows: &[(&str, usize)]| -> Vec<(String, usize)> {
            rows.iter()
                .map(|(state, count)| ((*state).to_owned(), *count))
                .collect()
        };
        let all = shown(&[("succeeded", 600), ("lost", 100), ("skipped overlap", 300)]);
        assert_eq!(unexplained(&all, 600), 0);
        assert_eq!(unexplained(&all, 650), 0, "lost ones may have started");
        assert_eq!(unexplained(&all, 590), 10, "recorded, but not run");
        assert_eq!(unexplained(&shown(&[("succeeded", 990)]), 990), 10);
        assert_eq!(
            unexplained(&shown(&[("succeeded", 990), ("planned", 10)]), 990),
            10
        );
    }
}
