//! The task list: search, state, order and page are in the URL.

use leptos::html::Input;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

use crate::auth::Action;
use crate::page::{TaskListPage, TaskRow};
use crate::routes;
use crate::server_fns::fetch_task_list;
use crate::task::{HealthFilter, TaskCursor, TaskOrder, TaskQuery, TaskState};
use crate::texts::{health as words, phrases};
use crate::transition::Word;
use crate::ui::base::rooted;
use crate::ui::components::controls::Controls;
use crate::ui::components::cycle::in_force;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::{code_block, visible};
use crate::ui::components::state::{HealthDetail, health, run_state};
use crate::ui::components::strip::strip;
use crate::ui::components::time::Clock;
use crate::ui::components::{blank, heading};
use crate::ui::context::{health_ui, imports_ui, lang, may, ui};
use crate::ui::live::live;
use crate::ui::load;
use crate::ui::title::health_title;

/// The equivalent command for a first task; shown while there is none.
fn cli_example() -> String {
    let name = lang().pick("每日备份", "nightly backup");
    format!("jcrontab task add --name '{name}' --cron '0 2 * * *' --command '/opt/backup.sh'")
}

/// The page.
pub(crate) fn page() -> AnyView {
    let ui = ui();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        TaskQuery {
            q: query.get("q").unwrap_or_default(),
            state: query.get("state").and_then(|word| TaskState::read(&word)),
            health: query
                .get("state")
                .and_then(|word| HealthFilter::read(&word)),
            order: query
                .get("sort")
                .and_then(|word| TaskOrder::read(&word))
                .unwrap_or(TaskOrder::Worst),
            after: query.get("after").and_then(|after| after.parse().ok()),
            ..TaskQuery::default()
        }
    });
    // An unknown state: showing all tasks would look like an answer.
    let odd = Memo::new(move |_| {
        let state = query.read().get("state").unwrap_or_default();
        let known = state.is_empty()
            || TaskState::read(&state).is_some()
            || HealthFilter::read(&state).is_some();
        (!known).then_some(state)
    });
    let controls = Controls::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (asked.get(), seen.get(), controls.version()),
        |(query, ..)| fetch_task_list(query),
    );
    let new = may(Action::Edit).then(|| {
        view! {
            <a class="button" href=rooted(routes::IMPORT)>{icon(icon::DOWNLOAD)} {imports_ui().import}</a>
            <a class="button primary" href=rooted(routes::TASK_NEW)>{icon(icon::PLUS)} {ui.new_task}</a>
        }
    });
    view! {
        {heading(ui.tasks.to_owned(), new.into_any())}
        {controls.outcome()}
        // Outside the refreshed part: words being typed must stay.
        {move || filter(&asked.get())}
        {load::page(data, move |page| {
            let page = StoredValue::new(page);
            let shown = move || match odd.get() {
                Some(state) => no_such_state(&state),
                None => content(page.get_value(), controls),
            };
            let failing = page.with_value(|page| page.counts.failing);
            view! {
                {health_title(words::title_with_failing(failing, ui.tasks), failing > 0)}
                {page.with_value(chips)}
                {shown}
            }
            .into_any()
        })}
    }
    .into_any()
}

fn content(page: TaskListPage, controls: Controls) -> AnyView {
    let ui = ui();
    let filtered = is_filtered(&page.query);
    if page.items.is_empty() && !filtered && page.query.after.is_none() {
        return view! {
            <section class="card">
                {blank(icon::CLOCK, ui.empty_tasks_title, ui.empty_tasks_text, first_steps())}
            </section>
        }
        .into_any();
    }
    let rows = if page.items.is_empty() {
        let clear =
            view! { <p><a class="button" href=rooted(routes::TASKS)>{ui.clear_filter}</a></p> };
        blank(
            icon::SEARCH,
            ui.no_match_title,
            ui.no_match_text,
            clear.into_any(),
        )
    } else {
        table(&page, controls)
    };
    let unknown = (!page.unknown.is_empty()).then(|| {
        let text = words::unknown_filters(lang(), &page.unknown);
        view! { <p class="muted">{text}</p> }
    });
    view! {
        {unknown}
        <section class="card flush">
            <p class="sr" role="status">{phrases::shown(lang(), page.items.len(), page.next.is_some())}</p>
            {rows}
        </section>
        {pager(&page)}
        {page.query.health.is_none().then(|| export(&page.query))}
    }
    .into_any()
}

/// Whether not all tasks are asked for.
fn is_filtered(query: &TaskQuery) -> bool {
    !query.q.is_empty() || query.state.is_some() || query.health.is_some()
}

/// The states as links, each with the number of its tasks.
fn chips(page: &TaskListPage) -> Option<AnyView> {
    let (ui, text, counts) = (ui(), health_ui(), page.counts);
    if counts.all == 0 {
        return None;
    }
    let health = |health| (None, Some(health));
    let state = |state| (Some(state), None);
    let chips = [
        ((None, None), text.all, counts.all),
        (health(HealthFilter::Failing), text.failing, counts.failing),
        (health(HealthFilter::Running), text.running, counts.running),
        (health(HealthFilter::Chasing), ui.urging, counts.chasing),
        (state(TaskState::Paused), ui.task_paused, counts.paused),
        (state(TaskState::Closed), ui.task_closed, counts.closed),
    ];
    let query = &page.query;
    let links = chips.map(|((state, health), word, count)| {
        let current = (query.state, query.health) == (state, health);
        let href = rooted(address(&TaskQuery {
            state,
            health,
            after: None,
            ..query.clone()
        }));
        view! {
            <a class="chip" href=href aria-current=current.then_some("true")>
                <span>{word}</span> <b class="number">{count}</b>
            </a>
        }
        .into_any()
    });
    let links = links.into_iter().collect_view();
    Some(view! { <nav class="chips" aria-label=text.health>{links}</nav> }.into_any())
}

/// The query of the page as it is opened without any.
fn everything() -> TaskQuery {
    TaskQuery {
        order: TaskOrder::Worst,
        ..TaskQuery::default()
    }
}

/// All tasks that match as a file. No link of the site: the browser saves what comes.
fn export(query: &TaskQuery) -> AnyView {
    // It has an order of its own.
    let params = parts(&TaskQuery {
        after: None,
        order: TaskOrder::Worst,
        ..query.clone()
    });
    let href = format!("{}{}", routes::TASKS_EXPORT, params.to_query_string());
    view! {
        <p>
            <a class="button small" href=rooted(href) rel="external" download="">
                {icon(icon::DOWNLOAD)} {ui().export_tasks}
            </a>
        </p>
    }
    .into_any()
}

fn no_such_state(state: &str) -> AnyView {
    let ui = ui();
    let link = view! {
        <p class="muted">{phrases::no_such_state(lang(), state)}</p>
        <p><a class="button" href=rooted(routes::TASKS)>{ui.clear_filter}</a></p>
    };
    view! {
        <section class="card flush">
            {blank(icon::SEARCH, ui.no_match_title, ui.no_such_state_text, link.into_any())}
        </section>
    }
    .into_any()
}

fn first_steps() -> AnyView {
    let ui = ui();
    view! {
        {may(Action::Edit).then(|| view! {
            <p><a class="button primary" href=rooted(routes::TASK_NEW)>{icon(icon::PLUS)} {ui.new_task}</a></p>
        })}
        <p class="muted">{ui.empty_tasks_cli}</p>
        {code_block(&cli_example())}
    }
    .into_any()
}

/// A GET form: without JavaScript the browser sends it, with it the address changes in place.
fn filter(query: &TaskQuery) -> AnyView {
    let ui = ui();
    let filtered = is_filtered(query);
    let (typed, field) = (query.q.clone(), NodeRef::<Input>::new());
    let navigate = use_navigate();
    let kept = TaskQuery {
        after: None,
        ..query.clone()
    };
    let fixed = parts(&TaskQuery {
        q: String::new(),
        ..kept.clone()
    });
    let hidden = fixed
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value/> })
        .collect_view();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let q = field.get_untracked().map(|field| field.value());
        let query = TaskQuery {
            q: q.unwrap_or_default(),
            ..kept.clone()
        };
        navigate(&address(&query), NavigateOptions::default());
    };
    view! {
        <form method="get" action=rooted(routes::TASKS) class="filter" role="search" on:submit=submit>
            <input
                type="search" name="q" value=typed.clone() prop:value=typed node_ref=field
                placeholder=ui.search_hint aria-label=ui.search autocomplete="off"
            />
            {hidden}
            <button type="submit" class="button">{icon(icon::SEARCH)} <span>{ui.search}</span></button>
            {filtered.then(|| view! { <a class="quiet" href=rooted(routes::TASKS)>{ui.clear_filter}</a> })}
        </form>
    }
    .into_any()
}

/// The list's address with the whole query.
fn address(query: &TaskQuery) -> String {
    format!("{}{}", routes::TASKS, parts(query).to_query_string())
}

fn parts(query: &TaskQuery) -> ParamsMap {
    let mut params = ParamsMap::new();
    if !query.q.is_empty() {
        params.insert("q", query.q.clone());
    }
    let word = query.state.map(TaskState::as_str);
    if let Some(word) = word.or(query.health.map(HealthFilter::as_str)) {
        params.insert("state", word.to_owned());
    }
    if query.order != TaskOrder::Worst {
        params.insert("sort", query.order.as_str().to_owned());
    }
    if let Some(after) = query.after {
        params.insert("after", after.to_string());
    }
    params
}

fn table(page: &TaskListPage, controls: Controls) -> AnyView {
    let ui = ui();
    let clock = Clock::new(page.clock.clone());
    let operate = may(Action::Operate);
    let rows = page.items.iter().map(|item| {
        let mut zones = page.zones.iter();
        // A firing is shown in the zone of its schedule.
        let own = zones
            .find(|zone| zone.name == item.zone)
            .map(|zone| clock.in_zone(zone));
        let clock = own.as_ref().unwrap_or(&clock);
        row(item, clock, operate.then_some(controls))
    });
    let sorted = |order: TaskOrder, word: &'static str| {
        let href = rooted(address(&TaskQuery {
            order,
            after: None,
            ..page.query.clone()
        }));
        let direction = match order {
            TaskOrder::Name => "ascending",
            TaskOrder::Newest | TaskOrder::Worst => "descending",
        };
        let current = page.query.order == order;
        view! { <th scope="col" aria-sort=current.then_some(direction)><a href=href>{word}</a></th> }
    };
    view! {
        <table class="rows tasks">
            <thead>
                <tr>
                    {sorted(TaskOrder::Worst, health_ui().health)}
                    {sorted(TaskOrder::Name, ui.field_name)}
                    <th scope="col">{ui.cycle}</th>
                    <th scope="col">{ui.next_firing}</th>
                    <th scope="col">{ui.last_run}</th>
                    <th scope="col">{health_ui().recent}</th>
                    {operate.then(|| view! { <th scope="col"><span class="sr">{ui.actions}</span></th> })}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(task: &TaskRow, clock: &Clock, controls: Option<Controls>) -> AnyView {
    let (ui, lang) = (ui(), lang());
    let last = match &task.last_run {
        Some(run) => view! {
            <a class="state-link" href=rooted(routes::run(run.id))>{run_state(run.state)}</a>
            <small class="muted">
                {clock.relative(run.started_at)} " · " {clock.lasted(run.state, run.started_at, run.finished_at)}
            </small>
        }
        .into_any(),
        None => view! { <span class="muted">{ui.never_ran}</span> }.into_any(),
    };
    let next = match task.next_at {
        Some(at) => clock.both(at),
        None => view! { <span class="muted">"—"</span> }.into_any(),
    };
    let name = task.name.clone();
    let label = move |what: &'static str| phrases::for_task(lang, what, &name);
    view! {
        <tr>
            <td>{health((task.state, task.urging), task.health, clock, HealthDetail::default())}</td>
            <th scope="row">
                <a class="name" href=rooted(routes::task(task.id))>{task.name.clone()}</a>
                {people(&task.owners, &task.tags)}
                {task.error.clone().map(|line| view! { <code class="error-line" title=line.clone()>{visible(&line)}</code> })}
            </th>
            <td data-label=ui.cycle>{in_force(task.cycle.clone())}</td>
            <td data-label=ui.next_firing>{next}</td>
            <td data-label=ui.last_run><span class="last">{last}</span></td>
            <td>{strip(&task.recent)}</td>
            {controls.map(|controls| view! {
                <td class="row-actions">
                    <div>
                        {controls.start(task.id, task.asks, "button small", label.clone())}
                        {controls.pause_or_restore(task.id, task.state, "button small", label)}
                    </div>
                </td>
            })}
        </tr>
    }
    .into_any()
}

/// Owners and tags, each leading to its tasks.
pub(super) fn people(owners: &[String], tags: &[String]) -> Option<AnyView> {
    if owners.is_empty() && tags.is_empty() {
        return None;
    }
    let comma = lang().pick("、", ", ");
    let owned = (!owners.is_empty()).then(|| {
        let owners = owners.iter().enumerate().map(|(at, owner)| {
            let separator = (at > 0).then_some(comma);
            view! { {separator} <a href=found("owner", owner)>{owner.clone()}</a> }
        });
        view! { <span>{owners.collect_view()}</span> }
    });
    let tags = tags
        .iter()
        .map(|tag| view! { <a class="tag" href=found("tag", tag)>{tag.clone()}</a> });
    Some(
        view! {
            <span class="people">
                {owned}
                {tags.collect_view()}
            </span>
        }
        .into_any(),
    )
}

/// The tasks of an owner, or with a tag.
fn found(what: &str, name: &str) -> String {
    let quoted = match name.contains(char::is_whitespace) {
        true => format!("{what}:\"{name}\""),
        false => format!("{what}:{name}"),
    };
    rooted(address(&TaskQuery {
        q: quoted,
        ..everything()
    }))
}

fn pager(page: &TaskListPage) -> AnyView {
    let ui = ui();
    let link = |after: Option<TaskCursor>| {
        address(&TaskQuery {
            after,
            ..page.query.clone()
        })
    };
    view! {
        <nav class="pager" aria-label=ui.more>
            {page.query.after.map(|_| view! { <a class="button" href=rooted(link(None))>{ui.first_page}</a> })}
            {page.next.map(|next| view! { <a class="button" href=rooted(link(Some(next)))>{ui.more} {icon(icon::CHEVRON)}</a> })}
        </nav>
    }
    .into_any()
}
