//! The overview: the state of the whole system.

use app::auth::Action;
use app::backend::{Answer, Caller, System, Tasks};
use app::i18n::Lang;
use app::id::TaskId;
use app::page::{About, Clockface, FailingTask, Health, Notice, Overview, UnreadableRow, Upcoming};
use app::routes;
use app::task::{Health as TaskHealth, TaskQuery, TaskState};
use app::time::{Stamp, ZoneRules};
use app::user::ApiToken;
use async_trait::async_trait;
use chrono::{Datelike, TimeDelta};

use super::Service;
use crate::error::OrInternal;
use crate::store::UnreadableRow as StoredRow;
use crate::texts::damage;
use crate::texts::isolation;
use crate::texts::notices::{RETENTION, ServerNotice};
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Say};
use crate::timetable::{ZoneSource, bundled_version, data_version, rules, zone};

impl Service {
    /// The offsets of a zone around now; UTC for a name that is no longer in the zone data.
    pub(super) fn rules_of(&self, name: &str) -> ZoneRules {
        zone(name).map_or_else(
            |_| ZoneRules::utc(),
            |zone| rules(name, &zone, self.clock.now()),
        )
    }
}

/// How far back failed runs are considered.
const FAILING_LOOKED_AT: TimeDelta = TimeDelta::days(7);
/// The maximum of tasks with a failed last run that are read.
const FAILING_MAX: usize = 100;
/// The maximum of failing tasks that are shown.
const FAILING_SHOWN: usize = 20;

/// API tokens that expire soon and are named.
const TOKENS_NAMED: usize = 10;

/// Rows that cannot be read and are named.
const UNREADABLE_NAMED: usize = 5;

/// Clock steps are shown for this long.
const STEP_SHOWN: TimeDelta = TimeDelta::hours(24);

fn shown(notice: &ServerNotice, lang: Lang) -> Notice {
    Notice {
        code: notice.code().to_owned(),
        text: notice.say(lang),
        link: None,
    }
}

impl Service {
    /// The API tokens that expire soon: for administrators all of them, for others their own.
    async fn token_notices(&self, caller: &Caller) -> Answer<Vec<Notice>> {
        let (who, managed) = self.managed(caller)?;
        let lang = caller.lang;
        let tokens = self.expiring_tokens(managed).await.or_internal(lang)?;
        let zone = self.rules_of(&self.default_zone);
        let notice = |token: ApiToken| {
            let own = token.user == who.name;
            let link = if own { routes::ACCOUNT } else { routes::USERS };
            let expires = ServerNotice::TokenExpires {
                token: token.label().to_owned(),
                at: zone.full(token.expires_at?),
                owner: token.user,
            };
            Some(Notice {
                link: Some(link.to_owned()),
                ..shown(&expires, lang)
            })
        };
        let named = tokens.into_iter().take(TOKENS_NAMED);
        Ok(named.filter_map(notice).collect())
    }

    /// The notices for an administrator; other users only see those about failing channels and their own tokens.
    async fn notices(&self, caller: &Caller) -> Answer<Vec<Notice>> {
        let mut notices = self.channel_notices(caller.lang).await?;
        notices.extend(self.token_notices(caller).await?);
        let admin = caller
            .principal
            .as_ref()
            .is_some_and(|principal| principal.can(Action::Administer));
        if !admin {
            return Ok(notices);
        }
        let (lang, now) = (caller.lang, self.clock.now());
        let local = Stamp(
            now + TimeDelta::seconds(i64::from(
                self.rules_of(&self.default_zone).offset_at(Stamp(now)),
            )),
        );
        // In December next year's working days should be known.
        let wanted = if local.0.month() == 12 {
            local.0.year() + 1
        } else {
            local.0.year()
        };
        for calendar in self.all_calendars(lang).await? {
            if calendar.used_by > 0 && !calendar.years.contains(&wanted) {
                let link = app::routes::calendar(&calendar.name);
                let unknown = ServerNotice::CalendarYear {
                    calendar: calendar.name,
                    year: wanted,
                    uses: calendar.used_by,
                };
                notices.push(Notice {
                    link: Some(link),
                    ..shown(&unknown, lang)
                });
            }
        }
        notices.extend(self.node_notices(lang).await?);
        if let Some(executor) = &self.executor
            && let Some(text) = isolation::warning(executor.isolation(), lang)
        {
            notices.push(Notice {
                code: "isolation".to_owned(),
                text,
                link: None,
            });
        }
        if let Some(why) = self.output.trouble() {
            notices.push(shown(&ServerNotice::OutputStore { why }, lang));
        }
        let rows = self.store.unreadable_rows();
        if !rows.is_empty() {
            let count = rows.len();
            let rows = rows.into_iter().take(UNREADABLE_NAMED).collect();
            notices.push(shown(&ServerNotice::Unreadable { rows, count }, lang));
        }
        if self.output.low_disk() {
            notices.push(shown(&ServerNotice::LowDisk, lang));
        }
        if let Some(said) = &self.zone_doubt {
            let said = said.clone();
            notices.push(shown(&ServerNotice::UnnamedZone { said }, lang));
        }
        let zones = data_version();
        let bundled = bundled_version();
        if zones.source != ZoneSource::Bundled && zones.version.as_str() < bundled {
            let old = ServerNotice::OldZoneData {
                version: zones.version,
                source: zones.source.as_str().to_owned(),
                bundled: bundled.to_owned(),
            };
            notices.push(shown(&old, lang));
        }
        for notice in self.upkeep_notices(lang).await? {
            let link = (notice.code() == RETENTION).then(|| app::routes::NODES.to_owned());
            notices.push(Notice {
                link,
                ..shown(&notice, lang)
            });
        }
        let step = self
            .store
            .last_noted("clock.step", now - STEP_SHOWN)
            .await
            .or_internal(lang)?;
        if let Some((at, seconds)) = step {
            let at = self.rules_of(&self.default_zone).full(Stamp(at));
            notices.push(shown(&ServerNotice::ClockStep { at, seconds }, lang));
        }
        Ok(notices)
    }
}

impl Service {
    /// Reads all rows of which one that cannot be read is skipped, and returns those.
    ///
    /// # Errors
    /// When the caller is no administrator, or the database fails.
    pub async fn unreadable_rows(&self, caller: &Caller) -> Answer<Vec<UnreadableRow>> {
        self.allow(caller, Action::Administer)?;
        let rows = self.store.check_rows().await.or_internal(caller.lang)?;
        let row = |row: StoredRow| UnreadableRow {
            table: row.kind.table().to_owned(),
            text: damage::row(&row, caller.lang),
            key: row.key,
            runs: row.runs,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Failing tasks, the longest failing first, without paused and closed ones, which were dealt with.
    /// With their number, which may be larger than that, and whether there may be more.
    async fn failing_tasks(&self, lang: Lang) -> Answer<(Vec<FailingTask>, usize, bool)> {
        let since = self.clock.now() - FAILING_LOOKED_AT;
        let runs = self
            .store
            .failing(since, FAILING_MAX)
            .await
            .or_internal(lang)?;
        let is_cut = runs.len() >= FAILING_MAX;
        let ids: Vec<TaskId> = runs.iter().map(|run| run.task_id).collect();
        let tasks = self.views_of(lang, &ids).await?;
        let mut failing: Vec<FailingTask> = runs
            .into_iter()
            .filter_map(|run| {
                let row = tasks.iter().find(|row| row.task.id == run.task_id)?;
                let TaskHealth::Failing { times, since } = row.health else {
                    return None;
                };
                Some(FailingTask {
                    run,
                    times,
                    since,
                    owners: row.task.owners.clone(),
                    asks: !row.task.execution.parameters.is_empty(),
                })
            })
            .collect();
        failing.sort_by_key(|failing| (failing.since, failing.run.task_id));
        let count = failing.len();
        failing.truncate(FAILING_SHOWN);
        Ok((failing, count, is_cut))
    }
}

#[async_trait]
impl System for Service {
    async fn overview(&self, caller: &Caller) -> Answer<Overview> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let now = self.clock.now();
        let [active, paused, closed] = self.store.task_counts().await.or_internal(lang)?;
        let (outbox_pending, outbox_dead) = self.store.outbox_counts().await.or_internal(lang)?;
        let query = TaskQuery {
            state: Some(TaskState::Active),
            limit: Some(200),
            ..TaskQuery::default()
        };
        let mut upcoming: Vec<Upcoming> = self
            .task_list(caller, &query)
            .await?
            .items
            .into_iter()
            .filter_map(|row| {
                Some(Upcoming {
                    task_id: row.id,
                    at: row.next_at?,
                    name: row.task.spec.name,
                })
            })
            .collect();
        upcoming.sort_by_key(|upcoming| (upcoming.at, upcoming.task_id));
        upcoming.truncate(20);
        let (failing, failing_count, failing_more) = self.failing_tasks(lang).await?;
        let (day, hours) = self.store.day_counts(now).await.or_internal(lang)?;
        Ok(Overview {
            clock: Clockface {
                now: Stamp(now),
                zone: self.rules_of(&self.default_zone),
            },
            active,
            paused,
            closed,
            day,
            hours,
            running: self.store.running(50).await.or_internal(lang)?,
            upcoming,
            failing,
            failing_count,
            failing_more,
            health: Health {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                database: self.store.engine().name().to_owned(),
                lag_ms: self.lag.worst_ms(),
                outbox_pending,
                outbox_dead,
                started_at: Stamp(self.started_at),
            },
            notices: self.notices(caller).await?,
        })
    }

    async fn about(&self, caller: &Caller) -> Answer<About> {
        self.allow(caller, Action::Read)?;
        let zones = data_version();
        let administers = caller
            .principal
            .as_ref()
            .is_some_and(|principal| principal.can(Action::Administer));
        let upkeep = match administers {
            true => Some(self.upkeep(caller.lang).await?),
            false => None,
        };
        Ok(About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            database: self.store.version().await.or_internal(caller.lang)?,
            tz_version: zones.version,
            tz_source: zones.source.as_str().to_owned(),
            default_zone: self.default_zone.clone(),
            memory_limit_of_run: self
                .executor
                .as_ref()
                .map(|executor| executor.bounds_memory_of_runs()),
            calendars: self.shown_calendars(caller).await?,
            notices: self.notices(caller).await?,
            upkeep,
        })
    }

    async fn zone_rules(&self, caller: &Caller, name: &str) -> Answer<ZoneRules> {
        self.allow(caller, Action::Read)?;
        zone(name)
            .map(|zone| rules(name, &zone, self.clock.now()))
            .map_err(|_| TimeFault::unknown_zone(name).alone("zone", caller.lang))
    }

    fn default_zone(&self) -> String {
        self.default_zone.clone()
    }

    fn zone_names(&self) -> Vec<String> {
        self.zone_names.clone()
    }

    fn now(&self) -> Stamp {
        Stamp(self.clock.now())
    }
}
