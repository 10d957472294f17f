//! `jcrontab picture`: the pictures that follow messages.

use std::io::Read;
use std::path::{Path, PathBuf};

use app::message::{PICTURE_MAX, PictureName};
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::client::Client;
use super::confirm::Confirm;
use super::print::{NOTHING, print_done, print_list};
use super::{Failure, lang, sentence};

#[derive(Subcommand, Debug)]
pub(super) enum PictureCommand {
    /// List the pictures, built-in ones and own ones
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a PNG or JPEG in the place of a picture
    Set {
        /// Picture
        #[arg(value_parser = names())]
        picture: String,
        /// The file; `-` to read it from stdin
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete an own picture: the built-in one is back
    Delete {
        /// Picture
        #[arg(value_parser = names())]
        picture: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(PictureName::ALL.iter().map(|name| name.as_str()))
}

pub(super) async fn run(client: &Client, command: &PictureCommand) -> Result<(), Failure> {
    match command {
        PictureCommand::List { json } => {
            let columns = ["name", "own", "media_type", "width", "height", "updated_at"];
            print_list(client, "/api/v1/pictures", &columns, NOTHING, *json).await
        }
        PictureCommand::Set {
            picture,
            file,
            json,
        } => {
            let body = json!({ "base64": STANDARD.encode(content(file)?) });
            let path = format!("/api/v1/pictures/{picture}");
            let set = client.call(Method::PUT, &path, Some(body)).await;
            let set = set.map_err(|failure| failure.at("base64", &file.display().to_string()))?;
            let words = lang().pick(
                format!("已替换图片 {picture}"),
                format!("Picture {picture} replaced"),
            );
            print_done(&set, *json, &[words]);
            Ok(())
        }
        PictureCommand::Delete {
            picture,
            confirm,
            json,
        } => {
            let read = client
                .listed("/api/v1/pictures", "name", &json!(picture))
                .await?;
            confirm.ask(&lang().pick(
                format!("删除图片 {picture}，恢复内置？"),
                format!("Delete the picture {picture}?"),
            ))?;
            let path = format!("/api/v1/pictures/{picture}");
            client.change(Method::DELETE, &path, &read, None).await?;
            let words = lang().pick(
                format!("已删除图片 {picture}"),
                format!("Picture {picture} deleted"),
            );
            print_done(
                &json!({ "name": picture, "deleted": true }),
                *json,
                &[words],
            );
            Ok(())
        }
    }
}

/// The bytes of a file, one more than a picture may have at most.
fn content(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: std::io::Error| Failure::usage(format!("{}: {}", file.display(), sentence(&error)));
    let limit = PICTURE_MAX as u64 + 1;
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file)
            .map_err(failed)?
            .take(limit)
            .read_to_end(&mut bytes)
    };
    read.map_err(failed)?;
    Ok(bytes)
}
