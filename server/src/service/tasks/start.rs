//! Manual starts: the input is checked and stored with the run, which is started once.

mod form;

use std::collections::BTreeMap;

use app::auth::{Action, Principal, Via};
use app::backend::{Answer, Caller};
use app::error::AppError;
use app::i18n::Lang;
use app::id::TaskId;
use app::run::{NoRoom, Run};
use app::task::RunRequest;
use app::task::Task;

use super::super::Service;
use crate::auth::token::hash;
use crate::error::OrInternal;
use crate::run::{Job, parameters};
use crate::store::{Manual, ManualStart};
use crate::texts::server::ServerRefusal;
use crate::texts::starts::{KEY_MAX, NOTE_MAX, StartFault, StartRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// The result of a manual start.
#[derive(Clone, Debug)]
pub struct Started {
    /// The run.
    pub run: Run,
    /// Whether it existed: the same key had started it before.
    pub replayed: bool,
}

impl Service {
    /// Starts a task now, or puts the start into its queue.
    ///
    /// # Errors
    /// When the caller lacks the right, the request has faults (`parameters.NAME`, `note`,
    /// `idempotency_key`), or a rule of the task refuses it.
    pub async fn start_manually(
        &self,
        caller: &Caller,
        id: TaskId,
        request: &RunRequest,
    ) -> Answer<Started> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let executor = self.executor(lang)?;
        if !self.lease.may_claim(self.clock.ticks()) {
            return Err(ServerRefusal::OutOfStep.answer(lang));
        }
        let task = self.find_task(lang, id).await?;
        let (note, values) = check(lang, &task, request)?;
        let new = self.manual_start(lang, who, &task, request, note.as_deref(), &values)?;
        // Its secrets are read first: once the run is in the database it has to start.
        let secrets = self.store.granted_to(id).await.or_internal(lang)?;
        let slots = self.store.slots().await.or_internal(lang)?;
        let detail = audit_detail(request, note.as_deref());
        let act = self.act(who, "task.run").detail(detail);
        let started = self
            .store
            .start_manual(&act, &task, &new, &slots, &self.node_id)
            .await;
        let started = started
            .inspect_err(|_| executor.mark_commit_unknown())
            .or_internal(lang)?;
        let (run_id, replayed) = match started {
            Manual::Started { run_id, epoch, .. } => {
                self.signals.tickets.notify_one();
                self.signals.outbox.notify_one();
                let claimed = (run_id, epoch);
                executor.start(Job::manual(claimed, task, values, secrets.into(), act.at()));
                (run_id, false)
            }
            Manual::Waits { run_id, .. } => {
                self.signals.run_waits();
                self.signals.publish(Some(id), Some(run_id));
                (run_id, false)
            }
            Manual::Replayed { run_id } => (run_id, true),
            Manual::Refused(why) => return Err(refused(&task, why).answer(lang)),
            Manual::Closed => return Err(StartRefusal::Closed.answer(lang)),
            Manual::Mismatch => return Err(StartRefusal::KeyReused.answer(lang)),
            Manual::Dead => return Err(ServerRefusal::OutOfStep.answer(lang)),
            Manual::NoTask => return Err(Missing::Task.answer(lang)),
        };
        // The scheduler stops the runs that it replaces.
        self.signals.stops_requested();
        Ok(Started {
            run: self.find_run(lang, run_id).await?,
            replayed,
        })
    }

    /// The row of the start.
    fn manual_start(
        &self,
        lang: Lang,
        who: &Principal,
        task: &Task,
        request: &RunRequest,
        note: Option<&str>,
        values: &BTreeMap<String, String>,
    ) -> Answer<ManualStart> {
        let json = |map: &BTreeMap<String, String>| serde_json::to_string(map).or_internal(lang);
        let shown = task.execution.shown_parameters(values);
        let sealed = if values.is_empty() {
            None
        } else {
            let place = parameters::place(task.id);
            let sealed = self.sealer.seal(&place, &json(values)?);
            Some(sealed.or_internal(lang)?)
        };
        let idempotency = match &request.idempotency_key {
            Some(key) => Some((
                key_hash(who, task.id, key),
                request_hash(lang, key, task.id, request)?,
            )),
            None => None,
        };
        Ok(ManualStart {
            who: who.name.clone(),
            note: note.map(str::to_owned),
            parameters: (!shown.is_empty()).then(|| json(&shown)).transpose()?,
            parameters_sealed: sealed,
            idempotency,
        })
    }
}

/// The note and the value of each parameter, if the request is valid.
fn check(
    lang: Lang,
    task: &Task,
    request: &RunRequest,
) -> Answer<(Option<String>, BTreeMap<String, String>)> {
    let mut faults = Vec::new();
    let values = task
        .execution
        .fill_in(&request.parameters, lang, &mut faults);
    let note = request.note.trim();
    if note.chars().count() > NOTE_MAX {
        faults.push(StartFault::LongNote.on("note", lang));
    } else if note.chars().any(char::is_control) {
        faults.push(StartFault::NoteLines.on("note", lang));
    }
    let key = request.idempotency_key.as_deref();
    if key.is_some_and(|key| !is_key(key)) {
        faults.push(StartFault::Key.on("idempotency_key", lang));
    }
    if faults.is_empty() {
        Ok(((!note.is_empty()).then(|| note.to_owned()), values))
    } else {
        Err(AppError::invalid(lang, faults))
    }
}

fn is_key(key: &str) -> bool {
    (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A hash that distinguishes the keys of different requesters. The name of a start URL is unique within its task only.
fn key_hash(who: &Principal, task: TaskId, key: &str) -> String {
    hash(&match who.via {
        Via::StartUrl => format!("{} of task {task}\n{key}", who.name),
        _ => format!("{}\n{key}", who.name),
    })
}

/// A hash that distinguishes two requests under the same key. It includes the key, which is not stored
/// itself, so that secret values cannot be guessed from it.
fn request_hash(lang: Lang, key: &str, task: TaskId, request: &RunRequest) -> Answer<String> {
    // As JSON, so that different requests never have the same text.
    let asked = (key, task, &request.parameters, request.note.trim());
    let text = serde_json::to_string(&asked).or_internal(lang)?;
    Ok(hash(&text))
}

/// The names of the parameters, without their values, and the note.
fn audit_detail(request: &RunRequest, note: Option<&str>) -> String {
    let names: Vec<&str> = request.parameters.keys().map(String::as_str).collect();
    let filled_in = (!names.is_empty()).then(|| format!("parameters {}", names.join(", ")));
    let said: Vec<String> = filled_in
        .into_iter()
        .chain(note.map(str::to_owned))
        .collect();
    said.join("; ")
}

fn refused(task: &Task, why: NoRoom) -> StartRefusal {
    match why {
        NoRoom::QueueFull => StartRefusal::QueueFull,
        NoRoom::Overlap => StartRefusal::Running {
            at_once: task.execution.overlap.at_once(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_of_a_bounded_length() {
        for key in [
            "a",
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
            &"k".repeat(255),
        ] {
            assert!(is_key(key), "{key}");
        }
        for key in ["", " ", "a b", "键", "a\n", "a\u{7f}", &"k".repeat(256)] {
            assert!(!is_key(key), "{key:?}");
        }
    }

    #[test]
    fn requests_under_one_key_are_distinguished() {
        let request = |pairs: &[(&str, &str)], note: &str| RunRequest {
            parameters: pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            note: note.to_owned(),
            idempotency_key: None,
        };
        let of = |key, task, request: &RunRequest| {
            request_hash(Lang::En, key, TaskId(task), request).expect("a hash")
        };
        let one = of("k", 1, &request(&[("A", "1")], "x"));
        assert_eq!(one, of("k", 1, &request(&[("A", "1")], " x ")));
        for other in [
            of("k2", 1, &request(&[("A", "1")], "x")),
            of("k", 2, &request(&[("A", "1")], "x")),
            of("k", 1, &request(&[("A", "2")], "x")),
            of("k", 1, &request(&[("B", "1")], "x")),
            of("k", 1, &request(&[("A", "1")], "y")),
            of("k", 1, &request(&[("A", "1"), ("B", "")], "x")),
        ] {
            assert_ne!(one, other);
        }
    }
}
