//! Every value has words in both languages, and none of them is in the wrong one.

use std::fmt::Debug;
use std::path::Path;

use app::i18n::Lang;
use app::id::TaskId;
use app::import::OfferKind;
use app::message::Event;
use app::run::RunState;
use strum::{IntoEnumIterator, VariantArray};

use super::accounts::{AccountFault, AccountRefusal, SignInRefusal};
use super::blackouts::BlackoutFault;
use super::calendars::{CalendarFault, CalendarRefusal, SourceWarning};
use super::channel_addresses::{AddressFault, UrlFault};
use super::channel_settings::{MailFault, SettingFault};
use super::channel_uses::{ChannelInUse, FallbackFault};
use super::channels::{ChannelFault, ChannelNotice, ChannelProxyFault, ChannelRefusal};
use super::chat::{ChatWords, PersonFault, PersonRefusal};
use super::chat_tickets::TicketWords;
use super::executions::ExecutionFault;
use super::explain::{ByLedger, BySchedule, ended, exit_code};
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
use super::pictures::PictureRequestFault;
use super::pools::{PoolFault, PoolRefusal};
use super::retention::RetentionFault;
use super::rules::{RuleFault, RuleRefusal};
use super::runs::{RunDaysFault, RunQueryFault, RunRefusal};
use super::secrets::{SecretFault, SecretRefusal, new_key_not_in_place};
use super::server::ServerRefusal;
use super::start_urls::{StartUrlFault, StartUrlRefusal, Unsigned};
use super::starts::{Overlapping, Override, StartFault, StartRefusal};
use super::streams::StreamRefusal;
use super::summaries::{SummaryFault, SummaryRefusal};
use super::tasks::{Change, TaskFault, TaskRefusal};
use super::templates::{EventTemplateFault, TemplateRefusal, TemplateRequestFault};
use super::tickets::{TicketFault, TicketRefusal};
use super::times::TimeFault;
use super::warnings::{PreviewNote, TaskWarning};
use super::{Fault, Missing, Refusal, Say, Text, both};
use crate::auth::signature::SignatureFault;
use crate::auth::strength::Weakness;
use crate::executor::{Hiding, IsolationGap};
use crate::importers::{ReadFaultKind, Remark as ItemRemark};
use crate::messages::PictureFault;
use crate::outbound::proxy::ProxyFault;
use crate::outbound::trusted::TrustFault;
use crate::store::{ChannelUses, SearchFault};
use crate::takeover::{ClockChange, Field, FieldFault, LineFault, Rejection, Remark};
use crate::template::{Place, TemplateFault, TemplateWhy};
use crate::yaml::{NotText, What};

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

// Values of rooms further down: a new one does not compile here before it has a place in `match`,
// and belongs into the list above it.

fn search_faults() -> [SearchFault; 2] {
    let all = [SearchFault::TooLong, SearchFault::TooMany];
    all.map(|fault| match fault {
        SearchFault::TooLong | SearchFault::TooMany => fault,
    })
}

fn weaknesses() -> [Weakness; 2] {
    let all = [Weakness::TooCommon, Weakness::ContainsName];
    all.map(|weakness| match weakness {
        Weakness::TooCommon | Weakness::ContainsName => weakness,
    })
}

fn proxy_faults() -> [ProxyFault; 3] {
    let all = [ProxyFault::NotAUrl, ProxyFault::Scheme, ProxyFault::Path];
    all.map(|fault| match fault {
        ProxyFault::NotAUrl | ProxyFault::Scheme | ProxyFault::Path => fault,
    })
}

fn trust_faults() -> [TrustFault; 3] {
    let all = [
        TrustFault::None,
        TrustFault::PrivateKey,
        TrustFault::Unreadable(2),
    ];
    all.map(|fault| match fault {
        TrustFault::None | TrustFault::PrivateKey | TrustFault::Unreadable(_) => fault,
    })
}

fn picture_faults() -> [PictureFault; 4] {
    let all = [
        PictureFault::NoPicture,
        PictureFault::Animated,
        PictureFault::TooLarge,
        PictureFault::TooManyPixels,
    ];
    all.map(|fault| match fault {
        PictureFault::NoPicture
        | PictureFault::Animated
        | PictureFault::TooLarge
        | PictureFault::TooManyPixels => fault,
    })
}

fn retention_faults() -> [RetentionFault; 1] {
    [RetentionFault { max: 7 }]
}

/// Without a warning about a schedule, whose words are those of the warning.
fn remarks() -> Vec<Remark> {
    let all = Remark::iter().filter(|remark| !matches!(remark, Remark::Schedule { .. }));
    let reasons = [Rejection::Line(3), Rejection::NoNewline, Rejection::Long];
    let reasons = reasons.map(|why| match why {
        Rejection::Line(_) | Rejection::NoNewline | Rejection::Long => Remark::Rejected { why },
    });
    let change = |is_gap, cron, task| {
        Remark::ClockChange(ClockChange {
            at: "2027-03-28 02:30".to_owned(),
            is_gap,
            cron,
            task,
        })
    };
    let changes = [
        change(true, 1, 1),
        change(true, 0, 0),
        change(true, 2, 1),
        change(false, 2, 1),
    ];
    all.chain(reasons).chain(changes).collect()
}

fn line_faults() -> Vec<LineFault> {
    use FieldFault::{Empty, Malformed, Missing, OutOfRange, Random, ZeroStep};
    let column = 1;
    let of_field = [Missing, Malformed, OutOfRange, ZeroStep, Empty, Random].map(|fault| {
        let fault = match fault {
            Missing | Malformed | OutOfRange | ZeroStep | Empty | Random => fault,
        };
        let field = Field::Hour;
        LineFault::Field {
            field,
            column,
            fault,
        }
    });
    let word = "@every".to_owned();
    let others = [
        LineFault::Nickname { word, column },
        LineFault::NoUser,
        LineFault::NoCommand,
        LineFault::OnlyInput,
        LineFault::SixFields { column },
        LineFault::Setting,
        LineFault::Variables,
        LineFault::Nul { column },
        LineFault::JobName { column },
        LineFault::Continued,
        LineFault::LongCommand { bytes: 999 },
        LineFault::Option { column },
        LineFault::Period { column },
        LineFault::Delay { column },
        LineFault::BothDays,
    ];
    let others = others.map(|fault| match fault {
        LineFault::Field { .. }
        | LineFault::Nickname { .. }
        | LineFault::NoUser
        | LineFault::NoCommand
        | LineFault::OnlyInput
        | LineFault::SixFields { .. }
        | LineFault::Setting
        | LineFault::Variables
        | LineFault::Nul { .. }
        | LineFault::JobName { .. }
        | LineFault::Continued
        | LineFault::LongCommand { .. }
        | LineFault::Option { .. }
        | LineFault::Period { .. }
        | LineFault::Delay { .. }
        | LineFault::BothDays => fault,
    });
    of_field.into_iter().chain(others).collect()
}

fn hidings() -> [Hiding; 5] {
    let all = [
        Hiding::OtherUser,
        Hiding::Landlock,
        Hiding::Namespace,
        Hiding::RootNamespace,
        Hiding::Nothing,
    ];
    all.map(|hiding| match hiding {
        Hiding::OtherUser
        | Hiding::Landlock
        | Hiding::Namespace
        | Hiding::RootNamespace
        | Hiding::Nothing => hiding,
    })
}

fn gaps() -> [IsolationGap; 3] {
    let all = [
        IsolationGap::Root,
        IsolationGap::WritableAbove("/data".into()),
        IsolationGap::Nothing,
    ];
    all.map(|gap| match gap {
        IsolationGap::Root | IsolationGap::WritableAbove(_) | IsolationGap::Nothing => gap,
    })
}

fn of_events() -> Vec<EventTemplateFault> {
    let event = Some(Event::Lost);
    let faults = template_faults().into_iter();
    faults
        .map(|fault| EventTemplateFault { event, fault })
        .collect()
}

fn template_faults() -> Vec<TemplateFault> {
    let places = [None, Some(Place::of("a\nb", 2))];
    let at = |why: TemplateWhy| {
        let places = places.clone().into_iter();
        places.map(move |place| TemplateFault {
            why: why.clone(),
            place,
        })
    };
    TemplateWhy::iter().flat_map(at).collect()
}

fn by_ledger() -> Vec<ByLedger> {
    let why = || both("原因", "why");
    let mut samples: Vec<ByLedger> = RunState::VARIANTS
        .iter()
        .map(|state| ByLedger::Ran {
            named: String::new(),
            started: String::new(),
            caught_up: true,
            state: *state,
            reason: Some(exit_code(3)),
            run: 1,
        })
        .collect();
    samples.push(ByLedger::Planned { due: String::new() });
    samples.push(ByLedger::Late { due: String::new() });
    samples.push(ByLedger::Waiting {
        named: String::new(),
        why: why(),
        attempt: 1,
        run: 1,
    });
    for many in [None, Some((String::new(), 3))] {
        for to_come in [false, true] {
            samples.push(ByLedger::NotRun {
                named: String::new(),
                missed: many.is_some(),
                to_come,
                many: many.clone(),
                why: why(),
            });
        }
    }
    // A new variant does not compile here before it has a sample above.
    for sample in &samples {
        match sample {
            ByLedger::Planned { .. }
            | ByLedger::Late { .. }
            | ByLedger::Waiting { .. }
            | ByLedger::Ran { .. }
            | ByLedger::NotRun { .. } => {}
        }
    }
    samples
}

#[test]
fn every_value_has_words_in_both_languages() {
    faults(AccountFault::iter());
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

    sentences(by_ledger());
    sentences(BySchedule::iter());
    sentences(ChannelNotice::iter());
    sentences(ChannelProxyFault::iter());
    sentences(ChatWords::iter());
    sentences(TicketWords::iter());
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
        texts.push(std::fs::read_to_string(path).expect("a text"));
    }
    let here = include_str!("tests.rs");
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
