//! Sets of ids in a statement. Firings of one instant are written together, so their ids are mostly consecutive: a
//! few ranges replace a thousand values, each of which would be bound and looked up.

use sea_orm::{ColumnTrait, Condition};

use super::CHUNK;

/// Ranges in one statement: more cost more than the values.
const RANGES: usize = 32;

/// Ids that one statement takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ids {
    /// Ranges, ends included.
    Ranges(Vec<(i64, i64)>),
    /// One by one.
    Each(Vec<i64>),
}

impl Ids {
    /// These ids, in as many parts as statements are needed.
    pub(super) fn of(mut ids: Vec<i64>) -> Vec<Self> {
        ids.sort_unstable();
        ids.dedup();
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for id in &ids {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(*id) => *last = *id,
                _ => ranges.push((*id, *id)),
            }
        }
        if ids.is_empty() {
            Vec::new()
        } else if ranges.len() <= RANGES {
            vec![Self::Ranges(ranges)]
        } else {
            ids.chunks(CHUNK)
                .map(|chunk| Self::Each(chunk.to_vec()))
                .collect()
        }
    }

    /// How many.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Ranges(ranges) => ranges.iter().map(|(a, b)| b.abs_diff(*a) + 1).sum(),
            Self::Each(ids) => ids.len() as u64,
        }
    }

    /// Whether a column is one of them.
    pub(super) fn condition(&self, column: impl ColumnTrait) -> Condition {
        match self {
            Self::Ranges(ranges) => ranges.iter().fold(Condition::any(), |any, (first, last)| {
                any.add(column.between(*first, *last))
            }),
            Self::Each(ids) => Condition::all().add(column.is_in(ids.iter().copied())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_follow_each_other_are_ranges() {
        let of = |ids: &[i64]| Ids::of(ids.to_vec());
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[7]), [Ids::Ranges(vec![(7, 7)])]);
        assert_eq!(
            of(&[9, 3, 4, 5, 8, 4, i64::MAX]),
            [Ids::Ranges(vec![(3, 5), (8, 9), (i64::MAX, i64::MAX)])]
        );
    }

    #[test]
    fn scattered_ids_are_named_each_and_none_is_lost() {
        let scattered: Vec<i64> = (0..1_200).map(|n| n * 3).collect();
        let parts = Ids::of(scattered.clone());
        assert!(
            parts
                .iter()
                .all(|part| matches!(part, Ids::Each(ids) if ids.len() <= CHUNK))
        );
        let counted: u64 = parts.iter().map(Ids::count).sum();
        assert_eq!(counted, 1_200);
        let dense: Vec<i64> = (0..1_000).filter(|n| n % 50 != 0).collect();
        let parts = Ids::of(dense);
        assert!(matches!(&parts[..], [Ids::Ranges(ranges)] if ranges.len() == 20));
        assert_eq!(parts[0].count(), 980);
    }
}
