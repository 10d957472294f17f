//! The next firings, with skipped ones in between and their reasons.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::i18n::Lang;
use crate::occurrence::Firing;
use crate::page::Preview;
use crate::texts::plan;
use crate::time::{Stamp, ZoneRules};
use crate::ui::context::{lang, plan_ui, ui};

/// Consecutive skipped firings are shown individually up to this many.
const LEFT_OUT_SHOWN: usize = 3;

/// What is needed to draw the lines.
struct FiringsView<'a> {
    lang: Lang,
    zone: &'a ZoneRules,
    viewer: Option<&'a ZoneRules>,
    /// Whether each line names its schedule.
    numbered: bool,
}

/// The list.
pub(crate) fn firings(preview: &Preview) -> AnyView {
    let sheet = FiringsView {
        lang: lang(),
        zone: &preview.zone,
        viewer: preview.viewer.as_ref(),
        numbered: preview.schedules.len() > 1,
    };
    let list = if preview.firings.is_empty() {
        view! { <p class="muted">{ui().no_firings}</p> }.into_any()
    } else {
        let lines = grouped(&preview.firings)
            .into_iter()
            .flat_map(|group| sheet.group(group));
        let lines: Vec<AnyView> = lines.collect();
        view! { <ol class="firings">{lines}</ol> }.into_any()
    };
    let none_left = !preview.firings.is_empty() && preview.next.is_empty();
    let beside = preview
        .viewer
        .as_ref()
        .filter(|viewer| {
            let apart = |at: Stamp| viewer.offset_at(at) != preview.zone.offset_at(at);
            preview.firings.iter().any(|firing| apart(firing.due_at))
        })
        .map(|viewer| {
            view! { <span>{plan_ui().your_zone} " " {viewer.name.clone()}</span> }
        });
    view! {
        {list}
        {none_left.then(|| view! { <p class="muted">{ui().no_firings}</p> })}
        <p class="small-print">
            <span>{preview.zone.name.clone()}</span>
            {beside}
            <span>{plan_ui().tz_data} " " {preview.tz_version.clone()}</span>
        </p>
    }
    .into_any()
}

/// Firings individually, and consecutive skipped ones together.
fn grouped(firings: &[Firing]) -> Vec<&[Firing]> {
    firings
        .chunk_by(|one, next| one.excluded.is_some() && next.excluded.is_some())
        .collect()
}

impl FiringsView<'_> {
    fn group(&self, group: &[Firing]) -> Vec<AnyView> {
        // Collapsing one more would not save space.
        if group.len() <= LEFT_OUT_SHOWN + 1 {
            return group.iter().map(|firing| self.line(firing)).collect();
        }
        let (shown, folded) = group.split_at(LEFT_OUT_SHOWN);
        let mut lines: Vec<AnyView> = shown.iter().map(|firing| self.line(firing)).collect();
        let until = folded
            .last()
            .map(|firing| self.zone.full(firing.scheduled_for))
            .unwrap_or_default();
        let inner = folded
            .iter()
            .map(|firing| self.line(firing))
            .collect::<Vec<_>>();
        let fold = view! {
            <li class="is-out">
                <details>
                    <summary>{plan::more_left_out(self.lang, folded.len(), &until)}</summary>
                    <ol class="firings">{inner}</ol>
                </details>
            </li>
        };
        lines.push(fold.into_any());
        lines
    }

    fn line(&self, firing: &Firing) -> AnyView {
        let change = firing.clock_change.as_ref().map(|change| {
            view! {
                <span class="clock-change">
                    {icon(icon::CLOCK)}
                    <span>{self.zone.full(change.at)} " " {change.text.clone()}</span>
                </span>
            }
        });
        let number = self.numbered.then(|| {
            let number = firing.schedule as usize + 1;
            view! { <span class="tag">{plan::schedule_tag(self.lang, number)}</span> }
        });
        let note = firing
            .note
            .clone()
            .or_else(|| {
                // Postponed without a note: at least shows what it was named for.
                (firing.excluded.is_none() && firing.due_at != firing.scheduled_for)
                    .then(|| plan::named_for(self.lang, &self.zone.full(firing.scheduled_for)))
            })
            .map(|note| view! { <span class="muted note">{note}</span> });
        let (time, theirs, out) = match &firing.excluded {
            Some(reason) => (
                self.left_out(firing.scheduled_for),
                None,
                Some(view! {
                    <span class="note">{icon(icon::SKIP)} " " {plan::left_out(self.lang, &reason.text)}</span>
                }),
            ),
            None => (self.starts(firing), self.theirs(firing.due_at), None),
        };
        view! {
            <li class:is-out=firing.excluded.is_some()>
                {change}
                <span class="firing">{time} {number} {theirs} {out} {note}</span>
            </li>
        }
        .into_any()
    }

    fn left_out(&self, at: Stamp) -> AnyView {
        view! { <s><time datetime=at.rfc3339()>{self.zone.full(at)}</time></s> }.into_any()
    }

    /// The same in the viewer's zone, if that differs.
    fn theirs(&self, at: Stamp) -> Option<AnyView> {
        let viewer = self.viewer?;
        (viewer.offset_at(at) != self.zone.offset_at(at)).then(|| {
            view! {
                <span class="viewer muted" title=viewer.name.clone()>
                    {viewer.full(at)}
                </span>
            }
            .into_any()
        })
    }

    /// The start in the task's zone; with undetermined jitter, the earliest and the latest start.
    fn starts(&self, firing: &Firing) -> AnyView {
        let at = firing.due_at;
        let until = firing.due_until.filter(|until| *until > at).map(|until| {
            let text = self.zone.local(until);
            let same_day = self.zone.local(at).get(..10) == text.get(..10);
            let start = if same_day { 11 } else { 0 };
            format!("– {}", text.get(start..).unwrap_or(&text))
        });
        view! {
            <time datetime=at.rfc3339()>
                {self.zone.local(at)} " " <span class="muted">{self.zone.offset_text(at)}</span>
            </time>
            {until.map(|until| view! { <span>{until}</span> })}
        }
        .into_any()
    }
}
