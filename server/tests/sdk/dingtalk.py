"""DingTalk's own client against the address that it is given:

    scripts/chat-sdk.sh dingtalk URL CLIENT_ID SECRET CHAT

It connects, pushes a card with a button, changes the card when the button is pressed, answers texts, and prints what it
hears as lines of JSON. It ends with its standard input.
"""

import asyncio
import json
import logging
import os
import sys
import threading
import types

url, client_id, secret, chat = sys.argv[1:]
os.environ["DINGTALK_OPENAPI_ENDPOINT"] = url
# Only the asynchronous calls for cards need it, and they are not made here.
sys.modules["aiohttp"] = types.ModuleType("aiohttp")

import dingtalk_stream  # noqa: E402
from dingtalk_stream import AckMessage, CallbackHandler, CardReplier, ChatbotHandler  # noqa: E402
from dingtalk_stream.card_callback import CardCallbackMessage  # noqa: E402
from dingtalk_stream.chatbot import ChatbotMessage, reply_specified_group_chat  # noqa: E402

TEMPLATE = "382e4302-551d-4880-bf29-a30acfab2e71.schema"


def say(**line):
    print(json.dumps(line), flush=True)


def shown(title, buttons):
    order = {"order": ["msgTitle", "staticMsgContent", "msgButtons"], "msgButtons": buttons}
    return {"flowStatus": "3", "msgTitle": title, "sys_full_json_obj": json.dumps(order)}


class Texts(ChatbotHandler):
    async def process(self, callback):
        said = ChatbotMessage.from_dict(callback.data)
        say(heard="text", text=said.text.content, person=said.sender_staff_id)
        answer = self.reply_markdown("help", "**help**", said)
        say(heard="answer", errcode=answer and answer.get("errcode"))
        return AckMessage.STATUS_OK, "OK"


class Presses(CallbackHandler):
    async def process(self, callback):
        press = CardCallbackMessage.from_dict(callback.data)
        key = press.content["cardPrivateData"]["actionIds"][0]
        say(heard="press", key=key, person=press.user_id, card=press.card_instance_id)
        return AckMessage.STATUS_OK, {
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            "cardData": {"cardParamMap": shown("started again", [])},
        }


def push(client):
    card = CardReplier(client, reply_specified_group_chat(chat))
    button = {"text": "Run again", "color": "blue", "id": "again", "request": True}
    sent = card.create_and_deliver_card(TEMPLATE, shown("backup failed", [button]))
    say(heard="pushed", card=sent)
    card.put_card_data(sent, shown("backup failed twice", [button]))
    say(heard="changed")


def end_with_input():
    sys.stdin.read()
    os._exit(0)


async def main():
    logger = logging.getLogger("quiet")
    logger.disabled = True
    credential = dingtalk_stream.Credential(client_id, secret)
    client = dingtalk_stream.DingTalkStreamClient(credential, logger=logger)
    client.register_callback_handler(ChatbotMessage.TOPIC, Texts())
    client.register_callback_handler(CallbackHandler.TOPIC_CARD_CALLBACK, Presses())
    threading.Thread(target=end_with_input, daemon=True).start()
    await asyncio.gather(client.start(), asyncio.to_thread(push, client))


asyncio.run(main())
