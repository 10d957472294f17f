//! When a server that is gone was last alive, with the embedded database.

use super::helpers::in_time;
use super::helpers::place::Place;
use super::helpers::program::{Server, admin_token, jcrontab};

#[tokio::test]
async fn a_server_that_was_killed_is_listed_with_its_last_heartbeat() {
    let place = Place::embedded();
    let token = admin_token(&place).await;
    let server = Server::start(&place, &[]).await;
    server.turning().await;
    let beaten = async || {
        let sql = "SELECT COUNT(*) FROM node WHERE heartbeat_at > started_at";
        place.database.integers(sql).await == [1]
    };
    let first = async {
        while !beaten().await {
            // It follows the start at once.
            server.get(&token, "/api/v1/nodes").await;
        }
    };
    in_time("the first heartbeat", first).await;
    server.kill().await;
    let server = Server::start(&place, &[]).await;
    let nodes = jcrontab(&place, &["node", "list", "--json"]).await.json();
    let nodes = nodes["items"].as_array().expect("nodes");
    let dead = nodes.iter().find(|node| node["alive"] == false);
    let dead = dead.expect("the server that was killed");
    assert_ne!(dead["heartbeat_at"], dead["started_at"], "{dead}");
    assert_eq!(dead["lost"], true, "{dead}");
    assert_eq!(server.stop().await, 0);
    // One was killed, the other has stopped.
    let nodes = jcrontab(&place, &["node", "list", "--json"]).await.json();
    let nodes = nodes["items"].as_array().expect("nodes");
    let gone = nodes.iter().filter(|node| node["alive"] == false);
    let lost: Vec<bool> = gone.filter_map(|node| node["lost"].as_bool()).collect();
    assert_eq!(lost, [false, true], "{nodes:?}");
}
