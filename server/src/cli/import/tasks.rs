//! Tasks of other schedulers: their files are read here, and what was read is sent.

use std::io::Read;
use std::path::{Path, PathBuf};

use app::i18n::Lang;
use app::import::{ImportedItem, ItemOutcome, ItemRemark, TaskImportReport};
use app::texts::import_tasks::at_line;
use axum::http::Method;

use super::sqlite;
use crate::cli::calendar::typed;
use crate::cli::client::Client;
use crate::cli::files::source::{search, unreadable};
use crate::cli::print::{print_json, print_lines};
use crate::cli::{Failure, lang, sentence};
use crate::importers::{
    BYTES_MAX, Item, ReadFault, ReadFaultKind, Scheduler, SourceFile, decode, read,
};
use crate::service::{ImportItem, TaskImport};

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct ImportTasks {
    /// File to read, or `-` for stdin; repeatable
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// IANA time zone of times that have none of their own (default: that of the server)
    #[arg(
        long = "zone",
        id = "import_zone",
        value_name = "ZONE",
        default_value = ""
    )]
    zone: String,
    /// Channel that the tasks send to, by name
    #[arg(long, value_name = "NAME", default_value = "")]
    channel: String,
    /// Have the tasks fire at once, apart from those that stay paused as their remarks say; stop the other
    /// scheduler first, or everything runs twice
    #[arg(long)]
    active: bool,
    /// Create nothing; only print what would be created
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl ImportTasks {
    pub(super) async fn run(&self, client: &Client, scheduler: Scheduler) -> Result<(), Failure> {
        let lang = lang();
        let files = self.read(scheduler)?;
        let items = read(scheduler, &files, &self.zone)
            .map_err(|fault| Failure::usage(nothing(&fault.text(lang))))?;
        let import = TaskImport {
            scheduler,
            items: items.into_iter().map(|item| worded(item, lang)).collect(),
            // It is in the items; the server says whether there is such a zone.
            zone: self.zone.clone(),
            channel: self.channel.clone(),
            active: self.active,
            dry_run: self.dry_run,
            ..TaskImport::default()
        };
        let body =
            serde_json::to_value(&import).map_err(|error| Failure::error(sentence(&error)))?;
        let answer = client
            .call(Method::POST, "/api/v1/imports/tasks", Some(body))
            .await?;
        if self.json {
            print_json(&answer);
            return Ok(());
        }
        let report: TaskImportReport = typed(&answer)?;
        print_lines(&lines(&report, lang));
        Ok(())
    }

    /// The texts of all files, those of folders included.
    fn read(&self, scheduler: Scheduler) -> Result<Vec<SourceFile>, Failure> {
        let mut found = Vec::new();
        for path in &self.files {
            match path.is_dir() {
                true => search(path, 0, endings(scheduler), &mut found)?,
                false => found.push(path.clone()),
            }
        }
        let mut left = BYTES_MAX;
        found.iter().map(|path| text_of(path, &mut left)).collect()
    }
}

/// The endings of names in folders.
const fn endings(scheduler: Scheduler) -> &'static [&'static str] {
    match scheduler {
        Scheduler::Kubernetes => &["yaml", "yml", "json"],
        Scheduler::Systemd => &["timer", "service", "conf"],
        Scheduler::Cronicle => &["txt", "json"],
        Scheduler::Qinglong => &["json", "sql"],
        Scheduler::Jcrontab | Scheduler::XxlJob | Scheduler::Gocron => &["sql"],
    }
}

fn text_of(path: &Path, left: &mut usize) -> Result<SourceFile, Failure> {
    let mut bytes = Vec::new();
    // One byte more than is taken shows that there is too much.
    let most = *left as u64 + 1;
    let is_stdin = path == Path::new("-");
    let read = match is_stdin {
        true => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        false => {
            let file = std::fs::File::open(path);
            file.and_then(|file| file.take(most).read_to_end(&mut bytes))
        }
    };
    read.map_err(|error| unreadable(path, &error))?;
    let text = match left.checked_sub(bytes.len()) {
        // Its tables of tasks may be a small part of it.
        _ if !is_stdin && sqlite::is_database(&bytes) => {
            sqlite::dump(path).map_err(ReadFault::from)
        }
        Some(rest) => {
            *left = rest;
            decode(&bytes)
        }
        None => Err(ReadFault::of_file(ReadFaultKind::TooLong)),
    };
    let path = match is_stdin {
        true => "stdin".to_owned(),
        false => path.display().to_string(),
    };
    match text {
        Ok(text) => Ok(SourceFile { path, text }),
        Err(fault) => Err(Failure::usage(nothing(&fault.within(&path).text(lang())))),
    }
}

fn nothing(fault: &str) -> String {
    let nothing = lang().pick("什么都没有导入", "nothing was imported");
    format!("{nothing}\n{fault}")
}

fn worded(item: Item, lang: Lang) -> ImportItem {
    let remarks = item.remarks.iter().map(|remark| ItemRemark {
        code: remark.code().to_owned(),
        text: remark.text(lang),
    });
    let remarks = remarks.collect();
    ImportItem::of(item, remarks)
}

/// The account for people.
fn lines(report: &TaskImportReport, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for item in &report.items {
        account(item, lang, &mut lines);
    }
    lines.push(app::texts::import_tasks::summary(lang, report));
    lines
}

fn account(item: &ImportedItem, lang: Lang, lines: &mut Vec<String>) {
    let id = item.id.map(|id| format!("#{id} ")).unwrap_or_default();
    let name = app::ansi::visible(&item.name);
    let key = app::ansi::visible(&item.key);
    let sign = match item.outcome {
        ItemOutcome::Created => '+',
        ItemOutcome::Known => '=',
        ItemOutcome::Refused => '✗',
    };
    let paused = match (item.outcome, item.paused) {
        (ItemOutcome::Created, true) => lang.pick("（暂停）", " (paused)"),
        _ => "",
    };
    lines.push(format!("{key:>8} {sign} {id}{name}{paused}"));
    if item.outcome == ItemOutcome::Created {
        let specs = item.schedules.join("; ");
        let specs = app::ansi::visible(&specs);
        lines.push(format!("           [{specs}] {}", item.cycle));
    }
    let place = match item.line {
        0 => String::new(),
        line => at_line(lang, line),
    };
    for remark in &item.remarks {
        lines.push(format!(
            "           ! {place}{}",
            app::ansi::visible(&remark.text)
        ));
    }
}
