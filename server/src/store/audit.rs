//! Who changed what.

use app::auth::Principal;
use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set};

use super::entity::audit;
use super::txn::transaction;
use super::{Store, StoreError};

/// Who is named where nobody asked: the product itself.
const ITSELF: &str = "jcrontab";

impl Store {
    /// Notes that the product did or met something by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(
        &self,
        action: &str,
        object_id: Option<i64>,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            audit::Entity::insert(audit::ActiveModel {
                at: Set(now),
                who: Set(ITSELF.to_owned()),
                via: Set("server".to_owned()),
                action: Set(action.to_owned()),
                object_id: Set(object_id),
                detail: Set(detail.to_owned()),
                ..Default::default()
            })
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
    }

    /// Notes that somebody did something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(
        &self,
        who: &Principal,
        action: &str,
        object_id: Option<i64>,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            audit::Entity::insert(audit::ActiveModel {
                at: Set(now),
                who: Set(who.name.clone()),
                via: Set(format!("{:?}", who.via).to_lowercase()),
                action: Set(action.to_owned()),
                object_id: Set(object_id),
                detail: Set(detail.to_owned()),
                ..Default::default()
            })
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
    }
}
