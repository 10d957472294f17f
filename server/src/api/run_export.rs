//! `/api/v1/runs/export`: the runs of a search as a file, CSV or one JSON object a line.

use std::sync::Arc;

use app::backend::{Caller, Runs};
use app::run::{Run, RunQuery, reason_text};
use app::time::Stamp;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::{FutureExt, StreamExt, future, stream};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

use super::runs::RunsQuery;
use crate::auth::streams::{Credential, Kind, OpenStream};
use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};
use crate::service::Service;

/// Rows of an export. Another one goes on after the id of its last row.
const ROWS_MAX: usize = 100_000;
/// Rows that are read at once.
const PAGE: u32 = 200;
/// The columns of a CSV.
const COLUMNS: [&str; 18] = [
    "id",
    "task_id",
    "task",
    "state",
    "trigger",
    "requested_by",
    "attempt",
    "scheduled_for",
    "started_at",
    "finished_at",
    "duration_ms",
    "exit_code",
    "signal",
    "reason",
    "reason_text",
    "output_bytes",
    "note",
    "excerpt",
];

/// The kind of file.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Comma-separated values, with a byte order mark, by which spreadsheets know that it is UTF-8.
    #[default]
    Csv,
    /// One JSON object a line, as in the list of runs.
    Jsonl,
}

/// The kind of file that is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FormatQuery {
    /// `csv` or `jsonl`; `csv` when absent.
    #[param(inline)]
    format: Option<Format>,
}

/// The runs that match as a file, the last one to start first: at most 100,000, and `after` with the id of the last one goes
/// on. Cells of a CSV that a spreadsheet would take for a formula begin with `'`.
#[utoipa::path(get, path = "/api/v1/runs/export", tag = "runs", operation_id = "export_runs", params(FormatQuery, RunsQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn export(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(kind): Params<FormatQuery>,
    Params(query): Params<RunsQuery>,
    credential: Option<Extension<Credential>>,
    stop: Option<Extension<CancellationToken>>,
) -> Reply<impl IntoResponse> {
    let format = kind.format.unwrap_or_default();
    let most = query.limit().map_or(ROWS_MAX, |rows| rows as usize);
    let mut query = query.into_query();
    query.limit = Some(PAGE);
    // Read before the first byte: once the answer has begun, it cannot say what is wrong with the question.
    let first = service.run_search(&caller, &query).await?;
    let credential = credential.map(|Extension(credential)| credential);
    let place = service.open_stream(&caller, credential, Kind::Export)?;
    let ended = place.ended();
    let export = Export {
        service,
        caller,
        query,
        format,
        left: most,
        page: Some((first.items, first.next)),
        begun: false,
        _place: place,
    };
    let stop = stop.map(|Extension(stop)| stop).unwrap_or_default();
    let over = future::select(
        Box::pin(stop.cancelled_owned()),
        Box::pin(ended.cancelled_owned()),
    );
    // An export that is ended early is cut off, not finished: a client must not take a part for the whole.
    let cut = stream::once(over.map(|_| Err(cut_off())));
    let rows = stream::unfold(Some(export), Export::step);
    let body = Body::from_stream(until_cut(rows, cut));
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "runs.csv"),
        Format::Jsonl => ("application/jsonl", "runs.jsonl"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        body,
    ))
}

type Chunk = Result<Bytes, std::io::Error>;

fn cut_off() -> std::io::Error {
    std::io::Error::other("the export was ended before its last row")
}

/// The chunks of an export, with an error where it is ended before its end.
fn until_cut(
    rows: impl stream::Stream<Item = Chunk> + Send,
    cut: impl stream::Stream<Item = Chunk> + Send,
) -> impl stream::Stream<Item = Chunk> + Send {
    // The end of the rows, so that what would cut them off is not waited for.
    let rows = rows.map(Some).chain(stream::once(future::ready(None)));
    let cut = cut.map(Some).chain(stream::once(future::ready(None)));
    stream::select(rows, cut).scan((), |(), chunk| future::ready(chunk))
}

/// An export that is under way.
struct Export {
    service: Arc<Service>,
    caller: Caller,
    query: RunQuery,
    format: Format,
    /// Rows that it may still have.
    left: usize,
    /// A page that was read and not written yet.
    page: Option<(Vec<Run>, Option<String>)>,
    begun: bool,
    _place: OpenStream,
}

impl Export {
    /// The next rows, and the rest of the export; `None` after the last ones.
    async fn step(export: Option<Self>) -> Option<(Chunk, Option<Self>)> {
        let mut export = export?;
        let (mut runs, next) = match export.page.take() {
            Some(page) => page,
            // With the rights that the caller has now.
            None => match export
                .service
                .run_search(&export.caller, &export.query)
                .await
            {
                Ok(page) => (page.items, page.next),
                Err(error) => {
                    tracing::warn!(error = %error.message, "an export of runs was cut off");
                    return Some((Err(cut_off()), None));
                }
            },
        };
        runs.truncate(export.left);
        export.left -= runs.len();
        let written = match export.format {
            Format::Csv => export.csv(&runs),
            Format::Jsonl => jsonl(&runs),
        };
        export.begun = true;
        let rest = next.filter(|_| export.left > 0).map(|next| {
            export.query.after = next;
            export
        });
        Some((written.map(Bytes::from), rest))
    }

    fn csv(&self, runs: &[Run]) -> Result<Vec<u8>, std::io::Error> {
        let mut bytes = Vec::new();
        if !self.begun {
            bytes.extend("\u{feff}".as_bytes());
        }
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(bytes);
        if !self.begun {
            writer.write_record(COLUMNS)?;
        }
        for run in runs {
            writer.write_record(self.cells(run))?;
        }
        writer
            .into_inner()
            .map_err(|error| std::io::Error::other(error.to_string()))
    }

    /// A row, in the order of [`COLUMNS`].
    fn cells(&self, run: &Run) -> [String; COLUMNS.len()] {
        let at = |at: Option<Stamp>| at.map_or_else(String::new, Stamp::rfc3339);
        let number = |number: Option<i64>| number.map_or_else(String::new, |one| one.to_string());
        let text = |text: Option<&str>| harmless(text.unwrap_or_default());
        let reason = run.reason.as_deref();
        [
            run.id.to_string(),
            run.task_id.to_string(),
            harmless(&run.task_name),
            run.state.as_str().to_owned(),
            run.trigger.as_str().to_owned(),
            text(run.requested_by.as_deref()),
            run.attempt.to_string(),
            at(run.scheduled_for),
            at(Some(run.started_at)),
            at(run.finished_at),
            number(run.duration_ms()),
            number(run.exit_code.map(i64::from)),
            number(run.signal.map(i64::from)),
            text(reason),
            reason.map_or_else(String::new, |code| {
                harmless(&reason_text(code, self.caller.lang))
            }),
            run.output_bytes.to_string(),
            text(run.note.as_deref()),
            text(run.excerpt.as_deref()),
        ]
    }
}

fn jsonl(runs: &[Run]) -> Result<Vec<u8>, std::io::Error> {
    let mut bytes = Vec::new();
    for run in runs {
        serde_json::to_writer(&mut bytes, run)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front, as OWASP
/// recommends ("CSV Injection"). Full-width signs are taken for formulas in Chinese and Japanese editions.
fn harmless(text: &str) -> String {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_a_text() {
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1",
        ] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "a=1", "备份完成", "'=1"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[tokio::test]
    async fn an_export_that_is_ended_early_ends_with_an_error() {
        let chunk = |text: &'static str| Ok(Bytes::from(text));
        let whole = until_cut(
            stream::iter([chunk("a"), chunk("b")]),
            stream::pending::<Chunk>(),
        );
        let whole: Vec<Chunk> = whole.collect().await;
        assert!(whole.len() == 2 && whole.iter().all(Result::is_ok));
        let rows = stream::iter([chunk("a")]).chain(stream::pending());
        let cut = until_cut(rows, stream::iter([Err(cut_off())]));
        let cut: Vec<Chunk> = cut.take(3).collect().await;
        assert!(cut.len() <= 2 && cut.last().is_some_and(Result::is_err));
    }
}
