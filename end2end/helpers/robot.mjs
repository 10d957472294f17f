// A group robot on this machine that answers as WeCom's does.

import { once } from "node:events";
import { createServer } from "node:http";

const TEXT_MAX = 2048;
const PER_MINUTE = 20;
const WAIT_MS = 15_000;

/** Starts a robot; `url` is what goes into a channel. */
export async function startRobot() {
  const taken = [];
  const refused = [];
  const waiting = new Set();
  let stamps = [];

  const judge = (request, body) => {
    const url = new URL(request.url, "http://robot");
    if (request.method !== "POST" || url.pathname !== "/cgi-bin/webhook/send") return [404, "not found"];
    if (url.searchParams.get("key") !== "end2end") return [93000, "invalid webhook url"];
    let message;
    try {
      message = JSON.parse(body);
    } catch {
      return [40008, "invalid message type"];
    }
    if (message.msgtype === "text") {
      const { content } = message.text ?? {};
      if (typeof content !== "string" || content === "") return [44004, "empty content"];
      if (Buffer.byteLength(content) > TEXT_MAX) return [40058, `content exceed max length ${TEXT_MAX}`];
    } else if (message.msgtype !== "image") {
      return [40008, "invalid message type"];
    }
    const now = Date.now();
    stamps = stamps.filter((at) => now - at < 60_000);
    if (stamps.length >= PER_MINUTE) return [45009, "api freq out of limit"];
    stamps.push(now);
    taken.push(message);
    return [0, "ok"];
  };

  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const [errcode, errmsg] = judge(request, Buffer.concat(chunks).toString("utf8"));
      if (errcode !== 0) refused.push({ errcode, errmsg });
      response.writeHead(200, { "content-type": "application/json; charset=UTF-8" });
      response.end(JSON.stringify({ errcode, errmsg }));
      for (const look of waiting) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${server.address().port}/cgi-bin/webhook/send?key=end2end`,
    taken,
    refused,

    /** Waits until a message was taken whose text contains all the words. */
    async message(...words) {
      const find = () =>
        taken.find(({ text }) => text && words.every((word) => text.content.includes(word)));
      return new Promise((resolve, reject) => {
        const finish = (act, value) => {
          clearTimeout(timer);
          waiting.delete(look);
          act(value);
        };
        const look = () => {
          const found = find();
          if (found) finish(resolve, found);
        };
        const timer = setTimeout(() => {
          const seen = JSON.stringify({ taken, refused }, null, 2);
          finish(reject, new Error(`the robot got no message with ${words.join(", ")}: ${seen}`));
        }, WAIT_MS);
        waiting.add(look);
        look();
      });
    },

    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
