//! E-mail through an SMTP server (RFC 5321, 5322, 2045): plain text and the same as HTML.

use app::channel::Encryption;
use app::message::{MessageKind, NoAnswer, NoAnswerReason};
use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use url::Url;

use super::super::target::Target;
use super::mention::below;
use super::{Answer, At, Limits, Outgoing, Vendor};
use crate::outbound::SendError;
use crate::outbound::smtp::{Mail, SmtpServer};
use crate::store::{OutboxItem, Rate};
use crate::text::{cut, head};

/// Bytes of a text; longer ones help no reader.
const TEXT_MAX: usize = 256 * 1024;
/// Servers differ; Exchange Online takes 30 messages a minute from one mailbox (learn.microsoft.com: Exchange Online
/// limits, message rate limit). What is more becomes a digest, which people also prefer to hundreds of mails.
const RATE: Rate = Rate {
    minute: 30,
    second: None,
};
/// Characters of a subject.
const SUBJECT_MAX: usize = 150;

/// E-mail.
pub(super) struct Email;

impl Vendor for Email {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let text = cut(&item.body, TEXT_MAX, at.lang);
        let text = below(&text, &item.mentions);
        let server = server(to)?;
        let mail = mail(to, item, &text, at.now)?;
        Ok(Outgoing::Mail(Box::new(server), mail))
    }

    /// The first digit of the reply says all (RFC 5321, 4.2.1): 2 taken, 4 not now, 5 never.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        match answer.status {
            200..=299 => Ok(answer.words),
            500..=599 => Err(SendError::Rejected(answer.words)),
            _ => Err(SendError::Answer(answer.words, answer.retry_after)),
        }
    }
}

/// The server of a channel's URL, `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`.
fn server(to: &Target) -> Result<SmtpServer, SendError> {
    let refused = || SendError::Refused(NoAnswerReason::MailServer.into());
    let url = Url::parse(&to.url).map_err(|_| refused())?;
    let host = url.host_str().ok_or_else(refused)?;
    Ok(SmtpServer {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or_else(|| port(to.settings.tls)),
        encryption: to.settings.tls,
        ca: to.settings.ca.clone(),
        user: to.settings.user.clone(),
        password: to.settings.secret.clone(),
    })
}

/// The usual port (RFC 8314, RFC 6409, RFC 5321).
pub(crate) const fn port(encryption: Encryption) -> u16 {
    match encryption {
        Encryption::Starttls => 587,
        Encryption::Tls => 465,
        Encryption::None => 25,
    }
}

/// A sender or recipient; `None` where it is none.
pub(crate) fn mailbox(text: &str) -> Option<Mailbox> {
    text.trim().parse().ok()
}

fn mail(to: &Target, item: &OutboxItem, text: &str, now: DateTime<Utc>) -> Result<Mail, SendError> {
    let refused = |what: &str| SendError::Refused(NoAnswer::of(NoAnswerReason::MailAddress, what));
    let from = mailbox(&to.settings.from).ok_or_else(|| refused(&to.settings.from))?;
    let mut people = Vec::with_capacity(to.settings.to.len());
    for one in &to.settings.to {
        people.push(mailbox(one).ok_or_else(|| refused(one))?);
    }
    let first = text.lines().next().unwrap_or_default();
    let subject = head(&app::ansi::visible(first), SUBJECT_MAX)
        .trim()
        .to_owned();
    // The same at every attempt: a mail that comes twice is known by it (RFC 5322, 3.6.4).
    let stamp = item.created_at.timestamp_micros();
    let domain = from.email.domain().to_owned();
    let (id, channel) = (item.id, item.channel_id);
    let mut message = Message::builder()
        .from(from.clone())
        .date(now.into())
        .message_id(Some(format!("<jcrontab.{channel}.{id}.{stamp}@{domain}>")))
        .header(AutoSubmitted)
        .subject(subject);
    for person in &people {
        message = message.to(person.clone());
    }
    let html = format!(
        "<!DOCTYPE html><html><body><div style=\"white-space:pre-wrap;font-family:sans-serif\">{}</div></body></html>",
        escaped(text)
    );
    let parts = MultiPart::alternative()
        .boundary(format!("jcrontab_{channel}_{id}_{stamp}"))
        .singlepart(SinglePart::plain(text.to_owned()))
        .singlepart(SinglePart::html(html));
    let message = message.multipart(parts).map_err(|error| {
        tracing::warn!(%error, "a mail cannot be made");
        SendError::Refused(NoAnswerReason::Mail.into())
    })?;
    Ok(Mail {
        from: from.email,
        to: people.into_iter().map(|person| person.email).collect(),
        bytes: message.formatted(),
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no out-of-office replies, please.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
