// The live log: what a command writes is on the page while it runs, stays there, can be found and linked to, and is
// text whatever it contains.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, afterEach, before, describe, test } from "node:test";

import { mark, newPage, openAlive, reader, settled, stayed } from "./helpers/browser.mjs";
import { words } from "./helpers/words.mjs";
import { addAdmin, signIn, startWorld, until } from "./helpers/world.mjs";

/** A way to the server that can break: `cut` ends what goes over it, `deafen` keeps it open
 *  and lets nothing through. (A browser that is set offline keeps its open connections.) */
async function tunnel(server) {
  const { hostname, port } = new URL(server.url);
  const ends = new Set();
  let way = "open";
  const link = (from, to) => {
    ends.add(from);
    from.on("data", (chunk) => way === "deaf" || to.write(chunk));
    from.on("error", () => from.destroy());
    from.on("close", () => {
      ends.delete(from);
      to.destroy();
    });
  };
  const listener = createServer((near) => {
    if (way === "cut") return near.destroy();
    const far = connect(Number(port), hostname);
    link(near, far);
    link(far, near);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const turn = (to) => {
    way = to;
    if (to !== "deaf") for (const end of ends) end.destroy();
  };
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    cut: () => turn("cut"),
    deafen: () => turn("deaf"),
    heal: () => turn("open"),
    async stop() {
      listener.close();
      turn("cut");
      await once(listener, "close");
    },
  };
}

describe("the live log", () => {
  const ui = words("zh");
  let world;
  let api;
  let context;
  let page;
  let way;

  before(async () => {
    world = await startWorld();
    await addAdmin(world.server);
    api = await signIn(await reader(world.browser, world.server));
  });
  after(() => world?.stop());

  const come = async ({ js = true } = {}) => {
    context = await reader(world.browser, way ?? world.server, { js });
    await signIn(context);
    page = await newPage(context);
  };
  afterEach(async () => {
    // Where the way breaks, the browser complains about each request it tries.
    const problems = page.problems.filter((problem) => !(way && problem.includes("net::ERR_")));
    await context.close();
    await way?.stop();
    way = null;
    world.server.check();
    assert.deepEqual(problems, []);
  });

  /** Starts a command; gives its run. */
  const start = async (name, command) => {
    const task = await api.post("/tasks", { name, cron: "0 0 1 1 *", command });
    return api.post(`/tasks/${task.id}/run`);
  };
  const over = (run) =>
    until(() => api.get(`/runs/${run.id}`), (run) => !["waiting", "running"].includes(run.state), "the run's end");
  const log = () => page.locator("pre.log");
  const line = (text) => page.locator("pre.log .line").filter({ hasText: text });
  const button = (name) => page.getByRole("button", { name, exact: true });
  const field = () => page.getByRole("searchbox", { name: ui.find });
  /** The lines that can be seen, as text. */
  const seen = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("pre.log .line")].filter((line) => line.checkVisibility()).map((line) => line.innerText),
    );
  /** Waits until these are the lines that can be seen: they are drawn anew, one after the other. */
  const shows = (wanted) =>
    page.waitForFunction((wanted) => {
      const lines = [...document.querySelectorAll("pre.log .line")].filter((line) => line.checkVisibility());
      return JSON.stringify(lines.map((line) => line.innerText)) === JSON.stringify(wanted);
    }, wanted);
  /** How far the end of the list is from its lower edge, in pixels. */
  const rest = () => log().evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
  const TICKS = "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done";

  test("lines come while it runs, stay after a reload, and after it was stopped", async () => {
    const run = await start("ticking", TICKS);
    await come();
    await openAlive(page, `/runs/${run.id}`);
    await mark(page);
    await line(/^tick 3$/).waitFor();
    await page.getByText(ui.receiving).waitFor();
    const before = (await seen()).length;
    await page.waitForFunction((before) => document.querySelectorAll("pre.log .line").length > before + 10, before);
    // Each line once, in its order, whether the server drew it or the stream brought it.
    const texts = await seen();
    assert.deepEqual(texts, texts.map((_, index) => `tick ${index + 1}`));

    await page.reload();
    await line(/^tick 1$/).waitFor();
    const again = (await seen()).length;
    assert.ok(again >= texts.length, `${again} lines after the reload, ${texts.length} before`);
    await page.waitForFunction((again) => document.querySelectorAll("pre.log .line").length > again + 5, again);
    const more = await seen();
    assert.deepEqual(more, more.map((_, index) => `tick ${index + 1}`));

    await button(ui.stop).click();
    await page.locator(".lead").getByText(ui.run_killed).waitFor();
    await page.getByText(ui.receiving).waitFor({ state: "detached" });
    assert.ok((await seen()).length >= more.length, "lines are gone after the stop");
    await page.reload();
    await line(/^tick 3$/).waitFor();
    assert.ok((await seen()).length >= more.length, "lines were not kept");
  });

  test("the end is kept in sight until the reader scrolls up", async () => {
    const run = await start("long ticking", `seq 1 300; ${TICKS}`);
    await come();
    await openAlive(page, `/runs/${run.id}`);
    await line(/^tick 2$/).waitFor();
    await until(rest, (rest) => rest < 24, "the end of the log");

    await log().hover();
    await page.mouse.wheel(0, -600);
    const fresh = page.locator("button.fresh");
    await fresh.filter({ hasText: /^\d+ 行新输出/ }).waitFor();
    const top = await log().evaluate((list) => list.scrollTop);
    await line(/^tick 30$/).waitFor({ state: "attached" });
    assert.equal(await log().evaluate((list) => list.scrollTop), top, "the log moved under the reader's eyes");
    assert.equal(await page.getByRole("checkbox", { name: ui.follow }).isChecked(), false);

    await fresh.click();
    await until(rest, (rest) => rest < 24, "the end of the log");
    await fresh.waitFor({ state: "detached" });
    assert.equal(await page.getByRole("checkbox", { name: ui.follow }).isChecked(), true);
    await button(ui.stop).click();
    await page.locator(".lead").getByText(ui.run_killed).waitFor();
  });

  for (const how of ["cut", "deafen"]) {
    test(`a connection that is ${how === "cut" ? "cut" : "silent"} is reported, and what was missed arrives after reconnecting`, async () => {
      const run = await start(`through the tunnel, ${how}`, TICKS);
      way = await tunnel(world.server);
      await come();
      // Half a minute of silence goes by at once.
      await page.clock.install();
      await openAlive(page, `/runs/${run.id}`);
      await mark(page);
      await line(/^tick 2$/).waitFor();
      way[how]();
      const answer = page.locator(".log-card .notice").filter({ hasText: "连接中断，正在重连；最后收到于" });
      if (how === "deafen") {
        const before = (await seen()).length;
        await page.clock.runFor(20_000);
        assert.equal(await answer.count(), 0, "a silence of 20 s is reported as a broken connection");
        await page.clock.runFor(15_000);
        assert.ok((await seen()).length <= before + 1, "nothing could come");
      }
      await answer.waitFor();
      assert.match(await answer.innerText(), /最后收到于 \d\d:\d\d:\d\d/);
      way.heal();
      await answer.waitFor({ state: "detached" });
      const before = (await seen()).length;
      await page.waitForFunction((before) => document.querySelectorAll("pre.log .line").length > before + 5, before);
      const texts = await seen();
      assert.deepEqual(texts, texts.map((_, index) => `tick ${index + 1}`), "a line is missing or twice");
      assert.ok(await stayed(page));
      await api.post(`/runs/${run.id}/stop`);
      await page.locator(".lead").getByText(ui.run_killed).waitFor();
    });
  }

  test("words are found, marked, counted and walked through", async () => {
    const run = await start("haystack", "for i in $(seq 1 200); do echo hay $i; [ $((i % 50)) = 0 ] && echo An Error $i; done; echo done");
    await over(run);
    await come();
    await openAlive(page, `/runs/${run.id}`);
    await line(/^done$/).waitFor({ state: "attached" });
    await field().fill("error");
    const marks = page.locator("pre.log mark");
    await page.getByText("4 行", { exact: true }).waitFor();
    assert.deepEqual(await marks.allInnerTexts(), ["Error", "Error", "Error", "Error"]);

    await field().press("Enter");
    await page.getByText("1/4", { exact: true }).waitFor();
    assert.equal(await page.locator(".line.current").innerText(), "An Error 50");
    const inside = () =>
      page.evaluate(() => {
        const list = document.querySelector("pre.log").getBoundingClientRect();
        const line = document.querySelector(".line.current").getBoundingClientRect();
        return line.top >= list.top && line.bottom <= list.bottom;
      });
    assert.ok(await inside(), "the match is not in sight");
    await field().press("Shift+Enter");
    await page.getByText("4/4", { exact: true }).waitFor();
    await log().focus();
    await page.keyboard.press("Shift+N");
    await page.getByText("3/4", { exact: true }).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.press("n");
    await page.getByText("1/4", { exact: true }).waitFor();
    await button(ui.find_next).click();
    await page.getByText("2/4", { exact: true }).waitFor();
    assert.ok(await inside(), "the match is not in sight");

    await page.getByText(ui.display, { exact: true }).click();
    await page.getByRole("checkbox", { name: ui.find_only }).check();
    assert.deepEqual(await seen(), [50, 100, 150, 200].map((n) => `An Error ${n}`));
    await field().fill("nothing like it");
    await page.getByText(ui.find_nothing, { exact: true }).waitFor();
    assert.equal(await marks.count(), 0);
    await field().fill("");
    await line(/^hay 1$/).waitFor();
    assert.equal((await seen()).length, 205);
  });

  test("streams can be distinguished, and times can be seen", async () => {
    const run = await start("two streams", "echo fine; sleep 0.3; echo trouble >&2; sleep 0.3; echo fine again");
    await over(run);
    await come();
    await openAlive(page, `/runs/${run.id}`);
    await line(/^fine again$/).waitFor();
    const trouble = line(/^trouble$/);
    assert.match(await trouble.getAttribute("class"), /\berr\b/);
    await trouble.getByRole("link", { name: /stderr/ }).waitFor();
    await page.getByText(ui.display, { exact: true }).click();
    const streams = page.getByRole("combobox", { name: ui.streams });
    await streams.selectOption("only-err");
    await shows(["trouble"]);
    await streams.selectOption("only-out");
    await shows(["fine", "fine again"]);
    await streams.selectOption("");
    await shows(["fine", "trouble", "fine again"]);

    const time = () => trouble.evaluate((line) => getComputedStyle(line.querySelector("a"), "::after").content);
    const times = page.getByRole("combobox", { name: ui.times });
    assert.equal(await time(), "none");
    await times.selectOption("since");
    assert.match(await time(), /^"\+0\.[3-9]\d\d"$|^"\+\d+\.\d{3}"$/);
    await times.selectOption("clock");
    assert.match(await time(), /^"\d\d:\d\d:\d\d\.\d{3}"$/);
    // They are for the eye: what is copied is the output.
    assert.deepEqual(await seen(), ["fine", "trouble", "fine again"]);
    await page.getByRole("checkbox", { name: ui.wrap }).uncheck();
    assert.match(await log().getAttribute("class"), /\bno-wrap\b/);
  });

  test("a line has an address", async () => {
    const run = await start("addresses", "seq 1 20000");
    await over(run);
    await come();
    // Behind what comes with the page: it is shown as soon as it is there.
    await openAlive(page, `/runs/${run.id}#L19000`);
    const linked = page.locator(".line.linked");
    await linked.waitFor();
    assert.equal(await linked.innerText(), "19000");
    const inside = () =>
      linked.evaluate((line) => {
        const list = document.querySelector("pre.log").getBoundingClientRect();
        const { top, bottom } = line.getBoundingClientRect();
        return top >= list.top && bottom <= list.bottom;
      });
    await until(inside, (inside) => inside, "the line in sight");

    await line(/^19002$/).locator("a").click();
    await page.waitForURL(/#L19002$/);
    await page.locator("#L19002.linked").waitFor();
    assert.equal(await linked.count(), 1);
    assert.ok(await inside());

    // Another person opens what was copied from the address bar.
    await page.goto("about:blank");
    await openAlive(page, `/runs/${run.id}#L12`);
    await page.locator("#L12.linked").waitFor();
    assert.ok(await inside());
    await page.goto("about:blank");
    await openAlive(page, `/runs/${run.id}#L99999`);
    await page.getByText("页面上没有第 99999 行").waitFor();
  });

  for (const [name, code] of [["opens at its end", 0], ["that failed opens at its first error output", 3]]) {
    test(`a long log of lines that wrap ${name}`, async () => {
      // Each line takes several lines of the page, more than room is kept for.
      const wide = `printf '%06d %0200d\\n' $i 0`;
      const command = `i=0; while [ $i -lt 4000 ]; do i=$((i+1)); ${wide}; [ $i = 3950 ] && echo trouble >&2; done; exit ${code}`;
      const run = await start(`wide ${code}`, command);
      await over(run);
      await come();
      await openAlive(page, `/runs/${run.id}`);
      await line(/^004000 /).waitFor({ state: "attached" });
      const wanted = code === 0 ? /^004000 / : /^trouble$/;
      await line(wanted).waitFor({ state: "attached" });
      // The log may be below the first screen: it is where it was left when it comes into sight.
      await log().scrollIntoViewIfNeeded();
      const inside = () =>
        line(wanted).evaluate((line) => {
          const list = document.querySelector("pre.log").getBoundingClientRect();
          const { top, bottom } = line.getBoundingClientRect();
          return top >= list.top && bottom <= list.bottom + 1;
        });
      await until(inside, (inside) => inside, "the line in sight");
      if (code === 0) await until(rest, (rest) => rest < 24, "the end of the log");
    });
  }

  test("a progress bar is one line", async () => {
    const command = "for i in 10 40 70 100; do printf '\\r%3d%%' $i; sleep 0.1; done; printf '\\r\\033[Kfinished\\n'; printf 'windows\\r\\n'";
    const run = await start("progress", command);
    await over(run);
    await come();
    await openAlive(page, `/runs/${run.id}`);
    await line(/^finished/).waitFor();
    assert.deepEqual(await seen(), ["finished刷新了 4 次", "windows"]);
    assert.ok(!(await log().innerText()).includes("%"));
  });

  for (const js of [true, false]) {
    test(`hostile output is text, JavaScript ${js ? "on" : "off"}`, async () => {
      const command = [
        "printf '%s\\n' '<img src=x onerror=alert(1)>' '</pre><script>alert(2)</script>'",
        "printf '\\033]8;;javascript:alert(3)\\033\\\\a link\\033]8;;\\033\\\\\\n'",
        "printf '\\033]0;title\\007\\342\\200\\256gnp.exe\\n'",
        "printf '\\033[31mred\\033[0m \\033[1;44mblue\\033[0m \\033[8mhidden\\033[0m\\n'",
        "printf 'nul\\000bell\\007bad\\377\\n'",
      ].join("; ");
      const run = await start(`hostile ${js}`, command);
      await over(run);
      await come({ js });
      page.on("dialog", (dialog) => {
        page.problems.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss();
      });
      if (js) await openAlive(page, `/runs/${run.id}`);
      else await page.goto(`/runs/${run.id}`);
      await line(/^red/).waitFor();
      assert.deepEqual((await log().innerText()).trim().split("\n"), [
        "<img src=x onerror=alert(1)>",
        "</pre><script>alert(2)</script>",
        "a link",
        "‹U+202E›gnp.exe",
        "red blue hidden",
        "nul␀bell␇bad\u{fffd}",
      ]);
      assert.equal(await log().locator("img, script").count(), 0);
      const links = await log().locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      assert.deepEqual(links, [1, 2, 3, 4, 5, 6].map((n) => `#L${n}`));
      assert.equal(await log().locator(".f1").innerText(), "red");
      assert.equal(await log().locator(".g4.b").innerText(), "blue");
      if (js) {
        // The same when the browser draws it again.
        await field().fill("img");
        await log().locator("mark").waitFor();
        assert.equal(await log().locator("img").count(), 0);
        await settled(page);
      }
    });
  }

  test("a log without JavaScript is read, reloaded and downloaded", async () => {
    const run = await start("plain", "echo first; sleep 1; echo second; sleep 600");
    await come({ js: false });
    await page.goto(`/runs/${run.id}`);
    const reload = page.getByRole("link", { name: ui.reload, exact: true });
    await until(
      async () => {
        await reload.click();
        return log().innerText();
      },
      (text) => text.includes("second"),
      "the second line",
    );
    assert.equal((await log().innerText()).trim(), "first\nsecond");
    assert.equal(await field().isVisible(), false, "a field that does nothing is offered");
    await page.goto(`/runs/${run.id}#L2`);
    assert.equal(await page.locator(".line:target").innerText(), "second");
    await button(ui.stop).click();
    await page.waitForURL((url) => url.pathname === `/runs/${run.id}`);
    await over(run);
    await page.reload();
    await page.locator(".lead").getByText(ui.run_killed).waitFor();
    assert.equal((await log().innerText()).trim(), "first\nsecond");
  });

  test("attempts lead to each other, and one that waits is called off", async () => {
    const execution = { retry: { attempts: "3", delay: "10m" } };
    const task = await api.post("/tasks", { name: "again", cron: "0 0 1 1 *", command: "echo no; exit 3", execution });
    const first = await api.post(`/tasks/${task.id}/run`);
    await over(first);
    const runs = () => api.get(`/tasks/${task.id}/runs`);
    const { items } = await until(runs, ({ items }) => items.length === 2, "the second attempt");
    assert.equal(items[0].state, "waiting");

    await come();
    await openAlive(page, `/runs/${first.id}`);
    await mark(page);
    await line(/^no$/).waitFor();
    const attempts = page.locator(".attempts li");
    assert.equal(await attempts.count(), 2);
    assert.equal(await attempts.locator("[aria-current]").innerText(), "第 1 次");
    await attempts.getByRole("link", { name: "第 2 次" }).click();
    await page.getByRole("heading", { level: 1, name: `执行 #${items[0].id}` }).waitFor();
    // The log on the page is that of the other run now.
    await page.getByText(ui.output_waiting).waitFor();
    assert.equal(await page.locator("pre.log .line").count(), 0);
    await page.locator(".lead").getByText("等待重试").waitFor();
    await page.locator(".lead").getByText("分钟后").waitFor();
    await button(ui.cancel_waiting).click();
    await page.locator(".lead").getByText(ui.run_killed).waitFor();
    assert.equal(await button(ui.cancel_waiting).count(), 0);
    await attempts.getByRole("link", { name: "第 1 次" }).click();
    await line(/^no$/).waitFor();
    assert.ok(await stayed(page));
    assert.equal((await runs()).items.length, 2, "it was tried again after it was called off");
  });

  test("a hundred thousand lines leave the page alive", async () => {
    const run = await start("flood", "seq 1 100000");
    await come();
    await openAlive(page, `/runs/${run.id}`);
    await over(run);
    await line(/^100000$/).waitFor({ timeout: 30_000 });
    assert.ok((await page.locator("pre.log .line").count()) <= 20_000);
    await page.getByText(/前面 \d+ 行不再显示/).waitFor();
    await field().fill("99999");
    await page.getByText(/^1 行 · 只查找了最后 \d+ 行$/).waitFor();
  });
});
