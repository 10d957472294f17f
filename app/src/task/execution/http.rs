//! A task that sends an HTTP request instead of running a command.

use serde::{Deserialize, Serialize};

/// The request, and what a good answer is. `${NAME}` in URL, header values and body stands for a
/// variable of the run: a parameter, a granted secret, `JCRONTAB_RUN_ID` and the like.
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
    /// RFC 6901 pointer into a JSON answer, as `/data/state`; empty checks nothing.
    pub json_pointer: String,
    /// What must stand there; empty only asks that something other than `null` and `false` does.
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

/// What a person typed for it; everything empty is no call.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HttpDraft {
    /// Method; empty for GET.
    pub method: String,
    /// URL; empty for no call.
    pub url: String,
    /// One `Name: value` a line.
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
