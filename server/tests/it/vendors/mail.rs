//! E-mail through a real SMTP server.

use app::channel::{ChannelDraft, ChannelKind};

use super::super::helpers::TestApp;
use super::super::helpers::smtp::MailServer;
use super::{made, tested};

fn draft(name: &str, url: String) -> ChannelDraft {
    ChannelDraft {
        name: name.to_owned(),
        kind: ChannelKind::Email,
        url,
        from: Some("运维 <ops@example.com>".to_owned()),
        to: Some(vec!["ana@example.com".to_owned()]),
        user: Some("ops".to_owned()),
        secret: Some("s3cret word".to_owned()),
        lang: Some("en".to_owned()),
        ..ChannelDraft::default()
    }
}

#[tokio::test]
async fn mail_goes_out_encrypted_to_a_server_with_a_private_ca() {
    let app = TestApp::new().await;
    for (mode, scheme) in [("starttls", "smtp"), ("tls", "smtps")] {
        let server = MailServer::start(&app.place, mode).await;
        let url = format!("{scheme}://127.0.0.1:{}", server.port());
        let stranger = made(&app, &draft(&format!("{mode} without the CA"), url.clone())).await;
        let test = tested(&app, stranger.id).await;
        assert!(
            !test.ok && test.answer.contains("ertificate"),
            "{mode}: {test:?}"
        );
        assert!(server.mails().is_empty(), "{mode}");

        let trusted = ChannelDraft {
            ca: Some(server.ca()),
            ..draft(mode, url)
        };
        let channel = made(&app, &trusted).await;
        let test = tested(&app, channel.id).await;
        assert!(
            test.ok && test.answer.starts_with("250 "),
            "{mode}: {test:?}"
        );
        assert!(!format!("{test:?}").contains("s3cret word"), "{test:?}");
        let mails = server.mails();
        assert_eq!(mails.len(), 1, "{mode}");
        for line in [
            "X-From: ops@example.com",
            "X-To: ana@example.com",
            "X-User: ops",
            "X-Tls: True",
            "Subject: [Test] A test message from Jcrontab",
            "multipart/alternative",
        ] {
            assert!(mails[0].contains(line), "{mode}: {line}\n{}", mails[0]);
        }
    }
}

#[tokio::test]
async fn a_refused_recipient_does_not_keep_the_others_from_their_mail() {
    let app = TestApp::new().await;
    let server = MailServer::start(&app.place, "none").await;
    let url = format!("127.0.0.1:{}", server.port());
    let to = async |name: &str, people: &[&str]| {
        let people = people.iter().map(|person| (*person).to_owned());
        let plain = ChannelDraft {
            tls: Some("none".to_owned()),
            to: Some(people.collect()),
            ..draft(name, url.clone())
        };
        let channel = made(&app, &plain).await;
        let test = tested(&app, channel.id).await;
        let console = app.console();
        let shown = app::backend::Channels::channel_get(&*app.service, &console, channel.id);
        (test, shown.await.expect("the channel"))
    };
    let (test, shown) = to("some", &["refused@example.com", "ana@example.com"]).await;
    assert!(test.ok, "{test:?}");
    assert!(
        test.answer.contains("refused@example.com") && test.answer.contains("550"),
        "{test:?}"
    );
    assert_eq!(shown.url_masked, format!("smtp://{url}"));
    assert!(server.mails()[0].contains("X-To: ana@example.com"));

    let (test, shown) = to("none", &["refused@example.com"]).await;
    assert!(!test.ok && test.answer.contains("no such user"), "{test:?}");
    assert!(shown.refuses, "for good");
    let (test, shown) = to("later", &["later@example.com", "refused@example.com"]).await;
    assert!(!test.ok && test.answer.contains("greylisted"), "{test:?}");
    assert!(!shown.refuses, "for now");
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_without_the_encryption_that_is_asked_for_gets_nothing() {
    let app = TestApp::new().await;
    let server = MailServer::start(&app.place, "none").await;
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let channel = made(&app, &draft("ops", url)).await;
    let test = tested(&app, channel.id).await;
    assert!(!test.ok && test.answer.contains("STARTTLS"), "{test:?}");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn mail_leads_to_no_private_network_and_a_server_that_never_ends_is_left() {
    let guarded = TestApp::with(&[]).await;
    let channel = made(&guarded, &draft("ops", "smtp://localhost:25".to_owned())).await;
    let test = tested(&guarded, channel.id).await;
    assert!(!test.ok && test.answer.contains("private"), "{test:?}");

    let app = TestApp::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let talking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let piece = vec![b'2'; 64 * 1024];
        // Until the other end has had enough.
        while tokio::io::AsyncWriteExt::write_all(&mut stream, &piece)
            .await
            .is_ok()
        {}
    });
    let url = format!("smtp://127.0.0.1:{port}");
    let channel = made(&app, &draft("endless", url)).await;
    let test = tested(&app, channel.id).await;
    assert!(
        !test.ok && test.answer.contains("the request failed"),
        "{test:?}"
    );
    super::super::helpers::in_time("the end of the connection", talking)
        .await
        .expect("it ends");
}
