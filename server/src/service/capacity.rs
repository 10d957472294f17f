//! Concurrency pools and nodes.

use app::auth::Action;
use app::backend::{Answer, Caller, Capacity};
use app::error::AppError;
use app::i18n::Lang;
use app::node::{LoopStatus, Node};
use app::page::Notice;
use app::pool::{EVERYTHING, Pool, PoolDraft, SLOTS, is_pool_name};
use app::time::Stamp;
use async_trait::async_trait;
use chrono::TimeDelta;

use super::Service;
use super::versions::{as_read, as_read_to_delete, named, stored, stored_deletion};
use crate::error::OrInternal;
use crate::scheduler::LOST_AFTER;
use crate::store::{Engine, NOT_STORED, PoolLoad, PoolRemoval, StoredPool};
use crate::texts::outdated::ObjectKind;
use crate::texts::pools::{PoolFault, PoolRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// Stopped and lost nodes are listed for this long.
const GONE_SHOWN: TimeDelta = TimeDelta::days(1);

fn shown(pool: StoredPool, load: Option<&PoolLoad>) -> Pool {
    let load = load.copied().unwrap_or_default();
    Pool {
        name: pool.name,
        slots: pool.slots,
        version: pool.version,
        running: load.running,
        waiting: load.waiting,
    }
}

fn check_pool(lang: Lang, draft: &PoolDraft) -> Answer<StoredPool> {
    let mut faults = Vec::new();
    let name = draft.name.trim();
    if !is_pool_name(name) {
        faults.push(PoolFault::Name.on("name", lang));
    }
    let slots = draft.slots.trim().parse::<u32>();
    let slots = slots.ok().filter(|slots| SLOTS.contains(slots));
    match slots {
        Some(slots) if faults.is_empty() => {
            return Ok(StoredPool {
                name: name.to_owned(),
                slots,
                version: NOT_STORED,
            });
        }
        Some(_) => {}
        None => faults.push(PoolFault::Slots.on("slots", lang)),
    }
    Err(AppError::invalid(lang, faults))
}

impl Service {
    async fn all_nodes(&self, lang: Lang) -> Answer<Vec<Node>> {
        let (now, rows) = self
            .store
            .node_rows(self.clock.now(), GONE_SHOWN)
            .await
            .or_internal(lang)?;
        // With SQLite there is one server, and its heartbeat is written once a minute only.
        let alone = self.store.engine() == Engine::Sqlite;
        let mut nodes: Vec<Node> = rows
            .into_iter()
            .map(|row| {
                let this = row.id == self.node_id;
                let heard = if this && alone { now } else { row.heartbeat_at };
                let silent = now - heard > LOST_AFTER || (alone && !this);
                Node {
                    id: row.id,
                    hostname: row.hostname,
                    version: row.version,
                    zone_data: row.zone_data,
                    started_at: Stamp(row.started_at),
                    heartbeat_at: Stamp(heard),
                    skew_ms: row.skew_ms,
                    running: row.running,
                    alive: !row.stopped && !silent,
                    lost: row.dead || (!row.stopped && silent),
                    this,
                }
            })
            .collect();
        nodes.sort_by_key(|node| !node.alive);
        Ok(nodes)
    }

    /// The notices about nodes, for an administrator.
    pub(super) async fn node_notices(&self, lang: Lang) -> Answer<Vec<Notice>> {
        let texts = app::node::warnings(&self.all_nodes(lang).await?, lang);
        let notice = |text| Notice {
            code: "nodes".to_owned(),
            text,
            link: Some(app::routes::NODES.to_owned()),
        };
        Ok(texts.into_iter().map(notice).collect())
    }
}

#[async_trait]
impl Capacity for Service {
    async fn pool_list(&self, caller: &Caller) -> Answer<Vec<Pool>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let pools = self.store.pools().await.or_internal(lang)?;
        let loads = self.store.pool_loads().await.or_internal(lang)?;
        Ok(pools
            .into_iter()
            .map(|pool| {
                let load = loads.get(&pool.name);
                shown(pool, load)
            })
            .collect())
    }

    async fn pool_set(
        &self,
        caller: &Caller,
        read: Option<i64>,
        draft: &PoolDraft,
    ) -> Answer<Pool> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let known = self.store.pool(draft.name.trim()).await.or_internal(lang)?;
        let version = known.as_ref().map_or(NOT_STORED, |pool| pool.version);
        as_read(lang, ObjectKind::Pool, read, version, || {
            let slots = known.map(|pool| pool.slots.to_string());
            named([(
                "slots",
                slots.is_some_and(|slots| slots != draft.slots.trim()),
            )])
        })?;
        let pool = check_pool(lang, draft)?;
        let detail = format!("{} {}", pool.name, pool.slots);
        let act = self.act(who, "pool.update").detail(detail);
        let put = self.store.put_pool(&act, read, &pool).await;
        stored(lang, ObjectKind::Pool, put)?;
        self.signals.tasks.notify_one();
        self.signals.publish(None, None);
        let loads = self.store.pool_loads().await.or_internal(lang)?;
        let load = loads.get(&pool.name);
        let pool = self.store.pool(&pool.name).await.or_internal(lang)?;
        // Removed again since.
        let pool = pool.ok_or_else(|| Missing::Pool.answer(lang))?;
        Ok(shown(pool, load))
    }

    async fn pool_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        if let Some(pool) = self.store.pool(name).await.or_internal(lang)? {
            as_read_to_delete(lang, ObjectKind::Pool, read, pool.version)?;
        }
        let act = self.act(who, "pool.delete").detail(name);
        let removed = self.store.delete_pool(&act, name, read).await;
        match stored_deletion(lang, ObjectKind::Pool, removed)? {
            PoolRemoval::InUse(tasks) => {
                let in_use = PoolRefusal::InUse {
                    name: name.to_owned(),
                    tasks: tasks
                        .iter()
                        .map(|(id, task)| format!("#{id} {task}"))
                        .collect(),
                };
                return Err(in_use.answer(lang));
            }
            PoolRemoval::Unknown => return Err(Missing::Pool.answer(lang)),
            PoolRemoval::Done => {}
        }
        self.signals.tasks.notify_one();
        self.signals.publish(None, None);
        if name == EVERYTHING {
            tracing::info!("the number of concurrent runs is no longer limited");
        }
        Ok(())
    }

    async fn node_list(&self, caller: &Caller) -> Answer<Vec<Node>> {
        self.allow(caller, Action::Read)?;
        self.all_nodes(caller.lang).await
    }

    async fn loop_list(&self, caller: &Caller) -> Answer<Vec<LoopStatus>> {
        let who = self.allow(caller, Action::Read)?;
        let mut loops = self.loops.list();
        if !who.can(Action::Administer) {
            // Error messages may contain hosts and files.
            for one in &mut loops {
                one.error = None;
            }
        }
        Ok(loops)
    }
}
