//! Files as the schedulers write them, with made-up contents: what every item becomes.

mod dumps;
mod faults;
mod texts;

use super::*;

/// Reads one file.
fn items(scheduler: Scheduler, text: &str) -> Vec<Item> {
    let file = SourceFile {
        path: "file".to_owned(),
        text: text.to_owned(),
    };
    read(scheduler, &[file], "Asia/Shanghai").expect("a file that can be read")
}

/// The item with a key.
fn item<'a>(items: &'a [Item], key: &str) -> &'a Item {
    let found = items.iter().find(|item| item.key == key);
    found.unwrap_or_else(|| panic!("no item {key}"))
}

/// The schedules of an item.
fn specs(item: &Item) -> Vec<&str> {
    let schedules = item.document.schedules.iter();
    schedules.map(|schedule| schedule.spec.as_str()).collect()
}

/// The codes of its remarks.
fn codes(item: &Item) -> Vec<&'static str> {
    item.remarks.iter().map(Remark::code).collect()
}

#[test]
fn names_of_schedulers_are_those_of_the_api() {
    for scheduler in Scheduler::ALL {
        let name = serde_json::to_value(scheduler).expect("a name");
        assert_eq!(name, scheduler.as_str());
    }
}

#[test]
fn equal_keys_of_two_files_stay_apart() {
    let text = "INSERT INTO `xxl_job_info` (`id`,`job_desc`,`job_cron`,`executor_handler`,`glue_type`,`child_jobid`) VALUES \
                (1,'a','0 0 1 * * ?','','GLUE_SHELL','2'),(2,'b','0 0 2 * * ?','','GLUE_SHELL','');";
    let file = |path: &str| SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let items = read(Scheduler::XxlJob, &[file("a.sql"), file("b.sql")], "").expect("both");
    let keys: Vec<&str> = items.iter().map(|item| item.key.as_str()).collect();
    assert_eq!(keys, ["1", "2", "2:1", "2:2"]);
}
