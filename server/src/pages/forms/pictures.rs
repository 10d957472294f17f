//! The forms of the page of pictures: a file to put in the place of a picture, or the built-in one back.

use app::backend::Pictures;
use app::done::Done;
use app::error::AppError;
use app::message::{PICTURE_MAX, PictureDraft};
use app::routes;
use app::server_fns::Posted;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::render::render_posted;
use super::{and_say, read as read_version, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// Fields of the form; more are not read.
const FIELDS_MAX: usize = 8;
/// Bytes of a field that is no file.
const TEXT_MAX: usize = 64;

#[derive(Default)]
struct PictureFields {
    name: String,
    version: String,
    act: String,
    file: Vec<u8>,
}

/// Replaces a picture, or has the built-in one back.
pub(in super::super) async fn picture(State(web): State<Web>, request: Request) -> Response {
    let head: Parts = {
        let mut head = Request::new(());
        *head.method_mut() = request.method().clone();
        *head.uri_mut() = request.uri().clone();
        *head.headers_mut() = request.headers().clone();
        *head.extensions_mut() = request.extensions().clone();
        head.into_parts().0
    };
    let caller = caller_of(&head);
    let form = match Multipart::from_request(request, &()).await {
        Ok(form) => form,
        Err(refused) => return refused.into_response(),
    };
    let fields = match read(form).await {
        Ok(fields) => fields,
        Err(refused) => return refused.into_response(),
    };
    let version = read_version(&fields.version);
    let done: Result<(), AppError> = if fields.act == "delete" {
        web.service
            .picture_delete(&caller, &fields.name, version)
            .await
    } else {
        let draft = PictureDraft {
            base64: STANDARD.encode(&fields.file),
        };
        let set = web
            .service
            .picture_set(&caller, &fields.name, version, &draft);
        set.await.map(drop)
    };
    match done {
        Ok(()) => and_say(&web, Done::Saved, routes::PICTURES),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, head, status, Posted::Picture(error)).await
        }
    }
}

/// Reads the form, of each field as much as it may have and one byte more.
async fn read(mut form: Multipart) -> Result<PictureFields, MultipartError> {
    let mut fields = PictureFields::default();
    for _ in 0..FIELDS_MAX {
        let Some(mut field) = form.next_field().await? else {
            break;
        };
        let name = field.name().unwrap_or_default().to_owned();
        let most = if name == "file" {
            PICTURE_MAX
        } else {
            TEXT_MAX
        };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await? {
            let room = (most + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "name" => fields.name = text(),
            "version" => fields.version = text(),
            "act" => fields.act = text(),
            "file" => fields.file = bytes,
            _ => {}
        }
    }
    Ok(fields)
}
