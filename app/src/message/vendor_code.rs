//! What the codes mean that vendors answer with: people read the meaning, and can search for the code.

use crate::i18n::Lang;

/// The meaning of the code in an answer, or of a web page in its place; `None` for any other answer without one, and for
/// a code that is not listed here.
fn meaning(answer: &str, lang: Lang) -> Option<&'static str> {
    if is_web_page(answer) {
        return Some(lang.pick(
            "收到的是一个网页，可能是登录页或代理代替对方回答的；请检查地址和网络",
            "the answer is a web page: a sign-in page or a proxy may have answered in place of the service; check the address and the network",
        ));
    }
    let (zh, en) = match (number(answer, "errcode"), number(answer, "code")) {
        (Some(code), _) => by_errcode(code),
        (None, Some(code)) => by_code(code),
        (None, None) => None,
    }?;
    Some(lang.pick(zh, en))
}

/// The words of a vendor behind what the code in them means.
pub(super) fn with_meaning(words: &str, lang: Lang) -> String {
    match meaning(words, lang) {
        Some(meaning) => lang.pick(format!("{meaning}：{words}"), format!("{meaning}: {words}")),
        None => words.to_owned(),
    }
}

/// WeCom (developer documents 90313, 91770) and DingTalk; their numbers differ.
const fn by_errcode(code: i64) -> Option<(&'static str, &'static str)> {
    Some(match code {
        -1 => ("对方系统繁忙", "the service is busy"),
        40_008 => (
            "不支持这种消息类型",
            "this type of message is not supported",
        ),
        40_058 => (
            "消息的内容或参数不合法",
            "the content or a parameter of the message is invalid",
        ),
        44_004 => ("消息内容为空", "the message is empty"),
        45_002 => ("消息内容超过长度限制", "the message is too long"),
        45_009 | 45_011 | 45_033 | 130_101 => (
            "发送过于频繁，超过了机器人的限制",
            "too many messages: the limit of the robot is exceeded",
        ),
        93_000 => (
            "机器人的地址不对，或机器人已被移出群聊",
            "the address of the robot is wrong, or the robot was removed from its group",
        ),
        93_004 => ("机器人已被停用", "the robot is disabled"),
        93_008 => ("机器人不在这个群里", "the robot is not in this group"),
        300_001 => (
            "机器人的 access_token 不存在",
            "the access_token of the robot does not exist",
        ),
        301_019 => ("图片与 MD5 不一致", "the picture does not match its MD5"),
        310_000 => (
            "不符合机器人的安全设置（关键词、加签或 IP 地址）",
            "the security settings of the robot refuse it: keyword, signature or IP address",
        ),
        _ => return None,
    })
}

/// Feishu and Lark (document "Use bots in groups").
const fn by_code(code: i64) -> Option<(&'static str, &'static str)> {
    Some(match code {
        19_001 => ("机器人的地址不对", "the address of the robot is wrong"),
        19_021 => (
            "签名校验失败，或时间相差超过一小时",
            "the signature is wrong, or the clocks differ by more than an hour",
        ),
        19_022 => (
            "服务器的 IP 不在机器人的白名单里",
            "the IP address of the server is not allowed by the robot",
        ),
        19_024 => (
            "消息里没有机器人要求的关键词",
            "the message lacks the keyword that the robot demands",
        ),
        11_232 => (
            "发送过于频繁，超过了机器人的限制",
            "too many messages: the limit of the robot is exceeded",
        ),
        _ => return None,
    })
}

/// Whether an answer is a page for a browser, behind its status where that was kept with it.
#[must_use]
pub fn is_web_page(answer: &str) -> bool {
    let body = match answer.strip_prefix("HTTP ") {
        Some(rest) => rest.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => answer,
    };
    let body = body.trim_start();
    ["<!doctype html", "<html"].iter().any(|start| {
        body.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    })
}

/// The number behind a name in a JSON object, which may be cut off: answers are kept up to a limit.
fn number(answer: &str, name: &str) -> Option<i64> {
    let (_, behind) = answer.split_once(&format!("\"{name}\""))?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start();
    let end = value
        .find(|c: char| !c.is_ascii_digit() && c != '-')
        .unwrap_or(value.len());
    value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::answer_text;

    #[test]
    fn a_web_page_in_place_of_an_answer_is_said_to_be_one() {
        for page in [
            "<html><body>Sign in</body></html>",
            "HTTP 200 \n<!DOCTYPE html><title>Wi-Fi</title>",
            r#"HTTP 502 <HTML>{"errcode":0}"#,
        ] {
            let text = answer_text(page, Lang::En);
            assert!(text.starts_with("the answer is a web page"), "{text}");
            assert!(text.ends_with(page), "{text}");
        }
        for other in ["ok", "HTTP 200 thanks", "", "HTTP ", "<b>no</b>", "<htm"] {
            assert_eq!(answer_text(other, Lang::En), other);
        }
    }

    #[test]
    fn a_code_is_shown_with_its_meaning_and_the_words_of_the_vendor() {
        let gone = r#"{"errcode":93000,"errmsg":"invalid webhook url, hint: [x]"}"#;
        assert_eq!(
            answer_text(gone, Lang::Zh),
            format!("机器人的地址不对，或机器人已被移出群聊：{gone}")
        );
        let english = answer_text(gone, Lang::En);
        assert!(
            english.starts_with("the address of the robot is wrong"),
            "{english}"
        );
        assert!(english.ends_with(gone), "{english}");
        let feishu = r#"{"code": 19024, "msg": "Key Words Not Found"}"#;
        assert!(answer_text(feishu, Lang::Zh).starts_with("消息里没有机器人要求的关键词："));
        for other in [
            r#"{"errcode":0,"errmsg":"ok"}"#,
            r#"{"code":0}"#,
            "ok",
            "93000",
            r#"{"errcode":"#,
        ] {
            assert_eq!(answer_text(other, Lang::En), other);
        }
    }
}
