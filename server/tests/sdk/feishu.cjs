// Feishu's own client against the address that it is given:
//   scripts/chat-sdk.sh feishu URL APP_ID SECRET CHAT
// It pushes a card with a button, changes it, changes it once more when the button is pressed, answers texts, and prints what
// it hears as lines of JSON. It ends with its standard input.
const lark = require("@larksuiteoapi/node-sdk");

const [domain, appId, appSecret, chat] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const none = () => {};
const logger = { error: none, warn: none, info: none, debug: none, trace: none };
const settings = { appId, appSecret, domain, logger };
const client = new lark.Client(settings);
const socket = new lark.WSClient({
  ...settings,
  onReady: () => say({ heard: "connected" }),
  onError: (error) => say({ heard: "error", message: error.message }),
});

const plain = (content) => ({ tag: "plain_text", content });
const card = (title, actions) => ({
  config: { update_multi: true },
  header: { title: plain(title) },
  elements: actions.length ? [{ tag: "action", actions }] : [],
});
const button = { tag: "button", text: plain("Run again"), value: { key: "again" } };

const events = new lark.EventDispatcher({ logger }).register({
  "im.message.receive_v1": async ({ message }) => {
    say({ heard: "text", text: JSON.parse(message.content).text });
    const content = JSON.stringify({ elements: [{ tag: "markdown", content: "**help**" }] });
    const answer = await client.im.v1.message.reply({
      path: { message_id: message.message_id },
      data: { msg_type: "interactive", content },
    });
    say({ heard: "answer", code: answer.code });
  },
  "card.action.trigger": async ({ operator, action }) => {
    say({ heard: "press", key: action.value.key, person: operator.open_id });
    return { card: { type: "raw", data: card("started again", []) } };
  },
});

const push = async () => {
  const sent = await client.im.v1.message.create({
    params: { receive_id_type: "chat_id" },
    data: {
      receive_id: chat,
      msg_type: "interactive",
      content: JSON.stringify(card("backup failed", [button])),
    },
  });
  const id = sent.data.message_id;
  say({ heard: "pushed", id });
  const content = JSON.stringify(card("backup failed twice", [button]));
  const changed = await client.im.v1.message.patch({ path: { message_id: id }, data: { content } });
  say({ heard: "changed", code: changed.code });
};

push()
  .then(() => socket.start({ eventDispatcher: events }))
  .catch((error) => say({ heard: "error", message: error.message }));

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
