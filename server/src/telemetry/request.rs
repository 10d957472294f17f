//! The id of a request: in the answer's header, in every log line about it, and in the failures that people report.

use std::sync::Arc;

use crate::auth::token::random_id;

/// The longest id that a proxy may pass.
const LENGTH_MAX: usize = 64;

/// The id of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestId(Arc<str>);

tokio::task_local! {
    /// The request that the current task answers.
    static CURRENT: RequestId;
}

impl RequestId {
    /// A new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(Arc::from(random_id(8)))
    }

    /// The id passed by a trusted proxy; `None` for text that does not belong in a header or a log line.
    #[must_use]
    pub fn given(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        let good = !text.is_empty() && text.len() <= LENGTH_MAX && text.chars().all(plain);
        good.then(|| Self(Arc::from(text)))
    }

    /// The id of the request that the current task answers.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Answers a request under this id.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_taken_from_a_proxy() {
        for good in ["a", "0f3c", "req-1_2.3:4", &"x".repeat(64)] {
            assert_eq!(
                RequestId::given(good).as_ref().map(RequestId::as_str),
                Some(good)
            );
        }
        for bad in ["", "a b", "a\n", "a\"b", "é", "{x}", &"x".repeat(65)] {
            assert_eq!(RequestId::given(bad), None, "{bad:?}");
        }
        assert_ne!(RequestId::random(), RequestId::random());
    }

    #[tokio::test]
    async fn the_current_request_is_known_within_it_only() {
        assert_eq!(RequestId::current(), None);
        let id = RequestId::random();
        let within = id.clone().scope(async { RequestId::current() }).await;
        assert_eq!(within, Some(id));
        assert_eq!(RequestId::current(), None);
    }
}
