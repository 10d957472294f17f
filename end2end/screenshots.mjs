// Takes pictures of the history that `jcrontab demo` makes up, docs/screenshots/. Run by
// `make screenshots`.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { DESKTOP, PHONE, launch, newPage, openAlive, reader } from "./helpers/browser.mjs";
import { startServer } from "./helpers/server.mjs";
import { addAdmin, signIn } from "./helpers/world.mjs";

const FOLDER = fileURLToPath(new URL("../docs/screenshots/", import.meta.url));

/** Name of the picture, what it shows, how wide and in which colours. */
const PICTURES = [
  ["overview", "/", DESKTOP, "light"],
  ["tasks", "/tasks", DESKTOP, "light"],
  ["task", (demo) => `/tasks/${demo.failing.id}`, DESKTOP, "light"],
  ["run", (demo) => `/runs/${demo.failed.id}`, DESKTOP, "dark"],
  ["form", "/tasks/new", DESKTOP, "light"],
  ["phone-tasks", "/tasks", PHONE, "light"],
  ["phone-reminders", "/reminders", PHONE, "dark"],
];

/** A task that fails, and its last failed run. */
async function plot(api) {
  const { items } = await api.get("/tasks?health=failing&limit=1");
  const [failing] = items;
  if (!failing) throw new Error("no task of the demo fails");
  const runs = await api.get(`/runs?task=${failing.id}&state=bad&limit=1`);
  return { failing, failed: runs.items[0] };
}

await mkdir(FOLDER, { recursive: true });
const browser = await launch();
try {
  for (const lang of ["en", "zh"]) {
    const server = await startServer({ JCRONTAB_LANG: lang }, ["demo", "--lang", lang]);
    try {
      await addAdmin(server);
      for (const [name, place, viewport, theme] of PICTURES) {
        const context = await reader(browser, server, { lang, theme, viewport });
        const api = await signIn(context);
        const page = await newPage(context);
        await openAlive(page, typeof place === "string" ? place : place(await plot(api)));
        await page.screenshot({ path: path.join(FOLDER, `${name}.${lang}.png`) });
        if (page.problems.length) throw new Error(page.problems.join("\n"));
        await context.close();
      }
    } finally {
      await server.stop();
    }
  }
} finally {
  await browser.close();
}
