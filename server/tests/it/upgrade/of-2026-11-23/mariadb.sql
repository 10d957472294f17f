/*M!999999\- enable the sandbox mode */ 
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `api_token` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) NOT NULL,
  `prefix` varchar(16) NOT NULL,
  `token_hash` varchar(64) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) DEFAULT NULL,
  `last_used_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `token_hash` (`token_hash`),
  KEY `ix_api_token_user_id` (`user_id`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `api_token` VALUES (1,1,'jct_hOuscAcJ','a301893d2c51416f5d296473f4113c20c9735e938b426d8b7ad6de61eba87710','2026-11-30 13:29:05.077077',NULL,'2026-11-30 13:30:31.992105');
INSERT INTO `api_token` VALUES (2,2,'jct_i2f1qbn0','442316b7b3eba4a95054116aa98ccae2c9b95c4c57eea1c84a7ae234ae9785f3','2026-11-30 13:29:05.318350',NULL,'2026-11-30 13:29:07.602799');
INSERT INTO `api_token` VALUES (3,3,'jct_oDSATIM9','85f34117dc0c743a5cbf9657cc1587a35c79e410b96861f3a3586d2b47deaac9','2026-11-30 13:29:05.518699',NULL,'2026-11-30 13:29:14.324418');
INSERT INTO `api_token` VALUES (4,4,'jct_hq9yWr3O','a436da154ad60b3db48aa773e903ad0839a14c4e5407e0699e2c78d8fcec4983','2026-11-30 13:29:05.747008',NULL,NULL);
INSERT INTO `api_token` VALUES (5,5,'jct_rIFa-HK6','88745d3ed23265d9b49f1b9b9eb772900dd72dee4eed8951f2317c34b4dbde1d','2026-11-30 13:29:05.930372',NULL,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `audit` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `at` datetime(6) NOT NULL,
  `who` varchar(64) NOT NULL,
  `via` varchar(16) NOT NULL,
  `action` varchar(64) NOT NULL,
  `object_id` bigint(20) DEFAULT NULL,
  `detail` mediumtext NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_audit_at` (`at`),
  KEY `ix_audit_object_id_at` (`object_id`,`at`)
) ENGINE=InnoDB AUTO_INCREMENT=116 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `audit` VALUES (1,'2026-11-30 13:29:03.866987','console','console','user.create',1,'root');
INSERT INTO `audit` VALUES (2,'2026-11-30 13:29:04.079443','console','console','user.create',2,'ed');
INSERT INTO `audit` VALUES (3,'2026-11-30 13:29:04.381417','console','console','user.create',3,'op');
INSERT INTO `audit` VALUES (4,'2026-11-30 13:29:04.588469','console','console','user.create',4,'vi');
INSERT INTO `audit` VALUES (5,'2026-11-30 13:29:04.846382','console','console','user.create',5,'gone');
INSERT INTO `audit` VALUES (6,'2026-11-30 13:29:05.078211','console','console','token.create',1,'root');
INSERT INTO `audit` VALUES (7,'2026-11-30 13:29:05.324966','console','console','token.create',2,'ed');
INSERT INTO `audit` VALUES (8,'2026-11-30 13:29:05.524936','console','console','token.create',3,'op');
INSERT INTO `audit` VALUES (9,'2026-11-30 13:29:05.748661','console','console','token.create',4,'vi');
INSERT INTO `audit` VALUES (10,'2026-11-30 13:29:05.931245','console','console','token.create',5,'gone');
INSERT INTO `audit` VALUES (11,'2026-11-30 13:29:06.642729','console','console','token.create',6,'ed');
INSERT INTO `audit` VALUES (12,'2026-11-30 13:29:06.738777','console','console','token.revoke',6,'');
INSERT INTO `audit` VALUES (13,'2026-11-30 13:29:06.892808','console','console','user.disable',5,'');
INSERT INTO `audit` VALUES (14,'2026-11-30 13:29:06.996882','ed','session','sign_in',2,'127.0.0.1');
INSERT INTO `audit` VALUES (15,'2026-11-30 13:29:07.019012','root','token','channel.create',1,'值班群');
INSERT INTO `audit` VALUES (16,'2026-11-30 13:29:07.061943','root','token','channel.create',2,'hook');
INSERT INTO `audit` VALUES (17,'2026-11-30 13:29:07.104649','root','token','channel.create',3,'slow');
INSERT INTO `audit` VALUES (18,'2026-11-30 13:29:07.157450','root','token','channel.create',4,'shut');
INSERT INTO `audit` VALUES (19,'2026-11-30 13:29:07.202058','root','token','channel.test',2,'');
INSERT INTO `audit` VALUES (20,'2026-11-30 13:29:07.231351','root','token','pool.create',NULL,'db 1');
INSERT INTO `audit` VALUES (21,'2026-11-30 13:29:07.277516','root','token','pool.create',NULL,'wide 7');
INSERT INTO `audit` VALUES (22,'2026-11-30 13:29:07.306831','root','token','pool.create',NULL,'* 50');
INSERT INTO `audit` VALUES (23,'2026-11-30 13:29:07.330841','root','token','calendar.create',NULL,'ops');
INSERT INTO `audit` VALUES (24,'2026-11-30 13:29:07.376878','root','token','calendar.import',NULL,'ops: 5 days');
INSERT INTO `audit` VALUES (25,'2026-11-30 13:29:07.496008','root','token','blackout.create',1,'封网');
INSERT INTO `audit` VALUES (26,'2026-11-30 13:29:07.564148','root','token','blackout.create',2,'搬迁');
INSERT INTO `audit` VALUES (27,'2026-11-30 13:29:07.645529','ed','token','task.create',1,'备份 数据库');
INSERT INTO `audit` VALUES (28,'2026-11-30 13:29:07.729136','ed','token','task.create',2,'周报提醒');
INSERT INTO `audit` VALUES (29,'2026-11-30 13:29:07.753689','ed','token','task.create',3,'催着的提醒');
INSERT INTO `audit` VALUES (30,'2026-11-30 13:29:07.786361','root','token','task.create',4,'催着的命令');
INSERT INTO `audit` VALUES (31,'2026-11-30 13:29:07.810172','root','token','task.create',5,'不催了');
INSERT INTO `audit` VALUES (32,'2026-11-30 13:29:07.827485','root','token','task.create',6,'暂停');
INSERT INTO `audit` VALUES (33,'2026-11-30 13:29:07.847122','root','token','task.create',7,'暂停到年底');
INSERT INTO `audit` VALUES (34,'2026-11-30 13:29:07.870804','root','token','task.create',8,'已结单');
INSERT INTO `audit` VALUES (35,'2026-11-30 13:29:07.913241','root','token','task.create',9,'催单后结单');
INSERT INTO `audit` VALUES (36,'2026-11-30 13:29:07.930429','root','token','task.create',10,'对账');
INSERT INTO `audit` VALUES (37,'2026-11-30 13:29:07.954561','root','token','task.create',11,'interval');
INSERT INTO `audit` VALUES (38,'2026-11-30 13:29:07.969579','root','token','task.create',12,'once, later');
INSERT INTO `audit` VALUES (39,'2026-11-30 13:29:07.992927','root','token','task.create',13,'at start');
INSERT INTO `audit` VALUES (40,'2026-11-30 13:29:08.011938','root','token','task.create',14,'call');
INSERT INTO `audit` VALUES (41,'2026-11-30 13:29:08.042767','root','token','task.create',15,'parameters');
INSERT INTO `audit` VALUES (42,'2026-11-30 13:29:08.061293','root','token','task.create',16,'secrets');
INSERT INTO `audit` VALUES (43,'2026-11-30 13:29:08.086564','root','token','task.create',17,'long output');
INSERT INTO `audit` VALUES (44,'2026-11-30 13:29:08.106746','root','token','task.create',18,'fails');
INSERT INTO `audit` VALUES (45,'2026-11-30 13:29:08.130513','root','token','task.create',19,'too slow');
INSERT INTO `audit` VALUES (46,'2026-11-30 13:29:08.146728','root','token','task.create',20,'stopped');
INSERT INTO `audit` VALUES (47,'2026-11-30 13:29:08.165793','root','token','task.create',21,'killed by signal');
INSERT INTO `audit` VALUES (48,'2026-11-30 13:29:08.200954','root','token','task.create',22,'dies with the server');
INSERT INTO `audit` VALUES (49,'2026-11-30 13:29:08.240699','root','token','task.create',23,'outlives');
INSERT INTO `audit` VALUES (50,'2026-11-30 13:29:08.263718','root','token','task.create',24,'waits for others');
INSERT INTO `audit` VALUES (51,'2026-11-30 13:29:08.286828','root','token','task.create',25,'all at once');
INSERT INTO `audit` VALUES (52,'2026-11-30 13:29:08.303499','root','token','task.create',26,'pool of one');
INSERT INTO `audit` VALUES (53,'2026-11-30 13:29:08.318827','root','token','task.create',27,'replaced');
INSERT INTO `audit` VALUES (54,'2026-11-30 13:29:08.353171','root','token','task.create',28,'in line');
INSERT INTO `audit` VALUES (55,'2026-11-30 13:29:08.376483','root','token','task.create',29,'tried again');
INSERT INTO `audit` VALUES (56,'2026-11-30 13:29:08.397195','root','token','task.create',30,'to a closed door');
INSERT INTO `audit` VALUES (57,'2026-11-30 13:29:08.429708','root','token','task.create',31,'fails in silence');
INSERT INTO `audit` VALUES (58,'2026-11-30 13:29:08.453963','root','token','task.create',32,'takes its time');
INSERT INTO `audit` VALUES (59,'2026-11-30 13:29:08.473804','root','token','task.create',33,'deleted');
INSERT INTO `audit` VALUES (60,'2026-11-30 13:29:08.490555','root','token','task.delete',33,'deleted');
INSERT INTO `audit` VALUES (61,'2026-11-30 13:29:08.499523','root','token','secret.create',1,'VAULT_PASSWORD; grant #16');
INSERT INTO `audit` VALUES (62,'2026-11-30 13:29:08.520548','root','token','secret.create',2,'API_KEY; grant #14 #16');
INSERT INTO `audit` VALUES (63,'2026-11-30 13:29:08.541031','root','token','secret.create',3,'UNUSED');
INSERT INTO `audit` VALUES (64,'2026-11-30 13:29:08.555706','root','token','task.run',1,'run 1');
INSERT INTO `audit` VALUES (65,'2026-11-30 13:29:08.687982','root','token','task.run',2,'run 2');
INSERT INTO `audit` VALUES (66,'2026-11-30 13:29:08.729573','root','token','task.run',4,'run 3');
INSERT INTO `audit` VALUES (67,'2026-11-30 13:29:08.771779','root','token','task.run',10,'run 4');
INSERT INTO `audit` VALUES (68,'2026-11-30 13:29:08.813767','root','token','task.run',14,'run 5');
INSERT INTO `audit` VALUES (69,'2026-11-30 13:29:08.854125','root','token','task.run',16,'run 6');
INSERT INTO `audit` VALUES (70,'2026-11-30 13:29:09.047749','root','token','task.run',17,'run 7');
INSERT INTO `audit` VALUES (71,'2026-11-30 13:29:09.186288','root','token','task.run',18,'run 8');
INSERT INTO `audit` VALUES (72,'2026-11-30 13:29:09.311494','root','token','task.run',18,'run 9');
INSERT INTO `audit` VALUES (73,'2026-11-30 13:29:09.440297','root','token','task.run',21,'run 10');
INSERT INTO `audit` VALUES (74,'2026-11-30 13:29:09.561492','root','token','task.run',30,'run 11');
INSERT INTO `audit` VALUES (75,'2026-11-30 13:29:09.699339','root','token','task.run',26,'run 12');
INSERT INTO `audit` VALUES (76,'2026-11-30 13:29:09.820440','root','token','task.run',31,'run 13');
INSERT INTO `audit` VALUES (77,'2026-11-30 13:29:09.946992','root','token','task.run',19,'run 14; parameters FOR');
INSERT INTO `audit` VALUES (78,'2026-11-30 13:29:11.048543','root','token','task.run',32,'run 15; parameters FOR');
INSERT INTO `audit` VALUES (79,'2026-11-30 13:29:14.190059','root','token','task.run',15,'run 16; parameters DAY, PIN; 月初补跑');
INSERT INTO `audit` VALUES (80,'2026-11-30 13:29:14.315443','root','token','task.run',20,'run 17; parameters FOR');
INSERT INTO `audit` VALUES (81,'2026-11-30 13:29:14.327866','op','token','run.stop',17,'');
INSERT INTO `audit` VALUES (82,'2026-11-30 13:29:14.461076','op','token','task.run',27,'run 18; parameters FOR');
INSERT INTO `audit` VALUES (83,'2026-11-30 13:29:14.498667','root','token','task.run',27,'run 19; parameters FOR');
INSERT INTO `audit` VALUES (84,'2026-11-30 13:29:14.537051','root','token','task.run',11,'run 20');
INSERT INTO `audit` VALUES (85,'2026-11-30 13:29:14.673338','op','token','task.urge',4,'催着的命令');
INSERT INTO `audit` VALUES (86,'2026-11-30 13:29:14.711644','root','token','task.run',4,'run 21');
INSERT INTO `audit` VALUES (87,'2026-11-30 13:29:14.840890','op','token','task.urge',5,'不催了');
INSERT INTO `audit` VALUES (88,'2026-11-30 13:29:14.854297','op','token','task.unurge',5,'不催了');
INSERT INTO `audit` VALUES (89,'2026-11-30 13:29:14.870537','root','token','task.pause',6,'暂停');
INSERT INTO `audit` VALUES (90,'2026-11-30 13:29:14.895067','root','token','task.pause',7,'暂停到年底');
INSERT INTO `audit` VALUES (91,'2026-11-30 13:29:14.908679','op','token','task.close',8,'已结单');
INSERT INTO `audit` VALUES (92,'2026-11-30 13:29:14.935822','root','token','task.close',9,'催单后结单');
INSERT INTO `audit` VALUES (93,'2026-11-30 13:29:14.970991','ed','token','task.update',11,'{\"nickname\":[\"\",\"滴答\"]}');
INSERT INTO `audit` VALUES (94,'2026-11-30 13:29:14.986527','root','token','task.create',34,'fires');
INSERT INTO `audit` VALUES (95,'2026-11-30 13:29:15.022273','root','token','task.create',35,'overlaps');
INSERT INTO `audit` VALUES (96,'2026-11-30 13:29:15.053187','root','token','task.create',36,'frozen');
INSERT INTO `audit` VALUES (97,'2026-11-30 13:29:15.163675','root','token','task.create',37,'works on work days');
INSERT INTO `audit` VALUES (98,'2026-11-30 13:29:15.189983','root','token','task.create',38,'waits in vain');
INSERT INTO `audit` VALUES (99,'2026-11-30 13:29:41.222367','root','token','task.create',39,'missed, none');
INSERT INTO `audit` VALUES (100,'2026-11-30 13:29:41.274970','root','token','task.create',40,'missed, latest');
INSERT INTO `audit` VALUES (101,'2026-11-30 13:29:41.305089','root','token','task.create',41,'missed, all');
INSERT INTO `audit` VALUES (102,'2026-11-30 13:29:41.329960','root','token','task.create',42,'reminder, missed');
INSERT INTO `audit` VALUES (103,'2026-11-30 13:29:41.373363','root','token','task.run',22,'run 34; parameters FOR');
INSERT INTO `audit` VALUES (104,'2026-11-30 13:30:32.003209','root','token','task.run',30,'run 57');
INSERT INTO `audit` VALUES (105,'2026-11-30 13:30:32.176073','root','token','task.run',2,'run 58');
INSERT INTO `audit` VALUES (106,'2026-11-30 13:30:32.312666','root','token','task.run',1,'run 59');
INSERT INTO `audit` VALUES (107,'2026-11-30 13:30:32.480441','root','token','task.run',3,'run 60');
INSERT INTO `audit` VALUES (108,'2026-11-30 13:30:32.639464','root','token','task.run',18,'run 61');
INSERT INTO `audit` VALUES (109,'2026-11-30 13:30:32.771579','root','token','task.run',29,'run 62');
INSERT INTO `audit` VALUES (110,'2026-11-30 13:30:32.827799','root','token','task.run',25,'run 64; parameters FOR');
INSERT INTO `audit` VALUES (111,'2026-11-30 13:30:32.858329','root','token','task.run',26,'run 65');
INSERT INTO `audit` VALUES (112,'2026-11-30 13:30:32.883622','root','token','task.run',28,'run 66; parameters FOR');
INSERT INTO `audit` VALUES (113,'2026-11-30 13:30:32.900376','root','token','task.run',28,'run 67');
INSERT INTO `audit` VALUES (114,'2026-11-30 13:30:32.916743','root','token','task.run',28,'run 68');
INSERT INTO `audit` VALUES (115,'2026-11-30 13:30:33.003527','root','token','task.create',43,'to a slow receiver');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `blackout` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(200) NOT NULL,
  `tags` mediumtext NOT NULL,
  `zone` varchar(64) NOT NULL,
  `starts_at` datetime(6) DEFAULT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  `cron` varchar(512) DEFAULT NULL,
  `duration_seconds` bigint(20) DEFAULT NULL,
  `policy` varchar(16) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `blackout` VALUES (1,'封网','[\"frozen\"]','Asia/Shanghai',NULL,NULL,'* * * * *',60,'drop','2026-11-30 13:29:07.407227','2026-11-30 13:29:07.407227');
INSERT INTO `blackout` VALUES (2,'搬迁','[]','UTC','2027-05-01 00:00:00.000000','2027-05-02 00:00:00.000000',NULL,NULL,'catch_up','2026-11-30 13:29:07.542473','2026-11-30 13:29:07.542473');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `calendar` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(32) NOT NULL,
  `source_url` varchar(1024) DEFAULT NULL,
  `days` mediumtext NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `calendar` VALUES (1,'ops','https://example.com/days.ics','2026-11-29 rest 盘点\n2026-11-30..2026-12-01 rest 停机日\n2026-12-26 work 调休上班\n2027-01-01 rest 元旦\n','2026-11-30 13:29:07.326370','2026-11-30 13:29:07.363085');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `channel` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(64) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `url_sealed` mediumtext NOT NULL,
  `url_masked` varchar(255) NOT NULL,
  `last_answer` mediumtext DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `channel` VALUES (1,'值班群','wecom','1:ROx8WusjtRj7DsS1XDeTZMWSJG2j6kHILnIMBtDgS4vyh6UshBHlTVVmS8UNRFqEWarNoxrAZiNeWFeh8rOfG3fTP7AU0GnFzpOVi1UjGBV8g5wy01h4WO7G','http://127.0.0.1:18701/…obot','{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}','2026-11-30 13:29:07.006943','2026-11-30 13:29:07.015233');
INSERT INTO `channel` VALUES (2,'hook','webhook','1:tWFN4CjYVHGbhy0pJZKiKa7mfbFV6VTfwDtqspTzv0gtvUwJmtNNyOk5Fpahq5JT0fddfDrWazlXllkKJSYcu+F8IXWQ','http://127.0.0.1:18701/…cret','HTTP 503 {\"error\":\"closed for repairs\"}','2026-11-30 13:29:07.052669','2026-11-30 13:29:07.056786');
INSERT INTO `channel` VALUES (3,'slow','webhook','1:X2f6dW0XC5YefLKHXWDQFwzhOfhy9+iOjQp8zUUs9UVsBePtpBnewmWfzwezRv1mP+9HuOcqmQ','http://127.0.0.1:18701/…hang',NULL,'2026-11-30 13:29:07.097427','2026-11-30 13:29:07.103629');
INSERT INTO `channel` VALUES (4,'shut','webhook','1:4F4kfGeMCok05Gm0e4dDXBf3yxVxCEeJmEF4+vyYrsSHI5uSCkjWCjKoaihl51tsOHH+ofqtZQ','http://127.0.0.2:18701/…shut','127.0.0.2 is a private or special address; JCRONTAB_OUTBOUND_ALLOW can allow its network','2026-11-30 13:29:07.138125','2026-11-30 13:29:07.140968');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `cluster` (
  `id` int(11) NOT NULL,
  `change_counter` bigint(20) NOT NULL,
  `planned_until` datetime(6) NOT NULL,
  `key_check` mediumtext DEFAULT NULL,
  `claims` bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `cluster` VALUES (1,62,'2026-11-30 13:30:21.942605','1:VObOjdwf2xF08dzo8Dj44Qv6W1H0VAcyaLuTRAXVgwX1CcFH',73);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `idempotency` (
  `key_hash` varchar(64) NOT NULL,
  `request_hash` varchar(64) NOT NULL,
  `run_id` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`key_hash`),
  KEY `ix_idempotency_created_at` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `idempotency` VALUES ('8978741bc41ca2feef57ac7e020e690e0a8a6c4220e523fbe2850bf7a34290a1','fdde90c9a67cafbb58c3a4d7550a25bd6b4ac8b1ecf413fd9ed2566e5ff5ec7d',20,'2026-11-30 13:29:14.532355');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `message` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `task_id` bigint(20) NOT NULL,
  `run_id` bigint(20) DEFAULT NULL,
  `channel_id` bigint(20) NOT NULL,
  `event` varchar(32) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `body` mediumtext NOT NULL,
  `mentions` mediumtext NOT NULL,
  `after_id` bigint(20) DEFAULT NULL,
  `state` varchar(16) NOT NULL,
  `attempts` int(11) NOT NULL DEFAULT 0,
  `next_attempt_at` datetime(6) NOT NULL,
  `node_id` varchar(32) DEFAULT NULL,
  `last_answer` mediumtext DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `sent_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_message_state_next_attempt_at` (`state`,`next_attempt_at`),
  KEY `ix_message_task_id_id` (`task_id`,`id`),
  KEY `ix_message_channel_id_state` (`channel_id`,`state`),
  KEY `ix_message_run_id` (`run_id`)
) ENGINE=InnoDB AUTO_INCREMENT=54 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `message` VALUES (1,1,NULL,1,'created','text','【建单通知】备份 数据库\n夜猫，你好！\n时间：2026-11-30 星期一 21:29:07 (Asia/Shanghai)\n命令：# nightly\necho \"backing up \'$STAGE\'\" && echo done; exit 0\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/1\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\",\"小王\"]',NULL,'sent',1,'2026-11-30 13:29:07.626750','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:07.626750','2026-11-30 13:29:07.682249');
INSERT INTO `message` VALUES (2,2,NULL,1,'created','text','【建单通知】周报提醒\n时间：2026-11-30 星期一 21:29:07 (Asia/Shanghai)\n周期：每周五 10:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/2\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\"]',NULL,'sent',1,'2026-11-30 13:29:07.716996','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:07.716996','2026-11-30 13:29:07.742426');
INSERT INTO `message` VALUES (3,3,NULL,1,'created','text','【建单通知】催着的提醒\n时间：2026-11-30 星期一 21:29:07 (Asia/Shanghai)\n周期：每 2 小时整点（Asia/Shanghai）\n结单链接：http://cron.test/tasks/3\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\",\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:07.749643','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:07.749643','2026-11-30 13:29:07.764788');
INSERT INTO `message` VALUES (4,4,NULL,2,'created','text','【建单通知】催着的命令\n时间：2026-11-30 星期一 21:29:07 (Asia/Shanghai)\n命令：echo urged\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/4\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:07.778938','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:07.778938','2026-11-30 13:29:07.802476');
INSERT INTO `message` VALUES (5,8,NULL,2,'created','text','【建单通知】已结单\n时间：2026-11-30 星期一 21:29:07 (Asia/Shanghai)\n周期：每天 08:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/8\n管理后台：http://cron.test/admin\n谢谢！','[\"小王\"]',NULL,'sent',1,'2026-11-30 13:29:07.866372','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:07.866372','2026-11-30 13:29:07.881835');
INSERT INTO `message` VALUES (6,18,NULL,2,'created','text','【建单通知】fails\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：echo no space left; exit 28\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/18\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:08.103488','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.103488','2026-11-30 13:29:08.120301');
INSERT INTO `message` VALUES (7,19,NULL,2,'created','text','【建单通知】too slow\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：echo begun; sleep \"$FOR\"; echo over\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/19\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:08.126123','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.126123','2026-11-30 13:29:08.141757');
INSERT INTO `message` VALUES (8,22,NULL,2,'created','text','【建单通知】dies with the server\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：echo begun; sleep \"$FOR\"; echo over\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/22\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:08.191514','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.191514','2026-11-30 13:29:08.219209');
INSERT INTO `message` VALUES (9,30,NULL,4,'created','text','【建单通知】to a closed door\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：exit 1\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/30\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:08.387510','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.387510','2026-11-30 13:29:08.419836');
INSERT INTO `message` VALUES (10,31,NULL,2,'created','text','【建单通知】fails in silence\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：exit 3\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/31\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:08.425864','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.425864','2026-11-30 13:29:08.442716');
INSERT INTO `message` VALUES (11,32,NULL,2,'created','text','【建单通知】takes its time\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：echo begun; sleep \"$FOR\"; echo over\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/32\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:08.450865','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.450865','2026-11-30 13:29:08.465623');
INSERT INTO `message` VALUES (12,1,1,1,'reminder','text','【通知需求】备份 数据库\n夜猫，你好！\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：# nightly\necho \"backing up \'$STAGE\'\" && echo done; exit 0\n执行成功（退出码 0，用时 0.0 秒）\n结果：\nbacking up \'prod\'\ndone\n结单链接：http://cron.test/tasks/1\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\",\"小王\"]',NULL,'sent',1,'2026-11-30 13:29:08.553343','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.553343','2026-11-30 13:29:08.579186');
INSERT INTO `message` VALUES (13,1,1,1,'reminder','image','reminder','[\"zhangsan\",\"小王\"]',12,'sent',1,'2026-11-30 13:29:08.579186','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.553343','2026-11-30 13:29:08.594738');
INSERT INTO `message` VALUES (14,2,2,1,'reminder','text','【通知需求】周报提醒\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n结单链接：http://cron.test/tasks/2\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\"]',NULL,'sent',1,'2026-11-30 13:29:08.685451','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.685451','2026-11-30 13:29:08.702784');
INSERT INTO `message` VALUES (15,2,2,1,'reminder','image','reminder','[\"zhangsan\"]',14,'sent',1,'2026-11-30 13:29:08.702784','f85c2d138edc683c','{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.685451','2026-11-30 13:29:08.711077');
INSERT INTO `message` VALUES (16,4,3,2,'reminder','text','【通知需求】催着的命令\n时间：2026-11-30 星期一 21:29:08 (Asia/Shanghai)\n命令：echo urged\n执行成功（退出码 0，用时 0.0 秒）\n结果：\nurged\n结单链接：http://cron.test/tasks/4\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:08.715712','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.715712','2026-11-30 13:29:08.758615');
INSERT INTO `message` VALUES (17,4,3,2,'reminder','image','reminder','[\"lisi\"]',16,'sent',1,'2026-11-30 13:29:08.758615','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:08.715712','2026-11-30 13:29:08.769859');
INSERT INTO `message` VALUES (18,18,8,2,'reminder','text','【通知需求】fails\n时间：2026-11-30 星期一 21:29:09 (Asia/Shanghai)\n命令：echo no space left; exit 28\n执行失败（退出码 28，用时 0.0 秒）\n结果：\nno space left\n结单链接：http://cron.test/tasks/18\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:09.184064','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.184064','2026-11-30 13:29:09.207426');
INSERT INTO `message` VALUES (19,18,8,2,'reminder','image','reminder','[\"lisi\"]',18,'sent',1,'2026-11-30 13:29:09.207426','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.184064','2026-11-30 13:29:09.221750');
INSERT INTO `message` VALUES (20,18,9,2,'reminder','text','【通知需求】fails\n时间：2026-11-30 星期一 21:29:09 (Asia/Shanghai)\n命令：echo no space left; exit 28\n执行失败（退出码 28，用时 0.0 秒）\n结果：\nno space left\n结单链接：http://cron.test/tasks/18\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:09.308257','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.308257','2026-11-30 13:29:09.328265');
INSERT INTO `message` VALUES (21,18,9,2,'reminder','image','reminder','[\"lisi\"]',20,'sent',1,'2026-11-30 13:29:09.328265','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.308257','2026-11-30 13:29:09.334383');
INSERT INTO `message` VALUES (22,30,11,4,'reminder','text','【通知需求】to a closed door\n时间：2026-11-30 星期一 21:29:09 (Asia/Shanghai)\n命令：exit 1\n执行失败（退出码 1，用时 0.0 秒）\n结果：（没有输出）\n结单链接：http://cron.test/tasks/30\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:09.558999','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.558999','2026-11-30 13:29:09.581745');
INSERT INTO `message` VALUES (23,30,11,4,'reminder','image','reminder','[]',22,'sent',1,'2026-11-30 13:29:09.581745','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.558999','2026-11-30 13:29:09.590017');
INSERT INTO `message` VALUES (24,31,13,2,'failed','text','【执行失败】fails in silence\n时间：2026-11-30 星期一 21:29:09 (Asia/Shanghai)\n命令：exit 3\n执行失败（退出码 3，用时 0.0 秒）\n结果：（没有输出）\n结单链接：http://cron.test/tasks/31\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:09.818168','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.818168','2026-11-30 13:29:09.838636');
INSERT INTO `message` VALUES (25,19,14,2,'reminder','text','【通知需求】too slow\n时间：2026-11-30 星期一 21:29:09 (Asia/Shanghai)\n命令：echo begun; sleep \"$FOR\"; echo over\n执行超时（信号 15，用时 1.0 秒）\n结果：\nbegun\n结单链接：http://cron.test/tasks/19\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:09.944747','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.944747','2026-11-30 13:29:10.969088');
INSERT INTO `message` VALUES (26,19,14,2,'reminder','image','reminder','[]',25,'sent',1,'2026-11-30 13:29:10.969088','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:09.944747','2026-11-30 13:29:10.972113');
INSERT INTO `message` VALUES (27,32,15,2,'too_long','text','【执行过久】takes its time\n时间：2026-11-30 星期一 21:29:12 (Asia/Shanghai)\n命令：echo begun; sleep \"$FOR\"; echo over\n已经执行超过 1s，还在继续\n结单链接：http://cron.test/tasks/32\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:12.052874','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:12.052874','2026-11-30 13:29:12.072360');
INSERT INTO `message` VALUES (28,4,21,2,'urge','text','【催单】催着的命令\n时间：2026-11-30 星期一 21:29:14 (Asia/Shanghai)\n命令：echo urged\n执行成功（退出码 0，用时 0.0 秒）\n结果：\nurged\n结单链接：http://cron.test/tasks/4\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:29:14.709130','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:14.709130','2026-11-30 13:29:14.735656');
INSERT INTO `message` VALUES (29,4,21,2,'urge','image','urge','[\"lisi\"]',28,'sent',1,'2026-11-30 13:29:14.735656','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:14.709130','2026-11-30 13:29:14.745615');
INSERT INTO `message` VALUES (30,39,NULL,2,'created','text','【建单通知】missed, none\n时间：2026-11-30 星期一 13:29:41 (UTC)\n命令：echo caught up\n周期：每 5 秒（UTC）\n结单链接：http://cron.test/tasks/39\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:41.212202','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:41.212202','2026-11-30 13:29:41.257153');
INSERT INTO `message` VALUES (31,42,NULL,2,'created','text','【建单通知】reminder, missed\n时间：2026-11-30 星期一 13:29:41 (UTC)\n周期：每 10 秒（UTC）\n结单链接：http://cron.test/tasks/42\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:41.326790','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:41.326790','2026-11-30 13:29:41.354279');
INSERT INTO `message` VALUES (32,39,35,2,'reminder','text','【通知需求】missed, none\n时间：2026-11-30 星期一 13:29:45 (UTC)\n命令：echo caught up\n执行成功（退出码 0，用时 0.0 秒）\n结果：\ncaught up\n结单链接：http://cron.test/tasks/39\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:29:45.000000','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:45.000000','2026-11-30 13:29:45.066062');
INSERT INTO `message` VALUES (33,39,35,2,'reminder','image','reminder','[]',32,'sent',1,'2026-11-30 13:29:45.066062','f85c2d138edc683c','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:29:45.000000','2026-11-30 13:29:45.073544');
INSERT INTO `message` VALUES (34,22,34,2,'lost','text','【执行丢失】dies with the server\n时间：2026-11-30 星期一 21:30:11 (Asia/Shanghai)\n命令：echo begun; sleep \"$FOR\"; echo over\n服务器在执行过程中停止，执行结果未知\n结单链接：http://cron.test/tasks/22\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:30:11.724568','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:11.724568','2026-11-30 13:30:11.877939');
INSERT INTO `message` VALUES (35,4,41,2,'urge','text','【催单】催着的命令\n时间：2026-11-30 星期一 21:30:00 (Asia/Shanghai)\n命令：echo urged\n执行成功（退出码 0，用时 0.0 秒）\n结果：\nurged\n结单链接：http://cron.test/tasks/4\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'sent',1,'2026-11-30 13:30:00.000000','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:00.000000','2026-11-30 13:30:11.987279');
INSERT INTO `message` VALUES (36,4,41,2,'urge','image','urge','[\"lisi\"]',35,'sent',1,'2026-11-30 13:30:11.987279','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:00.000000','2026-11-30 13:30:11.991479');
INSERT INTO `message` VALUES (37,39,47,2,'reminder','text','【通知需求】missed, none\n时间：2026-11-30 星期一 13:30:15 (UTC)\n命令：echo caught up\n执行成功（退出码 0，用时 0.0 秒）\n结果：\ncaught up\n结单链接：http://cron.test/tasks/39\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:30:15.000000','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:15.000000','2026-11-30 13:30:15.032113');
INSERT INTO `message` VALUES (38,39,47,2,'reminder','image','reminder','[]',37,'sent',1,'2026-11-30 13:30:15.032113','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:15.000000','2026-11-30 13:30:15.036237');
INSERT INTO `message` VALUES (39,42,53,2,'reminder','text','【通知需求】reminder, missed\n时间：2026-11-30 星期一 13:30:20 (UTC)\n结单链接：http://cron.test/tasks/42\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:30:20.000000','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:20.000000','2026-11-30 13:30:20.022816');
INSERT INTO `message` VALUES (40,42,53,2,'reminder','image','reminder','[]',39,'sent',1,'2026-11-30 13:30:20.022816','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:20.000000','2026-11-30 13:30:20.026774');
INSERT INTO `message` VALUES (41,39,50,2,'reminder','text','【通知需求】missed, none\n时间：2026-11-30 星期一 13:30:20 (UTC)\n命令：echo caught up\n执行成功（退出码 0，用时 0.0 秒）\n结果：\ncaught up\n结单链接：http://cron.test/tasks/39\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sent',1,'2026-11-30 13:30:20.000000','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:20.000000','2026-11-30 13:30:20.031423');
INSERT INTO `message` VALUES (42,39,50,2,'reminder','image','reminder','[]',41,'sent',1,'2026-11-30 13:30:20.031423','93db4a2f06c07043','HTTP 200 {\"errcode\":0,\"errmsg\":\"ok\",\"data\":{\"state\":\"ok\"}}','2026-11-30 13:30:20.000000','2026-11-30 13:30:20.044093');
INSERT INTO `message` VALUES (43,30,57,4,'reminder','text','【通知需求】to a closed door\n时间：2026-11-30 星期一 21:30:31 (Asia/Shanghai)\n命令：exit 1\n执行失败（退出码 1，用时 0.0 秒）\n结果：（没有输出）\n结单链接：http://cron.test/tasks/30\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'dead',1,'2026-11-30 13:30:31.999994','93db4a2f06c07043','127.0.0.2 is a private or special address; JCRONTAB_OUTBOUND_ALLOW can allow its network','2026-11-30 13:30:31.999994',NULL);
INSERT INTO `message` VALUES (44,30,57,4,'reminder','image','reminder','[]',43,'dead',0,'2026-11-30 13:30:31.999994',NULL,'the text before it was not sent','2026-11-30 13:30:31.999994',NULL);
INSERT INTO `message` VALUES (45,2,58,1,'reminder','text','【通知需求】周报提醒\n时间：2026-11-30 星期一 21:30:32 (Asia/Shanghai)\n结单链接：http://cron.test/tasks/2\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\"]',NULL,'pending',0,'2026-11-30 13:31:33.199311','93db4a2f06c07043','{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}','2026-11-30 13:30:32.174068',NULL);
INSERT INTO `message` VALUES (46,2,58,1,'reminder','image','reminder','[\"zhangsan\"]',45,'waiting',0,'2026-11-30 13:30:32.174068',NULL,NULL,'2026-11-30 13:30:32.174068',NULL);
INSERT INTO `message` VALUES (47,1,59,1,'reminder','text','【通知需求】备份 数据库\n夜猫，你好！\n时间：2026-11-30 星期一 21:30:32 (Asia/Shanghai)\n命令：# nightly\necho \"backing up \'$STAGE\'\" && echo done; exit 0\n执行成功（退出码 0，用时 0.0 秒）\n结果：\nbacking up \'prod\'\ndone\n结单链接：http://cron.test/tasks/1\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\",\"小王\"]',NULL,'pending',0,'2026-11-30 13:30:32.310658',NULL,NULL,'2026-11-30 13:30:32.310658',NULL);
INSERT INTO `message` VALUES (48,1,59,1,'reminder','image','reminder','[\"zhangsan\",\"小王\"]',47,'waiting',0,'2026-11-30 13:30:32.310658',NULL,NULL,'2026-11-30 13:30:32.310658',NULL);
INSERT INTO `message` VALUES (49,3,60,1,'urge','text','【催单】催着的提醒\n时间：2026-11-30 星期一 21:30:32 (Asia/Shanghai)\n结单链接：http://cron.test/tasks/3\n管理后台：http://cron.test/admin\n谢谢！','[\"zhangsan\",\"lisi\"]',NULL,'pending',0,'2026-11-30 13:30:32.477069',NULL,NULL,'2026-11-30 13:30:32.477069',NULL);
INSERT INTO `message` VALUES (50,3,60,1,'urge','image','urge','[\"zhangsan\",\"lisi\"]',49,'waiting',0,'2026-11-30 13:30:32.477069',NULL,NULL,'2026-11-30 13:30:32.477069',NULL);
INSERT INTO `message` VALUES (51,18,61,2,'reminder','text','【通知需求】fails\n时间：2026-11-30 星期一 21:30:32 (Asia/Shanghai)\n命令：echo no space left; exit 28\n执行失败（退出码 28，用时 0.0 秒）\n结果：\nno space left\n结单链接：http://cron.test/tasks/18\n管理后台：http://cron.test/admin\n谢谢！','[\"lisi\"]',NULL,'pending',3,'2026-11-30 13:30:46.788373','93db4a2f06c07043','HTTP 503 {\"error\":\"closed for repairs\"}','2026-11-30 13:30:32.636028',NULL);
INSERT INTO `message` VALUES (52,18,61,2,'reminder','image','reminder','[\"lisi\"]',51,'waiting',0,'2026-11-30 13:30:32.636028',NULL,NULL,'2026-11-30 13:30:32.636028',NULL);
INSERT INTO `message` VALUES (53,43,NULL,3,'created','text','【建单通知】to a slow receiver\n时间：2026-11-30 星期一 21:30:32 (Asia/Shanghai)\n命令：true\n周期：每天 03:00（Asia/Shanghai）\n结单链接：http://cron.test/tasks/43\n管理后台：http://cron.test/admin\n谢谢！','[]',NULL,'sending',1,'2026-11-30 13:30:32.992001','93db4a2f06c07043',NULL,'2026-11-30 13:30:32.992001',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `node` (
  `id` varchar(32) NOT NULL,
  `host_key` varchar(32) NOT NULL,
  `hostname` varchar(255) NOT NULL,
  `version` varchar(32) NOT NULL,
  `started_at` datetime(6) NOT NULL,
  `heartbeat_at` datetime(6) NOT NULL,
  `stopped_at` datetime(6) DEFAULT NULL,
  `place` varchar(255) DEFAULT NULL,
  `zone_data` varchar(32) DEFAULT NULL,
  `skew_ms` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `node` VALUES ('93db4a2f06c07043','3cbf79d5a332a5740c120aae173e1416','vm','0.1.0','2026-11-30 13:30:11.821361','2026-11-30 13:30:38.155154',NULL,'vm:3d1219c7c4c5404aaa1f6d2a48adfda4:10438928:/tmp/fill/mariadb/data','2025b',0);
INSERT INTO `node` VALUES ('f85c2d138edc683c','3cbf79d5a332a5740c120aae173e1416','vm','0.1.0','2026-11-30 13:29:06.258153','2026-11-30 13:29:48.612572','2026-11-30 13:30:11.724568','vm:3d1219c7c4c5404aaa1f6d2a48adfda4:10438928:/tmp/fill/mariadb/data','2025b',0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `occurrence` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `task_id` bigint(20) NOT NULL,
  `schedule_id` bigint(20) NOT NULL,
  `scheduled_for` datetime(6) NOT NULL,
  `due_at` datetime(6) NOT NULL,
  `state` varchar(16) NOT NULL,
  `reason` varchar(32) DEFAULT NULL,
  `node_id` varchar(32) DEFAULT NULL,
  `epoch` int(11) NOT NULL DEFAULT 0,
  `firings` bigint(20) NOT NULL DEFAULT 1,
  `since` datetime(6) DEFAULT NULL,
  `base_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_occurrence_schedule_id_scheduled_for` (`schedule_id`,`scheduled_for`),
  KEY `ix_occurrence_state_due_at` (`state`,`due_at`),
  KEY `ix_occurrence_task_id_due_at` (`task_id`,`due_at`)
) ENGINE=InnoDB AUTO_INCREMENT=55 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `occurrence` VALUES (1,34,43,'2026-11-30 13:29:16.000000','2026-11-30 13:29:16.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:16.000000');
INSERT INTO `occurrence` VALUES (2,34,43,'2026-11-30 13:29:20.000000','2026-11-30 13:29:20.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:20.000000');
INSERT INTO `occurrence` VALUES (3,34,43,'2026-11-30 13:29:24.000000','2026-11-30 13:29:24.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:24.000000');
INSERT INTO `occurrence` VALUES (4,35,44,'2026-11-30 13:29:16.000000','2026-11-30 13:29:16.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:16.000000');
INSERT INTO `occurrence` VALUES (5,35,44,'2026-11-30 13:29:20.000000','2026-11-30 13:29:20.000000','skipped','overlap',NULL,0,1,NULL,'2026-11-30 13:29:20.000000');
INSERT INTO `occurrence` VALUES (6,35,44,'2026-11-30 13:29:24.000000','2026-11-30 13:29:24.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:24.000000');
INSERT INTO `occurrence` VALUES (7,36,45,'2026-11-30 13:29:36.000000','2026-11-30 13:29:36.000000','skipped','blackout',NULL,0,6,'2026-11-30 13:29:16.000000','2026-11-30 13:29:36.000000');
INSERT INTO `occurrence` VALUES (8,37,46,'2026-11-30 13:29:36.000000','2026-11-30 13:29:36.000000','skipped','calendar',NULL,0,6,'2026-11-30 13:29:16.000000','2026-11-30 13:29:36.000000');
INSERT INTO `occurrence` VALUES (9,38,47,'2026-11-30 13:29:16.000000','2026-11-30 13:29:19.000000','skipped','dependency',NULL,0,1,'2026-11-30 13:29:16.000000','2026-11-30 13:29:16.000000');
INSERT INTO `occurrence` VALUES (10,38,47,'2026-11-30 13:29:20.000000','2026-11-30 13:29:23.000000','skipped','dependency',NULL,0,1,'2026-11-30 13:29:20.000000','2026-11-30 13:29:20.000000');
INSERT INTO `occurrence` VALUES (11,38,47,'2026-11-30 13:29:24.000000','2026-11-30 13:29:27.000000','skipped','dependency',NULL,0,1,'2026-11-30 13:29:24.000000','2026-11-30 13:29:24.000000');
INSERT INTO `occurrence` VALUES (12,34,43,'2026-11-30 13:29:28.000000','2026-11-30 13:29:28.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:28.000000');
INSERT INTO `occurrence` VALUES (13,35,44,'2026-11-30 13:29:28.000000','2026-11-30 13:29:28.000000','skipped','overlap',NULL,0,1,NULL,'2026-11-30 13:29:28.000000');
INSERT INTO `occurrence` VALUES (14,34,43,'2026-11-30 13:29:32.000000','2026-11-30 13:29:32.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:32.000000');
INSERT INTO `occurrence` VALUES (15,35,44,'2026-11-30 13:29:32.000000','2026-11-30 13:29:32.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:32.000000');
INSERT INTO `occurrence` VALUES (16,34,43,'2026-11-30 13:29:36.000000','2026-11-30 13:29:36.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:36.000000');
INSERT INTO `occurrence` VALUES (17,35,44,'2026-11-30 13:29:36.000000','2026-11-30 13:29:36.000000','skipped','overlap',NULL,0,1,NULL,'2026-11-30 13:29:36.000000');
INSERT INTO `occurrence` VALUES (18,39,48,'2026-11-30 13:29:45.000000','2026-11-30 13:29:45.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:45.000000');
INSERT INTO `occurrence` VALUES (19,40,49,'2026-11-30 13:29:45.000000','2026-11-30 13:29:45.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:45.000000');
INSERT INTO `occurrence` VALUES (20,39,48,'2026-11-30 13:29:50.000000','2026-11-30 13:29:50.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:29:50.000000');
INSERT INTO `occurrence` VALUES (21,40,49,'2026-11-30 13:29:50.000000','2026-11-30 13:29:50.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:29:50.000000');
INSERT INTO `occurrence` VALUES (22,41,50,'2026-11-30 13:29:45.000000','2026-11-30 13:29:45.000000','succeeded',NULL,'f85c2d138edc683c',1,1,NULL,'2026-11-30 13:29:45.000000');
INSERT INTO `occurrence` VALUES (23,41,50,'2026-11-30 13:29:50.000000','2026-11-30 13:29:50.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:29:50.000000');
INSERT INTO `occurrence` VALUES (24,42,51,'2026-11-30 13:29:50.000000','2026-11-30 13:29:50.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:29:50.000000');
INSERT INTO `occurrence` VALUES (25,39,48,'2026-11-30 13:29:55.000000','2026-11-30 13:29:55.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:29:55.000000');
INSERT INTO `occurrence` VALUES (26,39,48,'2026-11-30 13:30:00.000000','2026-11-30 13:30:00.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:00.000000');
INSERT INTO `occurrence` VALUES (27,39,48,'2026-11-30 13:30:05.000000','2026-11-30 13:30:05.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:05.000000');
INSERT INTO `occurrence` VALUES (28,39,48,'2026-11-30 13:30:10.000000','2026-11-30 13:30:10.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:10.000000');
INSERT INTO `occurrence` VALUES (29,40,49,'2026-11-30 13:29:55.000000','2026-11-30 13:29:55.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:29:55.000000');
INSERT INTO `occurrence` VALUES (30,40,49,'2026-11-30 13:30:00.000000','2026-11-30 13:30:00.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:00.000000');
INSERT INTO `occurrence` VALUES (31,40,49,'2026-11-30 13:30:05.000000','2026-11-30 13:30:05.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:05.000000');
INSERT INTO `occurrence` VALUES (32,40,49,'2026-11-30 13:30:10.000000','2026-11-30 13:30:10.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:10.000000');
INSERT INTO `occurrence` VALUES (33,41,50,'2026-11-30 13:29:55.000000','2026-11-30 13:29:55.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:29:55.000000');
INSERT INTO `occurrence` VALUES (34,41,50,'2026-11-30 13:30:00.000000','2026-11-30 13:30:12.944081','succeeded',NULL,'93db4a2f06c07043',1,1,'2026-11-30 13:30:00.000000','2026-11-30 13:30:00.000000');
INSERT INTO `occurrence` VALUES (35,41,50,'2026-11-30 13:30:05.000000','2026-11-30 13:30:13.944081','succeeded',NULL,'93db4a2f06c07043',1,1,'2026-11-30 13:30:05.000000','2026-11-30 13:30:05.000000');
INSERT INTO `occurrence` VALUES (36,41,50,'2026-11-30 13:30:10.000000','2026-11-30 13:30:14.944081','succeeded',NULL,'93db4a2f06c07043',1,1,'2026-11-30 13:30:10.000000','2026-11-30 13:30:10.000000');
INSERT INTO `occurrence` VALUES (37,4,42,'2026-11-30 13:30:00.000000','2026-11-30 13:30:00.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:00.000000');
INSERT INTO `occurrence` VALUES (38,42,51,'2026-11-30 13:30:00.000000','2026-11-30 13:30:00.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:00.000000');
INSERT INTO `occurrence` VALUES (39,42,51,'2026-11-30 13:30:10.000000','2026-11-30 13:30:10.000000','missed','down',NULL,0,1,NULL,'2026-11-30 13:30:10.000000');
INSERT INTO `occurrence` VALUES (47,13,21,'2026-11-30 13:30:11.937863','2026-11-30 13:30:11.937863','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:11.937863');
INSERT INTO `occurrence` VALUES (48,39,48,'2026-11-30 13:30:15.000000','2026-11-30 13:30:15.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:15.000000');
INSERT INTO `occurrence` VALUES (49,40,49,'2026-11-30 13:30:15.000000','2026-11-30 13:30:15.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:15.000000');
INSERT INTO `occurrence` VALUES (50,41,50,'2026-11-30 13:30:15.000000','2026-11-30 13:30:15.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:15.000000');
INSERT INTO `occurrence` VALUES (51,39,48,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:20.000000');
INSERT INTO `occurrence` VALUES (52,40,49,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:20.000000');
INSERT INTO `occurrence` VALUES (53,41,50,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:20.000000');
INSERT INTO `occurrence` VALUES (54,42,51,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.000000','succeeded',NULL,'93db4a2f06c07043',1,1,NULL,'2026-11-30 13:30:20.000000');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `pool` (
  `name` varchar(64) NOT NULL,
  `slots` int(11) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `pool` VALUES ('*',50,'2026-11-30 13:29:07.297087');
INSERT INTO `pool` VALUES ('db',1,'2026-11-30 13:29:07.219639');
INSERT INTO `pool` VALUES ('wide',7,'2026-11-30 13:29:07.267147');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `run` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `occurrence_id` bigint(20) DEFAULT NULL,
  `task_id` bigint(20) NOT NULL,
  `attempt` int(11) NOT NULL,
  `trigger_kind` varchar(16) NOT NULL,
  `requested_by` varchar(64) DEFAULT NULL,
  `state` varchar(16) NOT NULL,
  `reason` varchar(255) DEFAULT NULL,
  `node_id` varchar(32) NOT NULL,
  `epoch` int(11) NOT NULL,
  `scheduled_for` datetime(6) DEFAULT NULL,
  `started_at` datetime(6) NOT NULL,
  `finished_at` datetime(6) DEFAULT NULL,
  `exit_code` int(11) DEFAULT NULL,
  `exit_signal` int(11) DEFAULT NULL,
  `output_bytes` bigint(20) NOT NULL DEFAULT 0,
  `output_dropped` bigint(20) NOT NULL DEFAULT 0,
  `output_tail` blob DEFAULT NULL,
  `output_object` varchar(128) DEFAULT NULL,
  `due_at` datetime(6) DEFAULT NULL,
  `origin_id` bigint(20) DEFAULT NULL,
  `pool` varchar(64) DEFAULT NULL,
  `note` varchar(255) DEFAULT NULL,
  `parameters` mediumtext DEFAULT NULL,
  `parameters_sealed` mediumtext DEFAULT NULL,
  `stop_by` varchar(64) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_run_occurrence_id_attempt` (`occurrence_id`,`attempt`),
  UNIQUE KEY `uq_run_origin_id_attempt` (`origin_id`,`attempt`),
  KEY `ix_run_task_id_id` (`task_id`,`id`),
  KEY `ix_run_state_started_at` (`state`,`started_at`)
) ENGINE=InnoDB AUTO_INCREMENT=69 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `run` VALUES (1,NULL,1,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:08.553343','2026-11-30 13:29:08.563836',0,NULL,23,0,0x004A434C4F47010000000000000000001700000000000000636A00657E6106001A0000001A0000000000176261636B696E67207570202770726F64270A646F6E650A,NULL,NULL,NULL,'wide',NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (2,NULL,2,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:08.685451','2026-11-30 13:29:08.687838',NULL,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (3,NULL,4,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:08.715712','2026-11-30 13:29:08.736490',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000F30B03657E610600090000000900000000000675726765640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (4,NULL,10,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:08.763980','2026-11-30 13:29:08.777824',0,NULL,11,0,0x004A434C4F47010000000000000000000B00000000000000BDAB03657E6106000E0000000E00000000000B7265636F6E63696C65640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (5,NULL,14,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:08.809832','2026-11-30 13:29:08.818829',NULL,NULL,223,0,0x004A434C4F4701000000000000000000DF00000000000000943C04657E610600E7000000E70000000100AE013E20504F535420687474703A2F2F3132372E302E302E313A31383730312F63616C6C3F72756E3D350A3C20323030204F4B202834206D73290A3C20646174653A204D6F6E2C203330204E6F7620323032362031333A32393A303820474D540A3C20636F6E6E656374696F6E3A206B6565702D616C6976650A3C206B6565702D616C6976653A2074696D656F75743D350A3C207472616E736665722D656E636F64696E673A206368756E6B65640A0A00DA48317B22657272636F6465223A302C226572726D7367223A226F6B222C2264617461223A7B227374617465223A226F6B227D7D,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (6,NULL,16,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:08.849587','2026-11-30 13:29:08.862130',0,NULL,8,0,0x004A434C4F4701000000000000000000080000000000000074F504657E6106000B0000000B0000000000086B65793D2A2A2A0A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (7,NULL,17,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.028221','2026-11-30 13:29:09.053556',0,NULL,7997,0,0x004A434C4F4701003D0F0000000000003D1F00000000000035DD07657E6106000410000004100000000080200A6C696E65203434350A6C696E65203434360A6C696E65203434370A6C696E65203434380A6C696E65203434390A6C696E65203435300A6C696E65203435310A6C696E65203435320A6C696E65203435330A6C696E65203435340A6C696E65203435350A6C696E65203435360A6C696E65203435370A6C696E65203435380A6C696E65203435390A6C696E65203436300A6C696E65203436310A6C696E65203436320A6C696E65203436330A6C696E65203436340A6C696E65203436350A6C696E65203436360A6C696E65203436370A6C696E65203436380A6C696E65203436390A6C696E65203437300A6C696E65203437310A6C696E65203437320A6C696E65203437330A6C696E65203437340A6C696E65203437350A6C696E65203437360A6C696E65203437370A6C696E65203437380A6C696E65203437390A6C696E65203438300A6C696E65203438310A6C696E65203438320A6C696E65203438330A6C696E65203438340A6C696E65203438350A6C696E65203438360A6C696E65203438370A6C696E65203438380A6C696E65203438390A6C696E65203439300A6C696E65203439310A6C696E65203439320A6C696E65203439330A6C696E65203439340A6C696E65203439350A6C696E65203439360A6C696E65203439370A6C696E65203439380A6C696E65203439390A6C696E65203530300A6C696E65203530310A6C696E65203530320A6C696E65203530330A6C696E65203530340A6C696E65203530350A6C696E65203530360A6C696E65203530370A6C696E65203530380A6C696E65203530390A6C696E65203531300A6C696E65203531310A6C696E65203531320A6C696E65203531330A6C696E65203531340A6C696E65203531350A6C696E65203531360A6C696E65203531370A6C696E65203531380A6C696E65203531390A6C696E65203532300A6C696E65203532310A6C696E65203532320A6C696E65203532330A6C696E65203532340A6C696E65203532350A6C696E65203532360A6C696E65203532370A6C696E65203532380A6C696E65203532390A6C696E65203533300A6C696E65203533310A6C696E65203533320A6C696E65203533330A6C696E65203533340A6C696E65203533350A6C696E65203533360A6C696E65203533370A6C696E65203533380A6C696E65203533390A6C696E65203534300A6C696E65203534310A6C696E65203534320A6C696E65203534330A6C696E65203534340A6C696E65203534350A6C696E65203534360A6C696E65203534370A6C696E65203534380A6C696E65203534390A6C696E65203535300A6C696E65203535310A6C696E65203535320A6C696E65203535330A6C696E65203535340A6C696E65203535350A6C696E65203535360A6C696E65203535370A6C696E65203535380A6C696E65203535390A6C696E65203536300A6C696E65203536310A6C696E65203536320A6C696E65203536330A6C696E65203536340A6C696E65203536350A6C696E65203536360A6C696E65203536370A6C696E65203536380A6C696E65203536390A6C696E65203537300A6C696E65203537310A6C696E65203537320A6C696E65203537330A6C696E65203537340A6C696E65203537350A6C696E65203537360A6C696E65203537370A6C696E65203537380A6C696E65203537390A6C696E65203538300A6C696E65203538310A6C696E65203538320A6C696E65203538330A6C696E65203538340A6C696E65203538350A6C696E65203538360A6C696E65203538370A6C696E65203538380A6C696E65203538390A6C696E65203539300A6C696E65203539310A6C696E65203539320A6C696E65203539330A6C696E65203539340A6C696E65203539350A6C696E65203539360A6C696E65203539370A6C696E65203539380A6C696E65203539390A6C696E65203630300A6C696E65203630310A6C696E65203630320A6C696E65203630330A6C696E65203630340A6C696E65203630350A6C696E65203630360A6C696E65203630370A6C696E65203630380A6C696E65203630390A6C696E65203631300A6C696E65203631310A6C696E65203631320A6C696E65203631330A6C696E65203631340A6C696E65203631350A6C696E65203631360A6C696E65203631370A6C696E65203631380A6C696E65203631390A6C696E65203632300A6C696E65203632310A6C696E65203632320A6C696E65203632330A6C696E65203632340A6C696E65203632350A6C696E65203632360A6C696E65203632370A6C696E65203632380A6C696E65203632390A6C696E65203633300A6C696E65203633310A6C696E65203633320A6C696E65203633330A6C696E65203633340A6C696E65203633350A6C696E65203633360A6C696E65203633370A6C696E65203633380A6C696E65203633390A6C696E65203634300A6C696E65203634310A6C696E65203634320A6C696E65203634330A6C696E65203634340A6C696E65203634350A6C696E65203634360A6C696E65203634370A6C696E65203634380A6C696E65203634390A6C696E65203635300A6C696E65203635310A6C696E65203635320A6C696E65203635330A6C696E65203635340A6C696E65203635350A6C696E65203635360A6C696E65203635370A6C696E65203635380A6C696E65203635390A6C696E65203636300A6C696E65203636310A6C696E65203636320A6C696E65203636330A6C696E65203636340A6C696E65203636350A6C696E65203636360A6C696E65203636370A6C696E65203636380A6C696E65203636390A6C696E65203637300A6C696E65203637310A6C696E65203637320A6C696E65203637330A6C696E65203637340A6C696E65203637350A6C696E65203637360A6C696E65203637370A6C696E65203637380A6C696E65203637390A6C696E65203638300A6C696E65203638310A6C696E65203638320A6C696E65203638330A6C696E65203638340A6C696E65203638350A6C696E65203638360A6C696E65203638370A6C696E65203638380A6C696E65203638390A6C696E65203639300A6C696E65203639310A6C696E65203639320A6C696E65203639330A6C696E65203639340A6C696E65203639350A6C696E65203639360A6C696E65203639370A6C696E65203639380A6C696E65203639390A6C696E65203730300A6C696E65203730310A6C696E65203730320A6C696E65203730330A6C696E65203730340A6C696E65203730350A6C696E65203730360A6C696E65203730370A6C696E65203730380A6C696E65203730390A6C696E65203731300A6C696E65203731310A6C696E65203731320A6C696E65203731330A6C696E65203731340A6C696E65203731350A6C696E65203731360A6C696E65203731370A6C696E65203731380A6C696E65203731390A6C696E65203732300A6C696E65203732310A6C696E65203732320A6C696E65203732330A6C696E65203732340A6C696E65203732350A6C696E65203732360A6C696E65203732370A6C696E65203732380A6C696E65203732390A6C696E65203733300A6C696E65203733310A6C696E65203733320A6C696E65203733330A6C696E65203733340A6C696E65203733350A6C696E65203733360A6C696E65203733370A6C696E65203733380A6C696E65203733390A6C696E65203734300A6C696E65203734310A6C696E65203734320A6C696E65203734330A6C696E65203734340A6C696E65203734350A6C696E65203734360A6C696E65203734370A6C696E65203734380A6C696E65203734390A6C696E65203735300A6C696E65203735310A6C696E65203735320A6C696E65203735330A6C696E65203735340A6C696E65203735350A6C696E65203735360A6C696E65203735370A6C696E65203735380A6C696E65203735390A6C696E65203736300A6C696E65203736310A6C696E65203736320A6C696E65203736330A6C696E65203736340A6C696E65203736350A6C696E65203736360A6C696E65203736370A6C696E65203736380A6C696E65203736390A6C696E65203737300A6C696E65203737310A6C696E65203737320A6C696E65203737330A6C696E65203737340A6C696E65203737350A6C696E65203737360A6C696E65203737370A6C696E65203737380A6C696E65203737390A6C696E65203738300A6C696E65203738310A6C696E65203738320A6C696E65203738330A6C696E65203738340A6C696E65203738350A6C696E65203738360A6C696E65203738370A6C696E65203738380A6C696E65203738390A6C696E65203739300A6C696E65203739310A6C696E65203739320A6C696E65203739330A6C696E65203739340A6C696E65203739350A6C696E65203739360A6C696E65203739370A6C696E65203739380A6C696E65203739390A6C696E65203830300A6C696E65203830310A6C696E65203830320A6C696E65203830330A6C696E65203830340A6C696E65203830350A6C696E65203830360A6C696E65203830370A6C696E65203830380A6C696E65203830390A6C696E65203831300A6C696E65203831310A6C696E65203831320A6C696E65203831330A6C696E65203831340A6C696E65203831350A6C696E65203831360A6C696E65203831370A6C696E65203831380A6C696E65203831390A6C696E65203832300A6C696E65203832310A6C696E65203832320A6C696E65203832330A6C696E65203832340A6C696E65203832350A6C696E65203832360A6C696E65203832370A6C696E65203832380A6C696E65203832390A6C696E65203833300A6C696E65203833310A6C696E65203833320A6C696E65203833330A6C696E65203833340A6C696E65203833350A6C696E65203833360A6C696E65203833370A6C696E65203833380A6C696E65203833390A6C696E65203834300A6C696E65203834310A6C696E65203834320A6C696E65203834330A6C696E65203834340A6C696E65203834350A6C696E65203834360A6C696E65203834370A6C696E65203834380A6C696E65203834390A6C696E65203835300A6C696E65203835310A6C696E65203835320A6C696E65203835330A6C696E65203835340A6C696E65203835350A6C696E65203835360A6C696E65203835370A6C696E65203835380A6C696E65203835390A6C696E65203836300A6C696E65203836310A6C696E65203836320A6C696E65203836330A6C696E65203836340A6C696E65203836350A6C696E65203836360A6C696E65203836370A6C696E65203836380A6C696E65203836390A6C696E65203837300A6C696E65203837310A6C696E65203837320A6C696E65203837330A6C696E65203837340A6C696E65203837350A6C696E65203837360A6C696E65203837370A6C696E65203837380A6C696E65203837390A6C696E65203838300A6C696E65203838310A6C696E65203838320A6C696E65203838330A6C696E65203838340A6C696E65203838350A6C696E65203838360A6C696E65203838370A6C696E65203838380A6C696E65203838390A6C696E65203839300A6C696E65203839310A6C696E65203839320A6C696E65203839330A6C696E65203839340A6C696E65203839350A6C696E65203839360A6C696E65203839370A6C696E65203839380A6C696E65203839390A,'2026/11/30/run-7.log.zst',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (8,NULL,18,1,'manual','root','failed',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.184064','2026-11-30 13:29:09.188757',28,NULL,14,0,0x004A434C4F47010000000000000000000E0000000000000055F309657E610600110000001100000000000E6E6F207370616365206C6566740A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (9,NULL,18,1,'manual','root','failed',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.308257','2026-11-30 13:29:09.313678',28,NULL,14,0,0x004A434C4F47010000000000000000000E00000000000000A0DA0B657E610600110000001100000000000E6E6F207370616365206C6566740A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (10,NULL,21,1,'manual','root','failed',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.437195','2026-11-30 13:29:09.442591',NULL,11,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (11,NULL,30,1,'manual','root','failed',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.558999','2026-11-30 13:29:09.565294',1,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (12,NULL,26,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.697501','2026-11-30 13:29:09.702142',0,NULL,8,0,0x004A434C4F47010000000000000000000800000000000000C0C511657E6106000B0000000B000000000008696E207475726E0A,NULL,NULL,NULL,'db',NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (13,NULL,31,1,'manual','root','failed',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.818168','2026-11-30 13:29:09.823389',3,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (14,NULL,19,1,'manual','root','timed_out','timed_out:1','f85c2d138edc683c',1,NULL,'2026-11-30 13:29:09.944747','2026-11-30 13:29:10.953084',NULL,15,6,0,0x004A434C4F47010000000000000000000600000000000000C78D15657E6106000900000009000000000006626567756E0A,NULL,NULL,NULL,NULL,NULL,'{\"FOR\":\"60\"}','1:puBGVeclXyOgE76WbhOBG9uLVxxXommD156HiKYTe1NyJRa6WcrdeQ',NULL);
INSERT INTO `run` VALUES (15,NULL,32,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:11.046647','2026-11-30 13:29:14.064979',0,NULL,11,0,0x004A434C4F47010000000000000000000B00000000000000315C26657E6106001400000014000000000006626567756E0A00CEC1EF02056F7665720A,NULL,NULL,NULL,NULL,NULL,'{\"FOR\":\"3\"}','1:EOE59TwJwfHx2X1NtguaQVO+mTsG0ape2IJeYaQJNt1eJBYOMMDa',NULL);
INSERT INTO `run` VALUES (16,NULL,15,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:14.180082','2026-11-30 13:29:14.196754',0,NULL,35,0,0x004A434C4F47010000000000000000002300000000000000DF5556657E6106002600000026000000000023666F7220323032362D31322D303120617420612077697468202A2A2A20616E6420330A,NULL,NULL,NULL,NULL,'月初补跑','{\"DAY\":\"2026-12-01\",\"N\":\"3\",\"PIN\":\"***\",\"TARGET\":\"a\"}','1:qa1FpOgofZY6XODjgXw+LWskum+R7F0A6bX6qOG0kV/DRJGw7Vs7+P31nJl6rDCTHMz23RAZ1NfFMvl3hocJoGaOC78Qsh96yzNdIhr2aBt4KJ4uYhCmFaQq5kOqvm/Xs/rrvX8',NULL);
INSERT INTO `run` VALUES (17,NULL,20,1,'manual','root','killed','stopped:op','f85c2d138edc683c',1,NULL,'2026-11-30 13:29:14.313331','2026-11-30 13:29:14.332998',NULL,15,6,0,0x004A434C4F47010000000000000000000600000000000000673658657E6106000900000009000000000006626567756E0A,NULL,NULL,NULL,NULL,NULL,'{\"FOR\":\"60\"}','1:uSWS432U/2YY+SlWgsaA66jjn05VoAmx3bVl9/rXDAU0NLGR+JeJIw',NULL);
INSERT INTO `run` VALUES (18,NULL,27,1,'manual','op','killed','replaced','f85c2d138edc683c',1,NULL,'2026-11-30 13:29:14.458953','2026-11-30 13:29:14.510068',NULL,15,6,0,0x004A434C4F47010000000000000000000600000000000000CC835A657E6106000900000009000000000006626567756E0A,NULL,NULL,NULL,NULL,NULL,'{\"FOR\":\"600\"}','1:wCDOCbNNyPKulPwM9BEemx3gvVr5LofGpy8Fm9qLzXLI1A97YxPF+5I','replaced:');
INSERT INTO `run` VALUES (19,NULL,27,1,'manual','root','lost','lost','f85c2d138edc683c',1,NULL,'2026-11-30 13:29:14.528970','2026-11-30 13:30:11.724568',NULL,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000D2925B657E6106000900000009000000000006626567756E0A,NULL,'2026-11-30 13:29:14.486126',NULL,NULL,NULL,'{\"FOR\":\"600\"}','1:MiNrAUfJCHJuSzsYAOkzkllnFsrAWEYA61FxvMbbJNhPrJdZcibOZhg',NULL);
INSERT INTO `run` VALUES (20,NULL,11,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:14.532355','2026-11-30 13:29:14.541996',0,NULL,5,0,0x004A434C4F47010000000000000000000500000000000000D5A15B657E61060008000000080000000000057469636B0A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (21,NULL,4,1,'manual','root','succeeded',NULL,'f85c2d138edc683c',1,NULL,'2026-11-30 13:29:14.709130','2026-11-30 13:29:14.715090',0,NULL,6,0,0x004A434C4F470100000000000000000006000000000000001D455E657E610600090000000900000000000675726765640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (22,1,34,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:16.000000','2026-11-30 13:29:16.000635','2026-11-30 13:29:16.016919',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000042472657E610600090000000900000000000666697265640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (23,4,35,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:16.000000','2026-11-30 13:29:16.000635','2026-11-30 13:29:23.029105',0,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (25,2,34,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:20.000000','2026-11-30 13:29:20.000913','2026-11-30 13:29:20.110568',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000A699B0657E610600090000000900000000000666697265640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (26,3,34,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:24.000000','2026-11-30 13:29:24.001108','2026-11-30 13:29:24.035811',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000927FEC657E610600090000000900000000000666697265640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (27,6,35,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:24.000000','2026-11-30 13:29:24.001108','2026-11-30 13:29:31.046078',0,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (29,12,34,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:28.000000','2026-11-30 13:29:28.001065','2026-11-30 13:29:28.013693',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000733229667E610600090000000900000000000666697265640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (30,14,34,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:32.000000','2026-11-30 13:29:32.000602','2026-11-30 13:29:32.016120',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000733F66667E610600090000000900000000000666697265640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (31,15,35,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:32.000000','2026-11-30 13:29:32.000602','2026-11-30 13:29:39.023200',0,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (33,16,34,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:36.000000','2026-11-30 13:29:36.000586','2026-11-30 13:29:36.026469',0,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000A574A3667E610600090000000900000000000666697265640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (34,NULL,22,1,'manual','root','lost','lost','f85c2d138edc683c',1,NULL,'2026-11-30 13:29:41.370459','2026-11-30 13:30:11.724568',NULL,NULL,6,0,0x004A434C4F47010000000000000000000600000000000000041AF5667E6106000900000009000000000006626567756E0A,NULL,NULL,NULL,NULL,NULL,'{\"FOR\":\"600\"}','1:fisapdbF/YFrtseTSHluwshepKmPHuKvecFTyRFqJqrW+EkBFy+HYjQ',NULL);
INSERT INTO `run` VALUES (35,18,39,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:45.000000','2026-11-30 13:29:45.001214','2026-11-30 13:29:45.029603',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000C1D22C677E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (36,19,40,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:45.000000','2026-11-30 13:29:45.001214','2026-11-30 13:29:45.029510',0,NULL,10,0,0x004A434C4F47010000000000000000000A000000000000000FD62C677E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (37,22,41,1,'schedule',NULL,'succeeded',NULL,'f85c2d138edc683c',1,'2026-11-30 13:29:45.000000','2026-11-30 13:29:45.001214','2026-11-30 13:29:45.029712',0,NULL,10,0,0x004A434C4F47010000000000000000000A0000000000000020D62C677E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (38,23,41,1,'catch_up',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:29:50.000000','2026-11-30 13:30:11.944081','2026-11-30 13:30:11.955368',0,NULL,10,0,0x004A434C4F47010000000000000000000A0000000000000099B1C7687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (39,32,40,1,'catch_up',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:10.000000','2026-11-30 13:30:11.944081','2026-11-30 13:30:11.957493',0,NULL,10,0,0x004A434C4F47010000000000000000000A0000000000000098B9C7687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (41,37,4,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:00.000000','2026-11-30 13:30:11.944081','2026-11-30 13:30:11.956147',0,NULL,6,0,0x004A434C4F4701000000000000000000060000000000000053B4C7687E610600090000000900000000000675726765640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (42,47,13,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:11.937863','2026-11-30 13:30:11.944081','2026-11-30 13:30:11.954816',0,NULL,8,0,0x004A434C4F47010000000000000000000800000000000000FBADC7687E6106000B0000000B000000000008737461727465640A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (44,34,41,1,'catch_up',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:00.000000','2026-11-30 13:30:12.945230','2026-11-30 13:30:12.960998',0,NULL,10,0,0x004A434C4F47010000000000000000000A0000000000000056FAD6687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (45,35,41,1,'catch_up',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:05.000000','2026-11-30 13:30:13.945227','2026-11-30 13:30:13.952278',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000F328E6687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (46,36,41,1,'catch_up',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:10.000000','2026-11-30 13:30:14.945180','2026-11-30 13:30:14.963425',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000F997F5687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (47,48,39,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:15.000000','2026-11-30 13:30:15.001813','2026-11-30 13:30:15.015175',0,NULL,10,0,0x004A434C4F47010000000000000000000A000000000000004462F6687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (48,49,40,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:15.000000','2026-11-30 13:30:15.001813','2026-11-30 13:30:15.013726',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000235CF6687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (49,50,41,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:15.000000','2026-11-30 13:30:15.001813','2026-11-30 13:30:15.013638',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000C15BF6687E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (50,51,39,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.001822','2026-11-30 13:30:20.010321',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000A89942697E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (51,52,40,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.001822','2026-11-30 13:30:20.010202',0,NULL,10,0,0x004A434C4F47010000000000000000000A000000000000001F9942697E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (52,53,41,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.001822','2026-11-30 13:30:20.010568',0,NULL,10,0,0x004A434C4F47010000000000000000000A00000000000000DD9942697E6106000D0000000D00000000000A6361756768742075700A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (53,54,42,1,'schedule',NULL,'succeeded',NULL,'93db4a2f06c07043',1,'2026-11-30 13:30:20.000000','2026-11-30 13:30:20.001822','2026-11-30 13:30:20.006051',NULL,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (57,NULL,30,1,'manual','root','failed',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:31.999994','2026-11-30 13:30:32.007094',1,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (58,NULL,2,1,'manual','root','succeeded',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.174068','2026-11-30 13:30:32.175971',NULL,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (59,NULL,1,1,'manual','root','succeeded',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.310658','2026-11-30 13:30:32.323731',0,NULL,23,0,0x004A434C4F47010000000000000000001700000000000000EB7CFE697E6106001A0000001A0000000000176261636B696E67207570202770726F64270A646F6E650A,NULL,NULL,NULL,'wide',NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (60,NULL,3,1,'manual','root','succeeded',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.477069','2026-11-30 13:30:32.480315',NULL,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (61,NULL,18,1,'manual','root','failed',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.636028','2026-11-30 13:30:32.655456',28,NULL,14,0,0x004A434C4F47010000000000000000000E000000000000000E8C036A7E610600110000001100000000000E6E6F207370616365206C6566740A,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (62,NULL,29,1,'manual','root','failed',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.769623','2026-11-30 13:30:32.775825',75,NULL,0,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (63,NULL,29,2,'manual','root','waiting','waits:retry','',1,NULL,'2026-11-30 13:30:32.775825',NULL,NULL,NULL,0,0,NULL,NULL,'2026-12-01 01:30:32.775825',62,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (64,NULL,25,1,'manual','root','running',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.823587',NULL,NULL,NULL,0,0,NULL,NULL,NULL,NULL,'db',NULL,'{\"FOR\":\"600\"}','1:3u6KtcIAhKhZCB/Az3/2TMBYRNsN8GcegVVkpT54CtVGxAHtrU0w1HE',NULL);
INSERT INTO `run` VALUES (65,NULL,26,1,'manual','root','waiting','waits:pool','',0,NULL,'2026-11-30 13:30:32.854433',NULL,NULL,NULL,0,0,NULL,NULL,'2026-11-30 13:30:32.854433',NULL,'db',NULL,NULL,NULL,NULL);
INSERT INTO `run` VALUES (66,NULL,28,1,'manual','root','running',NULL,'93db4a2f06c07043',1,NULL,'2026-11-30 13:30:32.878808',NULL,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,'{\"FOR\":\"600\"}','1:wfUar7Fy7WGuxOBFxF4PdwJ8ED3JU8WERZCIPiFL6Oz17DhZz4cSE18',NULL);
INSERT INTO `run` VALUES (67,NULL,28,1,'manual','root','waiting','waits:overlap','',0,NULL,'2026-11-30 13:30:32.895663',NULL,NULL,NULL,0,0,NULL,NULL,'2026-11-30 13:30:32.895663',NULL,NULL,NULL,'{\"FOR\":\"0\"}','1:86Zk1jCmh27cENq7rarOlYDmFgl/Nvzd2gzlGn0Xbr8CH4bqAFt4',NULL);
INSERT INTO `run` VALUES (68,NULL,28,1,'manual','root','waiting','waits:overlap','',0,NULL,'2026-11-30 13:30:32.913434',NULL,NULL,NULL,0,0,NULL,NULL,'2026-11-30 13:30:32.913434',NULL,NULL,NULL,'{\"FOR\":\"0\"}','1:QTq4b+TdpFCHW6YQ62U8wiqJWiH0R/RCGiq86MnSmaVxGyBU7bsB',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `schedule` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `task_id` bigint(20) NOT NULL,
  `purpose` varchar(16) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `expression` varchar(512) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `position` int(11) NOT NULL DEFAULT 0,
  `day_rule` varchar(32) NOT NULL DEFAULT 'any',
  `calendar` varchar(32) DEFAULT NULL,
  `jitter_seconds` bigint(20) NOT NULL DEFAULT 0,
  `jitter_stable` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  KEY `ix_schedule_task_id` (`task_id`),
  KEY `ix_schedule_calendar` (`calendar`)
) ENGINE=InnoDB AUTO_INCREMENT=53 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `schedule` VALUES (1,1,'work','cron','0 3 * * *','2026-11-30 13:29:07.626750',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (2,1,'urge','cron','*/10 * * * *','2026-11-30 13:29:07.626750',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (3,2,'work','cron','0 10 * * 5','2026-11-30 13:29:07.716996',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (4,2,'urge','cron','*/20 * * * *','2026-11-30 13:29:07.716996',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (5,3,'work','cron','0 9 * * 1-5','2026-11-30 13:29:07.749643',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (6,3,'urge','cron','0 */2 * * *','2026-11-30 13:29:07.749643',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (7,4,'work','cron','0 3 * * *','2026-11-30 13:29:07.778938',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (8,5,'work','cron','0 3 * * *','2026-11-30 13:29:07.806578',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (9,5,'urge','cron','*/5 * * * *','2026-11-30 13:29:07.806578',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (10,6,'work','cron','*/7 * * * *','2026-11-30 13:29:07.824364',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (11,7,'work','cron','*/7 * * * *','2026-11-30 13:29:07.844550',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (12,8,'work','cron','0 8 * * *','2026-11-30 13:29:07.866372',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (13,9,'work','cron','0 3 * * *','2026-11-30 13:29:07.894796',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (14,9,'urge','cron','*/5 * * * *','2026-11-30 13:29:07.894796',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (15,10,'work','cron','0 9 * * *','2026-11-30 13:29:07.927199',0,'work_days',NULL,300,0);
INSERT INTO `schedule` VALUES (16,10,'work','cron','0 0 12 * * 0','2026-11-30 13:29:07.927199',1,'next_work_day','ops',120,1);
INSERT INTO `schedule` VALUES (17,10,'work','cron','0 18 * * *','2026-11-30 13:29:07.927199',2,'nth_work_day:-1','ops',0,0);
INSERT INTO `schedule` VALUES (18,10,'work','interval','every 6h from 2026-11-22T09:00:00','2026-11-30 13:29:07.927199',3,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (19,11,'work','interval','every 45m from 2026-11-22T09:00:00','2026-11-30 13:29:07.951825',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (20,12,'work','once','at 2027-03-01T09:00:00','2026-11-30 13:29:07.966502',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (21,13,'work','startup','@startup','2026-11-30 13:29:07.986458',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (22,14,'work','cron','30 4 1 * *','2026-11-30 13:29:08.008912',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (23,15,'work','cron','0 0 1 1 *','2026-11-30 13:29:08.032354',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (24,16,'work','cron','0 3 * * *','2026-11-30 13:29:08.058826',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (25,17,'work','cron','0 3 * * *','2026-11-30 13:29:08.084133',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (26,18,'work','cron','0 3 * * *','2026-11-30 13:29:08.103488',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (27,19,'work','cron','0 3 * * *','2026-11-30 13:29:08.126123',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (28,20,'work','cron','0 3 * * *','2026-11-30 13:29:08.142903',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (29,21,'work','cron','0 3 * * *','2026-11-30 13:29:08.155287',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (30,22,'work','cron','0 3 * * *','2026-11-30 13:29:08.191514',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (31,23,'work','cron','0 3 * * *','2026-11-30 13:29:08.237837',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (32,24,'work','cron','0 3 * * *','2026-11-30 13:29:08.256146',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (33,25,'work','cron','0 3 * * *','2026-11-30 13:29:08.280677',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (34,26,'work','cron','0 3 * * *','2026-11-30 13:29:08.301127',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (35,27,'work','cron','0 3 * * *','2026-11-30 13:29:08.315978',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (36,28,'work','cron','0 3 * * *','2026-11-30 13:29:08.327433',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (37,29,'work','cron','0 3 * * *','2026-11-30 13:29:08.373307',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (38,30,'work','cron','0 3 * * *','2026-11-30 13:29:08.387510',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (39,31,'work','cron','0 3 * * *','2026-11-30 13:29:08.425864',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (40,32,'work','cron','0 3 * * *','2026-11-30 13:29:08.450865',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (42,4,'urge','cron','*/30 * * * *','2026-11-30 13:29:14.669635',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (43,34,'work','cron','*/4 * * * * *','2026-11-30 13:29:14.982444',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (44,35,'work','cron','*/4 * * * * *','2026-11-30 13:29:15.016126',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (45,36,'work','cron','*/4 * * * * *','2026-11-30 13:29:15.045203',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (46,37,'work','cron','*/4 * * * * *','2026-11-30 13:29:15.146997',0,'work_days','ops',0,0);
INSERT INTO `schedule` VALUES (47,38,'work','cron','*/4 * * * * *','2026-11-30 13:29:15.177199',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (48,39,'work','cron','*/5 * * * * *','2026-11-30 13:29:41.212202',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (49,40,'work','cron','*/5 * * * * *','2026-11-30 13:29:41.262354',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (50,41,'work','cron','*/5 * * * * *','2026-11-30 13:29:41.296523',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (51,42,'work','cron','*/10 * * * * *','2026-11-30 13:29:41.326790',0,'any',NULL,0,0);
INSERT INTO `schedule` VALUES (52,43,'work','cron','0 3 * * *','2026-11-30 13:30:32.992001',0,'any',NULL,0,0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `seaql_migrations` (
  `version` varchar(255) NOT NULL,
  `applied_at` bigint(20) NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `seaql_migrations` VALUES ('m20261122_000001_create_accounts',1796045339);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000002_create_tasks',1796045340);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000003_create_ledger',1796045341);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000004_schedule_rules',1796045342);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000005_execution',1796045343);
INSERT INTO `seaql_migrations` VALUES ('m20261123_000006_narrow_origins',1796045343);
INSERT INTO `seaql_migrations` VALUES ('m20261123_000007_message_run',1796045343);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `secret` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(64) NOT NULL,
  `note` varchar(255) NOT NULL,
  `value_sealed` mediumtext NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `secret` VALUES (1,'VAULT_PASSWORD','of the vault','1:Rgjl3RBsfwzyGjBqfE+g2ByBNuS7yzW2BNEin0N0C85pAHa63lDD/9VGhZ7qS5NwuqY','2026-11-30 13:29:08.495690','2026-11-30 13:29:08.495690');
INSERT INTO `secret` VALUES (2,'API_KEY','','1:do5jfPdJP0EuK6km4aO3zx8jfYyouaqztSy8t/hLR1AtOZ8zQuuhfW0GeiKa1SoqICU','2026-11-30 13:29:08.516653','2026-11-30 13:29:08.516653');
INSERT INTO `secret` VALUES (3,'UNUSED','granted to none','1:Wnl+wCLztBgPTfX05Xb97OE1tfgpgNMqQ5vCHT+41Xj0vQ9qrtLQ','2026-11-30 13:29:08.535478','2026-11-30 13:29:08.535478');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `secret_grant` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `secret_id` bigint(20) NOT NULL,
  `task_id` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_secret_grant_secret_id_task_id` (`secret_id`,`task_id`),
  KEY `ix_secret_grant_task_id` (`task_id`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `secret_grant` VALUES (1,1,16);
INSERT INTO `secret_grant` VALUES (2,2,14);
INSERT INTO `secret_grant` VALUES (3,2,16);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `session` (
  `token_hash` varchar(64) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `last_seen_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `ix_session_user_id` (`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `session` VALUES ('23a378fee59321eff74fffff4fc252f26791befc8980ce6059c4a42d4ef36277',2,'2026-11-30 13:29:06.918756','2026-11-30 13:29:06.918756','2026-12-30 13:29:06.918756');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `setup_link` (
  `token_hash` varchar(64) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  PRIMARY KEY (`token_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `task` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(200) NOT NULL,
  `nickname` varchar(64) NOT NULL,
  `owners` mediumtext NOT NULL,
  `tags` mediumtext NOT NULL,
  `mode` varchar(16) NOT NULL,
  `command` mediumtext NOT NULL,
  `zone` varchar(64) NOT NULL,
  `channel_id` bigint(20) DEFAULT NULL,
  `starts_at` datetime(6) DEFAULT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  `timeout_seconds` bigint(20) DEFAULT NULL,
  `state` varchar(16) NOT NULL,
  `urging` tinyint(1) NOT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `missed_policy` varchar(16) DEFAULT NULL,
  `grace_seconds` bigint(20) NOT NULL DEFAULT 60,
  `missed_max` bigint(20) NOT NULL DEFAULT 10,
  `missed_max_age` bigint(20) NOT NULL DEFAULT 2592000,
  `paused_until` datetime(6) DEFAULT NULL,
  `execution` mediumtext DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`),
  KEY `ix_task_channel_id` (`channel_id`),
  KEY `ix_task_state` (`state`),
  KEY `ix_task_paused_until` (`paused_until`)
) ENGINE=InnoDB AUTO_INCREMENT=44 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `task` VALUES (1,'备份 数据库','夜猫','[\"zhangsan\",\"小王\"]','[\"prod\",\"数据库\"]','message_command','# nightly\necho \"backing up \'$STAGE\'\" && echo done; exit 0','Asia/Shanghai',1,'2026-10-31 16:00:00.000000','2027-12-31 15:59:00.000000',1800,'active',0,1,'2026-11-30 13:29:07.626750','2026-11-30 13:29:07.626750','all',120,5,172800,NULL,'{\"cwd\":\"/tmp\",\"env\":[{\"name\":\"STAGE\",\"value\":\"prod\"},{\"name\":\"LANG\",\"value\":\"C.UTF-8\"},{\"name\":\"EMPTY\",\"value\":\"\"}],\"http\":null,\"limits\":{\"cpu_seconds\":1200,\"memory_mib\":2048,\"nice\":5,\"open_files\":256,\"processes\":64},\"outlives_server\":false,\"overlap\":{\"max\":5,\"rule\":\"queue\"},\"parameters\":[],\"pool\":\"wide\",\"retry\":{\"attempts\":4,\"delay_seconds\":30,\"exit_codes\":[1,75],\"factor_percent\":150,\"jitter_percent\":20,\"max_delay_seconds\":600,\"on_lost\":true,\"on_timeout\":true},\"run_as\":\"\",\"soft_limit_seconds\":600,\"stop_grace_seconds\":30,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (2,'周报提醒','','[\"zhangsan\"]','[]','message','','Asia/Shanghai',1,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:07.716996','2026-11-30 13:29:07.716996',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (3,'催着的提醒','','[\"zhangsan\",\"lisi\"]','[]','message','','Asia/Shanghai',1,NULL,NULL,NULL,'active',1,1,'2026-11-30 13:29:07.749643','2026-11-30 13:29:07.749643',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (4,'催着的命令','','[\"lisi\"]','[]','message_command','echo urged','Asia/Shanghai',2,NULL,NULL,NULL,'active',1,2,'2026-11-30 13:29:07.778938','2026-11-30 13:29:14.669635',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (5,'不催了','','[]','[]','command','true','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,3,'2026-11-30 13:29:07.806578','2026-11-30 13:29:14.848870',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (6,'暂停','','[]','[]','command','true','Asia/Shanghai',NULL,NULL,NULL,NULL,'paused',0,2,'2026-11-30 13:29:07.824364','2026-11-30 13:29:14.864097',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (7,'暂停到年底','','[]','[]','command','true','Asia/Shanghai',NULL,NULL,NULL,NULL,'paused',0,2,'2026-11-30 13:29:07.844550','2026-11-30 13:29:14.890431',NULL,60,10,2592000,'2026-12-31 10:00:00.000000','{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (8,'已结单','','[\"小王\"]','[]','message','','Asia/Shanghai',2,NULL,NULL,NULL,'closed',0,2,'2026-11-30 13:29:07.866372','2026-11-30 13:29:14.903726',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (9,'催单后结单','','[]','[]','command','true','Asia/Shanghai',NULL,NULL,NULL,NULL,'closed',1,2,'2026-11-30 13:29:07.894796','2026-11-30 13:29:14.929718',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (10,'对账','','[]','[\"finance\"]','command','echo reconciled','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:07.927199','2026-11-30 13:29:07.927199',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (11,'interval','滴答','[]','[]','command','echo tick','Europe/Berlin',NULL,NULL,NULL,NULL,'active',0,2,'2026-11-30 13:29:07.951825','2026-11-30 13:29:14.956461',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (12,'once, later','','[]','[]','command','echo once','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:07.966502','2026-11-30 13:29:07.966502',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (13,'at start','','[]','[]','command','echo started','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:07.986458','2026-11-30 13:29:07.986458',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (14,'call','','[]','[]','command','','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.008912','2026-11-30 13:29:08.008912',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":{\"body\":\"{\\\"a\\\": 1}\",\"expect_status\":\"200-299,304\",\"headers\":[{\"name\":\"X-Key\",\"value\":\"${API_KEY}\"},{\"name\":\"X-Plain\",\"value\":\"yes\"}],\"json_pointer\":\"/data/state\",\"json_value\":\"ok\",\"method\":\"POST\",\"url\":\"http://127.0.0.1:18701/call?run=${JCRONTAB_RUN_ID}\"},\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (15,'parameters','','[]','[]','command','echo \"for $DAY at $TARGET with $PIN and $N\"','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.032354','2026-11-30 13:29:08.032354',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[{\"choices\":[],\"default\":\"\",\"kind\":\"date\",\"label\":\"Which day\",\"name\":\"DAY\",\"required\":false},{\"choices\":[\"a\",\"b\"],\"default\":\"a\",\"kind\":\"choice\",\"label\":\"\",\"name\":\"TARGET\",\"required\":false},{\"choices\":[],\"default\":\"\",\"kind\":\"secret\",\"label\":\"\",\"name\":\"PIN\",\"required\":true},{\"choices\":[],\"default\":\"3\",\"kind\":\"number\",\"label\":\"\",\"name\":\"N\",\"required\":false},{\"choices\":[],\"default\":\"\",\"kind\":\"text\",\"label\":\"说明\",\"name\":\"WORDS\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (16,'secrets','','[]','[]','command','echo \"key=$VAULT_PASSWORD\"','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.058826','2026-11-30 13:29:08.058826',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (17,'long output','','[]','[]','command','i=0; while [ $i -lt 900 ]; do echo line $i; i=$((i+1)); done; echo 结束 >&2','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.084133','2026-11-30 13:29:08.084133',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (18,'fails','','[\"lisi\"]','[]','message_command','echo no space left; exit 28','Asia/Shanghai',2,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.103488','2026-11-30 13:29:08.103488',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (19,'too slow','','[]','[]','message_command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',2,NULL,NULL,1,'active',0,1,'2026-11-30 13:29:08.126123','2026-11-30 13:29:08.126123',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (20,'stopped','','[]','[]','command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.142903','2026-11-30 13:29:08.142903',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (21,'killed by signal','','[]','[]','command','kill -SEGV $$','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.155287','2026-11-30 13:29:08.155287',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (22,'dies with the server','','[]','[]','message_command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',2,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.191514','2026-11-30 13:29:08.191514',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (23,'outlives','','[]','[]','command','true','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.237837','2026-11-30 13:29:08.237837',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":true,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"daemon\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (24,'waits for others','','[]','[]','command','true','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.256146','2026-11-30 13:29:08.256146',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":43200,\"how\":\"any\",\"patience_seconds\":3600,\"tasks\":[1,10],\"what\":\"finish\"}}');
INSERT INTO `task` VALUES (25,'all at once','','[]','[]','command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.280677','2026-11-30 13:29:08.280677',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"max\":3,\"rule\":\"allow\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"db\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (26,'pool of one','','[]','[]','command','echo in turn','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.301127','2026-11-30 13:29:08.301127',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"db\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (27,'replaced','','[]','[]','command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.315978','2026-11-30 13:29:08.315978',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"replace\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (28,'in line','','[]','[]','command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.327433','2026-11-30 13:29:08.327433',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"max\":3,\"rule\":\"queue\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (29,'tried again','','[]','[]','command','exit 75','Asia/Shanghai',NULL,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.373307','2026-11-30 13:29:08.373307',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":3,\"delay_seconds\":43200,\"exit_codes\":[75],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":43200,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (30,'to a closed door','','[]','[]','message_command','exit 1','Asia/Shanghai',4,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.387510','2026-11-30 13:29:08.387510',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (31,'fails in silence','','[]','[]','command','exit 3','Asia/Shanghai',2,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:29:08.425864','2026-11-30 13:29:08.425864',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (32,'takes its time','','[]','[]','command','echo begun; sleep \"$FOR\"; echo over','Asia/Shanghai',2,NULL,NULL,60,'active',0,1,'2026-11-30 13:29:08.450865','2026-11-30 13:29:08.450865',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[{\"choices\":[],\"default\":\"0\",\"kind\":\"number\",\"label\":\"\",\"name\":\"FOR\",\"required\":false}],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":1,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (34,'fires','','[]','[]','command','echo fired','UTC',NULL,NULL,'2026-11-30 13:29:38.000000',NULL,'active',0,1,'2026-11-30 13:29:14.982444','2026-11-30 13:29:14.982444','none',1,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (35,'overlaps','','[]','[]','command','sleep 7','UTC',NULL,NULL,'2026-11-30 13:29:39.000000',NULL,'active',0,1,'2026-11-30 13:29:15.016126','2026-11-30 13:29:15.016126',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (36,'frozen','','[]','[\"frozen\"]','command','true','UTC',NULL,NULL,'2026-11-30 13:29:39.000000',NULL,'active',0,1,'2026-11-30 13:29:15.045203','2026-11-30 13:29:15.045203',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (37,'works on work days','','[]','[]','command','true','UTC',NULL,NULL,'2026-11-30 13:29:39.000000',NULL,'active',0,1,'2026-11-30 13:29:15.146997','2026-11-30 13:29:15.146997',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (38,'waits in vain','','[]','[]','command','true','UTC',NULL,NULL,'2026-11-30 13:29:27.000000',NULL,'active',0,1,'2026-11-30 13:29:15.177199','2026-11-30 13:29:15.177199',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3,\"tasks\":[23],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (39,'missed, none','','[]','[]','message_command','echo caught up','UTC',2,NULL,'2026-11-30 13:30:21.000000',NULL,'active',0,1,'2026-11-30 13:29:41.212202','2026-11-30 13:29:41.212202','none',1,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (40,'missed, latest','','[]','[]','command','echo caught up','UTC',NULL,NULL,'2026-11-30 13:30:21.000000',NULL,'active',0,1,'2026-11-30 13:29:41.262354','2026-11-30 13:29:41.262354','latest',1,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (41,'missed, all','','[]','[]','command','echo caught up','UTC',NULL,NULL,'2026-11-30 13:30:21.000000',NULL,'active',0,1,'2026-11-30 13:29:41.296523','2026-11-30 13:29:41.296523','all',1,3,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (42,'reminder, missed','','[]','[]','message','','UTC',2,NULL,'2026-11-30 13:30:21.000000',NULL,'active',0,1,'2026-11-30 13:29:41.326790','2026-11-30 13:29:41.326790',NULL,1,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
INSERT INTO `task` VALUES (43,'to a slow receiver','','[]','[]','message_command','true','Asia/Shanghai',3,NULL,NULL,NULL,'active',0,1,'2026-11-30 13:30:32.992001','2026-11-30 13:30:32.992001',NULL,60,10,2592000,NULL,'{\"cwd\":\"\",\"env\":[],\"http\":null,\"limits\":{\"cpu_seconds\":null,\"memory_mib\":null,\"nice\":null,\"open_files\":null,\"processes\":null},\"outlives_server\":false,\"overlap\":{\"rule\":\"skip\"},\"parameters\":[],\"pool\":\"\",\"retry\":{\"attempts\":1,\"delay_seconds\":60,\"exit_codes\":[],\"factor_percent\":200,\"jitter_percent\":0,\"max_delay_seconds\":3600,\"on_lost\":false,\"on_timeout\":false},\"run_as\":\"\",\"soft_limit_seconds\":null,\"stop_grace_seconds\":10,\"waits\":{\"fresh_seconds\":86400,\"how\":\"all\",\"patience_seconds\":3600,\"tasks\":[],\"what\":\"success\"}}');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `task_change` (
  `seq` bigint(20) NOT NULL,
  `task_id` bigint(20) NOT NULL,
  `at` datetime(6) NOT NULL,
  PRIMARY KEY (`seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `task_change` VALUES (1,0,'2026-11-30 13:29:07.219639');
INSERT INTO `task_change` VALUES (2,0,'2026-11-30 13:29:07.267147');
INSERT INTO `task_change` VALUES (3,0,'2026-11-30 13:29:07.297087');
INSERT INTO `task_change` VALUES (4,0,'2026-11-30 13:29:07.326370');
INSERT INTO `task_change` VALUES (5,0,'2026-11-30 13:29:07.363085');
INSERT INTO `task_change` VALUES (6,0,'2026-11-30 13:29:07.407227');
INSERT INTO `task_change` VALUES (7,0,'2026-11-30 13:29:07.542473');
INSERT INTO `task_change` VALUES (8,1,'2026-11-30 13:29:07.626750');
INSERT INTO `task_change` VALUES (9,2,'2026-11-30 13:29:07.716996');
INSERT INTO `task_change` VALUES (10,3,'2026-11-30 13:29:07.749643');
INSERT INTO `task_change` VALUES (11,4,'2026-11-30 13:29:07.778938');
INSERT INTO `task_change` VALUES (12,5,'2026-11-30 13:29:07.806578');
INSERT INTO `task_change` VALUES (13,6,'2026-11-30 13:29:07.824364');
INSERT INTO `task_change` VALUES (14,7,'2026-11-30 13:29:07.844550');
INSERT INTO `task_change` VALUES (15,8,'2026-11-30 13:29:07.866372');
INSERT INTO `task_change` VALUES (16,9,'2026-11-30 13:29:07.894796');
INSERT INTO `task_change` VALUES (17,10,'2026-11-30 13:29:07.927199');
INSERT INTO `task_change` VALUES (18,11,'2026-11-30 13:29:07.951825');
INSERT INTO `task_change` VALUES (19,12,'2026-11-30 13:29:07.966502');
INSERT INTO `task_change` VALUES (20,13,'2026-11-30 13:29:07.986458');
INSERT INTO `task_change` VALUES (21,14,'2026-11-30 13:29:08.008912');
INSERT INTO `task_change` VALUES (22,15,'2026-11-30 13:29:08.032354');
INSERT INTO `task_change` VALUES (23,16,'2026-11-30 13:29:08.058826');
INSERT INTO `task_change` VALUES (24,17,'2026-11-30 13:29:08.084133');
INSERT INTO `task_change` VALUES (25,18,'2026-11-30 13:29:08.103488');
INSERT INTO `task_change` VALUES (26,19,'2026-11-30 13:29:08.126123');
INSERT INTO `task_change` VALUES (27,20,'2026-11-30 13:29:08.142903');
INSERT INTO `task_change` VALUES (28,21,'2026-11-30 13:29:08.155287');
INSERT INTO `task_change` VALUES (29,22,'2026-11-30 13:29:08.191514');
INSERT INTO `task_change` VALUES (30,23,'2026-11-30 13:29:08.237837');
INSERT INTO `task_change` VALUES (31,24,'2026-11-30 13:29:08.256146');
INSERT INTO `task_change` VALUES (32,25,'2026-11-30 13:29:08.280677');
INSERT INTO `task_change` VALUES (33,26,'2026-11-30 13:29:08.301127');
INSERT INTO `task_change` VALUES (34,27,'2026-11-30 13:29:08.315978');
INSERT INTO `task_change` VALUES (35,28,'2026-11-30 13:29:08.327433');
INSERT INTO `task_change` VALUES (36,29,'2026-11-30 13:29:08.373307');
INSERT INTO `task_change` VALUES (37,30,'2026-11-30 13:29:08.387510');
INSERT INTO `task_change` VALUES (38,31,'2026-11-30 13:29:08.425864');
INSERT INTO `task_change` VALUES (39,32,'2026-11-30 13:29:08.450865');
INSERT INTO `task_change` VALUES (40,33,'2026-11-30 13:29:08.471164');
INSERT INTO `task_change` VALUES (41,33,'2026-11-30 13:29:08.487343');
INSERT INTO `task_change` VALUES (42,16,'2026-11-30 13:29:08.495690');
INSERT INTO `task_change` VALUES (43,14,'2026-11-30 13:29:08.516653');
INSERT INTO `task_change` VALUES (44,16,'2026-11-30 13:29:08.516653');
INSERT INTO `task_change` VALUES (45,4,'2026-11-30 13:29:14.669635');
INSERT INTO `task_change` VALUES (46,5,'2026-11-30 13:29:14.837851');
INSERT INTO `task_change` VALUES (47,5,'2026-11-30 13:29:14.848870');
INSERT INTO `task_change` VALUES (48,6,'2026-11-30 13:29:14.864097');
INSERT INTO `task_change` VALUES (49,7,'2026-11-30 13:29:14.890431');
INSERT INTO `task_change` VALUES (50,8,'2026-11-30 13:29:14.903726');
INSERT INTO `task_change` VALUES (51,9,'2026-11-30 13:29:14.929718');
INSERT INTO `task_change` VALUES (52,11,'2026-11-30 13:29:14.956461');
INSERT INTO `task_change` VALUES (53,34,'2026-11-30 13:29:14.982444');
INSERT INTO `task_change` VALUES (54,35,'2026-11-30 13:29:15.016126');
INSERT INTO `task_change` VALUES (55,36,'2026-11-30 13:29:15.045203');
INSERT INTO `task_change` VALUES (56,37,'2026-11-30 13:29:15.146997');
INSERT INTO `task_change` VALUES (57,38,'2026-11-30 13:29:15.177199');
INSERT INTO `task_change` VALUES (58,39,'2026-11-30 13:29:41.212202');
INSERT INTO `task_change` VALUES (59,40,'2026-11-30 13:29:41.262354');
INSERT INTO `task_change` VALUES (60,41,'2026-11-30 13:29:41.296523');
INSERT INTO `task_change` VALUES (61,42,'2026-11-30 13:29:41.326790');
INSERT INTO `task_change` VALUES (62,43,'2026-11-30 13:30:32.992001');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `user` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(64) NOT NULL,
  `password_hash` varchar(255) NOT NULL,
  `role` varchar(16) NOT NULL,
  `disabled` tinyint(1) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `last_sign_in_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=6 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `user` VALUES (1,'root','$argon2id$v=19$m=19456,t=2,p=1$tzQysIcKb16LULciEDurCA$I/IFMKBjPy2qUtOXvIwlqQrCf5tUyDhEgVxNb2oPIO4','admin',0,'2026-11-30 13:29:03.864902',NULL);
INSERT INTO `user` VALUES (2,'ed','$argon2id$v=19$m=19456,t=2,p=1$zgAOfkRy0jtUQhQTIRMd2A$YcqpcVxSa3ODfc4npeMBMTkJXYsVGlcem0hHUSjZqYk','editor',0,'2026-11-30 13:29:04.076983','2026-11-30 13:29:06.918756');
INSERT INTO `user` VALUES (3,'op','$argon2id$v=19$m=19456,t=2,p=1$e49Gp+1JeaWJEQ7zjHsB6w$K3rM9MqdgKJxsYxUSRPuTlp0j/5BLOpooM3sX0kH8sI','operator',0,'2026-11-30 13:29:04.379852',NULL);
INSERT INTO `user` VALUES (4,'vi','$argon2id$v=19$m=19456,t=2,p=1$fJgjvNvtBeI59F5KVQbHLw$kLzqbGaGG2rtjjqjv5P+Z3co5+CwHvaIH8LBP4vN8+0','viewer',0,'2026-11-30 13:29:04.586460',NULL);
INSERT INTO `user` VALUES (5,'gone','$argon2id$v=19$m=19456,t=2,p=1$RVOE6MdMhwssZ4s9J/ieSw$63y9ID6jBMMU56mhMXA4+EVmWn+tNAYoRemvzV0hMDA','editor',1,'2026-11-30 13:29:04.844947',NULL);
