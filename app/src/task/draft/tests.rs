//! Faults of the input for a task are reported at their field.

use super::*;
use crate::task::execution::HttpDraft;

fn faults_of(draft: &TaskDraft) -> Vec<FieldError> {
    draft.parse(Lang::Zh).faults
}

#[test]
fn every_fault_is_named_at_its_field_in_both_languages() {
    let draft = TaskDraft {
        name: " ".into(),
        command: String::new(),
        cron: "61 * * * *".into(),
        urging: true,
        timeout: "soon".into(),
        pause_after_failures: "1001".into(),
        notice_before: "59s".into(),
        owners: vec!["a".repeat(65)],
        ..TaskDraft::default()
    };
    for lang in [Lang::Zh, Lang::En] {
        let faults = draft.parse(lang).faults;
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "owners",
                "command",
                "cron",
                "urge_cron",
                "timeout",
                "pause_after_failures",
                "notice_before"
            ]
        );
        assert!(faults.iter().all(|fault| !fault.message.is_empty()));
    }
    let mixed = TaskDraft {
        name: "x".into(),
        cron: "* * * * *".into(),
        command: "true".into(),
        timeout: "5m".into(),
        execution: ExecutionDraft {
            soft_limit: "300".into(),
            http: HttpDraft {
                url: "https://example.com/".into(),
                ..HttpDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..TaskDraft::default()
    };
    let fields: Vec<String> = faults_of(&mixed).into_iter().map(|f| f.field).collect();
    assert_eq!(fields, ["execution.http.url", "execution.soft_limit"]);
    let fine = TaskDraft {
        command: " ".into(),
        timeout: "6m".into(),
        ..mixed
    };
    assert_eq!(faults_of(&fine), []);
    let huge = TaskDraft {
        name: "x".into(),
        cron: "* * * * *".into(),
        command: "x".repeat(1 << 20),
        ..TaskDraft::default()
    };
    assert_eq!(faults_of(&huge)[0].code, "too_long");
    for (runbook, code) in [
        ("预".repeat(4_001), "too_long"),
        ("\u{1b}[2J".to_owned(), "control"),
    ] {
        let draft = TaskDraft {
            runbook,
            ..fine.clone()
        };
        let fault = &faults_of(&draft)[0];
        assert_eq!(
            (fault.field.as_str(), fault.code.as_str()),
            ("runbook", code)
        );
    }
}

/// The zone of the times in these tests.
fn local(at: Stamp) -> String {
    at.rfc3339()
}

#[test]
fn what_is_stored_and_typed_again_is_the_same() {
    let draft = TaskDraft {
        name: " 备份 ".into(),
        owners: vec!["@王，李".into()],
        tags: vec!["db, nightly".into()],
        command: "a\r\nb".into(),
        starts_at: String::new(),
        ends_at: String::new(),
        timeout: "600".into(),
        pause_after_failures: " ５ ".into(),
        notice_before: "7d".into(),
        runbook: "https://wiki.example.com/backup\r\n\t先看磁盘 ".into(),
        ..TaskDraft::full()
    };
    let spec = draft.parse(Lang::En).finish().expect("no fault");
    assert_eq!(spec.owners, ["王", "李"]);
    assert_eq!(spec.command, "a\nb");
    assert_eq!(spec.timeout_seconds, Some(600));
    assert_eq!(spec.pause_after_failures, Some(5));
    assert_eq!(spec.notice_before_seconds, Some(7 * 86_400));
    let runbook = "https://wiki.example.com/backup\n\t先看磁盘";
    assert_eq!(spec.notes.runbook, runbook);
    let again = TaskDraft::of(&spec, (&*spec.execution).into(), local);
    assert_eq!(again.parse(Lang::En).finish(), Ok(spec.clone()));
    let third = TaskDraft::of(&spec, (&*spec.execution).into(), local);
    assert_eq!(third, again);
}

/// What is stored of every field is shown again as it was typed, but for what only the server can look up.
#[test]
fn every_field_is_shown_again_as_it_was_typed() {
    let mut full = TaskDraft::full();
    let spec = full.parse(Lang::En).finish().expect("no fault");
    full.execution.waits.tasks.clear();
    (full.starts_at, full.ends_at) = (String::new(), String::new());
    let schedule = &mut full.schedules[0];
    (schedule.spec, schedule.dialect) = ("0 30 8 * * 1-5".to_owned(), String::new());
    let again = TaskDraft::of(&spec, (&*spec.execution).into(), local);
    assert_eq!(again, full);
}

#[test]
fn a_task_is_written_flat_and_read_back_by_programs_and_by_pages() {
    let task = crate::task::Task::example();
    let json = serde_json::to_value(&task).expect("JSON");
    assert_eq!(json["name"], "example");
    assert_eq!(json["schedules"][0]["spec"], "0 0 1 1 *");
    assert_eq!(json["runbook"], "");
    assert!(
        json.get("spec").is_none() && json.get("notes").is_none(),
        "{json}"
    );
    assert_eq!(
        serde_json::from_value::<crate::task::Task>(json).ok(),
        Some(task.clone())
    );
    let bytes = crate::wire::write(&task).expect("bytes");
    assert_eq!(crate::wire::read(&bytes), Ok(task));
}

#[test]
fn numbers_may_be_sent_for_texts() {
    let sent = r#"{"name": "t", "timeout": 90, "pause_after_failures": 3, "notice_before": 3600}"#;
    let draft: TaskDraft = serde_json::from_str(sent).expect("a draft");
    let texts = (
        draft.timeout.as_str(),
        draft.pause_after_failures.as_str(),
        draft.notice_before.as_str(),
    );
    assert_eq!(texts, ("90", "3", "3600"));
    let parsed = draft.parse(Lang::En).spec;
    assert_eq!(
        (
            parsed.timeout_seconds,
            parsed.pause_after_failures,
            parsed.notice_before_seconds
        ),
        (Some(90), Some(3), Some(3600))
    );
    // What is answered is the text.
    let written = serde_json::to_value(&draft).expect("JSON");
    assert_eq!(written["pause_after_failures"], "3");
    // A number that no field takes is answered by what that field takes.
    for number in ["1.5", "1e308", "-1e-3"] {
        let sent = format!(r#"{{"name": "t", "pause_after_failures": {number}}}"#);
        let draft: TaskDraft = serde_json::from_str(&sent).expect("a draft");
        let faults = draft.parse(Lang::En).faults;
        let fault = faults
            .iter()
            .find(|fault| fault.field == "pause_after_failures");
        let message = &fault.expect("a fault").message;
        assert!(
            message.contains("1,000") || message.contains("1000"),
            "{message}"
        );
    }
    for wrong in ["true", "[3]", "{}", "null"] {
        let sent = format!(r#"{{"pause_after_failures": {wrong}}}"#);
        assert!(serde_json::from_str::<TaskDraft>(&sent).is_err(), "{wrong}");
    }
}
