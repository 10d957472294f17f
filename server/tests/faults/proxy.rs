//! A TCP proxy between a server and its database that can do what networks do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The state of the connection to the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    Open,
    /// Connections are closed, and new ones refused.
    Cut,
    /// Nothing gets through any more, and no side is notified: a partition.
    Hole,
}

/// A proxy on a port of its own; ends with this value.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    way: watch::Sender<Way>,
    every: Arc<AtomicU64>,
    dropped: Arc<AtomicU64>,
    listening: tokio::task::JoinHandle<()>,
}

/// What a connection needs to know.
#[derive(Clone)]
struct Rules {
    way: watch::Receiver<Way>,
    /// Every nth COMMIT is not answered; 0 for none.
    every: Arc<AtomicU64>,
    commits: Arc<AtomicU64>,
    dropped: Arc<AtomicU64>,
}

impl Proxy {
    /// Leads to `target` (`host:port`).
    pub(crate) async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let way = watch::channel(Way::Open).0;
        let rules = Rules {
            way: way.subscribe(),
            every: Arc::default(),
            commits: Arc::default(),
            dropped: Arc::default(),
        };
        let (every, dropped) = (Arc::clone(&rules.every), Arc::clone(&rules.dropped));
        let target = target.to_owned();
        let listening = tokio::spawn(async move {
            // Aborted with this task, and with it all connections.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connection(client, target.clone(), rules.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            way,
            every,
            dropped,
            listening,
        }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Forwards every nth COMMIT to the database, and drops the connection instead of its answer.
    pub(crate) fn drop_commits(&self, every: u64) {
        self.every.store(every, Ordering::SeqCst);
    }

    /// How many answers were dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn connection(client: TcpStream, target: String, rules: Rules) {
    let (mut way, mut cut) = (rules.way.clone(), rules.way.clone());
    let carrying = async {
        // A hole accepts a connection and then drops all packets.
        if way.wait_for(|way| *way != Way::Hole).await.is_err() {
            return;
        }
        if let Ok(database) = TcpStream::connect(target).await {
            relay(client, database, rules).await;
        }
    };
    tokio::select! {
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
        () = carrying => {}
    }
}

/// Forwards bytes in both directions until one side ends, the connection is cut, or an answer is dropped.
async fn relay(client: TcpStream, database: TcpStream, rules: Rules) {
    let (from_client, to_client) = client.into_split();
    let (from_database, to_database) = database.into_split();
    let lost = Arc::new(AtomicU64::new(0));
    tokio::select! {
        () = upwards(from_client, to_database, rules.clone(), Arc::clone(&lost)) => {}
        () = downwards(from_database, to_client, rules.clone(), lost) => {}
    }
}

/// Client to database. Packets have a header of three bytes of length and one of number
/// (MySQL client/server protocol); a COMMIT is sent as a plain query, kind 3.
async fn upwards(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    rules: Rules,
    lost: Arc<AtomicU64>,
) {
    let mut way = rules.way.clone();
    let mut header = [0_u8; 4];
    while from.read_exact(&mut header).await.is_ok() {
        let length =
            usize::from(header[0]) | usize::from(header[1]) << 8 | usize::from(header[2]) << 16;
        let mut packet = vec![0; length];
        if from.read_exact(&mut packet).await.is_err() {
            return;
        }
        if packet.first() == Some(&3) && packet[1..].starts_with(b"COMMIT") {
            let every = rules.every.load(Ordering::SeqCst);
            if every > 0 && (rules.commits.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(every)
            {
                lost.store(1, Ordering::SeqCst);
            }
        }
        if way.wait_for(|way| *way == Way::Open).await.is_err() {
            return;
        }
        header_and_body(&mut to, &header, &packet).await;
    }
}

async fn header_and_body(to: &mut OwnedWriteHalf, header: &[u8], packet: &[u8]) {
    // A closed side ends the connection at the next read.
    to.write_all(&[header, packet].concat()).await.ok();
}

/// Database to client: unchanged, except for the answer that is dropped.
async fn downwards(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    rules: Rules,
    lost: Arc<AtomicU64>,
) {
    let mut way = rules.way.clone();
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        // The database has answered, so it has committed.
        if lost.load(Ordering::SeqCst) == 1 {
            rules.dropped.fetch_add(1, Ordering::SeqCst);
            return;
        }
        if way.wait_for(|way| *way == Way::Open).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
