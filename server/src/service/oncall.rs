//! On-call rotas: who is on call, and changing it. Administrators own the rotas; operators stand in for each other.

use app::auth::Action;
use app::backend::{Answer, Caller, Rotas};
use app::error::AppError;
use app::i18n::Lang;
use app::oncall::{
    OVERRIDES_MAX, Override, OverrideDraft, Rota, RotaDraft, RotaView, RotaWeek, SwapDraft,
    WEEKS_SHOWN,
};
use app::time::{Stamp, clock_time};
use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, Utc};
use jiff::tz::TimeZone;

use super::Service;
use super::versions::{as_read, as_read_to_delete, named, nothing, stored_deletion};
use crate::error::OrInternal;
use crate::oncall::{
    NotRemoved, NotSwapped, Turn, in_the_way, on_call, remove_override, span, swap, week, weeks,
};
use crate::store::{Act, NOT_STORED, RotaPut, RotaRemoval};
use crate::texts::oncall::{RotaFault, RotaRefusal};
use crate::texts::outdated::ObjectKind;
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Missing, Refusal};
use crate::timetable::{civil_date, is_date, rules, zone};

/// Times that a change is tried on a rota that others change.
const TRIES: u32 = 5;

impl Service {
    /// All rotas, by name, each with the person on call.
    ///
    /// # Errors
    /// When the caller may not read.
    pub async fn rotas(&self, caller: &Caller) -> Answer<Vec<RotaView>> {
        self.allow(caller, Action::Read)?;
        let rotas = self.store.rotas().await.or_internal(caller.lang)?;
        let rotas = rotas.into_iter();
        Ok(rotas
            .filter_map(|(rota, version)| self.rota_view(rota, version))
            .collect())
    }

    /// One rota.
    ///
    /// # Errors
    /// When there is none with this name.
    pub async fn rota(&self, caller: &Caller, name: &str) -> Answer<RotaView> {
        self.allow(caller, Action::Read)?;
        let (rota, version) = self.find_rota(caller.lang, name).await?;
        self.rota_view(rota, version)
            .ok_or_else(|| Missing::Rota.answer(caller.lang))
    }

    /// Sets a rota, in the place of the one with this name; overrides stay. With `read` only in the place of that
    /// version, 0 for none.
    ///
    /// # Errors
    /// When the caller is no administrator, the rota has another version, or the draft has faults.
    pub async fn rota_set(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &RotaDraft,
    ) -> Answer<RotaView> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let mut faults = Vec::new();
        let mut rota = draft.read(name, lang, &mut faults);
        self.known_as_read(lang, read, &rota).await?;
        if rota.zone.is_empty() {
            rota.zone.clone_from(&self.default_zone);
        }
        match zone(&rota.zone) {
            Ok(zone) if rota.since.is_empty() => {
                rota.since = civil_date(&zone, self.clock.now()).to_string();
            }
            Ok(_) if is_date(&rota.since) && rota.since.parse::<jiff::civil::Date>().is_ok() => {}
            Ok(_) => faults.push(RotaFault::NotADate.on("since", lang)),
            Err(_) => faults.push(TimeFault::unknown_zone(&rota.zone).on("zone", lang)),
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let act = self.act(who, "oncall.set").detail(rota.name.as_str());
        for _ in 0..TRIES {
            let known = self.known_as_read(lang, read, &rota).await?;
            let version = known.as_ref().map(|(_, version)| *version);
            rota.overrides = known.map_or_else(Vec::new, |(known, _)| known.overrides);
            let put = self.store.put_rota(&act, &rota, version).await;
            match put.or_internal(lang)? {
                RotaPut::Done => {
                    self.signals.publish(None, None);
                    return self.rota(caller, &rota.name).await;
                }
                RotaPut::TooMany => return Err(RotaRefusal::TooMany.answer(lang)),
                RotaPut::Outdated => {}
            }
        }
        Err(RotaRefusal::Busy.answer(lang))
    }

    /// Removes a rota that nothing names.
    ///
    /// # Errors
    /// When the caller is no administrator, there is no such rota, it has another version than `read`, or a task, a
    /// default policy, an open ticket, a rule or a summary names it.
    pub async fn delete_rota(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let (_, version) = self.find_rota(lang, name).await?;
        as_read_to_delete(lang, ObjectKind::Rota, read, version)?;
        let act = self.act(who, "oncall.delete").detail(name);
        let deleted = self.store.delete_rota(&act, name, read).await;
        match stored_deletion(lang, ObjectKind::Rota, deleted)? {
            RotaRemoval::Done => {
                self.signals.publish(None, None);
                Ok(())
            }
            RotaRemoval::Unknown => Err(Missing::Rota.answer(lang)),
            RotaRemoval::InUse(uses) => {
                let numbered =
                    |(id, name): (i64, String)| format!("#{id} {name}").trim_end().to_owned();
                let in_use = RotaRefusal::InUse {
                    name: name.to_owned(),
                    tasks: uses.tasks.into_iter().map(numbered).collect(),
                    policies: uses.policies,
                    tickets: uses.tickets.into_iter().map(numbered).collect(),
                    rules: uses.rules.into_iter().map(numbered).collect(),
                    summaries: uses.summaries,
                };
                Err(in_use.answer(lang))
            }
        }
    }

    /// Has another person on call for a time.
    ///
    /// # Errors
    /// When the caller may not operate tasks, the rota has another version than `read`, the draft has faults, or another
    /// override is in the way.
    pub async fn rota_override(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &OverrideDraft,
    ) -> Answer<RotaView> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        self.change_rota(lang, name, read, |rota, zone, now| {
            let mut faults = Vec::new();
            let person = draft.person(lang, &mut faults);
            let from = match draft.from.trim() {
                // Whole seconds: the override is named by its beginning, as it is shown.
                "" => Some(now.trunc_subsecs(0)),
                text => span(rota, zone, text).map(|(from, _)| from),
            };
            let until = span(rota, zone, draft.until.trim()).map(|(_, until)| until);
            if from.is_none() {
                faults.push(TimeFault::NotAnEnd.on("from", lang));
            }
            let (from, until) = match (from, until) {
                (_, None) => {
                    faults.push(TimeFault::NotAnEnd.on("until", lang));
                    return Err(AppError::invalid(lang, faults));
                }
                (None, _) => return Err(AppError::invalid(lang, faults)),
                (Some(from), Some(until)) => (from, until),
            };
            if until <= from || until <= now {
                faults.push(RotaFault::EndsBefore.on("until", lang));
            }
            if !faults.is_empty() {
                return Err(AppError::invalid(lang, faults));
            }
            if let Some(other) = in_the_way(rota, from, until) {
                return Err(overlaps(rota, zone, other).answer(lang));
            }
            rota.overrides.push(Override {
                from: Stamp(from),
                until: Stamp(until),
                who: person.clone(),
            });
            Ok(self
                .act(who, "oncall.override")
                .detail(format!("{name}: {person}")))
        })
        .await?;
        self.rota(caller, name).await
    }

    /// Removes an override, named by its beginning, by a time in it, or by its date where it is the only one then.
    ///
    /// # Errors
    /// When the caller may not operate tasks, the rota has another version than `read`, or no override, or not one, is in
    /// force then.
    pub async fn rota_override_remove(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        at: &str,
    ) -> Answer<RotaView> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        self.change_rota(lang, name, read, |rota, zone, _| {
            let Some(span) = span(rota, zone, at.trim()) else {
                return Err(RotaFault::NotATime.alone("at", lang));
            };
            let removed = remove_override(rota, span).map_err(|why| match why {
                NotRemoved::NoneThen => RotaRefusal::NoOverride.answer(lang),
                NotRemoved::Several => RotaRefusal::SeveralOverrides.answer(lang),
            })?;
            Ok(self
                .act(who, "oncall.override_remove")
                .detail(format!("{name}: {}", removed.who)))
        })
        .await?;
        self.rota(caller, name).await
    }

    /// Swaps the people of two weeks; the same swap again undoes it.
    ///
    /// # Errors
    /// When the caller may not operate tasks, the rota has another version than `read`, a time is in no week to come, or
    /// an override covers a part of a week.
    pub async fn rota_swap(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &SwapDraft,
    ) -> Answer<RotaView> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        self.change_rota(lang, name, read, |rota, zone, now| {
            let mut faults = Vec::new();
            let weeks =
                [("first", &draft.first), ("second", &draft.second)].map(|(field, text)| {
                    let at = span(rota, zone, text.trim());
                    let found = at.and_then(|(at, _)| week(rota, zone, at));
                    let found = found.filter(|week| week.until > now);
                    if found.is_none() {
                        faults.push(RotaFault::NoWeek.on(field, lang));
                    }
                    found
                });
            let [Some(first), Some(second)] = weeks else {
                return Err(AppError::invalid(lang, faults));
            };
            let (one, other) = swap(rota, &first, &second).map_err(|why| match why {
                NotSwapped::OneWeek => RotaFault::OneWeek.alone("second", lang),
                NotSwapped::InPart(other) => overlaps(rota, zone, &other).answer(lang),
            })?;
            let people = format!("{name}: {one} ↔ {other}");
            Ok(self.act(who, "oncall.swap").detail(people))
        })
        .await?;
        self.rota(caller, name).await
    }

    async fn find_rota(&self, lang: Lang, name: &str) -> Answer<(Rota, i64)> {
        let found = self.store.rota(name).await.or_internal(lang)?;
        found.ok_or_else(|| Missing::Rota.answer(lang))
    }

    /// The rota with the name of one that was entered, if it still has the version that was read.
    async fn known_as_read(
        &self,
        lang: Lang,
        read: Option<i64>,
        entered: &Rota,
    ) -> Answer<Option<(Rota, i64)>> {
        let known = self.store.rota(&entered.name).await.or_internal(lang)?;
        let version = known.as_ref().map_or(NOT_STORED, |(_, version)| *version);
        as_read(lang, ObjectKind::Rota, read, version, || {
            known.as_ref().map_or_else(nothing, |(known, _)| {
                // What was left empty is filled in as it is stored, so it is no difference.
                let is_other = |entered: &str, known: &str| !entered.is_empty() && entered != known;
                named([
                    ("people", known.people != entered.people),
                    ("weekday", known.weekday != entered.weekday),
                    ("time", known.minute != entered.minute),
                    ("zone", is_other(&entered.zone, &known.zone)),
                    ("since", is_other(&entered.since, &known.since)),
                ])
            })
        })?;
        Ok(known)
    }

    /// Changes a rota as it is now, with `read` only while it has that version; reads it again where another person came
    /// first.
    async fn change_rota(
        &self,
        lang: Lang,
        name: &str,
        read: Option<i64>,
        change: impl Fn(&mut Rota, &TimeZone, DateTime<Utc>) -> Answer<Act>,
    ) -> Answer<()> {
        for _ in 0..TRIES {
            let (mut rota, version) = self.find_rota(lang, name).await?;
            as_read(lang, ObjectKind::Rota, read, version, nothing)?;
            let now = self.clock.now();
            rota.overrides.retain(|one| one.until.0 > now);
            let zone = zone(&rota.zone).unwrap_or(TimeZone::UTC);
            let act = change(&mut rota, &zone, now)?;
            if rota.overrides.len() > OVERRIDES_MAX {
                return Err(RotaRefusal::TooManyOverrides.answer(lang));
            }
            match self
                .store
                .put_rota(&act, &rota, Some(version))
                .await
                .or_internal(lang)?
            {
                RotaPut::Outdated => {}
                _ => {
                    self.signals.publish(None, None);
                    return Ok(());
                }
            }
        }
        Err(RotaRefusal::Busy.answer(lang))
    }

    /// A rota as it is shown; `None` where it has no turn, which no rota that was checked has.
    fn rota_view(&self, rota: Rota, version: i64) -> Option<RotaView> {
        let (zone, now) = (zone(&rota.zone).ok()?, self.clock.now());
        let turn: Turn = on_call(&rota, &zone, now)?;
        let next = on_call(&rota, &zone, turn.until)?;
        let weeks = weeks(&rota, &zone, now);
        let weeks = weeks.take(WEEKS_SHOWN).map(|week| RotaWeek {
            from: Stamp(week.from),
            until: Stamp(week.until),
            who: week.who,
        });
        let weeks = weeks.collect();
        let mut overrides = rota.overrides;
        overrides.retain(|one| one.until.0 > now);
        overrides.sort_by_key(|one| one.from);
        Some(RotaView {
            name: rota.name,
            zone: rota.zone,
            weekday: rota.weekday,
            time: clock_time(rota.minute),
            people: rota.people,
            since: rota.since,
            overrides,
            now: turn.who,
            until: Stamp(turn.until),
            next: next.who,
            weeks,
            version,
        })
    }
}

#[async_trait]
impl Rotas for Service {
    async fn rota_list(&self, caller: &Caller) -> Answer<Vec<RotaView>> {
        self.rotas(caller).await
    }

    async fn rota_get(&self, caller: &Caller, name: &str) -> Answer<RotaView> {
        self.rota(caller, name).await
    }

    async fn rota_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()> {
        self.delete_rota(caller, name, read).await
    }
}

/// The sentence about an override that is in the way.
fn overlaps(rota: &Rota, zone: &TimeZone, other: &Override) -> RotaRefusal {
    let shown = |at: Stamp| rules(&rota.zone, zone, at.0).local(at);
    RotaRefusal::Overlaps {
        name: rota.name.clone(),
        who: other.who.clone(),
        from: shown(other.from),
        until: shown(other.until),
    }
}
