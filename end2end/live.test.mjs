// Live updates of open pages, and small flows around them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mark, openAlive, reader, stayed } from "./helpers/browser.mjs";
import { api, button, come, page, path, stage, world } from "./helpers/stage.mjs";
import { words } from "./helpers/words.mjs";
import { ADMIN } from "./helpers/world.mjs";

describe("live pages", () => {
  const ui = words("zh");
  stage();

  const task = (name, rest) => api.post("/tasks", { name, cron: "0 0 1 1 *", command: "true", ...rest });
  const search = () => new URL(page.url()).searchParams;

  test("a cycle is explained while it is typed", async () => {
    await come();
    await openAlive(page, "/tasks/new");
    await mark(page);
    const preview = page.locator(".preview").first();
    const firings = preview.locator(".firings li");
    const cron = page.locator("#cron");

    await cron.fill("30 9 * * 1-5");
    await preview.getByText("工作日（周一至周五）09:30").waitFor();
    assert.equal(await preview.locator("[lang]").count(), 0, "one language at a time");
    await firings.filter({ hasText: "09:30:00 +08:00" }).nth(9).waitFor();
    assert.equal(await firings.count(), 10);

    await page.locator("#zone").fill("America/New_York");
    await firings.filter({ hasText: /09:30:00 -0[45]:00/ }).nth(9).waitFor();

    // A faulty one is reported at the field, and taken back once it is right.
    const fault = page.locator("#cron-fault");
    await cron.fill("30 25 * * *");
    await fault.getByText("25 不在 0–23 之间").waitFor();
    assert.equal(await cron.getAttribute("aria-invalid"), "true");
    await preview.getByText(ui.preview_empty).waitFor();
    await cron.fill("30 23 29 2 *");
    await firings.filter({ hasText: "02-29 23:30:00" }).nth(9).waitFor();
    assert.equal((await fault.innerText()).trim(), "");
    assert.equal(await cron.getAttribute("aria-invalid"), null);

    await page.locator(".presets button").first().click();
    assert.equal(await cron.inputValue(), "*/5 * * * *");
    await preview.getByText("每 5 分钟").waitFor();
    assert.ok(await stayed(page));
  });

  test("language and colours are switched where one is, and stay", async () => {
    await come();
    await task("language-and-colours");
    const html = page.locator("html");
    await openAlive(page, "/tasks?q=language&state=active");
    await page.getByRole("button", { name: ui.account }).click();
    await button("English").click();
    await page.getByRole("heading", { level: 1, name: words("en").tasks }).waitFor();
    assert.equal(await html.getAttribute("lang"), "en");
    assert.equal(search().get("q"), "language");
    assert.equal(search().get("state"), "active");

    await page.getByRole("button", { name: words("en").account }).click();
    await button(words("en").theme_dark).click();
    await page.locator('html[data-theme="dark"]').waitFor({ state: "attached" });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.reload();
    assert.equal(await html.getAttribute("lang"), "en");
    assert.equal(await background(), dark);
    await page.getByRole("button", { name: words("en").account }).click();
    assert.equal(await button(words("en").theme_dark).getAttribute("aria-pressed"), "true");
    await button(words("en").theme_light).click();
    await page.locator('html[data-theme="light"]').waitFor({ state: "attached" });
    assert.notEqual(await background(), dark);
  });

  for (const js of [true, false]) {
    test(`search and state are in the address, JavaScript ${js ? "on" : "off"}`, async () => {
      const prefix = `find-${js}`;
      await task(`${prefix} alpha`);
      const beta = await task(`${prefix} beta & 中文`);
      await task(`${prefix} gamma 中文`);
      await api.post(`/tasks/${beta.id}/close`);

      await come({ js });
      const names = page.locator("table.tasks a.name");
      const shows = async (...wanted) => {
        for (const name of wanted) await names.filter({ hasText: name }).waitFor();
        assert.deepEqual((await names.allInnerTexts()).sort(), wanted.sort());
      };
      if (js) {
        await openAlive(page, "/tasks");
        await mark(page);
      } else {
        await page.goto("/tasks");
      }
      const field = page.getByRole("searchbox", { name: ui.search });
      await field.fill(`${prefix} beta & 中文`);
      await field.press("Enter");
      await page.waitForURL((url) => url.searchParams.get("q") === `${prefix} beta & 中文`);
      await names.filter({ hasText: `${prefix} alpha` }).waitFor({ state: "detached" });
      await shows(`${prefix} beta & 中文`);

      await field.fill(prefix);
      await button(ui.search).click();
      await page.waitForURL((url) => url.searchParams.get("q") === prefix);
      const closed = page.locator(".chips").getByRole("link", { name: ui.task_closed });
      await closed.click();
      await page.waitForURL((url) => url.searchParams.get("state") === "closed");
      await names.filter({ hasText: `${prefix} alpha` }).waitFor({ state: "detached" });
      await shows(`${prefix} beta & 中文`);
      if (js) assert.ok(await stayed(page));

      await page.reload();
      await shows(`${prefix} beta & 中文`);
      assert.equal(await field.inputValue(), prefix);
      assert.equal(await closed.getAttribute("aria-current"), "true");
      assert.match(await closed.innerText(), /[1-9]/);
      // A further search keeps the state, and the order keeps both.
      await field.fill(`${prefix} beta`);
      await field.press("Enter");
      await page.waitForURL((url) => url.searchParams.get("q") === `${prefix} beta`);
      await page.getByRole("columnheader", { name: ui.field_name }).getByRole("link").click();
      await page.waitForURL((url) => url.searchParams.get("sort") === "name");
      const asked = new URL(page.url()).searchParams;
      assert.deepEqual([asked.get("q"), asked.get("state")], [`${prefix} beta`, "closed"]);
      await shows(`${prefix} beta & 中文`);

      await page.getByRole("link", { name: ui.clear_filter }).click();
      await names.filter({ hasText: `${prefix} gamma` }).waitFor();
      assert.equal(page.url(), `${world.server.url}/tasks`);
    });
  }

  test("failing tasks come first, and title and icon of the page show that there are some", async () => {
    const { id } = await task("fails first", { command: "exit 1" });
    await task("newer and well");
    await come();
    await openAlive(page, "/tasks");
    await api.post(`/tasks/${id}/run`);
    const row = page.getByRole("row").filter({ hasText: "fails first" });
    await row.getByText("×1").waitFor();
    const names = await page.locator("table.tasks a.name").allInnerTexts();
    assert.ok(names.indexOf("fails first") < names.indexOf("newer and well"), names.join(", "));
    await page.waitForFunction(() => /^\(\d+\) /.test(document.title));
    await page.locator('link[rel="icon"][href$="/favicon-failing.svg"]').waitFor({ state: "attached" });
    await api.post(`/tasks/${id}/close`);
  });

  test("words that are being typed survive the list's own refreshes", async () => {
    await come();
    const ticking = await task("ticking", { cron: "* * * * * *" });
    await openAlive(page, "/tasks");
    const row = page.getByRole("row").filter({ hasText: "ticking" });
    const last = row.locator("a.state-link");
    await last.waitFor();
    const field = page.getByRole("searchbox", { name: ui.search });
    await field.pressSequentially("半句");
    const seen = await last.getAttribute("href");
    await page.waitForFunction(
      ([id, seen]) => {
        const row = document.querySelector(`a.name[href="/tasks/${id}"]`).closest("tr");
        return row.querySelector("a.state-link").getAttribute("href") !== seen;
      },
      [ticking.id, seen],
    );
    assert.equal(await field.inputValue(), "半句");
    assert.ok(await field.evaluate((field) => field === document.activeElement), "the field lost the focus");
    await api.post(`/tasks/${ticking.id}/close`);
  });

  test("what others do appears by itself", async () => {
    await come();
    await openAlive(page, "/tasks");
    await mark(page);
    await world.server.cli(["task", "add", "--name", "来自终端", "--cron", "0 0 1 1 *", "--command", "echo 1"]);
    const row = page.getByRole("row").filter({ hasText: "来自终端" });
    await row.waitFor();
    await row.getByRole("button", { name: ui.run_now }).click();
    await row.getByText(ui.run_succeeded).waitFor();
    await row.getByRole("button", { name: new RegExp(ui.pause) }).click();
    await row.getByText(ui.task_paused).waitFor();
    assert.ok(await stayed(page));
  });

  test("a page whose answers are slow goes on counting and takes what is pressed", async () => {
    await come();
    const { id } = await task("slow answers", { command: "true" });
    await openAlive(page, `/tasks/${id}`);
    await mark(page);
    let asked = 0;
    await page.route("**/fn/task_page", async (route) => {
      asked += 1;
      await new Promise((done) => setTimeout(done, 1500));
      await route.continue();
    });
    const manual = page.locator("table.history tbody tr").filter({ hasText: ui.trigger_manual });
    // The notice of the second one arrives while the first request is in progress, so that the page requests again at
    // once: for more than a second it shows data that will be replaced.
    await api.post(`/tasks/${id}/run`);
    await page.waitForRequest("**/fn/task_page");
    await api.post(`/tasks/${id}/run`);
    await page.waitForResponse("**/fn/task_page");
    await button(ui.run_now).click();
    await page.locator(".notice.is-ok").filter({ hasText: ui.run_started }).waitFor();
    await manual.nth(2).waitFor();
    assert.ok(asked >= 2, "the page asked once only");
    assert.ok(await stayed(page));
  });

  test("a long run is followed and stopped on its page", async () => {
    await come();
    const { id } = await task("endless", { command: "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.2; done" });
    await openAlive(page, `/tasks/${id}`);
    await mark(page);
    await button(ui.run_now).click();
    await page.locator(".notice.is-ok").getByRole("link").click();
    const output = page.locator("pre.output");
    await output.getByText("line 3", { exact: false }).first().waitFor();
    const lines = (await output.innerText()).trim().split("\n").length;
    await page.waitForFunction(
      (lines) => document.querySelector("pre.output").innerText.trim().split("\n").length > lines,
      lines,
    );
    await button(ui.stop).click();
    await page.locator(".lead").getByText(ui.run_killed).waitFor();
    assert.equal(await button(ui.stop).count(), 0);
    assert.ok(await stayed(page));
    const runs = await api.get(`/tasks/${id}/runs`);
    assert.deepEqual(runs.items.map((run) => run.state), ["killed"]);
  });

  test("a long run is stopped without JavaScript", async () => {
    const { id } = await task("endless, plain", { command: "echo begun; sleep 600" });
    const run = await api.post(`/tasks/${id}/run`);
    await come({ js: false });
    await page.goto(`/runs/${run.id}`);
    await button(ui.stop).click();
    await page.waitForURL((url) => url.pathname === `/runs/${run.id}`);
    let found;
    do {
      await page.reload();
      found = await page.locator(".lead").innerText();
    } while (found.includes(ui.run_running));
    assert.match(found, new RegExp(ui.run_killed));
    await page.locator("pre.output").getByText("begun").waitFor();
  });

  test("the original's addresses lead to today's pages", async () => {
    await come();
    const { id } = await task("old links");
    await openAlive(page, `/taskid${id}`);
    assert.equal(path(), `/tasks/${id}`);
    await page.getByRole("heading", { level: 1, name: "old links" }).waitFor();
    await openAlive(page, "/xadmin/");
    assert.equal(path(), "/admin");
    await page.getByRole("heading", { level: 1, name: ui.nav_admin }).waitFor();
  });

  for (const js of [true, false]) {
    test(`a wrong password is reported and a right one continues, JavaScript ${js ? "on" : "off"}`, async () => {
      const { id } = await task(`behind the door ${js}`);
      await come({ js, who: null });
      await page.goto(`/tasks/${id}`);
      assert.equal(path(), "/login");
      page.foresee("/login", 401);
      page.foresee("/login", 403);
      page.foresee("/login", 422);
      await page.locator("#name").fill(ADMIN.name);
      await page.locator("#password").fill("wrong & wrong");
      await button(ui.sign_in).click();
      await page.locator(".notice.is-bad").waitFor();
      assert.match(await page.locator(".notice.is-bad").innerText(), /密码/);
      assert.equal(await page.locator("#name").inputValue(), ADMIN.name);
      assert.equal(await page.locator("#password").inputValue(), "");
      await page.locator("#password").fill(ADMIN.password);
      await button(ui.sign_in).click();
      await page.getByRole("heading", { level: 1, name: `behind the door ${js}` }).waitFor();
      assert.equal(path(), `/tasks/${id}`);
    });

    test(`channels, accounts and tokens, JavaScript ${js ? "on" : "off"}`, async () => {
      await come({ js });
      const row = (name) => page.getByRole("row").filter({ hasText: name });

      await page.goto("/admin/channels");
      page.foresee("/admin/channels", 422);
      page.foresee("/admin/channels", 403);
      await page.locator("#name").fill(`群 ${js}`);
      await page.locator("#url").fill("ftp://example.com/send");
      await button(ui.add).click();
      await page.locator('#url[aria-invalid="true"]').waitFor();
      assert.equal(await page.locator("#name").inputValue(), `群 ${js}`);
      assert.equal(await page.locator("#url").inputValue(), "ftp://example.com/send");
      await page.locator("#url").fill(world.robot.url);
      await button(ui.add).click();
      await row(`群 ${js}`).waitFor();
      await row(`群 ${js}`).getByRole("button", { name: ui.test }).click();
      await page.getByText('"errcode":0').first().waitFor();
      const remove = row(`群 ${js}`).locator("details");
      await remove.locator("summary").click();
      await remove.getByRole("button", { name: ui.delete_yes }).click();
      await row(`群 ${js}`).waitFor({ state: "detached" });

      await page.goto("/admin/users");
      page.foresee("/admin/users", 422);
      page.foresee("/admin/users", 409);
      await page.locator("#name").fill(`reader-${js}`);
      await page.locator("#password").fill("short");
      await button(ui.add).click();
      await page.locator('#password[aria-invalid="true"]').waitFor();
      assert.equal(await page.locator("#name").inputValue(), `reader-${js}`);
      await page.locator("#password").fill("long enough 12345");
      await button(ui.add).click();
      await row(`reader-${js}`).waitFor();
      await page.goto("/account");
      await page.locator("#name").fill(`ci-${js}`);
      await button(ui.new_token).click();
      const token = (await page.locator(".token pre").innerText()).trim();
      assert.match(token, /^jct_/);
      const call = () => world.browser.newContext().then(async (fresh) => {
        const headers = { authorization: `Bearer ${token}` };
        const answer = await fresh.request.get(`${world.server.url}/api/v1/tasks`, { headers });
        await fresh.close();
        return answer.status();
      });
      assert.equal(await call(), 200);
      await page.goto("/account");
      assert.ok(!(await page.content()).includes(token), "the token is shown a second time");
      const tokenRow = row(`ci-${js}`).filter({ has: page.getByRole("button", { name: new RegExp(ui.revoke) }) });
      await tokenRow.getByRole("button").click();
      await tokenRow.waitFor({ state: "detached" });
      assert.equal(await call(), 401);
      await page.goto("/admin/users");
      await row(`reader-${js}`).getByRole("button", { name: new RegExp(ui.disable) }).click();
      await row(`reader-${js}`).getByText(ui.disabled).waitFor();
    });
  }

  test("a reader who may only look is offered nothing else", async () => {
    const { id } = await task("look, do not touch");
    const who = { name: "viewer", password: "lorry by moonlight 1" };
    await world.server.cli(["user", "add", who.name, "--role", "viewer", "--password-stdin"], `${who.password}\n`);
    await come({ who });
    await openAlive(page, `/tasks/${id}`);
    await page.getByRole("heading", { level: 1, name: "look, do not touch" }).waitFor();
    for (const name of [ui.run_now, ui.close, ui.pause]) assert.equal(await button(name).count(), 0, name);
    assert.equal(await page.getByRole("link", { name: ui.nav_admin }).count(), 0);
    page.foresee("/admin", 403);
    assert.equal((await page.goto("/admin")).status(), 403);
    await page.getByText(ui.admin_forbidden).waitFor();
  });
});
