//! The one binary: the server, and the command line that talks to it.

// The futures of the whole server, its pages included, are one nested type.
#![recursion_limit = "256"]

use std::process::ExitCode;

use server::cli;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(std::env::args_os()).await
}
