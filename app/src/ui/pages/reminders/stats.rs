//! How quickly tickets were answered: medians by person, tag and hour.

use leptos::prelude::*;

use crate::duration::about_duration;
use crate::ticket::{Answered, TicketStats, hour_span};
use crate::ui::base::rooted;
use crate::ui::context::{lang, tickets_ui};
use crate::ui::pages::listing::table;

/// The medians; the link to them where they were not asked for, since they read thousands of tickets.
pub(super) fn section(stats: Option<&TicketStats>, href: &str) -> AnyView {
    let texts = tickets_ui();
    let Some(stats) = stats else {
        let href = href.to_owned();
        return view! { <p class="padded"><a href=rooted(href)>{texts.stats_show}</a></p> }
            .into_any();
    };
    let as_it_is: fn(&str) -> String = str::to_owned;
    let groups = [
        (texts.owner, &stats.owners, as_it_is),
        (texts.tag, &stats.tags, as_it_is),
        (texts.hour, &stats.hours, hour_span),
    ];
    let tables: Vec<AnyView> = groups
        .into_iter()
        // Without tickets there are no owners either, and one table says so.
        .filter(|(heading, rows, _)| !rows.is_empty() || *heading == texts.owner)
        .map(|(heading, rows, name)| {
            let rows = rows.iter().map(|group| row(group, name)).collect();
            let columns = [
                heading,
                texts.stats_count,
                texts.stats_take,
                texts.stats_done,
            ];
            table(&columns, false, rows, texts.stats_none)
        })
        .collect();
    view! {
        <section class="card flush" id="stats">
            <h2 class="padded">{texts.stats}</h2>
            <p class="muted padded">{texts.stats_text}</p>
            {tables}
        </section>
    }
    .into_any()
}

fn row(group: &Answered, name: fn(&str) -> String) -> AnyView {
    let (texts, lang) = (tickets_ui(), lang());
    let median = |seconds: Option<i64>| {
        seconds.map_or_else(|| "–".to_owned(), |seconds| about_duration(seconds, lang))
    };
    let name = match group.name.as_str() {
        "" => texts.unowned.to_owned(),
        group => name(group),
    };
    view! {
        <tr>
            <th scope="row"><span class="break">{name}</span></th>
            <td data-label=texts.stats_count>{group.count}</td>
            <td data-label=texts.stats_take>{median(group.acknowledge_seconds)}</td>
            <td data-label=texts.stats_done>{median(group.done_seconds)}</td>
        </tr>
    }
    .into_any()
}
