//! Templates of channels' messages.

use app::channel::{ALL_EVENTS, NAMED, NAMED_TEMPLATES_MAX, Template, TemplateKey};
use app::id::{ChannelId, RuleId};
use app::message::Event;
use app::time::Stamp;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::audit::Before;
use super::entity::{channel, message_rule, message_template};
use super::row_version::{count, count_or_new, raced};
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx, rules};

/// Templates that are read of a channel: one for each event, one for the others, and those with names.
const TEMPLATES_MAX: u64 = 100 + NAMED_TEMPLATES_MAX;
/// Rules that are listed where they keep a template from being deleted.
const USES_SHOWN: u64 = 5;

/// What came of storing a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TemplatePut {
    /// It is stored.
    Done,
    /// Its channel does not exist.
    NoChannel,
    /// The channel has as many named templates as it may have.
    TooMany,
}

/// What came of deleting a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateDeleted {
    /// It is deleted.
    Done,
    /// It does not exist.
    Gone,
    /// These rules name it: the first ones, by ID and name.
    InUse(Vec<(RuleId, String)>),
}

impl From<message_template::Model> for Template {
    fn from(row: message_template::Model) -> Self {
        let event = match row.event.as_str() {
            "" => ALL_EVENTS.to_owned(),
            _ => row.event,
        };
        Self {
            channel_id: ChannelId(row.channel_id),
            event,
            body: row.body,
            updated_at: Stamp(row.updated_at),
            version: row.version,
        }
    }
}

/// What is stored for a key: the code of an event, nothing for all, or the name with its mark.
fn stored(key: &TemplateKey) -> String {
    match key {
        TemplateKey::All => String::new(),
        key => key.text(),
    }
}

/// The row of a template.
fn only(channel: ChannelId, key: &TemplateKey) -> Condition {
    use message_template::Column as T;
    let row = Condition::all().add(T::ChannelId.eq(channel.0));
    row.add(T::Event.eq(stored(key)))
}

impl Store {
    /// The templates of a channel, that for all events first, then those with names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn templates(&self, channel: ChannelId) -> Result<Vec<Template>, StoreError> {
        let rows = message_template::Entity::find()
            .filter(message_template::Column::ChannelId.eq(channel.0))
            .order_by_asc(message_template::Column::Event)
            .limit(TEMPLATES_MAX)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Template::from).collect())
    }

    /// A template of a channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn template(
        &self,
        channel: ChannelId,
        key: &TemplateKey,
    ) -> Result<Option<Template>, StoreError> {
        let row = message_template::Entity::find()
            .filter(message_template::Column::ChannelId.eq(channel.0))
            .filter(message_template::Column::Event.eq(stored(key)))
            .one(&self.reader)
            .await?;
        Ok(row.map(Template::from))
    }

    /// The template that a message of an event is made by: the one that its rule names; else that of the event; else that
    /// for all events, which is not for digests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn template_for(
        &self,
        channel: ChannelId,
        event: Event,
        named: Option<&str>,
    ) -> Result<Option<Template>, StoreError> {
        let mut wanted = vec![event.as_str().to_owned()];
        wanted.extend(named.map(|name| format!("{NAMED}{name}")));
        if Template::is_shared(event) {
            wanted.push(String::new());
        }
        let rows = message_template::Entity::find()
            .filter(message_template::Column::ChannelId.eq(channel.0))
            .filter(message_template::Column::Event.is_in(wanted))
            .limit(3)
            .all(&self.reader)
            .await?;
        let rank = |row: &message_template::Model| match row.event.chars().next() {
            Some(NAMED) => 0,
            Some(_) => 1,
            None => 2,
        };
        let first = rows.into_iter().min_by_key(rank);
        Ok(first.map(Template::from))
    }

    /// Adds a template, or replaces it; with `read` only if it still has that version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_template(
        &self,
        act: &Act,
        channel: ChannelId,
        key: &TemplateKey,
        read: Option<i64>,
        body: &str,
    ) -> Result<TemplatePut, StoreError> {
        use message_template::Column as T;
        transaction!(self, |tx| {
            if channel::Entity::find_by_id(channel.0)
                .one(tx)
                .await?
                .is_none()
            {
                return Ok(TemplatePut::NoChannel);
            }
            if matches!(key, TemplateKey::Named(_)) {
                let others = message_template::Entity::find()
                    .filter(T::ChannelId.eq(channel.0))
                    .filter(T::Event.starts_with(NAMED.to_string()))
                    .filter(T::Event.ne(stored(key)))
                    .count(tx)
                    .await?;
                if others >= NAMED_TEMPLATES_MAX {
                    return Ok(TemplatePut::TooMany);
                }
            }
            let row = only(channel, key);
            let own = row.clone();
            let is_known =
                count_or_new::<message_template::Entity>(tx, own.clone(), T::Version, read).await?;
            let was = Before::<message_template::Entity>::read(tx, own).await?;
            if is_known {
                message_template::Entity::update_many()
                    .col_expr(T::Body, Expr::value(body))
                    .col_expr(T::UpdatedAt, Expr::value(act.at()))
                    .filter(row)
                    .exec(tx)
                    .await?;
            } else {
                let row = message_template::ActiveModel {
                    channel_id: Set(channel.0),
                    event: Set(stored(key)),
                    body: Set(body.to_owned()),
                    updated_at: Set(act.at()),
                    ..Default::default()
                };
                message_template::Entity::insert(row)
                    .exec_without_returning(tx)
                    .await
                    .map_err(raced)?;
            }
            was.record(tx, act, Some(channel.0)).await?;
            Ok(TemplatePut::Done)
        })
    }

    /// Removes a template that no rule names; with `read` only if it still has that version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_template(
        &self,
        act: &Act,
        channel: ChannelId,
        key: &TemplateKey,
        read: Option<i64>,
    ) -> Result<TemplateDeleted, StoreError> {
        transaction!(self, |tx| {
            if let TemplateKey::Named(name) = key {
                // A rule that would name it is added after this, or was before.
                rules::note_change(tx).await?;
                let uses = uses_of(tx, channel, name).await?;
                if !uses.is_empty() {
                    return Ok(TemplateDeleted::InUse(uses));
                }
            }
            let row = only(channel, key);
            let version = message_template::Column::Version;
            if !count::<message_template::Entity>(tx, row.clone(), version, read).await? {
                return Ok(TemplateDeleted::Gone);
            }
            let was = Before::<message_template::Entity>::read(tx, row.clone()).await?;
            message_template::Entity::delete_many()
                .filter(row)
                .exec(tx)
                .await?;
            was.record(tx, act, Some(channel.0)).await?;
            Ok(TemplateDeleted::Done)
        })
    }
}

/// The first rules that name a template.
async fn uses_of(
    tx: &Tx,
    channel: ChannelId,
    name: &str,
) -> Result<Vec<(RuleId, String)>, StoreError> {
    use message_rule::Column as R;
    let rows: Vec<(i64, String)> = message_rule::Entity::find()
        .select_only()
        .columns([R::Id, R::Name])
        .filter(R::ChannelId.eq(channel.0))
        .filter(R::Template.eq(name))
        .order_by_asc(R::Id)
        .limit(USES_SHOWN)
        .into_tuple()
        .all(tx)
        .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(id, name)| (RuleId(id), name)).collect())
}

/// Whether a channel has the template that a rule names; true for a rule that names none.
pub(super) async fn has_named(
    tx: &Tx,
    channel: ChannelId,
    name: Option<&str>,
) -> Result<bool, StoreError> {
    let Some(name) = name else {
        return Ok(true);
    };
    let count = message_template::Entity::find()
        .filter(message_template::Column::ChannelId.eq(channel.0))
        .filter(message_template::Column::Event.eq(format!("{NAMED}{name}")))
        .count(tx)
        .await?;
    Ok(count > 0)
}

/// Removes all templates of a channel that is deleted.
pub(super) async fn channel_gone(tx: &Tx, channel: ChannelId) -> Result<(), StoreError> {
    message_template::Entity::delete_many()
        .filter(message_template::Column::ChannelId.eq(channel.0))
        .exec(tx)
        .await?;
    Ok(())
}
