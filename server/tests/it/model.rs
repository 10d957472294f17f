//! The protocol of claims, leases and fences, explored in all its interleavings.
//!
//! Two nodes on one database, two firings. The database is as weak as the weakest engine we run
//! on: a transaction reads first and commits later, reads lock nothing, and only a unique key and a
//! compare-and-set UPDATE are trusted (`docs/ARCHITECTURE.md`, invariants). Faults: a crash, a pause
//! longer than the lease, a COMMIT whose outcome is unknown, a clock that is set forward.
//!
//! What is modelled is in `store::ledger` (claim, resume), `store::results` (the fence, further
//! attempts), `scheduler::recovery` (reaping), `lifecycle::heartbeat` and
//! `scheduler::claiming` (claims in doubt). Nodes here may judge a silent node sooner than they do
//! there, which only adds ways for things to go wrong.
//!
//! There are no cycles: every step moves the clock, a row or a fault's budget forward, or ends a
//! try that lost against such a step. So "it comes to a good end" is a statement about the states
//! in which nothing is left to do.

mod acts;
mod invariants;
mod protocol;
mod world;

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use protocol::{Budgets, Protocol, Rules};

/// What a walk through all states found.
struct Walk {
    /// Invariants that do not hold.
    broken: BTreeSet<&'static str>,
    /// Situations that it met.
    met: BTreeSet<&'static str>,
}

/// Walks through all states; ends early where an invariant does not hold.
fn walk(name: &str, rules: Rules, budgets: Budgets, firings: usize) -> Walk {
    let protocol = Protocol {
        rules,
        budgets,
        firings,
    };
    let checker = protocol
        .checker()
        .threads(2)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    println!(
        "{name}, {firings} firings, {budgets:?}: {} states, {} of them different, {} steps deep",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth(),
    );
    let (mut broken, mut met) = (BTreeSet::new(), BTreeSet::new());
    for (name, path) in checker.discoveries() {
        let property = checker.model().property(name);
        if property.expectation.discovery_is_failure() {
            println!("broken: {name}: {:?}", path.into_actions());
            broken.insert(name);
        } else {
            met.insert(name);
        }
    }
    Walk { broken, met }
}

#[test]
fn nothing_runs_twice_and_nothing_is_lost_whatever_fails() {
    // All faults at once, and two firings with each, are more states than a test may take.
    let table = [
        (2, "crash unknown"),
        (2, "pause"),
        (2, "crash step"),
        (1, "crash pause unknown"),
        (1, "crash pause step"),
    ];
    let mut met = BTreeSet::new();
    for (firings, faults) in table {
        let walk = walk("ours", Rules::OURS, Budgets::of(faults), firings);
        assert_eq!(walk.broken, BTreeSet::new(), "{faults}");
        met.extend(walk.met);
    }
    // What never happens proves nothing.
    assert_eq!(met, invariants::to_be_met());
}

#[test]
fn a_claim_without_the_unique_key_is_caught() {
    let rules = Rules {
        unique_key: false,
        ..Rules::OURS
    };
    let failed = walk("no unique key", rules, Budgets::default(), 2).broken;
    assert!(failed.contains(invariants::ONCE), "{failed:?}");
}

#[test]
fn waiting_attempts_started_without_a_compare_and_set_are_caught() {
    let rules = Rules {
        compare_and_set: false,
        ..Rules::OURS
    };
    let failed = walk("no compare-and-set", rules, Budgets::of("crash"), 2).broken;
    assert!(failed.contains(invariants::ONCE), "{failed:?}");
}

#[test]
fn results_written_without_the_fence_are_caught() {
    let rules = Rules {
        fence: false,
        ..Rules::OURS
    };
    let failed = walk("no fence", rules, Budgets::of("pause"), 2).broken;
    assert!(failed.contains(invariants::FINAL), "{failed:?}");
}

#[test]
fn leases_judged_by_a_nodes_own_clock_are_caught() {
    let rules = Rules {
        database_clock: false,
        ..Rules::OURS
    };
    let failed = walk("leases by the own clock", rules, Budgets::of("step"), 2).broken;
    assert!(failed.contains(invariants::SILENT), "{failed:?}");
}

#[test]
fn a_claim_in_doubt_that_is_never_resolved_is_caught() {
    let rules = Rules {
        resolves_doubt: false,
        ..Rules::OURS
    };
    let failed = walk("doubt not resolved", rules, Budgets::of("unknown"), 2).broken;
    assert!(failed.contains(invariants::NOT_LOST), "{failed:?}");
}
