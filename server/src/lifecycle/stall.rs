//! Detects that the client of a connection does not read what is sent to it.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connections::ConnectionPermit;

/// A connection that reports to its place when writing has to wait.
pub(super) struct Watched<I> {
    io: I,
    seat: Arc<ConnectionPermit>,
    stalled: bool,
}

impl<I> Watched<I> {
    pub(super) fn new(io: I, seat: Arc<ConnectionPermit>) -> Self {
        Self {
            io,
            seat,
            stalled: false,
        }
    }

    fn note<T>(&mut self, done: Poll<T>) -> Poll<T> {
        if self.stalled != done.is_pending() {
            self.stalled = done.is_pending();
            self.seat.stalls(self.stalled);
        }
        done
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Watched<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Watched<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.io).poll_write(context, bytes);
        self.note(done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.io).poll_write_vectored(context, parts);
        self.note(done)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
