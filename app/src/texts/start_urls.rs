//! Texts about start URLs.

crate::texts! {
    /// Texts about start URLs.
    StartUrlsUi {
        start_urls: "触发地址" | "Start URLs",
        start_urls_text: "供 CI、监控等程序用一次 POST 请求启动这个任务，不需要账号。拿到地址的人都能启动，请像密码一样保管。" | "Programs such as CI or monitoring start this task with one POST request, without an account. Whoever has the address can start it, so keep it like a password.",
        start_urls_empty: "还没有触发地址" | "No start URLs yet",
        start_url_signed: "签名" | "Signature",
        start_url_signed_yes: "需要" | "Required",
        start_url_signed_no: "不需要" | "Not required",
        start_url_body: "请求内容" | "Body",
        start_url_body_list: "各个参数" | "Parameters",
        start_url_by: "创建" | "Created",
        start_url_add: "新建触发地址" | "Create a start URL",
        start_url_name_hint: "显示在执行历史里，例如 ci" | "Shown in the history of runs, such as ci",
        start_url_sign: "只接受签名的请求（HMAC-SHA256）" | "Accept signed requests only (HMAC-SHA256)",
        start_url_sign_hint: "创建时给出密钥。签名方式是 Standard Webhooks，或 GitHub、Gitea 的 X-Hub-Signature-256" | "A secret is shown at creation. Signatures are those of Standard Webhooks, or X-Hub-Signature-256 of GitHub and Gitea",
        start_url_body_hint: "由任务定义的参数；选一个参数时，整个请求内容成为它的值" | "The parameters of the task; with one chosen, the whole body becomes its value",
        start_url_once: "地址只显示这一次，请现在复制" | "The address is shown only this once; copy it now",
        start_url_secret: "签名密钥，也只显示这一次" | "The signing secret, shown only this once as well",
        start_url_use: "用法：" | "Usage:",
        start_url_delete: "用这个地址的程序将不能再启动任务。" | "Programs that use this address can no longer start the task.",
    }
}
