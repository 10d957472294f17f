//! From a stored rule back to the input that leaves it unchanged.

use super::TicketDraft;
use super::cadence::{factor_text, usual_max, usual_min};
use super::ladder::line;
use crate::duration::format_duration;
use crate::ticket::{
    CHECK_SECONDS_USUAL, Cadence, CheckBy, Opens, PolicyDefault, PolicyPart, TicketRule, UrgePolicy,
};
use crate::time::clock_time;

impl From<&PolicyDefault> for TicketDraft {
    /// The draft that would leave it unchanged.
    fn from(default: &PolicyDefault) -> Self {
        Self::from(&TicketRule {
            policy: default.policy.clone(),
            own: Some(default.own.clone()),
            ..TicketRule::default()
        })
    }
}

impl From<&TicketRule> for TicketDraft {
    /// The draft that would leave it unchanged.
    fn from(rule: &TicketRule) -> Self {
        let policy = &rule.policy;
        let own = rule.own_parts();
        let is_own = |part| own.contains(&part);
        // What is inherited is left empty.
        let text = |part, text: String| if is_own(part) { text } else { String::new() };
        let mut draft = Self {
            opens: match rule.opens {
                Opens::None => String::new(),
                opens => opens.as_str().to_owned(),
            },
            first_after: text(
                PolicyPart::FirstAfter,
                format_duration(policy.first_after_seconds),
            ),
            urgent: policy.urgent && is_own(PolicyPart::Urgent),
            max_urges: text(PolicyPart::MaxUrges, policy.max_urges.to_string()),
            expires_after: text(
                PolicyPart::ExpiresAfter,
                format_duration(policy.expires_after_seconds),
            ),
            ladder: text(PolicyPart::Ladder, lines(policy)),
            stop: text(PolicyPart::Stop, policy.stop.as_str().to_owned()),
            quiet_done: policy.quiet_done && is_own(PolicyPart::QuietDone),
            ..Self::default()
        };
        if is_own(PolicyPart::Cadence) {
            draft.show_cadence(&policy.cadence);
        }
        if let Some(hours) = policy.hours.as_ref().filter(|_| is_own(PolicyPart::Hours)) {
            draft.calendar = hours.calendar.clone().unwrap_or_default();
            if hours.calendar.is_none() || (hours.from, hours.until) != (0, 24 * 60) {
                draft.hours_from = clock_time(hours.from);
                draft.hours_until = clock_time(hours.until);
            }
        }
        if let Some(check) = &rule.check {
            match &check.by {
                CheckBy::Command(command) => draft.check_command.clone_from(command),
                CheckBy::Url(url) => draft.check_url.clone_from(url),
            }
            draft.check_timeout = unless(check.timeout_seconds, CHECK_SECONDS_USUAL);
        }
        draft
    }
}

impl TicketDraft {
    fn show_cadence(&mut self, cadence: &Cadence) {
        match cadence {
            Cadence::Cron(cron) => self.cron.clone_from(cron),
            Cadence::Interval {
                every_seconds,
                factor_percent,
                min_seconds,
                max_seconds,
            } => {
                let (every, factor) = (*every_seconds, *factor_percent);
                self.every = format_duration(every);
                if factor != 100 {
                    self.factor = factor_text(factor);
                }
                self.min = unless(*min_seconds, usual_min(every, factor));
                self.max = unless(*max_seconds, usual_max(every, factor));
            }
        }
    }
}

fn lines(policy: &UrgePolicy) -> String {
    let lines: Vec<String> = policy.ladder.iter().map(line).collect();
    lines.join("\n")
}

fn unless(seconds: i64, usual: i64) -> String {
    if seconds == usual {
        String::new()
    } else {
        format_duration(seconds)
    }
}
