//! Imports a crontab: a form, an account of every line, and the lines that were imported.

use leptos::prelude::*;

use super::listing::table;
use crate::import::{
    CrontabImport, CrontabSource, Flavor, Format, ImportReport, ImportedLine, LineKind, LineReport,
    OfferKind, SourceReport,
};
use crate::page::ImportPage;
use crate::routes;
use crate::server_fns::fetch_import;
use crate::task::place_text;
use crate::texts::imports;
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::field::{Faults, Field, input, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::context::{imports_ui, lang, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let page = load::once_alone(fetch_import, content);
    view! {
        <p class="crumbs"><a href=rooted(routes::TASKS)>{ui().tasks}</a></p>
        {page_head(imports_ui().import.to_owned(), ().into_any())}
        <p class="muted"><a href=rooted(routes::IMPORT_TASKS)>{imports_ui().other_schedulers}</a></p>
        {page}
    }
    .into_any()
}

fn content(page: ImportPage) -> AnyView {
    let report = page.report.as_ref().map(account);
    view! {
        {report}
        {form(&page)}
        {imported(page.lines, page.more)}
    }
    .into_any()
}

fn account(report: &ImportReport) -> AnyView {
    let words = imports_ui();
    let next = (!report.dry_run && report.created > 0).then(|| view! { <p>{words.next_step}</p> });
    let sources = report.sources.iter().map(source);
    view! {
        <div class="notice is-ok" role="status">
            {icon(icon::CHECK)}
            <div>
                <p>{imports::summary(lang(), report)}</p>
                {next}
            </div>
        </div>
        {sources.collect_view()}
    }
    .into_any()
}

fn source(source: &SourceReport) -> AnyView {
    let (words, lang) = (imports_ui(), lang());
    let shown = |line: &&LineReport| {
        matches!(
            line.kind,
            LineKind::Entry | LineKind::Taken | LineKind::Fault
        ) || !line.remarks.is_empty()
    };
    let rows = source.lines.iter().filter(shown).map(row).collect();
    let columns = [words.line, words.content, words.becomes, words.remarks];
    let kinds = [
        LineKind::Entry,
        LineKind::Taken,
        LineKind::Fault,
        LineKind::Variable,
        LineKind::Comment,
        LineKind::Blank,
    ];
    let counts = kinds.into_iter().filter_map(|kind| {
        let count = source.lines.iter().filter(|line| line.kind == kind).count();
        (count > 0).then(|| imports::counted(lang, kind, count))
    });
    let counts: Vec<String> = counts.collect();
    let heading = imports::heading(lang, &source.host, &source.path);
    view! {
        <section class="card flush">
            <h2 class="padded">{heading}</h2>
            <p class="muted padded">{counts.join(lang.pick("，", ", "))}</p>
            {table(&columns, false, rows, words.no_rows)}
        </section>
    }
    .into_any()
}

fn row(line: &LineReport) -> AnyView {
    let words = imports_ui();
    let task = line.task.as_ref().map(|task| {
        let mark = match task.known {
            true => words.known_task,
            false => words.new_task,
        };
        let name = visible(&task.name);
        let name = match task.id {
            Some(id) => {
                view! { <a class="name" href=rooted(routes::task(id))>{name}</a> }.into_any()
            }
            None => view! { <b class="break">{name}</b> }.into_any(),
        };
        view! {
            {name}
            <span class="people"><span class="tag">{mark}</span> {task.cycle.clone()}</span>
        }
    });
    let fault =
        (line.kind == LineKind::Fault).then(|| badge("bad", icon::ALERT, imports_ui().fault));
    let remarks = line.remarks.iter().map(|remark| {
        let column = remark.column.map(|at| format!("{}:{at} ", line.number));
        view! { <li>{column} {remark.text.clone()}</li> }
    });
    let offers = line.offers.iter().map(|offer| {
        view! { <li><code>{offer.wrapper.clone()}</code> " " {offer.text.clone()}</li> }
    });
    view! {
        <tr>
            <th scope="row" class="number">{line.number}</th>
            <td data-label=words.content><code class="break">{visible(&line.text)}</code></td>
            <td data-label=words.becomes>{task} {fault}</td>
            <td data-label=words.remarks>
                <ul class="ignored">{remarks.collect_view()} {offers.collect_view()}</ul>
            </td>
        </tr>
    }
    .into_any()
}

/// Posts to the page itself, also without JavaScript; the answer is the page with the account.
fn form(page: &ImportPage) -> AnyView {
    let (words, lang) = (imports_ui(), lang());
    let faults = Faults(page.faults.clone());
    let draft = &page.draft;
    let source = draft.sources.first().cloned().unwrap_or_default();
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
    view! {
        <form method="post" action=rooted(routes::IMPORT) class="card">
            {page.error.clone().map(load::failure)}
            {text_area("text", words.text, words.text_hint, &source.text, &faults)}
            <div class="columns">
                {field("host", words.host, &source.host, words.host_hint)}
                {field("path", words.path, &source.path, words.path_hint)}
                {field("user", words.user, &source.user, words.user_hint)}
                {field("zone", words.zone, &draft.zone, words.zone_hint)}
                {formats(&source, &faults)}
                {flavors(draft, &faults)}
            </div>
            <fieldset class="checks">
                <legend>{words.accept}</legend>
                {OfferKind::ALL.into_iter().map(|kind| {
                    let name = format!("accept_{}", kind.as_str());
                    check(name, imports::offer(lang, kind), draft.accept.contains(&kind), None)
                }).collect_view()}
            </fieldset>
            <div class="checks">
                {check("as_server_user".to_owned(), words.as_server_user, draft.as_server_user, None)}
            </div>
            <div class="controls">
                <button type="submit" name="action" value="check" class="button primary">{icon(icon::LIST)} {words.check}</button>
                <button type="submit" name="action" value="apply" class="button">{icon(icon::DOWNLOAD)} {words.apply}</button>
            </div>
        </form>
    }
    .into_any()
}

fn formats(source: &CrontabSource, faults: &Faults) -> AnyView {
    let options = Format::ALL.into_iter().map(|format| {
        let words = imports::format(lang(), format).to_owned();
        (format.as_str().to_owned(), words, format == source.format)
    });
    select("format", imports_ui().format, "", options.collect(), faults)
}

fn flavors(draft: &CrontabImport, faults: &Faults) -> AnyView {
    let options = Flavor::ALL.into_iter().map(|flavor| {
        let words = imports::flavor(lang(), flavor).to_owned();
        (flavor.as_str().to_owned(), words, flavor == draft.flavor)
    });
    select("flavor", imports_ui().flavor, "", options.collect(), faults)
}

fn imported(lines: Vec<ImportedLine>, more: bool) -> AnyView {
    let (words, lang) = (imports_ui(), lang());
    let rows = lines.iter().map(|line| {
        let state = match line.held {
            true => badge("warn", icon::PAUSE, words.held),
            false => badge("ok", icon::CHECK, words.taken),
        };
        let place = place_text(&line.host, &line.path, lang);
        view! {
            <tr>
                <th scope="row"><a class="name" href=rooted(routes::task(line.task_id))>{visible(&line.task)}</a></th>
                <td data-label=ui().state>{state}</td>
                <td data-label=words.path>{place.trim().to_owned()}</td>
                <td data-label=words.content><code class="break">{visible(&line.line)}</code></td>
            </tr>
        }
        .into_any()
    });
    let columns = [words.becomes, ui().state, words.path, words.content];
    let more = more.then(|| view! { <p class="muted padded">{words.imported_more}</p> });
    view! {
        <section class="card flush">
            <h2 class="padded">{words.imported}</h2>
            {table(&columns, false, rows.collect(), words.imported_none)}
            {more}
        </section>
    }
    .into_any()
}
