use super::super::archive::tests::packed;
use super::*;

const INDEX: &str = r#"{"hashes":"","files":{
    "pkg/a.1.css":{"offset":0,"length":3,"tag":"x","br":{"offset":3,"length":2},"gzip":{"offset":5,"length":1}},
    "favicon.ico":{"offset":0,"length":3,"tag":"y"}}}"#;

fn archive() -> Arc<Archive> {
    let id = crate::auth::token::random_id(8);
    let path = std::env::temp_dir().join(format!("jcrontab-packed-{id}"));
    std::fs::write(&path, packed(INDEX, b"abcdef")).expect("a file");
    let opened = Archive::open(&path).expect("good").expect("one");
    // Like the program after an upgrade: the open file stays readable.
    std::fs::remove_file(&path).expect("removed");
    Arc::new(opened)
}

async fn ask(
    method: Method,
    path: &str,
    headers: &[(HeaderName, &'static str)],
) -> (u16, HeaderMap, Vec<u8>) {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
    let path = path.to_owned();
    let answer = answer(archive(), path, method, headers.collect(), "no-cache").await;
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 1024).await.expect("a body");
    (parts.status.as_u16(), parts.headers, bytes.to_vec())
}

#[tokio::test]
async fn the_best_accepted_form_is_sent() {
    for (accepts, coding, body) in [
        ("gzip, deflate, br, zstd", Some("br"), "de"),
        ("gzip;q=0.5", Some("gzip"), "f"),
        ("br;q=0, *", Some("gzip"), "f"),
        ("br;q=0, gzip;q=0.000", None, "abc"),
        ("*", Some("br"), "de"),
        ("identity", None, "abc"),
        ("", None, "abc"),
    ] {
        let accept = [(header::ACCEPT_ENCODING, accepts)];
        let (status, headers, bytes) = ask(Method::GET, "pkg/a.1.css", &accept).await;
        assert_eq!(status, 200);
        let sent = headers.get(header::CONTENT_ENCODING);
        assert_eq!(
            sent.map(|one| one.to_str().expect("text")),
            coding,
            "{accepts}"
        );
        assert_eq!(bytes, body.as_bytes(), "{accepts}");
        assert_eq!(headers[header::CONTENT_LENGTH], body.len().to_string());
        assert_eq!(headers[header::CONTENT_TYPE], "text/css");
        assert_eq!(headers[header::VARY], "accept-encoding");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let (_, headers, _) = ask(Method::GET, "favicon.ico", &[]).await;
    assert_eq!(headers[header::ETAG], "\"y\"");
    assert_eq!(headers.get(header::VARY), None);
    for (tags, status) in [
        ("\"y\"", 304),
        ("\"z\", W/\"y\"", 304),
        ("*", 304),
        ("\"y-br\"", 200),
    ] {
        let (answered, headers, bytes) =
            ask(Method::GET, "favicon.ico", &[(header::IF_NONE_MATCH, tags)]).await;
        assert_eq!(answered, status, "{tags}");
        assert_eq!(bytes.is_empty(), status == 304);
        assert_eq!(headers[header::ETAG], "\"y\"");
    }
    // A form of its own has a tag of its own.
    let both = [
        (header::IF_NONE_MATCH, "\"x\""),
        (header::ACCEPT_ENCODING, "br"),
    ];
    assert_eq!(ask(Method::GET, "pkg/a.1.css", &both).await.0, 200);
}

#[tokio::test]
async fn other_methods_and_other_paths_are_refused() {
    let (status, headers, body) = ask(Method::HEAD, "favicon.ico", &[]).await;
    assert_eq!((status, body.len()), (200, 0));
    assert_eq!(headers[header::CONTENT_LENGTH], "3");
    assert_eq!(ask(Method::POST, "favicon.ico", &[]).await.0, 405);
    for path in ["pkg/b.css", "pkg/../favicon.ico", "", "/etc/passwd"] {
        assert_eq!(ask(Method::GET, path, &[]).await.0, 404, "{path}");
    }
}
