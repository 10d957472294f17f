//! The form that imports a crontab.

use app::backend::Imports;
use app::import::{CrontabImport, CrontabSource, OfferKind};
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// In front of the fields of the only crontab.
const SOURCE: &str = "sources.0.";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct ImportFields {
    text: String,
    host: String,
    path: String,
    user: String,
    zone: String,
    format: String,
    flavor: String,
    accept_overlap: String,
    accept_limit: String,
    accept_nice: String,
    accept_jitter: String,
    accept_quiet: String,
    accept_heartbeat: String,
    as_server_user: String,
    action: String,
}

impl ImportFields {
    fn accept(&self) -> Vec<OfferKind> {
        let ticked = |kind: &OfferKind| {
            is_ticked(match kind {
                OfferKind::Overlap => &self.accept_overlap,
                OfferKind::Limit => &self.accept_limit,
                OfferKind::Nice => &self.accept_nice,
                OfferKind::Jitter => &self.accept_jitter,
                OfferKind::Quiet => &self.accept_quiet,
                OfferKind::Heartbeat => &self.accept_heartbeat,
            })
        };
        OfferKind::ALL.into_iter().filter(ticked).collect()
    }
}

/// A text as the file that it was copied from: a form sends every line with a carriage return, and what is copied often
/// has no end of line at its end, which cron would not accept.
fn as_file(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Imports the crontab of the form, or shows what that would do. The result is shown in this answer, so it cannot be a
/// redirect; sending the form again creates nothing twice.
pub(in super::super) async fn import(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<ImportFields>,
) -> Response {
    let accept = fields.accept();
    let import = CrontabImport {
        sources: vec![CrontabSource {
            host: fields.host.trim().to_owned(),
            path: fields.path.trim().to_owned(),
            format: fields.format.parse().unwrap_or_default(),
            user: fields.user.trim().to_owned(),
            text: as_file(&fields.text),
        }],
        flavor: fields.flavor.parse().unwrap_or_default(),
        zone: fields.zone.trim().to_owned(),
        accept,
        channel_id: None,
        as_server_user: is_ticked(&fields.as_server_user),
        dry_run: fields.action != "apply",
    };
    let caller = caller_of(&parts);
    let mut imported = web.service.import_crontab(&caller, &import).await;
    if let Err(error) = &mut imported {
        for fault in &mut error.fields {
            if let Some(field) = fault.field.strip_prefix(SOURCE) {
                fault.field = field.to_owned();
            }
        }
    }
    let status = imported.as_ref().err().map_or(StatusCode::OK, status_of);
    let posted = Posted::Import(Box::new(import), imported);
    render_posted(&web, parts, status, posted).await
}
