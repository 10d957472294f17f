//! The rows of the fault matrix, in its order.

mod between;
mod changeover;
mod chat;
mod clash;
mod clock;
mod disk;
mod edit;
mod kill;
mod link;
mod outage;
mod press;
mod process;
mod stop;
mod stray;
mod urge;
mod vendor;
mod wire;

use crate::row::Row;
use crate::site::Engine::{self, Mariadb, Sqlite};

const BOTH: &[Engine] = &[Sqlite, Mariadb];
const FILE: &[Engine] = &[Sqlite];
const SERVER: &[Engine] = &[Mariadb];

/// A row from its number, its title, its databases and its function.
macro_rules! row {
    ($number:literal, $title:literal, $on:expr, $short:literal, $run:path) => {
        Row {
            number: $number,
            title: $title,
            on: $on,
            short: $short,
            run: |setting| Box::pin($run(setting)),
        }
    };
}

/// All rows.
pub(crate) fn all() -> Vec<Row> {
    vec![
        row!(
            1,
            "kill -9 of any server, every 3-10 s",
            BOTH,
            true,
            kill::any_server
        ),
        row!(
            2,
            "kill -9 between claim and start",
            BOTH,
            true,
            between::claim_and_start
        ),
        row!(
            2,
            "kill -9 around the plan's commit",
            BOTH,
            false,
            between::plan
        ),
        row!(
            3,
            "kill -9 between exit and result",
            BOTH,
            true,
            between::exit_and_result
        ),
        row!(
            3,
            "kill -9 around the retry's row",
            BOTH,
            false,
            between::retry
        ),
        row!(
            4,
            "server killed, commands alive",
            BOTH,
            false,
            stray::killed
        ),
        row!(5, "TERM under load", BOTH, true, stop::under_load),
        row!(6, "database away for a minute", BOTH, false, outage::away),
        row!(7, "kill -9 of the database", SERVER, false, outage::killed),
        row!(
            8,
            "answers to COMMIT lost",
            SERVER,
            true,
            wire::lost_answers
        ),
        row!(
            9,
            "server cut off from the database",
            SERVER,
            false,
            wire::partition
        ),
        row!(11, "deadlocks and lock waits", SERVER, false, wire::storms),
        row!(
            13,
            "database held by another process",
            FILE,
            false,
            outage::held
        ),
        row!(14, "disk full", FILE, false, disk::full),
        row!(15, "flushes slow, then failing", FILE, false, disk::slow),
        row!(16, "clock set by 90 min and 5 h", FILE, false, clock::steps),
        row!(
            17,
            "clocks differ by 20 s and 5 min",
            SERVER,
            false,
            clock::skew
        ),
        row!(
            18,
            "clock runs 60 times too fast",
            FILE,
            false,
            clock::drift
        ),
        row!(
            19,
            "server stands still past its lease",
            BOTH,
            false,
            clock::pause
        ),
        row!(
            22,
            "command ignores TERM and escapes",
            FILE,
            false,
            process::stubborn
        ),
        row!(
            23,
            "5 GB of output, no lines, no text",
            FILE,
            false,
            process::flood
        ),
        row!(
            24,
            "output held open in the background",
            FILE,
            true,
            process::holder
        ),
        row!(
            25,
            "too many processes, memory, files",
            FILE,
            false,
            process::greedy
        ),
        row!(26, "a stranger has the pid", FILE, false, process::stranger),
        row!(29, "edits at the firing instant", BOTH, true, edit::races),
        row!(31, "identity taken twice", BOTH, false, clash::identity),
        row!(31, "the lock row deleted", BOTH, false, clash::lock_row),
        row!(
            31,
            "three migrations at once",
            SERVER,
            false,
            clash::migration
        ),
        row!(
            32,
            "kill -9 around an urge's commit",
            BOTH,
            false,
            urge::commit
        ),
        row!(
            33,
            "kill -9 of the holder of a bot's connection",
            BOTH,
            false,
            chat::holder
        ),
        row!(
            34,
            "kill -9 around the act of a press",
            BOTH,
            false,
            press::acts
        ),
        row!(
            35,
            "kill -9 around the act of a link",
            BOTH,
            false,
            link::acts
        ),
        row!(
            36,
            "a bot's vendor breaks off, and a flood",
            BOTH,
            false,
            vendor::breaks
        ),
        row!(
            41,
            "lines of a real cron change hands",
            FILE,
            false,
            changeover::of_real_cron
        ),
    ]
}
