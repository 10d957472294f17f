//! The HTTP answer, as far as `app` influences it.

use std::sync::Arc;

use crate::done::Done;

/// Sets status and redirect of the answer, without `app` depending on the HTTP server.
pub trait ResponseSink: Send + Sync {
    /// Sets the HTTP status.
    fn set_status(&self, status: u16);
    /// Redirects the browser after a form without JavaScript.
    fn redirect(&self, path: &str);
    /// Makes the page that follows a form without JavaScript report what was done.
    fn done(&self, done: Done);
}

/// The shared sink.
pub type SharedSink = Arc<dyn ResponseSink>;
