//! Of several urges of one ticket that quiet hours hold back, the newest one is sent: it says how often and whom.

use std::collections::BTreeMap;

use app::message::{Event, MessageState, MessageStep};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::code::{Code, TakeStep, is_one_of};
use super::super::entity::message;
use super::super::{StoreError, Tx};
use super::NewMessage;
use crate::facts::Facts;

/// The events of which one message replaces those before it.
const URGES: [Event; 3] = [
    Event::TicketUrged,
    Event::TicketEscalated,
    Event::TicketHandedOver,
];
/// Tickets of one statement.
const CHUNK: usize = 500;

/// Withdraws the urges that wait for the end of the same quiet hours as one of these messages about the same ticket.
pub(super) async fn replace_held(tx: &Tx, messages: &[NewMessage]) -> Result<(), StoreError> {
    use message::Column as M;
    let mut held: BTreeMap<(i64, DateTime<Utc>), Vec<i64>> = BTreeMap::new();
    for new in messages {
        let ticket = new.facts.as_ref().and_then(Facts::ticket);
        if let Some(until) = new.held_until
            && let Some(ticket) = ticket.filter(|_| URGES.contains(&new.event))
        {
            let of_channel = held.entry((new.channel_id.0, until)).or_default();
            of_channel.push(ticket.0);
        }
    }
    for ((channel, until), tickets) in held {
        for chunk in tickets.chunks(CHUNK) {
            // They belong to no run, so none ends with them.
            message::Entity::update_many()
                .filter(M::TicketId.is_in(chunk.iter().copied()))
                .filter(M::ChannelId.eq(channel))
                .filter(M::State.eq(Code(MessageState::Pending)))
                .filter(M::NextAttemptAt.eq(until))
                .filter(M::Attempts.eq(0))
                .filter(is_one_of(M::Event, &URGES))
                .step(M::State, MessageStep::Withdraw)
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
