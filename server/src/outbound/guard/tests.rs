//! Addresses that are allowed and refused.

use super::*;

#[test]
fn private_and_special_addresses_are_refused() {
    let guard = Guard::default();
    for text in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest",
        "http://100.64.0.1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://198.18.0.1/",
        "http://192.0.2.1/",
    ] {
        assert!(
            matches!(guard.parse(text), Err(Refusal::Private(_))),
            "{text}"
        );
    }
    for text in [
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        "example.com",
        "http://",
    ] {
        assert!(guard.parse(text).is_err(), "{text}");
    }
    assert_eq!(
        guard.parse("https://a:b@example.com/"),
        Err(Refusal::Credentials)
    );
}

#[test]
fn public_addresses_and_allowed_networks_pass() {
    let guard = Guard::default();
    for text in [
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
    ] {
        assert!(guard.parse(text).is_ok(), "{text}");
    }
    let guard = Guard::new(&["127.0.0.0/8".parse().expect("net")]);
    assert!(guard.parse("http://127.0.0.1:9/").is_ok());
    assert!(guard.parse("http://[::ffff:127.0.0.1]:9/").is_ok());
    assert!(guard.parse("http://10.0.0.1/").is_err());
}

#[test]
fn this_server_is_refused_under_all_its_addresses_unless_allowed() {
    let guard = |allowed: &[&str]| {
        let nets: Vec<IpNet> = allowed
            .iter()
            .map(|net| net.parse().expect("net"))
            .collect();
        let mut guard = Guard::new(&nets).behind("http://8.8.4.4:8000");
        guard.here = || {
            vec![
                "8.8.8.8".parse().expect("ip"),
                "2606:4700::1".parse().expect("ip"),
            ]
        };
        guard
    };
    for own in [
        "http://8.8.8.8/",
        "http://8.8.4.4/",
        "http://[2606:4700::1]:8000/",
    ] {
        assert!(
            matches!(guard(&[]).parse(own), Err(Refusal::Own(_))),
            "{own}"
        );
    }
    assert!(guard(&[]).parse("http://8.8.8.9/").is_ok());
    assert!(guard(&["8.8.8.8/32"]).parse("http://8.8.8.8/").is_ok());
}

#[tokio::test]
async fn this_server_is_refused_under_its_public_name() {
    let admit = async |guard: &Guard, url: &str| {
        let url = guard.parse(url).expect("a URL");
        guard.admit(&url).await
    };
    let guard = Guard::default().behind("https://localhost");
    let own = Err(Refusal::Own("localhost".to_owned()));
    assert_eq!(admit(&guard, "https://LOCALHOST/api").await, own);
    assert_eq!(
        admit(&guard, "https://localhost:444/").await,
        Ok(()),
        "the look-up decides"
    );
    let nets = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().expect("net"));
    let guard = Guard::new(&nets).behind("https://localhost");
    assert_eq!(admit(&guard, "https://localhost/api").await, Ok(()));
}

#[tokio::test]
async fn names_are_checked_before_a_proxy_looks_them_up() {
    let guard = Guard::default().through("localhost");
    for (url, refused) in [
        ("http://localhost/", true),
        ("http://no-such-host.internal/", true),
        ("http://nas/", true),
        ("http://no-such-host.invalid/", false),
    ] {
        let parsed = guard.parse(url).expect("a URL");
        assert_eq!(guard.admit(&parsed).await.is_err(), refused, "{url}");
    }
    // The proxy itself may be inside.
    let name: Name = "localhost".parse().expect("name");
    assert!(guard.resolve(name).await.is_ok());
}

#[tokio::test]
async fn a_name_is_looked_up_when_it_is_saved() {
    let guard = Guard::default();
    let refused = guard.foresee("http://localhost:9/").await;
    assert!(matches!(refused, Err(Refusal::Private(_))), "{refused:?}");
    assert_eq!(guard.foresee("http://no-such-host.invalid/").await, Ok(()));
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let name: Name = "localhost".parse().expect("name");
    assert!(Guard::default().resolve(name).await.is_err());
}
