// The real binary on a fresh data folder and a free port.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BINARY =
  process.env.JCRONTAB_BIN ?? fileURLToPath(new URL("../../target/product/jcrontab", import.meta.url));

const execute = promisify(execFile);

const START_MS = 15_000;
const STOP_MS = 10_000;

/** A port that nothing listens on. */
async function freePort() {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * Starts a server and waits until it says that it is ready; `settings` are further variables, `first` is a command that
 * runs before it.
 */
export async function startServer(settings = {}, first = undefined) {
  const base = await mkdtemp(path.join(tmpdir(), "jcrontab-end2end-"));
  try {
    return await startIn(base, settings, first);
  } catch (error) {
    await rm(base, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(base, settings, first) {
  // A server of root runs its commands as the user `nobody`, who must be able to reach its scratch
  // folder.
  const scratch = path.join(base, "tmp");
  await mkdir(scratch);
  await chmod(base, 0o755);
  await chmod(scratch, 0o1777);
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    HOME: base,
    TMPDIR: scratch,
    TZ: "Asia/Shanghai",
    JCRONTAB_DATA_DIR: path.join(base, "data"),
    JCRONTAB_SCRATCH_DIR: path.join(base, "scratch"),
    JCRONTAB_LISTEN: `127.0.0.1:${port}`,
    JCRONTAB_ZONE: "Asia/Shanghai",
    JCRONTAB_LANG: "zh",
    JCRONTAB_OUTBOUND_ALLOW: "127.0.0.0/8",
    JCRONTAB_SHUTDOWN_GRACE: "0",
    ...settings,
  };
  if (first) await execute(BINARY, first, { cwd: base, env });
  const child = spawn(BINARY, ["serve"], { cwd: base, env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  let log = "";
  let setupLink = null;
  let ended = null;
  exited.then((how) => (ended = how));
  const fail = (what) => new Error(`${what}\n--- the server's log ---\n${log}`);

  const ready = new Promise((resolve) => {
    const read = (chunk) => {
      log += chunk;
      // Both lines come in one write; the link only while no account exists.
      const link = /http\S+\/setup\?token=\S+/.exec(log);
      if (link) {
        setupLink = link[0];
        resolve();
      }
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", read);
    }
  });
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, START_MS, "printed no set-up link in time");
  });
  const problem = await Promise.race([ready, exited, late]);
  clearTimeout(timer);
  if (problem !== undefined) {
    child.kill("SIGKILL");
    throw fail(`${BINARY} serve ${problem}`);
  }

  return {
    url: `http://127.0.0.1:${port}`,
    setupLink,
    log: () => log,

    /** Throws when the server is gone. */
    check() {
      if (ended) throw fail(`the server ${ended}`);
      if (/panicked at/.test(log)) throw fail("the server panicked");
    },

    /** Runs the same binary's command line beside the server; gives its standard output. */
    async cli(args, input = "") {
      const command = spawn(BINARY, args, { cwd: base, env, stdio: ["pipe", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      command.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
      command.stderr.setEncoding("utf8").on("data", (chunk) => (err += chunk));
      command.stdin.end(input);
      const [code] = await once(command, "close");
      if (code !== 0) throw fail(`jcrontab ${args.join(" ")} ended with code ${code}: ${err}`);
      return out;
    },

    /** Ends the server and removes what it left. */
    async stop() {
      const early = ended;
      let slow = null;
      if (!early) {
        child.kill("SIGTERM");
        const timer = setTimeout(() => {
          slow = `the server did not end within ${STOP_MS} ms of SIGTERM`;
          child.kill("SIGKILL");
        }, STOP_MS);
        await exited;
        clearTimeout(timer);
      }
      await rm(base, { recursive: true, force: true });
      if (early) throw fail(`the server ${early} in the middle of the test`);
      if (slow) throw fail(slow);
    },
  };
}
