//! Uses of signed links: what was done with a link cannot be done with it again.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::link_use;
use super::txn::transaction;
use super::{Store, StoreError};

/// An act that a link is used for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkUse {
    /// The link's id.
    pub link: String,
    /// The act: a word of `LinkAct`.
    pub act: &'static str,
    /// The ticket.
    pub ticket: i64,
    /// The person the link was issued to.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When the link expires.
    pub expires: DateTime<Utc>,
}

impl Store {
    /// Notes that a link is used for an act, before it is done; the time of the first use where it already was. Uses
    /// of expired links are removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_link(&self, new: &LinkUse) -> Result<Option<DateTime<Utc>>, StoreError> {
        let inserted = transaction!(self, |tx| {
            link_use::Entity::delete_many()
                .filter(link_use::Column::ExpiresAt.lt(new.at))
                .exec(tx)
                .await?;
            let row = link_use::ActiveModel {
                link: Set(new.link.clone()),
                act: Set(new.act.to_owned()),
                ticket_id: Set(new.ticket),
                who: Set(new.who.clone()),
                used_at: Set(new.at),
                expires_at: Set(new.expires),
                ..Default::default()
            };
            link_use::Entity::insert(row)
                .exec_without_returning(tx)
                .await?;
            Ok(())
        });
        match inserted {
            Err(error) if error.is_duplicate() => {
                let used = link_use::Entity::find()
                    .filter(link_use::Column::Link.eq(&new.link))
                    .filter(link_use::Column::Act.eq(new.act))
                    .one(&self.reader)
                    .await?;
                // Removed in between: the act of the first use failed.
                Ok(Some(used.map_or(new.at, |row| row.used_at)))
            }
            other => other.map(|()| None),
        }
    }

    /// Takes back a use whose act was refused or failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_link(&self, link: &str, act: &str) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            link_use::Entity::delete_many()
                .filter(link_use::Column::Link.eq(link))
                .filter(link_use::Column::Act.eq(act))
                .exec(tx)
                .await?;
            Ok(())
        })
    }
}
