//! An outgoing message.

use app::message::{Event, MessageKind, MessageState};
use sea_orm::entity::prelude::*;

use crate::store::code::{Code, Lenient};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) task_id: i64,
    pub(crate) run_id: Option<i64>,
    pub(crate) channel_id: i64,
    pub(crate) event: Lenient<Event>,
    pub(crate) kind: Lenient<MessageKind>,
    #[sea_orm(column_type = "Text")]
    pub(crate) body: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) mentions: String,
    pub(crate) after_id: Option<i64>,
    pub(crate) state: Code<MessageState>,
    pub(crate) attempts: i32,
    pub(crate) next_attempt_at: DateTimeUtc,
    pub(crate) node_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) last_answer: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) sent_at: Option<DateTimeUtc>,
    /// What its words are made from; none in rows that are words already, and in pictures.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) facts: Option<String>,
    /// The digest that it is part of.
    pub(crate) digest_id: Option<i64>,
    /// The message that was given up, in whose place it is sent.
    pub(crate) instead_of: Option<i64>,
    /// For which channels it stands in, and why.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) stand_in: Option<String>,
    /// The ticket that it asks for.
    pub(crate) ticket_id: Option<i64>,
    /// The template of its channel that its rule chooses.
    pub(crate) template: Option<String>,
    /// Whether an attempt at it got no answer, so that it may have arrived at that one and at a later one.
    pub(crate) maybe_twice: bool,
    /// How many of the attempts met a rate limit.
    pub(crate) limited: i32,
    /// The message that is sent in its place, since it was given up.
    pub(crate) passed_to: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
