// Manual starts of a task with parameters: with and without JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { api, come, open, page, stage } from "./helpers/stage.mjs";
import { words } from "./helpers/words.mjs";
import { ADMIN, until } from "./helpers/world.mjs";

const ui = words("zh");

describe("manual starts", () => {
  stage();

  const field = (name) => page.locator(`[name="parameters.${name}"]`);

  for (const js of [true, false]) {
    test(`parameters, a fault, a start, JavaScript ${js ? "on" : "off"}`, async () => {
      await come({ js });
      const name = `带参数 ${js}`;
      const { id } = await api.post("/tasks", {
        name,
        cron: "0 0 1 1 *",
        command: 'echo "$CITY $COLOUR ${#KEY}"',
        execution: {
          parameters: [
            { name: "CITY", label: "城市", kind: "text", required: true },
            { name: "COUNT", kind: "number", default: "3" },
            { name: "COLOUR", kind: "choice", choices: ["red", "green"], default: "red" },
            { name: "KEY", kind: "secret" },
          ],
        },
      });
      await api.post(`/tasks/${id}/pause`);
      await open(js, `/tasks/${id}`);
      await page.getByRole("link", { name: ui.start_open }).click();
      await page.getByRole("heading", { level: 1, name: `${ui.start_title} · ${name}` }).waitFor();
      await page.locator(".notice").filter({ hasText: "任务已暂停" }).waitFor();
      await page.getByLabel("城市").fill("北京");
      await field("COUNT").fill("很多");
      await field("COLOUR").selectOption("green");
      await field("KEY").fill("hunter2-hunter2");
      await page.locator("#note").fill("补跑");
      page.foresee(`/tasks/${id}/run`, 422);
      await page.getByRole("button", { name: ui.start_submit, exact: true }).click();
      await page.locator('[id="parameters.COUNT-fault"]').getByText("数字").waitFor();
      assert.equal(await page.getByLabel("城市").inputValue(), "北京");
      assert.equal(await field("COLOUR").inputValue(), "green");
      assert.equal(await field("KEY").inputValue(), "", "a secret came back");
      await field("COUNT").fill("7");
      await field("KEY").fill("hunter2-hunter2");
      await page.getByRole("button", { name: ui.start_submit, exact: true }).click();
      await page.waitForURL(/\/runs\/\d+$/);
      const run = page.url().split("/").at(-1);
      const ended = await until(() => api.get(`/runs/${run}`), (one) => one.finished_at !== null, "its end");
      assert.deepEqual([ended.state, ended.note, ended.requested_by], ["succeeded", "补跑", ADMIN.name]);
      assert.deepEqual(ended.parameters, { CITY: "北京", COUNT: "7", COLOUR: "green", KEY: "***" });
    });
  }
});
