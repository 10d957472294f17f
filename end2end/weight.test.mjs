// What a visit downloads: a page brings its own part of the WASM module and no other, and does
// without it when it does not come.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { newPage, openAlive, reader, stayed, mark } from "./helpers/browser.mjs";
import { addAdmin, signIn, startWorld } from "./helpers/world.mjs";

/** Bytes over the wire, compressed, of scripts, modules and styles. */
const FIRST_VISIT = 280_000;
const FURTHER_PAGE = 150_000;
const SCHEDULE_READER = 60_000;

describe("the weight of pages", () => {
  let world;
  let task;
  let run;

  before(async () => {
    world = await startWorld();
    await addAdmin(world.server);
    const context = await reader(world.browser, world.server);
    const api = await signIn(context);
    task = await api.post("/tasks", { name: "weigh", cron: "0 3 * * *", mode: "command", command: "true" });
    run = await api.post(`/tasks/${task.id}/run`);
    await context.close();
  });
  after(() => world?.stop());

  /** Someone who has never been here, and the bytes that each visit brings. */
  async function stranger() {
    const context = await reader(world.browser, world.server, { lang: "en" });
    await signIn(context);
    const page = await newPage(context);
    let loaded = [];
    page.on("requestfinished", (request) => {
      if (new URL(request.url()).pathname.startsWith("/pkg/")) loaded.push(request);
    });
    const visit = async (address) => {
      loaded = [];
      await openAlive(page, address);
      const sizes = await Promise.all(loaded.map(async (request) => Math.max(0, (await request.sizes()).responseBodySize)));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    return { context, page, visit };
  }

  for (const address of ["/", "/tasks"]) {
    test(`a first visit to ${address}`, async () => {
      const { context, page, visit } = await stranger();
      const bytes = await visit(address);
      assert.ok(bytes > 100_000, `the module did not come: ${bytes} bytes`);
      assert.ok(bytes <= FIRST_VISIT, `${address}: ${bytes} bytes`);
      assert.deepEqual(page.problems, []);
      await context.close();
    });
  }

  test("each further page brings its own part", async () => {
    const pages = [
      `/tasks/${task.id}`,
      "/tasks/new",
      `/runs/${run.id}`,
      "/messages",
      "/admin",
    ];
    for (const address of pages) {
      const { context, page, visit } = await stranger();
      await visit("/");
      const bytes = await visit(address);
      assert.ok(bytes > 10_000, `${address} brought no part: ${bytes} bytes`);
      assert.ok(bytes <= FURTHER_PAGE, `${address}: ${bytes} bytes`);
      assert.equal(await visit(address), 0, `${address} was loaded again`);
      assert.deepEqual(page.problems, []);
      await context.close();
    }
  });

  test("what reads schedules comes when one is typed", async () => {
    const { context, page, visit } = await stranger();
    await visit("/tasks/new");
    const typed = [];
    page.on("requestfinished", (request) => {
      if (new URL(request.url()).pathname.startsWith("/pkg/")) typed.push(request);
    });
    const field = page.locator('[name="cron"]');
    await field.fill("0 25 * * *");
    await page.locator('[id="cron-fault"]').getByText("25").waitFor();
    const sizes = await Promise.all(typed.map(async (request) => (await request.sizes()).responseBodySize));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes > 10_000 && bytes <= SCHEDULE_READER, `${bytes} bytes`);
    await field.fill("15 6 * * 1-5");
    await page.locator(".preview .words").getByText("Weekdays at 06:15").waitFor();
    assert.equal(typed.length, sizes.length, "it was loaded again");
    assert.deepEqual(page.problems, []);
    await context.close();
  });

  test("a form whose schedules the browser cannot read asks the server", async () => {
    const { context, page, visit } = await stranger();
    await page.route(/split_schedule/, (route) => route.abort());
    await visit("/tasks/new");
    await page.locator('[name="cron"]').fill("15 6 * * 1-5");
    await page.locator(".preview .words").getByText("Weekdays at 06:15").waitFor();
    await context.close();
  });

  test("a link whose part does not come is followed by the browser itself", async () => {
    const { context, page } = await stranger();
    await openAlive(page, "/tasks");
    await mark(page);
    await page.route(/split_task/, (route) => route.abort());
    await page.click(`a[href="/tasks/${task.id}"]`);
    await page.waitForURL(`**/tasks/${task.id}`);
    await page.waitForFunction(() => globalThis.marked === undefined);
    await page.getByRole("heading", { name: "weigh" }).waitFor();
    assert.equal(await stayed(page), false);
    await context.close();
  });

  test("a page whose part does not come works as without JavaScript", async () => {
    const { context, page } = await stranger();
    await page.route(/split_form/, (route) => route.abort());
    const reported = page.waitForEvent("console", (message) => /module of this page/.test(message.text()));
    await page.goto("/tasks/new");
    await reported;
    await page.click('header a[href="/tasks"], nav a[href="/tasks"]');
    await page.waitForURL("**/tasks");
    await page.locator(`a[href="/tasks/${task.id}"]`).first().waitFor();
    await context.close();
  });
});
