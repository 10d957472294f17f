//! The source URL of a calendar.

use std::borrow::Cow;
use std::time::Duration;

use app::backend::Answer;
use app::i18n::Lang;
use app::message::NoAnswer;

use super::super::Service;
use crate::calendar::{MAX_BYTES, charset, decode};
use crate::outbound::fetch::{addresses, fetch};
use crate::texts::calendars::{CalendarFault, CalendarRefusal, SourceWarning};
use crate::texts::{Fault, Refusal, Say};

/// How long a page waits for the DNS lookup of a source URL.
const LOOK_UP: Duration = Duration::from_secs(2);

impl Service {
    /// The warning about a source URL, in the reader's language.
    pub(super) async fn source_warning(&self, lang: Lang, url: &str) -> Option<String> {
        let warning = self.doubt_of(url).await?;
        Some(warning.say(lang))
    }

    /// The warning about a source URL: that it cannot be fetched at present, or that the response can be
    /// modified in transit.
    async fn doubt_of(&self, url: &str) -> Option<SourceWarning> {
        let all = addresses(url);
        let address = all.first().filter(|address| !address.is_empty())?;
        let looked_up = tokio::time::timeout(LOOK_UP, self.guard.foresee(address)).await;
        if let Ok(Err(refusal)) = looked_up {
            let reason = NoAnswer::from(refusal).code();
            return Some(SourceWarning::Refused { reason });
        }
        let is_plain = |address: &Cow<'_, str>| {
            let scheme = address.get(.."http://".len());
            scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
        };
        if !all.iter().any(is_plain) {
            return None;
        }
        let proxy = self.guard.proxy_host().map(str::to_owned);
        Some(if is_plain(address) {
            SourceWarning::PlainHttp { proxy }
        } else {
            SourceWarning::FallsBackToHttp { proxy }
        })
    }

    /// Fetches the text at the source URL of a calendar.
    pub(super) async fn fetch_days(&self, lang: Lang, url: Option<&str>) -> Answer<String> {
        let url = url.ok_or_else(|| CalendarFault::NoSource.alone("source_url", lang))?;
        let text = self.fetch_text(url).await;
        text.map_err(|refusal| refusal.answer(lang))
    }

    /// Fetches a text.
    ///
    /// # Errors
    /// [`CalendarRefusal::NotFetched`] or [`CalendarRefusal::NotText`].
    pub(super) async fn fetch_text(&self, url: &str) -> Result<String, CalendarRefusal> {
        let fetched = fetch(&self.outbound, url, MAX_BYTES)
            .await
            .map_err(|error| CalendarRefusal::NotFetched {
                reason: error.stored(),
            })?;
        let declared = fetched.media_type.as_deref().and_then(charset);
        decode(&fetched.bytes, declared).map_err(|fault| CalendarRefusal::not_text(&fault))
    }
}

/// A URL reduced to scheme and host.
pub(super) fn masked(url: &str) -> String {
    url::Url::parse(url)
        .ok()
        .and_then(|url| Some(format!("{}://{}/…", url.scheme(), url.host_str()?)))
        .unwrap_or_else(|| "…".to_owned())
}
