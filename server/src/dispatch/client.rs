//! The requests of tasks, through the outbound client and its guard.

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder};
use runner::{HttpClient, Unanswered};

use crate::outbound::guard::Refusal;
use crate::outbound::{OutboundClient, SendError, failure};

#[async_trait]
impl HttpClient for OutboundClient {
    async fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, String> {
        let request = Self::request(self, method, url).await;
        request.map_err(|refusal| refused(&refusal))
    }

    fn unanswered(&self, error: reqwest::Error) -> Unanswered {
        let (fault, line) = match failure(error) {
            Ok(refusal) => (refused(&refusal), None),
            Err(SendError::Unreachable(reason) | SendError::Refused(reason)) => (
                format!("@unreachable {}", reason.code()),
                Some(format!("* {reason}\n")),
            ),
            Err(other) => (format!("@unreachable {other}"), None),
        };
        Unanswered { fault, line }
    }
}

/// The fault of a request that was refused, as `app::run::RunReason::Http` has it.
fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Private(address) => format!("@private {address}"),
        Refusal::Own(host) | Refusal::LocalName(host) => format!("@private {host}"),
        Refusal::NoAddress(host) => format!("@no_address {host}"),
        Refusal::NotAUrl | Refusal::Scheme | Refusal::Credentials => "@url".to_owned(),
    }
}
