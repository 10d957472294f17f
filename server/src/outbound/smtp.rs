//! E-mail on its way out: one mail over one SMTP connection (RFC 5321), to checked addresses only.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use app::channel::Encryption;
use app::message::{NoAnswer, NoAnswerReason};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::compat::FuturesAsyncReadCompatExt;

use super::SendError;
use super::guard::Guard;
use super::trusted::Trusted;
use super::unreached::why;

/// The whole conversation: servers that delay strangers on purpose take some seconds per command.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long the end of a connection is waited for.
const GOODBYE: Duration = Duration::from_secs(1);
/// A connection that is not made by then is tried at the server's next address.
const CONNECT: Duration = Duration::from_secs(5);
/// Addresses of a server that are tried.
const ADDRESSES_MAX: usize = 4;
/// Bytes that are read of a server's replies, encryption included.
const REPLIES_MAX: usize = 256 * 1024;
/// Ways to sign in, the first that a server offers (RFC 4616; LOGIN for older ones of Microsoft).
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// A server that takes mail.
#[derive(Clone)]
pub(crate) struct SmtpServer {
    /// Name or address.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// How the connection is encrypted.
    pub(crate) encryption: Encryption,
    /// Certificates in PEM that are trusted besides the system's; empty for none.
    pub(crate) ca: String,
    /// User name; empty for no sign-in.
    pub(crate) user: String,
    /// Its password.
    pub(crate) password: String,
}

impl std::fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (host, port) = (&self.host, self.port);
        write!(f, "SMTP {host}:{port} ({})", self.encryption.as_str())
    }
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A mail with its envelope.
#[derive(Debug)]
pub(crate) struct Mail {
    /// Where it comes from.
    pub(crate) from: Address,
    /// Who gets it.
    pub(crate) to: Vec<Address>,
    /// Header and body.
    pub(crate) bytes: Vec<u8>,
}

/// What a server said to a mail.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Its code (RFC 5321, 4.2).
    pub(crate) code: u16,
    /// Its words, with those about recipients that it refused.
    pub(crate) words: String,
}

/// Hands a mail to a server. A server that refuses some recipients gets the mail for the others.
///
/// # Errors
/// When the server may not be called, cannot be reached, is not the one that its certificate should
/// name, or does not offer the encryption that is asked for. What it replies is no error here.
pub(crate) async fn deliver(
    guard: &Guard,
    trusted: &Trusted,
    server: &SmtpServer,
    mail: &Mail,
) -> Result<Reply, SendError> {
    // From then on the server may have the mail, whether it says so or not.
    let is_leaving = AtomicBool::new(false);
    let talk = async {
        let mut smtp = greet(guard, trusted, server).await?;
        let reply = hand_over(&mut smtp, server, mail, &is_leaving).await;
        Ok((smtp, reply))
    };
    let Ok(talked) = tokio::time::timeout(TIMEOUT, talk).await else {
        let reason = NoAnswer::of(NoAnswerReason::NoAnswer, TIMEOUT.as_secs());
        let late = SendError::Unreachable(reason);
        return Err(match is_leaving.load(Ordering::Relaxed) {
            true => SendError::Unanswered(Box::new(late)),
            false => late,
        });
    };
    let reply = match talked {
        Ok((mut smtp, reply)) => {
            // The server has decided; whether and how it says goodbye changes nothing.
            tokio::time::timeout(GOODBYE, smtp.abort()).await.ok();
            reply
        }
        Err(stop) => Err(stop),
    };
    reply.or_else(|stop| match stop {
        Stop::Replied(reply) => Ok(reply),
        Stop::Failed(error @ SendError::Unreachable(_)) if is_leaving.load(Ordering::Relaxed) => {
            Err(SendError::Unanswered(Box::new(error)))
        }
        Stop::Failed(error) => Err(error),
    })
}

/// Why a conversation ended early.
enum Stop {
    /// With a reply of the server that is not positive.
    Replied(Reply),
    /// Otherwise.
    Failed(SendError),
}

impl From<lettre::transport::smtp::Error> for Stop {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        if let Some(code) = error.status() {
            let mut words = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(inner) = cause {
                let more = inner.to_string();
                if !words.contains(&more) {
                    words = format!("{words}: {more}");
                }
                cause = inner.source();
            }
            let code = code.into();
            return Self::Replied(Reply { code, words });
        }
        tracing::info!(
            error = &error as &dyn std::error::Error,
            "a mail server could not be used"
        );
        if !error.is_client() {
            let reason = why(&error, error.is_timeout());
            return Self::Failed(SendError::Unreachable(reason.into()));
        }
        // What the server does not offer, it will not offer at the next attempt. The crate has these as words only.
        let words = std::error::Error::source(&error).map(ToString::to_string);
        let words = words.unwrap_or_default();
        let reason = if words.contains("STARTTLS") {
            NoAnswerReason::NoStarttls
        } else if words.contains("authentication") {
            NoAnswerReason::NoSignIn
        } else {
            NoAnswerReason::Failed
        };
        Self::Failed(SendError::Refused(reason.into()))
    }
}

/// Connects and encrypts.
async fn greet(
    guard: &Guard,
    trusted: &Trusted,
    server: &SmtpServer,
) -> Result<AsyncSmtpConnection, Stop> {
    let (stream, here) = connect(guard, server).await.map_err(Stop::Failed)?;
    let hello = match here {
        IpAddr::V4(here) => ClientId::Ipv4(here),
        IpAddr::V6(here) => ClientId::Ipv6(here),
    };
    Ok(match server.encryption {
        Encryption::None => AsyncSmtpConnection::connect_with_transport(stream, &hello).await?,
        Encryption::Starttls => {
            let mut smtp = AsyncSmtpConnection::connect_with_transport(stream, &hello).await?;
            smtp.starttls(tls(trusted, server)?, &hello).await?;
            smtp
        }
        Encryption::Tls => {
            let stream = encrypted(stream, tls(trusted, server)?).await?;
            AsyncSmtpConnection::connect_with_transport(stream, &hello).await?
        }
    })
}

async fn hand_over(
    smtp: &mut AsyncSmtpConnection,
    server: &SmtpServer,
    mail: &Mail,
    is_leaving: &AtomicBool,
) -> Result<Reply, Stop> {
    if !server.user.is_empty() {
        let credentials = Credentials::new(server.user.clone(), server.password.clone());
        smtp.auth(&MECHANISMS, &credentials).await?;
    }
    smtp.command(MailFrom::new(Some(mail.from.clone()), Vec::new()))
        .await?;
    let mut refused: Vec<Reply> = Vec::new();
    for person in &mail.to {
        let rcpt = Rcpt::new(person.clone(), Vec::new());
        match smtp.command(rcpt).await.map_err(Stop::from) {
            Ok(_) => {}
            Err(Stop::Replied(reply)) => refused.push(Reply {
                words: format!("{person}: {}", reply.words),
                ..reply
            }),
            Err(failed) => return Err(failed),
        }
    }
    let words = |refused: &[Reply]| {
        let words: Vec<&str> = refused.iter().map(|reply| reply.words.as_str()).collect();
        words.join("; ")
    };
    if refused.len() == mail.to.len() {
        // One that may pass makes it worth another attempt.
        let code = refused.iter().map(|reply| reply.code).min().unwrap_or(554);
        return Ok(Reply {
            code,
            words: words(&refused),
        });
    }
    smtp.command(Data).await?;
    is_leaving.store(true, Ordering::Relaxed);
    let done: Response = smtp.message(&mail.bytes).await?;
    let said: Vec<&str> = done.message().collect();
    let mut reply = Reply {
        code: done.code().into(),
        words: format!("{} {}", done.code(), said.join(" ")),
    };
    if !refused.is_empty() {
        reply.words = format!("{}; refused: {}", reply.words, words(&refused));
    }
    Ok(reply)
}

type Stream = Box<dyn AsyncTokioStream>;

/// A connection to the first address of the server that takes one, and our own address in it.
async fn connect(guard: &Guard, server: &SmtpServer) -> Result<(Stream, IpAddr), SendError> {
    let found = guard
        .addresses(&server.host, server.port)
        .await
        .map_err(|error| match error {
            Ok(refusal) => SendError::from(refusal),
            Err(error) => unreached(NoAnswerReason::Name, &server.host, &error),
        })?;
    let none = NoAnswer::of(NoAnswerReason::NoAddress, &server.host);
    let mut last = SendError::Unreachable(none);
    for address in found.into_iter().take(ADDRESSES_MAX) {
        match tokio::time::timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => match stream.local_addr() {
                Ok(here) => return Ok((Box::new(Bounded::new(stream, address)), here.ip())),
                Err(error) => last = unreached(NoAnswerReason::Failed, "", &error),
            },
            Ok(Err(error)) => last = unreached(why(&error, false), "", &error),
            Err(_) => {
                let reason = NoAnswer::of(NoAnswerReason::NoConnection, CONNECT.as_secs());
                last = SendError::Unreachable(reason);
            }
        }
    }
    Err(last)
}

/// A failure of the network, whose own words go to the log.
fn unreached(reason: NoAnswerReason, detail: &str, error: &io::Error) -> SendError {
    tracing::info!(%error, "a mail server was not reached");
    SendError::Unreachable(NoAnswer::of(reason, detail))
}

fn tls(trusted: &Trusted, server: &SmtpServer) -> Result<TlsParameters, Stop> {
    let mut builder = TlsParameters::builder(server.host.clone());
    for pem in [trusted.pem(), server.ca.trim()] {
        if !pem.is_empty() {
            builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
        }
    }
    Ok(builder.build_rustls()?)
}

/// TLS from the start. The crate offers it for connections that it makes itself, to addresses that it
/// looks up itself; over one that was checked only by the type that it keeps for its own use.
#[expect(
    deprecated,
    reason = "there is no other way to TLS over an open connection"
)]
async fn encrypted(stream: Stream, tls: TlsParameters) -> Result<Stream, Stop> {
    use lettre::transport::smtp::client::AsyncNetworkStream;
    let peer = stream
        .peer_addr()
        .map_err(|error| Stop::Failed(unreached(NoAnswerReason::Failed, "", &error)))?;
    let mut stream = AsyncNetworkStream::use_existing_tokio1(stream);
    stream.upgrade_tls(tls).await?;
    Ok(Box::new(Bounded::new(stream.compat(), peer)))
}

/// A connection of which no more than [`REPLIES_MAX`] is read: lines of a reply have no end of their
/// own.
struct Bounded<S> {
    inner: S,
    peer: SocketAddr,
    left: usize,
}

impl<S> Bounded<S> {
    fn new(inner: S, peer: SocketAddr) -> Self {
        Self {
            inner,
            peer,
            left: REPLIES_MAX,
        }
    }
}

impl<S> std::fmt::Debug for Bounded<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.peer.fmt(f)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Bounded<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        let read = buffer.filled().len() - before;
        match self.left.checked_sub(read) {
            Some(left) => self.left = left,
            None => return Poll::Ready(Err(io::Error::other("the server replies without end"))),
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
