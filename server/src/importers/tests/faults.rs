//! Files that cannot be read: half of one, other versions, hostile ones.

use super::dumps::XXL_JOB;
use crate::importers::{ReadFault, ReadFaultKind, Scheduler, SourceFile, read};

fn fault(scheduler: Scheduler, text: &str) -> ReadFault {
    let file = SourceFile {
        path: "a".to_owned(),
        text: text.to_owned(),
    };
    read(scheduler, &[file], "").expect_err(text)
}

/// What is wrong, and where.
fn placed(scheduler: Scheduler, text: &str) -> (ReadFaultKind, Option<(usize, usize)>) {
    let fault = fault(scheduler, text);
    let mark = fault.mark.map(|mark| (mark.line, mark.column));
    (fault.what, mark)
}

#[test]
fn no_part_of_a_dump_passes_for_a_whole_one() {
    let end = XXL_JOB.find("-- Dump completed").expect("its end");
    // From the first word on that says what it is.
    for at in (25..end).filter(|at| XXL_JOB.is_char_boundary(*at)) {
        let part = &XXL_JOB[..at];
        let fault = fault(Scheduler::XxlJob, part);
        let is_expected = matches!(
            fault.what,
            ReadFaultKind::Incomplete | ReadFaultKind::Sql | ReadFaultKind::Columns { .. }
        );
        assert!(is_expected, "{fault:?} at {at}");
        assert!(fault.mark.is_some());
    }
}

#[test]
fn what_is_wrong_has_its_line_and_column() {
    let no_table = ReadFaultKind::NoTable {
        table: "xxl_job_info",
    };
    assert_eq!(placed(Scheduler::XxlJob, "SELECT 1;"), (no_table, None));
    let column = ReadFaultKind::NoColumn {
        column: "glue_type",
    };
    let text = "\nINSERT INTO xxl_job_info (id, executor_handler) VALUES (1, 'a');";
    assert_eq!(placed(Scheduler::XxlJob, text), (column, Some((2, 1))));
    let columns = ReadFaultKind::Columns {
        columns: 2,
        values: 3,
    };
    let text = "INSERT INTO xxl_job_info (id, glue_type) VALUES (1, 'a'),\n (1, 'b', 3);";
    assert_eq!(placed(Scheduler::XxlJob, text), (columns, Some((2, 3))));
    let columns = ReadFaultKind::Columns {
        columns: 0,
        values: 1,
    };
    let text = "INSERT INTO task VALUES (1);";
    assert_eq!(placed(Scheduler::Gocron, text), (columns, Some((1, 26))));
    let text = "COPY public.task (id) FROM stdin;\n1\n\\.\n";
    assert_eq!(placed(Scheduler::Gocron, text).0, ReadFaultKind::Sql);
    assert_eq!(
        placed(Scheduler::Qinglong, "[{\"name\": \"a\",\n \"command\": "),
        (ReadFaultKind::Incomplete, Some((2, 12)))
    );
    let (what, mark) = placed(
        Scheduler::Cronicle,
        "# Cronicle Data Export\nglobal/schedule/0 - {\"items\": [}\n",
    );
    assert!(matches!(what, ReadFaultKind::Json(_)), "{what:?}");
    assert_eq!(mark, Some((2, 32)));
    let (what, mark) = placed(Scheduler::Kubernetes, "kind: CronJob\n\tspec: 1\n");
    assert!(matches!(what, ReadFaultKind::Yaml(_)), "{what:?}");
    assert_eq!(mark, Some((2, 1)));
    let text = "[Timer]\n  what is this\n";
    assert_eq!(
        placed(Scheduler::Systemd, text),
        (ReadFaultKind::Unit, Some((2, 3)))
    );
    for scheduler in [
        Scheduler::Systemd,
        Scheduler::Cronicle,
        Scheduler::Kubernetes,
    ] {
        assert_eq!(
            placed(scheduler, "\n# nothing\n"),
            (ReadFaultKind::NoItems, None)
        );
    }
}

#[test]
fn hostile_texts_are_bounded() {
    let deep = format!(
        "INSERT INTO xxl_job_info (id) VALUES ({}1",
        "f(".repeat(100_000)
    );
    assert_eq!(placed(Scheduler::XxlJob, &deep).0, ReadFaultKind::Sql);
    let wide = format!(
        "INSERT INTO xxl_job_info (id) VALUES ({}1);",
        "1,".repeat(100_000)
    );
    assert_eq!(placed(Scheduler::XxlJob, &wide).0, ReadFaultKind::Sql);
    let row = "(1,'h','BEAN')";
    let long = format!(
        "INSERT INTO xxl_job_info (id,executor_handler,glue_type) VALUES {row}{};",
        format!(",{row}").repeat(60_000)
    );
    assert!(matches!(
        placed(Scheduler::XxlJob, &long).0,
        ReadFaultKind::TooMany { .. }
    ));
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(matches!(
        placed(Scheduler::Qinglong, &nested).0,
        ReadFaultKind::Json(_)
    ));
    let many = format!("[{}1]", "1,".repeat(6_000));
    assert!(matches!(
        placed(Scheduler::Qinglong, &many).0,
        ReadFaultKind::TooMany { .. }
    ));
}
