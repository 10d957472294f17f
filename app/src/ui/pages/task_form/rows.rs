//! The schedules that are being typed: one at least, more on demand.

use leptos::html;
use leptos::prelude::*;
use leptos::reactive::owner::Owner;

use crate::schedule::{SCHEDULES_MAX, ScheduleDraft};

/// One schedule while it is typed.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its place in the names of its fields. Gaps are allowed: the server counts anew.
    pub(super) index: usize,
    pub(super) spec: RwSignal<String>,
    pub(super) dialect: RwSignal<String>,
    pub(super) day_rule: RwSignal<String>,
    pub(super) calendar: RwSignal<String>,
    pub(super) jitter: RwSignal<String>,
    pub(super) stable: RwSignal<bool>,
    /// The text's field.
    pub(super) node: NodeRef<html::Input>,
}

impl Row {
    fn new(index: usize, draft: &ScheduleDraft) -> Self {
        let typed = |text: &str| RwSignal::new(text.to_owned());
        Self {
            index,
            spec: typed(&draft.spec),
            dialect: typed(&draft.dialect),
            day_rule: typed(&draft.day_rule),
            calendar: typed(&draft.calendar),
            jitter: typed(&draft.jitter),
            stable: RwSignal::new(draft.jitter_stable),
            node: NodeRef::new(),
        }
    }

    /// What stands in its fields; followed where it is read in a reactive place.
    pub(super) fn draft(self) -> ScheduleDraft {
        ScheduleDraft {
            spec: self.spec.get(),
            dialect: self.dialect.get(),
            day_rule: self.day_rule.get(),
            calendar: self.calendar.get(),
            jitter: self.jitter.get(),
            jitter_stable: self.stable.get(),
        }
    }
}

/// All schedules of the form.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    /// Those shown, in their order.
    pub(super) all: RwSignal<Vec<Row>>,
    /// One more, for browsers without JavaScript.
    pub(super) spare: Row,
    /// The place of the next one.
    next: StoredValue<usize>,
    /// Signals of later rows belong to the form, not to the button that made them.
    owner: StoredValue<Option<Owner>>,
}

impl Rows {
    pub(super) fn new(drafts: &[ScheduleDraft]) -> Self {
        let rows = drafts.iter().enumerate();
        Self {
            all: RwSignal::new(rows.map(|(at, draft)| Row::new(at, draft)).collect()),
            spare: Row::new(drafts.len(), &ScheduleDraft::default()),
            next: StoredValue::new(drafts.len()),
            owner: StoredValue::new(Owner::current()),
        }
    }

    /// What stands in all fields.
    pub(super) fn drafts(self) -> Signal<Vec<ScheduleDraft>> {
        Signal::derive(move || self.all.get().into_iter().map(Row::draft).collect())
    }

    /// Where a row stands now, counted from 1.
    pub(super) fn number(self, index: usize) -> usize {
        let place = |rows: &Vec<Row>| rows.iter().position(|row| row.index == index);
        self.all.with(place).map_or(1, |place| place + 1)
    }

    pub(super) fn count(self) -> usize {
        self.all.with(Vec::len)
    }

    pub(super) fn is_full(self) -> bool {
        self.count() >= SCHEDULES_MAX
    }

    /// Adds an empty one and puts the cursor into it.
    pub(super) fn add(self) {
        let index = self.next.get_value();
        self.next.set_value(index + 1);
        let make = || Row::new(index, &ScheduleDraft::default());
        let row = match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        };
        self.all.update(|rows| rows.push(row));
        request_animation_frame(move || {
            if let Some(field) = row.node.get_untracked() {
                // A field that cannot be focused is no reason to stop.
                let _ = field.focus();
            }
        });
    }

    pub(super) fn remove(self, index: usize) {
        self.all
            .update(|rows| rows.retain(|row| row.index != index));
    }
}
