//! Something that happened to a ticket.

use app::ticket::TicketEntryKind;
use sea_orm::entity::prelude::*;

use crate::store::code::Lenient;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) ticket_id: i64,
    pub(crate) at: DateTimeUtc,
    pub(crate) what: Lenient<TicketEntryKind>,
    pub(crate) who: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
