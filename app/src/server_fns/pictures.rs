//! The page of pictures.

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::PicturesPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    server_fns::forms::Posted,
};

/// The page of pictures.
#[server(prefix = "/fn", endpoint = "pictures_page", input = Wire, output = Wire)]
pub async fn fetch_pictures() -> Result<PicturesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let error = match use_context::<Posted>() {
        Some(Posted::Picture(error)) => Some(error),
        _ => None,
    };
    Ok(PicturesPage {
        pictures: with_status(backend.picture_list(&caller).await)?,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        error,
    })
}
