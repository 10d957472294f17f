//! Pages without script and without the look of the application: those of signed links, and the manual.

use app::i18n::Lang;
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{AutoEscape, Environment};
use sha2::{Digest, Sha256};

/// Their policy: no script, no other source; the one style is named by its hash.
pub(super) fn policy(css: &str) -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(css));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    // Base64 has visible ASCII only.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Their templates, by name, in a language: `t(zh, en)` is the text in it. Every value is escaped.
pub(super) fn templates(
    lang: Lang,
    sources: &[(&'static str, &'static str)],
) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_function("t", move |zh: &str, en: &str| lang.pick(zh, en).to_owned());
    for (name, source) in sources {
        if let Err(error) = environment.add_template(name, source) {
            tracing::error!(
                name,
                error = &error as &dyn std::error::Error,
                "a page does not compile"
            );
        }
    }
    environment
}
