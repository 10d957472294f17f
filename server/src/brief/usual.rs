//! What is usual, and what is far from it.

/// Values that make something usual; fewer say nothing.
const ENOUGH: usize = 3;
/// More than so many times the usual value, or less than that part of it, is far off.
const TIMES: i64 = 3;

/// The usual value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// The median.
    pub value: i64,
    /// Of how many.
    pub of: usize,
}

/// The usual value, where another one is far off it: more than three times as much or less than
/// a third, and by more than `noise`. Nothing is usual with fewer than three values.
#[must_use]
pub fn far_off(value: i64, usual: &[i64], noise: i64) -> Option<Baseline> {
    let mut sorted = usual.to_vec();
    sorted.sort_unstable();
    let median = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    let far = value > median.saturating_mul(TIMES) || value.saturating_mul(TIMES) < median;
    let enough = sorted.len() >= ENOUGH && (value - median).abs() > noise;
    (enough && far).then_some(Baseline {
        value: median,
        of: sorted.len(),
    })
}
