//! The admin page: links to tasks, users, channels, rules, summaries, rotas, people, calendars, blackouts, secrets, pools and nodes.

use leptos::prelude::*;

use crate::auth::Action;
use crate::error::{AppError, ErrorKind};
use crate::page::Counts;
use crate::routes;
use crate::server_fns::{
    fetch_blackouts, fetch_calendars, fetch_channels, fetch_nodes, fetch_overview, fetch_people,
    fetch_pools, fetch_rotas, fetch_rules, fetch_secrets, fetch_summaries, fetch_urge_defaults,
    fetch_users,
};
use crate::texts::audit::AuditUi;
use crate::texts::phrases;
use crate::texts::retention::RetentionUi;
use crate::ui::base::rooted;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::context::{
    blackouts_ui, calendars_ui, lang, may, messages_ui, nodes_ui, oncall_ui, people_ui, pools_ui,
    rules_ui, secrets_ui, set_status, summaries_ui, ui, urge_defaults_ui,
};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let ui = ui();
    if !may(Action::Administer) {
        set_status(403);
        let error = AppError::new(ErrorKind::Forbidden, "forbidden", ui.admin_forbidden);
        return load::error_view(error.with_hint(ui.admin_forbidden_hint));
    }
    let data = load::ask(|| (), |()| count());
    view! {
        {page_head(ui.nav_admin.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

async fn count() -> Result<Counts, AppError> {
    let overview = fetch_overview().await?;
    Ok(Counts {
        tasks: overview.active + overview.paused + overview.closed,
        dead_messages: overview.health.outbox_dead,
        users: fetch_users().await?.users.len(),
        channels: fetch_channels(None).await?.channels.len(),
        rules: fetch_rules(None, None).await?.rules.len(),
        calendars: fetch_calendars().await?.calendars.len(),
        blackouts: fetch_blackouts().await?.blackouts.len(),
        summaries: fetch_summaries(None, None).await?.summaries.len(),
        urge_defaults: fetch_urge_defaults(None).await?.defaults.len(),
        rotas: fetch_rotas(None).await?.rotas.len(),
        people: fetch_people(None).await?.people.len(),
        secrets: fetch_secrets(None).await?.secrets.len(),
        pools: fetch_pools().await?.pools.len(),
        nodes: fetch_nodes()
            .await?
            .nodes
            .iter()
            .filter(|node| node.alive)
            .count(),
    })
}

fn content(counts: Counts) -> AnyView {
    let (ui, calendars, blackouts) = (ui(), calendars_ui(), blackouts_ui());
    let urging = urge_defaults_ui();
    let (secrets, pools, nodes) = (secrets_ui(), pools_ui(), nodes_ui());
    let retention = RetentionUi::of(lang());
    let card = |href, glyph, title, text, count: String| {
        view! {
            <a class="card door" href=rooted(href)>
                {icon(glyph)}
                <span class="grow"><b>{title}</b> <small class="muted">{text}</small></span>
                <span class="number big">{count}</span>
            </a>
        }
        .into_any()
    };
    view! {
        <div class="doors">
            {card(routes::TASKS, icon::LIST, ui.tasks, ui.admin_tasks_text, counts.tasks.to_string())}
            {card(routes::USERS, icon::USER, ui.users, ui.users_text, counts.users.to_string())}
            {card(routes::CHANNELS, icon::SEND, ui.channels, ui.channels_text, counts.channels.to_string())}
            {card(routes::RULES, icon::BELL, rules_ui().rules, rules_ui().rules_text, counts.rules.to_string())}
            {card(routes::MESSAGES, icon::SEND, messages_ui().messages, messages_ui().messages_text, phrases::failed_messages(lang(), counts.dead_messages))}
            {card(routes::SUMMARIES, icon::LIST, summaries_ui().summaries, summaries_ui().summaries_text, counts.summaries.to_string())}
            {card(routes::URGE_DEFAULTS, icon::BELL, urging.urge_defaults, urging.urge_defaults_text, counts.urge_defaults.to_string())}
            {card(routes::ROTAS, icon::USER, oncall_ui().rotas, oncall_ui().rotas_text, counts.rotas.to_string())}
            {card(routes::PEOPLE, icon::CLOCK, people_ui().people, people_ui().people_text, counts.people.to_string())}
            {card(routes::CALENDARS, icon::CALENDAR, calendars.calendars, calendars.calendars_text, counts.calendars.to_string())}
            {card(routes::BLACKOUTS, icon::PAUSE, blackouts.blackouts, blackouts.blackouts_text, counts.blackouts.to_string())}
            {card(routes::SECRETS, icon::KEY, secrets.secrets, secrets.secrets_text, counts.secrets.to_string())}
            {card(routes::POOLS, icon::OVERVIEW, pools.pools, pools.pools_text, counts.pools.to_string())}
            {card(routes::RETENTION, icon::CLOCK, retention.retention, retention.retention_text, String::new())}
            {card(routes::AUDIT, icon::LIST, AuditUi::of(lang()).audit, AuditUi::of(lang()).audit_text, String::new())}
            {card(routes::NODES, icon::SERVER, nodes.nodes, nodes.nodes_text, counts.nodes.to_string())}
        </div>
    }
    .into_any()
}

/// Breadcrumbs of the pages below this one.
pub(crate) fn crumbs() -> AnyView {
    let name = ui().nav_admin;
    let way = match may(Action::Administer) {
        true => view! { <a href=rooted(routes::ADMIN)>{name}</a> }.into_any(),
        // The page above is refused to others.
        false => view! { <span>{name}</span> }.into_any(),
    };
    view! { <p class="crumbs">{way}</p> }.into_any()
}
