//! Which channels stand in for others, and what uses a channel.

use std::collections::HashMap;

use app::id::{ChannelId, RuleId, TaskId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{channel, message_rule, task};
use super::summaries;
use super::txn::transaction;
use super::{Store, StoreError, Tx};

/// Tasks and rules that are named: a sentence with more of them is not read.
pub const NAMES_MAX: u64 = 10;

/// A channel and its fallback.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FallbackOf {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// The channel that gets a message when this one has given it up.
    pub fallback: Option<ChannelId>,
    /// The task that alone may use it.
    pub task: Option<TaskId>,
}

/// What uses a channel, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChannelUses {
    /// Tasks that send there.
    pub tasks: Vec<(TaskId, String)>,
    /// Rules that name it; a name may be empty.
    pub rules: Vec<(RuleId, String)>,
    /// Summaries that go there.
    pub summaries: Vec<String>,
    /// Channels that it is the fallback of.
    pub fallback_of: Vec<String>,
}

/// What uses a channel besides this task and its own rules, in a transaction that may delete it. At most
/// [`NAMES_MAX`] tasks and as many rules.
pub(super) async fn uses(
    tx: &Tx,
    id: ChannelId,
    besides: Option<TaskId>,
) -> Result<ChannelUses, StoreError> {
    use channel::Column as C;
    use message_rule::Column as R;
    use task::Column as T;
    let mut tasks = task::Entity::find()
        .select_only()
        .columns([T::Id, T::Name])
        .filter(T::ChannelId.eq(id.0));
    let mut rules = message_rule::Entity::find()
        .select_only()
        .columns([R::Id, R::Name])
        .filter(R::ChannelId.eq(id.0));
    if let Some(TaskId(own)) = besides {
        tasks = tasks.filter(T::Id.ne(own));
        let of_others = Condition::any()
            .add(R::TaskId.is_null())
            .add(R::TaskId.ne(own));
        rules = rules.filter(of_others);
    }
    let tasks: Vec<(i64, String)> = tasks
        .order_by_asc(T::Id)
        .limit(NAMES_MAX)
        .into_tuple()
        .all(tx)
        .await?;
    let rules: Vec<(i64, String)> = rules
        .order_by_asc(R::Id)
        .limit(NAMES_MAX)
        .into_tuple()
        .all(tx)
        .await?;
    let fallback_of = channel::Entity::find()
        .select_only()
        .column(C::Name)
        .filter(C::FallbackId.eq(id.0))
        .filter(C::Id.ne(id.0))
        .order_by_asc(C::Name)
        .into_tuple()
        .all(tx)
        .await?;
    let tasks = tasks.into_iter().map(|(id, name)| (TaskId(id), name));
    let rules = rules.into_iter().map(|(id, name)| (RuleId(id), name));
    Ok(ChannelUses {
        tasks: tasks.collect(),
        rules: rules.collect(),
        summaries: summaries::names_to(tx, id).await?,
        fallback_of,
    })
}

impl ChannelUses {
    /// Whether nothing does.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        self.tasks.is_empty()
            && self.rules.is_empty()
            && self.summaries.is_empty()
            && self.fallback_of.is_empty()
    }
}

impl Store {
    /// All channels with their fallbacks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fallbacks(&self) -> Result<Vec<FallbackOf>, StoreError> {
        use channel::Column as C;
        let rows: Vec<(i64, String, Option<i64>, Option<i64>)> = channel::Entity::find()
            .select_only()
            .columns([C::Id, C::Name, C::FallbackId, C::TaskId])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(id, name, fallback, task)| FallbackOf {
                id: ChannelId(id),
                name,
                fallback: fallback.map(ChannelId),
                task: task.map(TaskId),
            })
            .collect())
    }

    /// What uses a channel, besides this task and its own rules.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_uses(
        &self,
        id: ChannelId,
        besides: Option<TaskId>,
    ) -> Result<ChannelUses, StoreError> {
        transaction!(self, |tx| { uses(tx, id, besides).await })
    }

    /// The names of these channels; those that are gone are not among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_names(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, String>, StoreError> {
        let rows: Vec<(i64, String)> = channel::Entity::find()
            .select_only()
            .columns([channel::Column::Id, channel::Column::Name])
            .filter(channel::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| (ChannelId(id), name))
            .collect())
    }
}
