// Chromium, and pages that record everything that went wrong in them.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const WAIT_MS = 15_000;
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

const SHOTS = process.env.JCRONTAB_SHOTS;

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A reader with their own cookies. */
export async function reader(browser, server, { lang = "zh", theme = "light", js = true, viewport = DESKTOP } = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    javaScriptEnabled: js,
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    timezoneId: "Asia/Shanghai",
    colorScheme: "light",
    reducedMotion: "reduce",
    viewport,
  });
  context.setDefaultTimeout(WAIT_MS);
  await prefer(context, server, { lang, theme });
  return context;
}

/** Sets language and colours as the switches do. */
export async function prefer(context, server, { lang, theme }) {
  const cookies = { jcrontab_lang: lang, jcrontab_theme: theme };
  await context.addCookies(
    Object.entries(cookies)
      .filter(([, value]) => value)
      .map(([name, value]) => ({ name, value, url: server.url })),
  );
}

/**
 * A page; `page.problems` gathers console errors and warnings, violations of the policy, uncaught
 * exceptions, panics of the WASM module and answers with 5xx. `page.foresee(path, status)` says
 * that an answer is meant to be a refusal.
 */
export async function newPage(context) {
  const page = await context.newPage();
  const foreseen = [];
  page.problems = [];
  page.foresee = (pathname, status) => foreseen.push({ pathname, status });
  const meant = (url, status) =>
    foreseen.some((one) => one.pathname === new URL(url).pathname && one.status === status);
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    const { url } = message.location();
    // A timing warning: it occurs where a machine is slow, or JavaScript is off.
    if (/was preloaded using link preload but not used within/.test(message.text())) return;
    const refusal = /status of (\d{3})/.exec(message.text());
    if (refusal && url && meant(url, Number(refusal[1]))) return;
    page.problems.push(`${page.url()}: console ${message.type()}: ${message.text()} ${url ?? ""}`);
  });
  page.on("pageerror", (error) => page.problems.push(`${page.url()}: ${error.stack ?? error}`));
  page.on("response", (response) => {
    const status = response.status();
    if (status >= 500) page.problems.push(`${page.url()}: ${status} from ${response.url()}`);
  });
  return page;
}

/** Opens an address as a signed-in person and waits until the page is alive. */
export async function openAlive(page, address) {
  // The page listens for changes as soon as it is hydrated.
  const listening = page.waitForRequest((request) => new URL(request.url()).pathname.endsWith("/events"));
  const response = await page.goto(address);
  await listening;
  await settled(page);
  return response;
}

/** Waits until the browser has nothing left to do at once. */
export function settled(page) {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done, { timeout: 1000 }))),
  );
}

/** Marks the document; `stayed` returns whether it is still the same one. */
export async function mark(page) {
  await page.evaluate(() => {
    globalThis.marked = true;
  });
}

export function stayed(page) {
  return page.evaluate(() => globalThis.marked === true);
}

/** Writes a picture of the whole page where the environment asks for it. */
export async function shot(page, name) {
  if (!SHOTS) return;
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
}
