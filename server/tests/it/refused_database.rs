//! A database server that refuses the login is distinguished from one that does not answer.

use server::store::{Store, StoreError};
use tokio::io::AsyncWriteExt;

use super::helpers::database::{Database, mysql_server};
use super::helpers::in_time;
use super::helpers::place::Place;

async fn refusal(place: &Place, url: &str) -> StoreError {
    let opened = in_time("an answer", Store::open(url, &place.data())).await;
    opened.map(drop).expect_err("the login is refused")
}

/// A server that answers each connection with an error of this number.
async fn answering(code: u16) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // An ERR packet: length, number 0, and the error.
            let words = b"#28000in words of its own";
            let said = [&[0xff][..], &code.to_le_bytes(), words].concat();
            let length = u8::try_from(said.len()).expect("a short one");
            // The client may have gone.
            stream
                .write_all(&[&[length, 0, 0, 0][..], &said].concat())
                .await
                .ok();
        }
    });
    format!("mysql://u:p@{address}/cron")
}

#[tokio::test]
async fn a_refusal_is_known_by_its_number() {
    let place = Place::embedded();
    for (code, refused) in [
        (1045, true),
        (1044, true),
        (1049, true),
        (1130, true),
        (1698, true),
        // Too many connections, too many errors from this host: temporary.
        (1040, false),
        (1129, false),
    ] {
        let error = refusal(&place, &answering(code).await).await;
        assert_eq!(error.is_refused(), refused, "{code}: {error:?}");
    }
    let error = refusal(&place, "mysql://u:p@127.0.0.1:9/cron").await;
    assert!(!error.is_refused() && error.is_away(), "{error:?}");
    assert_eq!(error.mysql_code(), None);
}

#[tokio::test]
async fn mariadb_refuses_accounts_and_databases_by_these_numbers() {
    let Some(server) = mysql_server() else {
        return;
    };
    let place = Place::embedded();
    let own = Database::fresh(&place.data()).await;
    let name = own.url.rsplit('/').next().expect("a name").to_owned();
    let (user, host) = server.split_once('@').expect("a user");
    let scheme_and_user = user.rsplit_once(':').expect("a password").0;
    let as_user = |user: &str, password: &str, name: &str| {
        let scheme = "mysql://";
        format!("{scheme}{user}:{password}@{host}/{name}")
    };
    // An account that may sign in and has no rights.
    own.execute(&format!("CREATE USER '{name}'@'%' IDENTIFIED BY 'pw'"))
        .await;
    let cases = [
        (format!("{scheme_and_user}:wrong@{host}/{name}"), 1045),
        (as_user("no-such-user", "pw", &name), 1045),
        (as_user(&name, "pw", &name), 1044),
        (format!("{server}/no_such_database"), 1049),
    ];
    for (url, code) in &cases {
        let error = refusal(&place, url).await;
        assert!(error.is_refused(), "{code}: {error:?}");
        assert_eq!(error.mysql_code(), Some(*code), "{error:?}");
    }
    own.execute(&format!("ALTER USER '{name}'@'%' ACCOUNT LOCK"))
        .await;
    let error = refusal(&place, &as_user(&name, "pw", &name)).await;
    assert!(error.is_refused(), "{error:?}");
    own.execute(&format!("DROP USER '{name}'@'%'")).await;
}
