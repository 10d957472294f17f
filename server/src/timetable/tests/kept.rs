//! Cached answers of croner must never answer another query.

use super::{bundled, cycle};
use crate::timetable::Patterns;
use app::cron::CronExpr;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;

/// Few, so that most queries meet a cached pattern.
const EXPRS: [&str; 4] = ["0 3 * * *", "*/7 * * * * *", "0 0 29 2 *", "30 1,2 * * 0"];
const ZONES: [&str; 3] = ["UTC", "America/New_York", "Australia/Lord_Howe"];

/// Seconds after a moment: mostly close together, back and forth.
fn seconds() -> BoxedStrategy<i64> {
    prop_oneof![0..60_i64, 0..86_400_i64, 0..400 * 86_400_i64].boxed()
}

proptest! {
    #[test]
    fn patterns_that_were_asked_answer_as_new_ones(
        asked in prop::collection::vec((select(&EXPRS[..]), select(&ZONES[..]), seconds()), 1..40)
    ) {
        let shared = Patterns::default();
        let start = DateTime::<Utc>::from_timestamp(1_795_338_000, 0).expect("a time");
        for (expr, zone, seconds) in asked {
            let from = start + TimeDelta::seconds(seconds);
            let parsed = CronExpr::parse(expr).expect("an expression");
            let known = shared.cycle(&parsed, bundled(zone)).expect("accepted");
            prop_assert_eq!(
                known.next_after(from),
                cycle(expr, zone).next_after(from),
                "{} {} after {}", expr, zone, from
            );
        }
    }
}
