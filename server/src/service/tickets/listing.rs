//! Lists of tickets: filters, orders and pages.

use app::backend::{Answer, List};
use app::i18n::Lang;
use app::id::TicketId;
use app::ticket::{TicketOrder, TicketQuery, TicketState, TicketView};
use app::transition::Word;

use super::super::Service;
use crate::error::OrInternal;
use crate::oncall::OnCall;
use crate::store::TicketFilter;
use crate::texts::lists::ListRefusal;
use crate::texts::tickets::TicketFault;
use crate::texts::{Fault, Refusal};

/// The default number of rows of a page.
const PAGE: u32 = 50;
/// The most rows of a page.
const PAGE_MAX: u32 = 200;
impl Service {
    /// A page of tickets.
    pub(super) async fn ticket_page(
        &self,
        lang: Lang,
        query: &TicketQuery,
    ) -> Answer<List<TicketView>> {
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        let states = match query.state.trim() {
            "" | "open" => TicketState::OPEN.to_vec(),
            "all" => Vec::new(),
            word => match TicketState::read(word) {
                Some(state) => vec![state],
                None => return Err(TicketFault::UnknownState.alone("state", lang)),
            },
        };
        let order = TicketOrder::read(&query.sort)
            .ok_or_else(|| TicketFault::UnknownOrder.alone("sort", lang))?;
        let (before, after) = cursor(order, query.after.as_deref())
            .ok_or_else(|| ListRefusal::Cursor.answer(lang))?;
        let owner = query.owner.trim();
        let filter = TicketFilter {
            states,
            people: self.names_of_person(lang, owner).await?,
            task: query.task,
            before,
            tag: query.tag.trim().to_owned(),
            level: query
                .level
                .map_or(0, |level| i32::try_from(level).unwrap_or(i32::MAX)),
            order,
            after,
            ..TicketFilter::default()
        };
        if order != TicketOrder::Newest && filter.includes_over() {
            return Err(TicketFault::OrderOfOpen.alone("sort", lang));
        }
        let (rows, next) = match filter.is_narrow_and_over() {
            true => {
                let found = self
                    .store
                    .tickets_among_the_latest(&filter, limit.into())
                    .await;
                let (rows, next) = found.or_internal(lang)?;
                (rows, next.map(|id| id.to_string()))
            }
            false => {
                // One row more than asked for shows whether there is a next page.
                let rows = self.store.tickets(&filter, u64::from(limit) + 1).await;
                let mut rows = rows.or_internal(lang)?;
                let more = rows.len() > limit as usize;
                rows.truncate(limit as usize);
                let last = rows.last().filter(|_| more);
                let next = last.map(|row| match order {
                    TicketOrder::Newest | TicketOrder::Oldest => row.id.to_string(),
                    TicketOrder::Level => format!("{}.{}", row.ticket.level, row.id),
                });
                (rows, next)
            }
        };
        let mut items = self.ticket_views(lang, rows).await?;
        items.retain(|ticket| owner.is_empty() || ticket.is_of(owner));
        Ok(List { items, next })
    }

    /// A person as tickets name them: by name, or by a rota that stands for them now. None for an empty name.
    pub(in crate::service) async fn names_of_person(
        &self,
        lang: Lang,
        person: &str,
    ) -> Answer<Vec<String>> {
        if person.is_empty() {
            return Ok(Vec::new());
        }
        let on_call = OnCall::read(&self.store, true, self.clock.now()).await;
        let mut names = on_call.or_internal(lang)?.standing_for(person);
        names.push(person.to_owned());
        Ok(names)
    }
}

/// Where a page begins, by the cursor of the one before: before a ticket of the newest first, or behind one of another
/// order. None for a cursor that no page of that order has.
fn cursor(
    order: TicketOrder,
    text: Option<&str>,
) -> Option<(Option<TicketId>, Option<(i32, TicketId)>)> {
    let Some(text) = text else {
        return Some((None, None));
    };
    Some(match order {
        TicketOrder::Newest => (Some(text.parse().ok()?), None),
        TicketOrder::Oldest => (None, Some((0, text.parse().ok()?))),
        TicketOrder::Level => {
            let (level, id) = text.split_once('.')?;
            (None, Some((level.parse().ok()?, id.parse().ok()?)))
        }
    })
}
