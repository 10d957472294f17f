//! Imports tasks of another scheduler: a form for its export, and an account of every task.

use leptos::prelude::*;

use super::listing::table;
use crate::import::{ImportedItem, ItemOutcome, Scheduler, TaskImportReport};
use crate::page::TaskImportPage;
use crate::routes;
use crate::server_fns::fetch_task_import;
use crate::texts::import_tasks;
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::field::{Faults, Field, input, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::context::{imports_ui, lang, task_import_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let words = task_import_ui();
    let page = load::once_alone(fetch_task_import, content);
    view! {
        <p class="crumbs"><a href=rooted(routes::TASKS)>{ui().tasks}</a></p>
        {page_head(words.title.to_owned(), ().into_any())}
        <p class="muted">{words.lead} " " <a href=rooted(routes::IMPORT)>{words.to_crontab}</a></p>
        {page}
    }
    .into_any()
}

fn content(page: TaskImportPage) -> AnyView {
    let scheduler = page.draft.scheduler;
    let report = page
        .report
        .as_ref()
        .map(|report| account(report, scheduler));
    view! {
        {report}
        {form(&page)}
    }
    .into_any()
}

fn account(report: &TaskImportReport, scheduler: Scheduler) -> AnyView {
    let (words, lang) = (task_import_ui(), lang());
    let next = (!report.dry_run && report.created > 0).then(|| {
        // Each has the scheduler as a tag, by which the list is filtered.
        let found = format!("{}?q=tag:{}", routes::TASKS, scheduler.as_str());
        view! { <p>{words.next_step} " " <a href=rooted(found)>{words.show_tasks}</a></p> }
    });
    let rows = report.items.iter().map(row).collect();
    let columns = [
        words.key,
        imports_ui().becomes,
        ui().state,
        imports_ui().remarks,
    ];
    view! {
        <div class="notice is-ok" role="status">
            {icon(icon::CHECK)}
            <div>
                <p>{import_tasks::summary(lang, report)}</p>
                {next}
            </div>
        </div>
        <section class="card flush">{table(&columns, false, rows, words.no_rows)}</section>
    }
    .into_any()
}

fn row(item: &ImportedItem) -> AnyView {
    let words = imports_ui();
    let name = visible(&item.name);
    let name = match item.id {
        Some(id) => view! { <a class="name" href=rooted(routes::task(id))>{name}</a> }.into_any(),
        None => view! { <b class="break">{name}</b> }.into_any(),
    };
    let (class, sign) = match item.outcome {
        ItemOutcome::Refused => ("bad", icon::ALERT),
        ItemOutcome::Created if item.paused => ("warn", icon::PAUSE),
        ItemOutcome::Created | ItemOutcome::Known => ("ok", icon::CHECK),
    };
    let outcome = import_tasks::outcome(lang(), item.outcome, item.paused);
    let place = (item.line > 0).then(|| import_tasks::at_line(lang(), item.line));
    let remarks = item.remarks.iter().map(|remark| {
        view! { <li>{place.clone()} {remark.text.clone()}</li> }
    });
    view! {
        <tr>
            <th scope="row" class="number">{visible(&item.key)}</th>
            <td data-label=words.becomes>{name} <span class="people">{item.cycle.clone()}</span></td>
            <td data-label=ui().state>{badge(class, sign, outcome)}</td>
            <td data-label=words.remarks><ul class="ignored">{remarks.collect_view()}</ul></td>
        </tr>
    }
    .into_any()
}

/// Posts to the page itself, also without JavaScript; the answer is the page with the account.
fn form(page: &TaskImportPage) -> AnyView {
    let (words, lang) = (task_import_ui(), lang());
    let faults = Faults(page.faults.clone());
    let draft = &page.draft;
    let field = |name: &'static str, label, value: &str, hint| {
        let field = Field {
            name: name.into(),
            label,
            value: value.to_owned(),
            hint,
            ..Field::default()
        };
        input(field, &faults)
    };
    // The ones that most people come from, first.
    let schedulers = [
        Scheduler::XxlJob,
        Scheduler::Gocron,
        Scheduler::Cronicle,
        Scheduler::Qinglong,
        Scheduler::Kubernetes,
        Scheduler::Systemd,
        Scheduler::Jcrontab,
    ];
    let options = schedulers.into_iter().map(|scheduler| {
        let words = import_tasks::scheduler(lang, scheduler).to_owned();
        (
            scheduler.as_str().to_owned(),
            words,
            scheduler == draft.scheduler,
        )
    });
    view! {
        <form method="post" action=rooted(routes::IMPORT_TASKS) class="card">
            {page.error.clone().map(load::failure)}
            {select("scheduler", words.scheduler, "", options.collect(), &faults)}
            {text_area("text", words.text, words.text_hint, &draft.text, &faults)}
            <div class="columns">
                {field("zone", words.zone, &draft.zone, words.zone_hint)}
                {field("channel", words.channel, &draft.channel, words.channel_hint)}
            </div>
            <div class="checks">{check("at_once".to_owned(), words.active, draft.active, None)}</div>
            <div class="controls">
                <button type="submit" name="action" value="check" class="button primary">{icon(icon::LIST)} {imports_ui().check}</button>
                <button type="submit" name="action" value="apply" class="button">{icon(icon::DOWNLOAD)} {imports_ui().apply}</button>
            </div>
        </form>
    }
    .into_any()
}
