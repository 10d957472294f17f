//! The words of what happens to the servers.

use app::i18n::plural;
use app::routes;
use chrono::{DateTime, Utc};

use super::Words;
use crate::facts::SystemEvent;
use crate::text::one_line;

/// Bytes as gigabytes with one decimal, or as megabytes where that is less than one.
fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        return format!("{} MB", bytes / 1_000_000);
    }
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

impl Words<'_> {
    /// What happened to a server.
    pub(super) fn system_event(&self, at: DateTime<Utc>, event: &SystemEvent) -> String {
        let lang = self.lang;
        let (name, verdict, line) = match event {
            SystemEvent::ServerDead {
                host,
                last_seen,
                lost,
                lone,
            } => {
                let seen = self.when(self.zone, *last_seen);
                let how = match lone {
                    true => lang.pick("没有正常停止就退出了", "it ended without stopping properly"),
                    false => lang.pick("心跳中断", "its heartbeat stopped"),
                };
                let verdict = match *lost {
                    0 => how.to_owned(),
                    lost => lang.pick(
                        format!("{how}，{lost} 个执行结果未知"),
                        format!(
                            "{how}; the {} of {lost} {} unknown",
                            plural(lost, "result", "results"),
                            plural(lost, "run is", "runs are")
                        ),
                    ),
                };
                let line = match lone {
                    true => lang.pick(
                        format!("最后一次记录到它在运行：{seen}（每分钟记录一次）"),
                        format!("Last known to be up: {seen} (noted once a minute)"),
                    ),
                    false => lang.pick(
                        format!("最后心跳：{seen}"),
                        format!("Last heartbeat: {seen}"),
                    ),
                };
                (host, verdict, Some(line))
            }
            SystemEvent::ClockStepped { host, seconds } => {
                let by = app::duration::duration_words(seconds.abs(), lang);
                let verdict = match seconds.signum() {
                    -1 => lang.pick(
                        format!("系统时钟被调慢 {by}，已执行过的不会重复执行"),
                        format!("its clock was set back by {by}; nothing runs again"),
                    ),
                    _ => lang.pick(
                        format!("系统时钟被调快 {by}"),
                        format!("its clock was set forward by {by}"),
                    ),
                };
                (host, verdict, None)
            }
            SystemEvent::ClockOff { host, seconds } => {
                let by = app::duration::duration_words(seconds.abs(), lang);
                let verdict = match seconds.signum() {
                    -1 => lang.pick(
                        format!("系统时钟比数据库慢 {by}，校正之前这台服务器不会启动任何任务"),
                        format!(
                            "its clock is {by} behind the database's; it starts nothing until that is corrected"
                        ),
                    ),
                    _ => lang.pick(
                        format!("系统时钟比数据库快 {by}，校正之前这台服务器不会启动任何任务"),
                        format!(
                            "its clock is {by} ahead of the database's; it starts nothing until that is corrected"
                        ),
                    ),
                };
                (host, verdict, None)
            }
            SystemEvent::DiskLow { host, free, total } => {
                let (free, total) = (size(*free), size(*total));
                let verdict = lang.pick(
                    format!("数据目录所在磁盘只剩 {free}（共 {total}），请清理或扩容"),
                    format!(
                        "the disk of its data directory has {free} left of {total}; free or add space"
                    ),
                );
                (host, verdict, None)
            }
            SystemEvent::TokenExpires {
                token,
                owner,
                expires,
            } => {
                let (owner, expires) = (one_line(owner), self.when(self.zone, *expires));
                let verdict = lang.pick(
                    format!(
                        "{owner} 的 API 令牌将于 {expires} 到期，之后使用它的程序会被拒绝，请在到期前换成新的令牌"
                    ),
                    format!(
                        "the API token of {owner} expires on {expires}; programs that use it are refused from then on, so replace it before"
                    ),
                );
                (token, verdict, None)
            }
        };
        let mut body = event.event().title(lang).to_owned();
        body += &one_line(name);
        body += lang.pick("：", ": ");
        body += &verdict;
        body.push('\n');
        let when = self.when(self.zone, at);
        body += &lang.pick(format!("时间：{when}\n"), format!("Time: {when}\n"));
        if let Some(line) = line {
            body += &line;
            body.push('\n');
        }
        let admin = format!("{}{}", self.base_url, routes::ADMIN);
        body + &lang.pick(format!("管理后台：{admin}"), format!("Admin: {admin}"))
    }
}
