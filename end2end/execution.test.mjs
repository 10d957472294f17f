// How a task is executed, as a person enters and sees it: with and without JavaScript.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, test } from "node:test";

import { PHONE, settled, shot } from "./helpers/browser.mjs";
import { api, button, come, context, field, open, page, path, stage, world } from "./helpers/stage.mjs";
import { words } from "./helpers/words.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ui = words("zh");

describe("execution", () => {
  stage();
  const fault = (name) => page.locator(`[id="${name}-fault"]`);
  const group = (title) => page.locator("details").filter({ has: page.locator(`summary:text-is("${title}")`) }).first();
  const unfold = (title) => group(title).locator("summary").first().click();
  const isOpen = (title) => group(title).evaluate((one) => one.open);
  const heading = (name) => page.getByRole("heading", { level: 1, name }).waitFor();

  for (const js of [true, false]) {
    const name = `执行 ${js}`;
    test(`retry, variable, parameter and dependency, JavaScript ${js ? "on" : "off"}`, async () => {
      const first = await api.post("/tasks", { name: `备份 ${js}`, cron: "0 1 * * *", command: "true" });
      await come({ js });
      await open(js, "/tasks/new");
      for (const title of [ui.group_limits, ui.group_overlap, ui.group_retry, ui.group_env, ui.group_parameters, ui.group_waits]) {
        assert.equal(await isOpen(title), false, title);
      }
      await page.locator("#name").fill(name);
      await page.locator("#command").fill("true");
      await unfold(ui.group_retry);
      await field("execution.retry.attempts").fill("99");
      await field("execution.retry.delay").fill("10s");
      await field("execution.retry.on_timeout").check();
      await unfold(ui.group_env);
      await field("execution.env").fill("A=1\nLD_PRELOAD=/tmp/x.so");
      await unfold(ui.group_overlap);
      assert.ok(await field("execution.overlap_max").isHidden());
      await field("execution.overlap").selectOption("allow");
      await field("execution.overlap_max").fill("3");
      await unfold(ui.group_parameters);
      await field("execution.parameters[0].name").fill("DAY");
      await field("execution.parameters[0].kind").selectOption("date");
      assert.ok(await field("execution.parameters[0].choices").isHidden());
      if (js) await button(ui.parameter_add).click();
      else await page.getByText(ui.parameter_more, { exact: true }).click();
      await field("execution.parameters[1].name").fill("TARGET");
      await field("execution.parameters[1].kind").selectOption("choice");
      await field("execution.parameters[1].choices").fill("dev\nprod");
      await field("execution.parameters[1].default").fill("nowhere");
      await unfold(ui.group_waits);
      await field("execution.waits.tasks").fill(`没有这个任务\n备份 ${js}`);
      page.foresee("/tasks/new", 422);
      await button(ui.create).click();
      await page.getByText(ui.faults_title).waitFor();

      // Each fault is at its field, in an open group, and no input is lost.
      await fault("execution.retry.attempts").getByText("1–20").waitFor();
      await fault("execution.env").getByText("第 2 行").waitFor();
      await fault("execution.parameters[1].default").getByText("dev").waitFor();
      await fault("execution.waits.tasks").getByText("没有这个任务").waitFor();
      assert.equal(await field("execution.retry.attempts").inputValue(), "99");
      assert.ok(await field("execution.retry.on_timeout").isChecked());
      assert.equal(await field("execution.env").inputValue(), "A=1\nLD_PRELOAD=/tmp/x.so");
      assert.equal(await field("execution.overlap").inputValue(), "allow");
      assert.equal(await field("execution.overlap_max").inputValue(), "3");
      assert.equal(await field("execution.parameters[0].kind").inputValue(), "date");
      assert.equal(await field("execution.parameters[1].choices").inputValue(), "dev\nprod");
      assert.equal(await field("execution.waits.tasks").inputValue(), `没有这个任务\n备份 ${js}`);
      assert.equal(await isOpen(ui.group_limits), false);
      if (js) await inspect(page, "execution-faults");

      await field("execution.retry.attempts").fill("3");
      await field("execution.env").fill("A=1\nB=x y=z");
      await field("execution.parameters[1].default").fill("dev");
      await field("execution.waits.tasks").fill(`备份 ${js}`);
      await button(ui.create).click();
      await heading(name);
      const task = await api.get(path());
      const { execution } = task;
      assert.deepEqual(execution.overlap, { rule: "allow", max: 3 });
      assert.deepEqual(
        [execution.retry.attempts, execution.retry.delay_seconds, execution.retry.on_timeout],
        [3, 10, true],
      );
      assert.deepEqual(execution.env, [{ name: "A", value: "1" }, { name: "B", value: "x y=z" }]);
      assert.deepEqual(execution.parameters.map((one) => [one.name, one.kind, one.choices, one.default]), [
        ["DAY", "date", [], ""],
        ["TARGET", "choice", ["dev", "prod"], "dev"],
      ]);
      assert.deepEqual(execution.waits.tasks, [first.id]);

      // Its page describes it in words and links to what it waits for.
      const shown = page.locator("section").filter({ has: page.getByRole("heading", { name: ui.execution }) });
      for (const text of ["最多同时执行 3 个", "最多重试 2 次：10 秒、20 秒之后", "环境变量 A、B"]) {
        await shown.getByText(text).waitFor();
      }
      assert.ok(!(await shown.innerText()).includes("x y=z"));
      assert.equal(
        await shown.getByRole("link", { name: `#${first.id} 备份 ${js}` }).getAttribute("href"),
        `/tasks/${first.id}`,
      );
      if (js) await inspect(page, "execution-page");

      // The form shows what was saved; one parameter is removed again.
      await open(js, `${path()}/edit`);
      for (const title of [ui.group_overlap, ui.group_retry, ui.group_env, ui.group_parameters, ui.group_waits]) {
        assert.equal(await isOpen(title), true, title);
      }
      assert.equal(await isOpen(ui.group_limits), false);
      assert.equal(await field("execution.retry.delay").inputValue(), "10s");
      assert.equal(await field("execution.waits.tasks").inputValue(), `#${first.id} 备份 ${js}`);
      assert.equal(await field("execution.parameters[1].default").inputValue(), "dev");
      if (js) {
        await page.getByRole("button", { name: "移除 参数 1" }).click();
      } else {
        await field("execution.parameters[0].name").fill("");
      }
      await button(ui.save).click();
      await heading(name);
      const left = (await api.get(path())).execution;
      assert.deepEqual(left.parameters.map((one) => one.name), ["TARGET"]);
      assert.deepEqual({ ...left, parameters: [] }, { ...execution, parameters: [] });

      // What is waited for stays.
      const refused = await context.request.delete(`/api/v1/tasks/${first.id}`);
      assert.equal(refused.status(), 409);
      assert.match((await refused.json()).title, new RegExp(name));
    });

    test(`a request instead of a command, JavaScript ${js ? "on" : "off"}`, async () => {
      const name = `请求 ${js}`;
      await come({ js });
      await open(js, "/tasks/new");
      await page.locator("#name").fill(name);
      assert.ok(await field("execution.http.url").isHidden());
      assert.ok(await page.locator("#command").isVisible());
      await page.locator('[name="action"][value="http"]').check();
      assert.ok(await page.locator("#command").isHidden());
      await field("execution.http.method").selectOption("POST");
      await field("execution.http.headers").fill("Host: elsewhere");
      page.foresee("/tasks/new", 422);
      await button(ui.create).click();
      await page.getByText(ui.faults_title).waitFor();
      await fault("execution.http.url").getByText("请填写 URL").waitFor();
      await fault("execution.http.headers").getByText("第 1 行").waitFor();
      assert.ok(await page.locator('[name="action"][value="http"]').isChecked());
      assert.equal(await field("execution.http.method").inputValue(), "POST");
      if (js) await inspect(page, "execution-request");
      await field("execution.http.url").fill("https://169.254.169.254/latest");
      await field("execution.http.headers").fill("X-Day: ${DAY}");
      await button(ui.create).click();
      await fault("execution.http.url").getByText("169.254.169.254").waitFor();
      await field("execution.http.url").fill(`${world.robot.url}&day=\${DAY}`);
      await field("execution.http.body").fill('{\n  "day": "${DAY}"\n}');
      await field("execution.http.expect_status").fill("200-204");
      await field("execution.http.json_pointer").fill("/errcode");
      await field("execution.http.json_value").fill("0");
      await button(ui.create).click();
      await heading(name);
      const task = await api.get(path());
      assert.equal(task.command, "");
      assert.deepEqual(task.execution.http, {
        method: "POST",
        url: `${world.robot.url}&day=\${DAY}`,
        headers: [{ name: "X-Day", value: "${DAY}" }],
        body: '{\n  "day": "${DAY}"\n}',
        expect_status: "200-204",
        json_pointer: "/errcode",
        json_value: "0",
      });
      await page.getByText("发送请求 POST").first().waitFor();
      await open(js, `${path()}/edit`);
      assert.ok(await page.locator('[name="action"][value="http"]').isChecked());
      assert.equal(await field("execution.http.body").inputValue(), '{\n  "day": "${DAY}"\n}');
      // Back to a command: the request is gone.
      await page.locator('[name="action"][value="shell"]').check();
      await page.locator("#command").fill("true");
      await button(ui.save).click();
      await heading(name);
      const back = await api.get(path());
      assert.deepEqual([back.command, back.execution.http], ["true", null]);
    });
  }
});

/** axe finds nothing serious, in the light and in the dark, and on a phone nothing sticks out. */
async function inspect(page, name) {
  const before = page.viewportSize();
  await settled(page);
  await page.evaluate(AXE);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
    await settled(page);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const bad = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    assert.deepEqual(bad.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${name} ${theme}`);
  }
  await page.setViewportSize(PHONE);
  await settled(page);
  await shot(page, `${name}-phone-dark-zh`);
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    return { scrollWidth, clientWidth };
  });
  assert.equal(scrollWidth, clientWidth, `${name} is wider than a phone`);
  await page.setViewportSize(before);
}
