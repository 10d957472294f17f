//! The facts of a task in words, for its page.

use crate::backend::Caller;
use crate::page::{ShownFact, ShownValue};
use crate::task::{Cycle, TaskSpec};
use crate::texts::Ui;
use crate::texts::facts::FactValue;

/// The facts of a task with a channel of a name, for a caller.
pub(super) fn shown(task: &TaskSpec, channel: Option<&str>, caller: &Caller) -> Vec<ShownFact> {
    let lang = caller.lang;
    let ui = Ui::of(lang);
    let facts = task.facts(lang).into_iter();
    let shown = facts.map(|fact| {
        let value = match fact.value {
            FactValue::Schedules(all) => {
                let all = all.iter().map(|one| Cycle::of(one, 0, lang));
                ShownValue::Cycles(all.collect())
            }
            FactValue::Urge(urge) => ShownValue::Cycles(vec![Cycle::plain(urge, lang)]),
            FactValue::Window(from, until) => ShownValue::Window(from, until),
            FactValue::Mode(mode) => {
                let (word, help) = ui.mode_text(mode);
                ShownValue::Explained(word.to_owned(), help.to_owned())
            }
            FactValue::Channel(_) => ShownValue::Text(channel.unwrap_or(ui.no_channel).to_owned()),
            FactValue::Text(text) => ShownValue::Text(text),
            FactValue::Unset(text) => ShownValue::Text(text.to_owned()),
        };
        ShownFact {
            label: fact.label.to_owned(),
            value,
        }
    });
    shown.collect()
}
