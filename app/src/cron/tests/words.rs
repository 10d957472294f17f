//! Expressions and their descriptions in both languages, each checked by a person.

use crate::cron::CronExpr;
use crate::i18n::Lang;

/// expression | Chinese | English
const WORDS: &str = "
* * * * * | 每分钟 | Every minute
*/1 * * * * | 每分钟 | Every minute
*/2 * * * * | 每 2 分钟 | Every 2 minutes
*/5 * * * * | 每 5 分钟 | Every 5 minutes
*/15 * * * * | 每 15 分钟 | Every 15 minutes
*/30 * * * * | 每 30 分钟 | Every 30 minutes
0,30 * * * * | 每 30 分钟 | Every 30 minutes
0,15,30,45 * * * * | 每 15 分钟 | Every 15 minutes
5/15 * * * * | 每 15 分钟，从第 5 分起 | Every 15 minutes from minute 5
20/15 * * * * | 每小时第 20、35、50 分 | At minutes 20, 35 and 50 of every hour
*/7 * * * * | 每小时第 0、7、14…56 分 | At minutes 0, 7, 14, … 56 of every hour
*/40 * * * * | 每小时第 0、40 分 | At minutes 0 and 40 of every hour
*/45 * * * * | 每小时第 0、45 分 | At minutes 0 and 45 of every hour
*/60 * * * * | 每小时整点 | Every hour, on the hour
0 * * * * | 每小时整点 | Every hour, on the hour
5 * * * * | 每小时第 5 分 | Every hour at minute 5
5,35 * * * * | 每 30 分钟，从第 5 分起 | Every 30 minutes from minute 5
5,20 * * * * | 每小时第 5、20 分 | At minutes 5 and 20 of every hour
0-10 * * * * | 每小时第 0–10 分 | At minutes 0–10 of every hour
0-10,30 * * * * | 每小时第 0–10、30 分 | At minutes 0–10 and 30 of every hour
1-59/2 * * * * | 每 2 分钟，从第 1 分起 | Every 2 minutes from minute 1
0 */2 * * * | 每 2 小时整点 | Every 2 hours, on the hour
30 */2 * * * | 每 2 小时，从 00:30 起 | Every 2 hours from 00:30
0 1-23/2 * * * | 每 2 小时，从 01:00 起 | Every 2 hours from 01:00
0 */3 * * * | 每 3 小时整点 | Every 3 hours, on the hour
0 */5 * * * | 每天 00:00、05:00、10:00、15:00、20:00 | Every day at 00:00, 05:00, 10:00, 15:00 and 20:00
0 */6 * * * | 每天 00:00、06:00、12:00、18:00 | Every day at 00:00, 06:00, 12:00 and 18:00
0 */7 * * * | 每天 00:00、07:00、14:00、21:00 | Every day at 00:00, 07:00, 14:00 and 21:00
0 */12 * * * | 每天 00:00、12:00 | Every day at 00:00 and 12:00
0 */24 * * * | 每天 00:00 | Every day at 00:00
0 8-20/2 * * * | 每天 08:00–20:00 每 2 小时 | Every 2 hours from 08:00 to 20:00
0 0-23 * * * | 每小时整点 | Every hour, on the hour
0 9 * * * | 每天 09:00 | Every day at 09:00
30 9 * * * | 每天 09:30 | Every day at 09:30
0 0 * * * | 每天 00:00 | Every day at 00:00
59 23 * * * | 每天 23:59 | Every day at 23:59
0 9,18 * * * | 每天 09:00、18:00 | Every day at 09:00 and 18:00
0 9,12,18 * * * | 每天 09:00、12:00、18:00 | Every day at 09:00, 12:00 and 18:00
0,30 9 * * * | 每天 09:00、09:30 | Every day at 09:00 and 09:30
0,30 9,18 * * * | 每天 09:00、09:30、18:00、18:30 | Every day at 09:00, 09:30, 18:00 and 18:30
0 9-11 * * * | 每天 09:00、10:00、11:00 | Every day at 09:00, 10:00 and 11:00
0 9-12 * * * | 每天 09:00–12:00 每小时 | Every hour from 09:00 to 12:00
0 9-18 * * * | 每天 09:00–18:00 每小时 | Every hour from 09:00 to 18:00
30 9-18 * * * | 每天 09:30–18:30 每小时 | Every hour from 09:30 to 18:30
0 9-12,14-18 * * * | 每天 09:00–12:00、14:00–18:00 每小时 | Every hour from 09:00 to 12:00 and from 14:00 to 18:00
0 0-5,9,12-18 * * * | 每天 00:00–05:00、09:00、12:00–18:00 每小时 | Every hour from 00:00 to 05:00, at 09:00 and from 12:00 to 18:00
0 1,3,4,8,10,13,19,20 * * * | 每天 01:00、03:00、04:00、08:00、10:00、13:00、19:00、20:00 | Every day at 01:00, 03:00, 04:00, 08:00, 10:00, 13:00, 19:00 and 20:00
*/15 9 * * * | 每天 09:00–09:45 每 15 分钟 | Every 15 minutes from 09:00 to 09:45
*/15 9-17 * * * | 每天 09:00–17:45 每 15 分钟 | Every 15 minutes from 09:00 to 17:45
*/5 9-18 * * 1-5 | 工作日（周一至周五）09:00–18:55 每 5 分钟 | Every 5 minutes from 09:00 to 18:55, on weekdays
*/30 9-17 * * 1-5 | 工作日（周一至周五）09:00–17:30 每 30 分钟 | Every 30 minutes from 09:00 to 17:30, on weekdays
5-59/15 9-17 * * * | 每天 09:05–17:50 每 15 分钟 | Every 15 minutes from 09:05 to 17:50
*/10 9-12,14-18 * * * | 每天 09:00–12:50、14:00–18:50 每 10 分钟 | Every 10 minutes from 09:00 to 12:50 and from 14:00 to 18:50
*/15 */2 * * * | 每天 0、2、4…22 点，每 15 分钟 | Every 15 minutes, during hours 0, 2, 4, … 22
*/5 0,6,12,18 * * * | 每天 00:00–00:55、06:00–06:55、12:00–12:55、18:00–18:55 每 5 分钟 | Every 5 minutes from 00:00 to 00:55, from 06:00 to 06:55, from 12:00 to 12:55 and from 18:00 to 18:55
*/20 1,3,5,7,9,11 * * * | 每天 1、3、5…11 点，每 20 分钟 | Every 20 minutes, during hours 1, 3, 5, … 11
*/7 9-17 * * * | 每天 9–17 点第 0、7、14…56 分 | At minutes 0, 7, 14, … 56 of hours 9–17
*/7 9 * * * | 每天 9 点第 0、7、14…56 分 | At minutes 0, 7, 14, … 56 of hour 9
0-5 9 * * * | 每天 09:00–09:05 每分钟 | Every minute from 09:00 to 09:05
0-29 9 * * * | 每天 09:00–09:29 每分钟 | Every minute from 09:00 to 09:29
0-29 9-17 * * * | 每天 9–17 点第 0–29 分 | At minutes 0–29 of hours 9–17
30-59 * * * * | 每小时第 30–59 分 | At minutes 30–59 of every hour
* 9 * * * | 每天 09:00–09:59 每分钟 | Every minute from 09:00 to 09:59
* 9-18 * * 1-5 | 工作日（周一至周五）09:00–18:59 每分钟 | Every minute from 09:00 to 18:59, on weekdays
* 9,18 * * * | 每天 09:00–09:59、18:00–18:59 每分钟 | Every minute from 09:00 to 09:59 and from 18:00 to 18:59
* */2 * * * | 每天 0、2、4…22 点，每分钟 | Every minute, during hours 0, 2, 4, … 22
* 0-5,22-23 * * * | 每天 00:00–05:59、22:00–23:59 每分钟 | Every minute from 00:00 to 05:59 and from 22:00 to 23:59
0 9 * * 1-5 | 工作日（周一至周五）09:00 | Weekdays at 09:00
0 9 * * MON-FRI | 工作日（周一至周五）09:00 | Weekdays at 09:00
0 10 * * 0,6 | 每周六、周日 10:00 | Every Saturday and Sunday at 10:00
0 10 * * SAT,SUN | 每周六、周日 10:00 | Every Saturday and Sunday at 10:00
0 10 * * 6-7 | 每周六、周日 10:00 | Every Saturday and Sunday at 10:00
0 18 * * 5 | 每周五 18:00 | Every Friday at 18:00
0 18 * * 7 | 每周日 18:00 | Every Sunday at 18:00
0 9 * * 1,3,5 | 每周一、周三、周五 09:00 | Every Monday, Wednesday and Friday at 09:00
0 9 * * 1-3,5 | 每周一至周三、周五 09:00 | Every Monday to Wednesday and Friday at 09:00
0 9 * * FRI-SUN | 周五至周日 09:00 | Friday to Sunday at 09:00
0 9 * * 1,5-7 | 每周一、周五至周日 09:00 | Every Monday and Friday to Sunday at 09:00
0 9 * * 0-6 | 每天 09:00 | Every day at 09:00
0 9 * * */2 | 每周二、周四、周六、周日 09:00 | Every Tuesday, Thursday, Saturday and Sunday at 09:00
0 9 * * 1/2 | 每周一、周三、周五 09:00 | Every Monday, Wednesday and Friday at 09:00
0 9 * * 5/1 | 每周五、周六 09:00 | Every Friday and Saturday at 09:00
0 9 1 * * | 每月 1 日 09:00 | On the 1st of the month at 09:00
0 9 15 * * | 每月 15 日 09:00 | On the 15th of the month at 09:00
15 3 1,15 * * | 每月 1、15 日 03:15 | On the 1st and 15th of the month at 03:15
0 9 1-7 * * | 每月 1–7 日 09:00 | On the 1st–7th of the month at 09:00
0 0 */2 * * | 每月 1、3、5…31 日 00:00 | On the 1st, 3rd, 5th, … 31st of the month at 00:00
0 0 */10 * * | 每月 1、11、21、31 日 00:00 | On the 1st, 11th, 21st and 31st of the month at 00:00
0 0 1-31 * * | 每天 00:00 | Every day at 00:00
0 0 31 * * | 每月 31 日 00:00 | On the 31st of the month at 00:00
0 0 30 * * | 每月 30 日 00:00 | On the 30th of the month at 00:00
0 0 29 * * | 每月 29 日 00:00 | On the 29th of the month at 00:00
0 0 29-31 * * | 每月 29–31 日 00:00 | On the 29th–31st of the month at 00:00
0 0 L * * | 每月最后一天 00:00 | On the last day of the month at 00:00
0 0 LW * * | 每月最后一个工作日（周一至周五）00:00 | On the last weekday (Monday to Friday) of the month at 00:00
0 0 15W * * | 每月离 15 日最近的工作日（周一至周五）00:00 | On the weekday (Monday to Friday) nearest the 15th of the month at 00:00
0 0 1W * * | 每月离 1 日最近的工作日（周一至周五）00:00 | On the weekday (Monday to Friday) nearest the 1st of the month at 00:00
0 0 1,15,L * * | 每月 1、15 日、最后一天 00:00 | On the 1st and 15th and the last day of the month at 00:00
0 0 1W,15W * * | 每月离 1 日最近的工作日（周一至周五）、离 15 日最近的工作日（周一至周五）00:00 | On the weekday (Monday to Friday) nearest the 1st and the weekday (Monday to Friday) nearest the 15th of the month at 00:00
0 0 29 2 * | 每年 2 月 29 日 00:00 | On the 29th of February at 00:00
0 0 31 2 * | 每年 2 月 31 日 00:00（没有这样的日期，永不执行） | On the 31st of February at 00:00 (no such date: never runs)
0 0 30,31 FEB * | 每年 2 月 30、31 日 00:00（没有这样的日期，永不执行） | On the 30th and 31st of February at 00:00 (no such date: never runs)
0 0 31 4,6 * | 每年 4、6 月的 31 日 00:00（没有这样的日期，永不执行） | On the 31st of April and June at 00:00 (no such date: never runs)
0 0 31 1,3 * | 每年 1、3 月的 31 日 00:00 | On the 31st of January and March at 00:00
0 0 1 1 * | 每年 1 月 1 日 00:00 | On the 1st of January at 00:00
0 0 1 1,7 * | 每年 1、7 月的 1 日 00:00 | On the 1st of January and July at 00:00
0 0 1 1,4,7,10 * | 每年 1、4、7、10 月的 1 日 00:00 | On the 1st of January, April, July and October at 00:00
0 0 1 */3 * | 每年 1、4、7、10 月的 1 日 00:00 | On the 1st of January, April, July and October at 00:00
0 0 1,15 6-8 * | 每年 6–8 月的 1、15 日 00:00 | On the 1st and 15th of June–August at 00:00
0 0 L 2 * | 每年 2 月最后一天 00:00 | On the last day of February at 00:00
0 0 LW 3,6,9,12 * | 每年 3、6、9、12 月的最后一个工作日（周一至周五）00:00 | On the last weekday (Monday to Friday) of March, June, September and December at 00:00
0 0 * 1 * | 每年 1 月每天 00:00 | Every day in January at 00:00
0 9 * 6-8 * | 每年 6–8 月每天 09:00 | Every day in June–August at 09:00
*/5 * * 6-8 * | 每年 6–8 月 每 5 分钟 | Every 5 minutes, in June–August
0 9 * * MON#1 | 每月第一个周一 09:00 | On the first Monday of the month at 09:00
0 0 * * 5#3 | 每月第三个周五 00:00 | On the third Friday of the month at 00:00
0 0 * * 5L | 每月最后一个周五 00:00 | On the last Friday of the month at 00:00
0 0 * * FRIL | 每月最后一个周五 00:00 | On the last Friday of the month at 00:00
0 0 * * 1#1,1#3 | 每月第一个周一、第三个周一 00:00 | On the first Monday and third Monday of the month at 00:00
0 0 * * 5#5 | 每月第五个周五 00:00 | On the fifth Friday of the month at 00:00
0 0 * * 1,5#3 | 每周一或每月第三个周五 00:00 | Every Monday or on the third Friday of the month at 00:00
0 9 * 6 1-5 | 每年 6 月的工作日（周一至周五）09:00 | Weekdays in June at 09:00
0 9 * 6-8 5 | 每年 6–8 月的每周五 09:00 | Every Friday in June–August at 09:00
0 9 * 12 1,3 | 每年 12 月的每周一、周三 09:00 | Every Monday and Wednesday in December at 09:00
0 9 * 6 5#3 | 每年 6 月第三个周五 09:00 | On the third Friday of June at 09:00
0 9 * 3,6 5L | 每年 3、6 月的最后一个周五 09:00 | On the last Friday of March and June at 09:00
0 0 13 * 5 | 每月 13 日或周五 00:00 | On the 13th of the month or on Friday at 00:00
0 0 13 * 1-5 | 每月 13 日或周一至周五 00:00 | On the 13th of the month or on Monday to Friday at 00:00
0 0 13 6 5 | 每年 6 月 13 日或 6 月的周五 00:00 | On the 13th of June or on Friday in June at 00:00
0 0 1,15 6-8 1-5 | 每年 6–8 月的 1、15 日或 6–8 月的周一至周五 00:00 | On the 1st and 15th of June–August or on Monday to Friday in June–August at 00:00
0 0 L * 5L | 每月最后一天或最后一个周五 00:00 | On the last day of the month or on the last Friday of the month at 00:00
0 0 13 * 1,5#3 | 每月 13 日或周一或第三个周五 00:00 | On the 13th of the month or on Monday or on the third Friday of the month at 00:00
0 0 */2 * 1 | 每月 1、3、5…31 日或周一 00:00 | On the 1st, 3rd, 5th, … 31st of the month or on Monday at 00:00
0 0 1-31 * 1 | 每天 00:00 | Every day at 00:00
0 0 13 * */1 | 每月 13 日 00:00 | On the 13th of the month at 00:00
0 0 ? * 1 | 每周一 00:00 | Every Monday at 00:00
0 0 1 * ? | 每月 1 日 00:00 | On the 1st of the month at 00:00
0 0 ? * ? | 每天 00:00 | Every day at 00:00
*/5 * 1 * * | 每月 1 日 每 5 分钟 | Every 5 minutes, on the 1st of the month
*/5 * * * 1 | 每周一 每 5 分钟 | Every 5 minutes, every Monday
0 */2 * * 1-5 | 工作日（周一至周五）每 2 小时整点 | Every 2 hours, on the hour, on weekdays
*/10 9-17 1,15 * * | 每月 1、15 日 09:00–17:50 每 10 分钟 | Every 10 minutes from 09:00 to 17:50, on the 1st and 15th of the month
* * * * * * | 每秒 | Every second
*/2 * * * * * | 每 2 秒 | Every 2 seconds
*/7 * * * * * | 每分钟第 0、7、14…56 秒 | At seconds 0, 7, 14, … 56 of every minute
5/20 * * * * * | 每 20 秒，从第 5 秒起 | Every 20 seconds from second 5
30 * * * * * | 每分钟第 30 秒 | Every minute at second 30
0 * * * * * | 每分钟 | Every minute
0 */5 * * * * | 每 5 分钟 | Every 5 minutes
30 */5 * * * * | 每 5 分钟，第 30 秒 | Every 5 minutes, at second 30
30 5/15 * * * * | 每 15 分钟，从第 5 分起，第 30 秒 | Every 15 minutes from minute 5, at second 30
0,30 * * * * * | 每 30 秒 | Every 30 seconds
10,20 * * * * * | 每分钟第 10、20 秒 | At seconds 10 and 20 of every minute
0-10 * * * * * | 每分钟第 0–10 秒 | At seconds 0–10 of every minute
0 0 9 * * 1-5 | 工作日（周一至周五）09:00 | Weekdays at 09:00
30 0 9 * * * | 每天 09:00:30 | Every day at 09:00:30
0,30 0 9 * * * | 每天 09:00:00、09:00:30 | Every day at 09:00:00 and 09:00:30
15 30 9,18 * * * | 每天 09:30:15、18:30:15 | Every day at 09:30:15 and 18:30:15
30 0 * * * * | 每小时第 0 分 30 秒 | Every hour at minute 0, second 30
30 0 */2 * * * | 每 2 小时，从 00:00:30 起 | Every 2 hours from 00:00:30
30 0 9-18 * * * | 每天 09:00:30–18:00:30 每小时 | Every hour from 09:00:30 to 18:00:30
30 * 9-18 * * * | 每天 09:00:30–18:59:30 每分钟 | Every minute from 09:00:30 to 18:59:30
* * 9-18 * * * | 每天 09:00:00–18:59:59 每秒 | Every second from 09:00:00 to 18:59:59
* 0 9 * * * | 每天 09:00:00–09:00:59 每秒 | Every second from 09:00:00 to 09:00:59
*/10 0 9 * * * | 每天 09:00:00–09:00:50 每 10 秒 | Every 10 seconds from 09:00:00 to 09:00:50
*/10 * 9 * * 1-5 | 工作日（周一至周五）09:00:00–09:59:50 每 10 秒 | Every 10 seconds from 09:00:00 to 09:59:50, on weekdays
*/10 30-35 9 * * * | 每天 09:30:00–09:35:50 每 10 秒 | Every 10 seconds from 09:30:00 to 09:35:50
*/10 5 * * * * | 每小时第 5 分，每 10 秒 | Every 10 seconds during minute 5 of every hour
*/10 */5 * * * * | 每小时第 0、5、10…55 分，每 10 秒 | Every 10 seconds during minutes 0, 5, 10, … 55 of every hour
*/10 */5 9-17 * * * | 每天 9–17 点第 0、5、10…55 分，每 10 秒 | Every 10 seconds during minutes 0, 5, 10, … 55 of hours 9–17
5,10 */5 9-17 * * * | 每天 9–17 点第 0、5、10…55 分，第 5、10 秒 | At seconds 5 and 10 of minutes 0, 5, 10, … 55 of hours 9–17
5,10 0 9-17 * * * | 每天 9–17 点第 0 分，第 5、10 秒 | At seconds 5 and 10 of minute 0 of hours 9–17
5,10 * 9-17 * * * | 每天 9–17 点每分钟，第 5、10 秒 | At seconds 5 and 10 of every minute of hours 9–17
*/20 * */2 * * * | 每天 0、2、4…22 点每分钟，每 20 秒 | Every 20 seconds during every minute of hours 0, 2, 4, … 22
5/20 * */2 * * * | 每天 0、2、4…22 点每分钟，每 20 秒，从第 5 秒起 | Every 20 seconds from second 5 during every minute of hours 0, 2, 4, … 22
0-10 0 9 * * * | 每天 09:00:00–09:00:10 每秒 | Every second from 09:00:00 to 09:00:10
* 0 0 1 1 * | 每年 1 月 1 日 00:00:00–00:00:59 每秒 | Every second from 00:00:00 to 00:00:59, on the 1st of January
30 0,7 9-17 * * * | 每天 9–17 点第 0、7 分，第 30 秒 | At minutes 0 and 7 of hours 9–17, at second 30
30 0-10 * * * * | 每小时第 0–10 分，第 30 秒 | At minutes 0–10 of every hour, at second 30
30 */20 */2 * * 1 | 每周一 0、2、4…22 点，每 20 分钟，第 30 秒 | Every 20 minutes, at second 30, during hours 0, 2, 4, … 22, every Monday
@daily | 每天 00:00 | Every day at 00:00
@Midnight | 每天 00:00 | Every day at 00:00
@hourly | 每小时整点 | Every hour, on the hour
@weekly | 每周日 00:00 | Every Sunday at 00:00
@monthly | 每月 1 日 00:00 | On the 1st of the month at 00:00
@yearly | 每年 1 月 1 日 00:00 | On the 1st of January at 00:00
@annually | 每年 1 月 1 日 00:00 | On the 1st of January at 00:00
0 9 * 6 1,5#3 | 每年 6 月的周一或 6 月的第三个周五 09:00 | Every Monday in June or on the third Friday of June at 09:00
*/20 0 9 * * * | 每天 09:00:00–09:00:40 每 20 秒 | Every 20 seconds from 09:00:00 to 09:00:40
0,20,40 0 9 * * * | 每天 09:00:00、09:00:20、09:00:40 | Every day at 09:00:00, 09:00:20 and 09:00:40
0-2 0 9 * * * | 每天 09:00:00、09:00:01、09:00:02 | Every day at 09:00:00, 09:00:01 and 09:00:02
0-5 0 9 * * * | 每天 09:00:00–09:00:05 每秒 | Every second from 09:00:00 to 09:00:05
0 */4 * * * | 每 4 小时整点 | Every 4 hours, on the hour
0 */8 * * * | 每天 00:00、08:00、16:00 | Every day at 00:00, 08:00 and 16:00
15 */6 * * * | 每天 00:15、06:15、12:15、18:15 | Every day at 00:15, 06:15, 12:15 and 18:15
* * * 1,3 * | 每年 1、3 月 每分钟 | Every minute, in January and March
0 0 1-7 * 1 | 每月 1–7 日或周一 00:00 | On the 1st–7th of the month or on Monday at 00:00
0 12 1 1-11/2 * | 每年 1、3、5…11 月的 1 日 12:00 | On the 1st of January, March, May, … November at 12:00
0 0 15W 6 * | 每年 6 月离 15 日最近的工作日（周一至周五）00:00 | On the weekday (Monday to Friday) nearest the 15th of June at 00:00
0 9 * 6-8 1L | 每年 6–8 月的最后一个周一 09:00 | On the last Monday of June–August at 09:00
";

#[test]
fn expressions_read_as_in_the_table() {
    let mut rows = 0;
    for row in WORDS.trim().lines() {
        let [text, zh, en] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let parsed = CronExpr::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(parsed.describe(Lang::Zh), zh, "{text}");
        assert_eq!(parsed.describe(Lang::En), en, "{text}");
        rows += 1;
    }
    assert!(rows >= 120, "the table holds {rows} rows");
}
