//! Texts about pictures that follow messages.

crate::texts! {
    /// Texts about pictures that follow messages.
    PicturesUi {
        pictures: "消息图片" | "Pictures of messages",
        pictures_text: "随企业微信消息发送的图片：PNG 或 JPEG，最大 2 MiB，每边最多 4096 像素" | "Pictures that follow messages to WeCom: PNG or JPEG, at most 2 MiB and 4096 pixels a side",
        picture: "图片" | "Picture",
        size: "尺寸" | "Size",
        no_picture: "不发送图片" | "No picture is sent",
        own: "自定义" | "Custom",
        built_in: "内置" | "Built-in",
        file: "图片文件" | "Picture file",
        replace: "替换" | "Replace",
        restore: "恢复内置" | "Restore the built-in one",
        reminder: "提醒" | "Reminder",
        success: "执行成功" | "Success",
        failure: "执行失败" | "Failure",
        urge: "催单" | "Chase",
        created: "建单通知" | "New task",
    }
}
