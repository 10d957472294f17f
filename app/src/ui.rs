//! The pages.

use leptos::prelude::*;

/// The whole site.
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"Jcrontab"</p> }
}

/// The HTML document around the site.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let _ = options;
    view! { <!DOCTYPE html><html lang="zh-CN"><head></head><body><App/></body></html> }
}
