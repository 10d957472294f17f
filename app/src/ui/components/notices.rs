//! Notices for administrators.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::page::Notice;
use crate::ui::base::rooted;
use crate::ui::context::about_ui;

/// The notices as a box; nothing if there are none.
pub(crate) fn notices(all: Vec<Notice>) -> Option<AnyView> {
    if all.is_empty() {
        return None;
    }
    let ui = about_ui();
    let lines = all.into_iter().map(|notice| {
        let link = notice
            .link
            .map(|link| view! { " " <a href=rooted(link)>{ui.notice_link}</a> });
        view! { <p>{notice.text} {link}</p> }
    });
    Some(
        view! {
            <section class="notice is-warn" aria-label=ui.notices>
                {icon(icon::ALERT)}
                <div>{lines.collect_view()}</div>
            </section>
        }
        .into_any(),
    )
}
