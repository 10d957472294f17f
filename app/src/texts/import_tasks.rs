//! Texts about tasks that are imported from other schedulers.

use crate::i18n::{Lang, plural};
use crate::import::{ItemOutcome, Scheduler, TaskImportReport};

crate::texts! {
    /// Texts about tasks that are imported from other schedulers.
    TaskImportUi {
        title: "从其他调度系统导入" | "Import from another scheduler",
        lead: "先试运行，看每个任务会变成什么；导入的任务默认暂停，不改动原系统。" | "Start with a dry run, which shows the result for every task. Imported tasks are paused, and nothing changes in the other scheduler.",
        to_crontab: "导入 crontab 请到这里" | "Import a crontab instead",
        scheduler: "原系统" | "Scheduler",
        text: "导出的内容" | "Exported text",
        text_hint: "把上面所列文件的全部内容粘贴在这里；大文件、SQLite 数据库请在服务器上用 jcrontab import" | "The whole content of the file that is named above. For large files and SQLite databases use jcrontab import on the server",
        channel: "通知渠道" | "Channel",
        channel_hint: "所有任务都用这个渠道（填名称）；留空则各用自己的机器人" | "Name of a channel for all tasks; empty for the robot of each",
        zone: "时区" | "Time zone",
        zone_hint: "没有写时区的时间按哪个时区；留空为默认时区" | "The zone of times that have none of their own; empty for the default",
        active: "导入后立即生效（先停掉原系统，否则两边都会执行）" | "Let tasks fire at once (stop the other scheduler first, or everything runs twice)",
        key: "原编号" | "Original ID",
        no_rows: "没有可导入的任务" | "There are no tasks to import",
        next_step: "下一步：停掉原来的系统，再恢复这些任务。" | "Next: stop the other scheduler, then resume these tasks.",
        show_tasks: "查看导入的任务" | "Show the imported tasks",
    }
}

/// A scheduler, and the text that is read of it.
#[must_use]
pub const fn scheduler(lang: Lang, scheduler: Scheduler) -> &'static str {
    match (scheduler, lang) {
        (Scheduler::XxlJob, Lang::Zh) => "XXL-JOB：xxl_job_info、xxl_job_group 的转储",
        (Scheduler::XxlJob, Lang::En) => "XXL-JOB: dump of xxl_job_info and xxl_job_group",
        (Scheduler::Gocron, Lang::Zh) => "gocron：task、task_host、host 的转储",
        (Scheduler::Gocron, Lang::En) => "gocron: dump of task, task_host and host",
        (Scheduler::Jcrontab, Lang::Zh) => "原版 Jcrontab：Jcrontab_demandorder 的转储",
        (Scheduler::Jcrontab, Lang::En) => "the original Jcrontab: dump of Jcrontab_demandorder",
        (Scheduler::Cronicle, Lang::Zh) => "Cronicle、xyOps：数据导出",
        (Scheduler::Cronicle, Lang::En) => "Cronicle, xyOps: data export",
        (Scheduler::Kubernetes, Lang::Zh) => "Kubernetes：CronJob 清单（YAML）",
        (Scheduler::Kubernetes, Lang::En) => "Kubernetes: CronJob manifests (YAML)",
        (Scheduler::Systemd, Lang::Zh) => "systemd：systemctl cat '*.timer' '*.service' 的输出",
        (Scheduler::Systemd, Lang::En) => "systemd: output of systemctl cat '*.timer' '*.service'",
        (Scheduler::Qinglong, Lang::Zh) => "青龙：任务列表（JSON），或 Crontabs 的转储",
        (Scheduler::Qinglong, Lang::En) => {
            "qinglong: its list of tasks as JSON, or a dump of Crontabs"
        }
    }
}

/// What became of an item.
#[must_use]
pub const fn outcome(lang: Lang, outcome: ItemOutcome, paused: bool) -> &'static str {
    match (outcome, paused, lang) {
        (ItemOutcome::Created, true, Lang::Zh) => "新任务（暂停）",
        (ItemOutcome::Created, true, Lang::En) => "new task, paused",
        (ItemOutcome::Created, false, Lang::Zh) => "新任务",
        (ItemOutcome::Created, false, Lang::En) => "new task",
        (ItemOutcome::Known, _, Lang::Zh) => "已有任务",
        (ItemOutcome::Known, _, Lang::En) => "existing task",
        (ItemOutcome::Refused, _, Lang::Zh) => "不能导入",
        (ItemOutcome::Refused, _, Lang::En) => "cannot be imported",
    }
}

/// What an import did, in one sentence.
#[must_use]
pub fn summary(lang: Lang, report: &TaskImportReport) -> String {
    let TaskImportReport {
        created,
        paused,
        known,
        refused,
        ..
    } = report;
    let tasks = plural(*created, "task", "tasks");
    match report.dry_run {
        true => lang.pick(
            format!("试运行：会新建 {created} 个任务（其中 {paused} 个暂停），已有 {known} 个，{refused} 项不能导入"),
            format!("Dry run: {created} {tasks} would be created ({paused} paused), {known} exist, {refused} cannot be imported"),
        ),
        false => lang.pick(
            format!("新建 {created} 个任务（其中 {paused} 个暂停），已有 {known} 个，{refused} 项不能导入"),
            format!("{created} {tasks} created ({paused} paused), {known} existed, {refused} cannot be imported"),
        ),
    }
}

/// The line of a file in front of a remark about it.
#[must_use]
pub fn at_line(lang: Lang, line: usize) -> String {
    lang.pick(format!("第 {line} 行："), format!("line {line}: "))
}
