mod helpers;
mod access;
mod pools;
mod secrets;
