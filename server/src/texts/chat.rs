//! Bots of chats: what they answer, and what is wrong with the accounts of people.

use app::channel::CHAT_PEOPLE_MAX;
use app::error::ErrorKind;

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};

/// A command to a bot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    /// What the bot understands.
    Help,
    /// The state of all tasks, or of one.
    Status,
    /// Why a task did or did not run.
    Why,
    /// The end of a log.
    Log,
    /// Run a task now.
    Run,
    /// The open tickets of the person.
    Todo,
}

/// The command of a text, and what follows it.
#[must_use]
pub fn command(text: &str) -> Option<(Command, &str)> {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let command = match word.trim_start_matches('/').to_lowercase().as_str() {
        "" | "help" | "帮助" | "?" | "？" => Command::Help,
        "status" | "状态" => Command::Status,
        "why" | "为什么" => Command::Why,
        "log" | "日志" => Command::Log,
        "run" | "执行" => Command::Run,
        "todo" | "待办" | "我的待办" => Command::Todo,
        _ => return None,
    };
    Some((command, rest.trim()))
}

/// What a bot says.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ChatWords {
    /// The person has no account.
    Unknown {
        /// The vendor's ID of the person.
        person: String,
    },
    /// The person has no account, which this would need.
    NeedsAccount {
        /// The vendor's ID of the person.
        person: String,
        /// The owner that the person stands for.
        owner: String,
    },
    /// The ticket asks other people.
    OfOthers {
        /// The owner that the person stands for.
        owner: String,
    },
    /// What a person without an account can do.
    HelpToAnswer {
        /// The owner that the person stands for.
        owner: String,
        /// The vendor's ID of the chat.
        chat: String,
    },
    /// The button means nothing here.
    NoSuchButton,
    /// Another person was first.
    Used,
    /// A press takes a while.
    Processing,
    /// A person, or a chat, writes too often.
    TooMany,
    /// The link of a card.
    Details,
    /// The note of a run that a card started.
    ByCard,
    /// The note of a run that a command started.
    ByCommand,
    /// A card whose button was pressed.
    RunBy {
        /// The account.
        who: String,
        /// The run.
        run: i64,
    },
    /// The task is not started from chats.
    NotFromChats {
        /// Its name.
        name: String,
        /// Its page.
        url: String,
    },
    /// No command.
    NoSuchCommand,
    /// No task.
    NoSuchTask,
    /// Several tasks.
    SeveralTasks {
        /// Names of some.
        names: Vec<String>,
    },
    /// Tasks that were perhaps meant: none is called like that.
    NotCalled {
        /// Names of some, or IDs.
        names: Vec<String>,
    },
    /// All commands.
    Help {
        /// The account of the person.
        account: String,
        /// The vendor's ID of the chat.
        chat: String,
    },
    /// All tasks.
    Overview {
        /// Active tasks.
        active: i64,
        /// Paused tasks.
        paused: i64,
        /// Runs.
        running: usize,
        /// Runs that failed within a day.
        bad: i64,
        /// Firings that were missed within a day.
        missed: i64,
        /// Names of failing tasks.
        failing: Vec<String>,
    },
    /// One task.
    Task(TaskWords),
    /// A task without runs.
    NoRuns {
        /// Its name.
        name: String,
    },
    /// The end of a log.
    Log {
        /// The task.
        name: String,
        /// The run.
        run: i64,
        /// Its state.
        state: String,
        /// The lines.
        shown: String,
        /// The page of the run.
        url: String,
    },
    /// A run was started.
    Started {
        /// The task.
        name: String,
        /// The run.
        run: i64,
        /// The page of the run.
        url: String,
    },
}

/// A task in words.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskWords {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
    /// The state of the last run, and when it started.
    pub last: Option<(String, String)>,
    /// The next firing.
    pub next: Option<String>,
    /// Its page.
    pub url: String,
}

impl Say for ChatWords {
    fn words(&self) -> Text {
        match self {
            Self::Unknown { person } => both(
                format!(
                    "你的 ID {person} 还没有对应的账号或负责人，请管理员在“通知渠道”页的“聊天人员”里添加。"
                ),
                format!(
                    "Your ID {person} has neither an account nor the name of an owner here. Ask an administrator to add it under \"Chat users\" on the channels page."
                ),
            ),
            Self::NeedsAccount { person, owner } => both(
                format!(
                    "你（{owner}）可以处理自己的待办；这项操作需要账号，请管理员在“通知渠道”页的“聊天人员”里给 ID {person} 添加账号。"
                ),
                format!(
                    "You can answer tickets of {owner}. This needs an account: ask an administrator to add one to your ID {person} under \"Chat users\" on the channels page."
                ),
            ),
            Self::OfOthers { owner } => both(
                format!("这个待办没有催 {owner}，你没有账号，不能处理。"),
                format!(
                    "This ticket does not ask {owner}, and without an account you can answer no others."
                ),
            ),
            Self::HelpToAnswer { owner, chat } => both(
                format!(
                    "**命令**\n待办：我的待办\n帮助：本说明\n\n你是：{owner}（没有账号）\n本会话 ID：{chat}"
                ),
                format!(
                    "**Commands**\ntodo: my open tickets\nhelp: this text\n\nYou are: {owner}, without an account\nID of this chat: {chat}"
                ),
            ),
            Self::NoSuchButton => both("这个按钮已失效。", "This button is no longer valid."),
            Self::Used => both(
                "这张卡片已经有人操作过了。",
                "The button of this card was already used.",
            ),
            Self::Processing => both(
                "正在处理，结果稍后显示。",
                "Processing. The outcome follows.",
            ),
            Self::TooMany => both(
                "消息太多了，请一分钟后再发。",
                "Too many messages. Try again in a minute.",
            ),
            Self::Details => both("查看详情", "Details"),
            Self::ByCard => both("聊天卡片", "card in a chat"),
            Self::ByCommand => both("聊天命令", "command in a chat"),
            Self::RunBy { who, run } => both(
                format!("{who} 已再次执行：执行 {run}"),
                format!("{who} started it again: run {run}"),
            ),
            Self::NotFromChats { name, url } => both(
                format!("任务 {name} 不能从聊天执行，请在它的页面上执行：{url}"),
                format!("Task {name} cannot be started from a chat. Start it on its page: {url}"),
            ),
            Self::NoSuchCommand => both(
                "没有这个命令。发送“帮助”查看全部命令。",
                "There is no such command. Send \"help\" for all commands.",
            ),
            Self::NoSuchTask => both(
                "没有找到这个任务。请写任务的名称或编号。",
                "No such task was found. Give the name or the ID of a task.",
            ),
            Self::SeveralTasks { names } => both(
                format!("有多个任务符合：{}。请写完整的名称。", names.join("、")),
                format!(
                    "Several tasks match: {}. Give the whole name.",
                    names.join(", ")
                ),
            ),
            Self::NotCalled { names } => both(
                format!(
                    "请写任务的完整名称、称呼或编号。你要执行的可能是：{}",
                    names.join("、")
                ),
                format!(
                    "To run a task, give its ID, or its whole name or nickname. Perhaps you mean: {}",
                    names.join(", ")
                ),
            ),
            Self::Help { account, chat } => both(
                format!(
                    "**命令**\n状态 [任务]：全部任务或一个任务的状态\n为什么 <任务> [时间]：为什么执行或没有执行\n日志 <任务>：最近一次执行的日志末尾\n执行 <任务>：立即执行\n待办：我的待办\n帮助：本说明\n\n你的账号：{account}\n本会话 ID：{chat}"
                ),
                format!(
                    "**Commands**\nstatus [TASK]: the state of all tasks, or of one\nwhy TASK [TIME]: why it did or did not run\nlog TASK: the end of the log of its last run\nrun TASK: run it now\ntodo: my open tickets\nhelp: this text\n\nYour account: {account}\nID of this chat: {chat}"
                ),
            ),
            Self::Overview {
                active,
                paused,
                running,
                bad,
                missed,
                failing,
            } => {
                let list = Text::list(failing);
                let (zh, en) = match failing.is_empty() {
                    true => (String::new(), String::new()),
                    false => (
                        format!("\n失败中：{}", list.zh),
                        format!("\nFailing: {}", list.en),
                    ),
                };
                both(
                    format!(
                        "启用 {active}，暂停 {paused}，执行中 {running}\n24 小时内失败 {bad}，错过 {missed}{zh}"
                    ),
                    format!(
                        "Active {active}, paused {paused}, running {running}\nIn the last 24 hours: failed {bad}, missed {missed}{en}"
                    ),
                )
            }
            Self::Task(task) => task.words(),
            Self::NoRuns { name } => both(
                format!("任务 {name} 还没有执行过。"),
                format!("Task {name} has not run yet."),
            ),
            Self::Log {
                name,
                run,
                state,
                shown,
                url,
            } => both(
                format!("**{name}** 执行 {run}：{state}\n```\n{shown}\n```\n[完整日志]({url})"),
                format!("**{name}**, run {run}: {state}\n```\n{shown}\n```\n[Whole log]({url})"),
            ),
            Self::Started { name, run, url } => both(
                format!("已执行 **{name}**：[执行 {run}]({url})"),
                format!("Started **{name}**: [run {run}]({url})"),
            ),
        }
    }
}

impl TaskWords {
    fn words(&self) -> Text {
        let Self {
            name,
            state,
            last,
            next,
            url,
        } = self;
        let last = last.as_ref();
        let (last_zh, last_en) = match last {
            Some((state, at)) => (format!("{state}（{at}）"), format!("{state} ({at})")),
            None => ("无".to_owned(), "none".to_owned()),
        };
        let next = next.as_deref();
        both(
            format!(
                "**{name}**：{state}\n最近一次：{last_zh}\n下次：{}\n[查看任务]({url})",
                next.unwrap_or("无")
            ),
            format!(
                "**{name}**: {state}\nLast run: {last_en}\nNext: {}\n[Task]({url})",
                next.unwrap_or("none")
            ),
        )
    }
}

impl Refusal for ChatWords {
    fn refusal(&self) -> Refused {
        Refused::new(ErrorKind::NotFound, "chat.refused", self.words())
    }
}

/// What is wrong with the account of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PersonFault {
    /// No bot.
    Bot,
    /// No ID of a person.
    Person,
    /// No such account.
    User,
    /// No name of one person.
    Owner,
}

impl Fault for PersonFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Bot => (
                "unknown",
                both("请选择一个机器人渠道", "Choose the channel of a bot"),
            ),
            Self::Person => (
                "invalid",
                both(
                    "请填写聊天里的 ID：最多 128 字节，不能有空白和控制字符",
                    "Enter the ID in the chat: at most 128 bytes, without blanks and control characters",
                ),
            ),
            Self::User => ("unknown", both("没有这个账号", "There is no such account")),
            Self::Owner => (
                "invalid",
                both(
                    "请填写一个负责人的姓名，不能是值班表或 @all",
                    "Enter the name of one owner, neither a rota nor @all",
                ),
            ),
        }
    }
}

/// Why a person is not added.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PersonRefusal {
    /// The person is known already.
    Taken {
        /// The person.
        person: String,
    },
    /// There are too many people.
    TooMany,
}

impl Refusal for PersonRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::Taken { person } => conflict(
                "chat_person.taken",
                format!("这个机器人里已经有 {person}"),
                format!("{person} is already known to this bot"),
            )
            .hint("先删除原来的对应关系", "Delete the existing entry first")
            .at("person", "taken"),
            Self::TooMany => conflict(
                "chat_person.too_many",
                format!("最多 {CHAT_PEOPLE_MAX} 个聊天人员"),
                format!("There can be at most {CHAT_PEOPLE_MAX} people of chats"),
            )
            .hint(
                "先删除不再需要的人员",
                "Delete people who are no longer needed first",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_in_both_languages() {
        for (text, expected) in [
            ("", Some((Command::Help, ""))),
            ("Help", Some((Command::Help, ""))),
            ("？", Some((Command::Help, ""))),
            ("状态", Some((Command::Status, ""))),
            ("/status  backup ", Some((Command::Status, "backup"))),
            ("为什么 备份 09:00", Some((Command::Why, "备份 09:00"))),
            ("log\u{3000}备份", Some((Command::Log, "备份"))),
            ("执行 a b", Some((Command::Run, "a b"))),
            ("待办", Some((Command::Todo, ""))),
            ("TODO", Some((Command::Todo, ""))),
            ("running", None),
            ("hello", None),
        ] {
            assert_eq!(command(text), expected, "{text}");
        }
    }
}
