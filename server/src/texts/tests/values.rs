//! Values of rooms further down: a new one does not compile here before it has a place in `match`, and belongs into the list
//! above it.

use app::message::Event;
use app::run::RunState;
use strum::{IntoEnumIterator, VariantArray};

use super::super::both;
use super::super::explain::{ByLedger, exit_code};
use super::super::retention::RetentionFault;
use super::super::templates::EventTemplateFault;
use super::super::tickets::UnknownPerson;
use crate::auth::strength::Weakness;
use crate::messages::PictureFault;
use crate::outbound::proxy::ProxyFault;
use crate::outbound::trusted::TrustFault;
use crate::store::SearchFault;
use crate::takeover::{ClockChange, Field, FieldFault, LineFault, Rejection, Remark};
use crate::template::{Place, TemplateFault, TemplateWhy};
use runner::{Hiding, IsolationGap};

pub(super) fn search_faults() -> [SearchFault; 2] {
    let all = [SearchFault::TooLong, SearchFault::TooMany];
    all.map(|fault| match fault {
        SearchFault::TooLong | SearchFault::TooMany => fault,
    })
}

pub(super) fn weaknesses() -> [Weakness; 2] {
    let all = [Weakness::TooCommon, Weakness::ContainsName];
    all.map(|weakness| match weakness {
        Weakness::TooCommon | Weakness::ContainsName => weakness,
    })
}

pub(super) fn proxy_faults() -> [ProxyFault; 3] {
    let all = [ProxyFault::NotAUrl, ProxyFault::Scheme, ProxyFault::Path];
    all.map(|fault| match fault {
        ProxyFault::NotAUrl | ProxyFault::Scheme | ProxyFault::Path => fault,
    })
}

pub(super) fn trust_faults() -> [TrustFault; 3] {
    let all = [
        TrustFault::None,
        TrustFault::PrivateKey,
        TrustFault::Unreadable(2),
    ];
    all.map(|fault| match fault {
        TrustFault::None | TrustFault::PrivateKey | TrustFault::Unreadable(_) => fault,
    })
}

pub(super) fn picture_faults() -> [PictureFault; 4] {
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

pub(super) fn retention_faults() -> [RetentionFault; 1] {
    [RetentionFault { max: 7 }]
}

/// Without a warning about a schedule, whose words are those of the warning.
pub(super) fn remarks() -> Vec<Remark> {
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

pub(super) fn line_faults() -> Vec<LineFault> {
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

pub(super) fn hidings() -> [Hiding; 5] {
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

pub(super) fn unknown_person() -> UnknownPerson {
    let name = "liwei".to_owned();
    UnknownPerson { name }
}

pub(super) fn gaps() -> [IsolationGap; 3] {
    let all = [
        IsolationGap::Root,
        IsolationGap::WritableAbove("/data".into()),
        IsolationGap::Nothing,
    ];
    all.map(|gap| match gap {
        IsolationGap::Root | IsolationGap::WritableAbove(_) | IsolationGap::Nothing => gap,
    })
}

pub(super) fn of_events() -> Vec<EventTemplateFault> {
    let event = Some(Event::Lost);
    let faults = template_faults().into_iter();
    faults
        .map(|fault| EventTemplateFault { event, fault })
        .collect()
}

pub(super) fn template_faults() -> Vec<TemplateFault> {
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

pub(super) fn by_ledger() -> Vec<ByLedger> {
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
