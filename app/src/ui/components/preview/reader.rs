//! What the browser can say about schedules while they are typed. It comes in a module of its own, when a schedule is typed
//! for the first time: most visits of the form do without what reads and describes schedules.

use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::i18n::Lang;
use crate::schedule::{Named, ScheduleDraft, ScheduleSpec, describe_schedule};

/// A typed schedule as the browser reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reading {
    /// What is wrong with its text.
    pub(super) fault: Option<String>,
    /// It in words; `None` where it has a fault of any kind. The faults of its rules are the server's to report.
    pub(super) words: Option<String>,
    /// Things to know about its text.
    pub(super) warnings: Vec<String>,
}

/// Reads schedules; fails where the module cannot be loaded.
#[wasm_split(schedule, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn read_schedules(
    drafts: Vec<ScheduleDraft>,
    lang: Lang,
) -> Result<Vec<Reading>, SplitLoaderError> {
    Ok(drafts.iter().map(|draft| reading(draft, lang)).collect())
}

fn reading(draft: &ScheduleDraft, lang: Lang) -> Reading {
    let known = draft.dialect();
    match ScheduleSpec::parse_dialect(&draft.spec, known.unwrap_or_default()) {
        Err(fault) => Reading {
            fault: Some(fault.text(lang)),
            words: None,
            warnings: Vec::new(),
        },
        Ok(spec) => {
            let schedule = draft.read(0, lang, &mut Named::default(), &mut Vec::new());
            let schedule = schedule.filter(|_| known.is_some());
            Reading {
                fault: None,
                words: schedule.map(|schedule| describe_schedule(&schedule, lang)),
                warnings: spec.warnings(lang),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_schedule_has_words_or_what_is_wrong_with_it() {
        let read = |spec: &str, dialect: &str| {
            let draft = ScheduleDraft {
                spec: spec.to_owned(),
                dialect: dialect.to_owned(),
                ..ScheduleDraft::default()
            };
            reading(&draft, Lang::En)
        };
        let daily = read("0 9 * * *", "");
        assert_eq!((daily.fault, daily.warnings.len()), (None, 0));
        assert!(daily.words.expect("words").contains("09:00"));
        let odd = read("0 25 * * *", "");
        assert_eq!(odd.words, None);
        assert!(odd.fault.expect("a fault").contains("25"));
        assert_eq!(read("0 9 * * *", "unheard-of").words, None);
        assert!(!read("0 9 31 2 *", "").warnings.is_empty());
    }
}
