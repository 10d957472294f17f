//! Detects credentials in places that everyone who sees a task can read.

use super::Execution;

/// Parts of names of variables, headers and query parameters that contain credentials, in capitals and without
/// separators.
const NAME_PARTS: [&str; 9] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "ACCESSKEY",
    "PRIVATEKEY",
    "CREDENTIAL",
];
/// Complete names of credentials.
const WHOLE: [&str; 6] = [
    "PASS",
    "PWD",
    "AUTH",
    "AUTHORIZATION",
    "COOKIE",
    "PROXYAUTHORIZATION",
];
/// Variables with these names hold a location, not a value.
const PLACES: [&str; 4] = ["FILE", "PATH", "DIR", "URL"];

impl Execution {
    /// Where credentials are written in plain text: `DB_PASSWORD`, `Authorization`, `?token=`. A guess by names;
    /// values with `${…}`, which secrets fill in, do not count.
    #[must_use]
    pub fn visible_credentials(&self) -> Vec<String> {
        let mut places = Vec::new();
        for one in &self.env {
            // The shell's own variable, not a password.
            if one.name != "PWD" && names_credential(&one.name) && is_value(&one.value) {
                places.push(one.name.clone());
            }
        }
        let Some(call) = &self.http else {
            return places;
        };
        for header in &call.headers {
            if names_credential(&header.name) && is_value(&header.value) {
                places.push(header.name.clone());
            }
        }
        places.extend(in_url(&call.url));
        places
    }
}

fn names_credential(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if PLACES.iter().any(|place| name.ends_with(place)) {
        return false;
    }
    WHOLE.contains(&name.as_str()) || NAME_PARTS.iter().any(|word| name.contains(word))
}

/// Whether a value is written in plain text.
fn is_value(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && !text.contains("${") && !text.starts_with('/')
}

/// A password before the host, and query parameters.
fn in_url(url: &str) -> Vec<String> {
    let mut places = Vec::new();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((user, _)) = authority.rsplit_once('@')
        && user
            .split_once(':')
            .is_some_and(|(_, password)| is_value(password))
    {
        places.push("URL user:password@".to_owned());
    }
    let query = url.split('#').next().unwrap_or_default();
    for pair in query
        .split_once('?')
        .map_or("", |(_, query)| query)
        .split('&')
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if (names_credential(name) || name.eq_ignore_ascii_case("key")) && is_value(value) {
            places.push(format!("URL ?{name}="));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::execution::{EnvVar, HttpCall, HttpHeader};

    fn with(env: &[(&str, &str)], http: Option<HttpCall>) -> Execution {
        let env = env.iter().map(|(name, value)| EnvVar {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        });
        Execution {
            env: env.collect(),
            http,
            ..Execution::default()
        }
    }

    #[test]
    fn what_is_written_out_is_noticed_and_what_is_filled_in_is_not() {
        let env = [
            ("DB_PASSWORD", "hunter2"),
            ("api_key", "k"),
            ("MYSQL_PWD", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("PWD", "/srv"),
            ("DB_PASSWORD_FILE", "/run/secret"),
            ("TOKEN", ""),
            ("MONKEY", "x"),
            ("COMPASS", "north"),
        ];
        assert_eq!(
            with(&env, None).visible_credentials(),
            ["DB_PASSWORD", "api_key", "AWS_SECRET_ACCESS_KEY"]
        );
        let header = |name: &str, value: &str| HttpHeader {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let call = HttpCall {
            url: "https://u:p@example.com/x?page=1&access_token=abc&key=${KEY}#token=1".to_owned(),
            headers: vec![
                header("Authorization", "Bearer abc"),
                header("X-Api-Key", "${KEY}"),
                header("Accept", "text/plain"),
            ],
            ..HttpCall::default()
        };
        assert_eq!(
            with(&[], Some(call)).visible_credentials(),
            ["Authorization", "URL user:password@", "URL ?access_token="]
        );
    }
}
