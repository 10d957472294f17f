//! The account of an import: every line, with the task that is made of it.

mod remarks;

use std::collections::{HashMap, HashSet};

use app::backend::Answer;
use app::error::ErrorKind;
use app::i18n::Lang;
use app::import::{
    CrontabImport, CrontabSource, ImportReport, ImportedLine, LineKind, LineRemark, LineReport,
    LineTask, Offer, Place, SourceReport, TASKS_MAX,
};
use app::schedule::{ScheduleSpec, describe_schedule};
use app::task::{TaskDraft, TaskSpec};

use super::super::Service;
use super::check::check;
use super::clock::{self, Clocks};
use super::count;
use super::lookups::Home;
use super::words::{faults_of, known_task, said};
use crate::error::OrInternal;
use crate::store::NewLine;
use crate::takeover::{
    Account, DraftOptions, Entry, Kind, Line, Prepared, Reading, Remark, keys, read,
};
use crate::texts::imports::{ImportFault, ImportRefusal, offer};
use crate::texts::{Fault, Refusal, Say};

/// Characters of a line in an account.
const LINE_SHOWN: usize = 500;

/// A task to be made.
#[derive(Clone, Debug)]
pub(super) struct PlannedTask {
    /// Which of the crontabs.
    pub(super) source: usize,
    /// Which line.
    pub(super) number: u32,
    key: String,
    place: Place,
    line: String,
    spec: TaskSpec,
}

impl PlannedTask {
    /// It for the store.
    pub(super) fn line(&self) -> NewLine<'_> {
        NewLine {
            key: self.key.clone(),
            place: self.place.clone(),
            line: self.line.clone(),
            spec: &self.spec,
        }
    }
}

/// What the lines of a crontab are looked at with.
pub(super) struct ImportContext<'a> {
    pub(super) service: &'a Service,
    pub(super) lang: Lang,
    pub(super) import: &'a CrontabImport,
    pub(super) known: HashMap<String, ImportedLine>,
    pub(super) homes: HashMap<String, Home>,
    pub(super) names: HashSet<String>,
    /// The next number behind a name that is taken.
    pub(super) namesakes: HashMap<String, u32>,
    pub(super) made: Vec<PlannedTask>,
    /// Remarks on settings of the crontab that is being read, with the numbers of their lines.
    of_settings: Vec<(u32, LineRemark)>,
    /// Users of it that are remarked on already.
    unknown_users: HashSet<String>,
}

impl Service {
    /// Reads all crontabs; returns the account, and the tasks that do not exist yet.
    pub(super) async fn account_of(
        &self,
        lang: Lang,
        import: &CrontabImport,
    ) -> Answer<(ImportReport, Vec<PlannedTask>)> {
        check(lang, import)?;
        let mut texts = Vec::new();
        for (at, source) in import.sources.iter().enumerate() {
            let reading = Reading {
                flavor: import.flavor,
                format: source.format,
                user: &source.user,
            };
            let account = read(&source.text, reading).map_err(|_| {
                ImportFault::TooManyLines.alone(&format!("sources.{at}.text"), lang)
            })?;
            let keys = keys(&source.text, &account, &place_of(source));
            texts.push((source, account, keys));
        }
        let all: Vec<&str> = texts
            .iter()
            .flat_map(|(.., keys)| keys.values().map(String::as_str))
            .collect();
        let known = self.store.lines_with_keys(&all).await.or_internal(lang)?;
        let mut desk = ImportContext {
            service: self,
            lang,
            import,
            known: known
                .into_iter()
                .map(|line| (line.key.clone(), line))
                .collect(),
            homes: HashMap::new(),
            names: HashSet::new(),
            namesakes: HashMap::new(),
            made: Vec::new(),
            of_settings: Vec::new(),
            unknown_users: HashSet::new(),
        };
        let mut report = ImportReport {
            dry_run: import.dry_run,
            ..ImportReport::default()
        };
        let entries = (texts.iter().flat_map(|(_, account, _)| &account.lines))
            .filter(|line| matches!(line.kind, Kind::Entry(_)))
            .count();
        for (at, (source, account, keys)) in texts.iter().enumerate() {
            let source: &CrontabSource = source;
            desk.unknown_users.clear();
            let mut lines = Vec::with_capacity(account.lines.len());
            for line in &account.lines {
                if desk.made.len() > TASKS_MAX {
                    // The rest would be read in vain.
                    return Err(ImportRefusal::TooMany { entries }.answer(lang));
                }
                let key = keys.get(&line.number);
                lines.push(desk.line((at, source, account), line, key).await?);
            }
            for (number, remark) in std::mem::take(&mut desk.of_settings) {
                let mut lines = lines.iter_mut();
                let line = lines.find(|line: &&mut LineReport| line.number == number);
                if let Some(line) = line.filter(|line| !line.remarks.contains(&remark)) {
                    line.remarks.push(remark);
                }
            }
            report.sources.push(SourceReport {
                host: source.host.clone(),
                path: source.path.clone(),
                lines,
            });
        }
        if desk.made.len() > TASKS_MAX {
            return Err(ImportRefusal::TooMany { entries }.answer(lang));
        }
        count(&mut report);
        Ok((report, desk.made))
    }
}

fn place_of(source: &CrontabSource) -> Place {
    Place {
        host: source.host.clone(),
        path: source.path.clone(),
    }
}

impl ImportContext<'_> {
    async fn line(
        &mut self,
        (at, source, account): (usize, &CrontabSource, &Account),
        line: &Line,
        key: Option<&String>,
    ) -> Answer<LineReport> {
        let lang = self.lang;
        let text = source.text.get(line.range.clone()).unwrap_or_default();
        let text = text.trim_end_matches(['\n', '\r']);
        let mut shown = LineReport {
            number: line.number,
            kind: LineKind::Blank,
            text: text.chars().take(LINE_SHOWN).collect(),
            task: None,
            remarks: line
                .remarks
                .iter()
                .map(|remark| said(remark, lang))
                .collect(),
            offers: Vec::new(),
        };
        shown.kind = match &line.kind {
            Kind::Blank => LineKind::Blank,
            Kind::Comment { .. } => LineKind::Comment,
            Kind::Variable(_) => LineKind::Variable,
            Kind::Taken { .. } => LineKind::Taken,
            Kind::Entry(_) => LineKind::Entry,
            Kind::Fault(fault) => {
                shown.remarks.push(LineRemark {
                    code: fault.code().to_owned(),
                    column: fault.column(),
                    text: fault.say(lang),
                });
                LineKind::Fault
            }
        };
        let known = key.and_then(|key| self.known.get(key));
        let known = known.map(|known| (known.task_id, known.task.clone()));
        match &line.kind {
            Kind::Taken { line: was, .. } => {
                shown.task = known.map(|known| known_task(known, was));
            }
            Kind::Entry(entry) => {
                let comment = account.comments_above(line.number);
                let mut prepared = self.prepare(entry, &comment, &mut shown).await?;
                self.remark(account, std::mem::take(&mut prepared.remarks), &mut shown);
                match known {
                    Some((id, name)) => {
                        let mut task = self.task_of(&prepared.draft, entry);
                        (task.id, task.known, task.name) = (Some(id), true, name);
                        shown.task = Some(task);
                    }
                    None => {
                        let new = (at, line.number, key.cloned().unwrap_or_default());
                        self.new_task(source, entry, prepared, (new, text), &mut shown)
                            .await?;
                    }
                }
            }
            _ => {}
        }
        Ok(shown)
    }

    /// The draft of an entry, with what is noticed about it.
    async fn prepare(
        &mut self,
        entry: &Entry,
        comment: &[&str],
        shown: &mut LineReport,
    ) -> Answer<Prepared> {
        let lang = self.lang;
        let home = self.home(&entry.user).await?;
        let run_as = match entry.user.as_str() {
            _ if self.import.as_server_user || home.is_usual => "",
            user => user,
        };
        // The server's user cannot enter the home folder of another one.
        let is_at_home = !self.import.as_server_user || home.is_usual;
        let mut prepared = entry.draft(DraftOptions {
            flavor: self.import.flavor,
            zone: &self.import.zone,
            accept: &self.import.accept,
            home: home.path.as_deref().filter(|_| is_at_home),
            run_as,
            comment,
        });
        prepared.draft.channel_id = self.import.channel_id;
        let needs_home = prepared.draft.execution.cwd.is_empty() && !entry.user.is_empty();
        let is_unknown = needs_home && home.path.is_none();
        if is_unknown && self.unknown_users.insert(entry.user.clone()) {
            let user = entry.user.clone();
            prepared.remarks.push(Remark::UnknownUser { user });
        }
        prepared
            .remarks
            .extend(self.of_schedules(entry, &prepared.draft));
        let offers = prepared.offers.iter();
        shown.offers = offers
            .map(|(kind, wrapper, accepted)| Offer {
                kind: *kind,
                wrapper: wrapper.clone(),
                text: offer(*kind).of(lang),
                accepted: *accepted,
            })
            .collect();
        Ok(prepared)
    }

    /// What a reader should know about the schedules of a draft.
    fn of_schedules(&self, entry: &Entry, draft: &TaskDraft) -> Vec<Remark> {
        let of_host = |zone: &str| match zone.is_empty() {
            true => self.service.default_zone.clone(),
            false => zone.to_owned(),
        };
        let (host_zone, zone) = (of_host(&self.import.zone), of_host(&draft.zone));
        let mut remarks = Vec::new();
        for schedule in &draft.schedules {
            let Ok(spec) = ScheduleSpec::parse(&schedule.spec) else {
                continue;
            };
            let (zh, en) = (spec.warnings(Lang::Zh), spec.warnings(Lang::En));
            let both = zh.into_iter().zip(en);
            remarks.extend(both.map(|(zh, en)| Remark::Schedule { zh, en }));
        }
        let clocks = Clocks {
            flavor: self.import.flavor,
            host_zone: &host_zone,
            zone: &zone,
            patterns: &self.service.patterns,
            now: self.service.clock.now(),
        };
        remarks.extend(clock::remarks(entry, clocks));
        remarks
    }

    /// Checks the draft of a new task and notes it, or why it cannot be one.
    async fn new_task(
        &mut self,
        source: &CrontabSource,
        entry: &Entry,
        mut prepared: Prepared,
        ((at, number, key), text): ((usize, u32, String), &str),
        shown: &mut LineReport,
    ) -> Answer<()> {
        prepared.draft.name = self.free_name(&prepared.draft.name).await?;
        match self
            .service
            .check_task(self.lang, &prepared.draft, None)
            .await
        {
            Ok(spec) => {
                let mut task = self.task_of(&prepared.draft, entry);
                task.name.clone_from(&spec.name);
                let words = spec.schedules.iter();
                let words = words.map(|schedule| describe_schedule(schedule, self.lang));
                task.cycle = words.collect::<Vec<_>>().join("; ");
                shown.task = Some(task);
                self.made.push(PlannedTask {
                    source: at,
                    number,
                    key,
                    place: place_of(source),
                    line: text.to_owned(),
                    spec,
                });
                Ok(())
            }
            Err(error) if error.kind == ErrorKind::Invalid => {
                shown.kind = LineKind::Fault;
                shown.remarks.extend(faults_of(error));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn task_of(&self, draft: &TaskDraft, entry: &Entry) -> LineTask {
        let cron = draft.schedules.first();
        let cron = cron
            .map(|schedule| schedule.spec.clone())
            .unwrap_or_default();
        let words = ScheduleSpec::parse(&cron).map(|spec| spec.describe(self.lang));
        LineTask {
            id: None,
            known: false,
            name: draft.name.clone(),
            cycle: words.unwrap_or_default(),
            cron,
            command: draft.command.clone(),
            run_as: match draft.execution.run_as.is_empty() {
                true => String::new(),
                false => entry.user.clone(),
            },
        }
    }
}
