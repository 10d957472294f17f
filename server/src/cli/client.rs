//! How a command reaches the API.

use std::path::Path;
use std::sync::Arc;

use app::error::AppError;
use app::i18n::Lang;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use serde_json::Value;
use tower::ServiceExt;

use super::access::Access;
use super::progress::shown;
use super::{Failure, lang, sentence};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::http::guard::ConsoleConnection;
use crate::http::rate::RateLimits;
use crate::http::site::Site;
use crate::http::{Problem, Web};
use crate::lifecycle::{self, DataDir, DataDirError, Progress, Stage};
use crate::router;
use crate::store::Store;

/// The maximum size of a response.
const ANSWER_MAX: usize = 64 * 1024 * 1024;

/// A connection to the API.
pub(super) struct Client {
    way: Transport,
    lang: Lang,
}

enum Transport {
    /// A server, over the Unix socket or over HTTP.
    Server {
        http: reqwest::Client,
        base: String,
        token: Option<String>,
        _folder: Option<std::fs::File>,
    },
    /// No server runs: the API of this process, on the database itself.
    InProcess {
        router: Router,
        _data: Option<DataDir>,
    },
}

impl Client {
    /// Connects to `--url`, else to the socket in the data folder, else opens the database.
    pub(super) async fn connect(access: &Access, lang: Lang) -> Result<Self, Failure> {
        match Self::to_server(access, lang).await? {
            Some(client) => Ok(client),
            None => {
                let what = lang.pick("打开数据库…", "opening the database …");
                Ok(Self {
                    way: shown(what, in_process(&access.config)).await?,
                    lang,
                })
            }
        }
    }

    /// Connects to a running server: `--url`, else the socket in the data folder.
    pub(super) async fn to_server(access: &Access, lang: Lang) -> Result<Option<Self>, Failure> {
        if let Some(remote) = access.remote() {
            let http = builder()
                .build()
                .map_err(|error| Failure::error(sentence(&error)))?;
            let way = Transport::Server {
                http,
                base: remote.base().to_owned(),
                token: remote.token().map(str::to_owned),
                _folder: None,
            };
            return Ok(Some(Self { way, lang }));
        }
        let way = over_socket(&access.config.data_dir).await?;
        Ok(way.map(|way| Self { way, lang }))
    }

    /// Sends a request; returns the JSON of the response (`null` for none).
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let bytes = self.raw(method, path, body).await?;
        self.json(&bytes)
    }

    /// Sends a change of something in the version that was read; it is refused when others have changed that since.
    /// Returns the JSON of the response (`null` for none).
    pub(super) async fn change(
        &self,
        method: Method,
        path: &str,
        read: &Value,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        // A server from before versions sends none.
        let version = read["version"].as_i64();
        let version = version.map(|version| format!("\"{version}\""));
        let headers = version.as_deref().map(|version| ("if-match", version));
        let bytes = self.send(method, path, body, headers.as_slice()).await?;
        self.json(&bytes)
    }

    /// The row of a list whose field has this value: what is about to be changed, with its version. `null` where there is
    /// none; the change then reports that.
    pub(super) async fn listed(
        &self,
        path: &str,
        field: &str,
        value: &Value,
    ) -> Result<Value, Failure> {
        let page = self.call(Method::GET, path, None).await?;
        let mut rows = page["items"].as_array().into_iter().flatten();
        let found = rows.find(|row| row[field] == *value);
        Ok(found.cloned().unwrap_or_default())
    }

    fn json(&self, bytes: &[u8]) -> Result<Value, Failure> {
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(bytes).map_err(|_| {
            Failure::error(self.lang.pick(
                "服务器的响应不是 JSON；这个地址是 Jcrontab 吗？",
                "the server's answer is not JSON; is this address a Jcrontab?",
            ))
        })
    }

    /// Sends a request; returns the bytes of the response.
    pub(super) async fn raw(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Vec<u8>, Failure> {
        self.send(method, path, body, &[]).await
    }

    /// Sends a request; returns status and JSON of the response (`null` for none) for any status.
    pub(super) async fn answer(&self, method: Method, path: &str) -> Result<(u16, Value), Failure> {
        let (status, bytes) = self.exchange(method, path, None, &[]).await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }

    /// Sends a request with headers; returns the bytes of the response.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<Vec<u8>, Failure> {
        let (status, bytes) = self.exchange(method, path, body, headers).await?;
        if (200..300).contains(&status) {
            Ok(bytes)
        } else {
            Err(failure(status, &bytes))
        }
    }

    /// Sends a request with headers; returns status and bytes of the response for any status.
    pub(super) async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<(u16, Vec<u8>), Failure> {
        let answer = self.exchange_headers(method, path, body, headers).await?;
        Ok((answer.0, answer.1))
    }

    /// Sends a request with headers; returns status, bytes and headers of the response for any status.
    pub(super) async fn exchange_headers(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<(u16, Vec<u8>, HeaderMap), Failure> {
        let what = (self.lang).pick("等待服务器应答…", "waiting for the server …");
        shown(what, self.exchanged(method, path, body, headers)).await
    }

    async fn exchanged(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<(u16, Vec<u8>, HeaderMap), Failure> {
        Ok(match &self.way {
            Transport::Server {
                http, base, token, ..
            } => {
                let mut request = http
                    .request(method, format!("{base}{path}"))
                    .header(header::ACCEPT_LANGUAGE, self.lang.tag());
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                if let Some(body) = &body {
                    request = request.json(body);
                }
                let mut response = request.send().await.map_err(unreachable)?;
                let status = response.status().as_u16();
                let headers = std::mem::take(response.headers_mut());
                let bytes = response.bytes().await.map_err(unreachable)?;
                (status, bytes.to_vec(), headers)
            }
            Transport::InProcess { router, .. } => {
                let mut request = Request::builder()
                    .method(method)
                    .uri(path)
                    .header(header::ACCEPT_LANGUAGE, self.lang.tag());
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                if body.is_some() {
                    request = request.header(header::CONTENT_TYPE, "application/json");
                }
                let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
                let request = request
                    .body(body)
                    .map_err(|error| Failure::usage(sentence(&error)))?;
                let Ok(response) = router.clone().oneshot(request).await;
                let (parts, body) = response.into_parts();
                let bytes = axum::body::to_bytes(body, ANSWER_MAX)
                    .await
                    .map_err(|error| Failure::error(sentence(&error)))?;
                (parts.status.as_u16(), bytes.to_vec(), parts.headers)
            }
        })
    }
}

/// Encodes a text as a path segment or a query value.
pub(super) fn escaped(text: &str) -> String {
    // A blank is `%20` in both; in a path `+` is a literal plus.
    let plus: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    plus.replace('+', "%20")
}

/// A path with the parts of a query that have a value.
pub(super) fn with_query(path: &str, parts: &[(&str, Option<&str>)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parts {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// An error of the service as one sentence and an exit code.
pub(super) fn refusal(error: AppError) -> Failure {
    let status = error.kind.status();
    match serde_json::to_vec(&Problem::from(error)) {
        Ok(bytes) => failure(status, &bytes),
        Err(error) => Failure::error(sentence(&error)),
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(std::time::Duration::from_secs(5))
        .timeout(std::time::Duration::from_secs(60))
        .no_proxy()
        .user_agent(concat!("jcrontab-cli/", env!("CARGO_PKG_VERSION")))
}

/// The server of a data folder, if one listens on its socket.
async fn over_socket(data_dir: &Path) -> Result<Option<Transport>, Failure> {
    let Ok((path, folder)) = lifecycle::console_socket(data_dir) else {
        return Ok(None);
    };
    if tokio::net::UnixStream::connect(&path).await.is_err() {
        return Ok(None);
    }
    let http = builder()
        .unix_socket(path)
        .build()
        .map_err(|error| Failure::error(sentence(&error)))?;
    Ok(Some(Transport::Server {
        http,
        base: "http://localhost".to_owned(),
        token: None,
        _folder: Some(folder),
    }))
}

async fn in_process(config: &Config) -> Result<Transport, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    config.check_database().map_err(|error| failed(&error))?;
    super::owner::become_owner(&config.data_dir)?;
    let data = DataDir::open(&config.data_dir).map_err(|error| match error {
        DataDirError::InUse { .. } => {
            let (zh, en) = match Progress::of(&config.data_dir).map(|progress| progress.stage) {
                Some(Stage::Starting) => ("它正在启动", "which is starting"),
                Some(Stage::Database) => (
                    "它正在启动，等待数据库",
                    "which is starting and waiting for its database",
                ),
                None => ("但它没有响应", "but it does not answer"),
            };
            let folder = config.data_dir.display();
            Failure::error(lang().pick(
                format!("另一个 jcrontab 正在使用数据文件夹 {folder}，{zh}；请稍后再试"),
                format!("{error}, {en}; try again in a moment"),
            ))
        }
        DataDirError::Unusable { .. } | DataDirError::Exposed { .. } => failed(&error),
    })?;
    let store = Store::open(&config.database_url, data.path())
        .await
        .map_err(|error| failed(&error))?;
    store.migrate().await.map_err(|error| failed(&error))?;
    let clock: SharedClock = Arc::new(SystemClock);
    let parts =
        lifecycle::assemble(config, &data, store, &clock, None).map_err(|error| failed(&error))?;
    let service = &parts.service;
    service.check_key().await.map_err(|error| failed(&error))?;
    // In a server a loop does this.
    service
        .load_calendars()
        .await
        .map_err(|error| failed(&error))?;
    let web = Web {
        turns: crate::http::turns::Turns::default(),
        rates: RateLimits::new(0, clock),
        service: parts.service,
        site: Site::find(),
        base_url: config.base_url().into(),
        stop: tokio_util::sync::CancellationToken::new(),
    };
    let router = router::api_router(&web).map_err(|error| failed(&error))?;
    let router = router.layer(axum::Extension(ConsoleConnection::InProcess));
    Ok(Transport::InProcess {
        router,
        _data: Some(data),
    })
}

fn unreachable(error: reqwest::Error) -> Failure {
    let why = sentence(&error.without_url());
    Failure::error(lang().pick(
        format!("服务器没有响应：{why}"),
        format!("the server does not answer: {why}"),
    ))
    .away()
}

/// A problem document as one sentence and an exit code.
pub(super) fn failure(status: u16, bytes: &[u8]) -> Failure {
    let problem: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let title = problem["title"].as_str().map_or_else(
        || {
            lang().pick(
                format!("服务器的响应是 {status}"),
                format!("the server answered {status}"),
            )
        },
        str::to_owned,
    );
    let mut message = title.clone();
    for fault in problem["errors"].as_array().into_iter().flatten() {
        let (field, text) = (
            fault["field"].as_str().unwrap_or(""),
            fault["message"].as_str().unwrap_or(""),
        );
        if text == title {
            message = format!("{field}: {text}");
        } else {
            message = format!("{message}\n  {field}: {text}");
        }
    }
    if let Some(hint) = problem["detail"].as_str() {
        message = format!("{message} ({hint})");
    }
    if let Some(incident) = problem["incident"].as_str() {
        message = format!("{message} [{incident}]");
    }
    match status {
        404 => Failure::not_found(message),
        401 | 403 | 409 | 429 => Failure::refused(message),
        422 => Failure::usage(message),
        502..=504 => Failure::error(message).away(),
        _ => Failure::error(message),
    }
}
