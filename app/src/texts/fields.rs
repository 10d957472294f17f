//! The labels that fields of a task have in its form, by their names in the API: for the account of what others
//! changed in the meantime.

use super::Ui;
use super::execution::ExecutionUi;
use super::plan::PlanUi;
use super::rules::RulesUi;
use super::tickets::TicketUi;
use crate::i18n::{FieldText, Lang};

/// The label of a field, such as `execution.retry.attempts` or `schedules[1].jitter`; a field that the form does not
/// have keeps its name.
#[must_use]
pub fn task_field(path: &str, lang: Lang) -> String {
    let (name, entry) = without_index(path);
    let Some(label) = label(&name, lang) else {
        return path.to_owned();
    };
    match entry {
        Some(number) => lang.pick(
            format!("{label}（第 {number} 项）"),
            format!("{label} ({number})"),
        ),
        None => label.to_owned(),
    }
}

/// A path without the place in a list, and that place, counted from 1.
fn without_index(path: &str) -> (String, Option<usize>) {
    let split = || {
        let (before, rest) = path.split_once('[')?;
        let (index, behind) = rest.split_once(']')?;
        let index: usize = index.parse().ok()?;
        Some((format!("{before}{behind}"), Some(index + 1)))
    };
    split().unwrap_or_else(|| (path.to_owned(), None))
}

/// The fields of a task, by the texts that name them.
const ALL: [&[FieldText]; 5] = [
    Ui::FIELDS,
    PlanUi::FIELDS,
    RulesUi::FIELDS,
    ExecutionUi::FIELDS,
    TicketUi::FIELDS,
];

fn find(path: &str) -> Option<&'static FieldText> {
    let mut all = ALL.iter().copied().flatten();
    all.find(|field| field.paths.contains(&path))
}

/// The label of a field by its path, which has no place in a list; `None` for one of another version.
#[must_use]
pub fn label(path: &str, lang: Lang) -> Option<&'static str> {
    find(path).map(|field| lang.pick(field.label.0, field.label.1))
}

/// A field as a sentence names it: "the runbook". Of `execution` its parts are named, of other objects only the whole.
#[must_use]
pub fn named(path: &str, lang: Lang) -> Option<&'static str> {
    find(path)?.named.map(|(zh, en)| lang.pick(zh, en))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::schedule::ScheduleDraft;
    use crate::task::TaskDraft;
    use crate::task::execution::Parameter;

    /// The paths of all single values.
    fn paths(name: &str, value: &Value, all: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (part, value) in fields {
                    let path = if name.is_empty() {
                        part.clone()
                    } else {
                        format!("{name}.{part}")
                    };
                    paths(&path, value, all);
                }
            }
            _ => all.push(name.to_owned()),
        }
    }

    #[test]
    fn every_field_of_a_task_is_called_as_in_its_form() {
        let draft = serde_json::to_value(TaskDraft::default()).expect("a draft");
        let mut all = Vec::new();
        paths("", &draft, &mut all);
        paths("schedules", &json!(ScheduleDraft::default()), &mut all);
        paths(
            "execution.parameters",
            &json!(Parameter::default()),
            &mut all,
        );
        assert!(all.len() > 60, "{all:?}");
        for path in all {
            for lang in [Lang::Zh, Lang::En] {
                assert_ne!(task_field(&path, lang), path, "{lang:?}");
            }
        }
    }

    /// What changed since the last success: fields of a task, and those of its execution.
    #[test]
    fn every_field_of_a_task_has_a_name_for_sentences() {
        let draft = json!(TaskDraft::default());
        let keys = |value: &Value| value.as_object().expect("fields").keys().cloned().collect();
        let mut all: Vec<String> = keys(&draft);
        let execution: Vec<String> = keys(&draft["execution"]);
        all.retain(|name| name != "execution");
        all.extend(execution.iter().map(|name| format!("execution.{name}")));
        assert!(all.len() > 40, "{all:?}");
        for path in all {
            for lang in [Lang::Zh, Lang::En] {
                assert!(named(&path, lang).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn a_field_in_a_list_says_in_which_entry() {
        assert_eq!(
            task_field("schedules[1].jitter", Lang::En),
            format!("{} (2)", PlanUi::EN.jitter)
        );
        assert_eq!(task_field("schedules[0]", Lang::Zh), "工作周期（第 1 项）");
        assert_eq!(
            task_field("of_another_version[0]", Lang::En),
            "of_another_version[0]"
        );
    }
}
