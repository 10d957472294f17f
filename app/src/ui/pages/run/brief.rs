//! The brief of a failed run: what a person on call asks first, above the output.

use leptos::prelude::*;

use crate::i18n::Lang;
use crate::id::RunId;
use crate::routes;
use crate::run::brief::{Brief, LastSuccess, Others, OutputChange, OutputSide};
use crate::texts::brief::{BriefUi, changes, failing, last_success, others_count, output};
use crate::texts::phrases::run_title;
use crate::ui::base::rooted;
use crate::ui::components::fact;
use crate::ui::components::output::visible;
use crate::ui::components::runbook::runbook;
use crate::ui::context::{lang, ui};

/// The card.
pub(super) fn card(brief: &Brief) -> AnyView {
    let (lang, text) = (lang(), BriefUi::of(lang()));
    let changes: Vec<_> = changes(brief, lang)
        .iter()
        .map(|change| view! { <li>{visible(change)}</li> })
        .collect();
    let difference = match &brief.output {
        OutputChange::Differs { run, success } => Some(view! {
            <div class="brief-sides">
                {side(text.this_run, run, brief.run_id)}
                {side(text.last_success, success, brief.run_id)}
            </div>
        }),
        _ => None,
    };
    let steps = (!brief.runbook.is_empty()).then(|| {
        view! {
            <h3>{ui().runbook}</h3>
            {runbook(&brief.runbook)}
        }
    });
    view! {
        <section class="card brief">
            <h2>{text.title}</h2>
            <dl class="facts">
                {fact(text.since, since(brief, lang))}
                {fact(text.changed, view! { <ul>{changes}</ul> })}
                {fact(text.output, view! { {output(&brief.output, lang)} {difference} })}
                {(brief.others.count > 0).then(|| fact(text.others, others(&brief.others, lang)))}
            </dl>
            {steps}
        </section>
    }
    .into_any()
}

/// Since when, with the way to the first failure and to the last success.
fn since(brief: &Brief, lang: Lang) -> AnyView {
    let streak = &brief.streak;
    let words = failing(streak.times, streak.since, &brief.zone, lang);
    let first = match streak.first_run.filter(|first| *first != brief.run_id) {
        Some(first) => view! { <a href=rooted(routes::run(first))>{words}</a> }.into_any(),
        None => words.into_any(),
    };
    let words = last_success(brief, lang);
    let success = match &brief.success {
        LastSuccess::Run { run_id, .. } => {
            view! { <a href=rooted(routes::run(*run_id))>{words}</a> }.into_any()
        }
        LastSuccess::Never | LastSuccess::NotAmong { .. } => words.into_any(),
    };
    view! { <p>{first}</p> <p>{success}</p> }.into_any()
}

/// One side of the difference; each number leads to its line.
fn side(title: &'static str, side: &OutputSide, shown: RunId) -> AnyView {
    let link = |number: u64, words: String| {
        let href = if side.run_id == shown {
            format!("#L{number}")
        } else {
            routes::run_line(side.run_id, number)
        };
        // `external`: a plain navigation, so that the browser scrolls to the line.
        view! { <a href=rooted(href) rel="external">{words}</a> }
    };
    let title = format!("{title} {}", run_title(lang(), side.run_id.0));
    let lines = side.lines.iter().map(|line| {
        view! {
            <li>{link(line.number, line.number.to_string())} " " <code>{visible(&line.text)}</code></li>
        }
    });
    let none = side.lines.is_empty().then(|| {
        view! { <p class="muted">{BriefUi::of(lang()).no_lines}</p> }
    });
    view! {
        <div>
            <h3>{link(side.line, title)}</h3>
            <ul>{lines.collect_view()}</ul>
            {none}
        </div>
    }
    .into_any()
}

/// Other tasks that failed at about the same time.
fn others(others: &Others, lang: Lang) -> AnyView {
    let tasks = others.tasks.iter().map(|task| {
        view! { <li><a href=rooted(routes::run(task.run_id))>{visible(&task.name)}</a></li> }
    });
    view! {
        <p>{others_count(others.count, lang)}</p>
        <ul>{tasks.collect_view()}</ul>
    }
    .into_any()
}
