//! Why did it (not) run? A form that needs no JavaScript.

use leptos::prelude::*;

use super::field::{Faults, Field, input, moment_kind};
use super::icon::{self, icon};
use crate::error::FieldError;
use crate::id::TaskId;
use crate::occurrence::{Explanation, Verdict};
use crate::routes;
use crate::time::ZoneRules;
use crate::ui::base::rooted;
use crate::ui::context::{lang, plan_ui};

/// Asks for a time and leads to the planned firings, which answer. `at` is the value of the field.
pub(crate) fn why_form(task: TaskId, zone: &str, at: &str, fault: Option<String>) -> AnyView {
    let plan = plan_ui();
    let faults = fault.map(|text| FieldError::new("at", "invalid", text));
    let faults = Faults(faults.into_iter().collect());
    view! {
        <form method="get" action=rooted(routes::task_occurrences(task)) class="why">
            {input(Field {
                name: "at".into(), label: plan.why_at, value: at.to_owned(), kind: moment_kind(at),
                required: true, ..Field::default()
            }, &faults)}
            <p class="small-print"><span>{zone.to_owned()}</span></p>
            <button type="submit" class="button">{icon(icon::QUESTION)} <span>{plan.why_ask}</span></button>
        </form>
    }
    .into_any()
}

/// The answer: one sentence, and a link to the run it is based on.
pub(crate) fn answer(explanation: &Explanation) -> AnyView {
    let (class, glyph) = match explanation.verdict {
        Verdict::Ran => ("notice is-ok", icon::CHECK),
        Verdict::Running | Verdict::Planned => ("notice is-run", icon::CLOCK),
        Verdict::Missed => ("notice is-warn", icon::ALERT),
        Verdict::Skipped | Verdict::Paused | Verdict::Closed | Verdict::Window => {
            ("notice is-warn", icon::SKIP)
        }
        Verdict::Waiting | Verdict::NotNamed | Verdict::NotCreated | Verdict::Unknown => {
            ("notice is-off", icon::QUESTION)
        }
    };
    let zone: &ZoneRules = &explanation.zone;
    let at = explanation.at;
    let time = format!("{} {}", zone.local(at), zone.offset_text(at));
    let run = explanation.run_id.map(|run| {
        let title = crate::texts::phrases::run_title(lang(), run.0);
        view! { <p><a href=rooted(routes::run(run))>{title}</a></p> }
    });
    view! {
        <div class=class role="status">
            {icon(glyph)}
            <div>
                <p class="muted"><time datetime=at.rfc3339()>{time}</time></p>
                <p>{explanation.sentence.clone()}</p>
                {run}
            </div>
        </div>
    }
    .into_any()
}
