//! An upgrade from an earlier release, with a database that its own server has filled: everything is kept, and goes on.
//! How the database was made is in `upgrade/of-2026-11-23/README.md`.

mod acts;
mod answers;
mod fixture;
mod going_on;
mod messages;
mod rows;
