//! Where exported tasks are written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use app::i18n::plural;
use app::task::TaskDocument;

use crate::cli::{Failure, lang, sentence};
use crate::yaml;

/// Characters of the name of a file, without its ending.
const NAME_MAX: usize = 60;

/// Whether a path names a folder: an existing one, or with a slash at its end.
pub(super) fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with('/')
}

/// Writes the tasks into one file, and says so: without a slash at its end a path may have been meant as a folder.
pub(super) fn write_one(path: &Path, bytes: &[u8]) -> Result<String, Failure> {
    write_file(path, bytes)?;
    let text = String::from_utf8_lossy(bytes);
    let tasks = text
        .lines()
        .filter(|line| line.starts_with("name:"))
        .count();
    let path = path.display();
    Ok(lang().pick(
        format!("{path}：{tasks} 个任务写在这一个文件里；每个任务一个文件：--output {path}/"),
        format!(
            "{path}: {tasks} {} in this one file; for one file per task: --output {path}/",
            plural(tasks, "task", "tasks")
        ),
    ))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
}

/// Writes a file for each task; those that are there already and as they would be written are not touched.
pub(super) fn write_folder(folder: &Path, tasks: &[TaskDocument]) -> Result<String, Failure> {
    if let Some(file) = blocking_file(folder) {
        return Err(in_the_way(folder, &file));
    }
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let (mut names, mut written) = (HashSet::new(), 0);
    for task in tasks {
        let tree = yaml::lean(task).map_err(|error| Failure::error(sentence(&error)))?;
        let path = folder.join(file_name(&task.name, &mut names));
        let text = yaml::write(&tree);
        if std::fs::read(&path).is_ok_and(|found| found == text.as_bytes()) {
            continue;
        }
        write_file(&path, text.as_bytes())?;
        written += 1;
    }
    let (all, folder) = (tasks.len(), folder.display());
    Ok(lang().pick(
        format!("{folder}：{all} 个任务，写了 {written} 个文件，其余没有变化"),
        format!("{folder}: {all} tasks, {written} files written, the others are unchanged"),
    ))
}

/// The name of a task as that of a file. Names that differ in signs or case alone are numbered.
fn file_name(task: &str, taken: &mut HashSet<String>) -> String {
    let mut name = String::new();
    for c in task.chars().take(NAME_MAX) {
        match c {
            c if c.is_alphanumeric() || matches!(c, '_' | '.') => name.push(c),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    // A dot at the beginning would hide it.
    let name = name.trim_matches(['-', '.']);
    let name = if name.is_empty() { "task" } else { name };
    let mut number = 1;
    loop {
        let numbered = match number {
            1 => name.to_owned(),
            number => format!("{name}-{number}"),
        };
        if taken.insert(numbered.to_lowercase()) {
            return format!("{numbered}.yaml");
        }
        number += 1;
    }
}

/// The file in the place of a folder, or of one above it.
fn blocking_file(folder: &Path) -> Option<PathBuf> {
    // Without the slash at its end, with which the system finds no file.
    let plain: PathBuf = folder.components().collect();
    let mut all = plain.ancestors();
    let found = all.find(|path| path.symlink_metadata().is_ok())?;
    (!found.is_dir()).then(|| found.to_owned())
}

fn in_the_way(folder: &Path, file: &Path) -> Failure {
    let (folder, file) = (folder.display(), file.display());
    Failure::error(lang().pick(
        format!("{folder} 不能是文件夹：{file} 是文件。换一个文件夹，或移走这个文件；写成一个文件：--output {file}"),
        format!(
            "{folder} cannot be a folder: {file} is a file. Choose another folder or move the file away; to write all \
             tasks into it: --output {file}"
        ),
    ))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    let (path, error) = (path.display(), sentence(error));
    Failure::error(lang().pick(
        format!("写不了 {path}：{error}"),
        format!("{path} cannot be written: {error}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_place_of_a_folder_is_found() {
        let id = std::process::id();
        let place = std::env::temp_dir().join(format!("jcrontab-export-{id}"));
        std::fs::create_dir_all(&place).expect("a folder");
        let file = place.join("exp");
        assert_eq!(blocking_file(&file), None);
        std::fs::write(&file, "x").expect("written");
        let with_slash = PathBuf::from(format!("{}/", file.display()));
        assert_eq!(blocking_file(&with_slash), Some(file.clone()));
        assert_eq!(blocking_file(&file.join("deeper")), Some(file.clone()));
        assert_eq!(blocking_file(&place), None);
        assert!(is_folder(&with_slash) && !is_folder(&file));
        std::fs::remove_dir_all(&place).expect("removed");
    }

    #[test]
    fn names_of_tasks_are_names_of_files() {
        let mut taken = HashSet::new();
        let mut name = |task: &str| file_name(task, &mut taken);
        assert_eq!(name("每日 备份"), "每日-备份.yaml");
        assert_eq!(name("../../etc/passwd"), "etc-passwd.yaml");
        assert_eq!(name("etc passwd"), "etc-passwd-2.yaml");
        assert_eq!(name("ETC  Passwd!"), "ETC-Passwd-3.yaml");
        assert_eq!(name("…"), "task.yaml");
        assert_eq!(
            name(&"x".repeat(200)),
            format!("{}.yaml", "x".repeat(NAME_MAX))
        );
    }
}
