//! Every value has words in both languages, and none of them is in the wrong one.

mod values;

use std::fmt::Debug;
use std::path::Path;

use app::i18n::Lang;
use app::id::TaskId;
use app::import::OfferKind;
use app::run::RunState;
use strum::{IntoEnumIterator, VariantArray};

use super::accounts::{AccountFault, AccountRefusal, SignInRefusal};
use super::audit::AuditQueryFault;
use super::blackouts::BlackoutFault;
use super::calendars::{CalendarFault, CalendarRefusal, NotRefreshed, SourceWarning};
use super::channel_addresses::{AddressFault, UrlFault};
use super::channel_settings::{MailFault, SettingFault};
use super::channel_uses::{ChannelInUse, FallbackFault};
use super::channels::{ChannelFault, ChannelNotice, ChannelProxyFault, ChannelRefusal};
use super::chat::{ChatWords, PersonFault, PersonRefusal};
use super::chat_tickets::TicketWords;
use super::damage::RowRefusal;
use super::executions::ExecutionFault;
use super::explain::{BySchedule, ended};
use super::failures::Failure;
use super::files::{FileFault, FileRefusal};
use super::importers::{ItemNote, TaskImportFault, TaskImportRefusal};
use super::imports::{ImportFault, ImportRefusal};
use super::links::LinkRefusal;
use super::lists::ListRefusal;
use super::messages::MessageFault;
use super::notices::ServerNotice;
use super::oncall::{RotaFault, RotaRefusal};
use super::outdated::{Attempt, ObjectKind, Outdated};
use super::people::PeopleRefusal;
use super::pictures::PictureRequestFault;
use super::pools::{PoolFault, PoolRefusal};
use super::rules::{RuleFault, RuleRefusal};
use super::runs::{RunDaysFault, RunQueryFault, RunRefusal};
use super::secrets::{SecretFault, SecretRefusal, new_key_not_in_place};
use super::server::ServerRefusal;
use super::sessions::SessionFault;
use super::start_urls::{StartUrlFault, StartUrlRefusal, Unsigned};
use super::starts::{Overlapping, Override, StartFault, StartRefusal};
use super::streams::StreamRefusal;
use super::summaries::{SummaryFault, SummaryRefusal};
use super::tasks::{Change, TaskFault, TaskRefusal};
use super::templates::{TemplateRefusal, TemplateRequestFault};
use super::tickets::{TicketFault, TicketRefusal};
use super::times::TimeFault;
use super::tokens::{TokenFault, TokenRefusal};
use super::warnings::{PreviewNote, TaskWarning};
use super::{Fault, Missing, Refusal, Say, Text};
use crate::auth::signature::SignatureFault;
use crate::importers::{ReadFaultKind, Remark as ItemRemark};
use crate::store::ChannelUses;
use crate::template::TemplateWhy;
use crate::yaml::{NotText, What};
use values::{
    by_ledger, gaps, hidings, line_faults, of_events, picture_faults, proxy_faults, remarks,
    retention_faults, search_faults, template_faults, trust_faults, unknown_person, weaknesses,
};

/// What is offered for a wrapper.
#[derive(Debug)]
struct OfferOf(OfferKind);

impl Say for OfferOf {
    fn words(&self) -> Text {
        super::imports::offer(self.0)
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

fn assert_both(what: &dyn Debug, text: &Text) {
    assert!(text.zh.chars().any(is_chinese), "{what:?}: {}", text.zh);
    assert!(!text.en.trim().is_empty(), "{what:?}");
    assert!(!text.en.chars().any(is_chinese), "{what:?}: {}", text.en);
}

fn faults<T: Fault + Debug>(values: impl IntoIterator<Item = T>) {
    for value in values {
        let (code, text) = value.fault();
        assert_both(&value, &text);
        for (lang, message) in [(Lang::Zh, &text.zh), (Lang::En, &text.en)] {
            let fault = value.on("field", lang);
            assert_eq!((fault.code.as_str(), &fault.message), (code, message));
        }
    }
}

fn refusals<T: Refusal + Debug>(values: impl IntoIterator<Item = T>) {
    for value in values {
        let refused = value.refusal();
        assert_both(&value, &refused.message);
        if let Some(hint) = &refused.hint {
            assert_both(&value, hint);
        }
        for (lang, message) in [
            (Lang::Zh, &refused.message.zh),
            (Lang::En, &refused.message.en),
        ] {
            let answer = value.answer(lang);
            assert_eq!(
                (answer.code.as_str(), &answer.message),
                (refused.code, message)
            );
            assert_eq!(answer.hint.is_some(), refused.hint.is_some());
        }
    }
}

fn sentences<T: Say + Debug>(values: impl IntoIterator<Item = T>) {
    for value in values {
        assert_both(&value, &value.words());
    }
}

#[test]
fn every_value_has_words_in_both_languages() {
    faults(AccountFault::iter());
    faults(AuditQueryFault::iter());
    faults(BlackoutFault::iter());
    faults(AddressFault::iter());
    faults(CalendarFault::iter());
    faults(ChannelFault::iter());
    faults(ExecutionFault::iter());
    faults(FallbackFault::iter());
    faults(FileFault::iter());
    faults(MailFault::iter());
    faults(MessageFault::iter());
    faults(PersonFault::iter());
    faults(picture_faults());
    faults(PictureRequestFault::iter());
    faults(PoolFault::iter());
    faults(ImportFault::iter());
    faults(TaskImportFault::iter());
    faults(search_faults());
    faults(retention_faults());
    faults(RuleFault::iter());
    faults(SecretFault::iter());
    faults(SessionFault::iter());
    faults(SettingFault::iter());
    faults(StartFault::iter());
    faults(StartUrlFault::iter());
    faults(SummaryFault::iter());
    faults(TaskFault::iter());
    faults(template_faults());
    faults(of_events());
    faults(TemplateRequestFault::iter());
    faults(TemplateWhy::iter());
    faults(TicketFault::iter());
    faults(RotaFault::iter());
    faults(TimeFault::iter());
    faults(TokenFault::iter());
    faults(UrlFault::iter());
    faults(weaknesses());

    refusals(AccountRefusal::iter());
    refusals(CalendarRefusal::iter());
    let in_use = |own| -> ChannelInUse {
        let uses = ChannelUses {
            tasks: vec![(TaskId(1), "backup".to_owned())],
            ..ChannelUses::default()
        };
        ChannelInUse { uses, own }
    };
    refusals([true, false].into_iter().map(in_use));
    refusals(ChannelRefusal::iter());
    refusals(Failure::iter());
    refusals(FileRefusal::iter());
    refusals(LinkRefusal::iter());
    refusals(ListRefusal::iter());
    refusals(PersonRefusal::iter());
    refusals(PoolRefusal::iter());
    refusals(ImportRefusal::iter());
    refusals(TaskImportRefusal::iter());
    refusals(TicketRefusal::iter());
    refusals(RotaRefusal::iter());
    refusals(PeopleRefusal::iter());
    refusals(RowRefusal::iter());
    refusals(RuleRefusal::iter());
    refusals(RunRefusal::iter());
    faults(RunQueryFault::iter());
    faults(RunDaysFault::iter());
    refusals(SecretRefusal::iter());
    refusals(ServerRefusal::iter());
    refusals(SignInRefusal::iter());
    refusals(StartRefusal::iter());
    refusals(StartUrlRefusal::iter());
    refusals(
        [
            SignatureFault::Missing,
            SignatureFault::Time,
            SignatureFault::Wrong,
        ]
        .map(|fault| StartUrlRefusal::Unsigned(Unsigned(fault))),
    );
    refusals(StreamRefusal::iter());
    refusals(SummaryRefusal::iter());
    for (version, differs) in [(0, vec![]), (3, vec![]), (3, vec!["name", "value"])] {
        for attempt in Attempt::iter() {
            refusals(ObjectKind::iter().map(|thing| -> Outdated {
                Outdated {
                    thing,
                    version,
                    differs: differs.clone(),
                    attempt,
                }
            }));
        }
    }
    refusals(TaskRefusal::iter());
    refusals(TemplateRefusal::iter());
    refusals(TokenRefusal::iter());

    sentences(by_ledger());
    sentences(BySchedule::iter());
    sentences(ChannelNotice::iter());
    sentences(ChannelProxyFault::iter());
    sentences(ChatWords::iter());
    sentences(TicketWords::iter());
    sentences([unknown_person()]);
    sentences(remarks());
    sentences(OfferKind::ALL.map(OfferOf));
    sentences(line_faults());
    sentences(hidings());
    sentences(gaps());
    sentences(Missing::iter());
    sentences(ItemNote::iter());
    sentences(ItemRemark::iter());
    sentences(ReadFaultKind::iter());
    sentences(NotText::iter());
    sentences(What::iter());
    sentences(Overlapping::iter());
    sentences(Override::iter());
    sentences(PreviewNote::iter());
    sentences(proxy_faults());
    sentences(trust_faults());
    sentences(ServerNotice::iter());
    sentences(NotRefreshed::iter());
    sentences(SourceWarning::iter());
    sentences(TaskWarning::iter());

    for state in RunState::VARIANTS {
        assert_both(state, &ended(*state));
    }
    assert_both(&"the new key", &new_key_not_in_place());
}

fn change(action: &str, detail: &str) -> Change {
    Change {
        who: "ann".to_owned(),
        at: "2026-11-22 09:00".to_owned(),
        action: action.to_owned(),
        detail: detail.to_owned(),
    }
}

#[test]
fn changes_of_others_are_said_in_both_languages() {
    for action in [
        "task.update",
        "task.pause",
        "task.close",
        "task.restore",
        "task.resume",
        "task.urge",
        "task.unurge",
    ] {
        assert_both(&action, &change(action, "").words());
    }
    let update = change("task.update", r#"{"name":["a","b"],"zone":["","UTC"]}"#);
    let words = "ann 2026-11-22 09:00 Name: a → b, Time zone: (empty) → UTC";
    assert_eq!(update.words().en, words);
    let same = change("task.update", r#"{"note":[null,null]}"#);
    assert_eq!(same.words().en, "ann 2026-11-22 09:00 saved it");
    let refused = TaskRefusal::Outdated {
        changes: vec![update, change("task.pause", "")],
        attempt: Attempt::Save,
    };
    assert_eq!(
        refused.answer(Lang::En).message,
        format!(
            "Someone else has changed this task since you opened it. Nothing was saved. Changes: {words}; \
             ann 2026-11-22 09:00 paused it"
        )
    );
}

#[test]
fn a_text_for_one_language_never_comes_in_the_other() {
    let names = ["a".to_owned(), "b".to_owned()];
    assert_eq!(Text::list(&names).of(Lang::Zh), "a、b");
    assert_eq!(Text::list(&names).of(Lang::En), "a, b");
    let taken = TaskRefusal::NameTaken {
        name: "backup".to_owned(),
    };
    let answer = taken.answer(Lang::En);
    assert_eq!(answer.message, "A task named \"backup\" already exists");
    assert_eq!(answer.fields.len(), 1);
    assert_eq!(answer.fields[0].field, "name");
    assert_eq!(answer.fields[0].message, answer.message);
    assert_eq!(taken.to_string(), answer.message);
}

/// The types for which a file of this room has words.
fn types_with_words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.strip_prefix("impl ")?;
        let (of, name) = rest.split_once(" for ")?;
        ["Say", "Fault", "Refusal"]
            .contains(&of)
            .then(|| name.trim_end_matches(" {"))
    })
}

#[test]
fn no_type_with_words_is_missing_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/texts");
    let mut texts = vec![include_str!("../texts.rs").to_owned()];
    for file in std::fs::read_dir(folder).expect("the folder") {
        let path = file.expect("a file").path();
        if path.is_file() {
            texts.push(std::fs::read_to_string(path).expect("a text"));
        }
    }
    let here = concat!(include_str!("tests.rs"), include_str!("tests/values.rs"));
    let mut count = 0;
    for name in texts.iter().flat_map(|text| types_with_words(text)) {
        let asked = ["(", "-> ", "-> [", "-> Vec<"]
            .iter()
            .any(|before| here.contains(&format!("{before}{name}")));
        assert!(asked, "no test asks for the words of {name}");
        count += 1;
    }
    assert!(count > 30, "{count} types");
}
