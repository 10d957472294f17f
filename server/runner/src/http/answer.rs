//! Whether a response is the expected one.

use serde_json::Value;

use crate::order::HttpRequest;

/// Why a response is not the expected one, as the fault of [`Cause::Http`](crate::Cause::Http); `None` when it is.
/// `body` is `None` where it was too long to be read as JSON.
pub(super) fn fault(call: &HttpRequest, status: u16, body: Option<&[u8]>) -> Option<String> {
    let is_accepted = |(from, to): &(u16, u16)| (*from..=*to).contains(&status);
    if !call.accepts.iter().any(is_accepted) {
        return Some(status.to_string());
    }
    let pointer = call.json_pointer.as_str();
    if pointer.is_empty() {
        return None;
    }
    let Some(body) = body else {
        return Some("@long".to_owned());
    };
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Some("@not_json".to_owned());
    };
    let found = answer.pointer(pointer);
    let right = found.is_some_and(|found| is_wanted(found, &call.json_value));
    (!right).then(|| format!("@json {pointer}"))
}

fn is_wanted(found: &Value, wanted: &str) -> bool {
    if wanted.is_empty() {
        return !matches!(found, Value::Null | Value::Bool(false));
    }
    match found {
        Value::String(text) => text == wanted,
        // Compared as JSON: equal numbers and objects can be written differently.
        other => serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| {
            *other == wanted
                || matches!((other.as_f64(), wanted.as_f64()), (Some(a), Some(b)) if a == b)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged_by_status_and_json() {
        let good = [(200, 299)];
        let call = |accepts: &[(u16, u16)], pointer: &str, value: &str| HttpRequest {
            accepts: accepts.to_vec(),
            json_pointer: pointer.to_owned(),
            json_value: value.to_owned(),
            ..HttpRequest::default()
        };
        let body = br#"{"data": {"state": "done", "count": 3, "ok": true, "no": false,
            "none": null, "list": [1, 2], "a/b": 1.0, "zero": 0, "empty": ""}}"#;
        let table = [
            (call(&good, "", ""), 200, None),
            (call(&good, "", ""), 302, Some("302")),
            (call(&[(200, 299), (304, 304)], "", ""), 304, None),
            (call(&[(404, 404)], "", ""), 404, None),
            (call(&[(404, 404)], "", ""), 200, Some("200")),
            (call(&good, "/data/state", "done"), 200, None),
            (
                call(&good, "/data/state", "Done"),
                200,
                Some("@json /data/state"),
            ),
            (call(&good, "/data/state", "done"), 500, Some("500")),
            (call(&good, "/data/count", "3"), 200, None),
            (
                call(&good, "/data/count", "30"),
                200,
                Some("@json /data/count"),
            ),
            (call(&good, "/data/ok", "true"), 200, None),
            (call(&good, "/data/ok", ""), 200, None),
            (call(&good, "/data/zero", ""), 200, None),
            (call(&good, "/data/empty", ""), 200, None),
            (call(&good, "/data/no", ""), 200, Some("@json /data/no")),
            (call(&good, "/data/none", ""), 200, Some("@json /data/none")),
            (call(&good, "/data/none", "null"), 200, None),
            (call(&good, "/data/gone", ""), 200, Some("@json /data/gone")),
            (call(&good, "/data/list/1", "2"), 200, None),
            (call(&good, "/data/list", "[1,2]"), 200, None),
            (call(&good, "/data/a~1b", "1"), 200, None),
        ];
        for (call, status, expected) in table {
            assert_eq!(
                fault(&call, status, Some(body)).as_deref(),
                expected,
                "{call:?}"
            );
        }
        let call = call(&good, "/x", "");
        assert_eq!(
            fault(&call, 200, Some(b"<html>")).as_deref(),
            Some("@not_json")
        );
        assert_eq!(fault(&call, 200, None).as_deref(), Some("@long"));
    }
}
