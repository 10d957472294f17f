//! Sentences about why an HTTP request does not count as successful.
//!
//! The server writes a status, or `@code detail`. What this version does not know is shown unchanged.

use crate::i18n::Lang;

/// The sentence, without a full stop.
pub(super) fn sentence(what: &str, lang: Lang) -> String {
    if !what.is_empty() && what.bytes().all(|byte| byte.is_ascii_digit()) {
        return lang.pick(
            format!("HTTP {what}，不是成功的状态码"),
            format!("HTTP {what}, which is not a success status"),
        );
    }
    let Some(coded) = what.strip_prefix('@') else {
        return lang.pick(
            format!("HTTP 响应不符合要求：{what}"),
            format!("the HTTP response does not count as success: {what}"),
        );
    };
    let (code, detail) = coded.split_once(' ').unwrap_or((coded, ""));
    let (zh, en) = match code {
        "json" => (
            "HTTP 响应的 JSON 里，这个位置的值不符合要求",
            "the JSON of the HTTP response does not have the expected value at",
        ),
        "not_json" => ("HTTP 响应不是 JSON", "the HTTP response is not JSON"),
        "long" => (
            "HTTP 响应太长，不能作为 JSON 检查",
            "the HTTP response is too long to be checked as JSON",
        ),
        "unreachable" => (
            "没有得到完整的 HTTP 响应",
            "no complete HTTP response was received",
        ),
        "private" => (
            "HTTP 请求没有发出：这是内网或特殊地址，可用 JCRONTAB_OUTBOUND_ALLOW 放行",
            "the HTTP request was not sent: the address is private or special; JCRONTAB_OUTBOUND_ALLOW can allow it",
        ),
        "no_address" => (
            "HTTP 请求没有发出：这个主机名解析不到地址",
            "the HTTP request was not sent: the host name does not resolve",
        ),
        "variable" => (
            "HTTP 请求没有发出：没有这个变量",
            "the HTTP request was not sent: there is no such variable",
        ),
        "header" => (
            "HTTP 请求没有发出：这个请求头的值里有换行或控制字符",
            "the HTTP request was not sent: this header contains line breaks or control characters",
        ),
        "path" => (
            "HTTP 请求没有发出：变量不能把路径引到别处（. 和 ..）",
            "the HTTP request was not sent: a variable must not change the path with . or ..",
        ),
        "url" => (
            "HTTP 请求没有发出：这不是可以请求的 URL",
            "the HTTP request was not sent: the URL is not valid",
        ),
        "method" => (
            "HTTP 请求没有发出：没有这个方法",
            "the HTTP request was not sent: there is no such method",
        ),
        _ => {
            return lang.pick(
                format!("HTTP 响应不符合要求：{what}"),
                format!("the HTTP response does not count as success: {what}"),
            );
        }
    };
    let detail = crate::message::answer_text(detail, lang);
    match detail.as_str() {
        "" => lang.pick(zh, en).to_owned(),
        detail => lang.pick(format!("{zh}：{detail}"), format!("{en}: {detail}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_codes_become_sentences() {
        let table = [
            ("503", "HTTP 503, which is not a success status"),
            ("@not_json", "the HTTP response is not JSON"),
            (
                "@json /data/state",
                "the JSON of the HTTP response does not have the expected value at: /data/state",
            ),
            (
                "@later x",
                "the HTTP response does not count as success: @later x",
            ),
        ];
        for (what, said) in table {
            assert_eq!(sentence(what, Lang::En), said);
            assert!(!sentence(what, Lang::Zh).is_empty());
        }
    }
}
