//! Texts about notification channels.

use crate::i18n::Lang;

crate::texts! {
    /// Texts about notification channels.
    ChannelsUi {
        url_hint_telegram: "Telegram：留空；只有自建 Bot API 服务时才填" | "Telegram: leave empty, unless you run a Bot API server of your own",
        url_hint_wecom_bot: "企业微信智能机器人：留空；只有私有部署才填它的 wss:// 地址" | "WeCom bot: leave empty; a private deployment has a wss:// address of its own",
        url_hint_dingtalk_bot: "钉钉机器人：留空；专属钉钉才填它的 API 地址" | "DingTalk bot: leave empty; a dedicated installation has an API address of its own",
        url_hint_feishu_bot: "飞书机器人：飞书留空；Lark 填 https://open.larksuite.com" | "Feishu bot: leave empty for Feishu; https://open.larksuite.com for Lark",
        url_hint_email: "邮件：SMTP 服务器，例如 smtp://mail.example.com 或 smtp.example.com:587" | "E-mail: the SMTP server, such as smtp://mail.example.com or smtp.example.com:587",
        url_keep_hint: "留空则保留现在的地址" | "Leave empty to keep the current address",
        change: "修改" | "Edit",
        lang: "消息语言" | "Language of messages",
        lang_server: "按服务器设置" | "The server's setting",
        secret: "密钥" | "Secret",
        secret_keep_hint: "已保存；留空则保留" | "Stored; leave empty to keep it",
        secret_clear: "删除已保存的密钥" | "Remove the stored secret",
        secret_hint_dingtalk: "钉钉：安全设置选“加签”时的密钥，SEC 开头；没有选就留空" | "DingTalk: the secret of the security setting \"Sign\", starting with SEC; empty without it",
        secret_hint_feishu: "飞书：启用“签名校验”时的密钥；没有启用就留空" | "Feishu: the secret of \"Set signature verification\"; empty without it",
        secret_hint_telegram: "Telegram：@BotFather 给的令牌，形如 123456789:AA…（必填）" | "Telegram: the token that @BotFather gave you, such as 123456789:AA… (required)",
        secret_hint_wecom_bot: "企业微信智能机器人：API 模式选“使用长连接”后得到的 Secret（必填）" | "WeCom bot: the Secret shown for the API mode with a long connection (required)",
        secret_hint_dingtalk_bot: "钉钉机器人：应用的 Client Secret（AppSecret，必填）" | "DingTalk bot: the Client Secret of the application (required)",
        secret_hint_feishu_bot: "飞书机器人：应用的 App Secret（必填）" | "Feishu bot: the App Secret of the application (required)",
        secret_hint_email: "邮件：用户名对应的密码或授权码" | "E-mail: the password of the user name",
        secret_hint_webhook: "Webhook：用于签名（Standard Webhooks），whsec_ 加 base64；不签名就留空" | "Webhook: signs requests (Standard Webhooks): whsec_ and base64; empty for none",
        bot: "机器人 ID" | "Bot ID",
        bot_hint: "企业微信：机器人设置里的 Bot ID；钉钉：应用的 Client ID（AppKey）；飞书：应用的 App ID（cli_ 开头）" | "WeCom: the Bot ID in the settings of the bot; DingTalk: the Client ID of the application; Feishu: its App ID (starts with cli_)",
        chat: "聊天 ID" | "Chat ID",
        chat_hint: "群的 ID 是负数，例如 -1001234567890；公开频道可写 @名称" | "The ID of a group is negative, such as -1001234567890; @name for a public channel",
        chat_hint_wecom_bot: "消息发到哪里：群的 chatid 或成员的 userid；留空则只接收命令。不知道 chatid 时，在群里 @机器人 发“help”，回复里有" | "Where messages go: the chatid of a group or the userid of a member; empty to take commands only. To get a chatid, mention the bot with \"help\" in the group",
        chat_hint_dingtalk_bot: "消息发到哪里：群的 openConversationId（cid 开头）或成员的 userId；留空则只接收命令。在群里 @机器人 发“帮助”，回复里有" | "Where messages go: the openConversationId of a group (starts with cid) or the userId of a person; empty to take commands only. Mention the bot with \"help\" in the group to get it",
        chat_hint_feishu_bot: "消息发到哪里：群的 chat_id（oc_ 开头）或成员的 open_id（ou_ 开头）；留空则只接收命令。在群里 @机器人 发“帮助”，回复里有" | "Where messages go: the chat_id of a group (starts with oc_) or the open_id of a person (ou_); empty to take commands only. Mention the bot with \"help\" in the group to get it",
        method: "请求方法" | "Method",
        headers: "请求头" | "Headers",
        headers_hint: "每行一个，名称: 值；最多 10 个。加密保存；值显示为 … 的保持不变。Content-Type 用于模板生成的请求体，默认 application/json" | "One per line, Name: value; up to 10. Stored encrypted; a value shown as … stays as it is. Content-Type is for the bodies that templates make; by default application/json",
        expect: "期望的响应" | "Expected answer",
        expect_hint: "留空：状态码 2xx 就算收下，网页除外。填了：响应里还要有这段文字；填 JSON 对象如 {\"code\": 0} 则要有这些字段" | "Empty: a status of 2xx counts as accepted, unless the answer is a web page. Otherwise the answer also has to contain this text, or the fields of a JSON object such as {\"code\": 0}",
        user: "用户名" | "User name",
        user_hint: "SMTP 登录用户名；不需要登录就留空" | "For signing in to the SMTP server; empty for none",
        from: "发件人" | "From",
        from_hint: "例如 ops@example.com 或 运维 <ops@example.com>" | "Such as ops@example.com or Ops <ops@example.com>",
        to: "收件人" | "To",
        to_hint: "每行一个，最多 50 个" | "One per line, up to 50",
        tls: "加密方式" | "Encryption",
        tls_starttls: "STARTTLS（端口 587）" | "STARTTLS (port 587)",
        tls_tls: "TLS（端口 465）" | "TLS (port 465)",
        tls_none: "不加密（端口 25）" | "None (port 25)",
        ca: "信任的 CA 证书" | "Trusted CA certificate",
        ca_hint: "PEM 格式；只在对方使用自建 CA 时填" | "PEM; only for a receiver whose certificate is of a private CA",
        format: "消息格式" | "Format of messages",
        format_hint: "卡片和图文不能 @ 人；Markdown 只能按成员 ID @ 人" | "Cards and articles mention no one; Markdown mentions by user ID only",
        format_text: "文本" | "Text",
        format_markdown: "Markdown" | "Markdown",
        format_news: "图文" | "Article",
        format_template_card: "文本通知卡片" | "Text notice card",
        brief: "失败消息附失败速览" | "Failure brief in messages about failures",
        brief_on: "附上" | "On",
        brief_off: "不附" | "Off",
        templates: "模板" | "Templates",
        template: "模板" | "Template",
        template_event: "事件" | "Event",
        template_all: "所有事件（汇总除外）" | "All events except digests",
        template_own: "自定义" | "Custom",
        template_built_in: "内置" | "Built-in",
        template_named: "按名称，供通知规则选用" | "By name, for rules",
        template_add: "新建命名模板" | "New named template",
        template_name: "名称" | "Name",
        template_name_hint: "1–31 个字母、数字、汉字、- 或 _，例如 night；通知规则用这个名称选用它" | "1 to 31 letters, digits, -, _ or Chinese characters, for example night; rules choose it by this name",
        template_remove: "删除模板" | "Delete the template",
        template_hint: "变量写作 {{ task }}，条件写作 {% if exit_code %}…{% endif %}；{{ text }} 是内置的整条消息" | "Variables are written {{ task }}, conditions {% if exit_code %}…{% endif %}; {{ text }} is the whole built-in message",
        template_task: "用这个任务最近一次执行预览" | "Preview with the last run of task",
        template_task_hint: "任务名或编号；留空用示例" | "Name or ID of the task; empty for an example",
        template_run: "用这次执行" | "With the run",
        template_run_hint: "执行编号；留空用最近一次" | "ID of the run; empty for the last one",
        template_preview: "预览" | "Preview",
        template_delete: "恢复内置" | "Restore the built-in words",
        template_variables: "可用的变量" | "Variables",
        template_variable: "变量" | "Variable",
        template_meaning: "含义" | "Meaning",
        template_example: "示例" | "Example",
        fallback: "备用渠道" | "Fallback channel",
        fallback_hint: "这个渠道放弃一条消息时，改由备用渠道发送" | "Gets a message when this channel has given it up",
        connection: "长连接" | "Long connection",
        bot_connecting: "正在连接" | "Connecting",
        bot_connected: "已连接" | "Connected",
        bot_refused: "被拒绝" | "Refused",
        bot_replaced: "被别的客户端占用" | "Taken over by another client",
        people: "聊天人员" | "Chat users",
        people_text: "谁在哪个机器人的聊天里以哪个账号操作，待办里叫什么名字。只有负责人姓名、没有账号的人可以处理催自己的待办。没有列出的人会被拒绝（除非 JCRONTAB_CHAT_UNKNOWN 为 by-id），拒绝的回复里写着他的 ID。机器人换成另一个后，它的人员要重新添加。" | "Which account a person acts as in the chats of a bot, and by which name tickets know the person. With the name of an owner and no account, a person can answer the tickets of that owner. Anyone else is refused, and the reply names their ID (unless JCRONTAB_CHAT_UNKNOWN is by-id). When a channel becomes another bot, its people have to be added again.",
        people_empty: "还没有可以使用机器人的人。" | "No one can use the bots yet.",
        person: "聊天里的 ID" | "ID in the chat",
        person_hint: "例如企业微信的 userid" | "Such as the userid of WeCom",
        person_user: "账号" | "Account",
        person_user_hint: "可留空，此时要填负责人" | "May be empty where an owner is given",
        person_owner: "负责人" | "Owner",
        person_owner_hint: "任务和待办里这个人的名字，如 张三；留空用账号名" | "The name of this person in tasks and tickets; empty for the name of the account",
        person_bot: "机器人" | "Bot",
        person_bot_hint: "同一个 ID 在两个企业的机器人里是两个人" | "The same ID in the bots of two companies is two people",
        person_add: "添加" | "Add",
        person_delete_confirm: "之后这个人不能再用机器人。" | "This person can no longer use the bots.",
        would_send: "将发送的内容（密钥已遮盖；预览不会发送）" | "What would be sent (secrets masked; a preview sends nothing)",
        sent: "发送的内容（密钥已遮盖）" | "What was sent (secrets masked)",
    }
}

/// Which channel gets what this one gives up.
#[must_use]
pub fn falls_back_to(lang: Lang, name: &str) -> String {
    lang.pick(format!("备用渠道：{name}"), format!("Fallback: {name}"))
}

/// The heading of the form that changes a channel.
#[must_use]
pub fn change_channel(lang: Lang, name: &str) -> String {
    lang.pick(format!("修改渠道 {name}"), format!("Edit channel {name}"))
}

/// The title of the page of a channel's templates.
#[must_use]
pub fn templates_of(lang: Lang, name: &str) -> String {
    lang.pick(
        format!("渠道 {name} 的模板"),
        format!("Templates of channel {name}"),
    )
}
