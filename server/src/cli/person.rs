//! `jcrontab person`: people with a zone or hours of their own.

use app::person::{Person, PersonDraft};
use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::calendar::typed;
use super::client::{Client, escaped};
use super::confirm::Confirm;
use super::print::{items, labelled, print_done, print_json, print_lines, print_table};
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum PersonCommand {
    /// List people with a zone or hours of their own
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the zone and the hours of a person
    Show {
        /// The person, as owners are named
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set the zone and the hours of a person, in the place of those before
    Set {
        /// The person, as owners are named
        name: String,
        #[command(flatten)]
        hours: Hours,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete the zone and the hours of a person; those of the tasks apply again
    Delete {
        /// The person, as owners are named
        name: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What is set; the rest comes from the task and its policy.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(super) struct Hours {
    /// Time zone of the person (default: that of the task)
    #[arg(long, id = "person_zone", value_name = "ZONE")]
    zone: Option<String>,
    /// Urge the person in these hours: 09:00-18:00 (default: those of the policy)
    #[arg(long, value_name = "FROM-UNTIL")]
    hours: Option<String>,
    /// Urge the person on working days of this calendar (default: that of the policy)
    #[arg(long, value_name = "NAME")]
    calendar: Option<String>,
}

impl Hours {
    fn draft(&self) -> PersonDraft {
        let hours = self.hours.as_deref().unwrap_or_default();
        let (from, until) = hours.split_once('-').unwrap_or((hours, ""));
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        PersonDraft {
            zone: text(&self.zone),
            hours_from: from.trim().to_owned(),
            hours_until: until.trim().to_owned(),
            calendar: text(&self.calendar),
        }
    }
}

fn path(name: &str) -> String {
    format!("/api/v1/people/{}", escaped(name))
}

pub(super) async fn run(client: &Client, command: &PersonCommand) -> Result<(), Failure> {
    match command {
        PersonCommand::List { json } => {
            let listed = client.call(Method::GET, "/api/v1/people", None).await?;
            if *json {
                print_json(&listed);
            } else {
                list(&typed::<Vec<Person>>(&listed["items"])?);
            }
            Ok(())
        }
        PersonCommand::Show { name, json } => {
            let person = client.call(Method::GET, &path(name), None).await?;
            if *json {
                print_json(&person);
            } else {
                print_lines(&lines(&typed(&person)?));
            }
            Ok(())
        }
        PersonCommand::Set { name, hours, json } => {
            let body = json!(hours.draft());
            let read = stored(client, name).await?;
            let set = client
                .change(Method::PUT, &path(name), &read, Some(body))
                .await?;
            print_done(&set, *json, &lines(&typed(&set)?));
            Ok(())
        }
        PersonCommand::Delete {
            name,
            confirm,
            json,
        } => {
            let read = client.call(Method::GET, &path(name), None).await?;
            confirm.ask(&lang().pick(
                format!("删除 {name} 的时区与时段？"),
                format!("Delete the zone and the hours of {name}?"),
            ))?;
            client
                .change(Method::DELETE, &path(name), &read, None)
                .await?;
            let words = lang().pick(
                format!("已删除 {name} 的时区与时段"),
                format!("Deleted the zone and the hours of {name}"),
            );
            print_done(&json!({ "name": name, "deleted": true }), *json, &[words]);
            Ok(())
        }
    }
}

/// The person as stored; one that is not has version 0.
async fn stored(client: &Client, name: &str) -> Result<Value, Failure> {
    let listed = client.call(Method::GET, "/api/v1/people", None).await?;
    let found = items(&listed).iter().find(|one| one["name"] == name.trim());
    Ok(found.cloned().unwrap_or_else(|| json!({ "version": 0 })))
}

/// Zone, hours and calendar in words.
fn parts(person: &Person) -> [String; 3] {
    let lang = lang();
    let or = |part: &Option<String>, words: &str| part.clone().unwrap_or_else(|| words.to_owned());
    let of_policy = lang.pick("按策略", "of the policy");
    let hours = person.hours_from.as_ref().zip(person.hours_until.as_ref());
    [
        or(&person.zone, lang.pick("按任务", "of the task")),
        hours.map_or_else(
            || of_policy.to_owned(),
            |(from, until)| format!("{from}-{until}"),
        ),
        or(&person.calendar, of_policy),
    ]
}

fn list(people: &[Person]) {
    let heading = lang().pick(
        ["姓名", "时区", "时段", "日历"],
        ["NAME", "ZONE", "HOURS", "CALENDAR"],
    );
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|person| {
            let [zone, hours, calendar] = parts(person);
            vec![person.name.clone(), zone, hours, calendar]
        })
        .collect();
    print_table(
        &heading,
        &rows,
        (
            "还没有。设置：jcrontab person set 姓名 --zone Europe/Berlin",
            "There are none. Set one: jcrontab person set NAME --zone Europe/Berlin",
        ),
    );
}

fn lines(person: &Person) -> Vec<String> {
    let [zone, hours, calendar] = parts(person);
    labelled([
        ("姓名", "Person", Some(person.name.clone())),
        ("时区", "Time zone", Some(zone)),
        ("时段", "Hours", Some(hours)),
        ("日历", "Calendar", Some(calendar)),
    ])
}
