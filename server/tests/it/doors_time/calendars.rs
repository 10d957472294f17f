//! Calendars through REST: making, filling, showing, updating, deleting.

use app::auth::Role;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::super::helpers::{Browser, Reply, TestApp};
use super::reader;

/// Sends a text as it is.
async fn send_text(browser: &Browser, path: &str, kind: &str, text: &[u8]) -> Reply {
    let request = Request::post(path).header(header::CONTENT_TYPE, kind);
    let request = request.body(Body::from(text.to_vec()));
    browser.send(request.expect("a request")).await
}

#[tokio::test]
async fn a_calendar_is_made_filled_shown_and_deleted() {
    let app = TestApp::new().await;
    let admin = reader(&app, "ad", Role::Admin, "en").await;
    let made = admin
        .post("/api/v1/calendars", json!({"name": "工厂"}))
        .await
        .expect(201);
    assert_eq!(
        (&made["name"], &made["years"], &made["builtin"]),
        (&json!("工厂"), &json!([]), &json!(false))
    );
    let taken = admin
        .post("/api/v1/calendars", json!({"name": "工厂"}))
        .await
        .expect(409);
    assert_eq!(taken["code"], "calendar.name_taken");
    let path = "/api/v1/calendars/%E5%B7%A5%E5%8E%82";

    let import = json!({"text": "2026-06-24..2026-06-26 rest Feast\nnonsense"});
    let done = admin
        .post(&format!("{path}/import"), import)
        .await
        .expect(200);
    assert_eq!(
        (&done["days"], &done["calendar"]["years"]),
        (&json!(3), &json!([2026]))
    );
    assert_eq!(done["ignored"].as_array().map(Vec::len), Some(1));
    let ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270102\r\nSUMMARY:Stock-taking\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let with = format!("{path}/import?as_work_days=true");
    let done = send_text(
        &admin,
        &with,
        "text/calendar; charset=utf-8",
        ics.as_bytes(),
    )
    .await;
    assert_eq!(done.expect(200)["days"], 1);
    let export = admin.get(&format!("{path}/export")).await;
    let lines = "2026-06-24..2026-06-26 rest Feast\n2027-01-02 work Stock-taking\n";
    assert_eq!((export.status, export.text().as_str()), (200, lines));
    assert_eq!(export.header("content-type"), "text/plain; charset=utf-8");

    // What is exported can be imported; with `replace_years` nothing else is left of its years.
    let with = format!("{path}/import?replace_years=true");
    let done = send_text(&admin, &with, "text/plain", b"2026-05-01 rest").await;
    done.expect(200);
    let shown = admin.get(&format!("{path}?year=2026")).await.expect(200);
    assert_eq!(
        shown["days"],
        json!([{"date": "2026-05-01", "work": false, "name": ""}])
    );
    send_text(
        &admin,
        &format!("{path}/import"),
        "text/plain",
        lines.as_bytes(),
    )
    .await
    .expect(200);

    let refused = send_text(&admin, &format!("{path}/import"), "application/json", b"x").await;
    assert_eq!(refused.expect(422)["code"], "body");
    for text in ["", "nonsense", "{\"days\": 1}"] {
        let refused = admin
            .post(&format!("{path}/import"), json!({"text": text}))
            .await;
        assert_eq!(
            refused.faults(),
            [("text".to_owned(), "unreadable".to_owned())],
            "{text}"
        );
    }
    let refused = admin.call("POST", &format!("{path}/refresh"), None).await;
    assert_eq!(
        refused.faults(),
        [("source_url".to_owned(), "required".to_owned())]
    );

    let used = json!({
        "name": "t", "command": "true",
        "schedules": [{"spec": "0 9 * * *", "day_rule": "work_days", "calendar": "工厂"}],
    });
    let task = admin.post("/api/v1/tasks", used).await.expect(201);
    let refused = admin.call("DELETE", path, None).await.expect(409);
    assert_eq!(refused["code"], "calendar.in_use");
    let user = format!("#{} t", task["id"]);
    assert!(refused.to_string().contains(&user), "{refused}");
    let task = format!("/api/v1/tasks/{}", task["id"]);
    admin.call("DELETE", &task, None).await.expect(204);
    admin.call("DELETE", path, None).await.expect(204);
    for method in ["GET", "DELETE"] {
        admin.call(method, path, None).await.expect(404);
    }
    admin.get(&format!("{path}/export")).await.expect(404);
}

#[tokio::test]
async fn a_text_of_one_mebibyte_is_taken_however_it_is_written() {
    let app = TestApp::new().await;
    let admin = reader(&app, "ad", Role::Admin, "en").await;
    let day = "2030-01-01 rest\n";
    let comment = "# 说明说明说明说明\n";
    let mut text = comment.repeat((1024 * 1024 - day.len()) / comment.len());
    text.push_str(day);
    assert!(text.len() > 1_000_000 && text.len() <= 1024 * 1024);
    let path = "/api/v1/calendars/cn/import";
    // As programs write it that escape everything but ASCII: 6 bytes a character.
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '\n' => "\\n".to_owned(),
            c if c.is_ascii() => c.to_string(),
            c => format!("\\u{:04x}", c as u32),
        })
        .collect();
    let body = format!("{{\"text\":\"{escaped}\"}}");
    let done = send_text(&admin, path, "application/json", body.as_bytes()).await;
    assert_eq!(done.expect(200)["days"], 1);
    let done = send_text(&admin, path, "text/plain", text.as_bytes()).await;
    assert_eq!(done.expect(200)["days"], 1);
    let larger = comment.repeat(1024 * 1024 / comment.len() + 1) + day;
    let refused = send_text(&admin, path, "text/plain", larger.as_bytes()).await;
    assert_eq!(
        refused.faults(),
        [("text".to_owned(), "unreadable".to_owned())]
    );
    let flood = vec![b'x'; 5 * 1024 * 1024];
    let refused = send_text(&admin, path, "text/plain", &flood).await;
    assert_eq!(refused.expect(413)["code"], "too_large");
}

#[tokio::test]
async fn the_built_in_calendar_is_updated_from_a_url_and_put_back() {
    let app = TestApp::new().await;
    let admin = reader(&app, "ad", Role::Admin, "en").await;
    let text = json!({"days": [
        {"date": "2031-01-01", "isOffDay": true, "name": "元旦"},
        {"date": "2031-01-04", "isOffDay": false, "name": "元旦"},
    ]});
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = axum::Router::new().route(
        "/2031.json",
        axum::routing::get(move || async move { axum::Json(text) }),
    );
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let set = async |file: &str| {
        let body = json!({"name": "ignored", "source_url": format!("http://{address}/{file}")});
        let put = admin.call("PUT", "/api/v1/calendars/cn", Some(body)).await;
        put.expect(200)
    };
    assert_eq!(set("2031.json").await["name"], "cn", "it keeps its name");
    let refresh = || admin.call("POST", "/api/v1/calendars/cn/refresh", None);
    assert_eq!(refresh().await.expect(200)["days"], 2);
    let shown = admin
        .get("/api/v1/calendars/cn?year=2031")
        .await
        .expect(200);
    assert_eq!(
        shown["days"][1],
        json!({"date": "2031-01-04", "work": true, "name": "元旦调休"})
    );
    set("none.json").await;
    assert_eq!(refresh().await.expect(503)["code"], "calendar.fetch");
    serving.abort();
    admin
        .call("DELETE", "/api/v1/calendars/cn", None)
        .await
        .expect(204);
    let back = admin.get("/api/v1/calendars/cn").await.expect(200);
    assert_eq!(back["calendar"]["updated_at"], Value::Null);
    assert!(
        !back["calendar"]["years"]
            .as_array()
            .expect("years")
            .contains(&json!(2031))
    );
}

/// A make-up working day, as a feed from a Chinese Windows program.
const MAKE_UP: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20271009\r\n\
                       SUMMARY:上班\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// The same in GBK, also with a line that is folded inside a character.
fn in_gbk(fold: &str) -> Vec<u8> {
    let (head, tail) = MAKE_UP.split_once("上班").expect("the title");
    let halves: [&[u8]; 3] = [b"\xc9", fold.as_bytes(), b"\xcf\xb0\xe0"];
    [head.as_bytes(), &halves.concat(), tail.as_bytes()].concat()
}

#[tokio::test]
async fn a_make_up_day_stays_a_work_day_in_each_charset_and_on_each_door() {
    let app = TestApp::new().await;
    let admin = reader(&app, "ad", Role::Admin, "en").await;
    let utf_16: Vec<u8> = std::iter::once(0xfeff)
        .chain(MAKE_UP.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let (head, tail) = MAKE_UP.split_once("班").expect("the title");
    let folded = [head.as_bytes(), b"\xe7\r\n \x8f\xad", tail.as_bytes()].concat();
    let texts = [
        ("text/calendar", in_gbk("")),
        ("text/calendar; charset=gb2312", in_gbk("")),
        ("text/calendar; charset=GBK", in_gbk("\r\n ")),
        ("text/calendar", utf_16),
        ("text/calendar; charset=utf-8", folded),
        ("text/calendar; charset=gb2312", MAKE_UP.as_bytes().to_vec()),
    ];
    let work_day = async |what: &str| {
        let shown = admin.get("/api/v1/calendars/x?year=2027").await.expect(200);
        let days = json!([{"date": "2027-10-09", "work": true, "name": "上班"}]);
        assert_eq!(shown["days"], days, "{what}");
    };
    for (kind, bytes) in texts {
        admin
            .post("/api/v1/calendars", json!({"name": "x"}))
            .await
            .expect(201);
        let taken = send_text(&admin, "/api/v1/calendars/x/import", kind, &bytes).await;
        taken.expect(200);
        work_day(kind).await;
        // By URL, with the same header.
        admin
            .call("DELETE", "/api/v1/calendars/x", None)
            .await
            .expect(204);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let headers = [(header::CONTENT_TYPE, kind)];
        let answer = axum::routing::get(move || async move { (headers, bytes) });
        let router = axum::Router::new().route("/a.ics", answer);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let url = format!("webcal://{address}/a.ics");
        let draft = json!({"name": "x", "source_url": url});
        admin.post("/api/v1/calendars", draft).await.expect(201);
        let refreshed = admin
            .call("POST", "/api/v1/calendars/x/refresh", None)
            .await;
        refreshed.expect(200);
        work_day(&format!("{kind} by {url}")).await;
        serving.abort();
        admin
            .call("DELETE", "/api/v1/calendars/x", None)
            .await
            .expect(204);
    }
    admin
        .post("/api/v1/calendars", json!({"name": "x"}))
        .await
        .expect(201);
    for (kind, bytes) in [
        (
            "text/calendar; charset=utf-8",
            &b"BEGIN:VCALENDAR\nSUMMARY:\xff"[..],
        ),
        ("text/plain; charset=klingon", b"2027-10-09 work"),
    ] {
        let refused = send_text(&admin, "/api/v1/calendars/x/import", kind, bytes).await;
        let unreadable = [("text".to_owned(), "unreadable".to_owned())];
        assert_eq!(refused.faults(), unreadable, "{kind}");
    }
    for url in [
        "webcal://10.0.0.1/a.ics",
        "webcals://[::1]/a",
        "ftp://x.test/a",
    ] {
        let draft = json!({"name": "y", "source_url": url});
        let refused = admin.post("/api/v1/calendars", draft).await;
        assert_eq!(refused.faults().len(), 1, "{url}");
    }
}
