//! `jcrontab chat`: the people who may use bots of chats.

use app::channel::ChannelKind;
use axum::http::Method;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::client::Client;
use super::confirm::Confirm;
use super::print::{items, print_done, print_list, text};
use super::{Failure, lang};

const PATH: &str = "/api/v1/chat/people";

#[derive(Subcommand, Debug)]
pub(super) enum ChatCommand {
    /// Manage people of chats and the accounts that they act as
    #[command(subcommand)]
    Person(PersonCommand),
}

#[derive(Subcommand, Debug)]
pub(super) enum PersonCommand {
    /// Give a person of a chat an account to act as
    Add {
        /// ID of the person in the chat; a bot names it in its answer to an unknown person
        person: String,
        /// Name of the account
        #[arg(long)]
        user: String,
        /// Kind of bot
        #[arg(long, default_value = "wecom_bot", value_parser = bots())]
        vendor: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List people of chats and their accounts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take the account of a person away
    Delete {
        /// Person, by the ID in the chat or by the ID of the entry
        person: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn bots() -> PossibleValuesParser {
    let bots = ChannelKind::ALL.iter().filter(|kind| kind.is_bot());
    PossibleValuesParser::new(bots.map(|kind| kind.as_str()))
}

pub(super) async fn run(client: &Client, command: &ChatCommand) -> Result<(), Failure> {
    let ChatCommand::Person(command) = command;
    match command {
        PersonCommand::Add {
            person,
            user,
            vendor,
            json,
        } => {
            let body = json!({ "vendor": vendor, "person": person, "user": user });
            let added = client.call(Method::POST, PATH, Some(body)).await?;
            let words = lang().pick(
                format!("{person} 在聊天里以账号 {user} 操作"),
                format!("{person} acts as {user} in chats"),
            );
            print_done(&added, *json, &[words]);
            Ok(())
        }
        PersonCommand::List { json } => {
            print_list(client, PATH, &["id", "vendor", "person", "user"], *json).await
        }
        PersonCommand::Delete {
            person,
            confirm,
            json,
        } => {
            let all = client.call(Method::GET, PATH, None).await?;
            let found = items(&all).iter().find(|one| one["person"] == **person);
            let found = found.or_else(|| items(&all).iter().find(|one| text(one, "id") == *person));
            let Some(found) = found else {
                return Err(Failure::not_found(lang().pick(
                    format!("没有聊天人员“{person}”"),
                    format!("there is no person of a chat {person:?}"),
                )));
            };
            let name = text(found, "person");
            confirm.ask(&lang().pick(
                format!("删除聊天人员 {name}？"),
                format!("Take the account of {name} away?"),
            ))?;
            let path = format!("{PATH}/{}", text(found, "id"));
            client.call(Method::DELETE, &path, None).await?;
            let words = lang().pick(
                format!("已删除聊天人员 {name}"),
                format!("{name} has no account any more"),
            );
            let value = json!({ "id": found["id"], "person": name, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
    }
}
