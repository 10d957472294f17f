//! Everything that crosses is written and read again. [`Maker`] generates the values from each type's own
//! `Deserialize`, so no field can be forgotten.

mod maker;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{BEGIN, MARK, WireFault, read, read_text, write, write_text};
use crate::auth::Principal;
use crate::calendar::CalendarImported;
use crate::channel::ChannelTest;
use crate::done::Done;
use crate::error::{AppError, ErrorKind};
use crate::id::{RunId, SecretId, TaskId};
use crate::page::*;
use crate::run::HistoryItem;
use crate::run::days::RunTrend;
use crate::task::TaskQuery;
use maker::Maker;

/// Generated values per type: enough for every variant of every field.
const VALUES: u32 = 200;

fn crosses<T: Serialize + DeserializeOwned + PartialEq + Debug>() {
    let name = std::any::type_name::<T>();
    for seed in 0..VALUES {
        let value = T::deserialize(&mut Maker::new(seed))
            .unwrap_or_else(|fault| panic!("{name}, which its fields do not describe: {fault}"));
        let bytes = write(&value).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(read::<T>(&bytes).as_ref(), Ok(&value), "{name}");
        let text = write_text(&value).expect("written once already");
        assert_eq!(read_text::<T>(&text).as_ref(), Ok(&value), "{name}");
    }
}

/// As a page's data: an answer, or an error.
fn answers<T: Serialize + DeserializeOwned + PartialEq + Debug>() -> usize {
    crosses::<T>();
    crosses::<Result<T, AppError>>();
    1
}

#[test]
fn answers_and_questions_are_read_as_they_were_written() {
    let pages = answers::<About>()
        + answers::<AccountPage>()
        + answers::<AuditPage>()
        + answers::<BlackoutsPage>()
        + answers::<CalendarPage>()
        + answers::<CalendarsPage>()
        + answers::<ChannelsPage>()
        + answers::<ImportPage>()
        + answers::<TaskImportPage>()
        + answers::<NodesPage>()
        + answers::<OccurrencesPage>()
        + answers::<Overview>()
        + answers::<PeoplePage>()
        + answers::<PoolsPage>()
        + answers::<RetentionPage>()
        + answers::<RotasPage>()
        + answers::<RulesPage>()
        + answers::<RunsPage>()
        + answers::<Preview>()
        + answers::<RunPage>()
        + answers::<RunTrend>()
        + answers::<SecretsPage>()
        + answers::<SignInForm>()
        + answers::<StartPage>()
        + answers::<StartUrlsPage>()
        + answers::<SummariesPage>()
        + answers::<TaskForm>()
        + answers::<TaskListPage>()
        + answers::<TaskAnswer>()
        + answers::<UrgeDefaultsPage>()
        + answers::<UsersPage>()
        + answers::<(Vec<HistoryItem>, Option<String>)>();
    let controls = answers::<()>() + answers::<CalendarImported>() + answers::<ChannelTest>();
    let controls = controls + answers::<RunId>() + answers::<Done>();
    crosses::<Option<Done>>();
    crosses::<Counts>();
    crosses::<Option<Principal>>();
    crosses::<PreviewRequest>();
    crosses::<TaskQuery>();
    crosses::<(Option<TaskId>, Option<SecretId>)>();

    // A server function whose answer has a new type must be added above.
    let sources = [
        include_str!("../server_fns/account.rs"),
        include_str!("../server_fns/audit.rs"),
        include_str!("../server_fns/blackouts.rs"),
        include_str!("../server_fns/calendars.rs"),
        include_str!("../server_fns/channels.rs"),
        include_str!("../server_fns/forms.rs"),
        include_str!("../server_fns/imports.rs"),
        include_str!("../server_fns/nodes.rs"),
        include_str!("../server_fns/occurrences.rs"),
        include_str!("../server_fns/oncall.rs"),
        include_str!("../server_fns/people.rs"),
        include_str!("../server_fns/pools.rs"),
        include_str!("../server_fns/read.rs"),
        include_str!("../server_fns/retention.rs"),
        include_str!("../server_fns/rules.rs"),
        include_str!("../server_fns/runs.rs"),
        include_str!("../server_fns/secrets.rs"),
        include_str!("../server_fns/start.rs"),
        include_str!("../server_fns/start_urls.rs"),
        include_str!("../server_fns/summaries.rs"),
        include_str!("../server_fns/urge_defaults.rs"),
        include_str!("../server_fns/users.rs"),
        include_str!("../server_fns/write.rs"),
    ];
    let asked = |source: &str| source.matches("pub async fn fetch_").count();
    assert_eq!(pages, sources.into_iter().map(asked).sum::<usize>());
    let names = sources
        .iter()
        .flat_map(|source| source.split("pub async fn ").skip(1));
    let kinds: std::collections::BTreeSet<&str> = names
        .filter(|function| !function.starts_with("fetch_"))
        .filter_map(|function| function.split_once("Result<")?.1.split_once(", AppError"))
        .map(|(answer, _)| answer)
        .collect();
    assert_eq!(controls, kinds.len(), "{kinds:?}");
}

#[test]
fn nothing_is_read_from_another_version() {
    let mut bytes = write(&7_u32).expect("a number");
    assert_eq!(read::<u32>(&bytes), Ok(7));
    bytes[5] ^= 1;
    assert_eq!(read::<u32>(&bytes), Err(WireFault::Outdated));
    let error = AppError::from(WireFault::Outdated);
    assert_eq!(
        (error.kind, error.code.as_str()),
        (ErrorKind::Conflict, "outdated")
    );
}

#[test]
fn nothing_is_read_from_other_texts_or_parts() {
    let bytes = write(&(7_u32, "seven")).expect("a pair");
    for end in 0..bytes.len() {
        assert!(read::<(u32, String)>(&bytes[..end]).is_err(), "{end} bytes");
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert_eq!(read::<(u32, String)>(&longer), Err(WireFault::Unreadable));
    for text in ["", "<html>502 Bad Gateway</html>", r#"{"status":401}"#] {
        assert_eq!(read::<()>(text.as_bytes()), Err(WireFault::Unreadable));
        assert_eq!(read_text::<()>(text), Err(WireFault::Unreadable));
    }
    assert!(MARK.len() == 16 && MARK.is_ascii() && !BEGIN.is_ascii_graphic());
}

#[test]
fn types_that_do_not_cross_are_found() {
    #[derive(serde::Serialize)]
    struct Left {
        #[serde(skip_serializing_if = "Option::is_none")]
        out: Option<u8>,
        last: u8,
    }
    let bytes = write(&Left { out: None, last: 1 }).expect("written all the same");
    assert!(read::<(Option<u8>, u8)>(&bytes).is_err());

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Flat {
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, String>,
    }
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    #[serde(tag = "kind")]
    enum Tagged {
        One { number: u8 },
        Two { text: String },
    }
    assert!(std::panic::catch_unwind(crosses::<Flat>).is_err());
    assert!(std::panic::catch_unwind(crosses::<Tagged>).is_err());
}
