//! Connections without requests: they keep no client out and stop no task.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::helpers::place::Place;
use super::helpers::program::{Server, add_command, admin_token};

/// Files that the server may open: what it has open itself, and some runs.
const FILES: u32 = 256;
/// More connections than that.
const FLOOD: usize = 600;

#[tokio::test]
async fn half_open_connections_stop_no_task_and_keep_no_client_out() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let server = Server::start_with_files(&place, FILES).await;
    let ledger = place.ledger();
    let command = ledger.command("fired");
    let task = add_command(&place, "t", "* * * * * *", &command).await;

    let address = server.url.strip_prefix("http://").expect("HTTP").to_owned();
    let mut flood = Vec::new();
    for number in 0..FLOOD {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let sent = [
            "",
            "G",
            "GET / HTTP/1.1\r\nHost: a\r\n",
            "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nname=",
        ];
        // Earlier ones may have been closed by now, this one too.
        stream
            .write_all(sent[number % sent.len()].as_bytes())
            .await
            .ok();
        flood.push(stream);
    }
    let before = ledger.lines().len();
    let fired = server.until(&token, "firings during the flood", async || {
        (ledger.lines().len() >= before + 4).then_some(())
    });
    fired.await;
    let history = server
        .get(&token, &format!("/api/v1/tasks/{task}/history?limit=100"))
        .await;
    let items = history["items"].as_array().expect("items");
    assert!(items.len() >= 4, "{history}");
    for item in items {
        let state = item["state"].as_str().unwrap_or_default();
        assert!(
            matches!(state, "running" | "succeeded"),
            "{item}: {}",
            server.log()
        );
    }

    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let form = "name=root&password=correct+horse&next=%2Ftasks";
    let entered = client
        .post(format!("{}/login", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(entered.status(), 303);
    drop(flood);
    let log = server.log();
    let line = log
        .lines()
        .find(|line| line.contains("there are too many"))
        .expect("a warning");
    assert!(line.contains("address=127.0.0.1"), "{line}");
    assert_eq!(server.stop().await, 0);
}
