//! The built files that a document loads. Leptos' own components look their names up in `hash.txt` and in the folder of
//! the site, on disk and for every page; here the server reads them once, from wherever the site is.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::WasmSplitManifest;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The folder of built files, in addresses.
pub const PACKAGE: &str = "pkg";
/// The script that loads the parts of the module, as leptos names it where names have no hashes.
const LINKS: &str = "__wasm_split.______________________.js";
/// The list of the parts.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// The names of the built files.
#[derive(Clone, Debug)]
pub struct SiteFiles {
    style: String,
    script: String,
    module: String,
    manifest: String,
    links: String,
    parts: Option<WasmSplitManifest>,
    base: Arc<str>,
}

impl Default for SiteFiles {
    /// The names without hashes.
    fn default() -> Self {
        Self::named("jcrontab", "")
    }
}

impl SiteFiles {
    /// The names of files that begin with `name`, with the hashes of a `hash.txt` (`css: Xa1…`); where it lists none,
    /// names have none.
    #[must_use]
    pub fn named(name: &str, hashes: &str) -> Self {
        let hash = |kind: &str| {
            let pairs = hashes.lines().filter_map(|line| line.split_once(':'));
            let mut found = pairs.filter(|(known, _)| known.trim() == kind);
            found.next().map(|(_, hash)| hash.trim())
        };
        let with = |kind: &str| match hash(kind) {
            Some(hash) => format!("{name}.{hash}.{kind}"),
            None => format!("{name}.{kind}"),
        };
        Self {
            style: with("css"),
            script: with("js"),
            module: with("wasm"),
            manifest: hash("manifest").map_or_else(
                || MANIFEST.to_owned(),
                |hash| format!("__wasm_split_manifest.{hash}.json"),
            ),
            links: hash("split").map_or_else(
                || LINKS.to_owned(),
                |hash| format!("__wasm_split.{hash}.js"),
            ),
            parts: None,
            base: Arc::default(),
        }
    }

    /// All names, as they are in the folder.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [
            &self.style,
            &self.script,
            &self.module,
            &self.manifest,
            &self.links,
        ]
        .into_iter()
        .map(String::as_str)
    }

    /// The name of the list of parts.
    #[must_use]
    pub fn manifest(&self) -> &str {
        &self.manifest
    }

    /// Takes in which files each part of the module needs, so that a page can name them: the content of
    /// [`manifest`](Self::manifest).
    pub fn set_parts(&mut self, parts: HashMap<String, Vec<String>>) {
        let known = (self.address(""), parts, self.links.clone());
        self.parts = Some(WasmSplitManifest(ArcStoredValue::new(known)));
    }

    /// Serves the site under a path without a slash at its end, such as `/cron`.
    #[must_use]
    pub fn under(mut self, base: &str) -> Self {
        self.base = base.into();
        let parts = self
            .parts
            .take()
            .map(|parts| parts.0.with_value(|known| known.1.clone()));
        if let Some(parts) = parts {
            self.set_parts(parts);
        }
        self
    }

    /// The path under which the site is served.
    pub(super) fn base(&self) -> Arc<str> {
        Arc::clone(&self.base)
    }

    /// The address of a file of the package; of its folder, without a slash at the end, if `name` is empty.
    fn address(&self, name: &str) -> String {
        let slash = if name.is_empty() { "" } else { "/" };
        format!("{}/{PACKAGE}{slash}{name}", self.base)
    }

    /// The address of the style sheet.
    pub(super) fn style(&self) -> String {
        self.address(&self.style)
    }
}

/// What makes a document live: the script, which loads the module. As in leptos' `HydrationScripts`.
pub(super) fn scripts(files: &SiteFiles) -> impl IntoView + use<> {
    if let Some(parts) = &files.parts {
        provide_context(parts.clone());
    }
    let script = files.address(&files.script);
    let module = files.address(&files.module);
    let start = format!(
        "import({script:?}).then(site => site.default({{module_or_path: {module:?}}}).then(() => site.hydrate()))"
    );
    let nonce = use_nonce();
    view! {
        <link rel="modulepreload" href=script crossorigin=nonce.clone()/>
        <link
            rel="preload"
            href=module
            r#as="fetch"
            r#type="application/wasm"
            crossorigin=nonce.as_ref().map(ToString::to_string).unwrap_or_default()
        />
        <script type="module" nonce=nonce>{start}</script>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_hashes_of_the_list() {
        let files = SiteFiles::named(
            "jcrontab",
            "css: 1\njs: 2\nsplit: 2\nwasm: 3\nmanifest: 4\n",
        );
        let names: Vec<&str> = files.names().collect();
        assert_eq!(
            names,
            [
                "jcrontab.1.css",
                "jcrontab.2.js",
                "jcrontab.3.wasm",
                "__wasm_split_manifest.4.json",
                "__wasm_split.2.js",
            ]
        );
        assert_eq!(files.style(), "/pkg/jcrontab.1.css");
        let files = files.under("/cron");
        assert_eq!(files.style(), "/cron/pkg/jcrontab.1.css");
        assert_eq!(files.address(""), "/cron/pkg");
        let plain: Vec<String> = SiteFiles::default().names().map(str::to_owned).collect();
        assert_eq!(plain[..3], ["jcrontab.css", "jcrontab.js", "jcrontab.wasm"]);
    }
}
