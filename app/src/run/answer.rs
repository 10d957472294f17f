//! Why a request does not count as successful, in words.
//!
//! The server writes a status, or `@code detail`. What this version does not know is shown as it
//! is.

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
            format!("HTTP 应答不符合要求：{what}"),
            format!("the HTTP answer does not count as success: {what}"),
        );
    };
    let (code, detail) = coded.split_once(' ').unwrap_or((coded, ""));
    let (zh, en) = match code {
        "json" => (
            "HTTP 应答的 JSON 里，这个位置的值不符合要求",
            "the JSON of the HTTP answer does not hold what is wanted at",
        ),
        "not_json" => ("HTTP 应答不是 JSON", "the HTTP answer is no JSON"),
        "long" => (
            "HTTP 应答太长，不能作为 JSON 检查",
            "the HTTP answer is too long to be checked as JSON",
        ),
        "unreachable" => ("没有得到完整的 HTTP 应答", "there was no whole HTTP answer"),
        "private" => (
            "HTTP 请求没有发出：这是内网或特殊地址，可用 JCRONTAB_OUTBOUND_ALLOW 放行",
            "the HTTP request was not sent: a private or special address, which JCRONTAB_OUTBOUND_ALLOW can allow",
        ),
        "no_address" => (
            "HTTP 请求没有发出：这个主机名解析不到地址",
            "the HTTP request was not sent: this name has no address",
        ),
        "variable" => (
            "HTTP 请求没有发出：没有这个变量",
            "the HTTP request was not sent: there is no such variable",
        ),
        "header" => (
            "HTTP 请求没有发出：这个标头的值里有换行或控制字符",
            "the HTTP request was not sent: line breaks or control characters in this header",
        ),
        "path" => (
            "HTTP 请求没有发出：变量不能把路径引到别处（. 和 ..）",
            "the HTTP request was not sent: a variable must not lead the path elsewhere (. and ..)",
        ),
        "url" => (
            "HTTP 请求没有发出：这不是可以请求的 URL",
            "the HTTP request was not sent: this is no URL that can be called",
        ),
        "method" => (
            "HTTP 请求没有发出：没有这个方法",
            "the HTTP request was not sent: there is no such method",
        ),
        _ => {
            return lang.pick(
                format!("HTTP 应答不符合要求：{what}"),
                format!("the HTTP answer does not count as success: {what}"),
            );
        }
    };
    match detail {
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
            ("@not_json", "the HTTP answer is no JSON"),
            (
                "@json /data/state",
                "the JSON of the HTTP answer does not hold what is wanted at: /data/state",
            ),
            (
                "@later x",
                "the HTTP answer does not count as success: @later x",
            ),
        ];
        for (what, said) in table {
            assert_eq!(sentence(what, Lang::En), said);
            assert!(!sentence(what, Lang::Zh).is_empty());
        }
    }
}
