//! Documents as they are sent, and where in their texts faults are.

mod readable;

use std::collections::HashSet;

use app::backend::Answer;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::task::{DOCUMENTS_MAX, TaskDocument};
use serde::Deserialize;

use crate::http::extract::malformed;
use crate::http::strict::{self, JsonFault, JsonFaultKind, Named, unknown};
use crate::yaml::{self, Budget, Document, Mark, Places, Tree};
use readable::{Readable, readable};

/// Faults of the form of documents that one answer has.
const FAULTS_MAX: usize = 200;

/// A file.
#[derive(Deserialize, Default)]
#[serde(default)]
struct FileText {
    path: String,
    text: String,
}

/// Files.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Files {
    files: Vec<FileText>,
}

/// Where each document is: its file and the places of its fields; none for what is sent as JSON.
#[derive(Debug, Default)]
pub(super) struct Sources(Vec<(String, Places)>);

/// Documents as they were sent, as far as they can be read.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Those without the fields that cannot be read. None if nothing of a document can be read, as the others are then
    /// not checked further.
    pub(super) documents: Vec<TaskDocument>,
    /// Where they are.
    pub(super) sources: Sources,
    /// What cannot be read.
    faults: Vec<FieldError>,
    /// The fields of those faults, as checks name them: `documents[3].timeout`.
    without: HashSet<String>,
}

impl Sent {
    /// Whether all of it could be read.
    pub(super) fn is_readable(&self) -> bool {
        self.faults.is_empty()
    }

    /// The refusal of documents that cannot all be read, with what the checks found in the rest of them.
    pub(super) fn refusal(self, lang: Lang, found: Option<AppError>) -> AppError {
        let mut faults = self.faults;
        if let Some(error) = found.filter(|error| error.kind == ErrorKind::Invalid) {
            let fields = error.fields.into_iter();
            let fields = fields.filter(|fault| !self.without.contains(&fault.field));
            let fields = fields.collect();
            faults.extend(
                self.sources
                    .placed(lang, AppError { fields, ..error })
                    .fields,
            );
        }
        AppError::invalid(lang, faults)
    }

    /// Notes what of a document can be read; `said` makes the fault of its form.
    fn push(&mut self, read: Readable, said: impl Fn(&JsonFault) -> Vec<FieldError>) -> bool {
        let at = self.documents.len();
        for fault in &read.faults {
            self.faults.extend(said(fault));
        }
        let fields = read.without.into_iter();
        (self.without).extend(fields.map(|field| format!("documents[{at}].{field}")));
        self.documents.extend(read.document);
        self.documents.len() > at
    }
}

impl Sources {
    /// Reads YAML.
    pub(super) fn of_yaml(lang: Lang, bytes: &[u8]) -> Answer<Sent> {
        let text = yaml::decode(bytes)
            .map_err(|fault| AppError::new(ErrorKind::Invalid, "body", fault.text(lang)))?;
        let file = FileText {
            path: String::new(),
            text: text.to_owned(),
        };
        Self::of_files(lang, &[file])
    }

    /// Reads a list of documents, or files with YAML.
    pub(super) fn of_json(lang: Lang, bytes: &[u8]) -> Answer<Sent> {
        let malformed = |fault: JsonFault| malformed(lang, &fault);
        let tree: Tree = strict::from_slice(bytes).map_err(malformed)?;
        let Tree::List(all) = tree else {
            let read: Files = strict::from_tree(tree).map_err(malformed)?;
            return Self::of_files(lang, &read.files);
        };
        let (mut sent, mut all_begun) = (Sent::default(), true);
        for (at, tree) in all.into_iter().enumerate().take(DOCUMENTS_MAX + 1) {
            let said =
                |fault: &JsonFault| malformed(fault.clone().at(at).within("documents")).fields;
            all_begun &= sent.push(readable(tree), said);
            if sent.faults.len() >= FAULTS_MAX {
                break;
            }
        }
        if !all_begun {
            sent.documents.clear();
        }
        Ok(sent)
    }

    fn of_files(lang: Lang, files: &[FileText]) -> Answer<Sent> {
        let mut budget = Budget::of(DOCUMENTS_MAX);
        let (mut sent, mut all_begun) = (Sent::default(), true);
        for file in files {
            let read = match yaml::read(&file.text, &mut budget) {
                Ok(read) => read,
                Err(fault) => {
                    let message = at(lang, &file.path, fault.mark) + &fault.what.text(lang);
                    (sent.faults).push(FieldError::new("documents", "yaml", message));
                    all_begun = false;
                    continue;
                }
            };
            for Document { tree, places } in read {
                if sent.faults.len() >= FAULTS_MAX {
                    break;
                }
                let said = |fault: &JsonFault| vec![structural(lang, &file.path, &places, fault)];
                match sent.push(readable(tree), said) {
                    true => sent.sources.0.push((file.path.clone(), places)),
                    false => all_begun = false,
                }
            }
        }
        if !all_begun {
            sent.documents.clear();
        }
        Ok(sent)
    }

    /// The refusal of documents, with the places of its faults in their texts.
    pub(super) fn placed(&self, lang: Lang, error: AppError) -> AppError {
        if error.kind != ErrorKind::Invalid || self.0.is_empty() {
            return error;
        }
        let placed = |fault: FieldError| {
            let Some((path, places, field)) = self.source(&fault.field) else {
                return fault;
            };
            // The first schedule is named as in a task with a single one.
            let of_first = "schedules[0].spec";
            let field = match field {
                "cron" if !places.has("cron") && places.has(of_first) => of_first,
                field => field,
            };
            let place = at(lang, path, places.of(field));
            let between = lang.pick("：", ": ");
            FieldError {
                message: format!("{place}{field}{between}{}", fault.message),
                ..fault
            }
        };
        let fields = error.fields.into_iter().map(placed).collect();
        match error.code.as_str() {
            // Its own sentence.
            code if code.starts_with("files.") => AppError { fields, ..error },
            _ => AppError::invalid(lang, fields),
        }
    }

    /// The file, the places and the field of a fault at `documents[3].execution.pool`.
    fn source<'a>(&self, field: &'a str) -> Option<(&str, &Places, &'a str)> {
        let (number, field) = field.strip_prefix("documents[")?.split_once("].")?;
        let (path, places) = self.0.get(number.parse::<usize>().ok()?)?;
        Some((path, places, field))
    }
}

/// The beginning of a sentence about a place: `tasks/a.yaml:3:7: `.
fn at(lang: Lang, path: &str, mark: Mark) -> String {
    let Mark { line, column } = mark;
    if path.is_empty() {
        return lang.pick(
            format!("第 {line} 行第 {column} 列："),
            format!("line {line}, column {column}: "),
        );
    }
    // People and editors read it as a place.
    let path: String = path
        .chars()
        .filter(|c| !c.is_control())
        .take(1_000)
        .collect();
    format!("{path}:{line}:{column}: ")
}

/// The fault of a document whose fields or types are other ones.
fn structural(lang: Lang, path: &str, places: &Places, fault: &JsonFault) -> FieldError {
    let place = fault.place.as_str();
    let (field, message) = match &fault.what {
        JsonFaultKind::Unknown { name, known } => {
            let field = match place {
                "" => name.clone(),
                place => format!("{place}.{name}"),
            };
            (field, unknown(lang, Named::Field, name, true, known))
        }
        what => {
            let reason = what.text(lang);
            let message = lang.pick(
                format!("字段 `{place}` 的值无效：{reason}"),
                format!("The value of `{place}` is invalid: {reason}"),
            );
            (place.to_owned(), message)
        }
    };
    let code = match fault.what {
        JsonFaultKind::Unknown { .. } => "unknown_field",
        _ => "type",
    };
    let message = at(lang, path, places.of(&field)) + &message;
    FieldError::new(&field, code, message)
}
