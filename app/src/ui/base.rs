//! The path under which the site is served: none, or that of the public address (`https://ops.example.com/cron`).
//! Addresses in [`routes`](crate::routes) are without it; pages add it to what a browser follows.

use std::sync::Arc;

#[cfg(feature = "hydrate")]
use std::sync::OnceLock;

#[cfg(not(feature = "hydrate"))]
use leptos::prelude::{provide_context, use_context};

#[cfg(feature = "hydrate")]
use crate::reader::document_attribute;

/// The attribute of the document's root element that has the path.
#[cfg(feature = "hydrate")]
const ATTRIBUTE: &str = "data-base";

/// The path, without a slash at its end: empty, or `/cron`. In the context of what the server renders.
#[cfg(not(feature = "hydrate"))]
#[derive(Clone, Debug, Default)]
struct BasePath(Arc<str>);

/// Makes what is rendered from now on lead to where the site is served. In the browser the document says that.
#[cfg(not(feature = "hydrate"))]
pub(super) fn provide(base: &Arc<str>) {
    provide_context(BasePath(Arc::clone(base)));
}

#[cfg(feature = "hydrate")]
pub(super) fn provide(_: &Arc<str>) {}

/// The path of this document: from the context on the server, from the document in the browser.
#[cfg(not(feature = "hydrate"))]
fn base() -> Arc<str> {
    use_context::<BasePath>().unwrap_or_default().0
}

#[cfg(feature = "hydrate")]
fn base() -> &'static str {
    static BASE: OnceLock<String> = OnceLock::new();
    BASE.get_or_init(|| document_attribute(ATTRIBUTE).unwrap_or_default())
}

/// A path of this site as a browser needs it. Fragments, queries and whole addresses stay as they are.
pub(super) fn rooted(path: impl AsRef<str>) -> String {
    known(path.as_ref())
}

#[cfg(not(feature = "hydrate"))]
fn known(path: &str) -> String {
    under(&base(), path)
}

/// Not inlined: there are more than a hundred calls, and each would make the module larger.
#[cfg(feature = "hydrate")]
#[inline(never)]
fn known(path: &str) -> String {
    under(base(), path)
}

fn under(base: &str, path: &str) -> String {
    if path.starts_with('/') {
        format!("{base}{path}")
    } else {
        path.to_owned()
    }
}

/// A path of the browser's as the routes have it. The server's requests are without the base already.
#[cfg(feature = "hydrate")]
pub(super) fn inner(path: &str) -> &str {
    match path.strip_prefix(base()) {
        Some("") => "/",
        Some(path) => path,
        None => path,
    }
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn inner(path: &str) -> &str {
    path
}

/// The base for the router, which looks at the browser's paths; the server's have none.
#[cfg(feature = "hydrate")]
pub(super) fn for_router() -> &'static str {
    base()
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn for_router() -> &'static str {
    ""
}

/// The path of cookies that the page sets.
#[cfg(feature = "hydrate")]
pub(super) fn for_cookies() -> &'static str {
    match base() {
        "" => "/",
        base => base,
    }
}

/// Makes server functions be called under the base. Called once, before the document is hydrated.
#[cfg(feature = "hydrate")]
pub fn set_for_server_fns() {
    if !base().is_empty() {
        leptos::server_fn::client::set_server_url(base());
    }
}

#[cfg(test)]
mod tests {
    use super::under;

    #[test]
    fn only_paths_of_the_site_get_the_base() {
        assert_eq!(under("/cron", "/tasks?q=a"), "/cron/tasks?q=a");
        assert_eq!(under("/cron", "/"), "/cron/");
        assert_eq!(under("", "/tasks"), "/tasks");
        for path in ["", "#main", "?after=3", "https://example.com/"] {
            assert_eq!(under("/cron", path), path);
        }
    }
}
