//! The answer being made, as far as `app` has a say in it.

use std::sync::Arc;

use crate::done::Done;

/// Sets status and redirect of the answer being made, without `app` knowing the HTTP server.
pub trait ResponseSink: Send + Sync {
    /// Sets the HTTP status.
    fn set_status(&self, status: u16);
    /// Sends the browser elsewhere after a form without JavaScript.
    fn redirect(&self, path: &str);
    /// Has the page that follows a form without JavaScript say what was done.
    fn done(&self, done: Done);
}

/// The sink as it is passed around.
pub type SharedSink = Arc<dyn ResponseSink>;
