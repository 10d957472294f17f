//! Variables and parameters.

use super::super::*;
use super::{choice, faults, parameter, read, refused};
use crate::task::execution::ParameterKind;

#[test]
fn variables_that_decide_what_runs_are_refused() {
    for (line, code) in [
        ("A", "invalid"),
        ("1A=x", "invalid"),
        ("A B=x", "invalid"),
        ("=x", "invalid"),
        ("# note", "invalid"),
        ("Ä=x", "invalid"),
        ("A=\0", "invalid"),
        ("JCRONTAB_RUN_ID=1", "reserved"),
        ("LD_PRELOAD=/tmp/x.so", "reserved"),
        ("LD_LIBRARY_PATH=/tmp", "reserved"),
        ("LD_AUDIT=/tmp/x.so", "reserved"),
        ("B=1\nB=2", "taken"),
    ] {
        let draft = ExecutionDraft {
            env: format!("OK=1\n{line}"),
            ..ExecutionDraft::default()
        };
        let expected = ("execution.env".to_owned(), code.to_owned());
        assert_eq!(faults(&draft), [expected], "{line:?}");
    }
    let long = |bytes: usize| ExecutionDraft {
        env: format!("A={}", "x".repeat(bytes)),
        ..ExecutionDraft::default()
    };
    assert_eq!(faults(&long(32 * 1024)), []);
    refused(&long(32 * 1024 + 1), "env");
    let lines = |count: usize| ExecutionDraft {
        env: (0..count).map(|at| format!("A{at}=x\n")).collect(),
        ..ExecutionDraft::default()
    };
    assert_eq!(faults(&lines(100)), []);
    refused(&lines(101), "env");
    let name = |length: usize| ExecutionDraft {
        env: format!("{}=1", "A".repeat(length)),
        ..ExecutionDraft::default()
    };
    assert_eq!(faults(&name(64)), []);
    refused(&name(65), "env");
}

#[test]
fn the_faulty_line_is_reported() {
    let draft = ExecutionDraft {
        env: "A=1\n\nB".into(),
        ..ExecutionDraft::default()
    };
    let mut found = Vec::new();
    let _ = draft.read(Lang::Zh, &mut found);
    assert!(found[0].message.starts_with("第 3 行："), "{found:?}");
}

#[test]
fn parameters_keep_their_rules() {
    use ParameterKind::{Date, Number, Secret, Text};
    let with = |parameters: Vec<Parameter>| ExecutionDraft {
        env: "SET=1".into(),
        parameters,
        ..ExecutionDraft::default()
    };
    for good in [
        parameter("a", Text, "一行"),
        parameter("N", Number, "12"),
        parameter("N", Number, ""),
        parameter("D", Date, "2024-02-29"),
        parameter("S", Secret, ""),
        choice(&["a", "b"], "b", false),
        choice(&["a", "b"], "", true),
    ] {
        assert_eq!(faults(&with(vec![good.clone()])), [], "{good:?}");
    }
    for (bad, part, code) in [
        (parameter("", Text, ""), "name", "required"),
        (parameter("1", Text, ""), "name", "invalid"),
        (parameter("a b", Text, ""), "name", "invalid"),
        (parameter("PATH", Text, ""), "name", "reserved"),
        (parameter("BASH_ENV", Text, ""), "name", "reserved"),
        (parameter("LD_PRELOAD", Text, ""), "name", "reserved"),
        (parameter("JCRONTAB_TASK_ID", Text, ""), "name", "reserved"),
        (parameter("SET", Text, ""), "name", "taken"),
        (parameter("N", Number, "twelve"), "default", "invalid"),
        (parameter("D", Date, "2026-02-29"), "default", "invalid"),
        (parameter("T", Text, "a\nb"), "default", "invalid"),
        (parameter("S", Secret, "hunter2"), "default", "secret"),
        (choice(&["a"], "a", false), "choices", "invalid"),
        (choice(&["a", "a"], "a", false), "choices", "invalid"),
        (choice(&["a", " "], "a", false), "choices", "invalid"),
        (choice(&["a", "b"], "c", false), "default", "invalid"),
        (choice(&["a", "b"], "", false), "default", "required"),
    ] {
        let expected = (format!("execution.parameters[0].{part}"), code.to_owned());
        assert_eq!(faults(&with(vec![bad.clone()])), [expected], "{bad:?}");
    }
    let twice = with(vec![parameter("A", Text, ""), parameter("A", Text, "")]);
    refused(&twice, "parameters[1].name");
    let many = |count: usize| {
        with(
            (0..count)
                .map(|at| parameter(&format!("A{at}"), Text, ""))
                .collect(),
        )
    };
    assert_eq!(faults(&many(20)), []);
    refused(&many(21), "parameters");
    // Choices of another kind have no meaning and are not stored.
    let leftover = Parameter {
        choices: vec!["a".into()],
        ..parameter("T", Text, "")
    };
    assert!(read(&with(vec![leftover])).parameters[0].choices.is_empty());
}
