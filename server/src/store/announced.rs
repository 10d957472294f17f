//! What is announced once, however many servers notice it: a run that starts soon, an active period that ends soon, an
//! API token that expires soon, a disk that is nearly full. Its key is written in the transaction of its message.

use app::message::Event;
use app::task::{Task, TaskState};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::code::Code;
use super::entity::{announced, task};
use super::messages::{Notice, insert_notices};
use super::tasks::{schedules_of, to_task};
use super::txn::transaction;
use super::{Store, StoreError};

/// Tasks that are looked at in one turn.
const TASKS_MAX: u64 = 5_000;
/// Keys of one statement.
const CHUNK: usize = 500;

/// Something that is announced once.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// What is announced; its event is part of the key.
    pub notice: Notice,
    /// What it is about, such as the id of a task and an instant; at most 128 bytes.
    pub subject: String,
    /// Until when it must not be announced again.
    pub until: DateTime<Utc>,
}

impl Store {
    /// Active tasks that announce their runs, or whose active period ends up to `ends_before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_to_announce(
        &self,
        now: DateTime<Utc>,
        ends_before: DateTime<Utc>,
    ) -> Result<Vec<Task>, StoreError> {
        use task::Column as T;
        let find = |condition: Condition| {
            task::Entity::find()
                .select_only()
                .column(T::Id)
                .filter(condition)
                .limit(TASKS_MAX)
                .into_tuple::<i64>()
                .all(&self.reader)
        };
        // Two questions, each along an index of its own.
        let announcing = Condition::all().add(T::NoticeBeforeSeconds.is_not_null());
        let ending = Condition::all()
            .add(T::EndsAt.gt(now))
            .add(T::EndsAt.lte(ends_before));
        let mut ids = find(announcing).await?;
        ids.extend(find(ending).await?);
        ids.sort_unstable();
        ids.dedup();
        let mut tasks = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = task::Entity::find()
                .filter(T::Id.is_in(chunk.iter().copied()))
                .filter(T::State.eq(Code(TaskState::Active)))
                .order_by_asc(T::Id)
                .all(&self.reader)
                .await?;
            let schedules = schedules_of(&self.reader, chunk).await?;
            for row in rows {
                let id = row.id;
                let task = to_task(row, &schedules).map(|(task, _)| task);
                tasks.extend(self.read_task(id, task)?);
            }
        }
        Ok(tasks)
    }

    /// Those of some subjects that were announced and must not be again yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announced(
        &self,
        event: Event,
        subjects: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        use announced::Column as A;
        let mut known = Vec::new();
        for chunk in subjects.chunks(CHUNK) {
            let found: Vec<String> = announced::Entity::find()
                .select_only()
                .column(A::Subject)
                .filter(A::Kind.eq(event.as_str()))
                .filter(A::Subject.is_in(chunk.iter().map(String::as_str)))
                .filter(A::Until.gt(now))
                .into_tuple()
                .all(&self.reader)
                .await?;
            known.extend(found);
        }
        Ok(known)
    }

    /// Announces something, unless it was announced and must not be again yet; returns whether a message came of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce(
        &self,
        announcement: &Announcement,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        match self.announce_first(announcement, now).await {
            // Another server was first.
            Err(error) if error.is_duplicate() => Ok(false),
            done => done,
        }
    }

    async fn announce_first(
        &self,
        announcement: &Announcement,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        use announced::Column as A;
        transaction!(self, |tx| {
            let Announcement {
                notice,
                subject,
                until,
            } = announcement;
            // What is over blocks nothing, and need not be kept.
            announced::Entity::delete_many()
                .filter(A::Kind.eq(notice.event.as_str()))
                .filter(A::Until.lte(now))
                .exec(tx)
                .await?;
            let key = announced::ActiveModel {
                kind: Set(notice.event.as_str().to_owned()),
                subject: Set(subject.clone()),
                until: Set(*until),
            };
            announced::Entity::insert(key)
                .exec_without_returning(tx)
                .await?;
            insert_notices(tx, std::slice::from_ref(notice)).await
        })
    }

    /// It is over: it may be announced again at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce_no_more(&self, event: Event, subject: &str) -> Result<(), StoreError> {
        use announced::Column as A;
        transaction!(self, |tx| {
            announced::Entity::delete_many()
                .filter(A::Kind.eq(event.as_str()))
                .filter(A::Subject.eq(subject))
                .exec(tx)
                .await?;
            Ok(())
        })
    }
}

impl Announcement {
    /// Of a task, at an instant.
    #[must_use]
    pub fn of_task(task: &Task, at: DateTime<Utc>, notice: Notice) -> Self {
        Self {
            notice,
            subject: format!("{}:{}", task.id, at.timestamp_micros()),
            // A clock that is set back must not announce it again.
            until: at + TimeDelta::days(1),
        }
    }
}
