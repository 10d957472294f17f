//! What the vendors of bots have in common whose messages go by requests, beside a connection for events.

use std::net::SocketAddr;

use tokio::net::TcpListener;

/// How a vendor treats its clients.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Mood {
    /// As documented.
    #[default]
    Friendly,
    /// It sends the beginning of a frame, and ends the connection.
    Half,
    /// It sends a frame that is far too long.
    Giant,
    /// It names an address in a private network for the connection.
    Inside,
    /// It has no time.
    Busy,
    /// It takes no cards that mention people: none of them is in the group.
    Strangers,
}

/// A port of its own, and its address.
pub(super) async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}
