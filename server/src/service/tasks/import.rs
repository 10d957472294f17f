//! Imports tasks of other schedulers: an account of every item, and all new tasks in one transaction, or none.

mod create;
mod names;
mod types;

use std::collections::HashMap;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::import::{ImportedItem, ItemOutcome, ItemRemark, TaskImportReport};
use app::schedule::describe_schedule;
use app::task::{CHANGES_MAX, TaskDocument};

pub use types::{ImportFile, ImportItem, TaskImport};

use super::apply::{Batch, Lookup};
use crate::error::OrInternal;
use crate::importers::{FILES_MAX, ITEMS_MAX, Outcome, SourceFile, read};
use crate::service::Service;
use crate::texts::importers::{ItemNote, TaskImportFault, TaskImportRefusal};
use crate::texts::tasks::{TaskFault, TaskRefusal};
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Refusal, Say};
use crate::timetable::zone;
use create::NewImport;
use names::Named;

/// How many times items are checked again after others changed what they name, or took a name.
const TRIES: u32 = 8;

impl Service {
    /// Creates a task of each item that has none, or returns the account of what would be created.
    ///
    /// # Errors
    /// When the caller lacks the right, a file cannot be read, or there is more than is imported at once.
    pub async fn import_tasks(
        &self,
        caller: &Caller,
        import: &TaskImport,
    ) -> Answer<TaskImportReport> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        self.check_named(lang, import).await?;
        let items = items_of(lang, import)?;
        for _ in 0..TRIES {
            let (seen, _) = self.store.cluster_state().await.or_internal(lang)?;
            let (mut report, new) = self.account_of_items(lang, import, &items).await?;
            if new.len() > CHANGES_MAX {
                return Err(TaskImportRefusal::TooMany { tasks: new.len() }.answer(lang));
            }
            let is_done = import.dry_run || new.is_empty();
            if is_done
                || self
                    .create_items(lang, who, &mut report, &new, seen)
                    .await?
            {
                return Ok(report);
            }
            self.load_calendars().await.or_internal(lang)?;
        }
        Err(TaskRefusal::Busy.answer(lang))
    }

    /// Refuses a zone or a channel for all items that does not exist: it would be a fault of each of them.
    async fn check_named(&self, lang: Lang, import: &TaskImport) -> Answer<()> {
        let mut faults = Vec::new();
        if !import.zone.is_empty() && zone(&import.zone).is_err() {
            faults.push(TimeFault::unknown_zone(&import.zone).on("zone", lang));
        }
        if !import.channel.is_empty() {
            let channels = self.store.channel_list().await.or_internal(lang)?;
            let name = import.channel.trim();
            let mut shared = channels.iter().filter(|channel| channel.serves(None));
            if !shared.any(|channel| channel.name == name) {
                faults.push(TaskFault::UnknownChannel.on("channel", lang));
            }
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(AppError::invalid(lang, faults)),
        }
    }

    /// The account of all items, and the tasks that do not exist yet.
    async fn account_of_items(
        &self,
        lang: Lang,
        import: &TaskImport,
        items: &[ImportItem],
    ) -> Answer<(TaskImportReport, Vec<NewImport>)> {
        let named = self.names(lang, import.scheduler, items).await?;
        let keys: HashMap<&str, &Named> = items
            .iter()
            .map(|item| item.key.as_str())
            .zip(&named)
            .collect();
        let mut shown: Vec<ImportedItem> = Vec::with_capacity(items.len());
        let mut documents: Vec<TaskDocument> = Vec::new();
        let mut of_item: Vec<usize> = Vec::new();
        for (at, (item, named)) in items.iter().zip(&named).enumerate() {
            let mut one = begun(item);
            match named {
                Named::Refused => {}
                Named::Known(id, name) => {
                    (one.outcome, one.id) = (ItemOutcome::Known, Some(*id));
                    name.clone_into(&mut one.name);
                    note(&mut one, lang, &ItemNote::Known);
                }
                Named::Taken(name) => {
                    note(&mut one, lang, &ItemNote::NameTaken { name: name.clone() });
                }
                Named::New(name, is_other) => {
                    one.outcome = ItemOutcome::Created;
                    one.paused = !import.active || item.outcome == Outcome::Paused;
                    if *is_other {
                        let name = std::mem::take(&mut one.name);
                        note(&mut one, lang, &ItemNote::Renamed { name });
                    }
                    name.clone_into(&mut one.name);
                    documents.push(document(lang, import, item, &keys, &mut one));
                    of_item.push(at);
                }
            }
            shown.push(one);
        }
        let batch = self.batch(lang, &documents, None).await?;
        let mut new = Vec::with_capacity(documents.len());
        for (at, (document, item)) in documents.iter().zip(of_item).enumerate() {
            let robot = match import.channel.is_empty() {
                true => items[item].robot.as_str(),
                false => "",
            };
            if !items[item].robot.is_empty() && robot.is_empty() {
                note(&mut shown[item], lang, &ItemNote::RobotUnused);
            }
            match self.new_item(lang, &batch, document, robot).await? {
                Ok((spec, robot)) => {
                    let schedules = spec.schedules.iter();
                    let words = schedules.map(|schedule| describe_schedule(schedule, lang));
                    shown[item].cycle = words.collect::<Vec<_>>().join("; ");
                    new.push(NewImport {
                        item,
                        number: Batch::number(at),
                        spec,
                        paused: shown[item].paused,
                        robot,
                    });
                }
                Err(faults) => {
                    shown[item].outcome = ItemOutcome::Refused;
                    let faults = faults.into_iter().map(|fault| ItemRemark {
                        code: fault.field,
                        text: fault.message,
                    });
                    shown[item].remarks.extend(faults);
                }
            }
        }
        let lonely = |item: usize| {
            shown[item].paused = true;
            let other = items[item].after.join(", ");
            note(&mut shown[item], lang, &ItemNote::NotFollowed { other });
        };
        create::forsake(&mut new, lonely, documents.len());
        Ok((counted(import.dry_run, shown), new))
    }

    /// Checks a document like any other input; its faults where it has some.
    async fn new_item(
        &self,
        lang: Lang,
        batch: &Batch,
        document: &TaskDocument,
        robot: &str,
    ) -> Answer<Result<create::Checked, Vec<FieldError>>> {
        let mut draft = document.draft();
        robot.clone_into(&mut draft.robot);
        let mut faults = Vec::new();
        let channel = document.channel.trim();
        if !channel.is_empty() {
            let found = batch.channel(channel, None);
            if found.is_none() {
                faults.push(TaskFault::UnknownChannel.on("channel", lang));
            }
            draft.channel_id = Some(found.map_or(0, |id| id.0));
        }
        let robot = match self.check_robot(lang, &draft) {
            Ok(robot) => robot,
            Err(error) => {
                faults.extend(fields_of(error)?);
                None
            }
        };
        let checked = self
            .check_task_in(lang, &draft, None, Lookup::Batch(batch))
            .await;
        Ok(match checked {
            Ok(spec) if faults.is_empty() => Ok((spec, robot)),
            Ok(_) => Err(faults),
            Err(error) => {
                faults.extend(fields_of(error)?);
                Err(faults)
            }
        })
    }
}

/// The faults of an input.
fn fields_of(error: AppError) -> Answer<Vec<FieldError>> {
    match error.kind {
        ErrorKind::Invalid if error.fields.is_empty() => {
            Ok(vec![FieldError::new("task", &error.code, error.message)])
        }
        ErrorKind::Invalid => Ok(error.fields),
        _ => Err(error),
    }
}

/// The items of an import, once they are few enough.
fn items_of(lang: Lang, import: &TaskImport) -> Answer<Vec<ImportItem>> {
    if import.files.is_empty() == import.items.is_empty() {
        return Err(TaskImportFault::Empty.alone("files", lang));
    }
    if import.files.len() > FILES_MAX {
        return Err(TaskImportFault::Files.alone("files", lang));
    }
    if import.items.len() > ITEMS_MAX {
        return Err(TaskImportFault::Items.alone("items", lang));
    }
    let mut items = import.items.clone();
    if items.is_empty() {
        let files = import.files.iter().map(|file| SourceFile {
            path: file.path.clone(),
            text: file.text.clone(),
        });
        let files: Vec<SourceFile> = files.collect();
        let read = read(import.scheduler, &files, &import.zone).map_err(|fault| {
            let fault = FieldError::new("files", fault.code(), fault.text(lang));
            AppError::invalid(lang, vec![fault])
        })?;
        let of = |item: crate::importers::Item| {
            let remarks = item.remarks.iter().map(|remark| ItemRemark {
                code: remark.code().to_owned(),
                text: remark.text(lang),
            });
            let remarks = remarks.collect();
            ImportItem::of(item, remarks)
        };
        items = read.into_iter().map(of).collect();
    }
    for item in &mut items {
        // By which an imported task is known again.
        let tag = import.scheduler.as_str();
        if !item.document.tags.iter().any(|own| own == tag) {
            item.document.tags.insert(0, tag.to_owned());
        }
    }
    let mut keys: Vec<&str> = items.iter().map(|item| item.key.as_str()).collect();
    keys.sort_unstable();
    match keys.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(TaskImportFault::SameKey.alone("items", lang)),
        false => Ok(items),
    }
}

/// An item before anything is known about its task.
fn begun(item: &ImportItem) -> ImportedItem {
    let document = &item.document;
    let schedules = document.draft().work_schedules().into_iter();
    ImportedItem {
        key: item.key.clone(),
        line: item.line,
        outcome: ItemOutcome::Refused,
        id: None,
        name: document.name.clone(),
        paused: false,
        schedules: schedules.map(|schedule| schedule.spec).collect(),
        cycle: String::new(),
        remarks: item.remarks.clone(),
    }
}

/// The document of a new task, with its own name and those of the tasks that it waits for.
fn document(
    lang: Lang,
    import: &TaskImport,
    item: &ImportItem,
    keys: &HashMap<&str, &Named>,
    shown: &mut ImportedItem,
) -> TaskDocument {
    let mut document = item.document.clone();
    shown.name.clone_into(&mut document.name);
    if !import.channel.is_empty() {
        import.channel.clone_into(&mut document.channel);
    }
    for other in &item.after {
        match keys.get(other.as_str()) {
            Some(Named::Known(_, name) | Named::New(name, _)) => {
                document.execution.waits.tasks.push(name.clone());
            }
            _ => {
                shown.paused = true;
                let other = other.clone();
                note(shown, lang, &ItemNote::NotFollowed { other });
            }
        }
    }
    document
}

fn note(shown: &mut ImportedItem, lang: Lang, note: &ItemNote) {
    shown.remarks.push(ItemRemark {
        code: note.code().to_owned(),
        text: note.say(lang),
    });
}

fn counted(dry_run: bool, items: Vec<ImportedItem>) -> TaskImportReport {
    let of = |outcome| items.iter().filter(|item| item.outcome == outcome).count();
    let is_paused = |item: &&ImportedItem| item.outcome == ItemOutcome::Created && item.paused;
    TaskImportReport {
        dry_run,
        created: of(ItemOutcome::Created),
        paused: items.iter().filter(is_paused).count(),
        known: of(ItemOutcome::Known),
        refused: of(ItemOutcome::Refused),
        items,
    }
}
