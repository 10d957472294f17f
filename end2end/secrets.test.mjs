// Secrets, pools and nodes, as an administrator meets them: with and without JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { api, button, come, open, page, stage } from "./helpers/stage.mjs";

describe("secrets, pools and nodes", () => {
  stage(() => api.post("/tasks", { name: "备份", cron: "0 3 * * *", command: "true" }));

  for (const js of [true, false]) {
    test(`a secret from entering to deleting, JavaScript ${js ? "on" : "off"}`, async () => {
      const name = js ? "WITH_SCRIPT" : "WITHOUT_SCRIPT";
      await come({ js });
      await open(js, "/admin");
      await page.getByRole("link", { name: /密钥/ }).click();
      await page.getByRole("heading", { level: 1, name: "密钥" }).waitFor();
      page.foresee("/admin/secrets", 422);
      await page.locator("#name").fill(name);
      await page.locator("#value").fill("typed-value");
      await page.locator("#tasks").fill("备份\n没有的任务");
      await button("添加").click();
      await page.locator("#tasks-fault").getByText("没有的任务").waitFor();
      assert.equal(await page.locator("#name").inputValue(), name);
      assert.equal(await page.locator("#value").inputValue(), "", "a value is not sent back");
      await page.locator("#value").fill("typed-value");
      await page.locator("#tasks").fill("备份");
      await button("添加").click();
      const row = page.getByRole("row").filter({ hasText: name });
      await row.getByRole("link", { name: "备份" }).waitFor();
      assert.ok(!(await page.content()).includes("typed-value"));

      await row.getByRole("link", { name: `修改: ${name}` }).click();
      await page.getByRole("heading", { name: `修改密钥 ${name}` }).waitFor();
      assert.equal(await page.locator("#tasks").inputValue(), "#1 备份");
      await page.locator("#tasks").fill("");
      await page.locator("#note").fill("给备份用");
      await button("保存").click();
      await row.getByText("没有任务").waitFor();
      await row.getByText("给备份用").waitFor();

      await row.locator("summary").click();
      await row.getByRole("button", { name: "确认删除" }).click();
      await row.waitFor({ state: "detached" });
    });

    test(`a pool, and the nodes, JavaScript ${js ? "on" : "off"}`, async () => {
      const name = js ? "数据库" : "磁盘";
      await come({ js });
      await open(js, "/admin/pools");
      await page.locator("#name").fill(name);
      await page.locator("#slots").fill("3");
      await button("保存").click();
      const row = page.getByRole("row").filter({ hasText: name });
      await row.getByText("有空位").waitFor();
      await page.locator("#name").fill(name);
      await page.locator("#slots").fill("7");
      await button("保存").click();
      await row.getByText("7", { exact: true }).waitFor();
      await row.locator("summary").click();
      await row.getByRole("button", { name: "确认删除" }).click();
      await row.waitFor({ state: "detached" });
      await open(js, "/admin/nodes");
      await page.getByRole("row").filter({ hasText: "当前页面由它提供" }).getByText("运行中").waitFor();
    });
  }
});
