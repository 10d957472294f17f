use clap::Parser;

use super::*;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,
}

fn check(flag: &str) -> Result<(), SettingFault> {
    Flags::parse_from(["serve", flag]).config.check()
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    for flag in [
        "--public-url=",
        "--public-url=https://cron.example.com",
        "--public-url=http://10.0.0.1:8000/",
        "--message-lang=zh-CN",
        "--message-lang=en",
        "--allow-root=1",
        "--allow-root=yes",
        "--public-url=https://ops.example.com/tools/cron/",
        "--allow-root=0",
        "--allow-root=false",
        "--allow-root=",
        "--database-url=mysql://u:p%23w@h:3306/jcrontab",
        "--database-url=mysql://u:p@h/jcrontab?ssl-mode=required",
        "--database-url=mysql://u@localhost/jcrontab?socket=/run/mysqld/mysqld.sock",
    ] {
        assert_eq!(check(flag), Ok(()), "{flag}");
    }
    for flag in [
        "--public-url=cron.example.com",
        "--public-url=cron.example.com:8000",
        "--public-url=//cron.example.com",
        "--public-url=ftp://cron.example.com",
        "--public-url=https://",
        "--public-url=https:cron",
    ] {
        assert!(
            matches!(check(flag), Err(SettingFault::PublicUrl(_))),
            "{flag}"
        );
    }
    for flag in [
        "--public-url=https://cron.example.com/?a=b",
        "--public-url=https://cron.example.com?",
        "--public-url=https://cron.example.com/jobs#top",
    ] {
        assert!(
            matches!(check(flag), Err(SettingFault::PublicUrlTail(_))),
            "{flag}"
        );
    }
    for flag in [
        "--public-url=https://cron.example.com/tasks",
        "--public-url=https://cron.example.com/a//b",
        "--public-url=https://cron.example.com/%63ron",
    ] {
        assert!(
            matches!(check(flag), Err(SettingFault::PublicUrlPath(_))),
            "{flag}"
        );
    }
    for flag in ["--allow-root=2", "--allow-root=YES", "--allow-root=ja"] {
        assert!(
            matches!(check(flag), Err(SettingFault::AllowRoot(_))),
            "{flag}"
        );
    }
    for flag in [
        "--database-url=mysql://u:p@h",
        "--database-url=mysql://u:p@h:3306/",
        "--database-url=mariadb://u@localhost?socket=/run/mysqld/mysqld.sock",
    ] {
        assert_eq!(check(flag), Err(SettingFault::DatabaseName), "{flag}");
    }
    for flag in [
        "--link-acts=",
        "--link-acts=done,delete",
        "--link-acts=off,done",
    ] {
        let fault = check(flag).expect_err(flag);
        assert!(matches!(fault, SettingFault::LinkActs(_)), "{flag}");
    }
    for flag in ["--chat-unknown=", "--chat-unknown=allow"] {
        let fault = check(flag).expect_err(flag);
        assert!(matches!(fault, SettingFault::ChatUnknown(_)), "{flag}");
    }
    for flag in ["--message-lang=fr", "--message-lang=", "--message-lang=cn"] {
        assert!(matches!(check(flag), Err(SettingFault::Lang(_))), "{flag}");
    }
    for flag in [
        "--database-url=mysql://u:p#w@h/jcrontab",
        "--database-url=mysql://u:p/w@h/jcrontab",
        "--database-url=mysql://u:p?w@h/jcrontab",
        "--database-url=mysql://u:p@w@h/jcrontab",
        "--database-url=mariadb://u:#@h/jcrontab",
    ] {
        let fault = check(flag).expect_err(flag);
        assert_eq!(fault, SettingFault::DatabaseUrl, "{flag}");
    }
}

#[test]
fn the_token_for_metrics_is_long_enough_or_refused() {
    let folder = std::env::temp_dir().join(format!("jcrontab-token-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("token");
    std::fs::write(&file, "0123456789abcdef0123\n").expect("a file");
    let from_file = format!("--metrics-token-file={}", file.display());
    let missing = format!("--metrics-token-file={}", folder.join("none").display());
    let token = |flags: &[&str]| {
        let flags = std::iter::once("serve").chain(flags.iter().copied());
        Flags::parse_from(flags).config.telemetry.token()
    };
    let known = || Ok(Some("0123456789abcdef0123".to_owned()));
    assert_eq!(token(&[]), Ok(None));
    assert_eq!(token(&["--metrics-token-file="]), Ok(None));
    assert_eq!(token(&["--metrics-token=0123456789abcdef0123"]), known());
    assert_eq!(token(&[&from_file]), known());
    for bad in ["short", "0123456789 abcdef0123", "0123456789abcdef012é"] {
        let flag = format!("--metrics-token={bad}");
        assert_eq!(token(&[&flag]), Err(SettingFault::MetricsToken), "{bad}");
        assert_eq!(check(&flag), Err(SettingFault::MetricsToken), "{bad}");
    }
    let twice = token(&[&from_file, "--metrics-token=0123456789abcdef0123"]);
    assert_eq!(twice, Err(SettingFault::MetricsTokenTwice));
    assert!(matches!(
        token(&[&missing]),
        Err(SettingFault::MetricsTokenFile { .. })
    ));
    std::fs::remove_dir_all(&folder).expect("removed");
}
