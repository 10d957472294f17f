//! Faults in what is typed for a task are reported at their field.

use super::*;
use crate::task::execution::HttpDraft;

#[test]
fn every_fault_is_named_at_its_field_in_both_languages() {
    let draft = TaskDraft {
        name: " ".into(),
        command: String::new(),
        cron: "61 * * * *".into(),
        urging: true,
        timeout: "soon".into(),
        owners: vec!["a".repeat(65)],
        ..TaskDraft::default()
    };
    for lang in [Lang::Zh, Lang::En] {
        let faults = draft.check(lang);
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            ["name", "owners", "command", "cron", "urge_cron", "timeout"]
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
    let fields: Vec<String> = mixed.check(Lang::Zh).into_iter().map(|f| f.field).collect();
    assert_eq!(fields, ["execution.http.url", "execution.soft_limit"]);
    let fine = TaskDraft {
        command: " ".into(),
        timeout: "6m".into(),
        ..mixed
    };
    assert_eq!(fine.check(Lang::Zh), []);
    let huge = TaskDraft {
        name: "x".into(),
        cron: "* * * * *".into(),
        command: "x".repeat(1 << 20),
        ..TaskDraft::default()
    };
    assert_eq!(huge.check(Lang::En)[0].code, "too_long");
}
