//! Which messages a task would send, and why.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::RoutingOutcome;
use crate::id::{ChannelId, RuleId};
use crate::time::Stamp;

/// What would become of a message now.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// It would be sent.
    Sent,
    /// It would be sent when the quiet hours are over.
    Held,
    /// It would be counted, and the next message would say so.
    Throttled,
    /// Not at this number of consecutive failures.
    OtherFailure,
    /// The rule sends nothing.
    Muted,
}

impl Verdict {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A channel, and what would become of an event there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Route {
    /// The channel.
    pub channel_id: ChannelId,
    /// Its name.
    pub channel: Option<String>,
    /// The rule that decides; `null` for the default of the task's main channel.
    pub rule_id: Option<RuleId>,
    /// The rule's name; may be empty.
    pub rule: String,
    /// What the rule is for: `task`, `owner`, `tag`, `all`, `system`; `null` for the default.
    pub scope: Option<super::ScopeKind>,
    /// Name of the channel's template that the rule chooses; `null` for the template of the event.
    #[serde(default)]
    pub template: Option<String>,
    /// What would become of it now.
    pub verdict: Verdict,
    /// Until when it would wait, or until when no further one is sent.
    pub until: Option<Stamp>,
}

impl Route {
    /// Notes what becomes of it.
    #[must_use]
    pub fn with(mut self, fate: RoutingOutcome) -> Self {
        (self.verdict, self.until) = match fate {
            RoutingOutcome::Sent => (Verdict::Sent, None),
            RoutingOutcome::Held { until } => (Verdict::Held, Some(Stamp(until))),
            RoutingOutcome::Throttled { until } => (Verdict::Throttled, Some(Stamp(until))),
            RoutingOutcome::OtherFailure { .. } => (Verdict::OtherFailure, None),
            RoutingOutcome::Muted => (Verdict::Muted, None),
        };
        self
    }
}

/// An event, and the channels that are decided for it; none where no rule includes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Explained {
    /// A code of the list of events.
    pub event: String,
    /// The channels, by id.
    pub routes: Vec<Route>,
}
