//! Between the ledger and the runner: a claim becomes an [order](order::order), a report becomes an
//! [outcome](outcome::verdict), and requests of tasks leave through the guard.
//!
//! The runner knows neither tasks nor words: what it gets is complete, and what it reports are values.

mod client;
mod order;
mod outcome;

pub(crate) use order::order;
pub(crate) use outcome::verdict;
