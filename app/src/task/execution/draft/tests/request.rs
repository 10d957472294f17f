//! Requests and the expectations of their answers.

use super::super::*;
use super::{faults, refused};
use crate::task::execution::HttpCall;

#[test]
fn a_request_goes_where_its_url_says_and_nowhere_else() {
    let with = |url: &str| ExecutionDraft {
        http: HttpDraft {
            url: url.into(),
            ..HttpDraft::default()
        },
        ..ExecutionDraft::default()
    };
    for url in [
        "http://a",
        "https://example.com/x?y=${Z}#f",
        "http://[2606:4700::1111]:8080/",
        "https://例子.cn/路径",
        "https://example.com/user@host",
    ] {
        assert_eq!(faults(&with(url)), [], "{url}");
    }
    for (url, code) in [
        ("example.com", "invalid"),
        ("ftp://example.com", "invalid"),
        ("file:///etc/passwd", "invalid"),
        ("javascript:alert(1)//://x", "invalid"),
        ("http://", "invalid"),
        ("http:///x", "invalid"),
        ("http://:80/", "invalid"),
        ("http://a b/", "invalid"),
        ("http://good\\@evil/", "invalid"),
        ("http://a/\u{7f}", "invalid"),
        ("https://me:pw@example.com/", "credentials"),
        ("https://${HOST}/", "variable_host"),
        ("https://a${X}.example.com", "variable_host"),
        ("${URL}", "invalid"),
        ("${S}://example.com/", "invalid"),
        ("https://example.com/${", "variable"),
        ("https://example.com/${}", "variable"),
        ("https://example.com/${a b}", "invalid"),
        ("https://example.com/${1}", "variable"),
    ] {
        let expected = ("execution.http.url".to_owned(), code.to_owned());
        assert_eq!(faults(&with(url)), [expected], "{url}");
    }
    refused(
        &with(&format!("https://a/{}", "x".repeat(2048))),
        "http.url",
    );
}

#[test]
fn headers_body_and_expected_answers_keep_their_rules() {
    type Set = fn(&mut HttpDraft, String);
    let long = "x".repeat(64 * 1024 + 1);
    let headers: String = (0..31).map(|at| format!("X-{at}: 1\n")).collect();
    let table: [(&str, Set, Vec<&str>, Vec<&str>); 6] = [
        (
            "http.method",
            |http, text| http.method = text,
            vec!["get", "POST", "PUT", "PATCH", "DELETE", "HEAD"],
            vec!["CONNECT", "GET /", "OPTIONS"],
        ),
        (
            "http.headers",
            |http, text| http.headers = text,
            vec!["A: b", "X-Empty:", "Accept: */*\nX: ${Y}: z"],
            vec![
                "A",
                "A b: c",
                ": x",
                "Host: x",
                "content-length: 1",
                "Transfer-Encoding: chunked",
                "Connection: close",
                "X: 值",
                "X: a\u{b}b",
                &headers,
            ],
        ),
        (
            "http.body",
            |http, text| http.body = text,
            vec!["{}"],
            vec![&long],
        ),
        (
            "http.expect_status",
            |http, text| http.expect_status = text,
            vec!["200", "100-599", "200-299, 304"],
            vec!["99", "600", "2xx", "299-200", "200-", "-1", "0200"],
        ),
        (
            "http.json_pointer",
            |http, text| http.json_pointer = text,
            vec!["/", "/a/0/b~0c~1d", "/值"],
            vec!["a", "/a~", "/a~2"],
        ),
        (
            "http.json_pointer",
            |http, text| http.json_value = text,
            vec![],
            vec!["ok"],
        ),
    ];
    for (field, set, good, bad) in table {
        let with = |text: &str| {
            let mut draft = ExecutionDraft::default();
            draft.http.url = "https://example.com/".into();
            set(&mut draft.http, text.to_owned());
            draft
        };
        for text in good {
            assert_eq!(faults(&with(text)), [], "{field} {text:?}");
        }
        for text in bad {
            refused(&with(text), field);
        }
    }
    let mut draft = ExecutionDraft::default();
    draft.http.method = "GET".into();
    refused(&draft, "http.url");
    draft.http.url = "https://example.com/".into();
    (draft.http.method, draft.http.json_pointer) = ("HEAD".into(), "/a".into());
    refused(&draft, "http.json_pointer");
}

#[test]
fn statuses_count_as_success_as_they_were_listed() {
    let call = |expect: &str| HttpCall {
        expect_status: expect.into(),
        ..HttpCall::default()
    };
    for (expect, yes, no) in [
        ("", [200, 299], [199, 300]),
        ("304", [304, 304], [200, 305]),
        ("200-204,500-599", [204, 500], [205, 499]),
    ] {
        let ranges = call(expect).accepted();
        let counts = |status: u16| {
            let mut ranges = ranges.iter();
            ranges.any(|(from, to)| (*from..=*to).contains(&status))
        };
        assert!(yes.into_iter().all(counts), "{expect}");
        assert!(!no.into_iter().any(counts), "{expect}");
    }
}
