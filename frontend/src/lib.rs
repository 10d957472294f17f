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
    app::ui::set_for_server_fns();
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

/// Room in the module's constants. `wasm-split` sorts them by the part that needs them, which costs some padding. If the
/// sorted ones are longer than they were, it puts all of them into the main part (`emit.rs` of
/// `wasm_split_cli_support`), which then is 40 kB larger to download. Nothing needs this one, so it is not emitted.
#[used]
static ROOM: [u8; 2048] = [b' '; 2048];
