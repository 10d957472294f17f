//! Seals everything again when the key changes: all or nothing.

use app::id::{ChannelId, RunId, SecretId, TaskId};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::entity::{audit_chain, channel, cluster, node, run, secret, start_url};
use super::super::node_list::mysql_now;
use super::super::txn::transaction;
use super::super::{Act, Engine, Store, StoreError, Tx};

/// Rows read at once.
const PAGE: u64 = 500;

/// Where a sealed value is stored, which determines what it was sealed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SealedAt {
    /// The text that verifies the key.
    KeyCheck,
    /// The URL of a channel.
    Channel(ChannelId),
    /// The proxy of a channel.
    ChannelProxy(ChannelId),
    /// The settings of a channel.
    ChannelSettings(ChannelId),
    /// The value of a secret.
    Secret(SecretId),
    /// The parameters of a run of this task.
    Parameters(RunId, TaskId),
    /// The signing secret of a start URL of this task.
    StartUrl(TaskId),
    /// The key of the audit log's codes.
    AuditKey,
}

impl std::fmt::Display for SealedAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::KeyCheck => f.write_str("the check of the key"),
            Self::Channel(id) => write!(f, "the URL of channel {id}"),
            Self::ChannelProxy(id) => write!(f, "the proxy of channel {id}"),
            Self::ChannelSettings(id) => write!(f, "the settings of channel {id}"),
            Self::Secret(id) => write!(f, "secret {id}"),
            Self::Parameters(id, _) => write!(f, "the parameters of run {id}"),
            Self::StartUrl(task) => write!(f, "a start URL of task {task}"),
            Self::AuditKey => f.write_str("the key of the audit log"),
        }
    }
}

fn failed(at: SealedAt) -> StoreError {
    StoreError::Seal {
        what: at.to_string(),
    }
}

/// Pages through the rows of a table with sealed values, and seals each again.
macro_rules! each {
    ($tx:expr, $entity:ident, $owner:ident, $sealed:ident, $at:expr, $reseal:expr) => {{
        let mut after = 0_i64;
        let mut count = 0_u64;
        loop {
            let rows: Vec<(i64, i64, Option<String>)> = $entity::Entity::find()
                .select_only()
                .column($entity::Column::Id)
                // Selected again under the name `owner` where no other column is.
                .column_as($entity::Column::$owner, "owner")
                .column($entity::Column::$sealed)
                .filter($entity::Column::Id.gt(after))
                .filter($entity::Column::$sealed.is_not_null())
                // A channel whose URL was never stored has an empty one.
                .filter($entity::Column::$sealed.ne(""))
                .order_by_asc($entity::Column::Id)
                .limit(PAGE)
                .into_tuple()
                .all($tx)
                .await?;
            let Some((last, ..)) = rows.last() else {
                break count;
            };
            after = *last;
            for (id, owner, sealed) in rows {
                let (at, sealed) = ($at(id, owner), sealed.unwrap_or_default());
                let anew = $reseal(at, &sealed).ok_or_else(|| failed(at))?;
                let changed = $entity::Entity::update_many()
                    .col_expr($entity::Column::$sealed, Expr::value(anew))
                    .filter($entity::Column::Id.eq(id))
                    .filter($entity::Column::$sealed.eq(sealed))
                    .exec($tx)
                    .await?;
                if changed.rows_affected == 0 {
                    return Err(StoreError::Raced);
                }
                count += 1;
            }
        }
    }};
}

impl Store {
    /// Seals everything again in one transaction: `reseal` opens a value with the old key and seals it with the new
    /// one, or returns `None`, which rolls everything back. Returns how many values there were; or, if the database
    /// may have several servers, the machines of those with a heartbeat within `silence`, which know only the old
    /// key, and then nothing is changed.
    ///
    /// # Errors
    /// When the database fails, or something does not open with the old key.
    pub async fn reseal_all(
        &self,
        act: &Act,
        silence: TimeDelta,
        reseal: impl Fn(SealedAt, &str) -> Option<String> + Send + Sync,
    ) -> Result<Result<u64, Vec<String>>, StoreError> {
        transaction!(self, |tx| {
            // The first lock of every transaction that seals something, so nothing can interfere.
            let kept = lock_key(tx).await?;
            if self.engine == Engine::Mysql {
                let up = up_since(tx, mysql_now(tx).await? - silence).await?;
                if !up.is_empty() {
                    return Ok(Err(up));
                }
            }
            let anew =
                reseal(SealedAt::KeyCheck, &kept).ok_or_else(|| failed(SealedAt::KeyCheck))?;
            cluster::Entity::update_many()
                .col_expr(cluster::Column::KeyCheck, Expr::value(anew))
                .filter(cluster::Column::Id.eq(1))
                .exec(tx)
                .await?;
            let secrets = each!(
                tx,
                secret,
                Id,
                ValueSealed,
                |id, _| SealedAt::Secret(SecretId(id)),
                reseal
            );
            let channels = each!(
                tx,
                channel,
                Id,
                UrlSealed,
                |id, _| SealedAt::Channel(ChannelId(id)),
                reseal
            );
            let proxies = each!(
                tx,
                channel,
                Id,
                ProxySealed,
                |id, _| SealedAt::ChannelProxy(ChannelId(id)),
                reseal
            );
            let settings = each!(
                tx,
                channel,
                Id,
                SettingsSealed,
                |id, _| SealedAt::ChannelSettings(ChannelId(id)),
                reseal
            );
            let runs = each!(
                tx,
                run,
                TaskId,
                ParametersSealed,
                |id, task| SealedAt::Parameters(RunId(id), TaskId(task)),
                reseal
            );
            let start_urls = each!(
                tx,
                start_url,
                TaskId,
                SecretSealed,
                |_, task| SealedAt::StartUrl(TaskId(task)),
                reseal
            );
            let audit = audit_key(tx, &reseal).await?;
            let values = secrets + channels + proxies + settings + runs + start_urls + audit;
            let act = act.clone().detail(format!("{values} values"));
            act.record(tx, None).await?;
            Ok(Ok(values))
        })
    }
}

/// Seals the key of the audit log's codes again, where there is one: the chain goes on with it. How many there were.
async fn audit_key(
    tx: &Tx,
    reseal: &(impl Fn(SealedAt, &str) -> Option<String> + Send + Sync),
) -> Result<u64, StoreError> {
    use audit_chain::Column as C;
    let Some(row) = audit_chain::Entity::find().one(tx).await? else {
        return Ok(0);
    };
    let anew = reseal(SealedAt::AuditKey, &row.key_sealed);
    let anew = anew.ok_or_else(|| failed(SealedAt::AuditKey))?;
    audit_chain::Entity::update_many()
        .col_expr(C::KeySealed, Expr::value(anew))
        .filter(C::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(1)
}

async fn lock_key(tx: &Tx) -> Result<String, StoreError> {
    cluster::Entity::update_many()
        .col_expr(
            cluster::Column::ChangeCounter,
            Expr::col(cluster::Column::ChangeCounter),
        )
        .filter(cluster::Column::Id.eq(1))
        .exec(tx)
        .await?;
    let row = cluster::Entity::find_by_id(1).one(tx).await?;
    row.and_then(|row| row.key_check)
        .ok_or(StoreError::UnknownValue {
            what: "check of the key",
            value: "none".to_owned(),
        })
}

async fn up_since(tx: &Tx, since: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    Ok(node::Entity::find()
        .select_only()
        .column(node::Column::Hostname)
        .filter(node::Column::StoppedAt.is_null())
        .filter(node::Column::HeartbeatAt.gte(since))
        .order_by_asc(node::Column::Hostname)
        .into_tuple()
        .all(tx)
        .await?)
}
