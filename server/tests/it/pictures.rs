//! Pictures that follow messages, and those that people put in their place.

use app::auth::Role;
use app::channel::ChannelKind;
use app::id::ChannelId;
use app::task::{Mode, TaskDraft};
use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::helpers::{Browser, Reply, Robot, TestApp, draft};

/// The smallest PNG, with a size of one's own.
pub(crate) fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    bytes.extend(b"IEND\xaeB`\x82");
    bytes
}

/// A picture, in base64.
pub(crate) fn png() -> String {
    STANDARD.encode(png_of(4, 2))
}

fn task(name: &str, mode: Mode, channel: ChannelId, command: &str) -> TaskDraft {
    TaskDraft {
        mode,
        channel_id: Some(channel.0),
        ..draft(name, "0 0 1 1 *", command)
    }
}

/// The picture in a request.
fn picture(body: &Value) -> Vec<u8> {
    let base64 = body["image"]["base64"].as_str().expect("a picture");
    STANDARD.decode(base64).expect("base64")
}

#[tokio::test]
async fn an_uploaded_picture_follows_messages_until_it_is_deleted() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    let admin = app.signed_in("ada", Role::Admin).await;
    let set = async |name: &str, width: u32| {
        let draft = json!({"base64": STANDARD.encode(png_of(width, 2))});
        let path = format!("/api/v1/pictures/{name}");
        admin.call("PUT", &path, Some(draft)).await.expect(200)
    };
    let made = set("created", 11).await;
    assert_eq!(
        (&made["own"], &made["width"], &made["media_type"]),
        (&json!(true), &json!(11), &json!("image/png"))
    );
    set("success", 12).await;
    app.notify();
    let done = app
        .add(task("t", Mode::MessageCommand, channel, "true"))
        .await
        .id;
    // Text and picture of the new task.
    robot.wait_for(2).await;
    let run = app.start_run(done).await;
    app.ended(run).await;
    let all = robot.wait_for(4).await;
    assert!(all.iter().all(|one| one.taken), "{all:?}");
    assert_eq!(picture(&all[1].body), png_of(11, 2));
    assert_eq!(picture(&all[3].body), png_of(12, 2));
    let list = admin.get("/api/v1/pictures").await.expect(200);
    let own: Vec<&Value> = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|one| one["own"] == true)
        .map(|one| &one["name"])
        .collect();
    assert_eq!(own, ["success", "created"]);
    for name in ["success", "created"] {
        let path = format!("/api/v1/pictures/{name}");
        admin.call("DELETE", &path, None).await.expect(204);
        admin.call("DELETE", &path, None).await.expect(404);
    }
    admin.get("/api/v1/pictures/created").await.expect(404);
    app.add(task("u", Mode::Message, channel, "")).await;
    let run = app.start_run(done).await;
    app.ended(run).await;
    let all = robot.wait_for(7).await;
    let kinds: Vec<&str> = all[4..]
        .iter()
        .filter_map(|one| one.body["msgtype"].as_str())
        .collect();
    assert_eq!(kinds, ["text", "text", "image"]);
    assert!(picture(&all[6].body).len() > 1_000, "the built-in one");
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let large = [png_of(1, 1), vec![0; 2 * 1024 * 1024]].concat();
    for (bytes, code) in [
        (b"<svg onload=alert(1)>".to_vec(), "not_a_picture"),
        (Vec::new(), "not_a_picture"),
        (png_of(5_000, 1), "too_many_pixels"),
        (large, "too_large"),
    ] {
        let draft = json!({"base64": STANDARD.encode(bytes)});
        let reply = admin
            .call("PUT", "/api/v1/pictures/urge", Some(draft))
            .await;
        assert_eq!(
            (reply.status, reply.faults()),
            (422, vec![("base64".to_owned(), code.to_owned())]),
            "{code}"
        );
    }
    let wrong = json!({"base64": "§"});
    admin
        .call("PUT", "/api/v1/pictures/urge", Some(wrong))
        .await
        .expect(422);
    let unknown = json!({"base64": png()});
    admin
        .call("PUT", "/api/v1/pictures/nope", Some(unknown))
        .await
        .expect(422);
    let page = admin.open("/admin/pictures").await;
    assert!(page.status == 200 && page.text().contains("/api/v1/pictures/urge"));
    let stored = app
        .place
        .database
        .count("SELECT COUNT(*) FROM picture")
        .await;
    assert_eq!(stored, 0);
}

/// Sends the form of the page as a browser does.
async fn upload(admin: &Browser, name: &str, file: &[u8], act: &str) -> Reply {
    let all = admin.get("/api/v1/pictures").await.expect(200)["items"].clone();
    let all = all.as_array().expect("pictures");
    let known = all.iter().find(|picture| picture["name"] == name);
    let version = known.and_then(|picture| picture["version"].as_i64());
    upload_over(admin, name, version.unwrap_or(0), file, act).await
}

/// The same in a page that was opened when the picture had this version.
pub(crate) async fn upload_over(
    admin: &Browser,
    name: &str,
    version: i64,
    file: &[u8],
    act: &str,
) -> Reply {
    const BOUNDARY: &str = "----form";
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes(),
        );
        body.extend(content);
        body.extend(b"\r\n");
    };
    part("name=\"name\"", name.as_bytes());
    part("name=\"version\"", version.to_string().as_bytes());
    part(
        "name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png",
        file,
    );
    part("name=\"act\"", act.as_bytes());
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    let request = Request::post("/admin/pictures")
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::ORIGIN, "http://cron.test")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body));
    admin.send(request.expect("a request")).await
}

#[tokio::test]
async fn the_page_takes_a_picture_and_brings_the_built_in_one_back() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let stored = "SELECT COUNT(*) FROM picture";
    let large = [png_of(1, 1), vec![0; app::message::PICTURE_MAX]].concat();
    for (name, file, words) in [
        ("urge", b"GIF89a".to_vec(), "这不是 PNG 或 JPEG 图片"),
        ("urge", Vec::new(), "这不是 PNG 或 JPEG 图片"),
        ("urge", large, "图片最大 2 MiB"),
        ("urge", png_of(5_000, 1), "图片每边最多 4096 像素"),
        ("nope", png_of(4, 2), "可以是：reminder"),
    ] {
        let refused = upload(&admin, name, &file, "set").await;
        let text = refused.text();
        assert!(
            refused.status == 422 && text.contains(words),
            "{words}: {text}"
        );
    }
    // Not read to its end.
    let huge = vec![0; 64 * 1024 * 1024];
    assert_eq!(upload(&admin, "urge", &huge, "set").await.status, 413);
    assert_eq!(app.place.database.count(stored).await, 0);

    let taken = upload(&admin, "urge", &png_of(4, 2), "set").await;
    assert_eq!(
        (taken.status, taken.header("location")),
        (303, "/admin/pictures")
    );
    let file = admin.get("/api/v1/pictures/urge").await;
    assert_eq!((file.status, file.body), (200, png_of(4, 2)));
    assert!(
        taken.header("set-cookie").contains("saved"),
        "it is confirmed"
    );
    let page = admin.open("/admin/pictures").await.text();
    assert!(page.contains("value=\"delete\""), "{page}");
    // Its button is in the same form, whose file is empty then.
    let removed = upload(&admin, "urge", b"", "delete").await;
    assert_eq!(removed.status, 303);
    let page = admin.open("/admin/pictures").await.text();
    assert!(!page.contains("value=\"delete\""), "{page}");
    assert_eq!(app.place.database.count(stored).await, 0);
    assert_eq!(upload(&admin, "urge", b"", "delete").await.status, 404);
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let refused = upload(&viewer, "urge", &png_of(4, 2), "set").await;
    assert_eq!(refused.status, 403);
}
