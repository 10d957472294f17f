//! What templates may print of a message.

mod list;

use std::collections::BTreeMap;

use app::duration::lasting_words;
use app::i18n::Lang;
use app::routes;
use app::run::brief::Brief;
use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::{Renderer, Words, brief};
use crate::facts::{Digest, End, Facts, TaskEvent, TaskFacts, TicketFacts, Work};
use crate::template::{Value, Variables};

pub use list::VARIABLES;

/// Who hears of a message, and what was found out for it when it leaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderContext<'a> {
    /// The people to mention.
    pub owners: &'a [String],
    /// The failure brief.
    pub brief: Option<&'a Brief>,
    /// The link that answers the ticket without an account.
    pub link: Option<&'a str>,
}

impl Renderer {
    /// The variables of a template for a message in a language; in the server's for `None`.
    #[must_use]
    pub fn variables(
        &self,
        facts: &Facts,
        lang: Option<Lang>,
        beside: RenderContext<'_>,
    ) -> Variables {
        let lang = lang.unwrap_or(self.lang);
        let words = Words {
            lang,
            base_url: &self.base_url,
            zone: &self.zone,
            room: self.room,
            brief: beside.brief,
        };
        let event = facts.event();
        // All exist for every event: those that say nothing are empty.
        let mut all: Variables = VARIABLES
            .iter()
            .map(|(name, ..)| (*name, Value::None))
            .collect();
        let link = |path: &str| format!("{}{path}", self.base_url);
        all.append(&mut Variables::from([
            ("admin_url", link(routes::ADMIN).into()),
            ("at", Stamp(facts.at()).rfc3339().into()),
            ("event", event.as_str().into()),
            ("event_name", event.words(lang).into()),
            ("groups", Value::List(Vec::new())),
            ("ticket_url", beside.link.unwrap_or_default().into()),
            ("owners", beside.owners.iter().map(String::as_str).collect()),
            (
                "text",
                self.text_with(facts, Some(lang), beside.brief).into(),
            ),
            ("title", event.title(lang).trim_end().into()),
        ]));
        if let Some(run) = facts.run() {
            all.insert("run_id", run.0.into());
            all.insert("run_url", link(&routes::run(run)).into());
        }
        let lines = beside
            .brief
            .map(|found| brief::lines(found, lang, false))
            .unwrap_or_default();
        all.insert("brief", lines.join("\n").into());
        all.insert("brief_lines", lines.into_iter().collect());
        if let Some(found) = beside.brief {
            all.insert("failures", found.streak.times.into());
            all.insert("other_failures", found.others.count.into());
        }
        match facts {
            Facts::Created { task, at, cycle } => {
                of_task(&mut all, &words, task, *at);
                all.insert("schedule", cycle.in_force().words(lang).into());
            }
            Facts::Lost { task, at, .. } => of_task(&mut all, &words, task, *at),
            Facts::Task {
                task, at, event, ..
            } => {
                of_task(&mut all, &words, task, *at);
                if let TaskEvent::Ticket(ticket) = event {
                    of_ticket(&mut all, &words, ticket, *at);
                    if let Some(end) = &ticket.failed {
                        of_end(&mut all, &words, task, end);
                    }
                }
            }
            Facts::System { .. } | Facts::Summary(_) => {}
            Facts::TooLong {
                task,
                at,
                limit_seconds,
                ..
            } => {
                of_task(&mut all, &words, task, *at);
                let limit = app::duration::duration_words(*limit_seconds, lang);
                all.insert("limit", limit.into());
            }
            Facts::Ended { task, at, end, .. } => {
                of_task(&mut all, &words, task, *at);
                of_end(&mut all, &words, task, end);
            }
            Facts::Digest(digest) => of_digest(&mut all, &words, digest),
        }
        all
    }
}

fn of_task(all: &mut Variables, words: &Words<'_>, task: &TaskFacts, at: DateTime<Utc>) {
    let (command, request) = match &task.work {
        Some(Work::Command(command)) => (command.as_str(), ""),
        Some(Work::Request(request)) => ("", request.as_str()),
        None => ("", ""),
    };
    let url = format!("{}{}", words.base_url, routes::task(task.id));
    all.append(&mut Variables::from([
        ("command", command.into()),
        ("mode", task.mode.as_str().into()),
        ("nickname", task.nickname.as_str().into()),
        ("request", request.into()),
        ("runbook", task.runbook.as_str().into()),
        ("task", task.name.as_str().into()),
        ("task_id", task.id.0.into()),
        ("task_url", url.into()),
        ("time", words.when(&task.zone, at).into()),
        ("zone", task.zone.as_str().into()),
    ]));
}

fn of_ticket(all: &mut Variables, words: &Words<'_>, ticket: &TicketFacts, at: DateTime<Utc>) {
    let open_for = lasting_words((at - ticket.opened_at).num_seconds(), words.lang);
    let until = ticket.until.map(|until| Stamp(until).rfc3339());
    all.append(&mut Variables::from([
        ("ticket_by", ticket.by.as_str().into()),
        ("ticket_id", ticket.ticket.0.into()),
        ("ticket_kind", ticket.kind.as_str().into()),
        ("ticket_level", i64::from(ticket.level).into()),
        ("ticket_open_for", open_for.into()),
        ("ticket_opened_at", Stamp(ticket.opened_at).rfc3339().into()),
        ("ticket_until", until.unwrap_or_default().into()),
        ("ticket_urges", i64::from(ticket.urges).into()),
        ("ticket_word", ticket.word.as_str().into()),
    ]));
}

fn of_end(all: &mut Variables, words: &Words<'_>, task: &TaskFacts, end: &End) {
    let verdict = if task.mode.runs_command() {
        words.verdict(end)
    } else {
        words.reason(end)
    };
    all.append(&mut Variables::from([
        ("attempt", i64::from(end.attempt).into()),
        ("duration", words.took(end).into()),
        ("exit_code", end.exit_code.map(i64::from).into()),
        ("finished_at", Stamp(end.finished_at).rfc3339().into()),
        ("output", words.output_shown(&end.output).into()),
        ("reason", words.reason(end).into()),
        ("signal", end.exit_signal.map(i64::from).into()),
        ("started_at", Stamp(end.started_at).rfc3339().into()),
        ("state", end.state.as_str().into()),
        ("verdict", verdict.into()),
    ]));
}

fn of_digest(all: &mut Variables, words: &Words<'_>, digest: &Digest) {
    let groups = digest.groups.iter().map(|group| {
        let url = format!("{}{}", words.base_url, routes::task(group.task));
        let entries: [(&'static str, Value); 8] = [
            ("event", group.event.as_str().into()),
            ("event_name", group.event.words(words.lang).into()),
            ("task", group.name.as_str().into()),
            ("task_id", group.task.0.into()),
            ("task_url", url.into()),
            (
                "count",
                i64::try_from(group.count).unwrap_or(i64::MAX).into(),
            ),
            ("first", Stamp(group.first).rfc3339().into()),
            ("last", Stamp(group.last).rfc3339().into()),
        ];
        Value::Map(BTreeMap::from(entries))
    });
    let groups = Value::List(groups.collect());
    all.insert("groups", groups);
    let total = i64::try_from(digest.total).unwrap_or(i64::MAX);
    all.insert("total", total.into());
}

/// Whether a message is about a run that ended badly: then its brief belongs into it.
#[must_use]
pub fn wants_brief(facts: &Facts) -> bool {
    match facts {
        Facts::Ended { end, .. } => end.state.is_bad(),
        Facts::Lost { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::render::NAMED_MIN;
    use crate::messages::render::example;

    fn renderer() -> Renderer {
        Renderer {
            lang: Lang::Zh,
            base_url: "https://cron.example.com".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        }
    }

    #[test]
    fn every_event_has_the_variables_that_are_listed_and_no_others() {
        let mut listed: Vec<&str> = VARIABLES.iter().map(|(name, ..)| *name).collect();
        let sorted = listed.is_sorted();
        listed.dedup();
        assert!(sorted && listed.len() == VARIABLES.len());
        let brief = example::brief();
        let mut filled: Vec<&str> = Vec::new();
        for event in app::channel::Template::events() {
            let facts = example::facts(event).expect("an example");
            assert_eq!(facts.event(), event);
            let owners = ["ann".to_owned()];
            let beside = RenderContext {
                owners: &owners,
                brief: wants_brief(&facts).then_some(&brief),
                link: None,
            };
            let all = renderer().variables(&facts, None, beside);
            let names: Vec<&str> = all.keys().copied().collect();
            assert_eq!(names, listed, "{event:?}");
            let has = |value: &Value| *value != Value::None && *value != Value::from("");
            filled.extend(
                all.iter()
                    .filter(|(_, value)| has(value))
                    .map(|(name, _)| *name),
            );
        }
        for name in listed {
            // The example's run ended by itself; a link is made when a message is sent.
            let never = ["signal", "request", "ticket_url"].contains(&name);
            assert_eq!(filled.contains(&name), !never, "{name}");
        }
    }

    #[test]
    fn the_documents_list_the_variables() {
        let document = include_str!("../../../../docs/CHANNELS.md");
        let chinese = include_str!("../../../../docs/CHANNELS.zh-CN.md");
        for (name, meaning_zh, meaning) in VARIABLES {
            for (document, meaning) in [(document, meaning), (chinese, meaning_zh)] {
                let row = format!("| `{name}` | {meaning} |");
                assert!(document.contains(&row), "the document has no row {row}");
            }
        }
    }
}
