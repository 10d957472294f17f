//! `jcrontab backup`, `verify` and `restore`: work directly on the data folder and the database, whether a server runs or
//! not; a restore only where none does.

mod fault;
mod file;
mod open;
mod restore;
mod verify;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use app::auth::Principal;
use app::i18n::plural;
use app::texts::phrases::bytes;
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::access::Access;
use super::print::{print_done, print_note};
use super::progress::shown;
use super::{Failure, lang, sentence};
use crate::archive::{self, Made, Wanted};
use crate::clock::{Clock, SystemClock};
use crate::store::{Act, BackupMade, Store};
use fault::failure;
use file::NewFile;

pub(super) use restore::{Restore, run as restore};
pub(super) use verify::{Verify, run as verify};

/// A file that is not one: stdout.
const STDOUT: &str = "-";

/// Whether the key files are part of a backup.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum KeyFiles {
    Include,
    Exclude,
}

#[derive(Args, Debug)]
pub(super) struct Backup {
    /// File to write, or - for stdout
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Back up the database without stored outputs
    #[arg(long)]
    without_output: bool,
    /// Whether the backup contains the key that opens secrets and channel URLs
    #[arg(long, value_name = "CHOICE", value_enum, default_value_t = KeyFiles::Include)]
    key: KeyFiles,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(backup: &Backup, access: &Access) -> Result<(), Failure> {
    open::refuse_remote(access)?;
    let config = &access.config;
    let is_stdout = backup.file.as_os_str() == STDOUT;
    if is_stdout && std::io::stdout().is_terminal() {
        return Err(Failure::usage(lang().pick(
            "备份不能写到终端：给出文件名，或把输出重定向到文件",
            "a backup is not written to a terminal: name a file, or redirect the output to one",
        )));
    }
    super::owner::become_owner(&config.data_dir)?;
    let (store, place) = open::source(config).await?;
    let wanted = Wanted {
        key: backup.key == KeyFiles::Include,
        outputs: !backup.without_output,
    };
    if wanted.key {
        open::check_key(&store, &config.data_dir).await?;
    }
    let what = lang().pick("备份…", "backing up …");
    let now = SystemClock.now();
    if is_stdout {
        let out = std::io::BufWriter::new(std::io::stdout());
        let made = shown(what, archive::make(&store, &place, wanted, now, out)).await;
        let (mut out, made) = made.map_err(|error| failure(&error))?;
        out.flush()
            .map_err(|error| Failure::error(sentence(&error)))?;
        note(&store, now, wanted, None).await;
        // stdout has the backup.
        match backup.json {
            true => print_note(&account(&made).to_string()),
            false => words(&made, None).iter().for_each(|line| print_note(line)),
        }
        return Ok(());
    }
    let new = NewFile::create(&backup.file, backup.force)?;
    let out = std::io::BufWriter::new(new.handle());
    let made = shown(what, archive::make(&store, &place, wanted, now, out)).await;
    let (out, made) = made.map_err(|error| failure(&error))?;
    // `make` has flushed it.
    drop(out);
    let size = new.keep()?;
    note(&store, now, wanted, Some((backup.file.as_path(), size))).await;
    let mut value = account(&made);
    value["file"] = json!(backup.file.display().to_string());
    value["bytes"] = json!(size);
    let file = (backup.file.display().to_string(), size);
    print_done(&value, backup.json, &words(&made, Some(file)));
    if place.outputs_are_remote() && wanted.outputs {
        print_note(lang().pick(
            "对象存储里的输出不在备份里：请另外备份那个桶",
            "Outputs in the S3-compatible store are not in the backup: back the bucket up by its own means",
        ));
    }
    Ok(())
}

/// Notes in the database that a backup was made: the age of the last one is shown, and warned about. A database that cannot be
/// written, or has an older layout, is backed up all the same.
async fn note(store: &Store, now: DateTime<Utc>, wanted: Wanted, file: Option<(&Path, u64)>) {
    let place = file.map(|(path, _)| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let place = place.map_or_else(String::new, |path| path.display().to_string());
    let made = BackupMade {
        bytes: file.and_then(|(_, size)| i64::try_from(size).ok()),
        outputs: wanted.outputs,
        secret_key: wanted.key,
        place: place.clone(),
    };
    let act = Act::by(&Principal::console(), "backup.create", now).detail(place);
    if let Err(error) = store.note_backup(&act, &made).await {
        let reason = sentence(&error);
        print_note(&lang().pick(
            format!("备份已完成，但没能记入数据库，页面上看不到这次备份：{reason}"),
            format!("The backup is complete, but the database could not note it, so pages do not show it: {reason}"),
        ));
    }
}

/// A backup as JSON.
fn account(made: &Made) -> Value {
    let mut value = verify::account(&made.head, &made.totals);
    value["absent_outputs"] = json!(made.absent_outputs);
    value
}

fn words(made: &Made, file: Option<(String, u64)>) -> Vec<String> {
    let (rows, tables) = (made.totals.all_rows(), made.totals.rows.len());
    let outputs = made.totals.outputs;
    let mut lines = vec![lang().pick(
        format!(
            "已备份 {} 数据库：{tables} 张表，{rows} 行，{outputs} 份输出",
            made.head.engine
        ),
        format!(
            "Backed up the {} database: {tables} tables, {rows} {}, {outputs} stored {}",
            made.head.engine,
            plural(rows, "row", "rows"),
            plural(outputs, "output", "outputs"),
        ),
    )];
    if let Some((name, size)) = file {
        let size = bytes(i64::try_from(size).unwrap_or(i64::MAX));
        lines.push(lang().pick(
            format!("文件：{name}，{size}"),
            format!("File: {name}, {size}"),
        ));
    }
    let absent = made.absent_outputs;
    if absent > 0 {
        lines.push(lang().pick(
            format!("{absent} 份输出不在这台服务器的文件夹里，备份里没有"),
            format!(
                "{absent} {} not in this server's folder, and not in the backup",
                plural(absent, "output is", "outputs are")
            ),
        ));
    }
    lines.push(
        match made.head.key {
            true => lang().pick(
                "注意：文件里有密钥，谁拿到文件，谁就能读到所有密文和渠道地址。请像保管密码一样保管它",
                "WARNING: the file contains the key. Anyone who has the file can read all secrets and channel URLs: keep it like a password",
            ),
            false => lang().pick(
                "文件里没有密钥：恢复时需要这台服务器的 secret.key，请另外保管",
                "The file does not contain the key: a restore needs this server's secret.key, so keep that elsewhere",
            ),
        }
        .to_owned(),
    );
    lines
}
