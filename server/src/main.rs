//! The one binary: the server, and the command line that talks to it.

use std::process::ExitCode;

use server::cli;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(std::env::args_os()).await
}
