// WeCom's own client against the address that it is given:
//   scripts/chat-sdk.sh wecom URL BOT SECRET CHAT
// It pushes Markdown and a card, changes the card when its button is pressed, answers texts, and prints what it hears
// as lines of JSON. It ends with its standard input.
const { WSClient, generateReqId } = require("@wecom/aibot-node-sdk");

const [url, bot, secret, chat] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = new WSClient({
  botId: bot,
  secret,
  wsUrl: url,
  heartbeatInterval: 300,
  maxAuthFailureAttempts: 0,
  logger: quiet,
});

const button = (text, key) => ({ text, key, style: 1 });
const link = { type: 1, url: "http://cron.test/" };

client.on("authenticated", async () => {
  say({ heard: "authenticated" });
  const markdown = { msgtype: "markdown", markdown: { content: "**hello**" } };
  const card = {
    msgtype: "template_card",
    template_card: {
      card_type: "button_interaction",
      main_title: { title: "backup failed" },
      button_list: [button("Run again", "again")],
      card_action: link,
      task_id: "card-1",
    },
  };
  for (const body of [markdown, card]) {
    const answer = await client.sendMessage(chat, body);
    say({ heard: "answer", errcode: answer.errcode });
  }
});

client.on("event.template_card_event", async (frame) => {
  const { event, from } = frame.body;
  const { event_key, task_id } = event.template_card_event ?? event;
  say({ heard: "press", key: event_key, person: from.userid });
  const card = {
    card_type: "text_notice",
    main_title: { title: "started again" },
    card_action: link,
    task_id,
  };
  const answer = await client.updateTemplateCard(frame, card);
  say({ heard: "answer", errcode: answer.errcode });
});

client.on("message.text", async (frame) => {
  say({ heard: "text", text: frame.body.text.content });
  const answer = await client.replyStream(frame, generateReqId("stream"), "**help**", true);
  say({ heard: "answer", errcode: answer.errcode });
});

client.on("error", (error) => say({ heard: "error", message: error.message }));
client.connect();

process.stdin.resume();
process.stdin.on("end", () => {
  client.disconnect();
  process.exit(0);
});
