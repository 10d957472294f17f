//! `jcrontab chat`: the people who may use bots of chats.

use app::channel::ChannelKind;
use axum::http::Method;
use clap::Subcommand;
use serde_json::{Value, json};

use super::client::Client;
use super::confirm::Confirm;
use super::print::{items, print_done, print_list, text};
use super::{Failure, channel, lang};

const PATH: &str = "/api/v1/chat/people";

#[derive(Subcommand, Debug)]
pub(super) enum ChatCommand {
    /// Manage chat users: the accounts that they act as, and the owners that they stand for
    #[command(subcommand)]
    Person(PersonCommand),
}

#[derive(Subcommand, Debug)]
pub(super) enum PersonCommand {
    /// Add a chat user: with an account to act as, with the name of an owner whose tickets the person answers, or both
    Add {
        /// ID of the person in the chat; a bot names it in its answer to an unknown person
        person: String,
        /// Name of the account; without one the person answers the tickets of the owner only
        #[arg(long, required_unless_present = "owner")]
        user: Option<String>,
        /// Name of the person in tasks and tickets; that of the account if it is not given
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// Channel of the bot, by name or ID; optional where there is only one bot
        #[arg(long, value_name = "CHANNEL")]
        channel: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List chat users, their accounts and owners
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a chat user
    Delete {
        /// Person, by the ID in the chat or by the ID of the entry
        person: String,
        /// Channel of the bot, by name or ID; needed where several bots know a person of that ID
        #[arg(long, value_name = "CHANNEL")]
        channel: Option<String>,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The channel of a bot: the one that is named, or the only one.
async fn bot(client: &Client, wanted: Option<&str>) -> Result<Value, Failure> {
    if let Some(wanted) = wanted {
        return channel::find(client, wanted).await;
    }
    let channels = client.call(Method::GET, "/api/v1/channels", None).await?;
    let is_bot = |channel: &&Value| {
        let kind: Option<ChannelKind> = text(channel, "kind").parse().ok();
        kind.is_some_and(ChannelKind::is_bot)
    };
    let bots: Vec<&Value> = items(&channels).iter().filter(is_bot).collect();
    match bots.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(Failure::not_found(
            lang().pick("没有机器人渠道", "there is no channel of a bot"),
        )),
        several => {
            let names: Vec<String> = several.iter().map(|bot| text(bot, "name")).collect();
            Err(Failure::usage(lang().pick(
                format!("有多个机器人，请用 --channel 指定：{}", names.join("、")),
                format!(
                    "there are several bots, name one with --channel: {}",
                    names.join(", ")
                ),
            )))
        }
    }
}

/// An entry by the person's ID in the chats of a bot, or by its own ID.
async fn entry(client: &Client, person: &str, of: Option<&str>) -> Result<Value, Failure> {
    let all = client.call(Method::GET, PATH, None).await?;
    let of = match of {
        Some(wanted) => Some(channel::find(client, wanted).await?["id"].clone()),
        None => None,
    };
    let of_bot = |one: &&Value| of.as_ref().is_none_or(|id| one["channel_id"] == *id);
    let called = |one: &&Value| one["person"] == *person;
    let named: Vec<&Value> = items(&all).iter().filter(of_bot).filter(called).collect();
    let by_id = || {
        let mut all = items(&all).iter().filter(of_bot);
        all.find(|one| text(one, "id") == *person)
    };
    match named.as_slice() {
        [only] => Ok((*only).clone()),
        [] => by_id().cloned().ok_or_else(|| {
            Failure::not_found(lang().pick(
                format!("没有聊天人员“{person}”"),
                format!("there is no chat user {person:?}"),
            ))
        }),
        several => {
            let bots: Vec<String> = several.iter().map(|one| text(one, "channel")).collect();
            Err(Failure::usage(lang().pick(
                format!(
                    "{person} 在多个机器人里，请用 --channel 指定：{}",
                    bots.join("、")
                ),
                format!(
                    "several bots know {person:?}, name one with --channel: {}",
                    bots.join(", ")
                ),
            )))
        }
    }
}

pub(super) async fn run(client: &Client, command: &ChatCommand) -> Result<(), Failure> {
    let ChatCommand::Person(command) = command;
    match command {
        PersonCommand::Add {
            person,
            user,
            owner,
            channel,
            json,
        } => {
            let bot = bot(client, channel.as_deref()).await?;
            let body = json!({
                "channel_id": bot["id"], "person": person,
                "user": user.as_deref().unwrap_or_default(), "owner": owner.as_deref().unwrap_or_default(),
            });
            let added = client.call(Method::POST, PATH, Some(body)).await?;
            let bot = text(&bot, "name");
            let acts = user.as_ref().map(|user| {
                lang().pick(
                    format!("{person} 在机器人 {bot} 的聊天里以账号 {user} 操作"),
                    format!("{person} acts as {user} in the chats of {bot}"),
                )
            });
            let stands = owner.as_ref().map(|owner| {
                lang().pick(
                    format!("{person} 在机器人 {bot} 的聊天里处理 {owner} 的待办"),
                    format!("{person} answers the tickets of {owner} in the chats of {bot}"),
                )
            });
            let words: Vec<String> = acts.into_iter().chain(stands).collect();
            print_done(&added, *json, &words);
            Ok(())
        }
        PersonCommand::List { json } => {
            print_list(
                client,
                PATH,
                &["id", "channel", "vendor", "person", "user", "owner"],
                (
                    "还没有聊天人员。添加：jcrontab chat person add 人员 --user 用户",
                    "No chat users yet. Add one: jcrontab chat person add PERSON --user USER",
                ),
                *json,
            )
            .await
        }
        PersonCommand::Delete {
            person,
            channel,
            confirm,
            json,
        } => {
            let found = entry(client, person, channel.as_deref()).await?;
            let name = text(&found, "person");
            confirm.ask(&lang().pick(
                format!("删除聊天人员 {name}？"),
                format!("Delete the person {name}? The bot refuses that person from then on."),
            ))?;
            let path = format!("{PATH}/{}", text(&found, "id"));
            client.call(Method::DELETE, &path, None).await?;
            let words = lang().pick(
                format!("已删除聊天人员 {name}"),
                format!("{name} is not known any more"),
            );
            let value = json!({ "id": found["id"], "person": name, "deleted": true });
            print_done(&value, *json, &[words]);
            Ok(())
        }
    }
}
