//! Numbers and durations, and other texts of a fixed form.

use super::super::*;
use super::{faults, read, refused};

#[test]
fn values_out_of_bounds_are_reported_at_their_field() {
    type Set = fn(&mut ExecutionDraft, String);
    let table: [(&str, Set, &[&str], &[&str]); 17] = [
        (
            "overlap",
            |draft, text| draft.overlap = text,
            &[
                "skip",
                "allow:2",
                "allow:100",
                "queue:1",
                "queue:1000",
                "replace",
            ],
            &[
                "allow",
                "allow:1",
                "allow:101",
                "queue:0",
                "queue:1001",
                "queue:-1",
                "never",
            ],
        ),
        (
            "retry.attempts",
            |draft, text| draft.retry.attempts = text,
            &["1", "20"],
            &["0", "21", "-1", "+3", "1.5", "many"],
        ),
        (
            "retry.factor",
            |draft, text| draft.retry.factor = text,
            &["1", "1.25", "10", "10.00"],
            &[
                "0.99", "10.01", "1.255", "2.", ".5", "1e1", "NaN", "-2", "1.-5",
            ],
        ),
        (
            "retry.jitter",
            |draft, text| draft.retry.jitter = text,
            &["0", "100"],
            &["101", "5%"],
        ),
        (
            "retry.delay",
            |draft, text| draft.retry.delay = text,
            &["1s", "1d"],
            &["0", "25h", "soon"],
        ),
        (
            "retry.exit_codes",
            |draft, text| draft.retry.exit_codes = text,
            &["1", "255", "1,2,3"],
            &["0", "256", "1,x", "-1", "1-5"],
        ),
        (
            "min_duration",
            |draft, text| draft.min_duration = text,
            &["1s", "30d"],
            &["0s", "31d", "x"],
        ),
        (
            "soft_limit",
            |draft, text| draft.soft_limit = text,
            &["1s", "30d"],
            &["0s", "31d", "x"],
        ),
        (
            "stop_grace",
            |draft, text| draft.stop_grace = text,
            &["1s", "10m"],
            &["11m", "0"],
        ),
        (
            "limits.memory",
            |draft, text| draft.limits.memory = text,
            &["16", "16M", "1gib", "16T"],
            &[
                "15",
                "17T",
                "1K",
                "G",
                "1.5G",
                "-1G",
                "99999999999999999999",
            ],
        ),
        (
            "limits.open_files",
            |draft, text| draft.limits.open_files = text,
            &["16", "1000000"],
            &["15", "1000001"],
        ),
        (
            "limits.processes",
            |draft, text| draft.limits.processes = text,
            &["1", "100000"],
            &["0", "100001"],
        ),
        (
            "limits.nice",
            |draft, text| draft.limits.nice = text,
            &["0", "19"],
            &["-1", "20"],
        ),
        (
            "run_as",
            |draft, text| draft.run_as = text,
            &["nobody", "_apt", "www-data"],
            &[
                "Root",
                "-x",
                "0",
                "a b",
                "root;id",
                "用户",
                "abcdefghijklmnopqrstuvwxyz0123456",
            ],
        ),
        (
            "cwd",
            |draft, text| draft.cwd = text,
            &["/", "/srv/a b", "/数据"],
            &["srv", "~", "./x", "/a\0b", "/a\nb"],
        ),
        (
            "pool",
            |draft, text| draft.pool = text,
            &["db", "数据库", "a-b_c.d"],
            &["a b", "*", "a,b", "a\nb"],
        ),
        (
            "waits.fresh",
            |draft, text| draft.waits.fresh = text,
            &["1s", "30d"],
            &["31d", "0"],
        ),
    ];
    for (field, set, good, bad) in table {
        for text in good {
            let mut draft = ExecutionDraft::default();
            set(&mut draft, (*text).to_owned());
            assert_eq!(faults(&draft), [], "{field} {text:?}");
            let execution = read(&draft);
            assert_eq!(
                read(&ExecutionDraft::from(&execution)),
                execution,
                "{field} {text:?}"
            );
        }
        for text in bad {
            let mut draft = ExecutionDraft::default();
            set(&mut draft, (*text).to_owned());
            refused(&draft, field);
        }
    }
    let mut draft = ExecutionDraft::default();
    draft.retry.delay = "10m".into();
    draft.retry.max_delay = "5m".into();
    refused(&draft, "retry.max_delay");
    for (how, what, field) in [("some", "", "waits.how"), ("", "start", "waits.what")] {
        let mut draft = ExecutionDraft::default();
        (draft.waits.how, draft.waits.what) = (how.into(), what.into());
        refused(&draft, field);
    }
}
