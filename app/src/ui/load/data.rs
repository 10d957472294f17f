//! The data of a page, requested by code that all pages share.
//!
//! A `Resource` is a signal, a memo, a future and a place in the document, compiled separately for each type in it.
//! So there is one type, a [`PageData`], whose content only the page knows.

use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::AppError;
use crate::wire::{self, WireFault};

/// What the data of a page can do.
pub(in crate::ui) trait Payload:
    Serialize + DeserializeOwned + Clone + Send + Sync + 'static
{
}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Payload for T {}

/// The data of a page, or its error.
pub(in crate::ui) struct Data<T> {
    parcel: Resource<PageData, PageEncoding>,
    content: PhantomData<fn() -> T>,
}

impl<T> Clone for Data<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<T> {}

impl<T: Payload> Data<T> {
    /// The current data; `None` while it is loading.
    pub(in crate::ui) fn get(&self) -> Option<Result<T, AppError>> {
        self.parcel.get().map(|parcel| parcel.open())
    }

    pub(super) fn parcel(self) -> Resource<PageData, PageEncoding> {
        self.parcel
    }
}

/// Requests the data of a page, and again whenever the query changes.
pub(in crate::ui) fn ask<Q, T, F>(
    question: impl Fn() -> Q + Send + Sync + 'static,
    fetch: impl Fn(Q) -> F + Send + Sync + 'static,
) -> Data<T>
where
    Q: PartialEq + Clone + Send + Sync + 'static,
    T: Payload,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let question = move || QueryKey(Arc::new(question()));
    let fetch = move |asked: QueryKey| -> PageFuture {
        let asked: &dyn Any = &*asked.0;
        // It always has the type that was created above.
        let answer = asked.downcast_ref::<Q>().cloned().map(&fetch);
        Box::pin(async move {
            let answer = match answer {
                Some(answer) => answer.await,
                None => Err(WireFault::Unreadable.into()),
            };
            PageData::Open(Arc::new(answer))
        })
    };
    Data {
        parcel: resource(Box::new(question), Box::new(fetch)),
        content: PhantomData,
    }
}

type PageFuture = Pin<Box<dyn Future<Output = PageData> + Send>>;

fn resource(
    question: Box<dyn Fn() -> QueryKey + Send + Sync>,
    fetch: Box<dyn Fn(QueryKey) -> PageFuture + Send + Sync>,
) -> Resource<PageData, PageEncoding> {
    Resource::new_with_options(question, fetch, false)
}

/// The query.
#[derive(Clone)]
struct QueryKey(Arc<dyn Same>);

impl PartialEq for QueryKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

trait Same: Any + Send + Sync {
    fn same(&self, other: &dyn Any) -> bool;
}

impl<Q: PartialEq + Send + Sync + 'static> Same for Q {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

/// The data of any page.
#[derive(Clone)]
pub(super) enum PageData {
    /// As fetched.
    Open(Arc<dyn Content>),
    /// As it came with the document.
    Closed(Arc<str>),
}

impl PageData {
    /// Its content.
    pub(super) fn open<T: Payload>(&self) -> Result<T, AppError> {
        match self {
            Self::Open(content) => {
                let content: &dyn Any = &**content;
                match content.downcast_ref::<Result<T, AppError>>() {
                    Some(content) => content.clone(),
                    None => Err(WireFault::Unreadable.into()),
                }
            }
            Self::Closed(text) => wire::read_text(text).unwrap_or_else(|fault| Err(fault.into())),
        }
    }
}

pub(super) trait Content: Any + Send + Sync {
    /// Only a server sends parcels.
    #[cfg(feature = "ssr")]
    fn write(&self) -> Result<String, WireFault>;
}

impl<T: Payload> Content for Result<T, AppError> {
    #[cfg(feature = "ssr")]
    fn write(&self) -> Result<String, WireFault> {
        wire::write_text(self)
    }
}

/// How parcels are encoded in the document.
pub(super) struct PageEncoding;

impl Encoder<PageData> for PageEncoding {
    type Error = WireFault;
    type Encoded = String;

    fn encode(parcel: &PageData) -> Result<String, Self::Error> {
        match parcel {
            #[cfg(feature = "ssr")]
            PageData::Open(content) => content.write(),
            #[cfg(not(feature = "ssr"))]
            PageData::Open(_) => Ok(String::new()),
            PageData::Closed(text) => Ok(text.as_ref().to_owned()),
        }
    }
}

impl Decoder<PageData> for PageEncoding {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(text: &str) -> Result<PageData, Self::Error> {
        Ok(PageData::Closed(text.into()))
    }
}
