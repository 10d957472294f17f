// Several schedules, the timeline, calendars and blackouts, as a person uses them: with and without JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mark, openAlive, settled, stayed } from "./helpers/browser.mjs";
import { api, button, come, field, open, page, path, stage, world } from "./helpers/stage.mjs";

describe("schedules and days", () => {
  stage();

  for (const js of [true, false]) {
    const name = `两个周期 ${js}`;
    test(`two schedules, a fault in the second, JavaScript ${js ? "on" : "off"}`, async () => {
      await come({ js });
      await open(js, "/tasks/new");
      await page.locator("#name").fill(name);
      await page.locator("#command").fill("true");
      await page.locator("#cron").fill("0 9 * * *");
      await field("schedules[0].day_rule").selectOption("next_work_day");
      await field("schedules[0].calendar").waitFor();
      if (js) await button("添加工作周期").click();
      else await page.getByText("再加一个工作周期").click();
      await field("schedules[1].spec").fill("61 18 * * *");
      if (js) {
        assert.ok(await field("schedules[1].spec").evaluate((one) => one === document.activeElement));
        await page.locator('[id="schedules[1].spec-fault"]').getByText("61").waitFor();
      }
      await field("schedules[1].day_rule").selectOption("nth_work_day:-1");
      await field("schedules[1].jitter").fill("5m");
      await field("schedules[1].jitter_stable").check();
      await page.getByText("错过处理").click();
      await field("missed.policy").selectOption("all");
      await field("missed.max").fill("7");
      page.foresee("/tasks/new", 422);
      page.foresee("/fn/preview", 422);
      await button("新建任务").click();
      await page.getByText("请修改标出的字段").waitFor();
      await page.locator('[id="schedules[1].spec-fault"]').getByText("61").waitFor();
      assert.equal(await field("schedules[1].spec").inputValue(), "61 18 * * *");
      assert.equal(await field("schedules[1].day_rule").inputValue(), "nth_work_day:-1");
      assert.equal(await field("schedules[1].jitter").inputValue(), "5m");
      assert.ok(await field("schedules[1].jitter_stable").isChecked());
      assert.equal(await field("schedules[0].day_rule").inputValue(), "next_work_day");
      assert.equal(await field("missed.max").inputValue(), "7");
      await field("schedules[1].spec").fill("0 18 * * *");
      await button("新建任务").click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      const task = await api.get(path().replace("/tasks", "/tasks"));
      assert.deepEqual(task.schedules.map((one) => [one.spec, one.day_rule, one.jitter]), [
        ["0 9 * * *", "next_work_day", { seconds: 0, stable: false }],
        ["0 18 * * *", "nth_work_day:-1", { seconds: 300, stable: true }],
      ]);
      assert.deepEqual([task.missed.policy, task.missed.max], ["all", 7]);

      // One is removed again.
      await open(js, `${path()}/edit`);
      if (js) await page.getByRole("button", { name: "移除 工作周期 1" }).click();
      else await field("schedules[1].spec").fill("");
      if (js) await page.locator(".preview .firings li").first().waitFor();
      await button("保存").click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      const left = await api.get(path());
      assert.deepEqual(left.schedules.map((one) => one.spec), [js ? "0 18 * * *" : "0 9 * * *"]);
    });

    test(`pause until, and the time line, JavaScript ${js ? "on" : "off"}`, async () => {
      const task = await api.post("/tasks", { name: `线 ${js}`, cron: "0 9 * * *", command: "true", zone: "Asia/Shanghai" });
      await come({ js });
      await open(js, `/tasks/${task.id}`);
      if (js) await mark(page);
      const unfold = page.locator("details").filter({ hasText: "到这时自动恢复" });
      await unfold.locator("summary").click();
      await unfold.getByRole("button", { name: "到明天 09:00" }).click();
      await page.locator(".lead .states").filter({ hasText: /已暂停.*至 .*09:00/ }).waitFor();
      if (js) assert.ok(await stayed(page));
      await button("恢复执行").click();
      await page.locator(".lead .state").filter({ hasText: /等待执行|正常|执行中/ }).waitFor();
      await page.locator("details").filter({ hasText: "到这时自动恢复" }).locator("summary").click();
      await page.locator("#until").fill("2099-01-02T03:04");
      await button("暂停到这时").click();
      await page.locator(".lead .states").filter({ hasText: /已暂停.*至 2099-01-02 03:04/ }).waitFor();
      await button("恢复执行").click();
      await page.locator(".lead .state").filter({ hasText: /等待执行|正常|执行中/ }).waitFor();
      await page.locator("#at").fill("2099-12-01T09:00");
      await button("查询原因").click();
      await page.getByRole("heading", { level: 1, name: "时间线" }).waitFor();
      assert.equal(path(), `/tasks/${task.id}/occurrences`);
      await page.locator(".notice").filter({ hasText: "2099-12-01 09:00:00 +08:00" }).waitFor();
      await page.getByRole("row").filter({ hasText: "09:00:00" }).nth(5).waitFor();
      await page.getByRole("link", { name: "错过" }).click();
      await page.locator('.chips [aria-current="true"]').filter({ hasText: "错过" }).waitFor();
      await page.goto(`/tasks/${task.id}/occurrences?at=nonsense`);
      await page.locator("#at-fault").getByText(/./).waitFor();
      assert.equal(await page.locator("#at").inputValue(), "nonsense");
    });

    test(`calendars, JavaScript ${js ? "on" : "off"}`, async () => {
      const own = `公司${js}`;
      await come({ js });
      await open(js, "/admin/calendars");
      page.foresee("/admin/calendars", 422);
      await page.locator("#name").fill("no/slash");
      await button("添加").click();
      await page.locator('#name[aria-invalid="true"]').waitFor();
      assert.equal(await page.locator("#name").inputValue(), "no/slash");
      await page.locator("#name").fill(own);
      await button("添加").click();
      const row = page.getByRole("row").filter({ hasText: own });
      await row.waitFor();
      await row.getByRole("link", { name: own }).click();
      await page.getByRole("heading", { level: 1, name: own }).waitFor();
      await page.goto(`/admin/calendars/${encodeURIComponent(own)}?year=2027`);
      await page.getByText("这一年还没有数据").waitFor();
      await page.locator("#text").fill("2027-05-04 rest 厂庆\n2027-05-08 work 补班\nnonsense");
      page.foresee(`/admin/calendars/${encodeURIComponent(own)}`, 422);
      await button("导入").click();
      await page.locator(".notice.is-ok, .notice.is-bad, .fault:not(:empty)").first().waitFor();
      await page.locator("td.is-rest").filter({ hasText: "4" }).waitFor();
      await page.locator("td.is-work").filter({ hasText: "8" }).waitFor();
      await page.locator(".named").getByText("厂庆").waitFor();
      await page.goto("/admin/calendars");
      const remove = row.locator("details");
      await remove.locator("summary").click();
      await remove.getByRole("button", { name: "确认删除" }).click();
      await row.waitFor({ state: "detached" });
    });

    test(`blackouts, JavaScript ${js ? "on" : "off"}`, async () => {
      await come({ js });
      await open(js, "/admin/blackouts");
      page.foresee("/admin/blackouts", 422);
      await page.locator("#name").fill(`封网 ${js}`);
      await page.getByLabel("周期重复").check();
      assert.ok(await page.locator("#starts_at").isHidden());
      await page.locator("#cron").fill("0 99 * * 5");
      await page.locator("#duration").fill("8h");
      await page.locator("#tags").fill("备份");
      await page.locator("#policy").selectOption("catch_up");
      await button("添加").click();
      await page.locator('#cron[aria-invalid="true"]').waitFor();
      assert.equal(await page.locator("#cron").inputValue(), "0 99 * * 5");
      assert.equal(await page.locator("#tags").inputValue(), "备份");
      assert.equal(await page.locator("#policy").inputValue(), "catch_up");
      assert.ok(await page.getByLabel("周期重复").isChecked());
      await page.locator("#cron").fill("0 22 * * 5");
      await button("添加").click();
      const row = page.getByRole("row").filter({ hasText: `封网 ${js}` });
      await row.filter({ hasText: "22:00" }).waitFor();
      await page.locator("#name").fill(`一次 ${js}`);
      await page.locator("#starts_at").fill("2020-01-01T00:00");
      await page.locator("#ends_at").fill("2099-01-01T00:00");
      await button("添加").click();
      const once = page.getByRole("row").filter({ hasText: `一次 ${js}` });
      await once.getByText("生效中").waitFor();
      for (const one of [row, once]) {
        await one.locator("summary").click();
        await one.getByRole("button", { name: "确认删除" }).click();
        await one.waitFor({ state: "detached" });
      }
    });
  }

  test("both zones, and a zone that cannot be, while typing", async () => {
    await come();
    await openAlive(page, "/tasks/new");
    await page.locator("#zone").fill("America/New_York");
    await page.locator(".preview").first().locator(".viewer").filter({ hasText: "+08:00" }).nth(9).waitFor();
    page.foresee("/fn/preview", 422);
    await page.locator("#zone").fill("Mars/Olympus");
    await page.locator("#zone-fault").getByText("没有这个时区").waitFor();
    await page.locator("#zone").fill("Asia/Shang");
    await page.locator("#zone-fault").getByText("没有这个时区").waitFor({ state: "detached" });
    await settled(page);
  });
});
