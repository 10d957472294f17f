//! The error that clients see: a sentence, a next step, and an incident id.
//!
//! It never contains internals: no SQL, no path, no library text. `server::error` logs the internal failure once
//! under the same incident id.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::i18n::Lang;
use crate::wire;

/// The kind of error; API, pages and CLI map it to an HTTP status or an exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The input has faults; `fields` names them. HTTP 422.
    Invalid,
    /// The request has no valid session or token. HTTP 401.
    Unauthenticated,
    /// Signed in, but without this right. HTTP 403.
    Forbidden,
    /// It does not exist, or the caller may not know of it. HTTP 404.
    NotFound,
    /// The current state does not allow it. HTTP 409.
    Conflict,
    /// Too many requests; try again later. HTTP 429.
    TooMany,
    /// A part the product needs is down for now. HTTP 503.
    Unavailable,
    /// An internal error. HTTP 500.
    Internal,
}

impl ErrorKind {
    /// The HTTP status (RFC 9110).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 422,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// A fault in one input field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name as in the form and the API, for example `cron`.
    pub field: String,
    /// Stable code, for example `too_long`.
    pub code: String,
    /// A sentence in the reader's language.
    pub message: String,
}

impl FieldError {
    /// A fault of `field` with a stable `code` and a sentence.
    pub fn new(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// What clients see of any failure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// The kind of error.
    pub kind: ErrorKind,
    /// Stable code for programs, for example `task.name_taken`.
    pub code: String,
    /// One human sentence.
    pub message: String,
    /// What the reader can do next.
    pub hint: Option<String>,
    /// Faults by field; empty unless the kind is `invalid`.
    pub fields: Vec<FieldError>,
    /// Finds the log entry of this failure.
    pub incident: Option<String>,
    /// Seconds after which a retry may succeed, if known. Sent in the form of the protocol (HTTP: `Retry-After`).
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

impl AppError {
    /// An error with a code and a sentence.
    pub fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.to_owned(),
            message: message.into(),
            hint: None,
            fields: Vec::new(),
            incident: None,
            retry_after: None,
        }
    }

    /// The same error, with the seconds after which a retry may succeed.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same error with a next step.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The input has these faults.
    #[must_use]
    pub fn invalid(lang: Lang, fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [only] => only.message.clone(),
            many => lang.pick(
                format!("有 {} 处需要修改", many.len()),
                format!("{} fields need correction", many.len()),
            ),
        };
        Self {
            fields,
            ..Self::new(ErrorKind::Invalid, "invalid", message)
        }
    }

    /// It does not exist.
    #[must_use]
    pub fn not_found(lang: Lang, what: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            "not_found",
            lang.pick(
                format!("没有找到{what}"),
                format!("There is no such {what}"),
            ),
        )
    }

    /// The request has no valid session or token.
    #[must_use]
    pub fn unauthenticated(lang: Lang) -> Self {
        Self::new(
            ErrorKind::Unauthenticated,
            "unauthenticated",
            lang.pick("请先登录", "Sign in first"),
        )
        .with_hint(lang.pick(
            "打开登录页，或带上 API 令牌",
            "Open the sign-in page, or send an API token",
        ))
    }

    /// The request has a token, and it is not one of a user. Which of the reasons holds is not said.
    #[must_use]
    pub fn unknown_token(lang: Lang) -> Self {
        Self::new(
            ErrorKind::Unauthenticated,
            "unauthenticated",
            lang.pick(
                "这个令牌不存在、已过期或已撤销",
                "The token is unknown, expired or revoked",
            ),
        )
        .with_hint(lang.pick(
            "检查 Authorization: Bearer 后面是不是完整的令牌；需要新令牌时在服务器上运行 jcrontab token create 名称 --user 用户",
            "Check that the whole token follows Authorization: Bearer; for a new one, run jcrontab token create NAME --user USER on the server",
        ))
    }

    /// The caller has sent more requests than it may; another one is accepted after so many seconds.
    #[must_use]
    pub fn too_many_requests(lang: Lang, seconds: u32) -> Self {
        let message = lang.pick("请求太频繁", "Too many requests");
        let hint = lang.pick(
            format!("请在 {seconds} 秒后重试；上限由 JCRONTAB_REQUESTS_PER_MINUTE 设置"),
            format!("Try again in {seconds} s; JCRONTAB_REQUESTS_PER_MINUTE sets the limit"),
        );
        Self::new(ErrorKind::TooMany, "too_many_requests", message)
            .with_hint(hint)
            .retry_after(seconds)
    }

    /// Signed in, but without the right.
    #[must_use]
    pub fn forbidden(lang: Lang) -> Self {
        Self::new(
            ErrorKind::Forbidden,
            "forbidden",
            lang.pick("你没有这个权限", "You do not have permission to do this"),
        )
        .with_hint(lang.pick("请联系管理员", "Ask an administrator"))
    }
}

impl AppError {
    /// An API token asks for what manages accounts or makes tokens. The role is enough, the kind of
    /// sign-in is not: a token that leaked could otherwise make itself a successor.
    #[must_use]
    pub fn not_by_token(lang: Lang) -> Self {
        Self::new(
            ErrorKind::Forbidden,
            "forbidden",
            lang.pick(
                "API 令牌不能管理账号，也不能创建令牌",
                "API tokens cannot manage accounts or create tokens",
            ),
        )
        .with_hint(lang.pick(
            "请在页面上登录后操作，或在服务器本机运行 jcrontab 命令（不设 JCRONTAB_URL）",
            "Sign in on the page, or run jcrontab on the server's own host without JCRONTAB_URL",
        ))
    }
}

impl From<wire::WireFault> for AppError {
    fn from(fault: wire::WireFault) -> Self {
        Self::from_server_fn_error(ServerFnErrorErr::Deserialization(fault.to_string()))
    }
}

impl FromServerFnError for AppError {
    type Encoder = wire::Form;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // The library's own text may name types and paths, so the reader gets only our sentence.
        let outdated = |text: &str| text == wire::WireFault::Outdated.to_string();
        let (kind, code) = match error {
            ServerFnErrorErr::Deserialization(text) if outdated(&text) => {
                (ErrorKind::Conflict, "outdated")
            }
            // On a server these concern a request body that cannot be decoded.
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
                if cfg!(feature = "ssr") =>
            {
                (ErrorKind::Invalid, "arguments")
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => {
                (ErrorKind::Unavailable, "connection")
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                (ErrorKind::Invalid, "arguments")
            }
            _ => (ErrorKind::Internal, "internal"),
        };
        let (zh, en) = match kind {
            ErrorKind::Unavailable => (
                "连接不上服务器，请稍后再试",
                "The server does not respond; try again",
            ),
            ErrorKind::Invalid => ("请求不完整", "The request is incomplete"),
            ErrorKind::Conflict => (
                "服务器已更新，请重新加载页面",
                "The server was updated; reload the page",
            ),
            _ => (
                "出错了，请重新加载页面",
                "Something went wrong; reload the page",
            ),
        };
        let message = crate::reader::language().pick(zh, en);
        // On a server it answers a request that never reached a function, so no function has set its status. A
        // browser has no response to set it on.
        #[cfg(feature = "ssr")]
        if let Some(sink) = leptos::prelude::use_context::<crate::response::SharedSink>() {
            sink.set_status(kind.status());
        }
        Self::new(kind, code, message)
    }
}
