//! Tasks of other schedulers: their files and dumps read into documents of tasks, with a remark for everything that a task
//! here cannot say; pure.
//!
//! Each format is a file with one function: texts in, [`Item`]s out. An item is never dropped: it becomes a task, a task
//! that stays paused, or is refused, and its remarks say why. Names that are taken, rights and limits of fields are the
//! service's to check, as for any other input.

mod cron;
mod cronicle;
mod cronicle_timing;
mod decode;
mod fault;
mod gocron;
mod item;
mod jcrontab;
mod json;
mod kubernetes;
mod qinglong;
mod remark;
mod sql;
mod systemd;
#[cfg(test)]
mod tests;
mod xxl_job;

use std::collections::{HashMap, HashSet};

pub use app::import::Scheduler;
pub use decode::decode;
pub use fault::{ReadFault, ReadFaultKind};
pub use item::{Item, Outcome};
pub use remark::Remark;

/// Bytes of all files of one import.
pub const BYTES_MAX: usize = 50 * 1024 * 1024;
/// The most files of one import.
pub const FILES_MAX: usize = 2_000;
/// The most items of one import.
pub const ITEMS_MAX: usize = 5_000;

/// A file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SourceFile {
    /// Its path, as faults name it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Reads files of a scheduler. Times without a zone of their own are in `zone`; empty for the server's.
///
/// # Errors
/// The first fault of a file that cannot be read as a whole.
pub fn read(
    scheduler: Scheduler,
    files: &[SourceFile],
    zone: &str,
) -> Result<Vec<Item>, ReadFault> {
    let mut items = match scheduler {
        Scheduler::Jcrontab => of_each(files, jcrontab::read)?,
        Scheduler::XxlJob => of_each(files, xxl_job::read)?,
        Scheduler::Gocron => of_each(files, gocron::read)?,
        Scheduler::Cronicle => of_each(files, cronicle::read)?,
        Scheduler::Kubernetes => of_each(files, kubernetes::read)?,
        Scheduler::Systemd => systemd::read(files)?,
        Scheduler::Qinglong => of_each(files, qinglong::read)?,
    };
    if items.is_empty() {
        return Err(ReadFault::of_file(ReadFaultKind::NoItems));
    }
    if items.len() > ITEMS_MAX {
        return Err(ReadFault::of_file(ReadFaultKind::TooMany {
            items: items.len(),
        }));
    }
    let mut keys: HashMap<String, usize> = HashMap::new();
    for item in &mut items {
        item.finish(scheduler, zone);
        let count = keys.entry(item.key.clone()).or_default();
        *count += 1;
        if *count > 1 {
            item.key = format!("{} #{count}", item.key);
        }
    }
    Ok(items)
}

/// The items of all files, each read on its own.
fn of_each(
    files: &[SourceFile],
    read: impl Fn(&str) -> Result<Vec<Item>, ReadFault>,
) -> Result<Vec<Item>, ReadFault> {
    let mut all: Vec<Item> = Vec::new();
    let mut keys: HashSet<String> = HashSet::new();
    for (at, file) in files.iter().enumerate() {
        let mut items = read(&file.text).map_err(|fault| fault.within(&file.path))?;
        if items.iter().any(|item| keys.contains(&item.key)) {
            // The same ids in another database.
            for item in &mut items {
                let others = item.after.iter_mut();
                for key in others.chain([&mut item.key]) {
                    *key = format!("{}:{key}", at + 1);
                }
            }
        }
        keys.extend(items.iter().map(|item| item.key.clone()));
        all.extend(items);
    }
    Ok(all)
}
