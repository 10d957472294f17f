//! Frames of a WebSocket connection, read and written.

use std::time::Duration;

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::super::vendor::Frame;
use super::End;
use crate::outbound::Socket;

/// So long the network takes a frame.
const WRITES_WITHIN: Duration = Duration::from_secs(10);

/// A frame that was read; `None` for one that no vendor sends.
pub(super) fn read(frame: Option<Result<Message, Error>>) -> Result<Option<Frame>, End> {
    match frame {
        None => Err(End::Broken("the vendor ended the connection".to_owned())),
        Some(Err(error)) => Err(End::Broken(error.to_string())),
        Some(Ok(Message::Text(text))) => Ok(Some(Frame::Text(text.as_str().to_owned()))),
        Some(Ok(Message::Binary(bytes))) => Ok(Some(Frame::Binary(bytes.to_vec()))),
        Some(Ok(Message::Pong(_))) => Ok(Some(Frame::Pong)),
        Some(Ok(Message::Close(frame))) => {
            let why = frame.map(|frame| format!("{}: {}", u16::from(frame.code), frame.reason));
            let why = why.unwrap_or_else(|| "without a reason".to_owned());
            Err(End::Broken(format!(
                "the vendor closed the connection, {why}"
            )))
        }
        Some(Ok(_)) => Ok(None),
    }
}

pub(super) async fn write(socket: &mut Socket, frame: Frame) -> Result<(), End> {
    let message = match frame {
        Frame::Text(text) => Message::Text(text.into()),
        Frame::Binary(bytes) => Message::Binary(bytes.into()),
        Frame::Ping => Message::Ping(Bytes::new()),
        Frame::Pong => Message::Pong(Bytes::new()),
    };
    match tokio::time::timeout(WRITES_WITHIN, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(End::Broken(error.to_string())),
        Err(_) => Err(End::Broken("the vendor reads nothing".to_owned())),
    }
}
