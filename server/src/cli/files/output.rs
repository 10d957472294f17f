//! Where exported tasks are written.

use std::collections::HashSet;
use std::path::Path;

use app::task::TaskDocument;

use crate::cli::{Failure, lang, sentence};
use crate::yaml;

/// Characters of the name of a file, without its ending.
const NAME_MAX: usize = 60;

/// Whether a path names a folder: an existing one, or with a slash at its end.
pub(super) fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with('/')
}

/// Writes a file.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
}

/// Writes a file for each task; those that are there already and as they would be written are not touched.
pub(super) fn write_folder(folder: &Path, tasks: &[TaskDocument]) -> Result<String, Failure> {
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
