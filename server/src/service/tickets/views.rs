//! Tickets as everything outside sees them: with their tasks, and with when people are asked next.

use std::collections::HashMap;

use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::task::Task;
use app::ticket::machine::Times;
use app::ticket::{TicketKind, TicketView};
use chrono::{DateTime, Utc};

use super::super::Service;
use super::super::tasks::PlannedNext;
use crate::error::OrInternal;
use crate::oncall::OnCall;
use crate::store::StoredTicket;
use crate::urge::PolicyTimes;

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
        let next = self.asked_next(&ticket, task, &planned);
        Ok(ticket.view(task, next))
    }

    /// When people are asked for a ticket next: in the hours of its policy, or when its chase fires.
    fn asked_next(
        &self,
        ticket: &StoredTicket,
        task: &Task,
        planned: &PlannedNext,
    ) -> Option<DateTime<Utc>> {
        let expires_at = ticket.ticket.expires_at;
        if is_asked_by_firings(ticket, task) {
            let next = self.next_of(task, planned).next_at;
            return next.map(|at| at.0).filter(|at| *at < expires_at);
        }
        let policy = &task.tickets.policy;
        let at = ticket.ticket.asks_next(policy)?;
        if policy.urgent {
            return Some(at);
        }
        let calendars = self.calendar_cache.snapshot();
        let times = PolicyTimes::new(policy, &task.zone, &calendars, &self.patterns);
        Some(times.within_hours(at)).filter(|at| *at < expires_at)
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
        let shown = rows.into_iter().filter_map(|row| {
            let task = tasks.get(&row.task_id)?;
            let with_schedules = chased.get(&row.task_id).unwrap_or(task);
            let next = self.asked_next(&row, with_schedules, &planned);
            Some(row.view(task, next))
        });
        let mut shown: Vec<TicketView> = shown.collect();
        let is_needed = OnCall::is_among(shown.iter().flat_map(|ticket| &ticket.asked));
        let on_call = OnCall::read(&self.store, is_needed, self.clock.now()).await;
        let on_call = on_call.or_internal(lang)?;
        for ticket in &mut shown {
            on_call.name(&mut ticket.asked);
        }
        Ok(shown)
    }
}

/// Whether people are asked by firings of the chase schedule: for a chase, and for the ticket of a task meanwhile.
fn is_asked_by_firings(ticket: &StoredTicket, task: &Task) -> bool {
    let kind = ticket.ticket.kind;
    let is_chased = kind == TicketKind::Chase || (kind == TicketKind::Task && task.urging);
    is_chased && !ticket.ticket.state.is_over()
}
