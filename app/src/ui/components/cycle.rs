//! A cycle in words and firings, also while it is being typed.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::cron::CronExpr;
use crate::i18n::Lang;
use crate::page::{Preview, PreviewRequest};
use crate::server_fns::fetch_preview;
use crate::time::{Stamp, ZoneRules};
use crate::ui::context::{lang, ui};

/// A pause in typing that is long enough to ask the server.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(350);

/// The cycle in words; the expression itself where it cannot be read.
pub(crate) fn words(cron: &str, lang: Lang) -> String {
    CronExpr::parse(cron).map_or_else(|_| cron.to_owned(), |expr| expr.describe(lang))
}

/// Words, with the expression beside them.
pub(crate) fn cycle(cron: &str) -> AnyView {
    view! {
        <span class="cycle">
            <span>{words(cron, lang())}</span>
            <code>{cron.to_owned()}</code>
        </span>
    }
    .into_any()
}

/// The next firings as a list.
pub(crate) fn firings(zone: &ZoneRules, next: &[Stamp]) -> AnyView {
    if next.is_empty() {
        return view! { <p class="muted">{ui().no_firings}</p> }.into_any();
    }
    let lines = next.iter().map(|at| {
        view! {
            <li>
                <time datetime=at.rfc3339()>
                    {zone.local(*at)} " " <span class="muted">{zone.offset_text(*at)}</span>
                </time>
            </li>
        }
    });
    view! { <ol class="firings">{lines.collect_view()}</ol> }.into_any()
}

/// Warnings as a list; nothing where there are none.
pub(crate) fn warnings(texts: Vec<String>) -> Option<AnyView> {
    (!texts.is_empty()).then(|| {
        let lines = texts
            .into_iter()
            .map(|text| view! { <li>{icon(icon::ALERT)} <span>{text}</span></li> });
        view! { <ul class="warnings">{lines.collect_view()}</ul> }.into_any()
    })
}

/// What the typed expression depends on.
#[derive(Clone, Copy)]
pub(crate) struct Typed {
    /// The expression.
    pub(crate) cron: RwSignal<String>,
    /// The zone.
    pub(crate) zone: RwSignal<String>,
    /// Start of the window.
    pub(crate) starts_at: RwSignal<String>,
    /// End of the window.
    pub(crate) ends_at: RwSignal<String>,
}

impl Typed {
    fn request(self) -> PreviewRequest {
        PreviewRequest {
            cron: self.cron.get(),
            zone: self.zone.get(),
            starts_at: self.starts_at.get(),
            ends_at: self.ends_at.get(),
            ..PreviewRequest::default()
        }
    }

    /// What is wrong with the expression, found in the browser.
    pub(crate) fn fault(self) -> Signal<Option<String>> {
        let (lang, sent) = (lang(), self.cron.get_untracked());
        Signal::derive(move || {
            let text = self.cron.get();
            // What was sent is judged by the server; an empty field is not worth a reproach yet.
            if text == sent || text.trim().is_empty() {
                return None;
            }
            CronExpr::parse(&text).err().map(|fault| fault.text(lang))
        })
    }
}

/// Words, warnings and firings of what is typed; `initial` is the server's for what was sent.
pub(crate) fn preview(typed: Typed, initial: Option<Preview>) -> AnyView {
    let (ui, here) = (ui(), lang());
    let there = here.pick(Lang::En, Lang::Zh);
    let known = RwSignal::new(initial);
    follow(typed, known);
    let expr = Memo::new(move |_| CronExpr::parse(&typed.cron.get()).ok());
    let text = move || {
        expr.get().map(|expr| {
            let own: Vec<String> = expr
                .warnings()
                .iter()
                .map(|warning| warning.text(here))
                .collect();
            let more = known.get().map(|known| known.warnings).unwrap_or_default();
            let all = more
                .into_iter()
                .filter(|text| !own.contains(text))
                .collect::<Vec<_>>();
            view! {
                <p class="words">{expr.describe(here)}</p>
                <p class="muted" lang=there.tag()>{expr.describe(there)}</p>
                {warnings(own.into_iter().chain(all).collect())}
            }
        })
    };
    view! {
        <div class="preview">
            <h3>{ui.preview}</h3>
            <div aria-live="polite">{text}</div>
            {move || match known.get() {
                Some(known) => firings(&known.zone, &known.next),
                None => view! { <p class="muted">{ui.preview_empty}</p> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// Asks the server anew after every pause in typing; an answer to an older question is dropped.
fn follow(typed: Typed, known: RwSignal<Option<Preview>>) {
    let asked = StoredValue::new(0_u32);
    Effect::new(move |before: Option<PreviewRequest>| {
        let request = typed.request();
        if before.is_some_and(|before| before != request) {
            asked.update_value(|count| *count += 1);
            let turn = asked.get_value();
            let request = request.clone();
            set_timeout(
                move || {
                    if asked.try_get_value() == Some(turn) {
                        ask(request, turn, asked, known);
                    }
                },
                PAUSE,
            );
        }
        request
    });
}

fn ask(
    request: PreviewRequest,
    turn: u32,
    asked: StoredValue<u32>,
    known: RwSignal<Option<Preview>>,
) {
    leptos::task::spawn_local(async move {
        let answer = if request.cron.trim().is_empty() || CronExpr::parse(&request.cron).is_err() {
            None
        } else {
            fetch_preview(request).await.ok()
        };
        // The page may be gone by now.
        if asked.try_get_value() == Some(turn) {
            known.try_set(answer);
        }
    });
}
