//! Start URLs (触发地址): an address that starts one task, for programs without an account.

use serde::{Deserialize, Serialize};

use crate::pool::{EVERYTHING, is_pool_name};
use crate::time::Stamp;

/// Start URLs that a task may have.
pub const START_URLS_MAX: u64 = 20;
/// The longest wait for the end of a run in one request, in seconds.
pub const WAIT_MAX: u32 = 60;
/// The name of a caller that used a start URL begins with this, which no account's name does.
pub const CALLER_MARK: &str = "url:";

/// A start URL, without its secrets: they are shown once, when it is created.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct StartUrl {
    /// Its name, unique within the task.
    pub name: String,
    /// Whether its requests must be signed.
    pub signed: bool,
    /// The parameter that the whole body of a request becomes; `null` where a body lists parameters.
    pub body_parameter: Option<String>,
    /// Who created it.
    pub created_by: String,
    /// When.
    pub created_at: Stamp,
    /// When it last started the task.
    pub last_used_at: Option<Stamp>,
}

/// Input for a new start URL.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StartUrlDraft {
    /// Letters, digits, `-`, `_`, `.`, Chinese; at most 64 characters.
    pub name: String,
    /// Only accept requests that are signed with a secret, which is created with it.
    pub signed: bool,
    /// A parameter of the task that the whole body of a request becomes; empty: the body lists parameters.
    pub body_parameter: String,
}

impl StartUrlDraft {
    /// Whether its name can be one.
    #[must_use]
    pub fn has_name(&self) -> bool {
        self.name != EVERYTHING && is_pool_name(&self.name)
    }
}

/// A start URL that was just created. Address and secret are not shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewStartUrl {
    /// The start URL.
    #[serde(flatten)]
    pub start_url: StartUrl,
    /// The address that requests are POSTed to.
    pub url: String,
    /// The secret that signs them, as `whsec_` and base64 (Standard Webhooks); `null` where they are not signed.
    pub secret: Option<String>,
}

impl std::fmt::Debug for NewStartUrl {
    /// Without the address and the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewStartUrl")
            .field("start_url", &self.start_url)
            .finish_non_exhaustive()
    }
}
