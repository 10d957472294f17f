//! The WASM entry point. It hydrates what the server rendered and does nothing else.

/// Called by the page's start script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // The page works without it, as it does without JavaScript.
    if !app::ui::fits() {
        leptos::logging::error!("the site and the server are of two versions: build both");
        return;
    }
    // Leptos' own executor starts with the hydration.
    wasm_bindgen_futures::spawn_local(async {
        let path = leptos::prelude::window().location().pathname();
        if app::ui::load_module(&path.unwrap_or_default()).await {
            leptos::mount::hydrate_lazy(app::App);
        } else {
            leptos::logging::error!("the module of this page cannot be loaded");
        }
    });
}
