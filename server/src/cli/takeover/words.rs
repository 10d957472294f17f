//! What a change of hands says.

use super::{Direction, Plan};
use crate::cli::crontabs::ReplaceMode;
use crate::cli::{Failure, lang};

/// A failure after the crontab was changed.
pub(super) fn unfinished(error: Failure, command: &str) -> Failure {
    let message = lang().pick(
        format!("{}；那些行已经注释掉，任务还没有启用：现在两边都不执行。请再运行一次 jcrontab {command}", error.message),
        format!("{}; the lines are commented out and the tasks still held, so neither side runs them. Run jcrontab {command} again", error.message),
    );
    Failure { message, ..error }
}

pub(super) fn late(direction: Direction) -> String {
    match direction {
        Direction::Over => lang().pick(
            "! 改动用的时间超过了这一分钟：请核对刚才那一分钟的执行".to_owned(),
            "! The change took longer than the minute: check the firings of the last minute".to_owned(),
        ),
        Direction::Back => lang().pick(
            "! 交还用的时间超过了这一分钟：刚才那一分钟可能两边都没有执行".to_owned(),
            "! The change took longer than the minute: neither side may have run the last minute's firings".to_owned(),
        ),
    }
}

pub(super) fn changed(
    direction: Direction,
    dry_run: bool,
    place: &str,
    plan: &Plan,
    row: &serde_json::Value,
) -> Vec<String> {
    let (lines, tasks) = (plan.lines.len(), plan.tasks.len());
    let lang = lang();
    let is_scripts = matches!(plan.crontab.way, ReplaceMode::Scripts(_));
    let words = match (direction, dry_run) {
        (Direction::Over, true) if is_scripts => lang.pick(
            format!("试运行：会取消{place}里 {lines} 个脚本的执行权限，启用 {tasks} 个任务"),
            format!("Dry run: {lines} scripts in {place} would lose their executable bit, and {tasks} tasks be released"),
        ),
        (Direction::Over, false) if is_scripts => lang.pick(
            format!("已取消{place}里 {lines} 个脚本的执行权限，启用 {tasks} 个任务"),
            format!("{lines} scripts in {place} have lost their executable bit, {tasks} tasks released"),
        ),
        (Direction::Back, true) if is_scripts => lang.pick(
            format!("试运行：会恢复{place}里 {lines} 个脚本的执行权限，暂停 {tasks} 个任务"),
            format!("Dry run: {lines} scripts in {place} would be executable again, and {tasks} tasks held"),
        ),
        (Direction::Back, false) if is_scripts => lang.pick(
            format!("已恢复{place}里 {lines} 个脚本的执行权限，暂停 {tasks} 个任务"),
            format!("{lines} scripts in {place} are executable again, {tasks} tasks held"),
        ),
        (Direction::Over, true) => lang.pick(
            format!("试运行：会在{place}里注释掉 {lines} 行，启用 {tasks} 个任务"),
            format!("Dry run: {lines} lines would be commented out in {place}, and {tasks} tasks released"),
        ),
        (Direction::Over, false) => lang.pick(
            format!("已在{place}里注释掉 {lines} 行，启用 {tasks} 个任务"),
            format!("{lines} lines commented out in {place}, {tasks} tasks released"),
        ),
        (Direction::Back, true) => lang.pick(
            format!("试运行：会把 {lines} 行放回{place}，暂停 {tasks} 个任务"),
            format!("Dry run: {lines} lines would be put back into {place}, and {tasks} tasks held"),
        ),
        (Direction::Back, false) => lang.pick(
            format!("已把 {lines} 行放回{place}，暂停 {tasks} 个任务"),
            format!("{lines} lines put back into {place}, {tasks} tasks held"),
        ),
    };
    let mut all = vec![words];
    if let Some(backup) = row["backup"].as_str() {
        all.push(lang.pick(
            format!("  原来的内容：{backup}"),
            format!("  as it was: {backup}"),
        ));
    }
    all
}

pub(super) fn nothing(direction: Direction) -> String {
    match direction {
        Direction::Over => lang().pick(
            "没有可以接管的行：先用 jcrontab import crontab 导入".to_owned(),
            "There is nothing to take over: import the lines first with jcrontab import crontab"
                .to_owned(),
        ),
        Direction::Back => lang().pick(
            "没有可以交还的行".to_owned(),
            "There is nothing to give back".to_owned(),
        ),
    }
}
