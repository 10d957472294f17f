//! The message that stands in for one that was given up, where its channel has a fallback.

use app::id::ChannelId;
use app::message::{MessageKind, MessageState};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Set};

use super::super::code::{Code, Lenient};
use super::super::entity::{channel, message};
use super::super::{StoreError, Tx};
use super::OutboxItem;
use crate::facts::{Facts, FailedChannel, FallbackNotice};

/// Puts the message for the fallback of a channel into the outbox, with the picture that follows it, in the transaction that gives the message up.
pub(super) async fn send_instead(
    tx: &Tx,
    item: &OutboxItem,
    answer: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use channel::Column as C;
    use message::Column as M;
    // A picture goes with its text, below.
    if item.kind != MessageKind::Text {
        return Ok(());
    }
    let found: Option<(String, Option<i64>)> = channel::Entity::find_by_id(item.channel_id.0)
        .select_only()
        .columns([C::Name, C::FallbackId])
        .into_tuple()
        .one(tx)
        .await?;
    let Some((name, Some(fallback))) = found else {
        return Ok(());
    };
    let given_up = FailedChannel {
        id: item.channel_id,
        name,
    };
    let before = item.stand_in.as_ref();
    let Some(stand_in) = FallbackNotice::after(before, given_up, answer, ChannelId(fallback))
    else {
        tracing::warn!(
            message.id = item.id.0,
            channel.id = fallback,
            "no other channel is left for a message that was given up"
        );
        return Ok(());
    };
    let exists = channel::Entity::find()
        .filter(C::Id.eq(fallback))
        .count(tx)
        .await?;
    if exists == 0 {
        return Ok(());
    }
    let row = message::ActiveModel {
        task_id: Set(item.task_id.0),
        run_id: Set(item.run_id.map(|run| run.0)),
        channel_id: Set(fallback),
        event: Set(Lenient::Known(item.event)),
        kind: Set(Lenient::Known(MessageKind::Text)),
        // With facts the words are made again, in the language of that channel.
        body: Set(match item.facts {
            Some(_) => String::new(),
            None => item.body.clone(),
        }),
        facts: Set(item.facts.clone()),
        mentions: Set(super::super::tasks::to_json(&item.mentions)),
        // So that it is withdrawn when the ticket is done before it was sent.
        ticket_id: Set(ticket_of(item)),
        state: Set(Code(MessageState::Pending)),
        attempts: Set(0),
        next_attempt_at: Set(now),
        created_at: Set(item.created_at),
        instead_of: Set(Some(item.id.0)),
        stand_in: Set(Some(stand_in_json(&stand_in)?)),
        ..Default::default()
    };
    let text = message::Entity::insert(row.clone()).exec(tx).await?;
    message::Entity::update_many()
        .col_expr(M::PassedTo, Expr::value(text.last_insert_id))
        .filter(M::Id.eq(item.id.0))
        .exec(tx)
        .await?;
    let picture: Option<String> = message::Entity::find()
        .filter(M::AfterId.eq(item.id.0))
        .select_only()
        .column(M::Body)
        .into_tuple()
        .one(tx)
        .await?;
    let Some(name) = picture else {
        return Ok(());
    };
    let picture = message::ActiveModel {
        kind: Set(Lenient::Known(MessageKind::Image)),
        body: Set(name),
        facts: Set(None),
        state: Set(Code(MessageState::Waiting)),
        after_id: Set(Some(text.last_insert_id)),
        instead_of: Set(None),
        stand_in: Set(None),
        ..row
    };
    message::Entity::insert(picture)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The ticket that a message asks for.
fn ticket_of(item: &OutboxItem) -> Option<i64> {
    // The facts of a newer version are no reason to lose the message.
    let facts: Facts = serde_json::from_str(item.facts.as_deref()?).ok()?;
    facts.ticket().map(|id| id.0)
}

fn stand_in_json(stand_in: &FallbackNotice) -> Result<String, StoreError> {
    serde_json::to_string(stand_in).map_err(|error| unreadable(&error))
}

/// For whom a message stands in, as it is stored.
pub(in super::super) fn read_stand_in(
    stored: Option<&str>,
) -> Result<Option<FallbackNotice>, StoreError> {
    stored
        .map(|text| serde_json::from_str(text).map_err(|error| unreadable(&error)))
        .transpose()
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::UnknownValue {
        what: "for whom a message stands in",
        value: error.to_string(),
    }
}
