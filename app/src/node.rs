//! Nodes (节点): server processes on one database.

use serde::{Deserialize, Serialize};

use crate::time::Stamp;

/// A server process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Node {
    /// Random, new at each start.
    pub id: String,
    /// Its machine.
    pub hostname: String,
    /// Its version.
    pub version: String,
    /// Version of its time zone data.
    pub zone_data: String,
    /// When it started.
    pub started_at: Stamp,
    /// Its last heartbeat, by the database's clock.
    pub heartbeat_at: Stamp,
    /// Milliseconds by which its clock is ahead of the database's.
    pub skew_ms: Option<i64>,
    /// Active runs on it.
    pub running: u32,
    /// Whether it is up.
    pub alive: bool,
    /// Whether it has gone without stopping: it was killed, or nothing has been heard of it.
    #[serde(default)]
    pub lost: bool,
    /// Whether it is the answering server.
    pub this: bool,
}

/// The result of a turn of a background loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LoopResult {
    /// Success.
    Ok,
    /// An error; the turn is retried.
    Error,
    /// A panic; the loop was restarted.
    Panic,
}

/// A background loop of a server: the scheduler, the outbox and the like.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LoopStatus {
    /// Its name.
    pub name: String,
    /// The longest time between turns in milliseconds; `null` if it only waits to be woken.
    pub every_ms: Option<u64>,
    /// Whether a signal makes it turn early.
    pub woken: bool,
    /// Whether a turn is in progress.
    pub running: bool,
    /// When the last turn started.
    pub started_at: Option<Stamp>,
    /// When the last turn ended.
    pub ended_at: Option<Stamp>,
    /// When the last successful turn ended.
    pub succeeded_at: Option<Stamp>,
    /// When it retries, after a failure.
    pub next_at: Option<Stamp>,
    /// The result of the last turn.
    pub result: Option<LoopResult>,
    /// The last failure, kept after later successes; administrators only.
    pub error: Option<String>,
    /// Failures since the last successful turn.
    pub failures: u32,
    /// Panics since the server started.
    pub panics: u32,
}

impl LoopStatus {
    /// Whether its last turn failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }
}

/// A clock skew from this many milliseconds on, in either direction, is reported.
pub const SKEW_REPORTED_MS: i64 = 2_000;

impl Node {
    /// Whether its clock skew is too large.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.skew_ms
            .is_some_and(|skew| skew.abs() > SKEW_REPORTED_MS)
    }
}

/// Warnings about the nodes that are up: clock skew, and time zone data that differs between nodes, so that a firing
/// depends on the node that plans it.
#[must_use]
pub fn warnings(nodes: &[Node], lang: crate::i18n::Lang) -> Vec<String> {
    let up: Vec<&Node> = nodes.iter().filter(|node| node.alive).collect();
    let mut found = Vec::new();
    for node in up.iter().filter(|node| node.is_off()) {
        let (host, skew) = (&node.hostname, node.skew_ms.unwrap_or_default());
        let seconds = format!("{}.{}", skew.abs() / 1000, skew.abs() % 1000 / 100);
        found.push(match (lang, skew > 0) {
            (crate::i18n::Lang::Zh, true) => {
                format!("节点 {host} 的时钟比数据库快 {seconds} 秒；请检查时间同步")
            }
            (crate::i18n::Lang::Zh, false) => {
                format!("节点 {host} 的时钟比数据库慢 {seconds} 秒；请检查时间同步")
            }
            (crate::i18n::Lang::En, true) => {
                format!("The clock of node {host} is {seconds} s ahead of the database's; check time synchronization")
            }
            (crate::i18n::Lang::En, false) => {
                format!("The clock of node {host} is {seconds} s behind the database's; check time synchronization")
            }
        });
    }
    let mut versions: Vec<&str> = up
        .iter()
        .map(|node| node.zone_data.as_str())
        .filter(|version| !version.is_empty())
        .collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 {
        let hosts: Vec<String> = up
            .iter()
            .map(|node| format!("{} {}", node.hostname, node.zone_data))
            .collect();
        let hosts = hosts.join(lang.pick("，", ", "));
        found.push(lang.pick(
            format!("各节点的时区数据版本不同（{hosts}），同一任务的执行时间可能因节点而异；请统一更新 tzdata"),
            format!("The nodes have different time zone data ({hosts}), so a task may fire at different times depending on the node; install the same tzdata version everywhere"),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Node, warnings};
    use crate::i18n::Lang;
    use crate::time::Stamp;

    fn node(host: &str, skew: Option<i64>, zone_data: &str, alive: bool) -> Node {
        let at = Stamp(chrono::DateTime::UNIX_EPOCH);
        Node {
            id: host.to_owned(),
            hostname: host.to_owned(),
            version: "1".to_owned(),
            zone_data: zone_data.to_owned(),
            started_at: at,
            heartbeat_at: at,
            skew_ms: skew,
            running: 0,
            alive,
            lost: false,
            this: false,
        }
    }

    #[test]
    fn only_nodes_that_are_up_are_warned_about() {
        let calm = [
            node("a", Some(2_000), "2026f", true),
            node("b", Some(-2_000), "2026f", true),
            node("c", None, "", true),
            node("gone", Some(60_000), "2020a", false),
        ];
        assert_eq!(warnings(&calm, Lang::En), Vec::<String>::new());
        let off = [
            node("a", Some(2_150), "2026f", true),
            node("b", Some(-31_900), "2025b", true),
        ];
        let found = warnings(&off, Lang::En);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("a is 2.1 s ahead"), "{found:?}");
        assert!(found[1].contains("b is 31.9 s behind"), "{found:?}");
        assert!(found[2].contains("a 2026f, b 2025b"), "{found:?}");
        assert!(warnings(&off, Lang::Zh)[1].contains("慢 31.9 秒"));
    }
}
