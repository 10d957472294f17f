//! Tickets of a person, tag or level among those that are over, which become more and more, while no index has that: a page
//! examines a bounded number of them (`docs/adr/0054-a-page-of-runs-examines-a-bounded-number.md`).

use app::id::TicketId;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::entity::ticket;
use super::super::{Store, StoreError};
use super::{StoredTicket, TicketFilter, matching, read};

/// Tickets that one statement examines.
const WINDOW: u64 = 80;
/// Windows of one page.
const WINDOWS: usize = 25;

impl TicketFilter {
    /// Whether it looks among those that are over for a person's tickets, those of a tag or of a level.
    #[must_use]
    pub fn is_narrow_and_over(&self) -> bool {
        let is_narrow = !self.people.is_empty() || !self.tag.is_empty() || self.level > 0;
        is_narrow && self.includes_over()
    }

    /// Whether it includes tickets that are over.
    #[must_use]
    pub fn includes_over(&self) -> bool {
        self.states.is_empty() || self.states.iter().any(|state| state.is_over())
    }
}

impl Store {
    /// Tickets, newest first, of the latest ones that there are before `filter.before`, and before which ticket the next
    /// page begins; `None` after the oldest one. There may be fewer than `limit`, or none, although more follow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tickets_among_the_latest(
        &self,
        filter: &TicketFilter,
        limit: u64,
    ) -> Result<(Vec<StoredTicket>, Option<TicketId>), StoreError> {
        let mut window = filter.clone();
        let mut found: Vec<StoredTicket> = Vec::new();
        for _ in 0..WINDOWS {
            let least = self.least_of(&window).await?;
            let mut find = matching(&window)?;
            if let Some(least) = least {
                find = find.filter(ticket::Column::Id.gte(least.0));
            }
            let wanted = limit - found.len() as u64;
            let rows = find
                .order_by_desc(ticket::Column::Id)
                .limit(wanted)
                .all(&self.reader)
                .await?;
            let is_full = rows.len() as u64 == wanted;
            for row in rows {
                found.push(read(row)?);
            }
            if is_full {
                let last = found.last().map(|last| last.id);
                return Ok((found, last));
            }
            if least.is_none() {
                return Ok((found, None));
            }
            window.before = least;
        }
        Ok((found, window.before))
    }

    /// The last ticket of a window, whomever it asks; `None` where there are fewer.
    async fn least_of(&self, window: &TicketFilter) -> Result<Option<TicketId>, StoreError> {
        let anyone = TicketFilter {
            people: Vec::new(),
            tag: String::new(),
            level: 0,
            ..window.clone()
        };
        let id: Option<i64> = matching(&anyone)?
            .select_only()
            .column(ticket::Column::Id)
            .order_by_desc(ticket::Column::Id)
            .offset(WINDOW - 1)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(id.map(TicketId))
    }
}
