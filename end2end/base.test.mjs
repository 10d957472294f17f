// Behind the proxy of another site, under a path: nothing is asked for outside it.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, describe, test } from "node:test";

import { mark, newPage, openAlive, reader, stayed } from "./helpers/browser.mjs";
import { words } from "./helpers/words.mjs";
import { ADMIN, addAdmin, startWorld } from "./helpers/world.mjs";

const BASE = "/ops/cron";

/** A proxy that passes on what is under the path, with the path or without it, and notes the rest. */
async function startProxy() {
  const outside = [];
  const proxy = { outside, target: null, strips: false };
  const listener = http.createServer((request, answer) => {
    if (!request.url.startsWith(`${BASE}/`)) {
      outside.push(request.url);
      answer.writeHead(404).end();
      return;
    }
    const { hostname, port } = new URL(proxy.target);
    const path = proxy.strips ? request.url.slice(BASE.length) : request.url;
    const onward = http.request(
      { hostname, port, path, method: request.method, headers: request.headers },
      (found) => {
        answer.writeHead(found.statusCode, found.headers);
        answer.flushHeaders();
        found.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  proxy.url = `http://127.0.0.1:${listener.address().port}`;
  proxy.stop = async () => {
    listener.closeAllConnections();
    listener.close();
    await once(listener, "close");
  };
  return proxy;
}

describe("under a path", () => {
  const ui = words("zh");
  let proxy;
  let world;

  before(async () => {
    proxy = await startProxy();
    world = await startWorld({ JCRONTAB_PUBLIC_URL: `${proxy.url}${BASE}/` });
    proxy.target = world.server.url;
    await addAdmin(world.server);
    await world.server.cli(["task", "add", "endless", "--cron", "0 0 1 1 *", "--mode", "command", "--command", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.2; done"]);
  });
  after(async () => {
    try {
      await world?.stop();
    } finally {
      await proxy?.stop();
    }
  });

  for (const strips of [false, true]) {
    for (const js of [true, false]) {
      const how = `the proxy ${strips ? "removes" : "keeps"} the path, JavaScript ${js ? "on" : "off"}`;
      test(`sign-in, pages, buttons and the live log work; ${how}`, async () => {
        proxy.strips = strips;
        const context = await reader(world.browser, { url: proxy.url }, { js });
        const page = await newPage(context);
        const path = () => new URL(page.url()).pathname;
        const button = (name) => page.getByRole("button", { name, exact: true });
        // A stranger is sent to sign in and comes back.
        await page.goto(`${BASE}/tasks`);
        assert.equal(path(), `${BASE}/login`);
        await page.locator("#name").fill(ADMIN.name);
        await page.locator("#password").fill(ADMIN.password);
        await button(ui.sign_in).click();
        await page.getByRole("link", { name: "endless" }).waitFor();
        assert.equal(path(), `${BASE}/tasks`);
        if (js) {
          await openAlive(page, `${BASE}/tasks`);
          await mark(page);
        }
        assert.equal(await page.locator("nav a[aria-current=page]").getAttribute("href"), `${BASE}/tasks`);
        await page.getByRole("link", { name: "endless" }).first().click();
        await page.getByRole("heading", { level: 1, name: "endless" }).waitFor();
        assert.match(path(), new RegExp(`^${BASE}/tasks/\\d+$`));
        // A button of a server function, and the link in its answer.
        await button(ui.run_now).click();
        if (js) await page.locator(".notice.is-ok").getByRole("link").click();
        else await page.locator("a.state-link").first().click();
        await page.waitForURL((url) => new RegExp(`^${BASE}/runs/\\d+$`).test(url.pathname));
        const output = page.locator("pre.output");
        if (js) await output.getByText("line 3", { exact: false }).first().waitFor();
        await button(ui.stop).click();
        if (js) {
          await page.locator(".lead").getByText(ui.run_killed).waitFor();
          assert.ok(await stayed(page), "the document was loaded again");
        }
        // Language and sign-out are plain forms.
        await page.getByRole("button", { name: ui.account }).click();
        await button("English").click();
        await page.waitForFunction(() => document.documentElement.lang === "en");
        assert.match(path(), new RegExp(`^${BASE}/runs/\\d+$`));
        await page.getByRole("button", { name: words("en").account }).click();
        await button(words("en").sign_out).click();
        await page.getByRole("heading", { name: words("en").sign_in }).waitFor();
        assert.equal(path(), `${BASE}/login`);
        const cookies = await context.cookies(`${proxy.url}/elsewhere`);
        assert.deepEqual(cookies.map((one) => one.name).filter((name) => name.includes("session")), []);
        const { problems } = page;
        await context.close();
        world.server.check();
        assert.deepEqual(problems, []);
        assert.deepEqual(proxy.outside, []);
      });
    }
  }
});
