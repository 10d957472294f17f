//! What became of a message that has left, and what a channel said.

use app::channel::ChannelKind;
use app::id::{ChannelId, RunId};
use app::message::{
    Event, MessageKind, MessageState, MessageStep, NoAnswer, NoAnswerReason, PictureName,
};
use app::run::{RunReason, RunStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::super::code::{Code, Lenient, TakeStep};
use super::super::delivery::{end_run, outdated, waits_for_more, withdraw_message};
use super::super::entity::{channel, message};
use super::super::pictures::is_uploaded;
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::channel_notes::{note_accepted, note_pace, note_trouble, retry_now};
use super::queue::ChannelPace;
use super::{NO_TASK, OutboxItem, Rate, RetryCause, caused_at, digest, fallback};
use crate::text::{EXCERPT_CHARS, head};

impl Store {
    /// The other end accepted it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_sent(
        &self,
        item: &OutboxItem,
        answer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            if end(tx, item, MessageStep::Accept, answer, Some(now)).await? {
                let kind = kind_of(tx, item.channel_id).await?;
                if kind.is_some_and(ChannelKind::takes_pictures) {
                    follow(tx, item.id.0, true).await?;
                    created_picture(tx, item).await?;
                } else {
                    withdraw_picture(tx, message::Column::AfterId.eq(item.id.0)).await?;
                }
                if item.event == Event::Digest {
                    digest::accepted(tx, item.id, excerpt(item), answer, now).await?;
                }
            }
            if let Some(run) = run_of(item) {
                let excerpt = Some(excerpt(item));
                end_run(tx, run, RunStep::Deliver, None, excerpt, now).await?;
            }
            note_accepted(tx, item.channel_id, answer).await
        })
    }

    /// It is given up, and the fallback of its channel gets it. `refused` says that the other end refused it for good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_dead(
        &self,
        item: &OutboxItem,
        answer: &str,
        refused: bool,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            give_up(tx, item, answer, now).await?;
            note_trouble(tx, item.channel_id, answer, refused, now).await
        })
    }

    /// It is a picture, and channels of this kind take none: it is withdrawn, which says nothing about the channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_unsupported(&self, item: &OutboxItem) -> Result<(), StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            message::Entity::update_many()
                .filter(M::Id.eq(item.id.0))
                .filter(M::Attempts.eq(item.attempts))
                .step(M::State, MessageStep::PutBack)
                .exec(tx)
                .await?;
            withdraw_picture(tx, M::Id.eq(item.id.0)).await
        })
    }

    /// It goes back: to be tried again at `next`, or as soon as its channel may be used again, which
    /// is then. Not, when its task was closed meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_retry(
        &self,
        item: &OutboxItem,
        answer: &str,
        next: DateTime<Utc>,
        setback: RetryCause,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            let back = message::Entity::update_many()
                .col_expr(M::LastAnswer, Expr::value(answer))
                .filter(M::Id.eq(item.id.0))
                // Not what another node is sending since this one was declared dead.
                .filter(M::Attempts.eq(item.attempts))
                .step(M::State, MessageStep::PutBack);
            let back = match setback {
                // It keeps its place: nothing is wrong with it.
                RetryCause::Pace => back.col_expr(M::Limited, Expr::value(item.limited + 1)),
                RetryCause::Passing => back.col_expr(M::NextAttemptAt, Expr::value(next)),
                RetryCause::Unanswered => back
                    .col_expr(M::NextAttemptAt, Expr::value(next))
                    .col_expr(M::MaybeTwice, Expr::value(true)),
            };
            if back.exec(tx).await?.rows_affected == 1
                && item.task_id != NO_TASK
                && let Some(reason) = outdated(
                    tx,
                    item.task_id.0,
                    caused_at(item.facts.as_deref(), item.created_at),
                )
                .await?
            {
                withdraw_message(tx, item.id.0, &reason, now).await?;
            }
            match setback {
                RetryCause::Pace => note_pace(tx, item.channel_id, answer, next, now).await,
                RetryCause::Passing | RetryCause::Unanswered => {
                    note_trouble(tx, item.channel_id, answer, false, now).await
                }
            }
        })
    }

    /// Uses a slot of a channel for a test, or gives the time at which one is free: a test counts for the pace as any
    /// message does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_slot(
        &self,
        id: ChannelId,
        rate: Option<Rate>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        transaction!(self, |tx| {
            let pace = ChannelPace::read(tx, id).await?;
            pace.take(tx, rate, now).await
        })
    }

    /// Keeps what a channel said to a test: `refused` is `None` when it accepted it, else whether
    /// it refused for good. Where it was accepted, what waits for a retry is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_channel_answer(
        &self,
        act: &Act,
        id: ChannelId,
        answer: &str,
        refused: Option<bool>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            match refused {
                None => {
                    note_accepted(tx, id, answer).await?;
                    retry_now(tx, id, act.at()).await?;
                }
                Some(refused) => note_trouble(tx, id, answer, refused, act.at()).await?,
            }
            act.record(tx, Some(id.0)).await
        })
    }

    /// Notes that nothing would be sent to the address of a channel, and why.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_channel_trouble(
        &self,
        id: ChannelId,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| { note_trouble(tx, id, why, false, now).await })
    }
}

/// Gives a message up, unless it has ended meanwhile: the fallback of its channel gets it, and the run that waits for
/// it ends where no other channel may still accept it.
pub(super) async fn give_up(
    tx: &Tx,
    item: &OutboxItem,
    answer: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !end(tx, item, MessageStep::GiveUp, answer, None).await? {
        return Ok(());
    }
    follow(tx, item.id.0, false).await?;
    fallback::send_instead(tx, item, answer, now).await?;
    // The words of one that has not left yet are not made.
    let excerpt = excerpt(item);
    if item.event == Event::Digest {
        digest::given_up(tx, item.id, excerpt, answer, now).await?;
    }
    if let Some(run) = run_of(item)
        && !waits_for_more(tx, run, None).await?
    {
        let reason = RunReason::Undelivered(answer.to_owned());
        let excerpt = Some(excerpt).filter(|words| !words.is_empty());
        end_run(tx, run, RunStep::GiveUp, Some(&reason), excerpt, now).await?;
    }
    Ok(())
}

/// The run that may wait for a message: a picture ends none, nor does what only reports about it.
fn run_of(item: &OutboxItem) -> Option<RunId> {
    let ends_run = item.kind == MessageKind::Text && item.event.ends_run();
    item.run_id.filter(|_| ends_run)
}

/// The start of a text, as the list of runs shows it.
fn excerpt(item: &OutboxItem) -> &str {
    head(&item.body, EXCERPT_CHARS).trim_end()
}

/// Ends a message and keeps its words; false when it has ended before, or was taken back: a node that
/// was taken for dead may have sent it, too. Such a node does not give up what another one is sending.
async fn end(
    tx: &Tx,
    item: &OutboxItem,
    step: MessageStep,
    answer: &str,
    sent_at: Option<DateTime<Utc>>,
) -> Result<bool, StoreError> {
    use message::Column as M;
    let mut ending = message::Entity::update_many()
        .col_expr(M::Body, Expr::value(item.body.as_str()))
        .col_expr(M::LastAnswer, Expr::value(answer))
        .col_expr(M::SentAt, Expr::value(sent_at))
        .filter(M::Id.eq(item.id.0));
    if step == MessageStep::GiveUp {
        ending = ending.filter(M::Attempts.eq(item.attempts));
    }
    let ended = ending.step(M::State, step).exec(tx).await?;
    Ok(ended.rows_affected == 1)
}

/// The picture behind a text: once the text is sent, due in the place that the text had; given up with
/// it.
async fn follow(tx: &Tx, text: i64, is_sent: bool) -> Result<(), StoreError> {
    use message::Column as M;
    let picture = message::Entity::update_many().filter(M::AfterId.eq(text));
    let update = if is_sent {
        let place: Option<DateTime<Utc>> = message::Entity::find_by_id(text)
            .select_only()
            .column(M::NextAttemptAt)
            .into_tuple()
            .one(tx)
            .await?;
        let Some(place) = place else {
            return Ok(());
        };
        picture
            .col_expr(M::NextAttemptAt, Expr::value(place))
            .step(M::State, MessageStep::Follow)
    } else {
        picture
            .col_expr(
                M::LastAnswer,
                Expr::value(NoAnswer::from(NoAnswerReason::TextNotSent).code()),
            )
            .step(M::State, MessageStep::FallWithText)
    };
    update.exec(tx).await?;
    Ok(())
}

/// The kind of a channel; `None` when it was deleted, or is of another version.
async fn kind_of(tx: &Tx, id: ChannelId) -> Result<Option<ChannelKind>, StoreError> {
    let kind: Option<String> = channel::Entity::find_by_id(id.0)
        .select_only()
        .column(channel::Column::Kind)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(kind.and_then(|kind| kind.parse().ok()))
}

/// Withdraws a picture whose channel takes none.
async fn withdraw_picture(tx: &Tx, picture: impl IntoCondition) -> Result<(), StoreError> {
    use message::Column as M;
    let why = NoAnswer::from(NoAnswerReason::NoPictures).code();
    message::Entity::update_many()
        .col_expr(M::LastAnswer, Expr::value(why))
        .filter(picture)
        .step(M::State, MessageStep::Withdraw)
        .exec(tx)
        .await?;
    Ok(())
}

/// Behind 【建单通知】 goes a picture where one was uploaded, in the place that its text had.
async fn created_picture(tx: &Tx, text: &OutboxItem) -> Result<(), StoreError> {
    use message::Column as M;
    let wants = text.event == Event::Created && text.kind == MessageKind::Text;
    if !wants || !is_uploaded(tx, PictureName::Created).await? {
        return Ok(());
    }
    let place: Option<DateTime<Utc>> = message::Entity::find_by_id(text.id.0)
        .select_only()
        .column(M::NextAttemptAt)
        .into_tuple()
        .one(tx)
        .await?;
    let picture = message::ActiveModel {
        task_id: Set(text.task_id.0),
        run_id: Set(None),
        channel_id: Set(text.channel_id.0),
        event: Set(Lenient::Known(text.event)),
        kind: Set(Lenient::Known(MessageKind::Image)),
        body: Set(PictureName::Created.as_str().to_owned()),
        mentions: Set("[]".to_owned()),
        after_id: Set(Some(text.id.0)),
        state: Set(Code(MessageState::Pending)),
        attempts: Set(0),
        next_attempt_at: Set(place.unwrap_or(text.created_at)),
        created_at: Set(text.created_at),
        limited: Set(0),
        ..Default::default()
    };
    message::Entity::insert(picture)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
