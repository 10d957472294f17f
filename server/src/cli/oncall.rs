//! `jcrontab oncall`: who is on call.

use app::oncall::RotaView;
use axum::http::Method;
use clap::Subcommand;
use serde_json::{Value, json};

use super::calendar::typed;
use super::client::{Client, escaped, with_query};
use super::confirm::Confirm;
use super::print::{labelled, print_done, print_json, print_lines, print_table};
use super::when::here;
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum OncallCommand {
    /// List rotas with the person on call
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a rota: its people, hand-over, next weeks and overrides
    Show {
        /// Name of the rota
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a rota or replace it; overrides stay. Tasks name it as an owner: oncall:NAME
    Set {
        /// Name of the rota
        name: String,
        /// The people, in their order; repeatable, or a list with commas
        #[arg(long, required = true)]
        people: Vec<String>,
        /// Day of the hand-over (default: monday)
        #[arg(long, default_value = "")]
        weekday: String,
        /// Time of day of the hand-over (default: 09:00)
        #[arg(long, default_value = "")]
        time: String,
        /// Time zone of the hand-over (default: that of the server)
        #[arg(
            long = "zone",
            id = "oncall_zone",
            value_name = "ZONE",
            default_value = ""
        )]
        zone: String,
        /// A date in the first person's first week (default: today)
        #[arg(long, default_value = "")]
        since: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have another person on call for a time
    Override {
        /// Name of the rota
        name: String,
        /// The person
        who: String,
        /// Until then: a date, until the time of the hand-over on the next one, or a date and time
        #[arg(long)]
        until: String,
        /// From then on: a date, from the time of the hand-over, or a date and time (default: now)
        #[arg(long, default_value = "")]
        from: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove an override
    RemoveOverride {
        /// Name of the rota
        name: String,
        /// The time at which it begins, a time in it, or its date
        at: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Swap the people of two weeks; repeat the same swap to undo it
    Swap {
        /// Name of the rota
        name: String,
        /// A date in one week: the week that begins on it, or the one in force at its end
        first: String,
        /// A date in the other one
        second: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a rota
    Delete {
        /// Name of the rota
        name: String,
        #[command(flatten)]
        confirm: Confirm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn path(name: &str) -> String {
    format!("/api/v1/oncall/{}", escaped(name))
}

pub(super) async fn run(client: &Client, command: &OncallCommand) -> Result<(), Failure> {
    match command {
        OncallCommand::List { json } => {
            let listed = client.call(Method::GET, "/api/v1/oncall", None).await?;
            if *json {
                print_json(&listed);
            } else {
                list(&typed::<Vec<RotaView>>(&listed["items"])?);
            }
            Ok(())
        }
        OncallCommand::Show { name, json } => {
            let rota = client.call(Method::GET, &path(name), None).await?;
            if *json {
                print_json(&rota);
            } else {
                print_lines(&lines(&typed(&rota)?));
            }
            Ok(())
        }
        OncallCommand::Set {
            name,
            people,
            weekday,
            time,
            zone,
            since,
            json,
        } => {
            let body = json!({
                "people": people, "weekday": weekday, "time": time, "zone": zone, "since": since,
            });
            changed(client, Method::PUT, &path(name), Some(body), *json).await
        }
        OncallCommand::Override {
            name,
            who,
            until,
            from,
            json,
        } => {
            let body = json!({ "who": who, "from": from, "until": until });
            let path = format!("{}/override", path(name));
            changed(client, Method::POST, &path, Some(body), *json).await
        }
        OncallCommand::RemoveOverride { name, at, json } => {
            let path = format!("{}/override", path(name));
            let path = with_query(&path, &[("at", Some(at.as_str()))]);
            changed(client, Method::DELETE, &path, None, *json).await
        }
        OncallCommand::Swap {
            name,
            first,
            second,
            json,
        } => {
            let body = json!({ "first": first, "second": second });
            let path = format!("{}/swap", path(name));
            changed(client, Method::POST, &path, Some(body), *json).await
        }
        OncallCommand::Delete {
            name,
            confirm,
            json,
        } => {
            let read = client.call(Method::GET, &path(name), None).await?;
            confirm.ask(&lang().pick(
                format!("删除值班表 {name}？"),
                format!("Delete the rota {name}?"),
            ))?;
            client
                .change(Method::DELETE, &path(name), &read, None)
                .await?;
            let words = lang().pick(
                format!("已删除值班表 {name}"),
                format!("Deleted the rota {name}"),
            );
            print_done(&json!({ "name": name, "deleted": true }), *json, &[words]);
            Ok(())
        }
    }
}

async fn changed(
    client: &Client,
    method: Method,
    path: &str,
    body: Option<Value>,
    json: bool,
) -> Result<(), Failure> {
    let rota = client.call(method, path, body).await?;
    print_done(&rota, json, &lines(&typed(&rota)?));
    Ok(())
}

fn list(rotas: &[RotaView]) {
    let heading = lang().pick(
        ["名称", "现在值班", "到", "下一位"],
        ["NAME", "ON CALL", "UNTIL", "NEXT"],
    );
    let rows: Vec<Vec<String>> = rotas
        .iter()
        .map(|rota| {
            vec![
                rota.name.clone(),
                rota.now.clone(),
                here(rota.until),
                rota.next.clone(),
            ]
        })
        .collect();
    print_table(
        &heading,
        &rows,
        (
            "还没有值班表。添加：jcrontab oncall set 名称 --people A,B",
            "No rotas yet. Add one: jcrontab oncall set NAME --people A,B",
        ),
    );
}

fn lines(rota: &RotaView) -> Vec<String> {
    let lang = lang();
    let until = here(rota.until);
    let now = lang.pick(
        format!("{}，到 {until}", rota.now),
        format!("{} until {until}", rota.now),
    );
    let hand_over = format!("{} {} {}", rota.weekday.words(lang), rota.time, rota.zone);
    let mut lines = labelled([
        ("值班表", "Rota", Some(rota.name.clone())),
        ("现在值班", "On call", Some(now)),
        ("下一位", "Next", Some(rota.next.clone())),
        ("交班", "Hand-over", Some(hand_over)),
        (
            "顺序",
            "People",
            Some(rota.people.join(lang.pick("、", ", "))),
        ),
        ("起算日", "Since", Some(rota.since.clone())),
    ]);
    for week in &rota.weeks {
        let (from, until) = (here(week.from), here(week.until));
        let line = lang.pick(
            format!("值班 {from} – {until}  {}", week.who),
            format!("Week {from} – {until}  {}", week.who),
        );
        lines.push(app::ansi::visible(&line));
    }
    for one in &rota.overrides {
        let (from, until) = (here(one.from), here(one.until));
        let line = lang.pick(
            format!("替班 {from} – {until}  {}", one.who),
            format!("Override {from} – {until}  {}", one.who),
        );
        lines.push(app::ansi::visible(&line));
    }
    lines
}
