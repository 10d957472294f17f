//! Why something that was sent got no answer, or did not leave: a code with a detail where it is stored, and a
//! sentence in the reader's language where it is shown. What the other end answers is shown in its own words.

use strum::{IntoStaticStr, VariantArray};

use super::Event;
use super::vendor_code::{is_web_page, with_meaning};
use crate::i18n::Lang;
use crate::transition::Word;

/// The kinds of reasons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum NoAnswerReason {
    /// It is not a URL.
    NotAUrl,
    /// Neither http nor https.
    Scheme,
    /// A user name or password in the URL.
    Credentials,
    /// An address of a private or special network; the detail names it.
    PrivateAddress,
    /// This server itself; the detail is its address.
    OwnAddress,
    /// A name of a private network, behind a proxy; the detail names it.
    LocalName,
    /// The name has no address; the detail is the name.
    NoAddress,
    /// The name cannot be looked up; the detail is the name, where it is known.
    Name,
    /// The connection was refused.
    ConnectionRefused,
    /// The connection was closed before the answer.
    Closed,
    /// There is no way to the host.
    NoRoute,
    /// No answer in time; the detail is the limit in seconds, where there is one of ours.
    NoAnswer,
    /// No connection in time; the detail is the limit in seconds.
    NoConnection,
    /// The proxy wants a user name and password.
    ProxyPassword,
    /// The proxy refused to connect.
    ProxyRefused,
    /// The certificate has expired, or is not valid yet.
    CertificateTime,
    /// The certificate was issued by an authority that is not trusted.
    CertificateIssuer,
    /// The certificate is one of another host.
    CertificateName,
    /// The certificate is not accepted for another reason.
    Certificate,
    /// TLS could not be established.
    Tls,
    /// The mail server offers no STARTTLS.
    NoStarttls,
    /// The mail server offers no way of signing in that is known.
    NoSignIn,
    /// The request or the conversation failed in another way: the log has the error.
    Failed,
    /// More than the bytes in the detail.
    TooLong,
    /// The address of the mail server cannot be read.
    MailServer,
    /// An e-mail address that is none: the detail.
    MailAddress,
    /// The mail could not be put together: the log has the error.
    Mail,
    /// The token or chat of a bot is missing.
    NoToken,
    /// The secret is no key of Standard Webhooks.
    SigningKey,
    /// The settings of the channel cannot be read: the log has the error.
    Settings,
    /// What the message is made from, its template or its picture cannot be read: the log has the error.
    Unreadable,
    /// The service has asked for fewer messages for hours, and accepted none; the detail is what it said last.
    Limited,
    /// The answer does not hold what the channel expects: the detail is the answer.
    NotExpected,
    /// The service takes no pictures.
    NoPictures,
    /// A picture whose text was not sent.
    TextNotSent,
    /// It was saved, but nothing is sent to its address for now; the detail is the reason as it is stored.
    SavedUnusable,
}

/// A reason with its detail.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.text(Lang::En))]
pub struct NoAnswer {
    /// The kind.
    pub why: NoAnswerReason,
    /// What the kind says about it; empty for nothing.
    pub detail: String,
}

impl From<NoAnswerReason> for NoAnswer {
    fn from(why: NoAnswerReason) -> Self {
        Self::of(why, "")
    }
}

impl NoAnswer {
    /// A reason with a detail.
    #[must_use]
    pub fn of(why: NoAnswerReason, detail: impl ToString) -> Self {
        Self {
            why,
            detail: detail.to_string(),
        }
    }

    /// As it is stored: `@code detail`.
    #[must_use]
    pub fn code(&self) -> String {
        let code: &str = self.why.into();
        format!("@{code} {}", self.detail).trim_end().to_owned()
    }

    /// Reads what is stored; `None` for the words of the other end.
    #[must_use]
    pub fn read(stored: &str) -> Option<Self> {
        let (code, detail) = stored
            .strip_prefix('@')
            .map(|rest| rest.split_once(' ').unwrap_or((rest, "")))?;
        Some(Self::of(NoAnswerReason::read(code)?, detail))
    }

    /// A sentence without a full stop.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let detail = self.detail.as_str();
        let plain = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self.why {
            NoAnswerReason::NotAUrl => plain("这不是 URL", "this is not a URL"),
            NoAnswerReason::Scheme => plain(
                "只能请求 http 和 https 地址",
                "only http and https can be called",
            ),
            NoAnswerReason::Credentials => plain(
                "URL 里不能有用户名或密码",
                "a URL with a user name or password is refused",
            ),
            NoAnswerReason::PrivateAddress => lang.pick(
                format!("{detail} 是内网或特殊地址；可用 JCRONTAB_OUTBOUND_ALLOW 放行它所在的网段"),
                format!(
                    "{detail} is a private or special address; JCRONTAB_OUTBOUND_ALLOW can allow its network"
                ),
            ),
            NoAnswerReason::OwnAddress => lang.pick(
                format!("{detail} 是本服务器自己；可用 JCRONTAB_OUTBOUND_ALLOW 放行它的地址"),
                format!(
                    "{detail} is this server itself; JCRONTAB_OUTBOUND_ALLOW can allow its address"
                ),
            ),
            NoAnswerReason::LocalName => lang.pick(
                format!("{detail} 是内网的主机名，不能经代理访问"),
                format!(
                    "{detail} is a name of a private network, which is not reached through the proxy"
                ),
            ),
            NoAnswerReason::NoAddress => lang.pick(
                format!("主机名 {detail} 解析不到地址"),
                format!("the name {detail} has no address"),
            ),
            NoAnswerReason::Name if detail.is_empty() => plain(
                "主机名无法解析；请检查主机名和本服务器的 DNS",
                "the host name cannot be resolved; check it and this server's DNS",
            ),
            NoAnswerReason::Name => lang.pick(
                format!("主机名 {detail} 无法解析；请检查主机名和本服务器的 DNS"),
                format!(
                    "the host name {detail} cannot be resolved; check it and this server's DNS"
                ),
            ),
            NoAnswerReason::ConnectionRefused => plain("对方拒绝连接", "the connection was refused"),
            NoAnswerReason::Closed => plain(
                "对方没有响应就断开了连接",
                "the connection was closed before an answer came",
            ),
            NoAnswerReason::NoRoute => plain("没有到该主机的路由", "there is no route to the host"),
            NoAnswerReason::NoAnswer if detail.is_empty() => {
                plain("在时限内没有响应", "no answer in time")
            }
            NoAnswerReason::NoAnswer => lang.pick(
                format!("{detail} 秒内没有响应"),
                format!("no answer within {detail} seconds"),
            ),
            NoAnswerReason::NoConnection => lang.pick(
                format!("{detail} 秒内没有连上"),
                format!("no connection within {detail} seconds"),
            ),
            NoAnswerReason::ProxyPassword => plain(
                "代理要求用户名和密码（407）",
                "the proxy asks for a user name and password (407)",
            ),
            NoAnswerReason::ProxyRefused => plain(
                "代理拒绝连接该主机",
                "the proxy refused to connect to the host",
            ),
            NoAnswerReason::CertificateTime => plain(
                "对方的 TLS 证书已过期或尚未生效",
                "the TLS certificate has expired or is not valid yet",
            ),
            NoAnswerReason::CertificateIssuer => plain(
                "对方的 TLS 证书由不受信任的机构签发；自建的 CA 可以填在渠道里，或用 JCRONTAB_OUTBOUND_CA 信任",
                "the TLS certificate was issued by an authority that is not trusted; a private CA can be trusted in the settings of the channel, or with JCRONTAB_OUTBOUND_CA",
            ),
            NoAnswerReason::CertificateName => plain(
                "对方的 TLS 证书不属于这个主机名",
                "the TLS certificate is not valid for this host name",
            ),
            NoAnswerReason::Certificate => plain(
                "对方的 TLS 证书不被接受",
                "the TLS certificate was not accepted",
            ),
            NoAnswerReason::Tls => plain("TLS 握手失败", "the TLS handshake failed"),
            NoAnswerReason::NoStarttls => plain(
                "邮件服务器不支持 STARTTLS；可改用 smtps:// 或把加密设为 none",
                "the mail server does not offer STARTTLS; use smtps:// or set the encryption to none",
            ),
            NoAnswerReason::NoSignIn => plain(
                "邮件服务器不支持 PLAIN 或 LOGIN 登录",
                "the mail server offers neither PLAIN nor LOGIN for signing in",
            ),
            NoAnswerReason::Failed => plain(
                "请求失败，详情见服务器日志",
                "the request failed; the server's log has the details",
            ),
            NoAnswerReason::TooLong => lang.pick(
                format!("超过 {detail} 字节"),
                format!("more than {detail} bytes"),
            ),
            NoAnswerReason::MailServer => plain(
                "这不是 SMTP 服务器的地址",
                "this is not the address of an SMTP server",
            ),
            NoAnswerReason::MailAddress => lang.pick(
                format!("这不是邮件地址：{detail}"),
                format!("this is not an e-mail address: {detail}"),
            ),
            NoAnswerReason::Mail => plain(
                "邮件无法生成，详情见服务器日志",
                "the mail cannot be made; the server's log has the details",
            ),
            NoAnswerReason::NoToken => plain(
                "缺少机器人的 token 或会话 ID",
                "the bot's token or chat is missing",
            ),
            NoAnswerReason::SigningKey => plain(
                "密钥不是 Standard Webhooks 的 whsec_ 密钥",
                "the secret is not a whsec_ key of Standard Webhooks",
            ),
            NoAnswerReason::Settings => plain(
                "渠道的设置无法读取，详情见服务器日志",
                "the settings of the channel cannot be read; the server's log has the details",
            ),
            NoAnswerReason::Unreadable => plain(
                "消息的数据、模板或图片无法读取，详情见服务器日志",
                "the data, template or picture of this message cannot be read; the server's log has the details",
            ),
            NoAnswerReason::Limited => {
                let words = with_meaning(detail, lang);
                lang.pick(
                    format!("对方 3 小时以来一直要求少发消息，一条也没有收下；最后的答复：{words}"),
                    format!(
                        "the service has asked for fewer messages for 3 hours and accepted none; its last answer: {words}"
                    ),
                )
            }
            NoAnswerReason::NotExpected => {
                let words = with_meaning(detail, lang);
                lang.pick(
                    format!("响应不是渠道设置里期望的内容：{words}"),
                    format!("the answer does not contain what the channel expects: {words}"),
                )
            }
            NoAnswerReason::NoPictures => plain(
                "这种渠道不发送图片",
                "channels of this kind get no pictures",
            ),
            NoAnswerReason::TextNotSent => plain(
                "它前面的文字没有发出",
                "the text before it was not sent",
            ),
            NoAnswerReason::SavedUnusable => {
                // A reason of this kind within another one belongs to no channel: it is shown as it is.
                let why = match Self::read(detail) {
                    Some(inner) if inner.why != NoAnswerReason::SavedUnusable => inner.text(lang),
                    _ => detail.to_owned(),
                };
                lang.pick(
                    format!("已保存，但目前不会向这个地址发送：{why}"),
                    format!("Saved, but nothing will be sent to this address for now: {why}"),
                )
            }
        }
    }
}

/// What is added to the answer to a message whose template could not be used, before the place of the fault.
const BUILT_IN: &str = "\n@built_in_words";

/// Adds to an answer that the built-in words were sent, since the template failed for this event, at this line and
/// column.
#[must_use]
pub fn with_built_in_words(answer: &str, event: Event, place: Option<(usize, usize)>) -> String {
    let event = event.as_str();
    match place {
        Some((line, column)) => format!("{answer}{BUILT_IN} {event} {line}:{column}"),
        None => format!("{answer}{BUILT_IN} {event}"),
    }
}

/// An answer as readers of a language see it: our own reasons as sentences, the meaning of a vendor's code before its
/// words, other words unchanged.
#[must_use]
pub fn answer_text(stored: &str, lang: Lang) -> String {
    if let Some((answer, failed)) = stored.split_once(BUILT_IN) {
        return answer_text(answer, lang) + &template_failed(failed, lang);
    }
    if let Some(reason) = NoAnswer::read(stored) {
        return reason.text(lang);
    }
    with_meaning(stored, lang)
}

/// The same of an answer that counts as acceptance: a web page is what the channel expects, and no sign that something
/// else has answered.
fn accepted_text(stored: &str, lang: Lang) -> String {
    let (answer, failed) = match stored.split_once(BUILT_IN) {
        Some((answer, failed)) => (answer, template_failed(failed, lang)),
        None => (stored, String::new()),
    };
    match is_web_page(answer) {
        true => answer.to_owned() + &failed,
        false => answer_text(stored, lang),
    }
}

/// [`accepted_text`] where the message was accepted, else [`answer_text`].
#[must_use]
pub fn outcome_text(is_accepted: bool, stored: &str, lang: Lang) -> String {
    match is_accepted {
        true => accepted_text(stored, lang),
        false => answer_text(stored, lang),
    }
}

/// That the template failed, with its event and its place where they are stored.
fn template_failed(stored: &str, lang: Lang) -> String {
    let (mut event, mut place) = (String::new(), String::new());
    for part in stored.split_whitespace() {
        match part.split_once(':') {
            Some((line, column)) => {
                place = lang.pick(
                    format!("在第 {line} 行第 {column} 列"),
                    format!(" at line {line}, column {column}"),
                );
            }
            None => {
                let words = Event::text(part, lang);
                event = lang.pick(
                    format!("（事件“{words}”）"),
                    format!(" for the event \"{words}\""),
                );
            }
        }
    }
    lang.pick(
        format!("（模板{event}{place}出错，已改用内置文字发送；预览模板可看到原因）"),
        format!(
            " (sent in the built-in words: the template failed{event}{place}; its preview shows why)"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_back_and_speak_both_languages() {
        for why in NoAnswerReason::VARIANTS.iter().copied() {
            for detail in ["", "10.0.0.1", "a b"] {
                let reason = NoAnswer::of(why, detail);
                assert_eq!(NoAnswer::read(&reason.code()).as_ref(), Some(&reason));
                let zh = reason.text(Lang::Zh);
                assert!(zh.chars().any(|c| u32::from(c) > 0x2e80), "{zh}");
                assert!(reason.text(Lang::En).is_ascii());
                assert_eq!(answer_text(&reason.code(), Lang::Zh), zh);
            }
        }
        for words in ["{\"errcode\":0}", "@ana hello", "@", "", "HTTP 500"] {
            assert_eq!(answer_text(words, Lang::Zh), words);
        }
        let noted = with_built_in_words("ok", Event::Failed, Some((2, 5)));
        assert_eq!(
            answer_text(&noted, Lang::Zh),
            "ok（模板（事件“执行失败”）在第 2 行第 5 列出错，已改用内置文字发送；预览模板可看到原因）"
        );
        assert_eq!(
            answer_text(&with_built_in_words("ok", Event::Failed, None), Lang::En),
            "ok (sent in the built-in words: the template failed for the event \"Run failed\"; its preview shows why)"
        );
        let page = "<html>queued</html>";
        assert!(answer_text(page, Lang::En).ends_with(page));
        assert_ne!(answer_text(page, Lang::En), page);
        assert_eq!(outcome_text(true, page, Lang::En), page);
        let noted = with_built_in_words(page, Event::Failed, None);
        assert!(accepted_text(&noted, Lang::En).starts_with("<html>queued</html> (sent in"));
        assert_eq!(accepted_text("ok", Lang::En), "ok");
        let saved = NoAnswer::of(
            NoAnswerReason::SavedUnusable,
            NoAnswer::of(NoAnswerReason::PrivateAddress, "10.0.0.1").code(),
        );
        assert_eq!(
            answer_text(&saved.code(), Lang::Zh),
            "已保存，但目前不会向这个地址发送：10.0.0.1 是内网或特殊地址；可用 JCRONTAB_OUTBOUND_ALLOW 放行它所在的网段"
        );
    }
}
