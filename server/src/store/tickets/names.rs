//! The names by which people are known: suggested where a ticket is handed over, and looked up there.

use std::collections::BTreeSet;

use app::ticket::TicketState;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::super::code::is_one_of;
use super::super::entity::{chat_person, person, task, ticket, user};
use super::super::{Store, StoreError};
use super::filter::names;

/// Names of each kind that are suggested.
const SUGGESTED: u64 = 200;

impl Store {
    /// Names of people, sorted: accounts, people with hours of their own, people of chats, owners of open tickets. A limited
    /// number of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names_suggested(&self) -> Result<BTreeSet<String>, StoreError> {
        let accounts: Vec<String> = user::Entity::find()
            .select_only()
            .column(user::Column::Name)
            .filter(user::Column::Disabled.eq(false))
            .limit(SUGGESTED)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let people: Vec<String> = person::Entity::find()
            .select_only()
            .column(person::Column::Name)
            .limit(SUGGESTED)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let of_chats: Vec<Option<String>> = chat_person::Entity::find()
            .select_only()
            .column(chat_person::Column::Owner)
            .filter(chat_person::Column::Owner.is_not_null())
            .distinct()
            .limit(SUGGESTED)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut owners = ticket::Entity::find()
            .select_only()
            .column(ticket::Column::Owner)
            .filter(is_one_of(ticket::Column::State, &TicketState::OPEN))
            .distinct()
            .limit(SUGGESTED);
        QueryTrait::query(&mut owners).force_index("ix_ticket_state", IndexHintScope::All);
        let owners: Vec<String> = owners.into_tuple().all(&self.reader).await?;
        let mut all: BTreeSet<String> = accounts.into_iter().chain(people).chain(owners).collect();
        all.extend(of_chats.into_iter().flatten());
        all.remove("");
        Ok(all)
    }

    /// Whether a person is known by a name: as an account, with hours of their own, in a chat, or as an owner of a task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_name_known(&self, name: &str) -> Result<bool, StoreError> {
        use chat_person::Column as P;
        let account = user::Entity::find().filter(user::Column::Name.eq(name));
        if account.one(&self.reader).await?.is_some() {
            return Ok(true);
        }
        let person = person::Entity::find_by_id(name);
        if person.one(&self.reader).await?.is_some() {
            return Ok(true);
        }
        let of_chat = chat_person::Entity::find().filter(P::Owner.eq(name).or(P::Person.eq(name)));
        if of_chat.one(&self.reader).await?.is_some() {
            return Ok(true);
        }
        let owned: Option<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(names(Expr::col(task::Column::Owners), name)?)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(owned.is_some())
    }
}
