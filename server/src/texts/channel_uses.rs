//! Channels that use each other, or that others use: what is wrong with a fallback, and why one is not deleted.

use app::i18n::Lang;

use super::{Fault, Refusal, Refused, Text, both, conflict};
use crate::store::{ChannelUses, NAMES_MAX};

/// What is wrong with the fallback of a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum FallbackFault {
    /// No channel has this name.
    Unknown,
    /// It is the channel itself.
    Itself,
    /// It is the robot of a task.
    OfTask,
    /// Its own fallbacks lead back to the channel.
    Circle,
}

impl Fault for FallbackFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Unknown => (
                "unknown",
                both("没有这个通知渠道", "There is no such channel"),
            ),
            Self::OfTask => (
                "of_task",
                both(
                    "这是某个任务专用的机器人，不能作备用渠道",
                    "This is the robot of one task, so it cannot be a fallback",
                ),
            ),
            Self::Itself => (
                "circle",
                both(
                    "备用渠道不能是它自己",
                    "A channel cannot be its own fallback",
                ),
            ),
            Self::Circle => (
                "circle",
                both(
                    "备用渠道形成了循环：它的备用渠道又指回这个渠道",
                    "This makes a loop: the fallbacks of that channel lead back to this one",
                ),
            ),
        }
    }
}

/// Why a channel is not deleted.
#[derive(Clone, PartialEq, Eq, Debug, Default, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
pub struct ChannelInUse {
    /// What uses it.
    pub uses: ChannelUses,
    /// Whether it is the robot of a task that is being deleted.
    pub own: bool,
}

/// `#3 nightly`, or `#3` where it has no name; with an ellipsis where there may be more.
fn numbered<'a>(all: impl ExactSizeIterator<Item = (i64, &'a str)>) -> Vec<String> {
    let is_cut = all.len() as u64 >= NAMES_MAX;
    let named = all.map(|(id, name)| format!("#{id} {name}").trim_end().to_owned());
    named.chain(is_cut.then(|| "…".to_owned())).collect()
}

impl Refusal for ChannelInUse {
    fn refusal(&self) -> Refused {
        let uses = &self.uses;
        let mut parts: Vec<(&str, &str, Vec<String>)> = vec![
            (
                "任务",
                "tasks",
                numbered(uses.tasks.iter().map(|(id, name)| (id.0, name.as_str()))),
            ),
            (
                "通知规则",
                "rules",
                numbered(uses.rules.iter().map(|(id, name)| (id.0, name.as_str()))),
            ),
            ("定期汇总", "summaries", uses.summaries.clone()),
            (
                "以它为备用的渠道",
                "channels that fall back to it",
                uses.fallback_of.clone(),
            ),
        ];
        parts.retain(|(.., names)| !names.is_empty());
        let words = |lang: Lang| {
            let part = |(zh, en, names): &(&str, &str, Vec<String>)| match lang {
                Lang::Zh => format!("{zh} {}", names.join("、")),
                Lang::En => format!("{en} {}", names.join(", ")),
            };
            let parts: Vec<String> = parts.iter().map(part).collect();
            parts.join(lang.pick("；", "; "))
        };
        let (zh, en) = (words(Lang::Zh), words(Lang::En));
        let (zh, en) = match self.own {
            true => (
                format!("这个任务专用的机器人还在使用中，任务没有删除：{zh}"),
                format!(
                    "The robot of this task is still in use, so the task was not deleted: {en}"
                ),
            ),
            false => (
                format!("这个渠道还在使用中：{zh}"),
                format!("This channel is in use: {en}"),
            ),
        };
        conflict("channel.in_use", zh, en).hint(
            "先给它们换一个渠道，或删除它们",
            "Give them another channel, or delete them, first",
        )
    }
}
