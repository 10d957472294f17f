"""Runs APScheduler with a job store in SQLite and ten threads:

    apscheduler_peer.py STORE

Each line that it reads is a JSON list of tasks to enter, `{"id", "second", "start", "command"}`; it
answers with a line when they are in the store. It ends when there is nothing more to read, so it
cannot outlive its caller. (As `apscheduler.py` it would be what `import apscheduler` finds.)
"""

import json
import subprocess
import sys
from datetime import datetime, timezone

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger


def run(command):
    """A task: a shell command whose output is kept."""
    subprocess.run(command, shell=True, capture_output=True, check=False)


def main():
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{sys.argv[1]}")},
        executors={"default": ThreadPoolExecutor(10)},
        # By default what starts more than a second late is dropped.
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=timezone.utc,
    )
    scheduler.start()
    print("ready", flush=True)
    for line in sys.stdin:
        for task in json.loads(line):
            scheduler.add_job(
                run,
                CronTrigger(
                    second=task["second"],
                    start_date=datetime.fromtimestamp(task["start"], timezone.utc),
                    timezone=timezone.utc,
                ),
                args=[task["command"]],
                id=task["id"],
            )
        print("entered", flush=True)
    scheduler.shutdown()


if __name__ == "__main__":
    main()
