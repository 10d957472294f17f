//! What happens after a failure.

use serde::{Deserialize, Serialize};

use crate::run::RunState;

/// When a failed attempt is retried. Never after a person stopped it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Retry {
    /// Attempts in total, 1–20; 1 means no retry.
    pub attempts: i32,
    /// Seconds before the second attempt.
    pub delay_seconds: i64,
    /// Each further delay is this many percent of the previous one, 100–1000.
    pub factor_percent: u32,
    /// The maximum delay in seconds.
    pub max_delay_seconds: i64,
    /// Each delay varies randomly by up to this many percent, 0–100.
    pub jitter_percent: u32,
    /// Retries only after these exit codes; empty for any failure.
    pub exit_codes: Vec<i32>,
    /// Also retries after the hard limit.
    pub on_timeout: bool,
    /// Also retries after a crash of the server, when the command may already have completed.
    pub on_lost: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 1,
            delay_seconds: 60,
            factor_percent: 200,
            max_delay_seconds: 3600,
            jitter_percent: 0,
            exit_codes: Vec::new(),
            on_timeout: false,
            on_lost: false,
        }
    }
}

impl Retry {
    /// Milliseconds until the next attempt after `attempt` ended like this; `None` if there is none. `chance` in 0..1
    /// determines the jitter.
    #[must_use]
    pub fn next_delay_ms(
        &self,
        attempt: i32,
        state: RunState,
        exit_code: Option<i32>,
        chance: f64,
    ) -> Option<i64> {
        let again = match state {
            RunState::Failed => match exit_code {
                Some(code) => self.exit_codes.is_empty() || self.exit_codes.contains(&code),
                // Not started, ended by a signal, or an HTTP call: retried only if any failure counts.
                None => self.exit_codes.is_empty(),
            },
            RunState::TimedOut => self.on_timeout,
            RunState::Lost => self.on_lost,
            _ => false,
        };
        if !again || attempt >= self.attempts {
            return None;
        }
        let max = self.max_delay_seconds.max(0) as f64;
        let plain = (self.delay_seconds.max(0) as f64
            * (f64::from(self.factor_percent.max(100)) / 100.0)
                .powi(attempt.saturating_sub(1).max(0)))
        .min(max);
        let spread = f64::from(self.jitter_percent.min(100)) / 100.0;
        let delay = plain * (1.0 + spread * (2.0 * chance - 1.0));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most max_delay, which is small"
        )]
        Some((delay.clamp(0.0, max) * 1000.0) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_the_cap_and_end_with_the_attempts() {
        let retry = Retry {
            attempts: 5,
            delay_seconds: 10,
            factor_percent: 300,
            max_delay_seconds: 60,
            ..Retry::default()
        };
        let delays: Vec<Option<i64>> = (1..=5)
            .map(|attempt| retry.next_delay_ms(attempt, RunState::Failed, Some(1), 0.5))
            .collect();
        assert_eq!(
            delays,
            [Some(10_000), Some(30_000), Some(60_000), Some(60_000), None]
        );
    }

    #[test]
    fn chance_moves_a_delay_by_no_more_than_its_percent() {
        let retry = Retry {
            attempts: 2,
            delay_seconds: 100,
            jitter_percent: 20,
            ..Retry::default()
        };
        let at = |chance| retry.next_delay_ms(1, RunState::Failed, Some(1), chance);
        assert_eq!(at(0.0), Some(80_000));
        assert_eq!(at(0.5), Some(100_000));
        assert_eq!(at(1.0), Some(120_000));
    }

    #[test]
    fn only_chosen_ends_are_tried_again_and_never_a_stopped_one() {
        let chosen = Retry {
            attempts: 3,
            exit_codes: vec![75],
            ..Retry::default()
        };
        let again = |retry: &Retry, state, code| retry.next_delay_ms(1, state, code, 0.5).is_some();
        assert!(again(&chosen, RunState::Failed, Some(75)));
        assert!(!again(&chosen, RunState::Failed, Some(1)));
        assert!(!again(&chosen, RunState::Failed, None));
        assert!(!again(&chosen, RunState::TimedOut, None));
        assert!(!again(&chosen, RunState::Lost, None));
        let all = Retry {
            attempts: 3,
            on_timeout: true,
            on_lost: true,
            ..Retry::default()
        };
        for state in [RunState::Failed, RunState::TimedOut, RunState::Lost] {
            assert!(again(&all, state, None), "{state:?}");
        }
        for state in [
            RunState::Killed,
            RunState::Succeeded,
            RunState::Running,
            RunState::Sending,
        ] {
            assert!(!again(&all, state, Some(1)), "{state:?}");
        }
    }
}
