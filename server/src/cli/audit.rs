//! `jcrontab audit`: who did what, and whether the log of it is whole.

use app::audit::{AuditCheck, AuditEntry, AuditOutcome, DOORS};
use app::texts::audit::{AuditUi, door, outcome, times};
use app::transition::Word;
use axum::http::Method;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::calendar::typed;
use super::client::{Client, with_query};
use super::print::{labelled, print_json, print_lines, print_more, print_table};
use super::when::here;
use super::{Failure, lang};

/// Rows of one request of an export.
const EXPORTED: &str = "200";
/// Characters of a detail that the list shows.
const SHOWN: usize = 60;

#[derive(Subcommand, Debug)]
pub(super) enum AuditCommand {
    /// List entries, newest first
    List {
        #[command(flatten)]
        search: Search,
        /// Number of entries, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Continue after this cursor: `next` of the previous page
        #[arg(long)]
        after: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show an entry with what it changed
    Show {
        /// Entry ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check that no entry was changed, removed or moved
    ///
    /// Exits with 1 if one was. Keep the head that it prints on another machine: given with --head
    /// later, it proves that the log was not rolled back
    Verify {
        /// The head that an earlier check printed
        #[arg(long, value_name = "SEQ:MAC")]
        head: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print all entries that match as JSON Lines, newest first
    Export {
        #[command(flatten)]
        search: Search,
    },
}

#[derive(Args, Debug)]
pub(super) struct Search {
    /// Only what this account did, also `console` or `jcrontab`
    #[arg(long)]
    who: Option<String>,
    /// Only this action, such as `task.update`; end with a dot for all actions of a kind
    #[arg(long)]
    action: Option<String>,
    /// Only this object, such as `task:12`, `secret` or 12
    #[arg(long)]
    object: Option<String>,
    /// Only entries from this source
    #[arg(long, value_parser = PossibleValuesParser::new(DOORS))]
    via: Option<String>,
    /// Only entries with this result
    #[arg(long, value_parser = PossibleValuesParser::new(AuditOutcome::all().into_iter().map(Word::word)))]
    outcome: Option<String>,
    /// Only from this time on, such as 2026-11-30 or 2026-11-30T09:00
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only before this time; a date alone includes that day
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

impl Search {
    fn path(&self, limit: &str, after: Option<&str>) -> String {
        let parts = [
            ("limit", Some(limit)),
            ("who", self.who.as_deref()),
            ("action", self.action.as_deref()),
            ("object", self.object.as_deref()),
            ("via", self.via.as_deref()),
            ("outcome", self.outcome.as_deref()),
            ("from", self.from.as_deref()),
            ("to", self.to.as_deref()),
            ("after", after),
        ];
        with_query("/api/v1/audit", &parts)
    }
}

pub(super) async fn run(client: &Client, command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::List {
            search,
            limit,
            after,
            json,
        } => {
            let path = search.path(&limit.to_string(), after.as_deref());
            let page = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&page);
                return Ok(());
            }
            let entries: Vec<AuditEntry> = typed(&page["items"])?;
            let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
            let heading = lang().pick(
                [
                    "编号",
                    "时间",
                    "操作人",
                    "入口",
                    "地址",
                    "操作",
                    "对象",
                    "结果",
                    "说明",
                ],
                [
                    "ID", "TIME", "WHO", "VIA", "ADDRESS", "ACTION", "OBJECT", "RESULT", "DETAIL",
                ],
            );
            let none = (AuditUi::ZH.none, AuditUi::EN.none);
            print_table(&heading, &rows, none);
            print_more(&page);
            Ok(())
        }
        AuditCommand::Show { id, json } => {
            let path = format!("/api/v1/audit/{id}");
            let entry = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&entry);
            } else {
                print_lines(&lines(&typed(&entry)?));
            }
            Ok(())
        }
        AuditCommand::Verify { head, json } => verify(client, head.as_deref(), *json).await,
        AuditCommand::Export { search } => export(client, search).await,
    }
}

async fn export(client: &Client, search: &Search) -> Result<(), Failure> {
    let mut after: Option<String> = None;
    loop {
        let path = search.path(EXPORTED, after.as_deref());
        let page = client.call(Method::GET, &path, None).await?;
        let items = page["items"].as_array().map(Vec::as_slice);
        let lines: Vec<String> = items
            .unwrap_or_default()
            .iter()
            .map(Value::to_string)
            .collect();
        print_lines(&lines);
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn verify(client: &Client, head: Option<&str>, json: bool) -> Result<(), Failure> {
    let (mut after, mut checked) = (None::<String>, 0);
    let check = loop {
        let parts = [("head", head), ("after", after.as_deref())];
        let path = with_query("/api/v1/audit/verify", &parts);
        let check: AuditCheck = typed(&client.call(Method::GET, &path, None).await?)?;
        checked += check.checked;
        match check.next {
            Some(next) if check.finding.is_none() => after = Some(next.to_string()),
            _ => break check,
        }
    };
    let check = AuditCheck { checked, ..check };
    if json {
        print_json(&serde_json::json!(check));
    } else if check.finding.is_none() {
        print_lines(&verified(&check));
    }
    match check.finding {
        Some(finding) => Err(Failure::error(finding.message)),
        None => Ok(()),
    }
}

fn verified(check: &AuditCheck) -> Vec<String> {
    let (checked, deleted) = (check.checked, check.deleted_until);
    let mut lines = vec![lang().pick(
        format!("审计日志完整：检查了 {checked} 条"),
        format!("The audit log is whole: {checked} entries were checked"),
    )];
    if deleted > 0 {
        lines.push(lang().pick(
            format!("第 {deleted} 条及以前的记录已按保留期限清理"),
            format!("Entries up to {deleted} are no longer kept and were deleted"),
        ));
    }
    if check.unsealed {
        lines.push(lang().pick(
            "最新的记录还没有封存，一两分钟内会封存".to_owned(),
            "The newest entries are not sealed yet, which takes up to two minutes".to_owned(),
        ));
    }
    lines.push(format!("head {}", check.head));
    lines
}

fn row(entry: &AuditEntry) -> Vec<String> {
    let detail = app::ansi::visible(&entry.detail).replace('\n', " ");
    vec![
        entry.id.to_string(),
        here(entry.at),
        who(entry),
        entry.via.clone(),
        entry
            .client
            .as_deref()
            .map_or_else(|| "-".to_owned(), app::ansi::visible),
        entry.action.clone(),
        object(entry).unwrap_or_else(|| "-".to_owned()),
        ended(entry),
        detail.chars().take(SHOWN).collect(),
    ]
}

fn who(entry: &AuditEntry) -> String {
    match entry.who.as_str() {
        "" => AuditUi::of(lang()).unknown.to_owned(),
        who => app::ansi::visible(who).replace('\n', " "),
    }
}

fn object(entry: &AuditEntry) -> Option<String> {
    let kind = entry.action.split('.').next().unwrap_or_default();
    entry.object_id.map(|id| format!("{kind}:{id}"))
}

fn ended(entry: &AuditEntry) -> String {
    let word = lang().pick(outcome(&AuditUi::ZH, entry.outcome), entry.outcome.word());
    match entry.times {
        ..=1 => word.to_owned(),
        many => format!("{word} ({})", times(many, lang())),
    }
}

fn lines(entry: &AuditEntry) -> Vec<String> {
    let via = door(AuditUi::of(lang()), &entry.via).unwrap_or(&entry.via);
    let plain = |text: &str| app::ansi::visible(text).replace('\n', " ");
    let seal = entry.seq.zip(entry.mac.as_ref());
    let mut lines = labelled([
        ("时间", "Time", Some(here(entry.at))),
        ("操作人", "Who", Some(who(entry))),
        ("入口", "Via", Some(via.to_owned())),
        ("来源地址", "Address", entry.client.as_deref().map(plain)),
        ("操作", "Action", Some(entry.action.clone())),
        ("对象", "Object", object(entry)),
        (
            "版本",
            "Version",
            entry.version.map(|version| version.to_string()),
        ),
        ("结果", "Result", Some(ended(entry))),
        (
            "说明",
            "Detail",
            (!entry.detail.is_empty()).then(|| plain(&entry.detail)),
        ),
        (
            "防篡改序号",
            "Seal",
            seal.map(|(seq, mac)| format!("{seq}:{mac}")),
        ),
    ]);
    if !entry.changes.is_empty() {
        lines.push(String::new());
    }
    for change in &entry.changes {
        let value = |value: &Option<String>| value.as_deref().map_or("-".to_owned(), plain);
        let (before, after) = (value(&change.before), value(&change.after));
        lines.push(format!("{}: {before} → {after}", plain(&change.field)));
    }
    lines
}
