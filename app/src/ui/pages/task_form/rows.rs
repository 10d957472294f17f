//! The schedules being typed: at least one, more on demand.

use leptos::html;
use leptos::prelude::*;
use leptos::reactive::owner::Owner;

use crate::schedule::{SCHEDULES_MAX, ScheduleDraft};

/// One schedule while it is being typed.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its index in the names of its fields. Gaps are allowed: the server renumbers.
    pub(super) index: usize,
    /// Its text, which presets replace.
    pub(super) spec: RwSignal<String>,
    /// The content of all its fields.
    draft: RwSignal<ScheduleDraft>,
    /// The text's field.
    pub(super) node: NodeRef<html::Input>,
}

impl Row {
    fn new(index: usize, draft: &ScheduleDraft) -> Self {
        Self {
            index,
            spec: RwSignal::new(draft.spec.clone()),
            draft: RwSignal::new(draft.clone()),
            node: NodeRef::new(),
        }
    }

    /// The content of its fields; tracked when read in a reactive context.
    pub(super) fn draft(self) -> ScheduleDraft {
        ScheduleDraft {
            spec: self.spec.get(),
            ..self.draft.get()
        }
    }

    /// The content of its fields, which is not tracked.
    pub(super) fn now(self) -> ScheduleDraft {
        untrack(|| self.draft())
    }

    /// A field of its own, which keeps the draft in step.
    pub(super) fn typed<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        part: fn(&mut ScheduleDraft) -> &mut T,
    ) -> RwSignal<T> {
        let typed = RwSignal::new(part(&mut self.now()).clone());
        Effect::new(move |_| {
            let now = typed.get();
            if *part(&mut self.now()) != now {
                self.draft.update(|draft| *part(draft) = now);
            }
        });
        typed
    }
}

/// All schedules of the form.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    /// Those shown, in order.
    pub(super) all: RwSignal<Vec<Row>>,
    /// One more, for browsers without JavaScript.
    pub(super) spare: Row,
    /// The index of the next one.
    next: StoredValue<usize>,
    /// Signals of later rows belong to the form, not to the button that created them.
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

    /// The content of all fields.
    pub(super) fn drafts(self) -> Signal<Vec<ScheduleDraft>> {
        Signal::derive(move || self.all.get().into_iter().map(Row::draft).collect())
    }

    /// The current position of a row, counted from 1.
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

    /// Adds an empty one and focuses it.
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
                // If the field cannot be focused, nothing else has to stop.
                let _ = field.focus();
            }
        });
    }

    pub(super) fn remove(self, index: usize) {
        self.all
            .update(|rows| rows.retain(|row| row.index != index));
    }
}
