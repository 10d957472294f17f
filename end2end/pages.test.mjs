// Every page in both languages and both colours: nothing goes wrong in it, axe finds nothing
// serious, and on a phone nothing sticks out.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { DESKTOP, PHONE, newPage, openAlive, reader, settled, shot } from "./helpers/browser.mjs";
import { words } from "./helpers/words.mjs";
import { addAdmin, signIn, startWorld, until } from "./helpers/world.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LANGS = ["zh", "en"];

const LONG = "核对异地机房与对象存储的校验和，并把不一致的文件清单发给值班同事（名字故意写得很长，看一行放不放得下）";
const UNBROKEN = `https://example.com/${"very-long-segment-without-a-break".repeat(4)}`;

describe("every page", () => {
  let world;
  const known = {};

  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  for (const lang of LANGS) {
    test(`set-up in ${lang}`, async () => {
      const context = await reader(world.browser, world.server, { lang });
      const page = await newPage(context);
      const faults = new Faults();
      await page.goto(world.server.setupLink);
      await inspect(page, "setup", faults, lang);
      await context.close();
      faults.none(page.problems);
    });
  }

  test("there is something on the pages", async () => {
    await addAdmin(world.server);
    const context = await reader(world.browser, world.server);
    await furnish(await signIn(context), world, known);
    await context.close();
  });

  describe("in each language", { concurrency: LANGS.length }, () => {
    for (const lang of LANGS) {
      test(`pages in ${lang}`, async () => {
        const context = await reader(world.browser, world.server, { lang });
        const page = await newPage(context);
        const faults = new Faults();
        await signedOut(page, faults, lang);
        await signIn(context);
        for (const [name, visit] of Object.entries(pagesOf(known, words(lang)))) {
          try {
            await visit(page);
            await inspect(page, name, faults, lang);
          } catch (error) {
            // The other pages are checked all the same.
            faults.add(name, error.message);
          }
        }
        await context.close();
        world.server.check();
        faults.none(page.problems);
      });
    }
  });
});

/** What is wrong, and on which pages. */
class Faults {
  #pages = new Map();

  add(page, what) {
    this.#pages.set(what, [...(this.#pages.get(what) ?? []), page]);
  }

  /** Fails with all of it, and with what else went wrong. */
  none(problems) {
    const shown = [...this.#pages].map(([what, pages]) => `${what}\n    on ${pages.join(", ")}`);
    const all = [...shown, ...problems];
    if (all.length > 0) assert.fail(all.join("\n"));
  }
}

/** What a stranger sees. */
async function signedOut(page, faults, lang) {
  await page.goto("/login");
  await inspect(page, "login", faults, lang);
  page.foresee("/login", 401);
  page.foresee("/login", 403);
  await page.locator("#name").fill("visitor");
  await page.locator("#password").fill("not the password");
  await page.getByRole("button", { name: words(lang).sign_in, exact: true }).click();
  await page.locator(".notice.is-bad").waitFor();
  await inspect(page, "login-wrong", faults, lang);
}

/** All pages of a signed-in person: how to get to each. */
function pagesOf(known, ui) {
  const at = (path) => (page) => openAlive(page, path);
  const missing = (path) => async (page) => {
    page.foresee(path, 404);
    const response = await page.goto(path);
    assert.equal(response.status(), 404);
    assert.match(response.headers()["content-type"], /^text\/html/, `${path} is no page`);
    await settled(page);
  };
  const unfold = async (page, word) => {
    const part = page.locator("details").filter({ hasText: word });
    await part.locator("summary").click();
    await part.locator("button").waitFor();
  };
  return {
    overview: at("/"),
    account: async (page) => {
      await openAlive(page, "/");
      await page.getByRole("button", { name: ui.account }).click();
      await page.locator("#account").waitFor();
    },
    tasks: at("/tasks"),
    "tasks-none-match": at("/tasks?q=nothing-has-this-name&state=paused"),
    "task-new": at("/tasks/new"),
    "task-new-faults": async (page) => {
      await openAlive(page, "/tasks/new");
      await page.locator("#name").fill(LONG);
      await page.locator("#cron").fill("61 * * * *");
      await page.locator("#zone").fill("Mars/Olympus");
      page.foresee("/tasks/new", 422);
      await page.getByRole("button", { name: ui.create, exact: true }).click();
      await page.getByText(ui.faults_title).waitFor();
      await settled(page);
    },
    "task-rich": at(`/tasks/${known.rich}`),
    "task-failing": at(`/tasks/${known.failing}`),
    "task-skipping": at(`/tasks/${known.skipping}`),
    "task-urging": async (page) => {
      await openAlive(page, `/tasks/${known.urging}`);
      await unfold(page, ui.new_urge_cycle);
    },
    "task-closed-delete": async (page) => {
      await openAlive(page, `/tasks/${known.closed}`);
      await unfold(page, ui.delete_confirm);
    },
    "task-never": at(`/tasks/${known.never}`),
    "task-unbroken": at(`/tasks/${known.unbroken}`),
    "task-edit": at(`/tasks/${known.rich}/edit`),
    "task-cal": at(`/tasks/${known.cal}`),
    "task-cal-edit": at(`/tasks/${known.cal}/edit`),
    "occurrences-cal": at(`/tasks/${known.cal}/occurrences`),
    "occurrences-skip": at(`/tasks/${known.skipping}/occurrences`),
    "occurrences-skip-f": at(`/tasks/${known.skipping}/occurrences?state=skipped`),
    "occurrences-why": at(`/tasks/${known.rich}/occurrences?at=2026-11-22T09:00`),
    "occurrences-why-bad": at(`/tasks/${known.rich}/occurrences?at=nonsense`),
    "start-urls": async (page) => {
      await openAlive(page, `/tasks/${known.rich}/start-urls`);
      // Both languages are visited at the same time.
      await page.locator("#name").fill(ui.tasks);
      await page.locator("[name=signed]").check();
      await page.locator("form.card button[type=submit]").click();
      await page.locator(".token pre").first().waitFor();
    },
    runs: at("/runs"),
    "runs-none": at("/runs?q=nothing-has-this-text&state=lost"),
    reminders: at("/reminders"),
    rotas: at("/oncall"),
    rota: at(`/oncall?name=${encodeURIComponent("数据库")}`),
    people: at("/people"),
    "person-edit": at(`/people?edit=${encodeURIComponent("张三")}`),
    messages: at("/messages"),
    import: at("/import"),
    "import-tasks": at("/import/tasks"),
    calendars: at("/admin/calendars"),
    calendar: at("/admin/calendars/cn"),
    "calendar-none": at("/admin/calendars/cn?year=2031"),
    blackouts: at("/admin/blackouts"),
    rules: at("/rules"),
    "rules-task": at(`/rules?task=${known.rich}`),
    summaries: at("/summaries?preview=1"),
    pictures: at("/admin/pictures"),
    templates: at("/admin/channels/1/templates"),
    secrets: at("/admin/secrets"),
    pools: at("/admin/pools"),
    urging: at("/admin/urging"),
    retention: at("/admin/retention"),
    audit: at("/audit"),
    "audit-none": at("/audit?who=no-such-account&outcome=refused"),
    "account-page": at("/account"),
    nodes: at("/admin/nodes"),
    about: at("/about"),
    run: at(`/runs/${known.run}`),
    "run-failed": at(`/runs/${known.failedRun}`),
    "run-under-way": at(`/runs/${known.runUnderWay}`),
    admin: at("/admin"),
    users: at("/admin/users"),
    "account-token": async (page) => {
      await openAlive(page, "/account");
      await page.locator("#name").fill(ui.tasks);
      await page.getByRole("button", { name: ui.new_token, exact: true }).click();
      await page.locator(".token pre").waitFor();
    },
    channels: at("/admin/channels"),
    "missing-task": missing("/tasks/987654"),
    "missing-run": missing("/runs/987654"),
    "missing-page": missing("/no/such/page"),
  };
}

/** Looks at the page that is open: on a desk and light, then dark, then on a phone. */
async function inspect(page, name, faults, lang) {
  await settled(page);
  if ((await page.title()) === "") faults.add(name, "no title");
  await page.evaluate(AXE);
  await paint(page, "light");
  await axe(page, name, faults, {});
  if (lang === "zh") await shot(page, `${name}-desktop-light-zh`);
  await paint(page, "dark");
  await axe(page, `${name} in the dark`, faults, { runOnly: ["color-contrast"] });
  if (name === "tasks") {
    for (const width of [1280, 1024]) {
      await page.setViewportSize({ ...DESKTOP, width });
      await settled(page);
      const wide = await sticksOut(page);
      if (wide) faults.add(`${name} at ${width} px`, wide);
    }
  }
  await page.setViewportSize(PHONE);
  await settled(page);
  const wide = await sticksOut(page);
  if (wide) faults.add(name, wide);
  if (name === "overview" && !(await page.locator(".upcoming .exact").first().isVisible())) {
    faults.add(name, "on a phone the times of the next runs are only relative");
  }
  if (lang === "zh") await shot(page, `${name}-phone-dark-zh`);
  await page.setViewportSize(DESKTOP);
}

/** Colours are a matter of the style sheet alone, so that a page need not be loaded for each. */
async function paint(page, theme) {
  await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
  await settled(page);
}

async function axe(page, name, faults, options) {
  const { violations } = await page.evaluate(
    (options) => axe.run(document, { resultTypes: ["violations"], ...options }),
    options,
  );
  for (const { id, impact, help, nodes } of violations) {
    if (!["serious", "critical"].includes(impact)) continue;
    for (const { html, any } of nodes) {
      faults.add(name, `axe ${impact} ${id}: ${help}: ${html.slice(0, 200)} ${any[0]?.message ?? ""}`);
    }
  }
}

/** What is wider than a phone; nothing when there is nothing to scroll to the side. */
function sticksOut(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    if (scrollWidth <= clientWidth) return null;
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
    );
    const shown = wide.slice(0, 4).map((element) => element.outerHTML.slice(0, 120));
    return `${scrollWidth} px wide on a screen of ${clientWidth}: ${shown.join(" | ")}`;
  });
}

/** Tasks in every state, runs with every end, long and hostile words. */
async function furnish(api, { robot, server }, known) {
  const channel = await api.post("/channels", { name: "运维群机器人", kind: "wecom", url: robot.url });
  await api.post("/channels", { name: "webhook-of-the-data-team", kind: "webhook", url: robot.url });
  const add = async (name, rest) => (await api.post("/tasks", { name, zone: "Asia/Shanghai", ...rest })).id;
  const over = (run) =>
    until(() => api.get(`/runs/${run.id}`), (run) => run.state !== "running", `the end of run ${run.id}`);
  const run = (id) => api.post(`/tasks/${id}/run`);

  known.rich = await add(LONG, {
    cron: "0 9 * * 1-5",
    urge_cron: "*/30 9-18 * * *",
    command: "for n in $(seq 1 60); do echo \"第 $n 行：检查通过 <script>alert(1)</script>\"; done; printf '%0400d\\n' 7",
    mode: "message_command",
    owners: ["zhangsan", "李四", "wangwu"],
    nickname: "各位同事",
    tags: ["备份", "每天", "production-database"],
    channel_id: channel.id,
    timeout: "30m",
    starts_at: "2020-01-01 00:00",
    ends_at: "2099-12-31 23:59:59",
  });
  known.failing = await add("同步对象存储", {
    cron: "*/15 * * * *",
    command: "echo 连接被拒绝 >&2; exit 3",
    owners: ["zhangsan"],
    channel_id: channel.id,
  });
  known.skipping = await add("每秒一次，但要很久", { cron: "* * * * * *", command: "echo 开始; sleep 600" });
  known.urging = await add("提交周报", {
    mode: "message",
    cron: "0 17 * * 5",
    urge_cron: "0 */2 * * *",
    urging: true,
    owners: ["zhangsan"],
    channel_id: channel.id,
  });
  known.paused = await add("暂停的任务", { cron: "@daily", command: "true", tags: ["停"] });
  known.closed = await add("已经做完的事", { cron: "0 0 1 * *", command: "true" });
  known.never = await add("永远不会到的日子", { cron: "0 0 31 2 *", command: "true" });
  known.unbroken = await add(UNBROKEN, {
    cron: "*/7 2-5,8,13 1,15,L * 1-5",
    command: `curl ${UNBROKEN}`,
    owners: ["a-rather-long-account-name-without-spaces@example.com"],
    tags: ["tag-that-never-ends-tag-that-never-ends"],
  });
  known.cal = await add("月末对账", {
    schedules: [
      { spec: "0 9 * * *", day_rule: "next_work_day" },
      { spec: "30 18 * * *", day_rule: "nth_work_day:-1", jitter: "5m" },
      { spec: "0 3 * * 6", day_rule: "work_days", jitter: "10m", jitter_stable: true },
    ],
    command: "true", zone: "America/New_York", missed: { policy: "all", max: "5" },
  });
  for (const [name, body] of [["冻结", { starts_at: "2099-01-01 00:00", ends_at: "2099-01-03 00:00" }], ["每周封网", { cron: "0 22 * * 5", duration: "8h", tags: ["备份"], policy: "catch_up" }]])
    await api.post("/blackouts", { name, ...body }).catch((e) => console.error(e.message));
  await api.post("/summaries", { name: "晨报", channel_id: channel.id, time: "09:00" });
  await api.post(`/tasks/${known.paused}/pause`);
  await api.post(`/tasks/${known.closed}/close`);

  known.run = (await over(await run(known.rich))).id;
  for (let count = 0; count < 3; count += 1) known.failedRun = (await over(await run(known.failing))).id;
  const under = (list) => list.items.find((run) => run.state === "running");
  known.runUnderWay = under(await until(() => api.get(`/tasks/${known.skipping}/runs`), under, "a long run")).id;
  await server.cli(["user", "add", "zhangsan", "--role", "viewer", "--password-stdin"], "viewer viewer 1\n");
  await server.cli(["user", "add", "a-rather-long-account-name", "--role", "editor", "--password-stdin"], "editor editor 1\n");
  await server.cli(["token", "create", "报表", "--user", "zhangsan", "--expires", "5d"]);
  await server.cli(["oncall", "set", "数据库", "--people", `张三,李四,${UNBROKEN.slice(0, 60)}`]);
  await server.cli(["person", "set", "张三", "--zone", "America/Argentina/Buenos_Aires", "--hours", "10:00-19:00", "--calendar", "cn"]);
  await server.cli(["person", "set", UNBROKEN.slice(0, 60), "--zone", "Europe/Berlin"]);
  await server.cli(["oncall", "override", "数据库", "王五", "--until", "2099-01-01"]);
  await robot.message("【建单通知】", "提交周报");
  await until(
    () => api.get(`/tasks/${known.skipping}/history`),
    (history) => history.items.some((item) => JSON.stringify(item).includes("skipped")),
    "a skipped firing",
  );
}
