//! E-mail.

use super::*;

#[test]
fn a_mail_has_a_subject_both_forms_and_no_way_out_of_its_header() {
    let text = "【执行失败】backup\r\nBcc: all@evil.test\n<b>&\"";
    let target = to(ChannelKind::Email);
    let Ok(Outgoing::Mail(server, mail)) =
        of(ChannelKind::Email).render(&target, &item(text, &["ana"]), at())
    else {
        panic!("no mail");
    };
    assert_eq!(
        (server.host.as_str(), server.port),
        ("mail.example.com", 25)
    );
    let to: Vec<String> = mail.to.iter().map(ToString::to_string).collect();
    assert_eq!(to, ["ana@example.com", "bo@example.com"]);
    let text = String::from_utf8(mail.bytes).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a header");
    assert!(!head.to_ascii_lowercase().contains("\nbcc"), "{head}");
    assert!(
        head.contains("Message-ID: <jcrontab.3.7.1599360473000000@example.com>"),
        "{head}"
    );
    assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
    assert!(
        head.contains("Date: Sun, 06 Sep 2020 02:47:53 +0000"),
        "{head}"
    );
    assert!(head.contains("multipart/alternative"), "{head}");
    assert!(
        body.contains("text/plain") && body.contains("text/html"),
        "{body}"
    );
    assert!(text.is_ascii());
}
