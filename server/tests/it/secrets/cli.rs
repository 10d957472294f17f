//! `jcrontab secret`: values come from stdin or a prompt.

use serde_json::json;
use server::auth::seal::Sealer;
use server::store::SealedSecret;

use super::super::cli_admin::typed;
use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, jcrontab, jcrontab_with};

/// The value of the secret with this id, opened with the key file.
pub(super) async fn opened(place: &Place, id: i64) -> String {
    let sealer = Sealer::open_or_create(&place.data()).expect("the key");
    let query = format!("SELECT value_sealed FROM secret WHERE id = {id}");
    let sealed = place.database.rows(&query).await;
    let place = SealedSecret::place(app::id::SecretId(id));
    sealer.open(&place, &sealed[0]).expect("it opens")
}

async fn the_same_everywhere(place: &Place, name: &str) {
    let run = async |arguments: &[&str]| jcrontab(place, arguments).await;
    let add = [
        "task",
        "add",
        "--name",
        name,
        "--cron",
        "0 0 1 1 *",
        "--command",
        "true",
    ];
    assert_eq!(run(&add).await.code, 0);
    let set = [
        "secret",
        "set",
        "DB_PASSWORD",
        "--note",
        "main",
        "--task",
        name,
        "--json",
    ];
    let made = jcrontab_with(place, &set, &[], "first-value\n")
        .await
        .json();
    assert_eq!(made["tasks"][0]["name"], json!(name));
    let id = made["id"].as_i64().expect("an id");
    assert_eq!(opened(place, id).await, "first-value");
    let again = jcrontab_with(
        place,
        &["secret", "set", "DB_PASSWORD"],
        &[],
        "line 1\nline 2\n\n",
    )
    .await;
    assert_eq!((again.code, again.err.as_str()), (0, ""), "{again:?}");
    assert!(again.out.contains(name), "grants stay: {again:?}");
    assert_eq!(opened(place, id).await, "line 1\nline 2\n");
    let list = run(&["secret", "list"]).await;
    assert!(
        list.out.contains("DB_PASSWORD") && list.out.contains("main"),
        "{list:?}"
    );
    assert!(!list.out.contains("line 1"));
    let revoked = run(&["secret", "revoke", "DB_PASSWORD", name, "--json"])
        .await
        .json();
    assert_eq!(revoked["tasks"], json!([]));
    let granted = run(&["secret", "grant", "DB_PASSWORD", name, "--json"])
        .await
        .json();
    assert_eq!(granted["tasks"][0]["name"], json!(name));
    let short = jcrontab_with(place, &["secret", "set", "X"], &[], "abc\n").await;
    assert!(short.refused(2).contains("4 bytes"), "{short:?}");
    let empty = jcrontab_with(place, &["secret", "set", "X"], &[], "\n").await;
    empty.refused(2);
    let unknown = run(&["secret", "grant", "DB_PASSWORD", "nobody"]).await;
    assert!(unknown.refused(2).contains("nobody"));
    run(&["secret", "grant", "NO_SUCH", "1"]).await.refused(3);
    run(&["secret", "delete", "NO_SUCH", "--yes"])
        .await
        .refused(3);
    assert_eq!(
        run(&["secret", "delete", "DB_PASSWORD", "--yes"])
            .await
            .code,
        0
    );
    assert_eq!(
        run(&["secret", "list", "--json"]).await.json()["items"],
        json!([])
    );
    // There is no argument for a value.
    assert_eq!(run(&["secret", "set", "X", "value"]).await.code, 2);
    assert_eq!(
        run(&["secret", "set", "X", "--value", "abcd"]).await.code,
        2
    );
}

#[tokio::test]
async fn secrets_on_the_command_line() {
    let place = Place::new().await;
    the_same_everywhere(&place, "without a server").await;
    let server = Server::start(&place, &[]).await;
    the_same_everywhere(&place, "with a server").await;
    let log = server.log();
    assert!(!log.contains("value") && !log.contains("line 1"), "{log}");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_typed_value_is_not_shown() {
    let place = Place::new().await;
    let (output, shown) = typed(&place, &["secret", "set", "TYPED"], &["typed-secret"]).await;
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("TYPED"));
    assert_eq!(opened(&place, 1).await, "typed-secret");
    assert!(!shown.contains("typed-secret"), "{shown}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("TYPED") && !printed.contains("typed-secret"));
}
