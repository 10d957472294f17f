//! Certificates that outgoing connections trust besides the system's: those of a company's own CA.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// What a private key in PEM begins with, after its five dashes.
const KEY: &str = "PRIVATE KEY-----";

/// Why a text cannot be used as trusted certificates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TrustFault {
    /// It holds none.
    #[error("there is no certificate in PEM in it: one begins with -----BEGIN CERTIFICATE-----")]
    None,
    /// It holds a private key.
    #[error(
        "there is a private key in it, which belongs to the CA alone; only the certificate of the CA is needed"
    )]
    PrivateKey,
    /// One of them cannot be read; they are counted from 1.
    #[error(
        "certificate {0} in it cannot be read: copy it whole, from its BEGIN line to its END line"
    )]
    Unreadable(usize),
}

/// Certificates of authorities, as they were entered and as the HTTP client has them.
#[derive(Clone, Default)]
pub struct Trusted {
    pem: Arc<str>,
    certificates: Vec<reqwest::Certificate>,
}

impl std::fmt::Debug for Trusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trusted({})", self.certificates.len())
    }
}

impl Trusted {
    /// Reads certificates in PEM, and checks that each can be trusted; an empty text is none.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(text: &str) -> Result<Self, TrustFault> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.contains(KEY) {
            return Err(TrustFault::PrivateKey);
        }
        let mut certificates = Vec::new();
        for found in CertificateDer::pem_slice_iter(text.as_bytes()) {
            let unreadable = TrustFault::Unreadable(certificates.len() + 1);
            let found = found.map_err(|_| unreadable)?;
            let mut store = RootCertStore::empty();
            store.add(found.clone()).map_err(|_| unreadable)?;
            certificates.push(reqwest::Certificate::from_der(&found).map_err(|_| unreadable)?);
        }
        if certificates.is_empty() {
            return Err(TrustFault::None);
        }
        Ok(Self {
            pem: text.into(),
            certificates,
        })
    }

    /// These and more, in PEM.
    ///
    /// # Errors
    /// When one of those cannot be used.
    pub(super) fn and(&self, more: &str) -> Result<Self, TrustFault> {
        let more = Self::read(more)?;
        if more.certificates.is_empty() {
            return Ok(self.clone());
        }
        Ok(Self {
            pem: format!("{}\n{}", self.pem, more.pem).into(),
            certificates: [self.certificates.as_slice(), &more.certificates].concat(),
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// All of them in PEM; empty for none.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// For the client that sends.
    pub(super) fn for_client(&self) -> Vec<reqwest::Certificate> {
        self.certificates.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=Test CA"`
    const CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIBejCCASGgAwIBAgIUZazCObXLodqI4kiG/wIfrsd4FwkwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMzAxMzA2MjNaGA8yMTI2MTEwNjEz
MDYyM1owEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABNvQbp2rwVbRTNg3kZV1N1FkDMgjjDcsp2SVRHzZWjG2+yXekKPnJZBAgX4z
mky9gvgy1VEsSEsex3DaPriuOp+jUzBRMB0GA1UdDgQWBBQIDxDvqZoR/Vf2Bwq6
/0kNgp9VizAfBgNVHSMEGDAWgBQIDxDvqZoR/Vf2Bwq6/0kNgp9VizAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIGUoRTo4B/rr2TBTFS3OibGUVENL
TzPTc9aC8+qlVM/hAiAt+yQr8sQ5AMCqokR1scefC6XMSSyvtqQUXnr7wNE1nA==
-----END CERTIFICATE-----";

    #[test]
    fn certificates_are_read_one_by_one_or_refused() {
        let fault = |text: &str| Trusted::read(text).map(|found| found.certificates.len());
        assert_eq!(fault(" \n"), Ok(0));
        assert_eq!(fault(CA), Ok(1));
        assert_eq!(fault(&format!("the CA of ops\r\n{CA}\r\n{CA}")), Ok(2));
        assert_eq!(fault("x"), Err(TrustFault::None));
        let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----";
        assert_eq!(fault(&format!("{CA}\n{key}")), Err(TrustFault::PrivateKey));
        let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
        assert_eq!(fault(empty), Err(TrustFault::Unreadable(1)));
        let half = &CA[..CA.len() / 2];
        assert!(matches!(
            fault(half),
            Err(TrustFault::None | TrustFault::Unreadable(1))
        ));
        assert_eq!(
            fault(&format!("{CA}\n{empty}")),
            Err(TrustFault::Unreadable(2))
        );
    }

    #[test]
    fn more_of_them_are_added() {
        let one = Trusted::read(CA).expect("a certificate");
        let two = one.and(CA).expect("two");
        assert_eq!((one.certificates.len(), two.certificates.len()), (1, 2));
        assert_eq!(
            Trusted::read(two.pem()).map(|all| all.certificates.len()),
            Ok(2)
        );
        assert_eq!(one.and("").expect("one").pem(), CA.trim());
        assert!(Trusted::default().pem().is_empty());
    }
}
