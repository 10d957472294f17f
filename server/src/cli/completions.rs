//! `jcrontab completions`: completion scripts for shells.

use clap::Args;
use clap_complete::Shell;

use super::arguments::documented;
use super::print::print_bytes;

#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell: bash, zsh or fish
    #[arg(value_parser = ["bash", "zsh", "fish"])]
    shell: String,
}

pub(super) fn run(completions: &Completions) {
    let shell = match completions.shell.as_str() {
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        _ => Shell::Bash,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut documented(), "jcrontab", &mut script);
    print_bytes(&script);
}
