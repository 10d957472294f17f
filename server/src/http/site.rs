//! Where the built scripts, styles and static files are.

mod trouble;

pub use trouble::SiteTrouble;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, Response, StatusCode, header};
use leptos::prelude::LeptosOptions;
use tower::ServiceBuilder;
use tower_http::services::fs::ServeFileSystemResponseBody;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// Files of `public/` that are served from the root.
const ROOT_FILES: [&str; 4] = [
    "favicon.svg",
    "favicon.ico",
    "robots.txt",
    "apple-touch-icon.png",
];
/// The name of the list of hashed file names, beside the binary.
const HASH_FILE: &str = "hash.txt";

/// The built site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The settings that Leptos needs.
    pub options: LeptosOptions,
    root: PathBuf,
    /// Why pages are shown without style and script; `None` when all is well.
    pub trouble: Option<SiteTrouble>,
    /// Where pages may connect to besides the server, as sources of a content security policy.
    pub(crate) live_reload: Arc<str>,
}

impl Site {
    /// Finds the site: `LEPTOS_SITE_ROOT` (set by cargo-leptos), else `site` beside the folder of
    /// the binary, as the build leaves it.
    #[must_use]
    pub fn find() -> Self {
        let beside = std::env::current_exe()
            .ok()
            .and_then(|exe| exe.parent().map(Path::to_owned));
        if std::env::var_os("LEPTOS_OUTPUT_NAME").is_some()
            && let Ok(found) = leptos::prelude::get_configuration(None)
        {
            let options = found.leptos_options;
            let watched = std::env::var_os("LEPTOS_WATCH").is_some();
            return Self {
                root: PathBuf::from(options.site_root.as_ref()),
                // A build that is being worked on.
                trouble: None,
                live_reload: if watched {
                    live_reload(&options)
                } else {
                    Arc::default()
                },
                options,
            };
        }
        let root = std::env::var_os("LEPTOS_SITE_ROOT").map_or_else(
            || {
                beside
                    .as_deref()
                    .and_then(Path::parent)
                    .unwrap_or(Path::new("target"))
                    .join("site")
            },
            PathBuf::from,
        );
        let hash_file = beside.map(|folder| folder.join(HASH_FILE));
        let hashed = hash_file.as_deref().is_some_and(Path::exists);
        let trouble = trouble::find(&root, hash_file.as_deref());
        let options = LeptosOptions::builder()
            .output_name("jcrontab")
            .site_root(root.to_string_lossy().into_owned())
            .site_pkg_dir("pkg")
            .env(leptos::config::Env::PROD)
            .hash_files(hashed)
            .build();
        Self {
            options,
            root,
            trouble,
            live_reload: Arc::default(),
        }
    }

    /// Serves the files: the hashed ones for a year, the others for an hour. A missing file must not be cached: in a
    /// rolling upgrade the next request may reach a server that has it.
    pub(crate) fn router(&self) -> Router {
        let lasting = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                move |response: &Response<ServeFileSystemResponseBody>| {
                    let status = response.status();
                    let good = status.is_success() || status == StatusCode::NOT_MODIFIED;
                    good.then(|| value.clone())
                },
            )
        };
        let package = ServiceBuilder::new()
            .layer(lasting(if self.options.hash_files {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            }))
            .service(
                ServeDir::new(&self.root)
                    .precompressed_br()
                    .precompressed_gzip(),
            );
        let mut router = Router::new().route_service("/pkg/{*path}", package);
        for name in ROOT_FILES {
            let file = ServiceBuilder::new()
                .layer(lasting("public, max-age=3600"))
                .service(ServeFile::new(self.root.join(name)));
            router = router.route_service(&format!("/{name}"), file);
        }
        router
    }
}

/// The socket over which `cargo leptos watch` reloads pages. Its script connects to the host that the page was opened
/// under: the listening address, or a name of the loopback.
fn live_reload(options: &LeptosOptions) -> Arc<str> {
    let port = options.reload_external_port.unwrap_or(options.reload_port);
    let address = options.site_addr.ip();
    let address = if address.is_ipv6() {
        format!("[{address}]")
    } else {
        address.to_string()
    };
    format!("ws://{address}:{port} ws://127.0.0.1:{port} ws://localhost:{port}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_may_connect_to_the_reload_socket_of_the_address_served_on() {
        let options = LeptosOptions::builder()
            .output_name("jcrontab")
            .site_addr(([10, 0, 0, 7], 8000))
            .reload_port(8001_u32)
            .build();
        let sources = live_reload(&options);
        for source in [
            "ws://10.0.0.7:8001",
            "ws://127.0.0.1:8001",
            "ws://localhost:8001",
        ] {
            assert!(
                sources.split(' ').any(|one| one == source),
                "{source} in {sources}"
            );
        }
    }
}
