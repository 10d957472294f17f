//! `jcrontab import`: tasks from crontabs, and from other schedulers.

mod sqlite;
mod tasks;

use app::i18n::plural;
use app::import::{
    CrontabImport, ImportReport, ImportedLine, LineKind, LineReport, OfferKind, SourceReport,
};
use app::task::place_text;
use axum::http::Method;
use clap::Subcommand;
use serde_json::Value;

use super::calendar::typed;
use super::client::Client;
use super::crontabs::{Scripts, Which};
use super::print::{print_json, print_lines, print_more, print_note, print_table};
use super::{Failure, lang, sentence};
use crate::importers::Scheduler;
use tasks::ImportTasks;

#[derive(Subcommand, Debug)]
pub(super) enum ImportCommand {
    /// Create a task of each entry of crontabs; importing again creates nothing twice
    ///
    /// The tasks are held: they do not fire until `jcrontab takeover` has commented their lines out.
    /// Every line is accounted for; --dry-run only prints the account
    Crontab(Box<ImportCrontab>),
    /// Create a paused task of each task of XXL-JOB; FILE is a dump of xxl_job_info and xxl_job_group
    XxlJob(Box<ImportTasks>),
    /// Create a paused task of each task of gocron; FILE is a dump of task, task_host and host
    Gocron(Box<ImportTasks>),
    /// Create a paused task of each task of the original Jcrontab; FILE is a dump of Jcrontab_demandorder
    Jcrontab(Box<ImportTasks>),
    /// Create a paused task of each event of Cronicle or xyOps; FILE is a data export
    Cronicle(Box<ImportTasks>),
    /// Create a paused task of each CronJob of Kubernetes; FILE is a manifest or a folder with manifests
    Kubernetes(Box<ImportTasks>),
    /// Create a paused task of each timer of systemd; FILE is a unit, a folder, or the output of `systemctl cat`
    Systemd(Box<ImportTasks>),
    /// Create a paused task of each task of qinglong; FILE is its list as JSON, or a dump of Crontabs
    Qinglong(Box<ImportTasks>),
    /// List imported lines and whether their tasks are held
    List {
        /// Continue after this task, as the previous page says
        #[arg(long)]
        after: Option<i64>,
        /// Number of lines, 1-1000
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args, Debug)]
pub(super) struct ImportCrontab {
    #[command(flatten)]
    which: Which,
    /// Replace these wrappers by fields of the task: overlap (flock -n), limit (timeout), nice, jitter
    /// (sleep RANDOM), quiet (chronic), heartbeat (curl to a monitor), or all
    #[arg(long, value_delimiter = ',', value_parser = accepted())]
    accept: Vec<String>,
    /// IANA time zone of the host's cron (default: that of the server)
    #[arg(
        long = "zone",
        id = "crontab_zone",
        value_name = "ZONE",
        default_value = ""
    )]
    zone: String,
    /// Channel that the tasks send to, by id
    #[arg(long)]
    channel: Option<i64>,
    /// Run all commands as the server's user, not as the users of the crontabs
    #[arg(long)]
    as_server_user: bool,
    /// Create nothing; only print what would be created
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn accepted() -> clap::builder::PossibleValuesParser {
    let kinds = OfferKind::ALL.into_iter().map(OfferKind::as_str);
    clap::builder::PossibleValuesParser::new(kinds.chain(["all"]))
}

pub(super) async fn run(client: &Client, command: &ImportCommand) -> Result<(), Failure> {
    match command {
        ImportCommand::Crontab(import) => crontab(client, import).await,
        ImportCommand::XxlJob(import) => import.run(client, Scheduler::XxlJob).await,
        ImportCommand::Gocron(import) => import.run(client, Scheduler::Gocron).await,
        ImportCommand::Jcrontab(import) => import.run(client, Scheduler::Jcrontab).await,
        ImportCommand::Cronicle(import) => import.run(client, Scheduler::Cronicle).await,
        ImportCommand::Kubernetes(import) => import.run(client, Scheduler::Kubernetes).await,
        ImportCommand::Systemd(import) => import.run(client, Scheduler::Systemd).await,
        ImportCommand::Qinglong(import) => import.run(client, Scheduler::Qinglong).await,
        ImportCommand::List { after, limit, json } => list(client, *after, *limit, *json).await,
    }
}

async fn crontab(client: &Client, import: &ImportCrontab) -> Result<(), Failure> {
    let mut notes = Vec::new();
    let crontabs = import.which.read(Scripts::Executable, &mut notes)?;
    for note in &notes {
        print_note(&format!("! {note}"));
    }
    if crontabs.is_empty() {
        return Err(Failure::not_found(
            lang().pick("没有找到 crontab", "there is no crontab"),
        ));
    }
    let accept = match import.accept.iter().any(|kind| kind == "all") {
        true => OfferKind::ALL.to_vec(),
        false => import
            .accept
            .iter()
            .filter_map(|kind| kind.parse().ok())
            .collect(),
    };
    let body = CrontabImport {
        sources: crontabs.iter().map(|crontab| crontab.source()).collect(),
        flavor: import.which.flavor(),
        zone: import.zone.clone(),
        accept,
        channel_id: import.channel,
        as_server_user: import.as_server_user,
        dry_run: import.dry_run,
    };
    let body = serde_json::to_value(&body).map_err(|error| Failure::error(sentence(&error)))?;
    let answer = client
        .call(Method::POST, "/api/v1/imports/crontab", Some(body))
        .await?;
    if import.json {
        print_json(&answer);
        return Ok(());
    }
    let report: ImportReport = typed(&answer)?;
    print_lines(&lines(&report));
    Ok(())
}

/// The account for people.
fn lines(report: &ImportReport) -> Vec<String> {
    let lang = lang();
    let mut lines = Vec::new();
    for source in &report.sources {
        let heading = app::texts::imports::heading(lang, &source.host, &source.path);
        lines.push(format!("== {heading}"));
        for line in &source.lines {
            account(line, &mut lines);
        }
        lines.push(counted(source));
    }
    let (created, known, faults) = (report.created, report.known, report.faults);
    let tasks = plural(created as usize, "task", "tasks");
    lines.push(match report.dry_run {
        true => lang.pick(
            format!("试运行：会新建 {created} 个任务，已有 {known} 个，{faults} 行不能导入"),
            format!("Dry run: {created} {tasks} would be created, {known} exist, {faults} lines cannot be imported"),
        ),
        false => lang.pick(
            format!("新建 {created} 个任务，已有 {known} 个，{faults} 行不能导入"),
            format!("{created} {tasks} created, {known} existed, {faults} lines cannot be imported"),
        ),
    });
    if !report.dry_run && created > 0 {
        lines.push(lang.pick(
            "这些任务暂不执行，直到 jcrontab takeover 注释掉它们的行".to_owned(),
            "The tasks are held until jcrontab takeover comments their lines out".to_owned(),
        ));
    }
    lines
}

fn account(line: &LineReport, lines: &mut Vec<String>) {
    let shown = app::ansi::visible(&line.text);
    match (line.kind, &line.task) {
        (LineKind::Blank | LineKind::Comment | LineKind::Variable, _)
            if line.remarks.is_empty() =>
        {
            return;
        }
        (LineKind::Fault, _) => lines.push(format!("{:>5} ✗ {shown}", line.number)),
        (_, Some(task)) => {
            lines.push(format!("{:>5} {shown}", line.number));
            let id = task
                .id
                .map_or_else(|| "+".to_owned(), |id| format!("#{id}"));
            let name = app::ansi::visible(&task.name);
            lines.push(format!("      {id} {name}  [{}] {}", task.cron, task.cycle));
        }
        _ => lines.push(format!("{:>5} {shown}", line.number)),
    }
    for remark in &line.remarks {
        let column = remark
            .column
            .map_or_else(String::new, |at| format!(":{at}"));
        let number = line.number;
        lines.push(format!("      ! {number}{column} {}", remark.text));
    }
    for offer in &line.offers {
        let mark = match offer.accepted {
            true => "✓",
            false => "?",
        };
        let kind = offer.kind.as_str();
        lines.push(format!(
            "      {mark} {kind}: {} — {}",
            offer.wrapper, offer.text
        ));
    }
}

/// How many lines of each kind there are: all of them.
fn counted(source: &SourceReport) -> String {
    let of = |kind: LineKind| source.lines.iter().filter(|line| line.kind == kind).count();
    let (entries, taken, faults) = (
        of(LineKind::Entry),
        of(LineKind::Taken),
        of(LineKind::Fault),
    );
    let rest = [LineKind::Comment, LineKind::Variable, LineKind::Blank].map(of);
    let [comments, variables, blanks] = rest;
    let all = source.lines.len();
    lang().pick(
        format!("   共 {all} 行：任务 {entries}，已接管 {taken}，变量 {variables}，注释 {comments}，空行 {blanks}，有问题 {faults}"),
        format!("   {all} lines: {entries} entries, {taken} taken over, {variables} variables, {comments} comments, {blanks} blank, {faults} with faults"),
    )
}

async fn list(client: &Client, after: Option<i64>, limit: u32, json: bool) -> Result<(), Failure> {
    let after = after.map_or_else(String::new, |after| format!("&after={after}"));
    let path = format!("/api/v1/imports?limit={limit}{after}");
    let page: Value = client.call(Method::GET, &path, None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let lang = lang();
    let all: Vec<ImportedLine> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = all
        .into_iter()
        .map(|line| {
            vec![
                line.task_id.to_string(),
                line.task,
                match line.held {
                    true => lang.pick("暂不执行", "held").to_owned(),
                    false => lang.pick("已接管", "taken over").to_owned(),
                },
                place_text(&line.host, &line.path, lang).trim().to_owned(),
                line.line,
            ]
        })
        .collect();
    print_table(
        &["TASK", "NAME", "STATE", "CRONTAB", "LINE"],
        &rows,
        (
            "还没有导入过。导入：jcrontab import crontab",
            "Nothing was imported yet. Import a crontab: jcrontab import crontab",
        ),
    );
    print_more(&page);
    Ok(())
}
