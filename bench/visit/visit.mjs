// P9: the first visit of the task list, in headless Chromium.
//   node visit.mjs END2END URL ROUNDS     (name and password come by standard input, one a line)
// Prints JSON, one object a round: bytes by kind as they came over the wire, headers apart, and the
// milliseconds from the navigation until the page answers.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

const [end2end, url, rounds] = process.argv.slice(2);
const { chromium } = createRequire(path.join(path.resolve(end2end), "package.json"))("playwright-core");
const [name, password] = readFileSync(0, "utf8").trimEnd().split("\n");

const LIMIT_MS = 30_000;
// As the browser tests start it (end2end/helpers/browser.mjs).
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Runs in the page before anything else: chooses a state in the filter again and again until the
 * address follows. Without WASM a choice does nothing, so that is when the page has come alive.
 */
function choose() {
  const asking = setInterval(() => {
    const field = document.querySelector("select[name=state]");
    if (field) {
      field.value = "active";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (new URLSearchParams(location.search).get("state") === "active") {
      clearInterval(asking);
      globalThis.answered = performance.now();
    }
  }, 5);
}

function kind(address) {
  const extension = path.extname(new URL(address).pathname);
  return { ".wasm": "wasm", ".js": "js", ".css": "css" }[extension] ?? "other";
}

/** A browser that has never been here. */
async function visit() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  try {
    const context = await browser.newContext({ baseURL: url });
    context.setDefaultTimeout(LIMIT_MS);
    const signedIn = await context.request.post("/login", {
      form: { name, password, next: "/" },
      maxRedirects: 0,
    });
    if (signedIn.status() !== 303) throw new Error(`sign-in was answered with ${signedIn.status()}`);
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    const loaded = [];
    page.on("requestfinished", (request) => loaded.push(request));
    await page.addInitScript(choose);
    await page.goto("/tasks");
    await page.waitForFunction(() => globalThis.answered !== undefined);
    const interactive = await page.evaluate(() => globalThis.answered);
    if (faults.length > 0) throw new Error(faults.join("; "));

    const bytes = { html: 0, wasm: 0, js: 0, css: 0, other: 0 };
    const encodings = {};
    for (const request of loaded) {
      // What the choice itself asks for is not part of the visit.
      if (new URL(request.url()).pathname.startsWith("/fn/")) continue;
      const of = request.resourceType() === "document" ? "html" : kind(request.url());
      // Below zero where the browser had nothing to fetch.
      bytes[of] += Math.max(0, (await request.sizes()).responseBodySize);
      encodings[of] = (await (await request.response()).allHeaders())["content-encoding"] ?? "none";
    }
    return { interactive, bytes, encodings };
  } finally {
    await browser.close();
  }
}

const seen = [];
for (let round = 0; round < Number(rounds); round++) seen.push(await visit());
process.stdout.write(JSON.stringify(seen));
