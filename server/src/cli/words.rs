//! Table headings and stable codes in the reader's language. In English both are the codes themselves,
//! which scripts may parse.

use app::auth::Role;
use app::channel::ChannelKind;
use app::i18n::Lang;
use app::occurrence::OccurrenceState;
use app::run::{RunState, Trigger, UnrunState};
use app::task::{Mode, TaskState};
use app::texts::Ui;
use app::transition::Word;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::lang;

/// Columns of tables, and their headings in Chinese.
const COLUMNS: &[(&str, &str)] = &[
    ("active", "生效中"),
    ("address", "地址"),
    ("bad", "失败"),
    ("body", "模板"),
    ("changed", "修改时间"),
    ("channel", "渠道"),
    ("client", "浏览器"),
    ("count", "次数"),
    ("created_at", "创建时间"),
    ("cron", "工作周期"),
    ("date", "日期"),
    ("day", "星期"),
    ("dead", "发送失败"),
    ("disabled", "已停用"),
    ("due", "开始时间"),
    ("event", "事件"),
    ("example", "示例"),
    ("excerpt", "结果"),
    ("exit_code", "退出码"),
    ("expires_at", "到期"),
    ("fallback", "备用渠道"),
    ("finished_at", "结束时间"),
    ("health", "状况"),
    ("heard", "最近心跳"),
    ("height", "高"),
    ("host", "主机"),
    ("id", "编号"),
    ("kind", "类型"),
    ("last", "上次执行"),
    ("last_seen_at", "最近使用"),
    ("last_used_at", "最近使用"),
    ("last_used_from", "来自"),
    ("limits", "限于"),
    ("meaning", "含义"),
    ("media_type", "格式"),
    ("name", "名称"),
    ("next", "下次执行"),
    ("next send", "下次发送"),
    ("note", "备注"),
    ("output", "输出"),
    ("own", "自定义"),
    ("pending", "待发"),
    ("period", "时段"),
    ("policy", "策略"),
    ("prefix", "前缀"),
    ("proxy", "代理"),
    ("reason", "原因"),
    ("role", "角色"),
    ("run", "执行"),
    ("running", "执行中"),
    ("runs", "执行中"),
    ("scheduled", "计划时间"),
    ("scheduled_for", "计划时间"),
    ("scopes", "范围"),
    ("setting", "设置"),
    ("signed_in_at", "登录时间"),
    ("skew", "时钟偏差"),
    ("slots", "名额"),
    ("source", "来源"),
    ("started", "启动时间"),
    ("started_at", "开始时间"),
    ("state", "状态"),
    ("success", "成功率"),
    ("tags", "标签"),
    ("task_name", "任务"),
    ("tasks", "任务"),
    ("total", "次数"),
    ("trigger", "触发"),
    ("up", "运行中"),
    ("updated", "更新时间"),
    ("updated_at", "更新时间"),
    ("url", "地址"),
    ("url_masked", "地址"),
    ("used_by", "使用数"),
    ("user", "用户"),
    ("value", "值"),
    ("version", "版本"),
    ("waiting", "等待中"),
    ("when", "时间"),
    ("width", "宽"),
    ("years", "年份"),
    ("zone data", "时区数据"),
];

/// The heading of a column; an unlisted column is its own heading.
pub(super) fn heading(column: &str) -> String {
    let key = column.to_lowercase();
    let known = COLUMNS.iter().find(|(name, _)| *name == key);
    match (lang(), known) {
        (Lang::Zh, Some((_, words))) => (*words).to_owned(),
        // A column with the number of runs in a state.
        (Lang::Zh, None) if read::<RunState>(&key).is_some() => state(&key),
        _ => column.to_uppercase(),
    }
}

/// The cell of a table: words in Chinese, the code in English.
pub(super) fn value(column: &str, code: String) -> String {
    if lang() == Lang::En {
        return code;
    }
    let ui = Ui::of(Lang::Zh);
    let word = match column.to_lowercase().as_str() {
        "state" | "last" => return state(&code),
        "trigger" => read::<Trigger>(&code).map(|trigger| ui.trigger_text(trigger)),
        "role" => read::<Role>(&code).map(|role| ui.role_text(role).0),
        "mode" => read::<Mode>(&code).map(|mode| ui.mode_text(mode).0),
        "kind" => match code.as_str() {
            "work" => Some("工作日"),
            "rest" => Some("休息日"),
            _ => read::<ChannelKind>(&code).map(|kind| ui.channel_kind(kind)),
        },
        "day" => weekday(&code),
        "policy" => match code.as_str() {
            "drop" => Some("跳过"),
            "catch_up" => Some("补执行"),
            _ => None,
        },
        "active" | "up" | "disabled" | "own" => match code.as_str() {
            "true" | "yes" => Some("是"),
            "false" => Some("否"),
            _ => None,
        },
        _ => None,
    };
    word.map_or(code, str::to_owned)
}

/// The word for a state of a task, a run or a firing.
pub(super) fn state(code: &str) -> String {
    if lang() == Lang::En {
        return code.to_owned();
    }
    let ui = Ui::of(Lang::Zh);
    let word = read::<TaskState>(code)
        .map(|state| ui.task_state(state))
        .or_else(|| read::<RunState>(code).map(|state| ui.run_state(state)))
        .or_else(|| read::<UnrunState>(code).map(|state| ui.unrun_state(state)))
        .or_else(|| {
            let is_planned = OccurrenceState::read(code) == Some(OccurrenceState::Planned);
            is_planned.then_some("已计划")
        });
    word.unwrap_or(code).to_owned()
}

fn weekday(short: &str) -> Option<&'static str> {
    Some(match short {
        "Mon" => "周一",
        "Tue" => "周二",
        "Wed" => "周三",
        "Thu" => "周四",
        "Fri" => "周五",
        "Sat" => "周六",
        "Sun" => "周日",
        _ => return None,
    })
}

/// `时区：UTC`, `Time zone: UTC`.
pub(super) fn labelled(label: &str, value: impl std::fmt::Display) -> String {
    lang().pick(format!("{label}：{value}"), format!("{label}: {value}"))
}

/// A label whose text follows below it.
pub(super) fn title(label: &str) -> String {
    lang().pick(format!("{label}："), format!("{label}:"))
}

/// A code of the API as its type; `None` for one of another version.
fn read<T: DeserializeOwned>(code: &str) -> Option<T> {
    serde_json::from_value(Value::String(code.to_owned())).ok()
}
