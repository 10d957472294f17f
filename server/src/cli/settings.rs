//! `jcrontab config`: the settings that a server would have here, and the check of a settings file.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::access::Access;
use super::print::{NOTHING, print_json, print_lines, print_note, print_table};
use super::{Failure, lang};
use crate::config::{self, Reading};

#[derive(Subcommand, Debug)]
pub(super) enum ConfigCommand {
    /// Show the settings that a server started here would have, and where each comes from
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a settings file, by default the one that would be used
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &ConfigCommand, access: &Access) -> Result<(), Failure> {
    match command {
        ConfigCommand::Show { json } => {
            show(access, *json);
            Ok(())
        }
        ConfigCommand::Check { file, json } => check(file.as_deref(), access, *json),
    }
}

fn show(access: &Access, json: bool) {
    let resolved = &access.resolved;
    let file = resolved
        .file
        .as_ref()
        .map(|path| path.display().to_string());
    if json {
        let settings: Vec<Value> = (resolved.values.iter())
            .map(|value| {
                json!({
                    "name": value.setting.name(),
                    "variable": value.setting.variable(),
                    "value": value.shown(),
                    "default": value.setting.default(),
                    "source": value.source.kind(),
                    "place": value.source.place(),
                    "secret": value.setting.is_secret(),
                    "reloadable": value.setting.is_live(),
                })
            })
            .collect();
        return print_json(&json!({ "file": file, "settings": settings }));
    }
    let source = |value: &config::Value| {
        let kind = value.source.kind();
        match value.source.place().as_str() {
            "" => kind.to_owned(),
            place => place.to_owned(),
        }
    };
    let rows: Vec<Vec<String>> = (resolved.values.iter())
        .map(|value| {
            let name = value.setting.name().to_owned();
            vec![name, value.shown(), source(value)]
        })
        .collect();
    print_table(&["setting", "value", "source"], &rows, NOTHING);
    if let Some(file) = file {
        print_note(&lang().pick(
            format!("配置文件：{file}"),
            format!("Settings file: {file}"),
        ));
    }
}

fn check(file: Option<&std::path::Path>, access: &Access, json: bool) -> Result<(), Failure> {
    let given = file.map(|path| path.display().to_string());
    let named = given.as_deref().or(access.named_file.as_deref());
    let found = config::find(named, &access.config.data_dir, Reading::Server);
    let Some(found) = found.map_err(Failure::usage)? else {
        return Err(Failure::not_found(lang().pick(
            "没有配置文件；可以用 --config 或 JCRONTAB_CONFIG 指定",
            "there is no settings file; name one with --config or JCRONTAB_CONFIG",
        )));
    };
    let path = found.path.display().to_string();
    let checked = config::check_file(&found.path, &found.text);
    if json {
        let faults = match &checked {
            Ok(_) => &[][..],
            Err(faults) => &faults.faults,
        };
        let faults: Vec<Value> = (faults.iter())
            .map(|fault| {
                json!({
                    "line": fault.line,
                    "column": fault.column,
                    "key": fault.key,
                    "message": fault.message,
                })
            })
            .collect();
        print_json(&json!({ "file": path, "ok": checked.is_ok(), "faults": faults }));
    }
    match checked {
        Ok(count) => {
            if !json {
                print_lines(&[lang().pick(
                    format!("{path}：{count} 项设置，没有问题"),
                    format!("{path}: {count} settings, all valid"),
                )]);
            }
            Ok(())
        }
        Err(faults) => Err(Failure::usage(faults.to_string())),
    }
}
