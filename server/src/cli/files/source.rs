//! The files that are applied.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::{Failure, lang, sentence};
use crate::yaml::decode;

/// Bytes of all files: what the server takes in one request, with room for what JSON adds.
const BYTES_MAX: u64 = 3 * 1024 * 1024;
/// The most files.
const FILES_MAX: usize = 5_000;
/// How deep folders are searched.
const DEPTH_MAX: usize = 10;
/// The endings of names in folders.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// A file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct File {
    /// Its path as faults name it.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
}

/// Reads files, the files of folders, and stdin.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => {
                let before = found.len();
                search(path, 0, &ENDINGS, &mut found)?;
                if found.len() == before {
                    let path = path.display();
                    return Err(Failure::usage(lang().pick(
                        format!("{path} 里没有 .yaml、.yml 或 .json 文件"),
                        format!("{path} has no .yaml, .yml or .json files"),
                    )));
                }
            }
            false => found.push(path.clone()),
        }
    }
    let mut left = BYTES_MAX;
    found.iter().map(|path| one(path, &mut left)).collect()
}

/// The files of a folder and those below it, by name. What begins with a dot is not looked at.
pub(in crate::cli) fn search(
    folder: &Path,
    depth: usize,
    endings: &[&str],
    found: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unreadable(folder, &error);
    let mut inside: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    inside.sort();
    for path in inside {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        let ending = ending.map(str::to_ascii_lowercase).unwrap_or_default();
        if path.is_dir() && !path.is_symlink() && depth < DEPTH_MAX {
            search(&path, depth + 1, endings, found)?;
        } else if path.is_file() && endings.contains(&ending.as_str()) {
            found.push(path);
        }
        if found.len() > FILES_MAX {
            return Err(Failure::usage(lang().pick(
                format!("一次最多 {FILES_MAX} 个文件"),
                format!("at most {FILES_MAX} files at once"),
            )));
        }
    }
    Ok(())
}

fn one(path: &Path, left: &mut u64) -> Result<File, Failure> {
    let is_stdin = path == Path::new("-");
    let mut bytes = Vec::new();
    // One byte more than is taken shows that there is too much.
    let read = if is_stdin {
        std::io::stdin()
            .lock()
            .take(*left + 1)
            .read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path);
        file.and_then(|file| file.take(*left + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(path, &error))?;
    let shown = match is_stdin {
        true => "stdin".to_owned(),
        false => path.display().to_string(),
    };
    let most = BYTES_MAX / 1024 / 1024;
    *left = left.checked_sub(bytes.len() as u64).ok_or_else(|| {
        Failure::usage(lang().pick(
            format!("{shown}：所有文件一共最多 {most} MiB"),
            format!("{shown}: all files together have at most {most} MiB"),
        ))
    })?;
    let text = decode(&bytes).map_err(|fault| {
        let between = lang().pick("：", ": ");
        Failure::usage(format!("{shown}{between}{}", fault.text(lang())))
    })?;
    Ok(File {
        text: text.to_owned(),
        path: shown,
    })
}

pub(in crate::cli) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let (path, error) = (path.display(), sentence(error));
    Failure::usage(lang().pick(
        format!("读不了 {path}：{error}"),
        format!("{path} cannot be read: {error}"),
    ))
}
