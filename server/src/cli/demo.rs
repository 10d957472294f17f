//! `jcrontab demo`: fills an empty database with a demo, while no server uses it.

use std::sync::Arc;

use app::i18n::Lang;
use clap::Args;
use serde_json::json;

use super::access::Access;
use super::print::print_done;
use super::progress::shown;
use super::{Failure, lang, owner, sentence};
use crate::clock::{Clock, SharedClock, SystemClock};
use crate::demo::{self, DemoError, Made, Stage, StageClock};
use crate::lifecycle::{self, DataDir, DataDirError, database_of};
use crate::store::Store;

#[derive(Args, Debug)]
pub(super) struct Demo {
    /// Language of its tasks and outputs: zh or en; by default that of the terminal
    #[arg(long = "lang", id = "demo_lang", value_name = "LANG")]
    lang: Option<String>,
    /// Number that decides what happens in it; the same one makes the same history
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(demo: &Demo, access: &Access) -> Result<(), Failure> {
    let wanted = match &demo.lang {
        Some(tag) => Lang::from_tag(tag).ok_or_else(|| {
            Failure::usage(lang().pick("--lang 只能是 zh 或 en", "--lang takes zh or en"))
        })?,
        None => lang(),
    };
    if access.remote().is_some() {
        return Err(Failure::usage(lang().pick(
            "演示数据要在服务器本机生成：去掉 JCRONTAB_URL 和 --url",
            "a demo is made on the server's own host: unset JCRONTAB_URL and drop --url",
        )));
    }
    let config = &access.config;
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    config.check_database().map_err(|error| failed(&error))?;
    owner::become_owner(&config.data_dir)?;
    let data = DataDir::open(&config.data_dir).map_err(|error| match error {
        DataDirError::InUse { .. } => Failure::refused(lang().pick(
            "服务器正在使用这个数据文件夹；先停掉它，或用 --data-dir 指定另一个",
            "a server is using this data folder; stop it first, or name another one with --data-dir",
        )),
        DataDirError::Unusable { .. } | DataDirError::Exposed { .. } => failed(&error),
    })?;
    let store = Store::open(&config.database_url, data.path()).await;
    let store = store.map_err(|error| failed(&error))?;
    store.migrate().await.map_err(|error| failed(&error))?;
    let now = SystemClock.now();
    let clock = Arc::new(StageClock::new(now));
    let shared: SharedClock = Arc::clone(&clock) as SharedClock;
    let parts =
        lifecycle::assemble(config, &data, store, &shared, None).map_err(|error| failed(&error))?;
    let key = parts.service.check_key().await;
    key.map_err(|error| failed(&error))?;
    let calendars = parts.service.load_calendars().await;
    calendars.map_err(|error| failed(&error))?;
    let stage = Stage {
        service: &parts.service,
        components: &parts.components,
        node: &parts.node,
        set_clock: &|at| clock.set(at),
        lang: wanted,
        seed: demo.seed,
    };
    let what = lang().pick("生成演示数据…", "making a demo …");
    let made = shown(what, demo::fill(&stage, now)).await;
    let made = made.map_err(|error| refusal(&error, &database_of(&config.database_url)))?;
    let value = json!({ "tasks": made.tasks, "days": made.days, "lang": wanted.pick("zh", "en") });
    print_done(&value, demo.json, &words(made));
    Ok(())
}

fn refusal(error: &DemoError, database: &str) -> Failure {
    match error {
        DemoError::NotEmpty => Failure::refused(lang().pick(
            format!("{database} 里已经有任务、渠道、日历等内容，演示数据只能放进空数据库；用 --data-dir 指定一个新文件夹"),
            format!("{database} has tasks, channels, calendars or the like, and a demo is made in an empty database only; name a new folder with --data-dir"),
        )),
        other => Failure::error(sentence(other)),
    }
}

fn words(made: Made) -> Vec<String> {
    let Made { tasks, days } = made;
    vec![
        lang().pick(
            format!("演示数据已生成：{tasks} 个任务，{days} 天的记录"),
            format!("The demo is ready: {tasks} tasks and {days} days of history"),
        ),
        lang()
            .pick(
                "启动服务器（jcrontab serve，带上同样的 --data-dir 和 DATABASE_URL），打开它打印的链接，创建第一个账号",
                "Start the server (jcrontab serve, with the same --data-dir and DATABASE_URL), open the link that it prints, and create the first account",
            )
            .to_owned(),
        lang()
            .pick(
                "任务从那时起会按时执行；命令只打印一行或等待几秒。渠道的地址是本机的 9 号端口，消息发不出去",
                "Its tasks run from then on; their commands print a line or wait some seconds. Its channels lead to port 9 of this host, so no message leaves it",
            )
            .to_owned(),
    ]
}
