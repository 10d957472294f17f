//! WebSocket connections (RFC 6455) by the same way as requests: the guard checks the address, the proxy and TLS are
//! those of the HTTP client, which opens the connection and hands it over.

use std::time::Duration;

use app::message::{NoAnswer, NoAnswerReason};
use reqwest::{Method, StatusCode, Upgraded, header};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use url::Url;

use super::client::{ANSWER_KEPT, OutboundClient, SendError, client, failure};

/// An open WebSocket connection.
pub(crate) type Socket = WebSocketStream<Upgraded>;

/// A connection that is not open by then is given up.
const OPENS_WITHIN: Duration = Duration::from_secs(10);

impl OutboundClient {
    /// The address of a WebSocket (`ws://`, `wss://`) as the HTTP client and the guard know it.
    pub(crate) fn socket_address(url: &str) -> String {
        let url = url.trim();
        match Url::parse(url).map(|parsed| parsed.scheme().to_owned()) {
            // A scheme is as long as it was typed, in any case of letters.
            Ok(scheme) if scheme == "ws" => format!("http{}", &url[2..]),
            Ok(scheme) if scheme == "wss" => format!("https{}", &url[3..]),
            _ => url.to_owned(),
        }
    }

    /// Opens a WebSocket connection (`ws://` or `wss://`) whose messages have at most `message_max` bytes.
    ///
    /// # Errors
    /// When the address may not be called, cannot be reached, or answers with something else.
    pub(crate) async fn web_socket(
        &self,
        url: &str,
        message_max: usize,
    ) -> Result<Socket, SendError> {
        let url = Self::socket_address(url);
        let url = self.guard().parse(&url).map_err(refused)?;
        self.guard().admit(&url).await.map_err(refused)?;
        let key = generate_key();
        // One of its own: a connection of HTTP/2 cannot be handed over.
        let client = client(self.guard(), self.proxy(), self.trusted(), |builder| {
            builder.http1_only()
        })
        .map_err(|error| {
            let error = error.without_url();
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a client for a WebSocket cannot be made"
            );
            SendError::Unreachable(NoAnswerReason::Failed.into())
        })?;
        let asking = client
            .request(Method::GET, url)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, &key);
        let opening = async {
            let response = asking.send().await.map_err(unreachable)?;
            let status = response.status();
            if status != StatusCode::SWITCHING_PROTOCOLS {
                return Err(not_a_socket(status));
            }
            let accepted = response.headers().get(header::SEC_WEBSOCKET_ACCEPT);
            if accepted.is_none_or(|key_back| *key_back != derive_accept_key(key.as_bytes())) {
                let words = "the answer to the WebSocket handshake belongs to another request";
                return Err(SendError::Answer(words.to_owned(), None));
            }
            response.upgrade().await.map_err(unreachable)
        };
        let opened = tokio::time::timeout(OPENS_WITHIN, opening).await;
        let stream = opened.map_err(|_| {
            let seconds = OPENS_WITHIN.as_secs();
            SendError::Unreachable(NoAnswer::of(NoAnswerReason::NoConnection, seconds))
        })??;
        let config = WebSocketConfig::default()
            .max_message_size(Some(message_max))
            .max_frame_size(Some(message_max));
        Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
    }
}

fn refused(refusal: super::guard::Refusal) -> SendError {
    refusal.into()
}

fn unreachable(error: reqwest::Error) -> SendError {
    failure(error).map_or_else(|failure| failure, refused)
}

/// An HTTP answer instead of a WebSocket: of the vendor that refuses the connection, or of something in between.
fn not_a_socket(status: StatusCode) -> SendError {
    let words = format!("HTTP {} instead of a WebSocket connection", status.as_u16());
    let words = words.chars().take(ANSWER_KEPT).collect();
    match status.as_u16() {
        401 | 403 => SendError::Rejected(words),
        _ => SendError::Answer(words, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::guard::Guard;
    use crate::outbound::trusted::Trusted;

    #[tokio::test]
    async fn the_guard_decides_about_web_sockets_too() {
        // Another test of this process may have been first.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client =
            OutboundClient::new(Guard::default(), None, Trusted::default()).expect("a client");
        for url in [
            "ws://127.0.0.1:9/",
            "wss://10.0.0.1/",
            "WS://169.254.169.254/",
        ] {
            let opened = client.web_socket(url, 1024).await;
            assert!(
                matches!(&opened, Err(SendError::Refused(_))),
                "{url}: {opened:?}"
            );
        }
        let opened = client.web_socket("ftp://example.com/", 1024).await;
        assert!(matches!(opened, Err(SendError::Refused(_))));
    }
}
