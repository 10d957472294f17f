//! Texts about imported crontabs.

use crate::i18n::{Lang, plural};
use crate::import::{Flavor, Format, ImportReport, LineKind, OfferKind};
use crate::task::place_text;

crate::texts! {
    /// Texts about imported crontabs.
    ImportsUi {
        import: "导入 crontab" | "Import a crontab",
        import_text: "把现有的 crontab 变成任务；行还在 crontab 里时任务暂不执行" | "Turn crontabs into tasks, which are held while their lines are still in the crontab",
        other_schedulers: "从 XXL-JOB、gocron、Cronicle、青龙等系统导入" | "Import from XXL-JOB, gocron, Cronicle, qinglong and others",
        text: "crontab 的内容" | "Text of the crontab",
        text_hint: "crontab -l 的输出，或 /etc/crontab、/etc/cron.d 里的文件；每一行都会列出处理结果" | "The output of crontab -l, or a file such as /etc/crontab; every line is accounted for",
        host: "主机" | "Host",
        host_hint: "crontab 所在的主机名" | "The host that the crontab is on",
        path: "位置" | "Place",
        path_hint: "user:root 表示 root 的 crontab，或文件路径；同一位置的同一行只导入一次" | "user:root for the crontab of root, or the path of a file; a line of a place is imported once",
        user: "用户" | "User",
        user_hint: "这份 crontab 属于谁；留空表示服务器的用户" | "Whose crontab it is; empty for the server's user",
        format: "格式" | "Format",
        flavor: "cron 的种类" | "Kind of cron",
        zone: "时区" | "Time zone",
        zone_hint: "那台主机的 cron 所用的时区；留空为默认时区" | "The zone of the cron on that host; empty for the default",
        accept: "用任务的字段代替命令里的写法" | "Replace wrappers by fields of the task",
        as_server_user: "都以服务器的用户执行" | "Run everything as the server's user",
        check: "试运行" | "Dry run",
        apply: "导入" | "Import",
        line: "行" | "Line",
        content: "内容" | "Content",
        becomes: "任务" | "Task",
        remarks: "说明" | "Remarks",
        fault: "有问题" | "Fault",
        new_task: "新任务" | "new task",
        known_task: "已有任务" | "existing task",
        other_lines: "其他行" | "Other lines",
        no_rows: "没有可执行的行" | "There are no entries",
        next_step: "下一步：在那台主机上运行 jcrontab takeover，它注释掉这些行，并在同一分钟内启用任务，不会漏执行或重复执行。" | "Next: run jcrontab takeover on that host. It comments the lines out and releases the tasks within the same minute, so that no run is lost or doubled.",
        imported: "导入过的行" | "Imported lines",
        imported_none: "还没有导入过" | "Nothing was imported yet",
        imported_more: "这里只显示前 200 行；全部见 jcrontab import list" | "Only the first 200 are shown; jcrontab import list has all",
        held: "暂不执行" | "Held",
        taken: "已接管" | "Taken over",
    }
}

/// What an import did, in one sentence.
#[must_use]
pub fn summary(lang: Lang, report: &ImportReport) -> String {
    let (created, known, faults) = (report.created, report.known, report.faults);
    let tasks = plural(created as usize, "task", "tasks");
    match report.dry_run {
        true => lang.pick(
            format!("试运行：会新建 {created} 个任务，已有 {known} 个，{faults} 行不能导入"),
            format!("Dry run: {created} {tasks} would be created, {known} exist, {faults} lines cannot be imported"),
        ),
        false => lang.pick(
            format!("新建 {created} 个任务，已有 {known} 个，{faults} 行不能导入"),
            format!("{created} {tasks} created, {known} existed, {faults} lines cannot be imported"),
        ),
    }
}

/// What an account is about: the place of a crontab, or a text without one.
#[must_use]
pub fn heading(lang: Lang, host: &str, path: &str) -> String {
    match (host, path) {
        ("", "") => lang.pick("粘贴的 crontab", "Pasted crontab").to_owned(),
        (host, "") => lang.pick(
            format!("主机 {host} 的 crontab（粘贴）"),
            format!("Pasted crontab of {host}"),
        ),
        (host, path) => place_text(host, path, lang).trim().to_owned(),
    }
}

/// How many lines of a kind there are.
#[must_use]
pub fn counted(lang: Lang, kind: LineKind, count: usize) -> String {
    let (zh, en) = match kind {
        LineKind::Blank => ("空行", "blank"),
        LineKind::Comment => ("注释", "comments"),
        LineKind::Variable => ("变量", "variables"),
        LineKind::Entry => ("任务", "entries"),
        LineKind::Taken => ("已接管", "taken over"),
        LineKind::Fault => ("有问题", "with faults"),
    };
    lang.pick(format!("{zh} {count}"), format!("{count} {en}"))
}

/// A kind of cron.
#[must_use]
pub const fn flavor(lang: Lang, flavor: Flavor) -> &'static str {
    match (flavor, lang) {
        (Flavor::Debian, Lang::Zh) => "Debian、Ubuntu 的 cron",
        (Flavor::Debian, Lang::En) => "cron of Debian and Ubuntu",
        (Flavor::Cronie, Lang::Zh) => "cronie（RHEL、openEuler）",
        (Flavor::Cronie, Lang::En) => "cronie (RHEL, openEuler)",
    }
}

/// The columns of a crontab.
#[must_use]
pub const fn format(lang: Lang, format: Format) -> &'static str {
    match (format, lang) {
        (Format::User, Lang::Zh) => "用户的 crontab",
        (Format::User, Lang::En) => "crontab of a user",
        (Format::System, Lang::Zh) => "系统的 crontab（有用户一列）",
        (Format::System, Lang::En) => "system crontab, with a user",
        (Format::Anacron, Lang::Zh) => "anacrontab",
        (Format::Anacron, Lang::En) => "anacrontab",
    }
}

/// A wrapper, and what a task has for it.
#[must_use]
pub const fn offer(lang: Lang, kind: OfferKind) -> &'static str {
    match (kind, lang) {
        (OfferKind::Overlap, Lang::Zh) => "flock -n → 重叠时跳过",
        (OfferKind::Overlap, Lang::En) => "flock -n → skip while running",
        (OfferKind::Limit, Lang::Zh) => "timeout → 超时时间",
        (OfferKind::Limit, Lang::En) => "timeout → time limit",
        (OfferKind::Nice, _) => "nice → nice",
        (OfferKind::Jitter, Lang::Zh) => "sleep $((RANDOM % n)) → 随机延迟",
        (OfferKind::Jitter, Lang::En) => "sleep $((RANDOM % n)) → jitter",
        (OfferKind::Quiet, Lang::Zh) => "去掉 chronic",
        (OfferKind::Quiet, Lang::En) => "remove chronic",
        (OfferKind::Heartbeat, Lang::Zh) => "去掉心跳请求",
        (OfferKind::Heartbeat, Lang::En) => "remove heartbeat requests",
    }
}
