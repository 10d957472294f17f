//! The WASM entry point. It hydrates what the server rendered and does nothing else.

/// Called by the page's start script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // The page works without it, as it does without JavaScript.
    if app::ui::fits() {
        leptos::mount::hydrate_body(app::App);
    } else {
        leptos::logging::error!("the site and the server are of two versions: build both");
    }
}
