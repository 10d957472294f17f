//! A TCP proxy in front of the database that can be cut and restored.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    open: Arc<watch::Sender<bool>>,
}

impl Proxy {
    /// Leads to `target` (`host:port`), once it is open.
    pub(crate) async fn start(target: String, open: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let open = Arc::new(watch::channel(open).0);
        let state = Arc::clone(&open);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut state = state.subscribe();
                // Cut: a connection ends as soon as it is there.
                if !*state.borrow() {
                    continue;
                }
                let target = target.clone();
                tokio::spawn(async move {
                    let Ok(mut database) = TcpStream::connect(target).await else {
                        return;
                    };
                    tokio::select! {
                        // However it ends, both sides are closed.
                        _ = tokio::io::copy_bidirectional(&mut client, &mut database) => {}
                        _ = state.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { address, open }
    }

    /// Ends all connections and lets none in.
    pub(crate) fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets connections in again.
    pub(crate) fn restore(&self) {
        self.open.send_replace(true);
    }
}
