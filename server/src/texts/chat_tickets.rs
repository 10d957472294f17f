//! Tickets in a chat: what their cards say after a press, and the to-do list.

use super::{Say, Text, both};

/// What a bot says about tickets.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TicketWords {
    /// A ticket is done.
    Done {
        /// By whom.
        who: String,
    },
    /// A person has taken it.
    Taken {
        /// Who.
        who: String,
    },
    /// It is snoozed.
    Snoozed {
        /// By whom.
        who: String,
        /// Until when, in the zone of its task.
        until: String,
    },
    /// The open tickets of a person.
    Todo {
        /// Some of them.
        lines: Vec<TicketLine>,
        /// How many there are.
        count: usize,
        /// Whether there are more than were counted.
        more: bool,
        /// The page of tickets.
        url: String,
    },
}

/// An open ticket in the list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TicketLine {
    /// Its ID.
    pub id: i64,
    /// Its task, as Markdown.
    pub task: String,
    /// Its state.
    pub state: String,
    /// How long it has been open.
    pub open_for: String,
    /// When it is asked for next.
    pub next: Option<String>,
    /// Where it is answered.
    pub url: String,
}

impl TicketLine {
    fn words(&self) -> Text {
        let Self {
            id,
            task,
            state,
            open_for,
            next,
            url,
        } = self;
        let next = next.as_deref().map_or_else(Text::default, |at| {
            both(format!("，下次催单 {at}"), format!(", next urge {at}"))
        });
        both(
            format!(
                "\n[#{id}]({url}) **{task}**：{state}，已等待 {open_for}{}",
                next.zh
            ),
            format!(
                "\n[#{id}]({url}) **{task}**: {state}, open for {open_for}{}",
                next.en
            ),
        )
    }
}

impl Say for TicketWords {
    fn words(&self) -> Text {
        match self {
            Self::Done { who } => both(format!("{who} 已完成"), format!("Done by {who}")),
            Self::Taken { who } => both(format!("由 {who} 处理"), format!("Taken by {who}")),
            Self::Snoozed { who, until } => both(
                format!("{who} 设置稍后提醒：{until}"),
                format!("Snoozed until {until} by {who}"),
            ),
            Self::Todo { lines, .. } if lines.is_empty() => {
                both("没有你的待办。", "You have no open tickets.")
            }
            Self::Todo {
                lines,
                count,
                more,
                url,
            } => {
                let more = if *more { "+" } else { "" };
                let mut text = both(
                    format!("**我的待办**（{count}{more}）"),
                    format!("**My open tickets** ({count}{more})"),
                );
                for line in lines.iter().map(TicketLine::words) {
                    text.zh.push_str(&line.zh);
                    text.en.push_str(&line.en);
                }
                text.zh.push_str(&format!("\n[全部待办]({url})"));
                text.en.push_str(&format!("\n[All tickets]({url})"));
                text
            }
        }
    }
}
