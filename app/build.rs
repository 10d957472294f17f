//! A fingerprint of everything that crosses between server and browser: see `src/wire.rs`.

use std::path::{Path, PathBuf};
use std::{fs, io};

use xxhash_rust::const_xxh64::xxh64;

/// Code that only draws: it changes no type that crosses.
const APART: [&str; 3] = ["src/ui", "src/texts", "src/texts.rs"];
/// Tests do not matter either.
const TESTS: [&str; 2] = ["tests", "tests.rs"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files)?;
    files.sort();
    let mut mark = 0;
    for file in files {
        mark = xxh64(file.to_string_lossy().as_bytes(), mark);
        mark = xxh64(&fs::read(&file)?, mark);
    }
    println!("cargo::rustc-env=JCRONTAB_WIRE_MARK={mark:016x}");
    // Every page contains this one, also for signed-out visitors: the other cannot be derived from it.
    let page = xxh64(&mark.to_le_bytes(), 1);
    println!("cargo::rustc-env=JCRONTAB_PAGE_MARK={page:016x}");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_test = TESTS.iter().any(|name| path.ends_with(name));
        if is_test || APART.iter().any(|apart| path.starts_with(apart)) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
