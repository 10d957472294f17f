// What is typed and chosen in a form beside a list stays while the list follows what happens on the server.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { api, button, come, open, page, stage, world } from "./helpers/stage.mjs";
import { words } from "./helpers/words.mjs";

describe("forms on pages that follow events", () => {
  const ui = words("zh");
  stage();

  /** Changes something that the page follows, and waits until its list shows that. */
  const happens = async (name, list) => {
    await list(name);
    await page.getByRole("row").filter({ hasText: name }).waitFor();
  };
  const channel = (name) => api.post("/channels", { name, kind: "wecom", url: world.robot.url });
  const events = () => api.post("/tasks", { name: `t${Date.now()}`, cron: "0 0 1 1 *", command: "true" });

  test("a channel being entered keeps its choices, its words and its faults", async () => {
    await come();
    await channel("b-good");
    await open(true, "/admin/channels");
    await page.locator("#kind").selectOption("telegram");
    await page.locator("#lang").selectOption("en");
    await page.locator("#fallback").selectOption("b-good");
    await page.locator("#name").fill("half typed");
    await happens("c-new", async (name) => { await channel(name); await events(); });
    assert.equal(await page.locator("#kind").inputValue(), "telegram");
    assert.equal(await page.locator("#lang").inputValue(), "en");
    assert.equal(await page.locator("#fallback").inputValue(), "b-good");
    assert.equal(await page.locator("#name").inputValue(), "half typed");

    page.foresee("/admin/channels", 422);
    await page.locator("#kind").selectOption("feishu");
    await page.locator("#url").fill("ftp://example.com/x");
    // A new document: it follows events once it is alive.
    const listening = page.waitForRequest((request) => new URL(request.url()).pathname === "/events");
    await button(ui.add).click();
    await page.locator('#url[aria-invalid="true"]').waitFor();
    await listening;
    await happens("d-new", async (name) => { await channel(name); await events(); });
    await page.locator('#url[aria-invalid="true"]').waitFor();
    assert.equal(await page.locator("#name").inputValue(), "half typed");
    assert.equal(await page.locator("#kind").inputValue(), "feishu");
  });

  test("a pool being entered stays", async () => {
    await come();
    await open(true, "/admin/pools");
    await page.locator("#name").fill("half typed");
    await page.locator("#slots").fill("7");
    await happens("other", async (name) => { await world.server.cli(["pool", "set", name, "3"]); await events(); });
    assert.equal(await page.locator("#name").inputValue(), "half typed");
    assert.equal(await page.locator("#slots").inputValue(), "7");
  });

  test("the filter of messages stays while messages arrive", async () => {
    await come();
    await open(true, "/messages");
    await page.locator("#task").fill("12");
    const { id } = await channel("arrivals");
    const name = `heard ${Date.now()}`;
    await api.post("/tasks", { name, cron: "0 0 1 1 *", command: "true", channel_id: id });
    await page.getByRole("row").filter({ hasText: name }).first().waitFor();
    assert.equal(await page.locator("#task").inputValue(), "12");
  });

  test("deleting a summary keeps the one being entered", async () => {
    await come();
    const { id } = await channel("for summaries");
    await api.post("/summaries", { name: "weekly", channel_id: id, time: "09:00" });
    await open(true, "/summaries");
    await page.locator("#name").fill("half typed");
    await page.locator("#channel_id").selectOption(String(id));
    const row = page.getByRole("row").filter({ hasText: "weekly" });
    await row.locator("summary").click();
    await row.getByRole("button", { name: ui.delete_yes }).click();
    await row.waitFor({ state: "detached" });
    assert.equal(await page.locator("#name").inputValue(), "half typed");
    assert.equal(await page.locator("#channel_id").inputValue(), String(id));
  });
});
