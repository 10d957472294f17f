//! Which channels an event goes to, and which rule decides that for each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Rule, RuleAction, ScopeKind, Subject};
use crate::id::{ChannelId, RuleId};
use crate::message::Event;

/// A channel that something is decided about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChannelCandidate<'a> {
    /// The channel.
    pub channel: ChannelId,
    /// What decides.
    pub by: By<'a>,
}

/// What decides about a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By<'a> {
    /// This rule, the most specific one for event and channel.
    Rule(&'a Rule),
    /// No rule: it is the task's main channel, and the event is sent by default.
    MainChannel,
}

impl ChannelCandidate<'_> {
    /// Whether the channel may get something, now or later.
    #[must_use]
    pub fn sends(&self) -> bool {
        match self.by {
            By::Rule(rule) => rule.action == RuleAction::Send,
            By::MainChannel => true,
        }
    }
}

/// The order in which rules decide: the first one for a channel does.
fn rank(rule: &Rule) -> (usize, bool, Reverse<RuleId>) {
    let kind = rule.scope.kind();
    let place = ScopeKind::ALL.iter().position(|other| *other == kind);
    // Of rules for the same tasks, one that sends goes before one that does not, and a newer one
    // before an older one.
    let mutes = rule.action == RuleAction::Mute;
    (place.unwrap_or(usize::MAX), mutes, Reverse(rule.id))
}

/// The channels that an event is decided for, by id; each once, so that it gets one message whatever
/// number of rules names it. Rules that are off decide nothing.
///
/// The main channel of a task gets what is sent by default, unless a rule decides about that event
/// and channel, or the task has a rule of its own for the channel: that says what the channel gets.
#[must_use]
pub fn picks<'a>(rules: &'a [Rule], subject: &Subject, event: Event) -> Vec<ChannelCandidate<'a>> {
    let mut chosen: BTreeMap<ChannelId, &Rule> = BTreeMap::new();
    let main = subject.main_channel();
    let mut is_default = event.is_default();
    for rule in rules {
        if !rule.enabled || !rule.scope.includes(subject) {
            continue;
        }
        let Some(channel) = rule.channel_for(subject) else {
            continue;
        };
        let own = rule.scope.kind() == ScopeKind::Task;
        if own && rule.action == RuleAction::Send && Some(channel) == main {
            is_default = false;
        }
        if !rule.events.contains(&event) {
            continue;
        }
        let best = chosen.entry(channel).or_insert(rule);
        if rank(rule) < rank(best) {
            *best = rule;
        }
    }
    let mut picks: Vec<ChannelCandidate<'a>> = chosen
        .into_iter()
        .map(|(channel, rule)| ChannelCandidate {
            channel,
            by: By::Rule(rule),
        })
        .collect();
    if let Some(channel) = main.filter(|_| is_default)
        && let Err(place) = picks.binary_search_by_key(&channel, |pick| pick.channel)
    {
        let by = By::MainChannel;
        picks.insert(place, ChannelCandidate { channel, by });
    }
    picks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TaskId;
    use crate::rule::{Failures, RuleSpec, Scope};
    use crate::time::Stamp;

    fn rule(id: i64, scope: Scope, channel: i64, events: &[Event], action: RuleAction) -> Rule {
        let at = Stamp(chrono::DateTime::UNIX_EPOCH);
        Rule {
            id: RuleId(id),
            version: 1,
            created_at: at,
            updated_at: at,
            spec: RuleSpec {
                name: String::new(),
                scope,
                events: events.to_vec(),
                channel_id: ChannelId(channel),
                action,
                template: None,
                throttle_seconds: 0,
                quiet: None,
                urgent: false,
                failures: Failures::All,
                enabled: true,
            },
        }
    }

    fn subject() -> Subject {
        Subject::Task {
            id: TaskId(5),
            channel: Some(ChannelId(1)),
            tags: vec!["prod".to_owned()],
            owners: vec!["ann".to_owned()],
            urgent: false,
        }
    }

    /// Channels, and the rules that decide; 0 for the main channel.
    fn found(rules: &[Rule], subject: &Subject, event: Event) -> Vec<(i64, i64, bool)> {
        let picks = picks(rules, subject, event);
        let id = |by: By<'_>| match by {
            By::Rule(rule) => rule.id.0,
            By::MainChannel => 0,
        };
        picks
            .iter()
            .map(|pick| (pick.channel.0, id(pick.by), pick.sends()))
            .collect()
    }

    #[test]
    fn the_most_specific_rule_decides_for_each_channel_once() {
        use Event::{Created, Failed, Lost};
        use RuleAction::{Mute, Send};
        let all = rule(1, Scope::All, 2, &[Failed, Lost], Send);
        let tag = rule(2, Scope::Tag("prod".to_owned()), 2, &[Failed], Send);
        let owner = rule(3, Scope::Owner("ann".to_owned()), 2, &[Failed], Send);
        let mute = rule(4, Scope::Task(TaskId(5)), 2, &[Failed], Mute);
        let other = rule(5, Scope::Task(TaskId(6)), 3, &[Failed], Send);
        let system = rule(6, Scope::System, 4, &[Failed], Send);
        let table = [
            (vec![], Failed, vec![(1, 0, true)]),
            (vec![&all], Failed, vec![(1, 0, true), (2, 1, true)]),
            (vec![&all, &tag], Failed, vec![(1, 0, true), (2, 2, true)]),
            (
                vec![&owner, &tag, &all],
                Failed,
                vec![(1, 0, true), (2, 3, true)],
            ),
            (
                vec![&owner, &mute, &all],
                Failed,
                vec![(1, 0, true), (2, 4, false)],
            ),
            (vec![&mute, &all], Lost, vec![(1, 0, true), (2, 1, true)]),
            (vec![&other, &system], Created, vec![(1, 0, true)]),
        ];
        for (rules, event, wanted) in table {
            let rules: Vec<Rule> = rules.into_iter().cloned().collect();
            assert_eq!(found(&rules, &subject(), event), wanted, "{rules:?}");
        }
        assert_eq!(
            found(&[system, all], &Subject::System, Failed),
            [(4, 6, true)]
        );
    }

    #[test]
    fn a_rule_for_the_own_channel_is_about_the_main_channel_of_each_task() {
        use Event::{Created, Failed, Skipped};
        use RuleAction::{Mute, Send};
        let own = |id, scope, events: &[Event], action| rule(id, scope, 0, events, action);
        let mute = own(1, Scope::All, &[Created], Mute);
        let more = own(2, Scope::Tag("prod".to_owned()), &[Skipped], Send);
        let rules = [mute, more];
        assert_eq!(found(&rules, &subject(), Created), [(1, 1, false)]);
        assert_eq!(found(&rules, &subject(), Skipped), [(1, 2, true)]);
        assert_eq!(found(&rules, &subject(), Failed), [(1, 0, true)]);
        // A rule of the task says otherwise, by the name of its channel as well.
        let named = rule(3, Scope::Task(TaskId(5)), 1, &[Created], Send);
        let all = [rules[0].clone(), named];
        assert_eq!(found(&all, &subject(), Created), [(1, 3, true)]);
        // It replaces what is sent by default, as one that names the channel does.
        let replaces = own(4, Scope::Task(TaskId(5)), &[Failed], Send);
        assert_eq!(found(&[replaces], &subject(), Created), []);
        // A task without a channel gets nothing.
        let none = Subject::Task {
            urgent: false,
            id: TaskId(5),
            channel: None,
            tags: vec!["prod".to_owned()],
            owners: Vec::new(),
        };
        assert_eq!(found(&rules, &none, Skipped), []);
    }

    #[test]
    fn a_rule_of_the_task_for_its_main_channel_replaces_what_is_sent_by_default() {
        use Event::{Created, Failed};
        let own = rule(1, Scope::Task(TaskId(5)), 1, &[Failed], RuleAction::Send);
        let rules = std::slice::from_ref(&own);
        assert_eq!(found(rules, &subject(), Failed), [(1, 1, true)]);
        assert_eq!(found(rules, &subject(), Created), []);
        let mut off = own.clone();
        off.spec.enabled = false;
        assert_eq!(found(&[off], &subject(), Created), [(1, 0, true)]);
        let mute = rule(2, Scope::All, 1, &[Created], RuleAction::Mute);
        let rules = std::slice::from_ref(&mute);
        assert_eq!(found(rules, &subject(), Created), [(1, 2, false)]);
        assert_eq!(found(rules, &subject(), Failed), [(1, 0, true)]);
    }
}
