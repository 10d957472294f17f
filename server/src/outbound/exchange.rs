//! One request with a JSON body, and the beginning of its answer.

use reqwest::{Method, header};
use serde_json::Value;

use super::client::{OutboundClient, SendError, failure};
use super::retry_after::RetryAfter;

/// Of an answer no more is read.
const ANSWER_MAX: usize = 64 * 1024;

/// What a request got for an answer.
#[derive(Debug)]
pub(crate) struct Exchanged {
    /// The HTTP status.
    pub(crate) status: u16,
    /// How long the other end wants to be left alone.
    pub(crate) retry_after: Option<RetryAfter>,
    /// The beginning of its body.
    pub(crate) body: String,
}

impl Exchanged {
    /// The body as JSON; `null` where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl OutboundClient {
    /// Sends JSON by the method to an address that may be called.
    ///
    /// # Errors
    /// When it may not be called, or gives no answer.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Exchanged, SendError> {
        let mut request = self
            .request(method, url)
            .await?
            .header(header::CONTENT_TYPE, "application/json")
            // Some vendors answer in XML without it.
            .header(header::ACCEPT, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = request.body(body.to_string()).send().await;
        let mut response =
            sent.map_err(|error| failure(error).map_or_else(|failure| failure, SendError::from))?;
        let status = response.status().as_u16();
        let retry_after = RetryAfter::read(response.headers());
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_MAX {
            let chunk = response.chunk().await;
            match chunk
                .map_err(|error| failure(error).map_or_else(|failure| failure, SendError::from))?
            {
                Some(chunk) => bytes.extend_from_slice(&chunk),
                None => break,
            }
        }
        bytes.truncate(ANSWER_MAX);
        Ok(Exchanged {
            status,
            retry_after,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}
