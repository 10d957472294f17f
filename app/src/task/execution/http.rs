//! A task that sends an HTTP request instead of running a command.

use serde::{Deserialize, Serialize};

/// The request, and what counts as a good answer. `${NAME}` in URL, header values and body is replaced by a variable
/// of the run: a parameter, a granted secret, `JCRONTAB_RUN_ID` and the like.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HttpCall {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
    pub method: String,
    /// `http://` or `https://`; private addresses only where the server allows them.
    pub url: String,
    /// Headers.
    pub headers: Vec<HttpHeader>,
    /// Body; empty for none.
    pub body: String,
    /// Statuses that count as success, as `200-299,304`; empty for 200–299.
    pub expect_status: String,
    /// RFC 6901 pointer into a JSON answer, such as `/data/state`; empty checks nothing.
    pub json_pointer: String,
    /// The expected value there; if empty, anything except `null` and `false`.
    pub json_value: String,
}

/// A header of a request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The input for it; all empty means no request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HttpDraft {
    /// Method; empty for GET.
    pub method: String,
    /// URL; empty for no request.
    pub url: String,
    /// One `Name: value` per line.
    pub headers: String,
    /// Body.
    pub body: String,
    /// As in [`HttpCall`].
    pub expect_status: String,
    /// As in [`HttpCall`].
    pub json_pointer: String,
    /// As in [`HttpCall`].
    pub json_value: String,
}

/// The most ranges of statuses.
const RANGES_MAX: usize = 20;

impl HttpCall {
    /// The ranges of statuses that count as success, both ends included.
    #[must_use]
    pub fn accepted(&self) -> Vec<(u16, u16)> {
        let ranges = statuses(&self.expect_status).filter(|ranges| !ranges.is_empty());
        ranges.unwrap_or_else(|| vec![(200, 299)])
    }
}

/// The ranges of `200-299,304`, empty for an empty text; `None` if it is invalid.
pub(super) fn statuses(text: &str) -> Option<Vec<(u16, u16)>> {
    let status = |text: &str| {
        let text = text.trim();
        let plain = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let status = plain.then(|| text.parse::<u16>().ok()).flatten()?;
        (100..=599).contains(&status).then_some(status)
    };
    let ranges: Option<Vec<_>> = crate::task::split_list(text)
        .iter()
        .map(|part| {
            let (from, to) = part.split_once(['-', '–']).unwrap_or((part, part));
            let (from, to) = (status(from)?, status(to)?);
            (from <= to).then_some((from, to))
        })
        .collect();
    ranges.filter(|ranges| ranges.len() <= RANGES_MAX)
}

/// Ranges in the form that [`statuses`] reads.
pub(super) fn text(ranges: &[(u16, u16)]) -> String {
    let range = |(from, to): &(u16, u16)| {
        if from == to {
            from.to_string()
        } else {
            format!("{from}-{to}")
        }
    };
    ranges.iter().map(range).collect::<Vec<_>>().join(",")
}

/// Whether a text is a pointer of RFC 6901; the empty text is one.
pub(super) fn is_pointer(text: &str) -> bool {
    let mut parts = text.split('~');
    parts.next();
    (text.is_empty() || text.starts_with('/')) && parts.all(|part| part.starts_with(['0', '1']))
}
