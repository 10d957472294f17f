//! Requests through the real router, with cookies.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use server::http::Web;
use tokio::sync::RwLock;
use tower::ServiceExt;

/// Creating a router lists the pages by rendering them, during which Leptos loads no data in the whole process
/// (`reactive_graph::computed::suppress_resource_load`). A server creates one before it serves anything; tests create
/// theirs while others serve, and a page that is rendered at that moment would wait forever.
static PAGES: RwLock<()> = RwLock::const_new(());

/// The whole server's router.
pub(crate) async fn router(web: &Web) -> Router {
    let _no_rendering = PAGES.write().await;
    server::router::router(web).expect("an API that can be described")
}

/// The routes of all pages, as the application lists them.
pub(crate) async fn page_routes() -> Vec<String> {
    let _no_rendering = PAGES.write().await;
    let listed = leptos_axum::generate_route_list(app::App);
    let paths: Vec<String> = listed.iter().map(|page| page.path().to_owned()).collect();
    assert!(paths.len() > 15, "the pages are listed: {paths:?}");
    paths
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The body, when the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The fields that the answer finds fault with, with their codes.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let problem = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|one| (text(&one["field"]), text(&one["code"])))
            .collect()
    }
}

/// A user's browser, or a program with a token.
pub(crate) struct Browser {
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
    headers: Vec<(String, String)>,
    address: Option<SocketAddr>,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookies: Mutex::default(),
            headers: Vec::new(),
            address: None,
        }
    }

    /// The same, connected from an address.
    pub(crate) fn at(mut self, address: &str) -> Self {
        self.address = Some(SocketAddr::new(address.parse().expect("an address"), 4_711));
        self
    }

    /// The same with one more header on every request.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn put_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .expect("cookies")
            .insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("cookies").get(name).cloned()
    }

    /// Sends a request with the cookies, and keeps those of the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let reply = self.send_unread(request).await;
        let (parts, body) = reply.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .expect("a body")
            .to_vec();
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// As [`Self::send`], for answers that have no end.
    pub(crate) async fn send_unread(&self, mut request: Request<Body>) -> axum::response::Response {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .expect("cookies")
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = request.headers_mut();
        headers
            .entry(header::HOST)
            .or_insert("cron.test".parse().expect("a host"));
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().expect("cookies"));
        }
        if self
            .headers
            .iter()
            .any(|(name, _)| name == "origin" || name == "sec-fetch-site")
        {
            // A browser on another site sends no origin of this one.
            headers.remove(header::ORIGIN);
            headers.remove("sec-fetch-site");
        }
        for (name, value) in &self.headers {
            let name: header::HeaderName = name.parse().expect("a name");
            headers.insert(name, value.parse().expect("a value"));
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let Ok(response) = {
            let _no_listing = PAGES.read().await;
            self.router.clone().oneshot(request).await
        };
        for set in response.headers().get_all(header::SET_COOKIE) {
            let text = set.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            let mut cookies = self.cookies.lock().expect("cookies");
            if text.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    /// Opens a page.
    pub(crate) async fn open(&self, path: &str) -> Reply {
        let request = Request::get(path).header(header::ACCEPT, "text/html,*/*");
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Calls the API.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let request = Request::builder().method(method).uri(path);
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.expect("a request")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call("POST", path, Some(body)).await
    }

    /// Sends a form as a browser does.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html,*/*")
            .header(header::ORIGIN, "http://cron.test")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        self.send(request.expect("a request")).await
    }
}
