//! Proving who somebody is: passwords, tokens, sealed secrets.

pub mod alike;
pub mod limit;
pub mod password;
pub mod seal;
pub mod token;
