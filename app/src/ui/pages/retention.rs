//! How long history is kept.

use leptos::prelude::*;

use super::listing::framed;
use crate::auth::Action;
use crate::page::RetentionPage;
use crate::routes;
use crate::server_fns::fetch_retention;
use crate::texts::retention::RetentionUi;
use crate::ui::base::rooted;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{lang, may, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let form = load::once_alone(fetch_retention, form);
    framed(RetentionUi::of(lang()).retention, || None, form)
}

fn form(page: RetentionPage) -> AnyView {
    let (texts, faults) = (RetentionUi::of(lang()), Faults(page.faults));
    let field = |name: &'static str, label, value: String| {
        let field = Field {
            name: name.into(),
            label,
            value,
            kind: "number",
            hint: texts.hint,
            ..Field::default()
        };
        input(field, &faults)
    };
    let draft = page.draft;
    let save = may(Action::Administer).then(|| {
        view! { <button type="submit" class="button primary">{icon(icon::CHECK)} {ui().save}</button> }
    });
    view! {
        <form method="post" action=rooted(routes::RETENTION) class="card">
            <input type="hidden" name="version" value=page.version/>
            {page.error.map(load::failure)}
            <p class="muted">{texts.spared}</p>
            <div class="columns">
                {field("run_days", texts.run_days, draft.run_days)}
                {field("runs", texts.runs, draft.runs)}
                {field("output_mib", texts.output_mib, draft.output_mib)}
                {field("message_days", texts.message_days, draft.message_days)}
                {field("audit_days", texts.audit_days, draft.audit_days)}
                {field("ticket_days", texts.ticket_days, draft.ticket_days)}
                {field("count_days", texts.count_days, draft.count_days)}
            </div>
            {save}
        </form>
    }
    .into_any()
}
