//! Bots of chats: long connections from this server to the vendors, so that people can press buttons and send commands
//! without a public address of this server.
//!
//! One server of several holds the connection of each bot: a lease in the database ([`BotConnectionManager`]). A vendor's protocol is
//! a reader and writer of frames ([`vendor`]); one driver ([`mod@line`]) connects, sends heartbeats, reconnects and passes
//! events on to the [`ChatHandler`], each event once. What is pushed goes through [`Lines`].

mod keeper;
mod line;
mod lines;
mod port;
mod vendor;

pub use keeper::{Account, BotConnectionManager, Dependencies, LEASE, Opener};
pub use lines::Lines;
pub(crate) use lines::PushError;
pub use port::{Button, CardState, ChatHandler, ChatNotice, IncomingText, Press, Reply, SeenBy};
pub(crate) use vendor::dingtalk::{
    SERVER as DINGTALK_SERVER, card as dingtalk_card, markdown as dingtalk_markdown,
};
pub(crate) use vendor::feishu::{SERVER as FEISHU_SERVER, card as feishu_card};
pub(crate) use vendor::wecom::{
    SERVER as WECOM_SERVER, card as wecom_card, cuts as wecom_card_cuts,
};
