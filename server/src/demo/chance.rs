//! Numbers that look random and depend only on the seed and on what they are for, so that a demo can be made again.

/// A stream of such numbers: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of a seed for one purpose, which the parts name.
    pub(super) fn of(seed: u64, parts: &[i64]) -> Self {
        let mut chance = Self(seed);
        for part in parts {
            chance.0 = chance.next() ^ part.cast_unsigned();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).max(0).unsigned_abs() + 1;
        low.saturating_add_unsigned(self.next() % width)
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(super) fn permille(&mut self, often: u32) -> bool {
        self.between(0, 999) < i64::from(often)
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_numbers() {
        let numbers = |seed, parts: &[i64]| {
            let mut chance = Chance::of(seed, parts);
            (0..50).map(|_| chance.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1, &[2, 3]), numbers(1, &[2, 3]));
        assert_ne!(numbers(1, &[2, 3]), numbers(1, &[3, 2]));
        assert_ne!(numbers(1, &[2, 3]), numbers(2, &[2, 3]));
        let thrown = numbers(7, &[]);
        assert!(thrown.iter().all(|number| (1..=6).contains(number)));
        assert!((1..=6).all(|number| thrown.contains(&number)));
    }
}
