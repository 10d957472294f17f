//! Where the built scripts, styles and static files are.

use std::path::{Path, PathBuf};

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
    /// What Leptos needs to know.
    pub options: LeptosOptions,
    root: PathBuf,
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
            let root = PathBuf::from(found.leptos_options.site_root.as_ref());
            return Self {
                options: found.leptos_options,
                root,
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
        let hashed = beside.is_some_and(|folder| folder.join(HASH_FILE).exists());
        if !root.join("pkg").exists() {
            tracing::warn!(folder = %root.display(), "the built site is not there; pages come without style and script (run `make build`)");
        }
        let options = LeptosOptions::builder()
            .output_name("jcrontab")
            .site_root(root.to_string_lossy().into_owned())
            .site_pkg_dir("pkg")
            .env(leptos::config::Env::PROD)
            .hash_files(hashed)
            .build();
        Self { options, root }
    }

    /// Serves the files: the hashed ones for a year, the others for an hour. What is not there is
    /// not to be remembered: in a rolling upgrade the next request may reach a server that has it.
    pub(super) fn router(&self) -> Router {
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
