//! Whether the site on disk belongs to this program.
//!
//! A build leaves three things: the program, `hash.txt` beside it, and the folder `site`. A page
//! names its style and script by the hashes in `hash.txt`, so an installation that lacks one of them,
//! or mixes two versions, shows pages without style and script.

use std::path::{Path, PathBuf};

use app::i18n::Lang;

/// The file in the site's folder that holds the version it was built as.
pub(super) const VERSION_FILE: &str = "version.txt";
/// What a page loads: the names in `hash.txt`, each with its ending.
const KINDS: [&str; 3] = ["css", "js", "wasm"];

/// Why pages are shown without style and script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SiteTrouble {
    /// There is no folder with scripts and styles.
    Missing(PathBuf),
    /// The program was built without its pages inside, and there is no folder either.
    NotPacked(PathBuf),
    /// The pages inside the program are damaged.
    Damaged(String),
    /// The files carry hashes in their names, and the list of these is missing.
    NoHashes(PathBuf),
    /// The list names a file that the folder does not have.
    Lacks(PathBuf),
    /// The site was built as another version.
    OtherVersion(String),
}

impl SiteTrouble {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::NotPacked(_) => "not_packed",
            Self::Damaged(_) => "damaged",
            Self::NoHashes(_) => "no_hashes",
            Self::Lacks(_) => "lacks_files",
            Self::OtherVersion(_) => "other_version",
        }
    }

    /// What is wrong, without a full stop.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let ours = env!("CARGO_PKG_VERSION");
        match self {
            Self::Missing(folder) => {
                let folder = folder.display();
                lang.pick(
                    format!("没有页面文件（{folder}），页面没有样式和脚本"),
                    format!(
                        "the site's files are missing ({folder}), so pages have no style and script"
                    ),
                )
            }
            Self::NotPacked(folder) => {
                let folder = folder.display();
                lang.pick(
                    format!("本程序构建时没有带上页面文件，也没有文件夹 {folder}，页面没有样式和脚本"),
                    format!(
                        "this program was built without its pages, and the folder {folder} does not exist either, so pages have no style and script"
                    ),
                )
            }
            Self::Damaged(why) => lang.pick(
                format!("程序里的页面文件已损坏（{why}），请重新安装程序"),
                format!("the pages inside the program are damaged ({why}); install it again"),
            ),
            Self::NoHashes(file) => {
                let file = file.display();
                lang.pick(
                    format!("没有 {file}，页面没有样式和脚本"),
                    format!("{file} is missing, so pages have no style and script"),
                )
            }
            Self::Lacks(file) => {
                let file = file.display();
                lang.pick(
                    format!("没有 hash.txt 列出的文件 {file}：hash.txt 与 site 文件夹不是同一次构建的"),
                    format!("hash.txt names {file}, which does not exist: it and the folder site are not of one build"),
                )
            }
            Self::OtherVersion(theirs) => lang.pick(
                format!("site 文件夹的版本是 {theirs}，本程序是 {ours}"),
                format!("the folder site is of version {theirs}, this program {ours}"),
            ),
        }
    }
}

/// What is wrong with the site in a folder; `hash_file` is where the list of hashes should be.
pub(super) fn find(root: &Path, hash_file: Option<&Path>) -> Option<SiteTrouble> {
    let package = root.join("pkg");
    if !package.is_dir() {
        return Some(SiteTrouble::Missing(root.to_owned()));
    }
    let listed = hash_file.and_then(|file| std::fs::read_to_string(file).ok());
    let lacking = match &listed {
        Some(listed) => named(listed)
            .map(|name| package.join(name))
            .find(|file| !file.exists()),
        None => KINDS
            .iter()
            .map(|kind| package.join(format!("jcrontab.{kind}")))
            .find(|file| !file.exists()),
    };
    match (lacking, listed.is_some()) {
        (Some(file), true) => return Some(SiteTrouble::Lacks(file)),
        (Some(file), false) => {
            return Some(SiteTrouble::NoHashes(
                hash_file.map_or(file, Path::to_owned),
            ));
        }
        (None, _) => {}
    }
    // A build by other tools leaves no version.
    let version = std::fs::read_to_string(root.join(VERSION_FILE)).ok()?;
    let version = version.trim();
    (version != env!("CARGO_PKG_VERSION")).then(|| SiteTrouble::OtherVersion(version.to_owned()))
}

/// The files that a list of hashes names, as in `css: Xa1…`.
fn named(listed: &str) -> impl Iterator<Item = String> {
    let pairs = listed.lines().filter_map(|line| line.split_once(':'));
    pairs.filter_map(|(kind, hash)| {
        let hash = hash.trim();
        match kind.trim() {
            // The script that loads the other parts of the module, and the list of these.
            "split" => Some(format!("__wasm_split.{hash}.js")),
            "manifest" => Some(format!("__wasm_split_manifest.{hash}.json")),
            kind if KINDS.contains(&kind) => Some(format!("jcrontab.{hash}.{kind}")),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_that_lacks_a_part_or_mixes_two_versions_is_noticed() {
        let folder = std::env::temp_dir().join(format!("jcrontab-site-{}", std::process::id()));
        let (root, hashes) = (folder.join("site"), folder.join("hash.txt"));
        let code = || find(&root, Some(hashes.as_path())).map(|trouble| trouble.code());
        let write = |path: &Path, text: &str| std::fs::write(path, text).expect("a file");
        std::fs::create_dir_all(&folder).expect("a folder");
        assert_eq!(code(), Some("missing"));
        let package = root.join("pkg");
        std::fs::create_dir_all(&package).expect("a folder");
        for name in ["jcrontab.1.css", "jcrontab.2.js", "jcrontab.3.wasm"] {
            write(&package.join(name), "");
        }
        assert_eq!(code(), Some("no_hashes"));
        write(&hashes, "css: 1\njs: 2\nwasm: 4\n");
        assert_eq!(code(), Some("lacks_files"));
        write(&hashes, "css: 1\njs: 2\nwasm: 3\n");
        assert_eq!(code(), None, "a site without a version may be of this one");
        write(&hashes, "css: 1\njs: 2\nsplit: 2\nwasm: 3\n");
        assert_eq!(code(), Some("lacks_files"));
        write(&package.join("__wasm_split.2.js"), "");
        assert_eq!(code(), None);
        write(&root.join(VERSION_FILE), "0.0.1\n");
        assert_eq!(code(), Some("other_version"));
        write(
            &root.join(VERSION_FILE),
            concat!(env!("CARGO_PKG_VERSION"), "\n"),
        );
        assert_eq!(code(), None);
        // A build without hashes in the names needs no list.
        std::fs::remove_file(&hashes).expect("the list");
        for kind in KINDS {
            write(&package.join(format!("jcrontab.{kind}")), "");
        }
        assert_eq!(code(), None);
        std::fs::remove_dir_all(&folder).expect("the folder");
        for lang in [Lang::Zh, Lang::En] {
            assert!(
                SiteTrouble::Missing(root.clone())
                    .text(lang)
                    .contains("site")
            );
        }
    }
}
