//! Ids as types, so that a run's id cannot be used as a task's.

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

/// Of a schedule that is not stored yet.
impl Default for ScheduleId {
    fn default() -> Self {
        Self(0)
    }
}

ids! {
    /// A task (任务).
    TaskId,
    /// A schedule of a task (工作周期).
    ScheduleId,
    /// A planned firing (计划).
    OccurrenceId,
    /// An attempt at an occurrence, or a manual start (执行).
    RunId,
    /// A notification channel (通知渠道).
    ChannelId,
    /// An outgoing message (消息).
    MessageId,
    /// A rule about messages (通知规则).
    RuleId,
    /// A person of a chat (聊天人员).
    ChatPersonId,
    /// A calendar of working days (日历).
    CalendarId,
    /// A period without firings (停跑时段).
    BlackoutId,
    /// A summary (定期汇总).
    SummaryId,
    /// A ticket (单).
    TicketId,
    /// A secret (密钥).
    SecretId,
    /// A person who signs in.
    UserId,
    /// An API token.
    TokenId,
    /// An entry of the audit log (审计记录).
    AuditId,
}
