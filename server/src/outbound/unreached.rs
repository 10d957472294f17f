//! Why a request got no answer: one of our reasons, from the chain of a library's errors.

use std::error::Error;
use std::io::ErrorKind;

use app::message::Why;
use rustls::CertificateError;

/// What the resolver of the system says of a name without an address begins with this.
const LOOK_UP: &str = "failed to lookup address information";

/// Finds the reason in a chain of errors; the caller writes the chain into the log.
pub(super) fn why(error: &(dyn Error + 'static), is_timeout: bool) -> Why {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(found) = known(inner) {
            return found;
        }
        // An I/O error may hold another error without naming it as its source.
        let held = inner.downcast_ref::<std::io::Error>();
        let held = held.and_then(std::io::Error::get_ref);
        cause = match held {
            Some(held) => Some(held as &(dyn Error + 'static)),
            None => inner.source(),
        };
    }
    if is_timeout {
        Why::NoAnswer
    } else {
        Why::Failed
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<Why> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(match error {
            rustls::Error::InvalidCertificate(fault) => of_certificate(fault),
            _ => Why::Tls,
        });
    }
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return match error.kind() {
            ErrorKind::ConnectionRefused => Some(Why::ConnectionRefused),
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Some(Why::Closed),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some(Why::NoRoute),
            ErrorKind::TimedOut => Some(Why::NoAnswer),
            _ if error.to_string().starts_with(LOOK_UP) => Some(Why::Name),
            _ => None,
        };
    }
    // The types of these are private to the HTTP client.
    Some(match error.to_string().as_str() {
        "tunnel error: proxy authorization required" => Why::ProxyPassword,
        "tunnel error: unsuccessful" => Why::ProxyRefused,
        "connection closed before message completed" => Why::Closed,
        _ => return None,
    })
}

fn of_certificate(fault: &CertificateError) -> Why {
    match fault {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Why::CertificateTime,
        CertificateError::UnknownIssuer => Why::CertificateIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Why::CertificateName
        }
        _ => Why::Certificate,
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
            (io(ErrorKind::ConnectionRefused), Why::ConnectionRefused),
            (io(ErrorKind::ConnectionReset), Why::Closed),
            (io(ErrorKind::NetworkUnreachable), Why::NoRoute),
            (
                outer(std::io::Error::other(format!(
                    "{LOOK_UP}: Name or service not known"
                ))),
                Why::Name,
            ),
            (
                outer("tunnel error: proxy authorization required"),
                Why::ProxyPassword,
            ),
            (outer("tunnel error: unsuccessful"), Why::ProxyRefused),
            (outer("a riddle"), Why::Failed),
        ];
        for (error, expected) in table {
            assert_eq!(why(&error, false), expected);
        }
        // As the TLS connector wraps it.
        let wrapped = outer(std::io::Error::new(ErrorKind::InvalidData, unknown));
        let found = why(&wrapped, false);
        assert!(found == Why::CertificateIssuer, "{found:?}");
        assert_eq!(why(&outer("x"), true), Why::NoAnswer);
    }
}
