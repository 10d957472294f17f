//! Runs of all tasks: checks what is asked for, and reads a page.

use app::auth::Action;
use app::backend::{Answer, Caller, List};
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::RunId;
use app::run::{Outcome, Run, RunQuery, RunState, Trigger};
use app::transition::Word;
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::{Service, UnknownWord};
use crate::error::OrInternal;
use crate::store::{RunFilter, RunPlace};
use crate::texts::Fault;
use crate::texts::messages::MessageFault;
use crate::texts::runs::RunQueryFault;
use crate::texts::times::TimeFault;
use crate::timetable::{parse_end, parse_instant, zone};

/// Rows of a page by default, and the maximum.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;
/// Characters of a text that is searched for, of a tag, of a server's name.
const CHARS_MAX: usize = 200;

/// Where a page begins.
enum After {
    Start,
    Place(RunPlace),
    Run(RunId),
}

impl Service {
    /// A page of the runs that match.
    pub(super) async fn search_runs(&self, caller: &Caller, query: &RunQuery) -> Answer<List<Run>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let (mut filter, after) = self.checked(query, lang)?;
        if let Some(task) = query.task {
            self.find_task(lang, task).await?;
        }
        match after {
            After::Start => {}
            After::Place(place) => filter.before = Some(place),
            After::Run(id) => match self.store.run_place(id).await.or_internal(lang)? {
                Some(place) => filter.before = Some(place),
                None => {
                    let items = Vec::new();
                    return Ok(List { items, next: None });
                }
            },
        }
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX) as usize;
        let found = self.store.runs_matching(&filter, limit).await;
        let found = found.or_internal(lang)?;
        if found.too_many {
            let fault = RunQueryFault::TagTooCommon.on("tag", lang);
            return Err(AppError::invalid(lang, vec![fault]));
        }
        Ok(List {
            items: found.runs,
            next: found.next.map(cursor),
        })
    }

    /// What is asked for, all faults at once.
    fn checked(&self, query: &RunQuery, lang: Lang) -> Answer<(RunFilter, After)> {
        let mut faults = Vec::new();
        let zone = zone(&self.default_zone).unwrap_or(TimeZone::UTC);
        let mut text = |field: &str, typed: &str| {
            let typed = typed.trim();
            if typed.chars().nth(CHARS_MAX).is_some() {
                faults.push(RunQueryFault::TooLong { max: CHARS_MAX }.on(field, lang));
            }
            (!typed.is_empty()).then(|| typed.to_owned())
        };
        let mut filter = RunFilter {
            task: query.task,
            tag: text("tag", &query.tag),
            node: text("node", &query.node),
            text: text("q", &query.q),
            ..RunFilter::default()
        };
        if query.task.is_some_and(|id| id.0 < 0) {
            faults.push(MessageFault::Number.on("task", lang));
        }
        match query.states() {
            Ok(states) => filter.states = states,
            Err(_) => faults.push(unknown_state(lang)),
        }
        let trigger = query.trigger.trim();
        if !trigger.is_empty() {
            filter.trigger = Trigger::read(trigger);
            if filter.trigger.is_none() {
                faults.push(UnknownWord::of::<Trigger>("trigger").fault(lang));
            }
        }
        filter.from = time("from", &query.from, lang, &mut faults, |text| {
            parse_instant(text, &zone)
        });
        filter.to = time("to", &query.to, lang, &mut faults, |text| {
            parse_end(text, &zone)
        });
        let after = read_cursor(query.after.trim()).unwrap_or_else(|| {
            faults.push(MessageFault::Cursor.on("after", lang));
            After::Start
        });
        if faults.is_empty() {
            Ok((filter, after))
        } else {
            Err(AppError::invalid(lang, faults))
        }
    }
}

fn unknown_state(lang: Lang) -> FieldError {
    let states = RunState::ALL.iter().map(|state| state.as_str());
    let groups = Outcome::all().into_iter().map(Word::word);
    let known = states.chain(groups).collect::<Vec<_>>().join(", ");
    MessageFault::UnknownWord { known }.on("state", lang)
}

/// A time that is typed, where one is.
pub(super) fn time(
    field: &str,
    typed: &str,
    lang: Lang,
    faults: &mut Vec<FieldError>,
    read: impl Fn(&str) -> Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    if typed.trim().is_empty() {
        return None;
    }
    let found = read(typed);
    if found.is_none() {
        faults.push(TimeFault::NotAnInstant.on(field, lang));
    }
    found
}

/// A place as a cursor: the instant in microseconds, and the id.
fn cursor(place: RunPlace) -> String {
    format!("{}.{}", place.at.timestamp_micros(), place.id)
}

fn read_cursor(text: &str) -> Option<After> {
    if text.is_empty() {
        return Some(After::Start);
    }
    let Some((micros, id)) = text.split_once('.') else {
        return text.parse().ok().map(|id| After::Run(RunId(id)));
    };
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    let id = id.parse().ok()?;
    Some(After::Place(RunPlace { at, id }))
}
