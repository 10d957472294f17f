//! The meaning of a cycle, while it is being typed.

use leptos::prelude::*;

use super::cycle::warnings;
use super::firings::firings;
use crate::i18n::Lang;
use crate::id::TaskId;
use crate::page::{Preview, PreviewRequest};
use crate::schedule::{Named, Schedule, ScheduleDraft, ScheduleSpec, describe_schedule};
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
    Signal::derive(move || {
        let draft = draft();
        // The server judges what was sent; an empty field is not reported yet.
        if draft.is_blank() || (draft.spec == sent.spec && draft.dialect == sent.dialect) {
            return None;
        }
        let dialect = draft.dialect().unwrap_or_default();
        ScheduleSpec::parse_dialect(&draft.spec, dialect)
            .err()
            .map(|fault| fault.text(lang))
    })
}

/// The schedule of a draft, for its description; `None` if its text has a fault.
fn read(draft: &ScheduleDraft) -> Option<(Schedule, ScheduleSpec)> {
    let spec = ScheduleSpec::parse_dialect(&draft.spec, draft.dialect()?).ok()?;
    // Other faults are the server's to report.
    let schedule = draft.read(0, Lang::En, &mut Named::default(), &mut Vec::new())?;
    Some((schedule, spec))
}

/// The server's answer about the input.
#[derive(Clone, Copy)]
struct PreviewState {
    /// The preview, if there is no fault.
    preview: RwSignal<Option<Preview>>,
    /// The fault: it may concern another field than the schedule, such as the zone.
    refused: RwSignal<Option<String>>,
}

/// Description, warnings and firings of the input; `initial` is the server's preview of the form as sent.
pub(crate) fn preview(typed: Typed, initial: Option<Preview>) -> AnyView {
    let ui = ui();
    let known = PreviewState {
        preview: RwSignal::new(initial),
        refused: RwSignal::new(None),
    };
    follow(typed, known);
    let all = Memo::new(move |_| {
        let drafts = filled(typed.schedules.get());
        drafts.iter().map(read).collect::<Option<Vec<_>>>()
    });
    view! {
        <div class="preview">
            <h3>{ui.preview}</h3>
            <div aria-live="polite">{move || all.get().map(|all| explained(&all, known.preview.get()))}</div>
            {move || match (known.preview.get(), known.refused.get()) {
                (Some(known), _) => firings(&known),
                (None, Some(why)) => view! { <p class="muted">{why}</p> }.into_any(),
                (None, None) => view! { <p class="muted">{ui.preview_empty}</p> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

fn explained(all: &[(Schedule, ScheduleSpec)], known: Option<Preview>) -> AnyView {
    let here = lang();
    let numbered = all.len() > 1;
    let words = all.iter().enumerate().map(|(at, (schedule, _))| {
        let number = numbered.then(|| {
            view! { <span class="tag">{plan::schedule_tag(here, at + 1)}</span> }
        });
        view! {
            <p class="words">{number} " " {describe_schedule(schedule, here)}</p>
        }
    });
    let mut texts: Vec<String> = Vec::new();
    let own = all.iter().flat_map(|(_, spec)| spec.warnings(here));
    let more = known.into_iter().flat_map(|known| {
        let each = known.schedules.into_iter().flat_map(|words| words.warnings);
        known.warnings.into_iter().chain(each)
    });
    for text in own.chain(more) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    view! { {words.collect_view()} {warnings(texts)} }.into_any()
}

/// Asks the server after every pause in typing; answers to older input are dropped.
fn follow(typed: Typed, known: PreviewState) {
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

fn ask(request: PreviewRequest, turn: u32, asked: StoredValue<u32>, known: PreviewState) {
    leptos::task::spawn_local(async move {
        let readable = !request.schedules.is_empty()
            && request.schedules.iter().all(|draft| read(draft).is_some());
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
