//! Messages to people: what waits in the outbox, at which pace each vendor takes it, and what its
//! answer means.

mod outbox;
mod pace;
mod picture;
mod render;
pub mod send;
pub mod target;
pub(crate) mod vendor;

pub use outbox::{Deliveries, LOOP, Outbox};
pub use pace::Pace;
pub use render::Renderer;
