//! Why a run ended as it did, if its state alone does not say enough.

use strum::{IntoStaticStr, VariantArray};

use super::{NoRoom, RunState, WaitReason};
use crate::i18n::Lang;
use crate::transition::Word;

/// The longest stored reason, in bytes.
const MAX_BYTES: usize = 255;

/// A reason: stored and sent as a stable code, with a detail after a colon; shown as a sentence in the reader's
/// language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RunReason {
    /// The command could not be started; the operating system's message, or `@code detail` where the server knows
    /// more.
    NotStarted(String),
    /// It ran longer than its hard limit, in seconds.
    TimedOut(i64),
    /// A person stopped it.
    Stopped(String),
    /// The server stopped and did not wait any longer.
    Shutdown,
    /// The server died during the run.
    Lost,
    /// The database did not confirm the claim in time, so it was not started.
    Unconfirmed,
    /// It ended by itself; only the end of its output could be stored.
    OutputNotKept,
    /// It waits.
    Waits(WaitReason),
    /// A newer start replaced it.
    Replaced,
    /// Its overlap rule refused it when its turn came.
    LeftOut(NoRoom),
    /// It waited, and its task has been paused, closed or deleted.
    TaskGone(TaskRemoval),
    /// This server could not reach the database for so long that others may have run it again.
    Isolated,
    /// An HTTP answer that does not count as success: its status, or the fault.
    Http(String),
    /// It exited with 0, but its output lacks the required text; secrets in that are masked.
    OutputLacks(String),
    /// It exited with 0, but its output contains the forbidden text, masked likewise.
    OutputContains(String),
    /// The message of the run was not accepted; the channel's own words.
    Undelivered(String),
    /// The task has no channel, or its channel was deleted before it accepted the message.
    NoChannel,
    /// A text of another version.
    Other(String),
}

/// What happened to the task of a waiting run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum TaskRemoval {
    /// It was paused.
    Paused,
    /// It was closed.
    Closed,
    /// It was deleted.
    Deleted,
}

impl TaskRemoval {
    /// The stable code in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl RunReason {
    /// The code, with its detail.
    #[must_use]
    pub fn code(&self) -> String {
        let text = match self {
            Self::NotStarted(why) => format!("not_started:{why}"),
            Self::TimedOut(seconds) => format!("{}:{seconds}", RunState::TimedOut.as_str()),
            Self::Stopped(who) => format!("stopped:{who}"),
            Self::Shutdown => "shutdown".to_owned(),
            Self::Lost => RunState::Lost.as_str().to_owned(),
            Self::Unconfirmed => "unconfirmed".to_owned(),
            Self::OutputNotKept => "output_not_kept".to_owned(),
            Self::Waits(why) => format!("waits:{}", why.as_str()),
            Self::Replaced => "replaced".to_owned(),
            Self::LeftOut(why) => format!("left_out:{}", why.as_str()),
            Self::TaskGone(gone) => format!("task:{}", gone.as_str()),
            Self::Isolated => "isolated".to_owned(),
            Self::Http(what) => format!("http:{what}"),
            Self::OutputLacks(text) => format!("output_lacks:{text}"),
            Self::OutputContains(text) => format!("output_contains:{text}"),
            Self::Undelivered(words) => format!("undelivered:{words}"),
            Self::NoChannel => "no_channel".to_owned(),
            Self::Other(text) => text.clone(),
        };
        let end = text.floor_char_boundary(MAX_BYTES);
        text[..end].to_owned()
    }

    /// Parses a code.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (code, detail) = text.split_once(':').unwrap_or((text, ""));
        let other = || Self::Other(text.to_owned());
        match code {
            "not_started" => Self::NotStarted(detail.to_owned()),
            code if code == RunState::TimedOut.as_str() => {
                detail.parse().map_or_else(|_| other(), Self::TimedOut)
            }
            "stopped" => Self::Stopped(detail.to_owned()),
            "shutdown" => Self::Shutdown,
            code if code == RunState::Lost.as_str() => Self::Lost,
            "unconfirmed" => Self::Unconfirmed,
            "output_not_kept" => Self::OutputNotKept,
            "waits" => WaitReason::read(detail).map_or_else(other, Self::Waits),
            "replaced" => Self::Replaced,
            "left_out" => NoRoom::read(detail).map_or_else(other, Self::LeftOut),
            "task" => TaskRemoval::read(detail).map_or_else(other, Self::TaskGone),
            "isolated" => Self::Isolated,
            "http" => Self::Http(detail.to_owned()),
            "output_lacks" => Self::OutputLacks(detail.to_owned()),
            "output_contains" => Self::OutputContains(detail.to_owned()),
            "undelivered" => Self::Undelivered(detail.to_owned()),
            "no_channel" => Self::NoChannel,
            _ => other(),
        }
    }

    /// A sentence.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::NotStarted(why) => {
                let why = super::not_started::words(why, lang);
                lang.pick(
                    format!("命令无法启动：{why}"),
                    format!("the command could not be started: {why}"),
                )
            }
            Self::TimedOut(seconds) => {
                let limit = crate::duration::duration_words(*seconds, lang);
                lang.pick(
                    format!("超过 {limit}，已终止"),
                    format!("timed out after {limit}"),
                )
            }
            Self::Stopped(who) => lang.pick(format!("被 {who} 停止"), format!("stopped by {who}")),
            Self::Shutdown => lang
                .pick("服务器停止时被终止", "killed because the server stopped")
                .to_owned(),
            Self::Lost => lang
                .pick(
                    "执行中服务器停止了，结果未知",
                    "the server stopped during the run; its result is unknown",
                )
                .to_owned(),
            Self::Unconfirmed => lang
                .pick(
                    "数据库没有及时确认认领，没有启动",
                    "the database did not confirm the claim in time; it was not started",
                )
                .to_owned(),
            Self::OutputNotKept => lang
                .pick(
                    "输出无法保存，只留下了结尾",
                    "the output could not be stored; only its end is kept",
                )
                .to_owned(),
            Self::Waits(why) => match why {
                WaitReason::Overlap => lang.pick("等同一任务的上一次执行结束", "waits for the task's previous run to end"),
                WaitReason::Pool => lang.pick("等并发池空出名额", "waits for a free slot of its pool"),
                WaitReason::Retry => lang.pick("等待重试", "waits for its next attempt"),
            }
            .to_owned(),
            Self::Replaced => lang
                .pick("被更新的一次执行取代", "replaced by a newer start")
                .to_owned(),
            Self::LeftOut(why) => match why {
                NoRoom::QueueFull => lang.pick("轮到它时队列已满", "its queue was full when its turn came"),
                NoRoom::Overlap => lang.pick(
                    "轮到它时任务还在执行",
                    "the task was still running when its turn came",
                ),
            }
            .to_owned(),
            Self::TaskGone(gone) => match gone {
                TaskRemoval::Paused => lang.pick("等待时任务被暂停", "the task was paused while it waited"),
                TaskRemoval::Deleted => lang.pick("等待时任务被删除", "the task was deleted while it waited"),
                TaskRemoval::Closed => lang.pick("等待时任务已结单", "the task was closed while it waited"),
            }
            .to_owned(),
            Self::Isolated => lang
                .pick(
                    "这台服务器太久连不上数据库，为避免重复执行而终止",
                    "this server could not reach the database for too long; the run was killed so that it does not run twice",
                )
                .to_owned(),
            Self::Http(what) => super::answer::sentence(what, lang),
            Self::OutputLacks(text) => lang.pick(
                format!("输出中没有“{text}”"),
                format!("the output lacks \"{text}\""),
            ),
            Self::OutputContains(text) => lang.pick(
                format!("输出中出现了“{text}”"),
                format!("the output contains \"{text}\""),
            ),
            Self::Undelivered(words) => {
                let words = crate::message::answer_text(words, lang);
                lang.pick(
                format!("消息没有送达，对方的响应：{words}"),
                format!("the message was not accepted; the channel's response: {words}"),
            )}
            Self::NoChannel => lang
                .pick(
                    "没有可用的通知渠道，消息没有发出",
                    "there is no channel to send the message to",
                )
                .to_owned(),
            Self::Other(text) => text.clone(),
        }
    }
}

/// The sentence of a code.
#[must_use]
pub fn reason_text(code: &str, lang: Lang) -> String {
    RunReason::read(code).text(lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_speak_both_languages() {
        for reason in [
            RunReason::NotStarted("No such file: x".to_owned()),
            RunReason::TimedOut(90),
            RunReason::Stopped("小王".to_owned()),
            RunReason::Shutdown,
            RunReason::Lost,
            RunReason::Unconfirmed,
            RunReason::OutputNotKept,
            RunReason::Waits(WaitReason::Pool),
            RunReason::Replaced,
            RunReason::LeftOut(NoRoom::QueueFull),
            RunReason::TaskGone(TaskRemoval::Closed),
            RunReason::Isolated,
            RunReason::Http("503".to_owned()),
            RunReason::OutputLacks("done: 3".to_owned()),
            RunReason::OutputContains("ERROR".to_owned()),
            RunReason::Undelivered("{\"errcode\":93000}".to_owned()),
            RunReason::NoChannel,
            RunReason::Other("of another version".to_owned()),
            RunReason::Other("waits:of another version".to_owned()),
        ] {
            assert_eq!(RunReason::read(&reason.code()), reason);
            assert!(!reason.text(Lang::Zh).is_empty());
            assert!(!reason.text(Lang::En).is_empty());
        }
        let long = RunReason::Stopped("长".repeat(200)).code();
        assert!(long.len() <= MAX_BYTES && long.ends_with('长'));
    }
}
