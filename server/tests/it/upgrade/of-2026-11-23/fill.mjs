// Fills a database by a server of an earlier release, through its REST API and its terminal, and dumps it.
//   node fill.mjs JCRONTAB FOLDER [MYSQL-URL]
// README.md beside this file has the rest.

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [binary, folder, database = ""] = process.argv.slice(2);
const here = new URL(".", import.meta.url).pathname;
const data = `${folder}/data`;
// The ports are part of the stored addresses.
const LISTEN = "127.0.0.1:18700";
const RECEIVER = 18701;

mkdirSync(data, { recursive: true, mode: 0o700 });
cpSync(`${here}secret.key`, `${data}/secret.key`);
chmodSync(`${data}/secret.key`, 0o600);
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: database,
  JCRONTAB_DATA_DIR: data,
  JCRONTAB_LISTEN: LISTEN,
  JCRONTAB_ZONE: "Asia/Shanghai",
  JCRONTAB_RUN_AS_ALLOW: "daemon",
  JCRONTAB_PUBLIC_URL: "http://cron.test",
};

// The receivers of channels and of the HTTP task. `mood` says how they answer.
const mood = { wecom: "takes", hook: "takes", hang: "takes" };
createServer((request, response) => {
  request.resume();
  const say = (status, body) => response.writeHead(status).end(JSON.stringify(body));
  const place = request.url.split("/")[1];
  switch (mood[place]) {
    case "hangs": return;
    case "fails": return say(503, { error: "closed for repairs" });
    case "too-many": return say(200, { errcode: 45009, errmsg: "api freq out of limit" });
    default: return say(200, { errcode: 0, errmsg: "ok", data: { state: "ok" } });
  }
}).listen(RECEIVER, "0.0.0.0");
const to = (path, host = "127.0.0.1") => `http://${host}:${RECEIVER}/${path}`;

const cli = (args, input = "") =>
  execFileSync(binary, args, { env, input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });

let server;
process.on("exit", () => server?.kill("SIGKILL"));
async function start(allow) {
  server = spawn(binary, ["serve"], {
    env: { ...env, JCRONTAB_OUTBOUND_ALLOW: allow },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await until("the server", async () => {
    const answer = await fetch(`http://${LISTEN}/readyz`).catch(() => null);
    return answer?.ok;
  });
}
async function kill() {
  const ended = new Promise((done) => server.once("exit", done));
  server.kill("SIGKILL");
  await ended;
}
async function until(what, check) {
  for (let tries = 0; tries < 1200; tries++) {
    const found = await check();
    if (found) return found;
    await sleep(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

let token;
async function call(method, path, body, more = {}) {
  const answer = await fetch(`http://${LISTEN}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${more.token ?? token}`,
      "accept-language": "en",
      ...(body === undefined ? {} : { "content-type": more.type ?? "application/json" }),
      ...more.headers,
    },
    body: body === undefined ? undefined : more.type ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
const post = (path, body, more) => call("POST", path, body, more);
const get = (path) => call("GET", path);

// What was entered: the id of each task, and the request that made it.
const entered = [];
const ids = {};
async function task(draft, as) {
  const made = await post("tasks", draft, { token: as });
  entered.push({ id: made.id, draft });
  ids[draft.name] = made.id;
  return made.id;
}
const over = (id) =>
  until(`run ${id}`, async () => {
    const run = await get(`runs/${id}`);
    return !["running", "waiting"].includes(run.state) && run;
  });
async function run(name, body) {
  return (await post(`tasks/${ids[name]}/run`, body)).id;
}
const done = async (name, body) => over(await run(name, body));

// ── accounts ──
const people = { root: "admin", ed: "editor", op: "operator", vi: "viewer", gone: "editor" };
for (const [name, role] of Object.entries(people)) {
  cli(["user", "add", name, "--role", role, "--password-stdin"], `old-password-of-${name}\n`);
}
const tokens = {};
for (const name of Object.keys(people)) {
  tokens[name] = JSON.parse(cli(["token", "create", "--user", name, "--json"])).token;
}
token = tokens.root;
await start("127.0.0.0/8");
const revoked = JSON.parse(cli(["token", "create", "--user", "ed", "--json"]));
cli(["token", "revoke", `${revoked.id}`]);
// Tokens do not change accounts; the console does.
const gone = JSON.parse(cli(["user", "list", "--json"])).items.find((user) => user.name === "gone");
execFileSync("curl", ["-sf", "--unix-socket", `${data}/jcrontab.sock`, "-X", "PATCH", "-H", "content-type: application/json",
  "-d", '{"disabled": true}', `http://console/api/v1/users/${gone.id}`]);
const signed = await fetch(`http://${LISTEN}/login`, {
  method: "POST",
  redirect: "manual",
  headers: { origin: `http://${LISTEN}`, "sec-fetch-site": "same-origin" },
  body: new URLSearchParams({ name: "ed", password: "old-password-of-ed", next: "/tasks" }),
});
const session = /jcrontab_session=([^;]+)/.exec(signed.headers.get("set-cookie"))[1];

// ── what tasks refer to ──
const channel = async (name, kind, url) => (await post("channels", { name, kind, url })).id;
const wecom = await channel("值班群", "wecom", to("wecom/send?key=0000-secret-of-the-robot"));
const hook = await channel("hook", "webhook", to("hook/with-a-secret"));
const hang = await channel("slow", "webhook", to("hang"));
const shut = await channel("shut", "webhook", to("shut", "127.0.0.2"));
await post(`channels/${hook}/test`);
await call("PUT", "pools/db", { slots: 1 });
await call("PUT", "pools/wide", { slots: 7 });
await call("PUT", "pools/*", { slots: 50 });
await post("calendars", { name: "ops", source_url: "https://example.com/days.ics" });
const today = new Date();
const day = (offset) => new Date(today.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
await post(
  "calendars/ops/import",
  `${day(-1)} rest 盘点\n${day(0)} rest 停机日\n${day(1)} rest 停机日\n2026-12-26 work 调休上班\n2027-01-01 rest 元旦\n`,
  { type: "text/plain" },
);
await post("blackouts", {
  name: "封网", tags: ["frozen"], zone: "Asia/Shanghai", cron: "* * * * *", duration: "1m", policy: "drop",
});
await post("blackouts", {
  name: "搬迁", tags: [], zone: "UTC", starts_at: "2027-05-01 00:00", ends_at: "2027-05-02 00:00",
  policy: "catch_up",
});

// ── tasks of each kind ──
// As long as the start by hand says; what starts later ends at once.
const long = { command: "echo begun; sleep \"$FOR\"; echo over" };
const parameters = [{ name: "FOR", kind: "number", default: "0" }];
const lasting = (seconds) => ({ parameters: { FOR: `${seconds}` } });
const daily = { zone: "Asia/Shanghai", cron: "0 3 * * *" };
await task({
  ...daily, name: "备份 数据库", nickname: "夜猫", owners: ["zhangsan", "小王"], tags: ["prod", "数据库"],
  mode: "message_command", command: "# nightly\necho \"backing up '$STAGE'\" && echo done; exit 0",
  urge_cron: "*/10 * * * *", channel_id: wecom, starts_at: "2026-11-01 00:00", ends_at: "2027-12-31 23:59",
  timeout: "30m", missed: { policy: "all", grace: "2m", max: "5", max_age: "2d" },
  execution: {
    overlap: "queue:5", pool: "wide", soft_limit: "10m", stop_grace: "30s",
    retry: {
      attempts: "4", delay: "30s", factor: "1.5", max_delay: "10m", jitter: "20", exit_codes: "1, 75",
      on_timeout: true, on_lost: true,
    },
    limits: { memory: "2G", cpu: "20m", open_files: "256", processes: "64", nice: "5" },
    cwd: "/tmp", env: "STAGE=prod\nLANG=C.UTF-8\nEMPTY=",
  },
}, tokens.ed);
await task({
  ...daily, name: "周报提醒", owners: ["zhangsan"], mode: "message", cron: "0 10 * * 5", channel_id: wecom,
  urge_cron: "*/20 * * * *",
}, tokens.ed);
await task({
  ...daily, name: "催着的提醒", owners: ["zhangsan", "lisi"], mode: "message", cron: "0 9 * * 1-5",
  channel_id: wecom, urge_cron: "0 */2 * * *", urging: true,
}, tokens.ed);
await task({
  ...daily, name: "催着的命令", owners: ["lisi"], mode: "message_command", command: "echo urged", channel_id: hook,
});
await task({ ...daily, name: "不催了", command: "true", urge_cron: "*/5 * * * *" });
await task({ ...daily, name: "暂停", command: "true", cron: "*/7 * * * *" });
await task({ ...daily, name: "暂停到年底", command: "true", cron: "*/7 * * * *" });
await task({ ...daily, name: "已结单", mode: "message", cron: "0 8 * * *", channel_id: hook, owners: ["小王"] });
await task({ ...daily, name: "催单后结单", command: "true", urge_cron: "*/5 * * * *", urging: true });
await task({
  name: "对账", zone: "Asia/Shanghai", command: "echo reconciled", tags: ["finance"],
  schedules: [
    { spec: "0 9 * * *", day_rule: "work_days", jitter: "5m" },
    { spec: "0 0 12 ? * 1", dialect: "quartz", calendar: "ops", day_rule: "next_work_day", jitter: "2m", jitter_stable: true },
    { spec: "0 18 * * *", day_rule: "nth_work_day:-1", calendar: "ops" },
    { spec: "every 6h from 2026-11-22 09:00" },
  ],
});
await task({ ...daily, name: "interval", zone: "Europe/Berlin", command: "echo tick", cron: "every 45m from 2026-11-22 09:00" });
await task({ ...daily, name: "once, later", command: "echo once", cron: "at 2027-03-01 09:00" });
await task({ ...daily, name: "at start", command: "echo started", cron: "@startup" });
await task({
  ...daily, name: "call", cron: "30 4 1 * *",
  execution: {
    http: {
      method: "POST", url: to("call?run=${JCRONTAB_RUN_ID}"), headers: "X-Key: ${API_KEY}\nX-Plain: yes",
      body: "{\"a\": 1}", expect_status: "200-299,304", json_pointer: "/data/state", json_value: "ok",
    },
  },
});
await task({
  ...daily, name: "parameters", cron: "0 0 1 1 *",
  command: "echo \"for $DAY at $TARGET with $PIN and $N\"",
  execution: {
    parameters: [
      { name: "DAY", kind: "date", label: "Which day" },
      { name: "TARGET", kind: "choice", choices: ["a", "b"], default: "a" },
      { name: "PIN", kind: "secret", required: true },
      { name: "N", kind: "number", default: "3" },
      { name: "WORDS", kind: "text", label: "说明" },
    ],
  },
});
await task({ ...daily, name: "secrets", command: "echo \"key=$VAULT_PASSWORD\"" });
await task({ ...daily, name: "long output", command: "i=0; while [ $i -lt 900 ]; do echo line $i; i=$((i+1)); done; echo 结束 >&2" });
await task({ ...daily, name: "fails", command: "echo no space left; exit 28", channel_id: hook, owners: ["lisi"], mode: "message_command" });
await task({ ...daily, ...long, name: "too slow", timeout: "1s", channel_id: hook, mode: "message_command", execution: { parameters } });
await task({ ...daily, ...long, name: "stopped", execution: { parameters } });
await task({ ...daily, name: "killed by signal", command: "kill -SEGV $$" });
await task({ ...daily, ...long, name: "dies with the server", channel_id: hook, mode: "message_command", execution: { parameters } });
await task({ ...daily, name: "outlives", command: "true", execution: { outlives_server: true, run_as: "daemon" } });
await task({
  ...daily, name: "waits for others", command: "true",
  execution: { waits: { tasks: [`#${ids["备份 数据库"]}`, "对账"], how: "any", what: "finish", fresh: "12h", patience: "1h" } },
});
await task({ ...daily, ...long, name: "all at once", execution: { parameters, overlap: "allow:3", pool: "db" } });
await task({ ...daily, name: "pool of one", command: "echo in turn", execution: { pool: "db" } });
await task({ ...daily, ...long, name: "replaced", execution: { parameters, overlap: "replace" } });
await task({ ...daily, ...long, name: "in line", execution: { parameters, overlap: "queue:3" } });
await task({
  ...daily, name: "tried again", command: "exit 75", execution: { retry: { attempts: "3", delay: "12h", exit_codes: "75" } },
});
await task({ ...daily, name: "to a closed door", command: "exit 1", channel_id: shut, mode: "message_command" });
await task({ ...daily, name: "fails in silence", command: "exit 3", channel_id: hook });
await task({
  ...daily, ...long, name: "takes its time", channel_id: hook, timeout: "1m",
  execution: { parameters, soft_limit: "1s" },
});
await task({ ...daily, name: "deleted", command: "true" });
await call("DELETE", `tasks/${ids.deleted}`);
entered.pop();

const secret = (name, value, note, tasks) => post("secrets", { name, value, note, tasks });
await secret("VAULT_PASSWORD", "old-value-of-the-vault", "of the vault", ["secrets"]);
await secret("API_KEY", "old-key-of-the-api-金", "", ["call", `#${ids.secrets}`]);
await secret("UNUSED", "nothing-yet", "granted to none", []);

// ── acts and runs ──
for (const name of [
  "备份 数据库", "周报提醒", "催着的命令", "对账", "call", "secrets", "long output", "fails", "fails",
  "killed by signal", "to a closed door", "pool of one", "fails in silence",
]) {
  await done(name);
}
await done("too slow", lasting(60));
await done("takes its time", lasting(3));
await done("parameters", { parameters: { DAY: "2026-12-01", PIN: "old-pin-9911" }, note: "月初补跑" });
const stopped = await run("stopped", lasting(60));
await post(`runs/${stopped}/stop`, undefined, { token: tokens.op });
await over(stopped);
const stays = lasting(600);
await post(`tasks/${ids["replaced"]}/run`, stays, { token: tokens.op });
await run("replaced", stays);
const key = { headers: { "idempotency-key": "the-key-of-a-start" } };
const idempotent = await post(`tasks/${ids["interval"]}/run`, undefined, key);
await over(idempotent.id);
await post(`tasks/${ids["催着的命令"]}/urge`, { cron: "*/30 * * * *" }, { token: tokens.op });
const changed = (name, fields) => Object.assign(entered.find((one) => one.id === ids[name]).draft, fields);
changed("催着的命令", { urging: true, urge_cron: "*/30 * * * *" });
await done("催着的命令");
await post(`tasks/${ids["不催了"]}/urge`, undefined, { token: tokens.op });
await post(`tasks/${ids["不催了"]}/unurge`, undefined, { token: tokens.op });
await post(`tasks/${ids["暂停"]}/pause`);
await post(`tasks/${ids["暂停到年底"]}/pause`, { until: "2026-12-31 18:00" });
await post(`tasks/${ids["已结单"]}/close`, undefined, { token: tokens.op });
await post(`tasks/${ids["催单后结单"]}/close`);
await call("PATCH", `tasks/${ids["interval"]}`, { nickname: "滴答" }, { token: tokens.ed });
changed("interval", { nickname: "滴答" });

// ── firings that started, were skipped, and were missed ──
const soon = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, "");
const each = { zone: "UTC", cron: "*/4 * * * * *" };
await task({ ...each, name: "fires", command: "echo fired", ends_at: soon(24), missed: { policy: "none", grace: "1s" } });
await task({ ...each, name: "overlaps", command: "sleep 7", ends_at: soon(24) });
await task({ ...each, name: "frozen", command: "true", tags: ["frozen"], ends_at: soon(24) });
await task({
  name: "works on work days", zone: "UTC", command: "true", ends_at: soon(24),
  schedules: [{ spec: "*/4 * * * * *", day_rule: "work_days", calendar: "ops" }],
});
await task({
  ...each, name: "waits in vain", command: "true", ends_at: soon(12),
  execution: { waits: { tasks: ["outlives"], how: "all", what: "success", patience: "3s" } },
});
await sleep(26_000);
const down = { zone: "UTC", cron: "*/5 * * * * *", command: "echo caught up" };
await task({ ...down, name: "missed, none", ends_at: soon(40), missed: { policy: "none", grace: "1s" }, channel_id: hook, mode: "message_command" });
await task({ ...down, name: "missed, latest", ends_at: soon(40), missed: { policy: "latest", grace: "1s" } });
await task({ ...down, name: "missed, all", ends_at: soon(40), missed: { policy: "all", grace: "1s", max: "3" } });
await task({ ...down, name: "reminder, missed", cron: "*/10 * * * * *", mode: "message", command: "", ends_at: soon(40), missed: { grace: "1s" }, channel_id: hook });
await run("dies with the server", lasting(600));
await sleep(8_000);
await kill();
await sleep(22_000);
await start("127.0.0.1/32");
await sleep(20_000);

// ── what is under way when the server dies ──
await done("to a closed door");
await until("a message that was given up", async () => (await get(`channels/${shut}`)).dead > 0);
mood.wecom = "too-many";
await done("周报提醒");
await done("备份 数据库");
await done("催着的提醒");
mood.hook = "fails";
await done("fails");
await done("tried again");
await run("all at once", stays);
await run("pool of one");
await run("in line", stays);
await run("in line");
await run("in line");
await until("messages that wait", async () => {
  const [one, other] = [await get(`channels/${wecom}`), await get(`channels/${hook}`)];
  return one.pending >= 6 && other.pending >= 1 && other.last_answer.includes("503");
});
mood.hang = "hangs";
await task({ ...daily, name: "to a slow receiver", command: "true", channel_id: hang, mode: "message_command" });
await sleep(1_500);

// ── what the server says ──
const answers = {};
const read = async (path) => (answers[path] = await get(path));
for (const path of ["users", "tokens", "channels", "secrets", "pools", "calendars", "blackouts", "calendars/ops?year=2026", "calendars/ops?year=2027"]) {
  await read(path);
}
const listed = await read("tasks?limit=200");
for (const one of listed.items) {
  for (const path of ["", "/history?limit=200", "/occurrences?limit=200", "/secrets"]) await read(`tasks/${one.id}${path}`);
}
const runs = [];
for (const one of listed.items) runs.push(...(await get(`tasks/${one.id}/runs?limit=200`)).items);
for (const one of runs) {
  await read(`runs/${one.id}`);
  const output = await fetch(`http://${LISTEN}/api/v1/runs/${one.id}/output`, { headers: { authorization: `Bearer ${token}` } });
  answers[`runs/${one.id}/output`] = await output.text();
}
delete answers["tasks?limit=200"];
await kill();
const at = new Date().toISOString();
const engine = database === "" ? "sqlite" : "mariadb";
const kept = { at, tokens, revoked: revoked.token, session, idempotent: idempotent.id, entered };
writeFileSync(`${here}${engine}.entered.json`, `${JSON.stringify(kept, null, 1)}\n`);
const lines = Object.entries(answers).map(([path, answer]) => `${JSON.stringify(path)}: ${JSON.stringify(answer)}`);
writeFileSync(`${here}${engine}.answers.json`, `{\n${lines.join(",\n")}\n}\n`);

// ── the dump ──
let dump;
if (database === "") {
  dump = execFileSync("sqlite3", [`${data}/jcrontab.db`, ".dump"], { encoding: "utf8", maxBuffer: 1 << 26 });
} else {
  const url = new URL(database);
  const flags = ["--skip-extended-insert", "--compact", "--hex-blob", "--skip-tz-utc", "--no-tablespaces", "--default-character-set=utf8mb4"];
  const who = [`--host=${url.hostname}`, `--port=${url.port}`, `--user=${url.username}`, `--password=${url.password}`];
  dump = execFileSync("mariadb-dump", [...who, ...flags, url.pathname.slice(1)], { encoding: "utf8", maxBuffer: 1 << 26 });
}
writeFileSync(`${here}${engine}.sql`, dump);
cpSync(`${data}/output`, `${here}${engine}.output`, { recursive: true });
console.log(engine, at, dump.length, "bytes;", readdirSync(data).join(" "));

// What the server left running is ended by its next start.
for (const place of Object.keys(mood)) mood[place] = "takes";
await start("127.0.0.1/32");
server.kill("SIGTERM");
await new Promise((ended) => server.once("exit", ended));
process.exit(0);
