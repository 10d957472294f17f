//! The connections of this process, by channel: where messages find them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::id::ChannelId;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::vendor::Answered;

/// Messages that wait to be written to one connection.
const QUEUE: usize = 32;
/// How long the vendor's answer to a message is waited for.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// A message for a connection, and where the vendor's answer to it goes.
#[derive(Debug)]
pub(super) struct Push {
    pub(super) body: Value,
    pub(super) answer: oneshot::Sender<Result<Answered, PushError>>,
}

/// Why a message was not answered by the vendor.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum PushError {
    /// Another server holds the connection of the bot.
    #[error("another server holds the connection of this bot")]
    Elsewhere,
    /// There is no connection at present.
    #[error("the bot is not connected: {0}")]
    Down(String),
    /// The vendor refuses the bot.
    #[error("the vendor refuses the bot: {0}")]
    Refused(String),
    /// It has not left: the connection has ended, or the vendor could not be reached beside it.
    #[error("the message was not sent: {0}")]
    Unsent(String),
    /// The connection ended, or no answer came in time.
    #[error("the connection of the bot gave no answer: {0}")]
    Unanswered(&'static str),
}

/// A connection as messages see it.
#[derive(Clone, Debug)]
enum Line {
    Down(String),
    Refused(String),
    Up(mpsc::Sender<Push>),
}

/// The connections that this process holds. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Lines(Arc<Mutex<HashMap<ChannelId, Line>>>);

impl Lines {
    fn lock(&self) -> MutexGuard<'_, HashMap<ChannelId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this process holds the connection of a bot, open or not.
    #[must_use]
    pub fn holds(&self, channel: ChannelId) -> bool {
        self.lock().contains_key(&channel)
    }

    /// Whether the connection of a bot is open here.
    #[must_use]
    pub fn is_up(&self, channel: ChannelId) -> bool {
        matches!(self.lock().get(&channel), Some(Line::Up(_)))
    }

    /// The connection is open; gives what is to be written to it.
    pub(super) fn up(&self, channel: ChannelId) -> mpsc::Receiver<Push> {
        let (pushes, queue) = mpsc::channel(QUEUE);
        self.lock().insert(channel, Line::Up(pushes));
        queue
    }

    /// There is no connection at present.
    pub(super) fn down(&self, channel: ChannelId, why: String) {
        self.lock().insert(channel, Line::Down(why));
    }

    /// The vendor refuses the bot.
    pub(super) fn refused(&self, channel: ChannelId, why: String) {
        self.lock().insert(channel, Line::Refused(why));
    }

    /// This process does not hold it any more.
    pub(super) fn gone(&self, channel: ChannelId) {
        self.lock().remove(&channel);
    }

    /// Sends a message through a bot's connection; returns the vendor's answer.
    ///
    /// # Errors
    /// When there is no connection here, or no answer comes.
    pub(crate) async fn push(
        &self,
        channel: ChannelId,
        body: Value,
    ) -> Result<Answered, PushError> {
        let line = self.lock().get(&channel).cloned();
        let pushes = match line {
            None => return Err(PushError::Elsewhere),
            Some(Line::Down(why)) => return Err(PushError::Down(why)),
            Some(Line::Refused(why)) => return Err(PushError::Refused(why)),
            Some(Line::Up(pushes)) => pushes,
        };
        let (answer, answered) = oneshot::channel();
        let exchange = async {
            let sent = pushes.send(Push { body, answer }).await;
            sent.map_err(|_| PushError::Unsent("the connection has ended".to_owned()))?;
            let answered = answered.await;
            answered.unwrap_or(Err(PushError::Unanswered("it has ended")))
        };
        let exchanged = tokio::time::timeout(ANSWERED_WITHIN, exchange).await;
        exchanged.unwrap_or(Err(PushError::Unanswered("not within 10 s")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_message_needs_a_connection_here() {
        let (lines, channel) = (Lines::default(), ChannelId(3));
        let push = async || lines.push(channel, json!({})).await;
        assert_eq!(push().await, Err(PushError::Elsewhere));
        lines.down(channel, "no route".to_owned());
        assert!(lines.holds(channel) && !lines.is_up(channel));
        assert_eq!(push().await, Err(PushError::Down("no route".to_owned())));
        lines.refused(channel, "bad secret".to_owned());
        assert!(matches!(push().await, Err(PushError::Refused(_))));
        let ok = || Answered {
            status: 200,
            words: "ok".to_owned(),
            retry_after: None,
        };
        let mut queue = lines.up(channel);
        let vendor = async {
            let push = queue.recv().await.expect("a message");
            push.answer.send(Ok(ok())).expect("an asker");
        };
        let (answer, ()) = tokio::join!(push(), vendor);
        assert_eq!(answer, Ok(ok()));
        drop(queue);
        let ended = PushError::Unsent("the connection has ended".to_owned());
        assert_eq!(push().await, Err(ended));
        lines.gone(channel);
        assert!(!lines.holds(channel));
    }
}
