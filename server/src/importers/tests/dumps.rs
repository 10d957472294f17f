//! Dumps of tables.

use super::{codes, item, items, specs};
use crate::importers::{Outcome, Scheduler};

/// As mysqldump of MySQL 5.7 writes it, with a table of logs between.
pub(super) const XXL_JOB: &str = r#"-- MySQL dump 10.13  Distrib 5.7.44, for Linux (x86_64)
--
-- Host: localhost    Database: xxl_job
-- ------------------------------------------------------
/*!40101 SET NAMES utf8mb4 */;

DROP TABLE IF EXISTS `xxl_job_group`;
CREATE TABLE `xxl_job_group` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app_name` varchar(64) NOT NULL COMMENT '执行器AppName; (id)',
  `title` varchar(12) NOT NULL,
  `address_type` tinyint(4) NOT NULL DEFAULT '0',
  `address_list` text,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4;
LOCK TABLES `xxl_job_group` WRITE;
INSERT INTO `xxl_job_group` VALUES (1,'billing','账务',0,NULL),(2,'ops','运维',1,'http://10.0.0.8:9999/');
UNLOCK TABLES;

CREATE TABLE `xxl_job_info` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `job_group` int(11) NOT NULL COMMENT '执行器主键ID',
  `job_desc` varchar(255) NOT NULL,
  `author` varchar(64) DEFAULT NULL,
  `alarm_email` varchar(255) DEFAULT NULL,
  `schedule_type` varchar(50) NOT NULL DEFAULT 'NONE',
  `schedule_conf` varchar(128) DEFAULT NULL,
  `misfire_strategy` varchar(50) NOT NULL DEFAULT 'DO_NOTHING',
  `executor_route_strategy` varchar(50) DEFAULT NULL,
  `executor_handler` varchar(255) DEFAULT NULL,
  `executor_param` varchar(512) DEFAULT NULL,
  `executor_block_strategy` varchar(50) DEFAULT NULL,
  `executor_timeout` int(11) NOT NULL DEFAULT '0',
  `executor_fail_retry_count` int(11) NOT NULL DEFAULT '0',
  `glue_type` varchar(50) NOT NULL,
  `glue_source` mediumtext,
  `child_jobid` varchar(255) DEFAULT NULL,
  `trigger_status` tinyint(4) NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`),
  KEY `i_group` (`job_group`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `xxl_job_info` VALUES (1,2,'清理日志','zhang,li','ops@example.com','CRON','0 30 2 * * ?','FIRE_ONCE_NOW','FIRST','','7','DISCARD_LATER',600,2,'GLUE_SHELL','#!/bin/bash\nfind /log -mtime +$1 -name \'*.gz\' -delete\necho \"done; ok\"\n','2,9',1),(2,2,'清理后统计','li','','NONE','','DO_NOTHING','FIRST','','','SERIAL_EXECUTION',0,0,'GLUE_PYTHON','print(1)\n','3',1),(3,2,'发送报表','li','','NONE','','DO_NOTHING','FIRST','','','COVER_EARLY',0,0,'GLUE_SHELL','echo report','1',1),(4,1,'对账','wang',NULL,'CRON','0 0 9 ? * 2 2026-2027','DO_NOTHING','SHARDING_BROADCAST','reconcile','{\"day\": -1}','SERIAL_EXECUTION',0,30,'BEAN','',NULL,1),(5,1,'心跳','wang',NULL,'FIX_RATE','30','DO_NOTHING','FIRST','','','',0,0,'GLUE_SHELL','true','',0),(6,1,'手动补数据','wang',NULL,'NONE','','DO_NOTHING','FIRST','','','',0,0,'GLUE_SHELL','true','',1);

INSERT INTO `xxl_job_log` VALUES (1,1,'it''s; (a log)','\\'),(2,1,'x','y');
-- Dump completed on 2026-11-30  9:00:00
"#;

#[test]
fn jobs_of_xxl_job_are_all_accounted_for() {
    let all = items(Scheduler::XxlJob, XXL_JOB);
    assert_eq!(all.len(), 6);
    let clean = item(&all, "1");
    let document = &clean.document;
    assert_eq!(document.name, "清理日志");
    assert_eq!((specs(clean), clean.line), (vec!["0 30 2 * * ?"], 42));
    assert_eq!(document.schedules[0].dialect, "quartz");
    assert_eq!(document.owners, ["zhang", "li"]);
    assert_eq!(document.tags, ["xxl-job", "ops"]);
    assert_eq!(document.zone, "Asia/Shanghai");
    assert_eq!(
        (document.timeout.as_str(), document.missed.policy.as_str()),
        ("600", "latest")
    );
    let execution = &document.execution;
    assert_eq!(
        (execution.overlap.as_str(), execution.shell.as_str()),
        ("skip", "bash")
    );
    assert_eq!(execution.retry.attempts, "3");
    let script = "set -- '7' 0 1\n#!/bin/bash\nfind /log -mtime +$1 -name '*.gz' -delete\necho \"done; ok\"\n";
    assert_eq!(document.command, script);
    assert_eq!(clean.outcome, Outcome::Task);
    // A job that is not there, and one that comes back to it.
    assert_eq!(
        codes(clean),
        ["elsewhere", "notified", "starts_other", "also_follows"]
    );

    // Those without a schedule fire with the one that starts them, however far that is.
    let count = item(&all, "2");
    assert_eq!(
        (specs(count), count.after.as_slice()),
        (vec!["0 30 2 * * ?"], &["1".to_owned()][..])
    );
    assert_eq!(count.document.command, "#!/usr/bin/env python3\nprint(1)\n");
    assert_eq!(count.document.execution.waits.what, "success");
    let report = item(&all, "3");
    assert_eq!(
        (specs(report), report.after.as_slice()),
        (vec!["0 30 2 * * ?"], &["2".to_owned()][..])
    );
    assert_eq!(report.document.execution.overlap, "replace");

    let handler = item(&all, "4");
    assert_eq!(handler.outcome, Outcome::Paused);
    assert_eq!(specs(handler), ["0 0 9 ? * 2"]);
    assert_eq!(handler.document.starts_at, "2026-01-01 00:00:00");
    assert_eq!(handler.document.ends_at, "2027-12-31 23:59:59");
    assert!(
        handler
            .document
            .command
            .contains("reconcile({\"day\": -1})"),
        "{}",
        handler.document.command
    );
    assert_eq!(
        codes(handler),
        ["elsewhere", "years", "fewer_retries", "sharded", "handler"]
    );

    let beat = item(&all, "5");
    assert_eq!(
        (specs(beat), beat.outcome),
        (vec!["every 30s"], Outcome::Paused)
    );
    let by_hand = item(&all, "6");
    assert_eq!(
        (specs(by_hand), by_hand.outcome),
        (vec!["0 0 1 1 *"], Outcome::Paused)
    );
    assert!(codes(by_hand).contains(&"no_schedule"));
}

#[test]
fn other_versions_of_xxl_job_have_other_columns() {
    // 2.0: names in capitals, no state, no type of schedule.
    let old = "INSERT INTO `XXL_JOB_QRTZ_TRIGGER_INFO`(`id`, `job_group`, `job_cron`, `job_desc`, `executor_handler`, \
               `glue_type`, `glue_source`) VALUES (1, 1, '0 0 0 * * ? *', 'old', 'h', 'GLUE_SHELL', 'true');";
    let all = items(Scheduler::XxlJob, old);
    assert_eq!(specs(&all[0]), ["0 0 0 * * ? *"]);
    assert_eq!(all[0].outcome, Outcome::Paused);
    assert!(codes(&all[0]).contains(&"state_unknown"));
    // 3.4: `name`, functions as values, and columns that are not known.
    let new = "INSERT INTO `xxl_job_info`(`id`, `name`, `add_time`, `schedule_type`, `schedule_conf`, `executor_handler`, \
               `glue_type`, `glue_source`, `trigger_status`, `of_tomorrow`)\nVALUES (7, 'new', now(), 'CRON', '0 0 0 * * ? *', '', \
               'GLUE_NODEJS', 'console.log(1)', 1, 0x31);";
    let all = items(Scheduler::XxlJob, new);
    assert_eq!(
        (all[0].document.name.as_str(), all[0].outcome),
        ("new", Outcome::Task)
    );
    assert_eq!(
        all[0].document.command,
        "#!/usr/bin/env node\nconsole.log(1)"
    );
}

const GOCRON: &str = "CREATE TABLE `gc_host` (`id` smallint(6) NOT NULL AUTO_INCREMENT,`name` varchar(64) NOT NULL,`alias` varchar(32),PRIMARY KEY (`id`));
INSERT INTO `gc_host` VALUES (1,'10.0.0.1','db'),(2,'10.0.0.2','web');
CREATE TABLE `gc_task` (
  `id` int(11) NOT NULL AUTO_INCREMENT, `name` varchar(32) NOT NULL, `level` tinyint(4) NOT NULL DEFAULT '1',
  `dependency_task_id` varchar(64) NOT NULL DEFAULT '', `dependency_status` tinyint(4) NOT NULL DEFAULT '1',
  `spec` varchar(64) NOT NULL, `protocol` tinyint(4) NOT NULL, `command` varchar(256) NOT NULL,
  `http_method` tinyint(4) NOT NULL DEFAULT '1', `timeout` mediumint(9) NOT NULL DEFAULT '0',
  `multi` tinyint(4) NOT NULL DEFAULT '1', `retry_times` tinyint(4) NOT NULL DEFAULT '0',
  `retry_interval` smallint(6) NOT NULL DEFAULT '0', `notify_status` tinyint(4) NOT NULL DEFAULT '1',
  `notify_type` tinyint(4) NOT NULL DEFAULT '0', `notify_receiver_id` varchar(256) NOT NULL DEFAULT '',
  `notify_keyword` varchar(128) NOT NULL DEFAULT '', `tag` varchar(32) NOT NULL DEFAULT '',
  `remark` varchar(100) NOT NULL DEFAULT '', `status` tinyint(4) NOT NULL DEFAULT '0',
  `created` datetime NOT NULL, `deleted` datetime DEFAULT NULL, PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `gc_task` VALUES
(1,'备份',1,'2',1,'0 30 2 * * *',2,'/opt/backup.sh',1,3600,0,2,0,1,1,'1,2','','db','每天备份',1,'2026-01-01 00:00:00',NULL),
(2,'备份后校验',2,'',1,'',2,'/opt/verify.sh',1,0,1,0,0,0,0,'','','db','',1,'2026-01-01 00:00:00',NULL),
(3,'回调',1,'',1,'@every 90s',1,'https://example.com/hook?a=1&b=2',2,0,1,1,5,0,0,'','','','',1,'2026-01-01 00:00:00',NULL),
(4,'月初',1,'',1,'0 0 8 */2 * 1',2,'echo x',1,0,1,0,0,0,0,'','','','',0,'2026-01-01 00:00:00',NULL),
(5,'删了',1,'',1,'0 0 8 ? * ?',2,'echo x',1,0,1,0,0,0,0,'','','','',1,'2026-01-01 00:00:00','2026-02-01 00:00:00'),
(6,'五个字段',1,'',1,'0 0 8 * *',2,'echo x',1,0,1,0,0,0,0,'','','','',1,'2026-01-01 00:00:00','0001-01-01 00:00:00');
CREATE TABLE `gc_task_host` (`id` int(11) NOT NULL,`task_id` int(11) NOT NULL,`host_id` smallint(6) NOT NULL,PRIMARY KEY (`id`),KEY `IDX_task` (`task_id`));
INSERT INTO `gc_task_host` VALUES (1,1,1),(2,1,2),(3,2,1);
INSERT INTO `gc_task_log` VALUES (1,1,'x');
";

#[test]
fn tasks_of_gocron_are_all_accounted_for() {
    let all = items(Scheduler::Gocron, GOCRON);
    assert_eq!(all.len(), 6);
    let backup = item(&all, "1");
    let document = &backup.document;
    assert_eq!(
        (specs(backup), document.command.as_str()),
        (vec!["0 30 2 * * *"], "/opt/backup.sh")
    );
    assert_eq!(
        (document.timeout.as_str(), document.runbook.as_str()),
        ("3600", "每天备份")
    );
    assert_eq!(document.tags, ["gocron", "db"]);
    assert_eq!(
        (
            document.execution.overlap.as_str(),
            document.missed.policy.as_str()
        ),
        ("skip", "none")
    );
    let retry = &document.execution.retry;
    assert_eq!(
        (
            retry.attempts.as_str(),
            retry.delay.as_str(),
            retry.factor.as_str()
        ),
        ("3", "60", "2")
    );
    assert_eq!(backup.outcome, Outcome::Paused, "it ran on two hosts");
    assert_eq!(
        codes(backup),
        ["retry_delays", "elsewhere", "sharded", "notified"]
    );

    let verify = item(&all, "2");
    assert_eq!(
        (specs(verify), verify.after.as_slice()),
        (vec!["0 30 2 * * *"], &["1".to_owned()][..])
    );
    assert_eq!(verify.document.execution.waits.fresh, "1s");

    let hook = item(&all, "3");
    let http = &hook.document.execution.http;
    assert_eq!(
        (http.method.as_str(), http.url.as_str(), http.body.as_str()),
        ("POST", "https://example.com/hook", "a=1&b=2")
    );
    assert_eq!(
        (http.expect_status.as_str(), hook.document.timeout.as_str()),
        ("200", "300")
    );
    assert_eq!(
        (specs(hook), hook.document.command.as_str()),
        (vec!["@every 90s"], "")
    );
    assert_eq!(hook.document.execution.retry.delay, "5");

    let month = item(&all, "4");
    assert_eq!(
        (codes(month), month.outcome),
        (vec!["both_days", "disabled"], Outcome::Paused)
    );
    assert_eq!(item(&all, "5").outcome, Outcome::Refused);
    assert_eq!(
        (specs(item(&all, "6")), item(&all, "6").outcome),
        (vec!["0 0 8 * * *"], Outcome::Task)
    );
}

/// As `sqlite3 .dump` writes it: quotes are doubled, `\` is a character, line breaks are functions.
const JCRONTAB: &str = r#"PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "Jcrontab_demandorder" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "starttime" datetime NOT NULL, "endtime" datetime NOT NULL, "workcycle" varchar(50) NOT NULL, "subworkcycle" varchar(50) NOT NULL, "workowner" varchar(10) NOT NULL, "extname" varchar(10) NOT NULL, "workcontent" varchar(100) NOT NULL, "noticeurl" varchar(100) NOT NULL, "status" integer NOT NULL, "ispush" integer NOT NULL, "command" varchar(100) NOT NULL, "workmode" varchar(20) NOT NULL);
INSERT INTO Jcrontab_demandorder VALUES(1,'2019-11-18 08:00:00','2029-11-20 16:00:00.000000','*/2 * * * *','*/1 * * * *','jeson,li','牧客','提醒巡检','https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc',0,1,'','M');
INSERT INTO Jcrontab_demandorder VALUES(2,'2019-11-18 08:00:00','2029-11-20 16:00:00','0 9 * * 1-5','','li,','','it''s C:\dir','',1,0,replace('echo a\necho b','\n',char(10)),'C');
INSERT INTO Jcrontab_demandorder VALUES(3,'2019-11-18 08:00:00','2029-11-20 16:00:00','','','','','没有周期','',0,0,'date','MC');
COMMIT;
"#;

#[test]
fn tasks_of_the_original_are_all_accounted_for() {
    let all = items(Scheduler::Jcrontab, JCRONTAB);
    let round = item(&all, "1");
    let document = &round.document;
    assert_eq!(document.mode, app::task::Mode::Message);
    assert_eq!(
        (document.starts_at.as_str(), document.ends_at.as_str()),
        ("2019-11-18T08:00:00Z", "2029-11-20T16:00:00Z")
    );
    assert_eq!(
        (document.owners.as_slice(), document.nickname.as_str()),
        (&["jeson".to_owned(), "li".to_owned()][..], "牧客")
    );
    assert_eq!(
        (specs(round), document.urge_cron.as_str()),
        (vec!["*/2 * * * *"], "*/1 * * * *")
    );
    assert!(round.robot.ends_with("key=abc"));
    assert_eq!(
        (codes(round), round.outcome),
        (vec!["chased"], Outcome::Task)
    );
    let other = item(&all, "2");
    assert_eq!(
        (
            other.document.name.as_str(),
            other.document.command.as_str()
        ),
        ("it's C:\\dir", "echo a\necho b")
    );
    assert_eq!(
        (codes(other), other.outcome),
        (vec!["finished"], Outcome::Paused)
    );
    assert_eq!(codes(item(&all, "3")), ["no_schedule"]);
}
