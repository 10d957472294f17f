//! `jcrontab man`: pages of the manual.

use std::path::PathBuf;

use clap::Args;

use super::arguments::documented;
use super::print::print_bytes;
use super::{Failure, sentence};

#[derive(Args, Debug)]
pub(super) struct Man {
    /// Folder for a page of each command; without it, the page of jcrontab itself is printed
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn run(man: &Man) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::error(sentence(&error));
    if let Some(folder) = &man.output {
        return clap_mangen::generate_to(documented(), folder).map_err(failed);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(documented())
        .render(&mut page)
        .map_err(failed)?;
    print_bytes(&page);
    Ok(())
}
