//! `jcrontab verify`: reads a whole backup, and shows what is in it.

use std::fs::File;
use std::path::{Path, PathBuf};

use app::i18n::plural;
use app::texts::phrases::bytes;
use clap::Args;
use serde_json::{Value, json};

use super::super::print::print_done;
use super::super::progress::shown;
use super::super::{Failure, lang, sentence};
use super::fault::failure;
use crate::archive::format::{Head, Totals};
use crate::archive::{self, Verified};

#[derive(Args, Debug)]
pub(in super::super) struct Verify {
    /// Backup to read
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(in super::super) async fn run(verify: &Verify) -> Result<(), Failure> {
    let file = open(&verify.file)?;
    let verified = verified(file).await?;
    let value = account(&verified.head, &verified.totals);
    print_done(
        &value,
        verify.json,
        &words(&verified.head, &verified.totals),
    );
    Ok(())
}

/// Opens the file of a backup.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| {
        let (path, why) = (path.display(), sentence(&error));
        let text = lang().pick(
            format!("{path} 打不开：{why}"),
            format!("{path} cannot be opened: {why}"),
        );
        match error.kind() {
            std::io::ErrorKind::NotFound => Failure::not_found(text),
            _ => Failure::error(text),
        }
    })
}

/// Reads a backup completely.
pub(super) async fn verified(file: File) -> Result<Verified, Failure> {
    let reading =
        tokio::task::spawn_blocking(move || archive::verify(std::io::BufReader::new(file)));
    let what = lang().pick("检查备份…", "verifying the backup …");
    let read = shown(what, reading).await;
    read.map_err(|error| Failure::error(sentence(&error)))?
        .map_err(|error| failure(&error))
}

/// What a backup contains, as JSON.
pub(super) fn account(head: &Head, totals: &Totals) -> Value {
    json!({
        "format": head.format,
        "version": head.version,
        "engine": head.engine,
        "layout": head.last_layout(),
        "created_at": head.created_at,
        "contains_key": head.key,
        "contains_outputs": head.outputs,
        "rows": totals.rows,
        "outputs": totals.outputs,
        "output_bytes": totals.output_bytes,
        "sha256": totals.sha256,
    })
}

/// What a backup contains, in words.
pub(super) fn words(head: &Head, totals: &Totals) -> Vec<String> {
    let (rows, outputs) = (totals.all_rows(), totals.outputs);
    let size = bytes(i64::try_from(totals.output_bytes).unwrap_or(i64::MAX));
    let at = head.created_at.format("%Y-%m-%d %H:%M:%S UTC");
    let mut lines = vec![
        lang()
            .pick("备份完整，没有损坏", "The backup is complete and undamaged")
            .to_owned(),
        lang().pick(
            format!(
                "由 Jcrontab {} 于 {at} 制作，{} 数据库，结构 {}",
                head.version,
                head.engine,
                head.last_layout()
            ),
            format!(
                "Made by Jcrontab {} at {at}, {} database, layout {}",
                head.version,
                head.engine,
                head.last_layout()
            ),
        ),
        lang().pick(
            format!("{rows} 行，{outputs} 份输出（{size}）"),
            format!(
                "{rows} {}, {outputs} stored {} ({size})",
                plural(rows, "row", "rows"),
                plural(outputs, "output", "outputs")
            ),
        ),
        match head.key {
            true => lang().pick("里面有密钥", "It contains the key"),
            false => lang().pick("里面没有密钥", "It does not contain the key"),
        }
        .to_owned(),
    ];
    lines.extend(table_lines(&totals.rows));
    lines
}

/// A line for each table that has rows.
pub(super) fn table_lines<'a>(
    rows: impl IntoIterator<Item = (&'a String, &'a u64)>,
) -> Vec<String> {
    rows.into_iter()
        .filter(|(_, count)| **count > 0)
        .map(|(table, count)| format!("  {table}: {count}"))
        .collect()
}
