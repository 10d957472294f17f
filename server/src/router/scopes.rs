//! Scopes of API tokens, checked before a body is read.

use app::auth::{Principal, Scope, Via};
use app::backend::Caller;
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::is_open;
use crate::http::limits::{Beyond, subject};
use crate::http::rights::{TokenAccess, token_access};
use crate::http::{Problem, Web};

/// Refuses what the token of a request does not allow. Sessions have no scopes.
pub(super) async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let lang = caller.map(|caller| caller.lang).unwrap_or_default();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let who = caller.and_then(|caller| caller.principal.clone());
    let (Some(who), Some(route)) = (who, matched) else {
        return next.run(request).await;
    };
    let route = route.as_str();
    if who.via != Via::Token || is_open(route) {
        return next.run(request).await;
    }
    let method = request.method().as_str();
    if let Some(error) = refusal(&who, method, route, lang) {
        return Problem::from(error).into_response();
    }
    if let Some(limits) = who.limits() {
        let subject = match subject(method, route, request.uri().path()) {
            Ok(subject) => subject,
            Err(Beyond) => return Problem::from(beyond_limits(lang)).into_response(),
        };
        if let Some(subject) = subject
            && let Err(error) = web.service.check_limits(lang, &who, limits, subject).await
        {
            return Problem::from(error).into_response();
        }
    }
    next.run(request).await
}

fn refusal(who: &Principal, method: &str, route: &str, lang: Lang) -> Option<AppError> {
    match token_access(method, route) {
        Some(TokenAccess::Open) => None,
        Some(TokenAccess::Scope(scope)) if who.allows(scope) => None,
        Some(TokenAccess::Scope(scope)) => Some(not_in_scope(scope, lang)),
        Some(TokenAccess::Never) => Some(AppError::not_by_token(lang)),
        None => Some(not_for_tokens(lang)),
    }
}

fn not_in_scope(scope: Scope, lang: Lang) -> AppError {
    let scope = scope.as_str();
    let message = lang.pick(
        format!("这个 API 令牌没有 {scope} 范围"),
        format!("The API token does not have the scope {scope}"),
    );
    AppError::new(ErrorKind::Forbidden, "token.scope", message).with_hint(lang.pick(
        "请用有这个范围的令牌；范围在创建时选定，不能修改",
        "Use a token that has it; scopes are chosen when a token is created and do not change",
    ))
}

fn not_for_tokens(lang: Lang) -> AppError {
    let message = lang.pick(
        "API 令牌只能用于 /api/v1，不能用于页面",
        "API tokens are for /api/v1, not for pages",
    );
    AppError::new(ErrorKind::Forbidden, "token.page", message)
        .with_hint(lang.pick("请在浏览器里登录", "Sign in with a browser"))
}

fn beyond_limits(lang: Lang) -> AppError {
    let message = lang.pick(
        "这个 API 令牌只限于部分任务，不能做这件事",
        "The API token is limited to some tasks and cannot do this",
    );
    AppError::new(ErrorKind::Forbidden, "token.limited", message)
        .with_hint(lang.pick("请使用不限定任务的令牌", "Use a token that is not limited"))
}
