// The main story from a user's view: with and without JavaScript, in Chinese and in English.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mark, newPage, openAlive, reader, settled, stayed } from "./helpers/browser.mjs";
import { words } from "./helpers/words.mjs";
import { ADMIN, startWorld, until } from "./helpers/world.mjs";

// What an HTML page could spoil, and what a form could lose.
const COMMAND = `echo "第一行 <b>not bold</b> & &amp;"\necho "task $JCRONTAB_TASK_ID"\necho 'last line'`;
const BAD = {
  name: "每两秒报时 “<i>” & co",
  command: COMMAND,
  cron: "61 * * * *",
  zone: "Mars/Olympus",
  urge_cron: "*/3 * * * * *",
  owners: "zhangsan, 李四",
  nickname: "小张",
  tags: "报时, end2end",
  starts_at: "2020-01-01T08:30",
  ends_at: "2099-12-31T23:59:58",
  timeout: "30s",
};

// Each has a server of its own and mostly waits for firings.
describe("the main story", { concurrency: 2 }, () => {
  for (const js of [true, false]) {
    for (const lang of ["zh", "en"]) {
      test(`with JavaScript ${js ? "on" : "off"} in ${lang}`, async () => {
        const world = await startWorld();
        let page;
        try {
          const context = await reader(world.browser, world.server, { lang, js });
          page = await newPage(context);
          await story(page, world, js, lang);
          assert.deepEqual(page.problems, []);
          assert.deepEqual(world.robot.refused, []);
          world.server.check();
        } catch (error) {
          error.message += await scene(page, world);
          throw error;
        } finally {
          await world.stop();
        }
      });
    }
  }
});

/** Where a story broke off. */
async function scene(page, { server }) {
  const text = await page?.locator("body").innerText({ timeout: 1000 }).catch(String);
  return `\n--- ${page?.url()} ---\n${text}\n--- problems ---\n${page?.problems.join("\n")}\n--- log ---\n${server.log()}`;
}

async function story(page, { server, robot }, js, lang) {
  const ui = words(lang);
  const button = (name) => page.getByRole("button", { name, exact: true });
  const link = (name) => page.getByRole("link", { name, exact: true });
  const heading = (name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  const path = () => new URL(page.url()).pathname;
  const nav = (name) => page.getByRole("navigation", { name: ui.nav_label }).getByRole("link", { name });
  /** What the page shows, as soon as it does: by itself when it is alive, else by reloading. */
  const appears = async (locator) => {
    if (js) return locator.waitFor();
    return until(
      async () => {
        if (await locator.isVisible()) return true;
        await page.reload();
        return locator.isVisible();
      },
      Boolean,
      String(locator),
    );
  };

  // The set-up link makes the first administrator and signs in.
  await page.goto(server.setupLink);
  await heading(ui.setup);
  await page.locator("#name").fill(ADMIN.name);
  await page.locator("#password").fill(ADMIN.password);
  await button(ui.setup_submit).click();
  await heading(ui.nav_overview);
  assert.equal(path(), "/");
  await page.getByText(ui.no_tasks_yet).waitFor();

  // A channel: a group robot.
  await nav(ui.nav_admin).click();
  await page.locator(`a[href="/admin/channels"]`).click();
  await heading(ui.channels);
  await page.locator("#name").fill("运维群");
  await page.locator("#kind").selectOption("wecom");
  await page.locator("#url").fill(robot.url);
  await button(ui.add).click();
  await page.getByRole("row").filter({ hasText: "运维群" }).waitFor();
  assert.ok(!(await page.content()).includes("key=end2end"), "the channel's secret is on the page");

  // A task whose zone and cycle are invalid: each fault is reported at its field, nothing is lost.
  await nav(ui.nav_tasks).click();
  await heading(ui.tasks);
  await link(ui.new_task).first().click();
  await heading(ui.new_task);
  await page.locator(`input[name="mode"][value="command"]`).check();
  // The live preview asks about them, too, if there is time before the button is pressed.
  page.foresee("/fn/preview", 422);
  for (const [name, value] of Object.entries(BAD)) await page.locator(`#${name}`).fill(value);
  await page.locator(`input[name="urging"]`).check();
  await page.locator("#channel_id").selectOption({ label: `运维群 · ${ui.kind_wecom}` });
  const channel = await page.locator("#channel_id").inputValue();
  page.foresee("/tasks/new", 422);
  await button(ui.create).click();
  await page.getByText(ui.faults_title).waitFor();
  assert.equal(path(), "/tasks/new");
  const fault = async (name) => (await page.locator(`#${name}-fault`).innerText()).trim();
  assert.match(await fault("cron"), lang === "zh" ? /分.*61.*不在 0–59 之间/ : /Minute.*61 is out of range 0–59/);
  assert.match(await fault("zone"), lang === "zh" ? /没有“Mars\/Olympus”这个时区/ : /no time zone "Mars\/Olympus"/);
  for (const name of ["cron", "zone"]) {
    const field = page.locator(`#${name}`);
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.ok((await field.getAttribute("aria-describedby")).split(" ").includes(`${name}-fault`));
  }
  for (const name of ["name", "command", "urge_cron", "owners", "timeout"]) {
    assert.equal(await fault(name), "", `a fault at ${name}`);
  }
  assert.ok(await page.locator("#cron").evaluate((field) => field === document.activeElement), "the first fault has no focus");
  for (const [name, value] of Object.entries(BAD)) {
    assert.equal(await page.locator(`#${name}`).inputValue(), value, `${name} was lost`);
  }
  assert.ok(await page.locator(`input[name="mode"][value="command"]`).isChecked());
  assert.ok(await page.locator(`input[name="urging"]`).isChecked());
  assert.equal(await page.locator("#channel_id").inputValue(), channel);

  // Corrected, it is created and announced to the group.
  await page.locator("#cron").fill("*/2 * * * * *");
  await page.locator("#zone").fill("Asia/Shanghai");
  await page.locator(`input[name="urging"]`).uncheck();
  await button(ui.create).click();
  await heading(BAD.name);
  const taskPath = path();
  assert.match(taskPath, /^\/tasks\/\d+$/);
  const created = await robot.message("【建单通知】", BAD.name);
  // WeCom mentions by IDs, which have no Chinese characters: such a name is in the text.
  assert.deepEqual(created.text.mentioned_list, ["zhangsan"]);
  assert.match(created.text.content, /@李四$/);
  assert.ok(created.text.content.includes(`${server.url}${taskPath}`), created.text.content);

  // It runs, again and again, on the open page.
  if (js) {
    await openAlive(page, taskPath);
    await mark(page);
  }
  const runs = page.locator("table.history tbody th a");
  await appears(runs.nth(1));
  if (js) assert.ok(await stayed(page), "the page was loaded again");
  const delivered = page.locator(".messages li").filter({ hasText: { zh: "建单通知", en: "New task" }[lang] });
  await appears(delivered.filter({ hasText: ui.message_sent }));

  // A run, and what it wrote.
  await page.locator("table.history tbody th a").filter({ hasText: ui.run_succeeded }).last().click();
  const output = page.locator("pre.output");
  await output.waitFor();
  assert.match(path(), /^\/runs\/\d+$/);
  const wrote = (await output.innerText()).trim();
  assert.equal(wrote, `第一行 <b>not bold</b> & &amp;\ntask ${taskPath.split("/")[2]}\nlast line`);
  await page.locator(".lead").getByText(ui.run_succeeded).waitFor();
  if (js) assert.ok(await stayed(page), "the way to the run was a new document");

  // Close, restore: state and next firing follow at once.
  const badge = (name) => page.locator(".lead .state").filter({ hasText: name });
  await page.locator(".crumbs").getByRole("link", { name: BAD.name }).click();
  await heading(BAD.name);
  if (js) {
    await settled(page);
    await mark(page);
  }
  await button(ui.close).click();
  await badge(ui.task_closed).waitFor();
  const next = page.locator(".lead").getByText(ui.next_firing);
  await next.waitFor({ state: "detached" });
  assert.equal(await button(ui.close).count(), 0);
  await button(ui.restore).click();
  await badge(ui.task_closed).waitFor({ state: "detached" });
  await next.waitFor();

  // Urge, also while the page refreshes itself under the reader's hands; and back.
  const urge = page.locator("details").filter({ hasText: ui.new_urge_cycle });
  await urge.locator("summary").click();
  const cycle = page.locator("#new-urge");
  await cycle.fill("*/2 * * * * *");
  const before = await newest(page);
  if (js) {
    await page.waitForFunction(
      (before) => document.querySelector("table.history tbody th a")?.getAttribute("href") !== before,
      before,
    );
    assert.ok(await cycle.isVisible(), "a refresh closed the form");
    assert.equal(await cycle.inputValue(), "*/2 * * * * *");
  }
  await urge.getByRole("button", { name: ui.urge, exact: true }).click();
  await badge(ui.urging).waitFor();
  await button(ui.unurge).click();
  await badge(ui.urging).waitFor({ state: "detached" });

  // Run now.
  // While one of its runs is under way the page asks first, and gives a link instead.
  await appears(button(ui.run_now));
  await button(ui.run_now).click();
  await appears(page.locator("table.history tbody tr").filter({ hasText: ui.trigger_manual }).first());
  if (js) {
    await page.locator(".notice.is-ok").filter({ hasText: ui.run_started }).getByRole("link").waitFor();
    assert.ok(await stayed(page), "a control loaded the page again");
  }

  // Delete, after a question.
  const remove = page.locator("details").filter({ hasText: ui.delete_confirm });
  await remove.locator("summary").click();
  if (js) await answerLate(page, "/fn/task_delete", "/fn/task_page");
  await remove.getByRole("button", { name: ui.delete_yes, exact: true }).click();
  await heading(ui.tasks);
  await page.getByText(ui.empty_tasks_title).waitFor();
  assert.equal(await page.getByText(BAD.name).count(), 0);
  page.foresee(taskPath, 404);
  assert.equal((await page.goto(taskPath)).status(), 404);

  // Out, and really out.
  await page.getByRole("button", { name: ui.account }).click();
  await button(ui.sign_out).click();
  await heading(ui.sign_in);
  await page.goto("/tasks");
  await heading(ui.sign_in);
  assert.equal(path(), "/login");
}

/**
 * Holds the answer of `fn` back for as long as word of what it did may take to reach the page
 * by the other way: a page that learns of its own deletion first must not ask for itself again.
 */
async function answerLate(page, fn, question) {
  await page.route(`**${fn}`, async (route) => {
    const asked = page.waitForRequest(`**${question}`, { timeout: 1500 }).then(
      () => true,
      () => false,
    );
    const response = await route.fetch();
    assert.ok(!(await asked), `${question} was asked about what is deleted`);
    await route.fulfill({ response });
  });
}

/** The address of the newest run on a task's page. */
function newest(page) {
  return page.locator("table.history tbody th a").first().getAttribute("href");
}
