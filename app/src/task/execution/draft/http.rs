//! The HTTP request of a task: its input, and what may be sent.

use super::super::{HttpCall, HttpDraft, HttpHeader, http};
use super::names::is_name;
use crate::i18n::Lang;
use crate::task::reader::{Reader, plain};

/// The longest URL, in bytes.
const URL_MAX: usize = 2048;
/// The most headers.
const HEADERS_MAX: usize = 30;
/// The longest value of a header, in bytes.
const HEADER_MAX: usize = 4096;
/// The longest body, in bytes.
const BODY_MAX: usize = 64 * 1024;
/// The longest pointer, and the longest expected value, in bytes.
const POINTER_MAX: usize = 1024;
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
/// Headers that belong to the connection (RFC 9110, 7.6.1) or follow from URL and body.
const NOT_YOURS: [&str; 10] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
];

impl HttpDraft {
    /// Whether it is empty: then there is no request.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        [
            &self.method,
            &self.url,
            &self.headers,
            &self.body,
            &self.expect_status,
            &self.json_pointer,
            &self.json_value,
        ]
        .iter()
        .all(|text| text.trim().is_empty())
    }

    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Option<HttpCall> {
        if self.is_blank() {
            return None;
        }
        let lang = reader.lang;
        let method = match self.method.trim().to_ascii_uppercase() {
            method if method.is_empty() => "GET".to_owned(),
            method => method,
        };
        if !METHODS.contains(&method.as_str()) {
            let message = lang.pick(
                "可选 GET、POST、PUT、PATCH、DELETE、HEAD",
                "Use GET, POST, PUT, PATCH, DELETE or HEAD",
            );
            reader.fault("http.method", "unknown", message);
        }
        let url = self.url.trim();
        if let Some((code, message)) = url_fault(url, lang) {
            reader.fault("http.url", code, message);
        }
        if self.body.len() > BODY_MAX {
            let message = lang.pick("请求体最多 64 KiB", "A body has at most 64 KiB");
            reader.fault("http.body", "too_long", message);
        }
        let expect_status = http::statuses(&plain(&self.expect_status));
        if expect_status.is_none() {
            let message = lang.pick(
                "写成 200-299,304 这样的状态码（100–599）",
                "Write statuses such as 200-299,304 (100–599)",
            );
            reader.fault("http.expect_status", "invalid", message);
        }
        let headers = self.read_headers(reader);
        self.check_answer(reader, &method);
        Some(HttpCall {
            url: url.to_owned(),
            headers,
            body: self.body.clone(),
            expect_status: expect_status.as_deref().map(http::text).unwrap_or_default(),
            json_pointer: self.json_pointer.trim().to_owned(),
            json_value: self.json_value.trim().to_owned(),
            method,
        })
    }

    /// One `Name: value` per line. Reports the first faulty line.
    fn read_headers(&self, reader: &mut Reader<'_>) -> Vec<HttpHeader> {
        let lang = reader.lang;
        let mut all = Vec::new();
        let typed = self.headers.lines().enumerate();
        for (index, line) in typed.filter(|(_, line)| !line.trim().is_empty()) {
            if all.len() == HEADERS_MAX {
                let message = lang.pick(
                    format!("最多 {HEADERS_MAX} 个请求头"),
                    format!("At most {HEADERS_MAX} headers"),
                );
                reader.fault("http.headers", "too_many", message);
                return Vec::new();
            }
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let (name, value) = (name.trim(), value.trim());
            let fault = if !line.contains(':') || !is_token(name) {
                lang.pick(
                    "请写成“名称: 值”，名称只用字母、数字和 -",
                    "Write `Name: value`; a name consists of letters, digits and -",
                )
            } else if NOT_YOURS.contains(&name.to_ascii_lowercase().as_str()) {
                lang.pick(
                    "这个请求头由连接决定，不能设置",
                    "This header is controlled by the connection and cannot be set",
                )
            } else if !value
                .bytes()
                .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
            {
                lang.pick(
                    "请求头的值只能用 ASCII 字符",
                    "The value of a header must be ASCII",
                )
            } else if value.len() > HEADER_MAX {
                lang.pick(
                    "请求头的值最多 4 KiB",
                    "The value of a header has at most 4 KiB",
                )
            } else {
                all.push(HttpHeader {
                    name: name.to_owned(),
                    value: value.to_owned(),
                });
                continue;
            };
            let message = lang.pick(
                format!("第 {} 行：{fault}", index + 1),
                format!("Line {}: {fault}", index + 1),
            );
            reader.fault("http.headers", "invalid", message);
            return Vec::new();
        }
        all
    }

    /// Checks the expectations of the answer.
    fn check_answer(&self, reader: &mut Reader<'_>, method: &str) {
        let lang = reader.lang;
        let (pointer, value) = (self.json_pointer.trim(), self.json_value.trim());
        if !http::is_pointer(pointer) || pointer.len() > POINTER_MAX {
            let message = lang.pick(
                "写成 /data/state 这样的 JSON Pointer（RFC 6901），以 / 开头",
                "Write a JSON Pointer (RFC 6901) such as /data/state, starting with /",
            );
            reader.fault("http.json_pointer", "invalid", message);
        } else if pointer.is_empty() && !value.is_empty() {
            let message = lang.pick(
                "要比较值，请填写它在 JSON 里的位置",
                "Enter the JSON pointer of the value",
            );
            reader.fault("http.json_pointer", "required", message);
        } else if !pointer.is_empty() && method == "HEAD" {
            let message = lang.pick(
                "HEAD 的响应没有正文，不能检查 JSON",
                "A response to HEAD has no body, so there is no JSON to check",
            );
            reader.fault("http.json_pointer", "not_here", message);
        }
        if value.len() > POINTER_MAX {
            let message = lang.pick("最多 1024 字节", "At most 1024 bytes");
            reader.fault("http.json_value", "too_long", message);
        }
    }
}

/// A token of RFC 9110, 5.6.2.
fn is_token(name: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= 128 && name.bytes().all(fit)
}

/// Checks that need no network. The target of a request is fixed: variables may appear only after the host, so that a
/// parameter cannot choose the target. The fault is a code and a sentence.
pub(in crate::task) fn url_fault(url: &str, lang: Lang) -> Option<(&'static str, &'static str)> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
    if url.is_empty() {
        return Some(("required", lang.pick("请填写 URL", "Enter a URL")));
    }
    if url.len() > URL_MAX {
        let text = lang.pick("URL 最多 2048 字节", "A URL has at most 2048 bytes");
        return Some(("too_long", text));
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") || !url.chars().all(plain)
    {
        let text = lang.pick(
            "URL 以 http:// 或 https:// 开头，里面没有空格",
            "A URL starts with http:// or https:// and has no blanks",
        );
        return Some(("invalid", text));
    }
    if authority.contains('@') {
        let text = lang.pick(
            "URL 里不能有用户名和密码；请用 Authorization 请求头和密钥",
            "No user name or password in the URL: use an Authorization header and a secret",
        );
        return Some(("credentials", text));
    }
    if authority.contains(['$', '{', '}']) {
        let text = lang.pick(
            "主机名里不能用 ${…}，只能用在路径和参数里",
            "${…} is not allowed in the host, only in path and query",
        );
        return Some(("variable_host", text));
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Some((
            "invalid",
            lang.pick("URL 里没有主机名", "The URL has no host"),
        ));
    }
    (!variables_are_named(path)).then(|| {
        let text = lang.pick(
            "${…} 里要写变量名，例如 ${DAY}",
            "Put the name of a variable into ${…}, such as ${DAY}",
        );
        ("variable", text)
    })
}

/// Whether each `${` is followed by a name and `}`; `$${` is a plain `${`.
fn variables_are_named(text: &str) -> bool {
    let text = text.replace("$${", "");
    let mut parts = text.split("${");
    parts.next();
    parts.all(|part| part.split_once('}').is_some_and(|(name, _)| is_name(name)))
}
