//! Tickets as everything outside sees them: with their tasks, and with when people are asked next.

use std::collections::HashMap;

use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::task::Task;
use app::ticket::{LocalTime, TicketKind, TicketView};
use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::super::Service;
use super::super::tasks::PlannedNext;
use crate::error::OrInternal;
use crate::store::StoredTicket;
use crate::timetable::{rules, zone};
use crate::urge::{People, PolicyTimes};

impl Service {
    /// A ticket as everything outside sees it.
    pub(super) async fn seen_ticket(
        &self,
        lang: Lang,
        ticket: StoredTicket,
        task: &Task,
    ) -> Answer<TicketView> {
        let planned = match is_asked_by_firings(&ticket, task) {
            true => self.planned_next(lang, &[task.id]).await?,
            false => PlannedNext::default(),
        };
        let names_rota = People::names_rota(&ticket, task);
        let people = self.people_asked(lang, names_rota).await?;
        let next = self.asked_next(&ticket, task, (&planned, &people));
        Ok(ticket.view(task, next))
    }

    /// Those whom tickets ask, with the hours of those who have their own.
    pub(super) async fn people_asked(&self, lang: Lang, names_rota: bool) -> Answer<People> {
        let people = People::read(&self.store, names_rota, self.clock.now()).await;
        people.or_internal(lang)
    }

    /// When people are asked for a ticket next, with the time where they are: in their hours, or when its chase fires.
    fn asked_next(
        &self,
        ticket: &StoredTicket,
        task: &Task,
        (planned, people): (&PlannedNext, &People),
    ) -> Option<(DateTime<Utc>, Vec<LocalTime>)> {
        let expires_at = ticket.ticket.expires_at;
        if is_asked_by_firings(ticket, task) {
            let next = self.next_of(task, planned).next_at;
            let next = next.map(|at| at.0).filter(|at| *at < expires_at);
            return next.map(|at| (at, Vec::new()));
        }
        let policy = &task.tickets.policy;
        let at = ticket.ticket.asks_next(policy)?;
        let calendars = self.calendar_cache.snapshot();
        let times = PolicyTimes::new(policy, &task.zone, &calendars, &self.patterns);
        let times = times.asking(people, ticket);
        let at = ticket.ticket.within_hours(policy, at, &times);
        (at < expires_at).then(|| (at, local_times(ticket, task, (&times, people), at)))
    }

    /// Tickets as everything outside sees them, without those whose task is gone.
    pub(in crate::service) async fn ticket_views(
        &self,
        lang: Lang,
        rows: Vec<StoredTicket>,
    ) -> Answer<Vec<TicketView>> {
        let mut ids: Vec<TaskId> = rows.iter().map(|row| row.task_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let tasks = self.store.tasks_of(&ids).await.or_internal(lang)?;
        let of_chases = rows.iter().filter(|row| {
            let task = tasks.get(&row.task_id);
            task.is_some_and(|task| is_asked_by_firings(row, task))
        });
        let of_chases: Vec<TaskId> = of_chases.map(|row| row.task_id).collect();
        let (mut planned, mut chased) = (PlannedNext::default(), HashMap::new());
        if !of_chases.is_empty() {
            planned = self.planned_next(lang, &of_chases).await?;
            let found = self.store.chased_tasks(&of_chases).await;
            chased = found.or_internal(lang)?;
        }
        let names_rota = rows.iter().any(|row| {
            let task = tasks.get(&row.task_id);
            task.is_some_and(|task| People::names_rota(row, task))
        });
        let people = self.people_asked(lang, names_rota).await?;
        let shown = rows.into_iter().filter_map(|row| {
            let task = tasks.get(&row.task_id)?;
            let with_schedules = chased.get(&row.task_id).unwrap_or(task);
            let next = self.asked_next(&row, with_schedules, (&planned, &people));
            Some(row.view(task, next))
        });
        let mut shown: Vec<TicketView> = shown.collect();
        for ticket in &mut shown {
            people.on_call.name(&mut ticket.asked);
        }
        Ok(shown)
    }
}

/// The time of the next urge where those are whom it asks, of those who have a zone of their own.
fn local_times(
    ticket: &StoredTicket,
    task: &Task,
    (times, people): (&PolicyTimes<'_>, &People),
    at: DateTime<Utc>,
) -> Vec<LocalTime> {
    if people.is_empty() {
        return Vec::new();
    }
    let policy = &task.tickets.policy;
    let reached = ticket.ticket.reached(policy, at, times);
    let mut asked = ticket.asks(&policy.asked_at(ticket.ticket.level.max(reached)));
    people.on_call.name(&mut asked);
    let asked = times.asked_at(&asked, at).into_iter();
    let local = asked.filter_map(|who| {
        let name = times.zone_of(&who)?;
        let rules = rules(name, &zone(name).ok()?, at);
        let (zone, local) = (name.to_owned(), rules.local(Stamp(at)));
        Some(LocalTime { who, zone, local })
    });
    local.collect()
}

/// Whether people are asked by firings of the chase schedule: for a chase, and for the ticket of a task meanwhile.
fn is_asked_by_firings(ticket: &StoredTicket, task: &Task) -> bool {
    let kind = ticket.ticket.kind;
    let is_chased = kind == TicketKind::Chase || (kind == TicketKind::Task && task.urging);
    is_chased && !ticket.ticket.state.is_over()
}
