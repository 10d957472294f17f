//! Flags for tickets and urging.

use app::task::TicketDraft;
use clap::Args;

const TICKETS: &str = "Tickets (催单)";

/// Which tickets the task opens, and how people are urged.
#[derive(Args, Debug)]
pub(in crate::cli) struct Tickets {
    /// Tickets that the task opens: one for the task itself, one for each firing of a
    /// reminder, or one while its runs fail or are missed
    #[arg(long, value_parser = ["none", "task", "firing", "failure"], help_heading = TICKETS)]
    tickets: Option<String>,
    /// Time from the opening to the first urge (default: 30m)
    #[arg(long, value_name = "DURATION", default_value = "", help_heading = TICKETS)]
    urge_first: String,
    /// Time between urges (default: 1h)
    #[arg(long, value_name = "DURATION", default_value = "", help_heading = TICKETS)]
    urge_every: String,
    /// Multiplier of each further interval, 0.1-10 (default: 1)
    #[arg(long, value_name = "FACTOR", default_value = "", help_heading = TICKETS)]
    urge_factor: String,
    /// Shortest interval
    #[arg(long, value_name = "DURATION", default_value = "", help_heading = TICKETS)]
    urge_min_interval: String,
    /// Longest interval
    #[arg(long, value_name = "DURATION", default_value = "", help_heading = TICKETS)]
    urge_max_interval: String,
    /// Cron expression of the urges, in the place of --urge-every
    #[arg(long, value_name = "CRON", default_value = "", help_heading = TICKETS)]
    urge_at: String,
    /// Hours in which people are urged: 09:00-18:00
    #[arg(long, value_name = "FROM-UNTIL", default_value = "", help_heading = TICKETS)]
    urge_hours: String,
    /// Ask on working days of this calendar only
    #[arg(long, value_name = "CALENDAR", default_value = "", help_heading = TICKETS)]
    urge_calendar: String,
    /// Also outside working hours
    #[arg(long, help_heading = TICKETS)]
    urgent: bool,
    /// Number of urges after which a ticket expires, 1-1000 (default: 100)
    #[arg(long, value_name = "N", default_value = "", help_heading = TICKETS)]
    urge_max: String,
    /// Time after which a ticket expires (default: 7d)
    #[arg(long, value_name = "DURATION", default_value = "", help_heading = TICKETS)]
    urge_expires: String,
    /// Who is urged in addition after a time without an answer: '2h: ann, bob'; repeatable
    #[arg(long, value_name = "AFTER: WHO", help_heading = TICKETS)]
    escalate: Vec<String>,
    /// Stop asking once a person has taken the ticket
    #[arg(long, help_heading = TICKETS)]
    stop_when_acknowledged: bool,
    /// Send no message when a ticket is done
    #[arg(long, help_heading = TICKETS)]
    quiet_done: bool,
    /// Command that is run before each urge, with the user, environment and limits of the task's
    /// own; if it succeeds, the ticket is done
    #[arg(long, value_name = "COMMAND", default_value = "", help_heading = TICKETS, conflicts_with = "urge_check_url")]
    urge_check: String,
    /// URL that is requested before each urge, in the place of a command
    #[arg(long, value_name = "URL", default_value = "", help_heading = TICKETS)]
    urge_check_url: String,
    /// Time limit of the check (default: 30s)
    #[arg(long, value_name = "DURATION", default_value = "", help_heading = TICKETS)]
    urge_check_timeout: String,
}

impl Tickets {
    /// The draft of a task's rule.
    pub(in crate::cli) fn draft(&self) -> TicketDraft {
        let hours = self.urge_hours.split_once('-');
        let (from, until) = hours.unwrap_or((self.urge_hours.as_str(), ""));
        TicketDraft {
            opens: self.tickets.clone().unwrap_or_default(),
            first_after: self.urge_first.clone(),
            every: self.urge_every.clone(),
            factor: self.urge_factor.clone(),
            min: self.urge_min_interval.clone(),
            max: self.urge_max_interval.clone(),
            cron: self.urge_at.clone(),
            hours_from: from.to_owned(),
            hours_until: until.to_owned(),
            calendar: self.urge_calendar.clone(),
            urgent: self.urgent,
            max_urges: self.urge_max.clone(),
            expires_after: self.urge_expires.clone(),
            ladder: self.escalate.join("\n"),
            stop: if self.stop_when_acknowledged {
                "acknowledged".to_owned()
            } else {
                String::new()
            },
            quiet_done: self.quiet_done,
            check_command: self.urge_check.clone(),
            check_url: self.urge_check_url.clone(),
            check_timeout: self.urge_check_timeout.clone(),
        }
    }
}
