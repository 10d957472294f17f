//! Messages to people: what waits in the outbox, at which pace each vendor takes it, and what its
//! answer means.

mod outbox;
mod pace;
mod picture;
mod render;
pub mod robot;
pub mod send;
pub mod summary;
pub mod target;
mod ticket_button;
mod ticket_link;
pub(crate) mod vendor;
mod words;

pub use outbox::{Deliveries, LOOP, Outbox};
pub use pace::Pace;
pub use picture::{PictureFault, ReadPicture, built_in as built_in_picture, read as read_picture};
pub(crate) use render::example;
pub use render::{NAMED_MIN, RenderContext, Renderer, VARIABLES, wants_brief};
pub use summary::Summaries;
pub use ticket_button::{TicketButton, run_again};
pub use words::{Briefs, MessageMeta, RenderedMessage};
