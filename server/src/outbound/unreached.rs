//! Why a request got no answer, as a sentence instead of the chain of a library's errors.

use std::error::Error;
use std::io::ErrorKind;

/// Why a request got no answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Unreached {
    /// The name is not known, or the name server does not answer.
    #[error("the host name cannot be resolved; check it and this server's DNS")]
    Name,
    /// The other end, or the proxy, takes no connections on that port.
    #[error("the connection was refused")]
    Refused,
    /// It ended before there was an answer.
    #[error("the connection was closed before an answer came")]
    Closed,
    /// There is no way to its network or host.
    #[error("there is no route to the host")]
    NoRoute,
    /// Nothing came in time.
    #[error("no answer in time")]
    TimedOut,
    /// The proxy wants a user and a password, or others.
    #[error("the proxy asks for a user name and password (407)")]
    ProxyAuth,
    /// The proxy does not connect to the host.
    #[error("the proxy refused to connect to the host")]
    ProxyRefused,
    /// The certificate is not one that is trusted for the name.
    #[error("the TLS certificate was not accepted: {0}")]
    Certificate(String),
    /// Any other failure of TLS.
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    /// Anything else: the innermost cause.
    #[error("the request failed: {0}")]
    Other(String),
}

/// What the resolver of the system says of a name without an address begins with this.
const LOOK_UP: &str = "failed to lookup address information";

impl Unreached {
    /// Finds the cause in a chain of errors.
    pub(super) fn of(error: &(dyn Error + 'static), is_timeout: bool) -> Self {
        let mut innermost = error.to_string();
        let mut cause = Some(error);
        while let Some(inner) = cause {
            if let Some(found) = Self::known(inner) {
                return found;
            }
            innermost = inner.to_string();
            // An I/O error may hold another error without naming it as its source.
            let held = inner.downcast_ref::<std::io::Error>();
            let held = held.and_then(std::io::Error::get_ref);
            cause = match held {
                Some(held) => Some(held as &(dyn Error + 'static)),
                None => inner.source(),
            };
        }
        if is_timeout {
            Self::TimedOut
        } else {
            Self::Other(innermost)
        }
    }

    fn known(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(match error {
                rustls::Error::InvalidCertificate(_) => Self::Certificate(
                    error
                        .to_string()
                        .trim_start_matches("invalid peer certificate: ")
                        .to_owned(),
                ),
                other => Self::Tls(other.to_string()),
            });
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return match error.kind() {
                ErrorKind::ConnectionRefused => Some(Self::Refused),
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => Some(Self::Closed),
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some(Self::NoRoute),
                ErrorKind::TimedOut => Some(Self::TimedOut),
                _ if error.to_string().starts_with(LOOK_UP) => Some(Self::Name),
                _ => None,
            };
        }
        // The types of these are private to the HTTP client.
        Some(match error.to_string().as_str() {
            "tunnel error: proxy authorization required" => Self::ProxyAuth,
            "tunnel error: unsuccessful" => Self::ProxyRefused,
            "connection closed before message completed" => Self::Closed,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("client error (Connect)")]
    struct Outer(#[source] Box<dyn Error + Send + Sync>);

    fn outer(inner: impl Into<Box<dyn Error + Send + Sync>>) -> Outer {
        Outer(Box::new(Outer(inner.into())))
    }

    #[test]
    fn causes_are_found_however_deep_they_are() {
        let io = |kind: ErrorKind| outer(std::io::Error::from(kind));
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let table = [
            (io(ErrorKind::ConnectionRefused), Unreached::Refused),
            (io(ErrorKind::ConnectionReset), Unreached::Closed),
            (io(ErrorKind::NetworkUnreachable), Unreached::NoRoute),
            (
                outer(std::io::Error::other(format!(
                    "{LOOK_UP}: Name or service not known"
                ))),
                Unreached::Name,
            ),
            (
                outer("tunnel error: proxy authorization required"),
                Unreached::ProxyAuth,
            ),
            (outer("tunnel error: unsuccessful"), Unreached::ProxyRefused),
            (outer("a riddle"), Unreached::Other("a riddle".to_owned())),
        ];
        for (error, expected) in table {
            assert_eq!(Unreached::of(&error, false), expected);
        }
        // As the TLS connector wraps it.
        let wrapped = outer(std::io::Error::new(ErrorKind::InvalidData, unknown));
        let found = Unreached::of(&wrapped, false);
        assert!(matches!(found, Unreached::Certificate(_)), "{found:?}");
        assert_eq!(Unreached::of(&outer("x"), true), Unreached::TimedOut);
    }
}
