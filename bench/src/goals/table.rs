//! The goals, one by one.

use super::Goal;
use super::Limit::{AtLeast, AtMost, ShareOfMachine, TimesAtLeast, TimesAtMost, TimesMetric};
use crate::report::{APSCHEDULER, CRON, CRONICLE, FLOOR_DB, MARIADB, SHELL, SQLITE};

const fn goal(
    workload: &'static str,
    who: &'static str,
    metric: &'static str,
    limit: super::Limit,
    bound: &'static str,
) -> Goal {
    Goal {
        workload,
        who,
        metric,
        limit,
        bound,
    }
}

const ONE: &str = "a start is a claim and its commit (on MariaDB with a round trip for each statement), then the start of two programs and a shell";
const MANY: &str = "each run is contained (its own session and control group or supervisor), written down before and after, and its output kept; the floor does none of that";
const COUNT: &str = "nothing: a wrong count is a fault";
const MEMORY: &str = "the runtime, the pages' code and the caches of the database";
const READ: &str = "the page is made anew for each request, from the database";

pub(super) const GOALS: &[Goal] = &[
    // One due of 1,101 loaded.
    goal("P1", SQLITE, "start", TimesAtMost(2.0, FLOOR_DB), ONE),
    goal("P1", SQLITE, "start", AtMost(12.0), ONE),
    goal("P1", SQLITE, "worst start", AtMost(25.0), ONE),
    goal("P1", SQLITE, "start", TimesAtMost(1.0, APSCHEDULER), ONE),
    goal("P1", SQLITE, "start", TimesAtMost(0.01, CRON), ONE),
    goal("P1", SQLITE, "start", TimesAtMost(0.1, CRONICLE), ONE),
    goal("P1", MARIADB, "start", AtMost(25.0), ONE),
    // 100 at once.
    goal("P2", SQLITE, "last start", TimesAtMost(1.3, FLOOR_DB), MANY),
    goal("P2", SQLITE, "last start", AtMost(135.0), MANY),
    goal(
        "P2",
        SQLITE,
        "last start",
        TimesAtMost(0.4, APSCHEDULER),
        MANY,
    ),
    goal(
        "P2",
        SQLITE,
        "last start",
        TimesAtMost(0.04, CRONICLE),
        MANY,
    ),
    // 1,000 at once.
    goal("P3", SQLITE, "last start", TimesAtMost(1.3, FLOOR_DB), MANY),
    goal("P3", SQLITE, "last start", AtMost(1_250.0), MANY),
    goal(
        "P3",
        SQLITE,
        "starts",
        ShareOfMachine(0.6, "sh -c, two at a time"),
        MANY,
    ),
    goal(
        "P3",
        SQLITE,
        "last start",
        TimesAtMost(0.5, APSCHEDULER),
        MANY,
    ),
    goal(
        "P3",
        SQLITE,
        "last start",
        TimesAtMost(1.0 / 3.0, CRON),
        MANY,
    ),
    goal(
        "P3",
        SQLITE,
        "last start",
        TimesAtMost(1.0 / 40.0, CRONICLE),
        MANY,
    ),
    goal(
        "P3",
        MARIADB,
        "last start",
        TimesAtMost(1.3, FLOOR_DB),
        MANY,
    ),
    goal(
        "P4",
        SQLITE,
        "CPU per fire",
        TimesAtMost(1.5, FLOOR_DB),
        MANY,
    ),
    goal("P4", SQLITE, "CPU per fire", AtMost(2.8), MANY),
    goal(
        "P4",
        SQLITE,
        "CPU per fire",
        TimesAtMost(0.8, APSCHEDULER),
        MANY,
    ),
    goal("P4", SQLITE, "CPU per fire", TimesAtMost(0.5, CRON), MANY),
    goal(
        "P4",
        SQLITE,
        "CPU per fire",
        TimesAtMost(1.0 / 40.0, CRONICLE),
        MANY,
    ),
    goal("P3", SHELL, "last start", TimesAtMost(1.3, FLOOR_DB), MANY),
    goal(
        "P4",
        SHELL,
        "CPU per fire",
        TimesAtMost(1.5, FLOOR_DB),
        MANY,
    ),
    goal("P5", SQLITE, "peak memory", AtMost(80.0), MEMORY),
    goal("P5", SQLITE, "miscounted instants", AtMost(0.0), COUNT),
    // Idle.
    goal("P6", SQLITE, "memory, 0 tasks", AtMost(40.0), MEMORY),
    goal("P6", SQLITE, "memory, 1,000 tasks", AtMost(50.0), MEMORY),
    goal("P6", SQLITE, "memory, 10,000 tasks", AtMost(110.0), MEMORY),
    goal(
        "P6",
        SQLITE,
        "CPU, 0 tasks",
        AtMost(0.1),
        "the heartbeat and the look for changes each second",
    ),
    goal(
        "P6",
        SQLITE,
        "CPU, 1,000 tasks",
        AtMost(0.1),
        "the heartbeat and the look for changes each second",
    ),
    goal(
        "P6",
        SQLITE,
        "CPU, 10,000 tasks",
        AtMost(0.1),
        "the heartbeat and the look for changes each second",
    ),
    goal(
        "P6",
        SQLITE,
        "memory, 1,000 tasks",
        TimesAtMost(0.5, CRONICLE),
        MEMORY,
    ),
    // Cold start with 1,000 tasks.
    goal(
        "P7",
        SQLITE,
        "first answer",
        AtMost(0.3),
        "the checks of a start come before the first answer",
    ),
    goal(
        "P7",
        SQLITE,
        "able to fire",
        AtMost(0.3),
        "the checks of a start come before the first claim",
    ),
    // Reading.
    goal("P8", SQLITE, "page, p50", AtMost(5.0), READ),
    goal("P8", SQLITE, "JSON of all, p50", AtMost(4.0), READ),
    goal("P8", SQLITE, "JSON of all, rate", AtLeast(500.0), READ),
    goal(
        "P9",
        SQLITE,
        "download",
        AtMost(450.0),
        "the pages' code; all pages are one module",
    ),
    goal(
        "P9",
        SQLITE,
        "interactive",
        AtMost(1_000.0),
        "compiling the module and hydrating the page on these cores",
    ),
    goal(
        "P10",
        SQLITE,
        "saved to effective, same node",
        AtMost(100.0),
        "the save itself is a transaction with its fsync",
    ),
    goal(
        "P10",
        MARIADB,
        "saved to effective, other node",
        AtMost(1_000.0),
        "nodes look for changes once a second",
    ),
    goal(
        "P11",
        SQLITE,
        "list page, p50, 10 M runs",
        TimesMetric(2.0, "list page, p50, empty"),
        READ,
    ),
    goal(
        "P11",
        SQLITE,
        "task page, p50, 10 M runs",
        TimesMetric(2.0, "task page, p50, empty"),
        READ,
    ),
    goal(
        "P11",
        MARIADB,
        "list page, p50, 10 M runs",
        TimesMetric(2.0, "list page, p50, empty"),
        READ,
    ),
    goal(
        "P11",
        MARIADB,
        "task page, p50, 10 M runs",
        TimesMetric(2.0, "task page, p50, empty"),
        READ,
    ),
    goal(
        "P11",
        SQLITE,
        "bytes per run",
        AtMost(300.0),
        "the row and its four indexes; SQLite has no type for instants, and each is 25 to 32 bytes of text",
    ),
    // Claims.
    goal(
        "P12",
        SQLITE,
        "claim of 1,000",
        AtMost(5.0),
        "1,000 occurrences and 1,000 new runs with their indexes are one transaction, of which SQLite itself takes 8 to 9 ms (instants are kept as text)",
    ),
    goal(
        "P12",
        MARIADB,
        "claim of 1,000",
        AtMost(15.0),
        "1,000 occurrences and 1,000 new runs with their indexes are one transaction",
    ),
    goal(
        "P12",
        SQLITE,
        "commits per fire",
        AtMost(0.1),
        "results are written in groups of at most 20 ms",
    ),
    // Several nodes.
    goal("P13", MARIADB, "doubles", AtMost(0.0), COUNT),
    goal("P13", MARIADB, "misses", AtMost(0.0), COUNT),
    goal(
        "P13",
        MARIADB,
        "last start, 2 nodes",
        TimesMetric(1.5, "last start, 1 node"),
        "claims of nodes come one after another",
    ),
    goal(
        "P13",
        MARIADB,
        "last start, 3 nodes",
        TimesMetric(1.5, "last start, 1 node"),
        "claims of nodes come one after another",
    ),
    goal(
        "P13",
        MARIADB,
        "takeover",
        AtMost(15.0),
        "a node counts as dead after the lease (12 s) without a heartbeat",
    ),
    goal(
        "P14",
        SQLITE,
        "last request",
        AtMost(500.0),
        "each request is guarded: its name resolved, its address checked, its own connection",
    ),
    goal(
        "P14",
        SQLITE,
        "CPU per request",
        AtMost(0.5),
        "each request is guarded: its name resolved, its address checked, its own connection",
    ),
    goal(
        "P15",
        SQLITE,
        "p99 start",
        AtMost(50.0),
        "100 programs due at one instant: the floors, which do nothing else, have their last start no sooner (P2)",
    ),
    goal("P15", SQLITE, "memory growth", AtMost(5.0), MEMORY),
    goal("P16", SQLITE, "caught up", AtMost(1_900.0), MANY),
    goal(
        "P17",
        SQLITE,
        "extra memory",
        AtMost(64.0),
        "the end of each output and blocks on their way to the disk stay in memory",
    ),
    goal(
        "P17",
        SQLITE,
        "rate, one of 1 GB",
        AtLeast(200.0),
        "masking, cutting into lines and compressing are one core's work; the command itself takes the other",
    ),
    goal(
        "P18",
        SQLITE,
        "starts with 500 MB",
        TimesAtLeast(0.9, "jcrontab, without ballast"),
        "nothing: a server that forks would be at 0.03",
    ),
    goal(
        "P20",
        SQLITE,
        "next of 100,000",
        AtMost(100.0),
        "croner alone takes 87 ms for it",
    ),
    goal(
        "P20",
        SQLITE,
        "bytes per schedule",
        AtMost(1_024.0),
        "patterns are shared; the task itself is not",
    ),
];
