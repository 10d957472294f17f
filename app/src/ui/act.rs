//! Buttons: forms over server functions, sent by the browser itself until WASM is loaded, and by [`Act`] from then
//! on.
//!
//! Leptos' `ServerAction` and `ActionForm` parse each form into the function's arguments and serialise those again,
//! with separate code for each function. Here the form is sent as it is.

#![expect(
    unreachable_pub,
    reason = "the macro makes a public function of a component"
)]

use std::marker::PhantomData;

use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::server_fn::{Bytes, ServerFn};
use serde::de::DeserializeOwned;

use super::base::rooted;
use crate::error::AppError;
use crate::wire::{self, WireFault};

/// The result: the answer as it was sent.
type Outcome = Result<Bytes, AppError>;

/// A server function as an action.
pub(super) struct Act<S> {
    path: &'static str,
    action: Action<String, Outcome>,
    // Created once, so that all buttons of the action share them.
    version: RwSignal<usize>,
    pending: Memo<bool>,
    value: MappedSignal<Option<Outcome>>,
    function: PhantomData<fn() -> S>,
}

impl<S> Clone for Act<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Act<S> {}

impl<S> Act<S>
where
    S: ServerFn<Error = AppError>,
    S::Output: DeserializeOwned,
{
    /// An action that has not been used yet, unless the page is the answer to its form.
    pub(super) fn new() -> Self {
        let action = action(S::PATH);
        Self {
            path: S::PATH,
            action,
            version: action.version(),
            pending: action.pending(),
            value: action.value(),
            function: PhantomData,
        }
    }

    /// How many answers have arrived.
    pub(super) fn version(self) -> RwSignal<usize> {
        self.version
    }

    /// Whether a request is in progress.
    pub(super) fn pending(self) -> Memo<bool> {
        self.pending
    }

    /// The last result.
    pub(super) fn get(self) -> Option<Result<S::Output, AppError>> {
        let read = |answer: Bytes| wire::read(&answer).map_err(AppError::from);
        self.value.get().map(|outcome| outcome.and_then(read))
    }

    /// The failure in the last result.
    pub(super) fn error(self) -> Option<AppError> {
        self.value
            .with(|outcome| outcome.as_ref()?.as_ref().err().cloned())
    }

    /// Whether the last request succeeded.
    pub(super) fn done(self) -> bool {
        self.value.with(|outcome| matches!(outcome, Some(Ok(_))))
    }
}

/// The form of an action.
#[component]
pub(super) fn ActForm<S: 'static>(action: Act<S>, children: Children) -> impl IntoView {
    let path = action.path;
    let action = action.action;
    view! {
        <form action=rooted(path) method="post" on:submit=move |event| submit(&event, action)>
            {children()}
        </form>
    }
    .into_any()
}

fn action(path: &'static str) -> Action<String, Outcome> {
    // Without WASM a failure is passed in the address of the page.
    let failed = use_context::<ServerActionError>()
        .filter(|error| error.path() == path)
        .map(|error| Err(ServerFnUrlError::<AppError>::decode_err(error.err())));
    Action::new_with_value(failed, move |form: &String| send(path, form.clone()))
}

#[cfg(feature = "hydrate")]
fn submit(event: &leptos::ev::SubmitEvent, action: Action<String, Outcome>) {
    if event.default_prevented() {
        return;
    }
    event.prevent_default();
    let form = leptos::form::form_data_from_event(event)
        .ok()
        .and_then(|form| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&form).ok());
    match form {
        Some(form) => {
            action.dispatch(String::from(form.to_string()));
        }
        None => {
            action.value().set(Some(Err(WireFault::Unwritable.into())));
            action.version().update(|version| *version += 1);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
fn submit(_: &leptos::ev::SubmitEvent, _: Action<String, Outcome>) {}

#[cfg(feature = "hydrate")]
async fn send(path: &'static str, form: String) -> Outcome {
    use leptos::server_fn::ContentType;
    use leptos::server_fn::client::{Client, browser::BrowserClient};
    use leptos::server_fn::codec::PostUrl;
    use leptos::server_fn::request::{ClientReq, browser::BrowserRequest};
    use leptos::server_fn::response::ClientRes;

    use crate::wire::Form;

    let request = <BrowserRequest as ClientReq<AppError>>::try_new_post(
        path,
        PostUrl::CONTENT_TYPE,
        Form::CONTENT_TYPE,
        form,
    )?;
    let response = <BrowserClient as Client<AppError>>::send(request).await?;
    let status = ClientRes::<AppError>::status(&response);
    let location = ClientRes::<AppError>::location(&response);
    let redirected = (300..400).contains(&status) || ClientRes::<AppError>::has_redirect(&response);
    let body = ClientRes::<AppError>::try_into_bytes(response).await?;
    if (400..600).contains(&status) {
        return Err(AppError::de(body));
    }
    wire::check(&body)?;
    if redirected {
        leptos::server_fn::redirect::call_redirect_hook(&location);
    }
    Ok(body)
}

#[cfg(not(feature = "hydrate"))]
async fn send(_: &'static str, _: String) -> Outcome {
    Err(WireFault::Unwritable.into())
}
