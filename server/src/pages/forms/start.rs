//! The form for a manual start of a task.

use app::done::Done;
use app::id::TaskId;
use app::routes;
use app::server_fns::Posted;
use app::task::RunRequest;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;

use super::super::render::render_posted;
use super::{and_say, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// The input. An unknown field is reported as such.
fn request_of(fields: Vec<(String, String)>) -> RunRequest {
    let mut request = RunRequest::default();
    for (name, value) in fields {
        match (name.as_str(), name.strip_prefix("parameters.")) {
            (_, Some(parameter)) => {
                request.parameters.insert(parameter.to_owned(), value);
            }
            ("note", _) => request.note = value,
            ("idempotency_key", _) if !value.is_empty() => request.idempotency_key = Some(value),
            _ => {}
        }
    }
    request
}

/// Starts it and shows the run; a form that is sent twice starts it once.
pub(in super::super) async fn start(
    State(web): State<Web>,
    Path(id): Path<TaskId>,
    parts: Parts,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let request = request_of(fields);
    let caller = caller_of(&parts);
    match web.service.start_manually(&caller, id, &request).await {
        Ok(started) => {
            let run = started.run.id;
            and_say(&web, Done::Started(run), &routes::run(run))
        }
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Start(request, error)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::request_of;

    #[test]
    fn fields_become_a_request() {
        let fields = [
            ("idempotency_key", "k"),
            ("note", "为什么"),
            ("parameters.DAY", "2026-11-22"),
            ("parameters.EMPTY", ""),
            ("other", "x"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let request = request_of(fields.map(owned).to_vec());
        assert_eq!(request.idempotency_key.as_deref(), Some("k"));
        assert_eq!(request.note, "为什么");
        assert_eq!(request.parameters["DAY"], "2026-11-22");
        assert_eq!(request.parameters.len(), 2);
    }
}
