//! Why a request got no answer: one of our reasons, from the chain of a library's errors.

use std::error::Error;
use std::io::ErrorKind;

use app::message::NoAnswerReason;
use rustls::CertificateError;

/// What the resolver of the system says of a name without an address begins with this.
const LOOK_UP: &str = "failed to lookup address information";

/// Finds the reason in a chain of errors; the caller writes the chain into the log.
pub(super) fn why(error: &(dyn Error + 'static), is_timeout: bool) -> NoAnswerReason {
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
        NoAnswerReason::NoAnswer
    } else {
        NoAnswerReason::Failed
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<NoAnswerReason> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(match error {
            rustls::Error::InvalidCertificate(fault) => of_certificate(fault),
            _ => NoAnswerReason::Tls,
        });
    }
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return match error.kind() {
            ErrorKind::ConnectionRefused => Some(NoAnswerReason::ConnectionRefused),
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Some(NoAnswerReason::Closed),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                Some(NoAnswerReason::NoRoute)
            }
            ErrorKind::TimedOut => Some(NoAnswerReason::NoAnswer),
            _ if error.to_string().starts_with(LOOK_UP) => Some(NoAnswerReason::Name),
            _ => None,
        };
    }
    // The types of these are private to the HTTP client.
    Some(match error.to_string().as_str() {
        "tunnel error: proxy authorization required" => NoAnswerReason::ProxyPassword,
        "tunnel error: unsuccessful" => NoAnswerReason::ProxyRefused,
        "connection closed before message completed" => NoAnswerReason::Closed,
        _ => return None,
    })
}

fn of_certificate(fault: &CertificateError) -> NoAnswerReason {
    match fault {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => NoAnswerReason::CertificateTime,
        CertificateError::UnknownIssuer => NoAnswerReason::CertificateIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            NoAnswerReason::CertificateName
        }
        _ => NoAnswerReason::Certificate,
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
            (
                io(ErrorKind::ConnectionRefused),
                NoAnswerReason::ConnectionRefused,
            ),
            (io(ErrorKind::ConnectionReset), NoAnswerReason::Closed),
            (io(ErrorKind::NetworkUnreachable), NoAnswerReason::NoRoute),
            (
                outer(std::io::Error::other(format!(
                    "{LOOK_UP}: Name or service not known"
                ))),
                NoAnswerReason::Name,
            ),
            (
                outer("tunnel error: proxy authorization required"),
                NoAnswerReason::ProxyPassword,
            ),
            (
                outer("tunnel error: unsuccessful"),
                NoAnswerReason::ProxyRefused,
            ),
            (outer("a riddle"), NoAnswerReason::Failed),
        ];
        for (error, expected) in table {
            assert_eq!(why(&error, false), expected);
        }
        // As the TLS connector wraps it.
        let wrapped = outer(std::io::Error::new(ErrorKind::InvalidData, unknown));
        let found = why(&wrapped, false);
        assert!(found == NoAnswerReason::CertificateIssuer, "{found:?}");
        assert_eq!(why(&outer("x"), true), NoAnswerReason::NoAnswer);
    }
}
