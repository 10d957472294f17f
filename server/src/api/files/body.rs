//! Documents as they are sent, and where in their texts faults are.

use app::backend::Answer;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::task::{DOCUMENTS_MAX, TaskDocument};
use serde::Deserialize;

use crate::http::extract::malformed;
use crate::http::strict::{self, JsonFault, JsonFaultKind, Named, unknown};
use crate::yaml::{self, Budget, Document, Mark, Places, Tree};

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

impl Sources {
    /// Reads YAML.
    pub(super) fn of_yaml(lang: Lang, bytes: &[u8]) -> Answer<(Vec<TaskDocument>, Self)> {
        let text = yaml::decode(bytes)
            .map_err(|fault| AppError::new(ErrorKind::Invalid, "body", fault.text(lang)))?;
        let file = FileText {
            path: String::new(),
            text: text.to_owned(),
        };
        Self::of_files(lang, &[file])
    }

    /// Reads a list of documents, or files with YAML.
    pub(super) fn of_json(lang: Lang, bytes: &[u8]) -> Answer<(Vec<TaskDocument>, Self)> {
        let malformed = |fault: JsonFault| malformed(lang, &fault);
        let tree: Tree = strict::from_slice(bytes).map_err(malformed)?;
        let Tree::List(all) = tree else {
            let read: Files = strict::from_tree(tree).map_err(malformed)?;
            return Self::of_files(lang, &read.files);
        };
        let (mut documents, mut faults) = (Vec::new(), Vec::new());
        for (at, tree) in all.into_iter().enumerate().take(DOCUMENTS_MAX + 1) {
            match strict::from_tree(tree) {
                Ok(document) => documents.push(document),
                Err(fault) => faults.extend(malformed(fault.at(at).within("documents")).fields),
            }
        }
        match faults.is_empty() {
            true => Ok((documents, Self::default())),
            false => Err(AppError::invalid(lang, faults)),
        }
    }

    fn of_files(lang: Lang, files: &[FileText]) -> Answer<(Vec<TaskDocument>, Self)> {
        let mut budget = Budget::of(DOCUMENTS_MAX);
        let (mut documents, mut sources) = (Vec::new(), Self::default());
        let mut faults = Vec::new();
        for file in files {
            let read = match yaml::read(&file.text, &mut budget) {
                Ok(read) => read,
                Err(fault) => {
                    let message = at(lang, &file.path, fault.mark) + &fault.what.text(lang);
                    faults.push(FieldError::new("documents", "yaml", message));
                    continue;
                }
            };
            for Document { tree, places } in read {
                match strict::from_tree(tree) {
                    Ok(document) => {
                        documents.push(document);
                        sources.0.push((file.path.clone(), places));
                    }
                    Err(fault) => faults.push(structural(lang, &file.path, &places, &fault)),
                }
            }
        }
        match faults.is_empty() {
            true => Ok((documents, sources)),
            false => Err(AppError::invalid(lang, faults)),
        }
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
