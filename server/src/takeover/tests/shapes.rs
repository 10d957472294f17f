//! Shapes of crontabs as they are found in public repositories: which kinds of lines follow each other, in which
//! format. The contents are made up.

use app::import::{Flavor, Format};

use super::{letters, reading};
use crate::takeover::read;

/// A crontab of a shape: its format, a letter for each line that is expected, and its text.
const SHAPES: &[(Format, &str, &str)] = &[
    // Debian's /etc/crontab, before and after it used braces, and with a line added at its end.
    (
        Format::System,
        "###.vv.#eeee#",
        "# /etc/crontab: system-wide crontab\n# Unlike any other crontab you don't have to run a command\n# that none of the other crontabs do.\n\nSHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n\n# m h dom mon dow user\tcommand\n17 *\t* * *\troot    cd / && run-parts --report /etc/cron.hourly\n25 6\t* * *\troot\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )\n47 6\t* * 7\troot\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.weekly )\n52 6\t1 * *\troot\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.monthly )\n#\n",
    ),
    (
        Format::System,
        "v.#######de#.e",
        "SHELL=/bin/sh\n\n# Example of job definition:\n# .---------------- minute (0 - 59)\n# |  .------------- hour (0 - 23)\n# |  |  .---------- day of month (1 - 31)\n# |  |  |  .------- month (1 - 12) OR jan,feb,mar,apr ...\n# |  |  |  |  .---- day of week (0 - 6) (Sunday=0 or 7) OR sun,mon,tue,wed,thu,fri,sat\n# |  |  |  |  |\n# *  *  *  *  * user-name command to be executed\n25 6    * * *   root    test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n#\n\n* *     * * *   deploy /srv/app/bin/sync\n",
    ),
    (
        Format::System,
        "#e#e#e#",
        "# Stop the player\n44 7 * * * root killall -15 player\n# Stop the game\n45 7 * * * root killall -9 game\n# Power off\n46 7 * * * root poweroff\n#\n",
    ),
    // Files of cron.d.
    (
        Format::System,
        "####vvv.#e.#e",
        "# Watches the uplink\n# Windows:\n#  - 07:00-17:59  => every 5 minutes\n#  - 18:00-06:59  => every 2 minutes\nSHELL=/bin/bash\nPATH=/usr/bin:/usr/local/bin\nMAILTO=\"\"\n\n# 07:00-17:59 (*/5)\n*/5 7-17 * * * root /usr/local/bin/watch >/dev/null 2>&1\n\n# 18:00-06:59 (*/2)\n*/2 18-23,0-6 * * * root /usr/local/bin/watch >/dev/null 2>&1\n",
    ),
    (
        Format::System,
        "vve",
        "SHELL=/bin/bash\nPATH=/usr/local/sbin:/usr/local/bin\n* * * * * root flock -n /var/run/x.lock /usr/local/bin/x >> /var/log/x.log 2>&1\n",
    ),
    (
        Format::System,
        "e",
        "* * * * * root flock -n /tmp/s.lock docker exec -i web php artisan schedule:run --no-interaction >>/var/log/s.log 2>&1\n",
    ),
    (
        Format::System,
        "#vvee",
        "# managed by x v1\nSHELL=/bin/bash\nPATH=/usr/bin\n*/5 * * * * root flock -n /run/w.lock /opt/w >/dev/null 2>&1\n@reboot root sleep 90 && flock -n /run/w.lock /opt/w >/dev/null 2>&1\n",
    ),
    (
        Format::System,
        "e",
        "@reboot root until [ -n \"`mount |grep \"/opt/x type\"`\" ]; do sleep 1; done; mount /opt/y\n",
    ),
    (
        Format::System,
        "e",
        "24 0 8-14 * * root if [ $(date +\\%w) -eq 0 ] && [ -x /usr/lib/z/scrub ]; then /usr/lib/z/scrub; fi\n",
    ),
    (
        Format::System,
        "e",
        "22 2 */1 * * root /bin/sh -c \"find /srv/mail -mtime +2 -delete; find /srv/mail -type d -empty -delete\"\n",
    ),
    // Lines that somebody continued, which cron does not.
    (
        Format::System,
        "#ex.#exx.",
        "# Every minute\n* * * * * root /opt/guard.sh \\\n  >> /var/log/guard.log 2>&1\n\n# Every five minutes, not at :00\n5-59/5 * * * * root flock -n /tmp/r.lock \\\n  /usr/bin/python3 /opt/r.py \\\n  >> /var/log/r.log 2>&1\n\n",
    ),
    // A line of the format of users in a file of the system: the user is missing, and the first word is taken for it.
    (
        Format::System,
        "e",
        "0 2 * * * cd /srv/app && ./main.sh backup\n",
    ),
    (Format::System, "x", "0 2 * * * /usr/local/bin/backup\n"),
    (
        Format::System,
        "vvvv.e.e",
        "SHELL=/bin/sh\nPATH=/usr/local/sbin\nCRON_TZ=America/Los_Angeles\nMAILTO=user1@tld1,user2@tld2;user3@tld3\n\n\t30 7      * * *   root\ttest -x /etc/init.d/a && /usr/sbin/invoke-rc.d a start >/dev/null\n\n  00 */3    15-25 May *   user   somecommand\n",
    ),
    (
        Format::System,
        "vvvv.e",
        "SHELL=/bin/bash  # the shell\nPATH=/sbin:/bin:/usr/sbin:/usr/bin # the path\nMAILTO=\"\"\nHOME=/ # the home\n\n0 1 * * * root /usr/local/run.sh\n",
    ),
    // Quotes with a comment behind them are no setting.
    (
        Format::System,
        "xe",
        "MAILTO=\"\" # nobody\n0 1 * * * root /usr/local/run.sh\n",
    ),
    // Crontabs of users.
    (
        Format::User,
        "######d####e",
        "# Edit this file to introduce tasks to be run by cron.\n#\n# Notice that tasks will be started based on the cron's system\n# daemon's notion of time and timezones.\n# For example, you can run a backup of all your user accounts\n# at 5 a.m every week with:\n# 0 5 * * 1 tar -zcf /var/backups/home.tgz /home/\n#\n# For more information see the manual pages of crontab(5) and cron(8)\n#\n# m h  dom mon dow   command\n1 1 1 * * shutdown -r now # on the first of the month\n",
    ),
    (
        Format::User,
        "#e",
        "# m h  dom mon dow   command\n  0 *  *   *   *     docker run --rm --network backend a/jobs crawl site --loglevel=\"INFO\"\n",
    ),
    (
        Format::User,
        "ve",
        "MAILTO=\"\"\n*/5 * * * * /home/ada/bin/i_am_working > /dev/null\n",
    ),
    (
        Format::User,
        "#ve",
        "#!/usr/bin/python3\nMAILTO=\"\"\n*/1 * * * * /usr/bin/python3 /home/ada/test.py>>/home/ada/test.txt\n",
    ),
    (
        Format::User,
        "#e.#e.#e",
        "# 每 5 分钟清理一次\n*/5 * * * * /usr/bin/php /srv/x/cron/clean.php >> /dev/null 2>&1\n\n# 每分钟处理队列\n* * * * * /usr/bin/php /srv/x/cron/queue.php >> /dev/null 2>&1\n\n# 每天统计\n0 1 * * * /usr/bin/php /srv/x/cron/stat.php >> /dev/null 2>&1\n",
    ),
    (
        Format::User,
        "#e.#e",
        "# wrong\n0 3 * * * date +%Y%m%d > /tmp/date.txt\n\n# right\n0 3 * * * date +\\%Y\\%m\\%d > /tmp/date.txt\n",
    ),
    (
        Format::User,
        "eeee",
        "0 * * * * cat%hello\n0 * * * * tr a-z A-Z%quiet please\n0 * * * * printf '\\%s\\n' x%more\n0 * * * * echo \\\\%hello\n",
    ),
    (
        Format::User,
        "vee",
        "CRON_TZ=Asia/Shanghai\n50 6 * * 1-5  /opt/a/.venv/bin/python /opt/a/daily.py --check >> /opt/a/logs/h.log 2>&1\n0 18 * * 0    /opt/a/.venv/bin/python /opt/a/screen.py >> /opt/a/logs/s.log 2>&1\n",
    ),
    (
        Format::User,
        "e",
        "30 2 * * * cd /home/ada/app && docker compose -f d.yml exec -T db pg_dump -U x x | gzip > /home/ada/x-$(date +\\%F).sql.gz && find /home/ada -name 'x-*.gz' -mtime +14 -delete\n",
    ),
    (
        Format::User,
        "#.#.d.e",
        "# - hourly\n\n# backups\n\n# 0 2 * * * /path/to/backup.sh >> /path/to/backup.log 2>&1\n\n0 0 * * 0 /path/to/weekly.sh\n",
    ),
    (
        Format::User,
        "e.",
        "0 0 * * * date +\\%d-\\%m::\\%H >> /home/ada/c.log && /usr/bin/certbot renew -w /var/www >> /home/ada/c.log 2>&1\n\n",
    ),
    // What other schedulers accept.
    (
        Format::User,
        "xxxxv",
        "@every 5m /bin/x\n0 0 9 18 * ? /bin/x\n0 0 L * * /bin/x\n*/5 /bin/x\nCRON_TZ=America/New_York 0 9 18 * * 1\n",
    ),
    // Prose that was pasted along.
    (
        Format::User,
        "xexxe",
        "crontab -e\n*/30 * * * * ~/scripts/x.sh > ~/scripts/x.log 2>&1\n```\nYou're done!\n@daily /bin/x\n",
    ),
    // anacron.
    (
        Format::Anacron,
        "#.#.vvv#v#v.#eee",
        "# /etc/anacrontab: configuration file for anacron\n\n# See anacron(8) and anacrontab(5) for details.\n\nSHELL=/bin/sh\nPATH=/sbin:/bin:/usr/sbin:/usr/bin\nMAILTO=root\n# the maximal random delay added to the base delay of the jobs\nRANDOM_DELAY=45\n# the jobs will be started during the following hours only\nSTART_HOURS_RANGE=3-22\n\n#period in days   delay in minutes   job-identifier   command\n1\t5\tcron.daily\t\tnice run-parts /etc/cron.daily\n7\t25\tcron.weekly\t\tnice run-parts /etc/cron.weekly\n@monthly 45\tcron.monthly\t\tnice run-parts /etc/cron.monthly\n",
    ),
    (
        Format::Anacron,
        "vvve.#e",
        "SHELL=/bin/sh\nPATH=/bin:/usr/bin\nRANDOM_DELAY=45\n1 5 rsync.backup nice ~ada/bin/backup.sh ~ada/ ada@nas:/mnt/backups\n\n# another\n10      5       db_cleanup      /usr/bin/touch /var/lib/x\n",
    ),
    (Format::Anacron, "xxx", "0 5 never x\n1 x bad x\n1 5 job\n"),
];

#[test]
fn every_line_of_every_shape_is_accounted_for() {
    for (format, wanted, text) in SHAPES {
        for flavor in [Flavor::Debian, Flavor::Cronie] {
            let account = read(text, reading(flavor, *format)).expect("an account");
            assert_eq!(account.lines.len(), text.lines().count(), "{text}");
            if flavor == Flavor::Debian {
                assert_eq!(letters(&account), *wanted, "{text}");
            }
        }
    }
}

#[test]
fn the_same_shapes_with_the_ends_of_windows_differ_only_in_remarks() {
    for (format, wanted, text) in SHAPES {
        let text = text.replace('\n', "\r\n");
        let account = read(&text, reading(Flavor::Debian, *format)).expect("an account");
        assert_eq!(letters(&account), *wanted, "{text}");
    }
}
