//! Channels that belong to one task: made with it, and gone with it.

use app::id::{ChannelId, TaskId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::super::channel_uses::uses;
use super::super::entity::channel;
use super::super::row_version::{FIRST_VERSION, count};
use super::super::{Store, StoreError, Tx};
use super::robot;
use super::row::{own, write};
use super::{NewChannel, TaskChannel};

/// A channel by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChannelName {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    task: Option<TaskId>,
}

impl ChannelName {
    /// Whether a task may use it; `None` for one that is to be created.
    #[must_use]
    pub fn serves(&self, task: Option<TaskId>) -> bool {
        self.task.is_none() || self.task == task
    }
}

impl Store {
    /// The names of all channels, and for which tasks they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_list(&self) -> Result<Vec<ChannelName>, StoreError> {
        use channel::Column as C;
        let rows: Vec<(i64, String, Option<i64>)> = channel::Entity::find()
            .select_only()
            .columns([C::Id, C::Name, C::TaskId])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let one = |(id, name, task): (i64, String, Option<i64>)| ChannelName {
            id: ChannelId(id),
            name,
            task: task.map(TaskId),
        };
        Ok(rows.into_iter().map(one).collect())
    }
}

/// Bytes of a name that is made for the channel of a task.
const NAME_TRIED_MAX: usize = 60;

/// The channel of a task: made, or in the place of the one that it has.
pub(in super::super) async fn put_for_task(
    tx: &Tx,
    task: TaskId,
    channel: TaskChannel<'_>,
    now: DateTime<Utc>,
) -> Result<ChannelId, StoreError> {
    use channel::Column as C;
    let known: Option<(i64, String)> = channel::Entity::find()
        .select_only()
        .columns([C::Id, C::Name])
        .filter(C::TaskId.eq(task.0))
        .order_by_asc(C::Id)
        .into_tuple()
        .one(tx)
        .await?;
    let (id, name) = match known {
        Some((id, name)) => {
            let id = ChannelId(id);
            if !count::<channel::Entity>(tx, own(id), C::Version, None).await? {
                // It was deleted since it was read.
                return Err(StoreError::Raced);
            }
            (id, name)
        }
        None => {
            let mut name = format!("task-{task}");
            // Somebody's shared channel may have it.
            while channel::Entity::find()
                .filter(C::Name.eq(name.as_str()))
                .count(tx)
                .await?
                > 0
                && name.len() < NAME_TRIED_MAX
            {
                name.push('-');
            }
            let inserted = channel::Entity::insert(channel::ActiveModel {
                name: Set(name.clone()),
                kind: Set(channel.new.kind.as_str().to_owned()),
                url_sealed: Set(String::new()),
                url_masked: Set(String::new()),
                created_at: Set(now),
                updated_at: Set(now),
                task_id: Set(Some(task.0)),
                version: Set(FIRST_VERSION),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            (ChannelId(inserted.last_insert_id), name)
        }
    };
    let new = NewChannel {
        name,
        // Nothing of the former robot stays.
        proxy: Some(None),
        lang: Some(None),
        ..channel.new.clone()
    };
    write(tx, id, &new, channel.seal, now).await?;
    Ok(id)
}

/// The channel that was made for a task, where something else uses it: stored before that was refused.
pub(in super::super) async fn robot_of_others(
    tx: &Tx,
    task: TaskId,
) -> Result<Option<ChannelId>, StoreError> {
    use channel::Column as C;
    let own: Vec<i64> = channel::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::TaskId.eq(task.0))
        .into_tuple()
        .all(tx)
        .await?;
    for id in own.into_iter().map(ChannelId) {
        if !uses(tx, id, Some(task)).await?.is_unused() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Removes the channels that were made for a task that is being deleted, whose messages are gone.
pub(in super::super) async fn drop_of_task(tx: &Tx, task: TaskId) -> Result<(), StoreError> {
    use channel::Column as C;
    let own: Vec<i64> = channel::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::TaskId.eq(task.0))
        .into_tuple()
        .all(tx)
        .await?;
    for id in own {
        robot::channel_gone(tx, ChannelId(id)).await?;
        channel::Entity::delete_by_id(id).exec(tx).await?;
    }
    Ok(())
}
