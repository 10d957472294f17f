//! On-call rotas: why something cannot be done to one, and what is wrong with what was typed.

use app::oncall::{OVERRIDES_MAX, ROTAS_MAX};

use super::{Fault, Refusal, Refused, Text, both, conflict};

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
        }
    }
}

/// Why something cannot be done to a rota.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RotaRefusal {
    /// There are as many as there may be.
    TooMany,
    /// It has as many overrides as it may have.
    TooManyOverrides,
    /// Others change it.
    Busy,
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
        }
    }
}
