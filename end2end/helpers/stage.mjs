// What most browser tests share: a world with an administrator, and the page that a test has opened.
// Each file of tests is a process of its own, so the names below are that file's own; they are
// bindings, which always have the value of the moment.

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";

import { newPage, openAlive, reader } from "./browser.mjs";
import { ADMIN, addAdmin, signIn, startWorld } from "./world.mjs";

/** The server, the robot and the browser. */
export let world;
/** The API with the administrator's session. */
export let api;
/** The cookies of the test's page, and the page. */
export let context;
export let page;

/** Starts the world before the tests of a `describe` and ends it behind them; `more` is done once
 *  after its start. After each test its page must have had no problems. */
export function stage(more = async () => {}) {
  before(async () => {
    world = await startWorld();
    await addAdmin(world.server);
    api = await signIn(await reader(world.browser, world.server));
    await more();
  });
  after(() => world?.stop());
  afterEach(async () => {
    const { problems } = page;
    await context.close();
    world.server.check();
    assert.deepEqual(problems, []);
  });
}

/** Opens a page as a person with a browser of their own; `who: null` is a stranger. */
export async function come({ js = true, who = ADMIN } = {}) {
  context = await reader(world.browser, world.server, { js });
  if (who) await signIn(context, who);
  page = await newPage(context);
}

/** Opens an address; with JavaScript, waits until the page is alive. */
export const open = (js, address) => (js ? openAlive(page, address) : page.goto(address));
export const path = () => new URL(page.url()).pathname;
export const button = (name) => page.getByRole("button", { name, exact: true });
export const field = (name) => page.locator(`[name="${name}"]`);
