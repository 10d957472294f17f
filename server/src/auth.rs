//! Authentication: passwords, tokens, signed links, sealed secrets, and limits on guessing.

pub mod agent;
pub mod alike;
pub mod feed;
pub mod limit;
pub mod link;
mod listed;
pub mod password;
pub mod proxies;
pub mod robot;
pub mod seal;
pub mod signature;
pub mod streams;
pub mod strength;
pub mod token;
