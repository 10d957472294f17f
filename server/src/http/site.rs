//! The built scripts, styles and static files: inside the program, or in a folder.

mod archive;
mod packed;
mod trouble;

pub use trouble::SiteTrouble;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::ui::site::SiteFiles;
use axum::Router;
use axum::extract::Path as Matched;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::routing::any;
use leptos::prelude::LeptosOptions;
use tower::ServiceBuilder;
use tower_http::services::fs::ServeFileSystemResponseBody;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use archive::Archive;

/// Files of `public/` that are served from the root.
const ROOT_FILES: [&str; 5] = [
    "favicon.svg",
    "favicon-failing.svg",
    "favicon.ico",
    "robots.txt",
    "apple-touch-icon.png",
];
/// The name of the list of hashed file names, beside the binary.
const HASH_FILE: &str = "hash.txt";
/// How long files without a hash in their names are kept.
const AN_HOUR: &str = "public, max-age=3600";

/// The built site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The settings that Leptos needs.
    pub options: LeptosOptions,
    /// The names of the files that pages load.
    pub(crate) files: Arc<SiteFiles>,
    source: Source,
    /// Why pages are shown without style and script; `None` when all is well.
    pub trouble: Option<SiteTrouble>,
    /// Where pages may connect to besides the server, as sources of a content security policy.
    pub(crate) live_reload: Arc<str>,
}

/// Where the files are.
#[derive(Clone, Debug)]
enum Source {
    Folder(PathBuf),
    Program(Arc<Archive>),
}

impl Site {
    /// Finds the site: where `LEPTOS_SITE_ROOT` says (cargo-leptos sets it), else inside this program, else the folder
    /// `site` beside the folder of the binary, as a build leaves it.
    #[must_use]
    pub fn find() -> Self {
        if std::env::var_os("LEPTOS_OUTPUT_NAME").is_some()
            && let Ok(found) = leptos::prelude::get_configuration(None)
        {
            return Self::watched(found.leptos_options);
        }
        let beside = std::env::current_exe()
            .ok()
            .and_then(|exe| exe.parent().map(Path::to_owned));
        let hash_file = beside.as_deref().map(|folder| folder.join(HASH_FILE));
        if let Some(root) = std::env::var_os("LEPTOS_SITE_ROOT") {
            let root = PathBuf::from(root);
            let trouble = trouble::find(&root, hash_file.as_deref());
            return Self::in_folder(root, hash_file.as_deref(), trouble);
        }
        let packed = Archive::of_this_program();
        if let Ok(Some(archive)) = packed {
            return Self::packed(archive);
        }
        let root = beside.as_deref().and_then(Path::parent);
        let root = root.unwrap_or(Path::new("target")).join("site");
        let trouble = match packed {
            Err(error) => Some(SiteTrouble::Damaged(error.to_string())),
            Ok(_) => match trouble::find(&root, hash_file.as_deref()) {
                Some(SiteTrouble::Missing(root)) => Some(SiteTrouble::NotPacked(root)),
                other => other,
            },
        };
        Self::in_folder(root, hash_file.as_deref(), trouble)
    }

    /// Under `cargo leptos`, which sets all options. A build that is being worked on is not checked.
    fn watched(options: LeptosOptions) -> Self {
        let root = PathBuf::from(options.site_root.as_ref());
        let package = root.join(options.site_pkg_dir.as_ref());
        let mut files = SiteFiles::named(&options.output_name, "");
        if let Ok(parts) = std::fs::read_to_string(package.join(files.manifest())) {
            take_parts(&mut files, &parts);
        }
        let live_reload = match std::env::var_os("LEPTOS_WATCH") {
            Some(_) => live_reload(&options),
            None => Arc::default(),
        };
        Self {
            options,
            files: Arc::new(files),
            source: Source::Folder(root),
            trouble: None,
            live_reload,
        }
    }

    fn in_folder(root: PathBuf, hash_file: Option<&Path>, trouble: Option<SiteTrouble>) -> Self {
        let hashes = hash_file.and_then(|file| std::fs::read_to_string(file).ok());
        let mut files = SiteFiles::named("jcrontab", hashes.as_deref().unwrap_or_default());
        let manifest = root.join("pkg").join(files.manifest());
        if let Ok(parts) = std::fs::read_to_string(manifest) {
            take_parts(&mut files, &parts);
        }
        Self {
            options: options(&root.to_string_lossy(), hashes.is_some()),
            files: Arc::new(files),
            source: Source::Folder(root),
            trouble,
            live_reload: Arc::default(),
        }
    }

    fn packed(archive: Archive) -> Self {
        let mut files = SiteFiles::named("jcrontab", &archive.hashes);
        if let Some(parts) = archive.text(&format!("pkg/{}", files.manifest())) {
            take_parts(&mut files, &parts);
        }
        let lacking = files.names().map(|name| format!("pkg/{name}"));
        let lacking = lacking
            .into_iter()
            .find(|path| archive.find(path).is_none());
        let ours = env!("CARGO_PKG_VERSION");
        let version = archive.text(trouble::VERSION_FILE).unwrap_or_default();
        let trouble = match (lacking, version.trim()) {
            (Some(path), _) => Some(SiteTrouble::Damaged(format!("{path} is missing"))),
            (None, version) if version != ours => {
                Some(SiteTrouble::OtherVersion(version.to_owned()))
            }
            _ => None,
        };
        Self {
            options: options("site", !archive.hashes.is_empty()),
            files: Arc::new(files),
            source: Source::Program(Arc::new(archive)),
            trouble,
            live_reload: Arc::default(),
        }
    }

    /// The site under the path of the public address.
    pub(crate) fn under(self, base: &str) -> Self {
        Self {
            files: Arc::new(Arc::unwrap_or_clone(self.files).under(base)),
            ..self
        }
    }

    /// Serves the files: the hashed ones for a year, the others for an hour. A missing file must not be cached: in a
    /// rolling upgrade the next request may reach a server that has it.
    pub(crate) fn router(&self) -> Router {
        let of_package = if self.options.hash_files {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        match &self.source {
            Source::Folder(root) => folder_router(root, of_package),
            Source::Program(archive) => program_router(archive, of_package),
        }
    }
}

/// The options of leptos for a site that it does not look at itself.
fn options(root: &str, is_hashed: bool) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("jcrontab")
        .site_root(root.to_owned())
        .site_pkg_dir(app::ui::site::PACKAGE)
        .env(leptos::config::Env::PROD)
        .hash_files(is_hashed)
        .build()
}

/// Takes in the list of the module's parts. Without it a page loads them when it needs them.
fn take_parts(files: &mut SiteFiles, text: &str) {
    match serde_json::from_str(text) {
        Ok(parts) => files.set_parts(parts),
        Err(error) => tracing::warn!(%error, "the list of the module's parts cannot be read"),
    }
}

fn program_router(archive: &Arc<Archive>, of_package: &'static str) -> Router {
    let in_package = {
        let archive = Arc::clone(archive);
        move |Matched(path): Matched<String>, method: Method, headers: HeaderMap| {
            let path = format!("pkg/{path}");
            packed::answer(Arc::clone(&archive), path, method, headers, of_package)
        }
    };
    let mut router = Router::new().route("/pkg/{*path}", any(in_package));
    for name in ROOT_FILES {
        let archive = Arc::clone(archive);
        let file = move |method: Method, headers: HeaderMap| {
            packed::answer(
                Arc::clone(&archive),
                name.to_owned(),
                method,
                headers,
                AN_HOUR,
            )
        };
        router = router.route(&format!("/{name}"), any(file));
    }
    router
}

fn folder_router(root: &Path, of_package: &'static str) -> Router {
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
        .layer(lasting(of_package))
        .service(ServeDir::new(root).precompressed_br().precompressed_gzip());
    let mut router = Router::new().route_service("/pkg/{*path}", package);
    for name in ROOT_FILES {
        let file = ServiceBuilder::new()
            .layer(lasting(AN_HOUR))
            .service(ServeFile::new(root.join(name)));
        router = router.route_service(&format!("/{name}"), file);
    }
    router
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
