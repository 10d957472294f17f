//! Records requests that are refused because a right is missing, with the route and the id in its path: never with the
//! path itself, which may contain a secret.

use app::backend::Caller;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::http::Web;

/// Records a request of a caller who is known, where it is answered with 403.
pub(super) async fn record(State(web): State<Web>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let who = caller.and_then(|caller| caller.principal.clone());
    let matched = request.extensions().get::<MatchedPath>();
    let what = matched.map(|route| {
        let path = with_ids(route.as_str(), request.uri().path());
        format!("{} {path}", request.method())
    });
    let response = next.run(request).await;
    if response.status() == StatusCode::FORBIDDEN
        && let (Some(who), Some(what)) = (who, what)
    {
        web.service.note_forbidden(&who, &what).await;
    }
    response
}

/// A route with the ids that its path has in the place of `{id}`.
fn with_ids(route: &str, path: &str) -> String {
    let given: Vec<&str> = path.split('/').collect();
    let parts: Vec<&str> = route.split('/').collect();
    // Under a public address with a path, the route is the end of it.
    let Some(skipped) = given.len().checked_sub(parts.len()) else {
        return route.to_owned();
    };
    let filled = parts.iter().zip(&given[skipped..]).map(|(part, given)| {
        let is_id = given.len() <= 19 && given.bytes().all(|byte| byte.is_ascii_digit());
        if *part == "{id}" && is_id && !given.is_empty() {
            *given
        } else {
            *part
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::with_ids;

    #[test]
    fn only_ids_of_a_path_are_recorded() {
        for (route, path, expected) in [
            (
                "/api/v1/tasks/{id}/run",
                "/api/v1/tasks/12/run",
                "/api/v1/tasks/12/run",
            ),
            ("/tasks/{id}/edit", "/cron/tasks/7/edit", "/tasks/7/edit"),
            ("/t/{token}", "/t/secret", "/t/{token}"),
            (
                "/api/v1/pools/{name}",
                "/api/v1/pools/7",
                "/api/v1/pools/{name}",
            ),
            ("/tasks/{id}", "/tasks/x", "/tasks/{id}"),
            ("/pkg/{*path}", "/pkg/a/b", "/pkg/{*path}"),
        ] {
            assert_eq!(with_ids(route, path), expected, "{path}");
        }
    }
}
