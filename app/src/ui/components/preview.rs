//! The meaning of a cycle, while it is being typed.

mod reader;

use leptos::prelude::*;

use reader::{Reading, read_schedules};

use super::cycle::warnings;
use super::firings::firings;
use crate::id::TaskId;
use crate::page::{Preview, PreviewRequest};
use crate::schedule::ScheduleDraft;
use crate::server_fns::fetch_preview;
use crate::task::split_list;
use crate::texts::plan;
use crate::ui::context::{lang, ui};
use crate::ui::live::live;

/// A pause in typing after which the server is asked.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(350);

/// The input that the firings depend on.
#[derive(Clone, Copy)]
pub(crate) struct Typed {
    /// The schedules.
    pub(crate) schedules: Signal<Vec<ScheduleDraft>>,
    /// The rest of the form.
    pub(crate) around: Around,
}

/// What all schedules of a task share.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// The task, if it is saved.
    pub(crate) task: Option<TaskId>,
    /// The zone.
    pub(crate) zone: RwSignal<String>,
    /// Start of the window.
    pub(crate) starts_at: RwSignal<String>,
    /// End of the window.
    pub(crate) ends_at: RwSignal<String>,
    /// The tags, which may select blackouts.
    pub(crate) tags: RwSignal<String>,
}

impl Typed {
    fn request(self) -> PreviewRequest {
        let zone = self.around.zone.get();
        PreviewRequest {
            schedules: filled(self.schedules.get()),
            task_id: self.around.task,
            tags: split_list(&self.around.tags.get()),
            viewer_zone: live().viewer_beside(&zone),
            zone,
            starts_at: self.around.starts_at.get(),
            ends_at: self.around.ends_at.get(),
            ..PreviewRequest::default()
        }
    }
}

/// Without blank lines.
fn filled(mut drafts: Vec<ScheduleDraft>) -> Vec<ScheduleDraft> {
    drafts.retain(|draft| !draft.is_blank());
    drafts
}

/// The fault of a schedule's text, found in the browser.
pub(crate) fn fault(
    draft: impl Fn() -> ScheduleDraft + Send + Sync + 'static,
) -> Signal<Option<String>> {
    let lang = lang();
    let sent = untrack(&draft);
    let found = RwSignal::new(None::<String>);
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let draft = draft();
        turn.update_value(|turn| *turn += 1);
        // The server judges what was sent; an empty field is not reported yet.
        if draft.is_blank() || (draft.spec == sent.spec && draft.dialect == sent.dialect) {
            found.set(None);
            return;
        }
        let now = turn.get_value();
        leptos::task::spawn_local(async move {
            // If nothing can be read here, the server does it when the form is sent.
            let read = read_schedules(vec![draft], lang).await.unwrap_or_default();
            if turn.try_get_value() == Some(now) {
                found.try_set(read.into_iter().find_map(|reading| reading.fault));
            }
        });
    });
    found.into()
}

/// What is known about the input.
#[derive(Clone, Copy)]
struct PreviewState {
    /// The preview, if there is no fault.
    preview: RwSignal<Option<Preview>>,
    /// The fault: it may concern another field than the schedule, such as the zone.
    refused: RwSignal<Option<String>>,
    /// What the browser says about the schedules; `None` until something is typed.
    readings: RwSignal<Option<Vec<Reading>>>,
}

/// Description, warnings and firings of the input; `initial` is the server's preview of the form as sent.
pub(crate) fn preview(typed: Typed, initial: Option<Preview>) -> AnyView {
    let ui = ui();
    let known = PreviewState {
        preview: RwSignal::new(initial),
        refused: RwSignal::new(None),
        readings: RwSignal::new(None),
    };
    follow(typed, known);
    view! {
        <div class="preview">
            <h3>{ui.preview}</h3>
            <div aria-live="polite">{move || explained(known.readings.get(), known.preview.get())}</div>
            {move || match (known.preview.get(), known.refused.get()) {
                (Some(known), _) => firings(&known),
                (None, Some(why)) => view! { <p class="muted">{why}</p> }.into_any(),
                (None, None) => view! { <p class="muted">{ui.preview_empty}</p> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// Each schedule in words, and things to know; nothing while one of them has a fault.
fn explained(readings: Option<Vec<Reading>>, known: Option<Preview>) -> Option<AnyView> {
    let here = lang();
    let (mut all, mut texts) = (Vec::new(), Vec::new());
    for reading in readings.iter().flatten() {
        all.push(reading.words.clone()?);
        texts.extend(reading.warnings.iter().cloned());
    }
    if let Some(known) = known {
        texts.extend(known.warnings);
        for schedule in known.schedules {
            if readings.is_none() {
                all.push(schedule.words);
            }
            texts.extend(schedule.warnings);
        }
    }
    let numbered = all.len() > 1;
    let words = all.into_iter().enumerate().map(|(at, words)| {
        let number = numbered.then(|| {
            view! { <span class="tag">{plan::schedule_tag(here, at + 1)}</span> }
        });
        view! { <p class="words">{number} " " {words}</p> }
    });
    let mut each: Vec<String> = Vec::new();
    for text in texts {
        if !each.contains(&text) {
            each.push(text);
        }
    }
    Some(view! { {words.collect_view()} {warnings(each)} }.into_any())
}

/// Reads the schedules at once, and asks the server after every pause in typing; answers to older input are dropped.
fn follow(typed: Typed, known: PreviewState) {
    let lang = lang();
    let asked = StoredValue::new(0_u32);
    Effect::new(move |before: Option<PreviewRequest>| {
        let request = typed.request();
        if before.is_some_and(|before| before != request) {
            asked.update_value(|count| *count += 1);
            let turn = asked.get_value();
            let request = request.clone();
            let drafts = request.schedules.clone();
            leptos::task::spawn_local(async move {
                let read = read_schedules(drafts, lang).await.ok();
                if asked.try_get_value() == Some(turn) {
                    known.readings.try_set(read);
                }
            });
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

fn ask(request: PreviewRequest, turn: u32, asked: StoredValue<u32>, known: PreviewState) {
    leptos::task::spawn_local(async move {
        // If nothing can be read here, the server says what is wrong.
        let read = known.readings.try_get_untracked().flatten();
        let readable = !request.schedules.is_empty()
            && read.is_none_or(|read| read.iter().all(|reading| reading.words.is_some()));
        let (preview, refused) = if readable {
            match fetch_preview(request).await {
                Ok(Ok(preview)) => (Some(preview), None),
                Ok(Err(error)) | Err(error) => (None, Some(error.message)),
            }
        } else {
            (None, None)
        };
        // The page may have been left.
        if asked.try_get_value() == Some(turn) {
            known.preview.try_set(preview);
            known.refused.try_set(refused);
        }
    });
}
