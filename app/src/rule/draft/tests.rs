//! A draft of a rule is read, and each fault is at its field.

use super::*;
use crate::i18n::Lang;
use crate::message::Event;

fn draft() -> RuleDraft {
    RuleDraft {
        scope: ScopeKind::Tag,
        tag: " prod ".to_owned(),
        events: vec!["lost".to_owned(), "failed".to_owned(), "lost".to_owned()],
        channel_id: Some(3),
        throttle: "10m".to_owned(),
        quiet_from: "22:00".to_owned(),
        quiet_until: "8:00".to_owned(),
        failures: "*/3".to_owned(),
        template: "@night".to_owned(),
        ..RuleDraft::default()
    }
}

#[test]
fn a_draft_is_read_and_written_the_same() {
    let spec = draft().parse("Asia/Shanghai", Lang::En).expect("a rule");
    assert_eq!(spec.scope, Scope::Tag("prod".to_owned()));
    assert_eq!(spec.events, [Event::Failed, Event::Lost]);
    assert_eq!(spec.throttle_seconds, 600);
    assert_eq!(spec.template.as_deref(), Some("night"));
    assert!(spec.enabled);
    let again = RuleDraft::from(&spec).parse("UTC", Lang::En);
    assert_eq!(again, Ok(spec));
}

#[test]
fn each_fault_is_at_its_field() {
    let table: [(&str, RuleDraft); 13] = [
        (
            "template",
            RuleDraft {
                template: "for the night".into(),
                ..draft()
            },
        ),
        (
            "tag",
            RuleDraft {
                tag: " ".into(),
                ..draft()
            },
        ),
        (
            "tag",
            RuleDraft {
                tag: "x".repeat(65),
                ..draft()
            },
        ),
        (
            "owner",
            RuleDraft {
                scope: ScopeKind::Owner,
                tag: String::new(),
                ..draft()
            },
        ),
        (
            "task_id",
            RuleDraft {
                scope: ScopeKind::Task,
                tag: String::new(),
                ..draft()
            },
        ),
        (
            "events",
            RuleDraft {
                events: Vec::new(),
                ..draft()
            },
        ),
        (
            "events",
            RuleDraft {
                events: vec!["test".into()],
                ..draft()
            },
        ),
        (
            "channel_id",
            RuleDraft {
                channel_id: None,
                ..draft()
            },
        ),
        (
            "throttle",
            RuleDraft {
                throttle: "soon".into(),
                ..draft()
            },
        ),
        (
            "throttle",
            RuleDraft {
                events: vec!["created".into()],
                failures: String::new(),
                ..draft()
            },
        ),
        (
            "quiet_until",
            RuleDraft {
                quiet_until: String::new(),
                ..draft()
            },
        ),
        (
            "quiet_until",
            RuleDraft {
                quiet_until: "22:00".into(),
                ..draft()
            },
        ),
        (
            "failures",
            RuleDraft {
                failures: "often".into(),
                ..draft()
            },
        ),
    ];
    for (field, draft) in table {
        for lang in [Lang::Zh, Lang::En] {
            let faults = draft.parse("UTC", lang).expect_err(field);
            let fields: Vec<&str> = faults.iter().map(|one| one.field.as_str()).collect();
            assert_eq!(fields, [field], "{draft:?}");
        }
    }
    let all_day = RuleDraft {
        quiet_from: "00:00".into(),
        quiet_until: "24:00".into(),
        quiet_calendar: "cn".into(),
        ..draft()
    };
    assert!(all_day.parse("UTC", Lang::Zh).is_ok());
}
