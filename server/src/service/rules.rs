//! Rules about messages, and which messages a task would send.

mod explain;

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller, Rules};
use app::channel::TemplateKey;
use app::error::AppError;
use app::i18n::Lang;
use app::id::{RuleId, TaskId};
use app::rule::{
    Explained, FurtherChannels, OF_TASK_MAX, OWN_CHANNEL, OWN_CHANNEL_NAME, Rule, RuleDraft,
    RuleEdit, RuleQuery, RuleSpec, RuleView, SHARED_MAX, Scope, TaskNotify, rule_edits, seen,
};
use async_trait::async_trait;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Service, UnknownWord};
use crate::error::OrInternal;
use crate::store::{Act, RuleAdded, RuleChange};
use crate::texts::outdated::{Attempt, ObjectKind, Outdated};
use crate::texts::rules::{RuleFault, RuleRefusal};
use crate::texts::tasks::TaskRefusal;
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Missing, Refusal};
use crate::timetable::zone;

/// The right that a rule needs: one of a task concerns that task alone.
const fn needed(scope: &Scope) -> Action {
    match scope {
        Scope::Task(_) => Action::Edit,
        Scope::Owner(_) | Scope::Tag(_) | Scope::All | Scope::System => Action::Administer,
    }
}

impl Service {
    async fn find_rule(&self, lang: Lang, id: RuleId) -> Answer<Rule> {
        let found = self.store.rule(id).await.or_internal(lang)?;
        found.ok_or_else(|| Missing::Rule.answer(lang))
    }

    /// Rules with the names of their channels and of their tasks.
    async fn shown_rules(&self, lang: Lang, rules: Vec<Rule>) -> Answer<Vec<RuleView>> {
        let channels = rules.iter().map(|rule| rule.channel_id);
        let channels = self.store.channel_names(channels).await.or_internal(lang)?;
        let mut tasks: HashMap<TaskId, Option<String>> = HashMap::new();
        for id in rules.iter().filter_map(|rule| rule.scope.task()) {
            if let Entry::Vacant(name) = tasks.entry(id) {
                let task = self.store.task(id).await.or_internal(lang)?;
                name.insert(task.map(|task| task.name.clone()));
            }
        }
        let shown = rules.iter().map(|rule| {
            let task = rule.scope.task().and_then(|id| tasks.get(&id).cloned());
            let channel = match rule.channel_id {
                OWN_CHANNEL => Some(OWN_CHANNEL_NAME.to_owned()),
                id => channels.get(&id).cloned(),
            };
            RuleView::new(rule, channel, task.flatten())
        });
        Ok(shown.collect())
    }

    async fn shown_rule(&self, lang: Lang, id: RuleId) -> Answer<RuleView> {
        let rule = self.find_rule(lang, id).await?;
        let mut shown = self.shown_rules(lang, vec![rule]).await?;
        shown.pop().ok_or_else(|| Missing::Rule.answer(lang))
    }

    /// Checks a draft: by itself, and against what it names.
    async fn check_rule(&self, lang: Lang, draft: &RuleDraft) -> Answer<RuleSpec> {
        let spec = draft
            .parse(&self.default_zone, lang)
            .map_err(|faults| AppError::invalid(lang, faults))?;
        let mut faults = Vec::new();
        let (channel, task) = (spec.channel_id, spec.scope.task());
        if channel != OWN_CHANNEL && !self.may_use(lang, channel, task).await? {
            faults.push(RuleFault::UnknownChannel.on("channel_id", lang));
        } else if let Some(name) = &spec.template {
            let key = TemplateKey::Named(name.clone());
            let found = self.store.template(channel, &key).await.or_internal(lang)?;
            if found.is_none() {
                faults.push(RuleFault::UnknownTemplate.on("template", lang));
            }
        }
        if let Some(id) = spec.scope.task()
            && self.store.task(id).await.or_internal(lang)?.is_none()
        {
            faults.push(RuleFault::UnknownTask.on("task_id", lang));
        }
        if let Some(quiet) = &spec.quiet {
            if zone(&quiet.zone).is_err() {
                let fault = TimeFault::unknown_zone(&quiet.zone);
                faults.push(fault.on("quiet_zone", lang));
            }
            let calendars = self.calendar_cache.snapshot();
            if let Some(name) = &quiet.calendar
                && calendars.calendar(Some(name)).is_none()
            {
                faults.push(RuleFault::UnknownCalendar.on("quiet_calendar", lang));
            }
        }
        match faults.is_empty() {
            true => Ok(spec),
            false => Err(AppError::invalid(lang, faults)),
        }
    }

    /// Checks the further channels of a task; `task` is `None` for one that is to be created. Faults are at `notify[0].channel_id`, ….
    pub(super) async fn check_notify(
        &self,
        lang: Lang,
        task: Option<TaskId>,
        notify: &[TaskNotify],
    ) -> Answer<Vec<RuleSpec>> {
        let most = OF_TASK_MAX;
        if notify.len() as u64 > most {
            return Err(RuleRefusal::TooManyOfTask { most }.answer(lang));
        }
        let (mut specs, mut faults) = (Vec::new(), Vec::new());
        for (place, one) in notify.iter().enumerate() {
            match one.rule(&self.default_zone, lang) {
                Ok(spec) => {
                    if !self.may_use(lang, spec.channel_id, task).await? {
                        let field = format!("notify[{place}].channel_id");
                        faults.push(RuleFault::UnknownChannel.on(&field, lang));
                    }
                    specs.push(spec);
                }
                Err(found) => faults.extend(found.into_iter().map(|mut fault| {
                    fault.field = format!("notify[{place}].{}", fault.field);
                    fault
                })),
            }
        }
        match faults.is_empty() {
            true => Ok(specs),
            false => Err(AppError::invalid(lang, faults)),
        }
    }

    /// The acts that add the rules of a new task.
    pub(super) fn rules_of_new(
        &self,
        who: &Principal,
        id: TaskId,
        specs: &[RuleSpec],
    ) -> Vec<(Act, RuleSpec)> {
        let specs = specs.iter().map(|spec| {
            let spec = spec.clone().of_task(id);
            let act = self.act(who, "rule.create").detail(detail(&spec));
            (act, spec)
        });
        specs.collect()
    }

    /// What becomes of the rules of a task so that it has these further channels.
    pub(super) async fn further_edits(
        &self,
        lang: Lang,
        id: TaskId,
        further: &FurtherChannels,
    ) -> Answer<Vec<RuleEdit>> {
        let entered = self.check_notify(lang, Some(id), &further.rows).await?;
        let entered: Vec<RuleSpec> = entered.into_iter().map(|spec| spec.of_task(id)).collect();
        let query = RuleQuery { task: Some(id) };
        let rules = self.store.rules(&query).await.or_internal(lang)?;
        let all = rules.len();
        let plain: Vec<Rule> = rules.into_iter().filter(|rule| rule.is_plain()).collect();
        if seen(plain.iter().map(|rule| (rule.id, rule.version))) != further.seen {
            return Err(TaskRefusal::RulesChanged.answer(lang));
        }
        let others = all - plain.len();
        let edits = rule_edits(&plain, entered);
        let (mut added, mut removed) = (0, 0);
        for edit in &edits {
            match edit {
                RuleEdit::Add(_) => added += 1,
                RuleEdit::Remove(..) => removed += 1,
                RuleEdit::Replace(..) => {}
            }
        }
        let most = OF_TASK_MAX;
        if added > 0 && (others + plain.len() + added - removed) as u64 > most {
            return Err(RuleRefusal::TooManyOfTask { most }.answer(lang));
        }
        Ok(edits)
    }

    /// The acts of changes of rules.
    pub(super) fn rule_acts(&self, who: &Principal, edits: Vec<RuleEdit>) -> Vec<(Act, RuleEdit)> {
        let acts = edits.into_iter().map(|edit| {
            let (action, spec) = match &edit {
                RuleEdit::Add(spec) => ("rule.create", spec),
                RuleEdit::Replace(_, _, spec) => ("rule.update", spec),
                RuleEdit::Remove(_, _, spec) => ("rule.delete", spec),
            };
            let act = self.act(who, action).detail(detail(spec));
            (act, edit)
        });
        acts.collect()
    }

    /// The caller, when it may have a rule with this draft.
    fn allow_rule<'a>(&self, caller: &'a Caller, spec: &RuleSpec) -> Answer<&'a Principal> {
        self.allow(caller, needed(&spec.scope))
    }

    /// The refusal of a form whose scope or action does not exist: a default would be another rule than the one that
    /// was meant.
    pub fn unknown_word_in_rule(&self, caller: &Caller, word: UnknownWord) -> AppError {
        match self.allow(caller, Action::Edit) {
            Ok(_) => AppError::invalid(caller.lang, vec![word.fault(caller.lang)]),
            Err(refused) => refused,
        }
    }

    /// The answer to a change.
    fn changed_rule(&self, lang: Lang, change: RuleChange, attempt: Attempt) -> Answer<()> {
        match change {
            RuleChange::Done => {
                self.signals.publish(None, None);
                Ok(())
            }
            RuleChange::Gone => Err(Missing::Rule.answer(lang)),
            RuleChange::Outdated(version) => {
                let outdated = Outdated {
                    thing: ObjectKind::Rule,
                    version,
                    differs: Vec::new(),
                    attempt,
                };
                Err(outdated.answer(lang))
            }
            RuleChange::NoChannel => Err(RuleFault::UnknownChannel.alone("channel_id", lang)),
            RuleChange::NoTask => Err(RuleFault::UnknownTask.alone("task_id", lang)),
            RuleChange::NoTemplate => Err(RuleFault::UnknownTemplate.alone("template", lang)),
        }
    }
}

/// The fields in which a rule is not as it is stored.
fn differing(entered: &RuleDraft, stored: &RuleDraft) -> Vec<&'static str> {
    let whose = |draft: &RuleDraft| {
        let (owner, tag) = (draft.owner.clone(), draft.tag.clone());
        (draft.scope, draft.task_id, owner, tag)
    };
    [
        ("scope", whose(entered) != whose(stored)),
        ("events", entered.events != stored.events),
        ("channel_id", entered.channel_id != stored.channel_id),
        ("action", entered.action != stored.action),
        ("template", entered.template != stored.template),
        ("throttle", entered.throttle != stored.throttle),
        ("failures", entered.failures != stored.failures),
        ("quiet_from", entered.quiet_from != stored.quiet_from),
        ("quiet_until", entered.quiet_until != stored.quiet_until),
        ("quiet_zone", entered.quiet_zone != stored.quiet_zone),
        (
            "quiet_calendar",
            entered.quiet_calendar != stored.quiet_calendar,
        ),
        ("urgent", entered.urgent != stored.urgent),
        ("enabled", entered.enabled != stored.enabled),
        ("name", entered.name != stored.name),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// What the audit log says of a rule.
fn detail(spec: &RuleSpec) -> String {
    let scope = match &spec.scope {
        Scope::Task(id) => format!("task {id}"),
        Scope::Owner(owner) => format!("owner {owner}"),
        Scope::Tag(tag) => format!("tag {tag}"),
        Scope::All => "all".to_owned(),
        Scope::System => "system".to_owned(),
    };
    let events: Vec<&str> = spec.events.iter().map(|event| event.as_str()).collect();
    let channel = match spec.channel_id {
        OWN_CHANNEL => OWN_CHANNEL_NAME.to_owned(),
        id => id.to_string(),
    };
    let (action, events) = (spec.action.as_str(), events.join(","));
    format!("{scope}: {action} {events} → channel {channel}")
}

#[async_trait]
impl Rules for Service {
    async fn rule_list(&self, caller: &Caller, query: &RuleQuery) -> Answer<Vec<RuleView>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        if let Some(task) = query.task {
            self.find_task(lang, task).await?;
        }
        let rules = self.store.rules(query).await.or_internal(lang)?;
        self.shown_rules(lang, rules).await
    }

    async fn rule_get(&self, caller: &Caller, id: RuleId) -> Answer<RuleView> {
        self.allow(caller, Action::Read)?;
        self.shown_rule(caller.lang, id).await
    }

    async fn rule_create(&self, caller: &Caller, draft: &RuleDraft) -> Answer<RuleView> {
        // Before it is checked: faults may reveal names of channels and tasks.
        self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        let spec = self.check_rule(lang, draft).await?;
        let who = self.allow_rule(caller, &spec)?;
        let act = self.act(who, "rule.create").detail(detail(&spec));
        match self
            .store
            .insert_rule(&act, &spec)
            .await
            .or_internal(lang)?
        {
            RuleAdded::Done(id) => {
                self.signals.publish(None, None);
                self.shown_rule(lang, id).await
            }
            RuleAdded::TooMany => Err(match spec.scope {
                Scope::Task(_) => RuleRefusal::TooManyOfTask { most: OF_TASK_MAX },
                _ => RuleRefusal::TooMany { most: SHARED_MAX },
            }
            .answer(lang)),
            RuleAdded::NoChannel => Err(RuleFault::UnknownChannel.alone("channel_id", lang)),
            RuleAdded::NoTask => Err(RuleFault::UnknownTask.alone("task_id", lang)),
            RuleAdded::NoTemplate => Err(RuleFault::UnknownTemplate.alone("template", lang)),
        }
    }

    async fn rule_update(
        &self,
        caller: &Caller,
        id: RuleId,
        read: Option<i64>,
        draft: &RuleDraft,
    ) -> Answer<RuleView> {
        self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        let stored = self.find_rule(lang, id).await?;
        self.allow_rule(caller, &stored.spec)?;
        let spec = self.check_rule(lang, draft).await?;
        let who = self.allow_rule(caller, &spec)?;
        let act = self.act(who, "rule.update").detail(detail(&spec));
        // The right was checked for what is stored: it must still be that.
        let read = read.unwrap_or(stored.version);
        let changed = self.store.update_rule(&act, id, Some(read), &spec).await;
        let changed = changed.or_internal(lang)?;
        if let RuleChange::Outdated(version) = changed {
            let stored = self.shown_rule(lang, id).await?;
            // As it would be stored: the order of events and blanks are no difference.
            let differs = differing(&RuleDraft::from(&spec), &stored.draft());
            let thing = ObjectKind::Rule;
            return Err(Outdated {
                thing,
                version,
                differs,
                attempt: Attempt::Save,
            }
            .answer(lang));
        }
        self.changed_rule(lang, changed, Attempt::Save)?;
        self.shown_rule(lang, id).await
    }

    async fn rule_delete(&self, caller: &Caller, id: RuleId, read: Option<i64>) -> Answer<()> {
        self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        let stored = self.find_rule(lang, id).await?;
        let who = self.allow_rule(caller, &stored.spec)?;
        let act = self.act(who, "rule.delete").detail(detail(&stored.spec));
        let read = read.unwrap_or(stored.version);
        let deleted = self.store.delete_rule(&act, id, Some(read)).await;
        self.changed_rule(lang, deleted.or_internal(lang)?, Attempt::Delete)
    }

    async fn task_messages_explained(
        &self,
        caller: &Caller,
        task: TaskId,
    ) -> Answer<Vec<Explained>> {
        self.allow(caller, Action::Read)?;
        self.explain_messages(caller.lang, task).await
    }
}
