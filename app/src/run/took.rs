//! Durations as a histogram: of runs that are not kept one by one, percentiles can still be computed, and histograms of
//! several days can be added.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Classes for each doubling of the duration: each is about 9 % wide on either side of its middle.
const PER_DOUBLING: f64 = 4.0;

/// Durations, by class. Classes grow with the duration, as in HDR histograms.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Durations(BTreeMap<u16, u64>);

impl Durations {
    /// Adds a duration in milliseconds.
    pub fn add(&mut self, millis: i64) {
        *self.0.entry(class(millis)).or_default() += 1;
    }

    /// Adds all durations of another one.
    pub fn merge(&mut self, other: &Self) {
        for (class, count) in &other.0 {
            *self.0.entry(*class).or_default() += count;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The duration, in milliseconds, that so many percent of them do not exceed, to about 9 %; `None` without any.
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<i64> {
        let rank = (self.count() * u64::from(percent.min(100)))
            .div_ceil(100)
            .max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(class, count)| {
            seen += count;
            (seen >= rank).then(|| middle(*class))
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a class is between 0 and 4 × 63"
)]
fn class(millis: i64) -> u16 {
    (((millis.max(0) as f64) + 1.0).log2() * PER_DOUBLING).floor() as u16
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the middle of a class of durations is a duration"
)]
fn middle(class: u16) -> i64 {
    let exponent = (f64::from(class) + 0.5) / PER_DOUBLING;
    (exponent.exp2() - 1.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_durations_to_a_tenth() {
        let mut all = Durations::default();
        assert_eq!(all.percentile(50), None);
        for millis in 1..=1_000 {
            all.add(millis * 10);
        }
        for (percent, exact) in [(1, 100), (50, 5_000), (95, 9_500), (100, 10_000)] {
            let found = all.percentile(percent).expect("a duration");
            let off = (found - exact).abs();
            assert!(off * 10 <= exact, "p{percent}: {found}, not {exact}");
        }
    }

    #[test]
    fn what_is_added_in_parts_is_the_same() {
        let (mut whole, mut one, mut other) = (
            Durations::default(),
            Durations::default(),
            Durations::default(),
        );
        for millis in [-5, 0, 1, 250, 3_600_000, i64::MAX] {
            whole.add(millis);
            let part = if millis % 2 == 0 {
                &mut one
            } else {
                &mut other
            };
            part.add(millis);
        }
        one.merge(&other);
        assert_eq!(one, whole);
        assert_eq!(one.count(), 6);
        let text = serde_json::to_string(&whole).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Durations>(&text).expect("JSON"),
            whole
        );
    }
}
