// A server, a robot and a browser for one test, and their end in the right order.

import { launch } from "./browser.mjs";
import { startRobot } from "./robot.mjs";
import { startServer } from "./server.mjs";

export const ADMIN = { name: "admin", password: "correct horse 电池 staple" };

/** Starts everything, the server with further `settings`. `stop` ends it; call it in `after`. */
export async function startWorld(settings = {}) {
  const robot = await startRobot();
  let server;
  let browser;
  const stop = async () => {
    await browser?.close();
    try {
      await server?.stop();
    } finally {
      await robot.stop();
    }
  };
  try {
    [server, browser] = await Promise.all([startServer(settings), launch()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { robot, server, browser, stop };
}

/** Makes the administrator on the command line. */
export async function addAdmin(server, who = ADMIN) {
  await server.cli(["user", "add", who.name, "--role", "admin", "--password-stdin"], `${who.password}\n`);
}

/** Signs a context in through the real form; gives the API with that session. */
export async function signIn(context, who = ADMIN) {
  const answer = await context.request.post("/login", {
    form: { name: who.name, password: who.password, next: "/" },
    maxRedirects: 0,
  });
  if (answer.status() !== 303) throw new Error(`sign-in was answered with ${answer.status()}`);
  return {
    async post(path, data) {
      const answer = await context.request.post(`/api/v1${path}`, data === undefined ? {} : { data });
      if (!answer.ok()) throw new Error(`POST ${path}: ${answer.status()} ${await answer.text()}`);
      return answer.json().catch(() => null);
    },
    async get(path) {
      const answer = await context.request.get(`/api/v1${path}`);
      if (!answer.ok()) throw new Error(`GET ${path}: ${answer.status()} ${await answer.text()}`);
      return answer.json();
    },
  };
}

/** Asks until the answer is right. */
export async function until(ask, right, what, milliseconds = 15_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (Date.now() > end) throw new Error(`${what} did not come: ${JSON.stringify(answer)}`);
  }
}
