//! Sending messages again that were given up: one, several, or all that match.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::id::MessageId;
use app::message::{MessageQuery, MessageState};
use app::texts::messages::MessagesUi;
use serde::Serialize;
use utoipa::ToSchema;

use super::missing;
use crate::error::OrInternal;
use crate::service::Service;
use crate::store::{Act, MessageFilter, Resent};
use crate::texts::Fault;
use crate::texts::messages::MessageFault;

/// The most messages of one request, and how many match where no limit is given.
const RESEND_MAX: usize = 1_000;
const RESEND_USUAL: u32 = 100;

/// Which messages are to be sent again.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ResendRequest {
    /// These; empty where a query finds them.
    pub ids: Vec<MessageId>,
    /// Those that match, the newest ones up to its limit. Its state is empty or `dead`.
    pub query: MessageQuery,
    /// Whether they are only counted.
    pub dry_run: bool,
}

/// What became of a wish to send messages again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
pub struct ResendReport {
    /// How many wait to be sent now; of a dry run, how many would.
    pub count: usize,
    /// Whether more match than the limit allows.
    pub more: bool,
    /// Those that are not sent again, and why.
    pub refused: Vec<NotResent>,
}

/// A message that is not sent again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct NotResent {
    /// Which.
    pub id: MessageId,
    /// Stable code: `not_found`, `message.not_dead`, `message.channel_gone`, `message.task_gone`.
    pub code: String,
    /// A sentence in the reader's language.
    pub message: String,
}

impl Service {
    /// Sends messages again that were given up, the oldest first; their attempts count from zero.
    ///
    /// # Errors
    /// When the caller lacks the right, or the request names no messages, or too many.
    pub async fn resend_messages(
        &self,
        caller: &Caller,
        request: &ResendRequest,
    ) -> Answer<ResendReport> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let (mut ids, more) = self.to_resend(lang, request).await?;
        ids.sort_unstable();
        ids.dedup();
        if request.dry_run {
            let dead = self.store.dead_messages(&ids).await.or_internal(lang)?;
            return Ok(ResendReport {
                count: dead,
                more,
                refused: Vec::new(),
            });
        }
        let act = self.act(who, "message.resend");
        let mut report = ResendReport {
            more,
            ..ResendReport::default()
        };
        for id in ids {
            match self.resend_one(lang, &act, id).await {
                Ok(()) => report.count += 1,
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict) => {
                    report.refused.push(NotResent {
                        id,
                        code: error.code,
                        message: error.message,
                    });
                }
                Err(error) => return Err(error),
            }
        }
        if report.count > 0 {
            self.signals.outbox.notify_one();
        }
        Ok(report)
    }

    /// The messages that a request is about, and whether more match.
    async fn to_resend(
        &self,
        lang: Lang,
        request: &ResendRequest,
    ) -> Answer<(Vec<MessageId>, bool)> {
        let ResendRequest { ids, query, .. } = request;
        let is_filtered = !query.task.is_empty()
            || query.channel.is_some()
            || !query.event.is_empty()
            || !query.state.is_empty();
        if ids.is_empty() != is_filtered {
            return Err(MessageFault::Which.alone("ids", lang));
        }
        if ids.len() > RESEND_MAX {
            return Err(MessageFault::TooMany { max: RESEND_MAX }.alone("ids", lang));
        }
        if !ids.is_empty() {
            return Ok((ids.clone(), false));
        }
        let filter = self.checked_messages(query, lang).await?;
        if filter
            .state
            .is_some_and(|state| state != MessageState::Dead)
        {
            return Err(MessageFault::OnlyDead.alone("state", lang));
        }
        let filter = MessageFilter {
            state: Some(MessageState::Dead),
            ..filter
        };
        let limit = query.limit.unwrap_or(RESEND_USUAL).max(1) as usize;
        let limit = limit.min(RESEND_MAX);
        let now = self.clock.now();
        let found = self.store.messages(filter, limit as u64 + 1, now).await;
        let found = found.or_internal(lang)?;
        let more = found.len() > limit;
        let found = found.into_iter().take(limit).map(|(one, _)| one.id);
        Ok((found.collect(), more))
    }

    /// Sends one again.
    pub(super) async fn resend_one(&self, lang: Lang, act: &Act, id: MessageId) -> Answer<()> {
        let resent = self.store.resend_message(act, id).await.or_internal(lang)?;
        let texts = MessagesUi::of(lang);
        let (code, why) = match resent.ok_or_else(|| missing(lang))? {
            Resent::Pending => return Ok(()),
            Resent::NotDead => ("message.not_dead", texts.resend_not_dead),
            Resent::NoChannel => ("message.channel_gone", texts.resend_no_channel),
            Resent::NoTask => ("message.task_gone", texts.resend_no_task),
        };
        Err(AppError::new(ErrorKind::Conflict, code, why))
    }
}
