//! An object store that refuses: reported once in the log, and on the overview and in `doctor` for as long as it
//! lasts.

use std::time::Duration;

use super::{Inner, OutputError, OutputStore, lock};

/// Characters of a store's answer that are shown.
const SHOWN_MAX: usize = 200;
/// A store that takes longer than this counts as not answering.
const PATIENCE: Duration = Duration::from_secs(30);

impl OutputStore {
    /// Why the store refused the last output, until it accepts one again.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        lock(&self.0.trouble).clone()
    }

    /// Tests the store with an object that is removed again.
    pub async fn check(&self) {
        let tried = tokio::time::timeout(PATIENCE, self.0.objects.try_out()).await;
        match tried {
            Ok(tried) => self.0.note(tried.as_ref().err()),
            Err(_) => self.0.note_text(Some("it does not answer".to_owned())),
        }
    }
}

impl Inner {
    /// Records whether the store works.
    pub(super) fn note(&self, error: Option<&OutputError>) {
        self.note_text(error.map(|error| brief(error)));
    }

    fn note_text(&self, now: Option<String>) {
        let mut known = lock(&self.trouble);
        match (known.as_ref(), &now) {
            (None, Some(why)) => tracing::warn!(
                why,
                "the output store rejects output; it stays on this disk until it is accepted"
            ),
            (Some(_), None) => tracing::info!("the output store accepts output again"),
            _ => {}
        }
        *known = now;
    }
}

/// The error, once and short. S3 answers with XML, which each error in the chain repeats.
fn brief(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        let deeper = error.to_string();
        if !text.contains(&deeper) {
            text = format!("{text}: {deeper}");
        }
        inner = error.source();
    }
    let part = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once("</")?.0.trim().to_owned())
    };
    let text = match (part("Code"), part("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code,
        _ => text,
    };
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN_MAX)
        .collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Fault(&'static str, #[source] Option<Box<Fault>>);

    #[test]
    fn a_stores_answer_is_shown_once_and_short() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code>\n\
            <Message>The specified bucket does not exist</Message></Error>";
        let error = Fault(
            xml,
            Some(Box::new(Fault(xml, Some(Box::new(Fault(xml, None)))))),
        );
        assert_eq!(
            brief(&error),
            "NoSuchBucket: The specified bucket does not exist"
        );
        let plain = Fault("sending", Some(Box::new(Fault("connection refused", None))));
        assert_eq!(brief(&plain), "sending: connection refused");
    }
}
