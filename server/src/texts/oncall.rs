//! On-call rotas: why something cannot be done to one, and what is wrong with what was typed.

use app::error::ErrorKind;
use app::oncall::{OVERRIDES_MAX, ROTAS_MAX};

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// Tasks, policies and tickets named in a refusal, of each.
pub const NAMED_MAX: usize = 3;

/// What is wrong with what a person typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RotaFault {
    /// It is no date.
    NotADate,
    /// An override ends before it begins, or before now.
    EndsBefore,
    /// It is a time of no week that is to come.
    NoWeek,
    /// Both dates are in one week.
    OneWeek,
    /// It is neither a date nor a time.
    NotATime,
}

impl Fault for RotaFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NotADate => (
                "date",
                both(
                    "请填写 2026-11-02 这样的日期",
                    "Enter a date such as 2026-11-02",
                ),
            ),
            Self::EndsBefore => (
                "end",
                both(
                    "结束时间要晚于开始时间和现在",
                    "The end must be after the beginning and in the future",
                ),
            ),
            Self::NoWeek => (
                "week",
                both(
                    "请填写本周或以后某一周里的日期，例如 2026-11-09",
                    "Enter a date in the current or a later week, such as 2026-11-09",
                ),
            ),
            Self::OneWeek => (
                "one_week",
                both(
                    "两个日期在同一周；请填写两个不同的周",
                    "Both dates are in the same week; enter dates in two weeks",
                ),
            ),
            Self::NotATime => (
                "time",
                both(
                    "请填写 2026-11-02 这样的日期，或 2026-11-02 12:00 这样的时间",
                    "Enter a date such as 2026-11-02, or a time such as 2026-11-02 12:00",
                ),
            ),
        }
    }
}

/// Why something cannot be done to a rota.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RotaRefusal {
    /// There are as many as there may be.
    TooMany,
    /// It has as many overrides as it may have.
    TooManyOverrides,
    /// Others change it.
    Busy,
    /// Another person stands in then.
    Overlaps {
        /// The rota.
        name: String,
        /// Who.
        who: String,
        /// From when, as it is shown.
        from: String,
        /// Until when, as it is shown.
        until: String,
    },
    /// No override is in force then.
    NoOverride,
    /// Several overrides are in force on that day.
    SeveralOverrides,
    /// Something names it.
    InUse {
        /// Its name.
        name: String,
        /// Tasks, each as `#12 its name`.
        tasks: Vec<String>,
        /// Tags of default policies.
        policies: Vec<String>,
        /// Open tickets, each as `#12 its task`.
        tickets: Vec<String>,
        /// Rules about messages, each as `#12 its name`.
        rules: Vec<String>,
        /// Names of summaries.
        summaries: Vec<String>,
    },
}

/// The users of something in a sentence: what they are, and the first ones of each by name.
pub(super) fn users(parts: &[(&str, &str, &[String])]) -> Text {
    let mut text = Text::default();
    for (zh, en, names) in parts.iter().filter(|(.., names)| !names.is_empty()) {
        let mut named: Vec<String> = names.iter().take(NAMED_MAX).cloned().collect();
        if names.len() > NAMED_MAX {
            named.push("…".to_owned());
        }
        let named = Text::list(&named);
        if !text.zh.is_empty() {
            text.zh.push('；');
            text.en.push_str("; ");
        }
        text.zh.push_str(&format!("{zh} {}", named.zh));
        text.en.push_str(&format!("{en} {}", named.en));
    }
    text
}

impl Refusal for RotaRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::TooMany => conflict(
                "oncall.too_many",
                format!("值班表最多 {ROTAS_MAX} 个"),
                format!("There are at most {ROTAS_MAX} rotas"),
            )
            .hint("请先删除不用的", "Delete one that is not used"),
            Self::TooManyOverrides => conflict(
                "oncall.too_many_overrides",
                format!("一个值班表最多 {OVERRIDES_MAX} 条临时替班"),
                format!("A rota has at most {OVERRIDES_MAX} overrides"),
            )
            .hint(
                "请等前面的替班结束，或改排班顺序",
                "Wait until earlier ones are over, or change the order of the people",
            ),
            Self::Busy => conflict(
                "oncall.busy",
                "其他人正在修改这个值班表",
                "Others are changing this rota",
            )
            .hint("请稍后再试", "Try again"),
            Self::Overlaps {
                name,
                who,
                from,
                until,
            } => conflict(
                "oncall.overlaps",
                format!("{from} 到 {until} 已由 {who} 替班"),
                format!("{who} stands in from {from} until {until}"),
            )
            .hint(
                format!(
                    "换一段时间，或先撤销那次替班：jcrontab oncall remove-override '{name}' '{from}'"
                ),
                format!(
                    "Choose another time, or remove that override first: jcrontab oncall remove-override '{name}' '{from}'"
                ),
            ),
            Self::NoOverride => Refused::new(
                ErrorKind::NotFound,
                "oncall.no_override",
                both(
                    "那个时间没有替班",
                    "There is no override at that time",
                ),
            )
            .hint(
                "用 jcrontab oncall show 查看替班",
                "List them with jcrontab oncall show",
            ),
            Self::SeveralOverrides => conflict(
                "oncall.several_overrides",
                "那一天有多次替班",
                "There are several overrides on that day",
            )
            .hint(
                "请填写其中一次的开始时间，例如 2026-11-02 12:00",
                "Enter the time at which one begins, such as 2026-11-02 12:00",
            ),
            Self::InUse {
                name,
                tasks,
                policies,
                tickets,
                rules,
                summaries,
            } => {
                let users = users(&[
                    ("任务", "tasks", tasks),
                    ("默认策略", "default policies", policies),
                    ("待办", "tickets", tickets),
                    ("通知规则", "rules", rules),
                    ("定期汇总", "summaries", summaries),
                ]);
                conflict(
                    "oncall.in_use",
                    format!("值班表 {name} 还在使用中：{}", users.zh),
                    format!("The rota {name} is in use: {}", users.en),
                )
                .hint(
                    format!("先把它们的 oncall:{name} 换成别人，待办可以转交"),
                    format!("Replace oncall:{name} there first; hand the tickets over"),
                )
            }
        }
    }
}
