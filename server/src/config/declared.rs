//! The settings themselves: each with its flag, its variable, its default and what it means, once.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use super::log::LogSettings;
use super::setting::settings;
use super::{ContainBy, Isolate, TelemetrySettings, TlsSettings};

settings! {
    /// Settings of a server process.
    pub struct Config {
        /// Database: empty for the embedded SQLite, or mysql://USER:PASSWORD@HOST/NAME
        #[arg(
            long,
            env = "DATABASE_URL",
            hide_env_values = true,
            default_value = "",
            global = true,
            help_heading = "Server"
        )]
        pub database_url: String => fixed "数据库：留空使用内嵌的 SQLite，或 mysql://USER:PASSWORD@HOST/NAME；USER 和 PASSWORD 里的 # / ? @ : % 写作 %23 %2F %3F %40 %3A %25",

        /// Folder with the embedded database, keys, output and the local socket
        #[arg(
            long,
            env = "JCRONTAB_DATA_DIR",
            default_value = "./data",
            global = true,
            help_heading = "Server"
        )]
        pub data_dir: PathBuf => fixed "数据文件夹：内嵌数据库、密钥、输出和本机套接字，权限 0700",

        /// Address to listen on
        #[arg(
            long,
            env = "JCRONTAB_LISTEN",
            default_value = "127.0.0.1:8000",
            global = true,
            help_heading = "Server"
        )]
        pub listen: SocketAddr => fixed "监听地址",

        /// Reverse proxies whose X-Forwarded-For or Forwarded header is trusted, as CIDR list
        #[arg(
            long,
            env = "JCRONTAB_TRUSTED_PROXIES",
            value_delimiter = ',',
            value_parser = crate::auth::proxies::network,
            global = true, help_heading = "HTTP limits")]
        pub trusted_proxies: Vec<IpNet> => live "信任其 X-Forwarded-For 或 Forwarded 请求头的反向代理，CIDR 列表",

        /// Concurrent connections; 0 for a quarter of the open files limit, at most 4096
        #[arg(
            long,
            env = "JCRONTAB_MAX_CONNECTIONS",
            default_value_t = 0,
            global = true,
            help_heading = "HTTP limits"
        )]
        pub max_connections: usize => fixed "同时打开的连接数；0 表示打开文件数上限的四分之一，最多 4096",

        /// Concurrent connections from one address, trusted proxies excepted; 0 for a quarter of all
        #[arg(
            long,
            env = "JCRONTAB_MAX_CONNECTIONS_PER_ADDRESS",
            default_value_t = 0,
            global = true,
            help_heading = "HTTP limits"
        )]
        pub max_connections_per_address: usize => fixed "同一地址同时打开的连接数，受信任的代理除外；0 表示全部的四分之一",

        /// Requests per minute of one account, one API token or one address without either; 0 for no limit
        #[arg(
            long,
            env = "JCRONTAB_REQUESTS_PER_MINUTE",
            default_value_t = 6000,
            global = true,
            help_heading = "HTTP limits"
        )]
        pub requests_per_minute: u32 => fixed "每个账号、每个 API 令牌、未登录时每个地址每分钟的请求数；0 表示不限",

        /// Address under which people reach the server, for links in messages; it may end with a path, such as /cron
        #[arg(
            long,
            env = "JCRONTAB_PUBLIC_URL",
            default_value = "",
            global = true,
            help_heading = "Server"
        )]
        pub public_url: String => fixed "大家访问服务器的地址，用于消息里的链接；可以带路径，如 https://ops.example.com/cron；以 https:// 开头时 Cookie 带 Secure，响应带 HSTS",

        /// What links in reminders may do without an account: done, take, snooze, assign, cycle, run, log; off for no
        /// such links
        #[arg(
            long,
            env = "JCRONTAB_LINK_ACTS",
            default_value = "done,take,snooze,assign,cycle,log",
            global = true,
            help_heading = "Server"
        )]
        pub link_acts: String => fixed "提醒里的链接不登录可以做什么：done、take、snooze、assign、cycle、run、log；off 表示不带这样的链接。对已发出的链接同样生效",

        /// What people may do in chats with bots who are not listed there: refuse for nothing, by-id to answer tickets
        /// whose owner is their ID in the chat
        #[arg(
            long,
            env = "JCRONTAB_CHAT_UNKNOWN",
            default_value = "refuse",
            global = true,
            help_heading = "Server"
        )]
        pub chat_unknown: String => fixed "没有列入聊天人员的人在机器人的聊天里可以做什么：refuse 表示拒绝，by-id 表示可以处理负责人是其聊天 ID 的待办",

        /// IANA time zone of tasks without one; the system's time zone when empty
        #[arg(
            long = "default-zone",
            env = "JCRONTAB_ZONE",
            default_value = "",
            global = true,
            help_heading = "Server"
        )]
        pub zone: String => fixed "没有写时区的任务使用的 IANA 时区；留空使用系统时区",

        /// Private networks that outgoing requests may reach, as CIDR list
        #[arg(
            long,
            env = "JCRONTAB_OUTBOUND_ALLOW",
            value_delimiter = ',',
            global = true,
            help_heading = "Outgoing requests"
        )]
        pub outbound_allow: Vec<IpNet> => fixed "对外请求可以访问的内网网段，CIDR 列表",

        /// Proxy for messages, calendars and HTTP tasks: http://HOST:PORT or https://HOST:PORT, with
        /// USER:PASSWORD@ if it needs credentials
        #[arg(
            long,
            env = "JCRONTAB_OUTBOUND_PROXY",
            hide_env_values = true,
            default_value = "",
            global = true,
            help_heading = "Outgoing requests"
        )]
        pub outbound_proxy: String => fixed "消息、日历和 HTTP 任务使用的代理：http://HOST:PORT 或 https://HOST:PORT，需要认证时加 USER:PASSWORD@",

        /// Hosts reached without the proxy, as in NO_PROXY: names with their subdomains, addresses,
        /// networks, * for all
        #[arg(
            long,
            env = "JCRONTAB_OUTBOUND_NO_PROXY",
            default_value = "",
            global = true,
            help_heading = "Outgoing requests"
        )]
        pub outbound_no_proxy: String => fixed "不经过代理的主机，写法同 NO_PROXY：域名（含子域名）、地址、网段，* 表示全部",

        /// Certificates in PEM of a CA that outgoing connections trust besides the system's: messages, mail, calendars and
        /// HTTP tasks
        #[arg(
            long,
            env = "JCRONTAB_OUTBOUND_CA",
            value_name = "FILE",
            default_value = "",
            global = true,
            help_heading = "Outgoing requests"
        )]
        pub outbound_ca: String => fixed "对外连接（消息、邮件、日历和 HTTP 任务）在系统证书之外信任的 CA 证书，PEM 文件",

        /// Unix user that runs commands when the server runs as root; empty for one user per task
        #[arg(
            long,
            env = "JCRONTAB_RUN_AS",
            default_value = "",
            global = true,
            help_heading = "Running commands"
        )]
        pub run_as: String => fixed "服务器以 root 运行时执行命令的系统用户；留空则每个任务一个用户",

        /// User IDs for tasks without a user, one per task: auto, off, or a range such as 200000-265533;
        /// only when the server runs as root. Empty for auto without JCRONTAB_RUN_AS, else off
        #[arg(
            long,
            env = "JCRONTAB_RUN_AS_POOL",
            default_value = "",
            global = true,
            help_heading = "Running commands"
        )]
        pub run_as_pool: String => fixed "没有指定用户的任务使用的用户 ID，每个任务一个：auto、off 或 200000-265533 这样的范围；仅在服务器以 root 运行时有效。没有设置 JCRONTAB_RUN_AS 时留空等于 auto，否则等于 off",

        /// Other Unix users that a task may choose to run as; only when the server runs as root
        #[arg(
            long,
            env = "JCRONTAB_RUN_AS_ALLOW",
            value_delimiter = ',',
            global = true,
            help_heading = "Running commands"
        )]
        pub run_as_allow: Vec<String> => fixed "任务可以选择的其他系统用户，逗号分隔；仅在服务器以 root 运行时有效",

        /// Folder for the scratch folders of users that commands run as; only when the server is root.
        /// It and what it is in must belong to root and be closed to others' writing
        #[arg(
            long,
            env = "JCRONTAB_SCRATCH_DIR",
            default_value = "/var/lib/jcrontab-scratch",
            global = true,
            help_heading = "Running commands"
        )]
        pub scratch_dir: PathBuf => fixed "执行命令的用户的临时文件夹放在哪里；仅在服务器以 root 运行时有效。它和里面的内容必须属于 root，其他人不可写",

        /// How the processes of a command are kept together
        #[arg(
            long,
            env = "JCRONTAB_CONTAINMENT",
            value_enum,
            default_value_t,
            global = true,
            help_heading = "Running commands"
        )]
        pub containment: ContainBy => fixed "用什么把一条命令的所有进程管在一起",

        /// Isolation of commands from the server's files and from each other
        #[arg(
            long,
            env = "JCRONTAB_ISOLATION",
            value_enum,
            default_value_t,
            global = true,
            help_heading = "Running commands"
        )]
        pub isolation: Isolate => fixed "把命令与服务器的文件、与其他命令隔离开",

        /// Run commands as root when the server runs as root (1 to allow)
        #[arg(
            long,
            env = "JCRONTAB_ALLOW_ROOT",
            default_value = "0",
            global = true,
            help_heading = "Running commands"
        )]
        pub allow_root: String => fixed "服务器以 root 运行时，允许命令也以 root 执行（1 表示允许）",

        /// Seconds that running commands have to finish when the server stops
        #[arg(
            long,
            env = "JCRONTAB_SHUTDOWN_GRACE",
            default_value_t = 20,
            global = true,
            help_heading = "Server"
        )]
        pub shutdown_grace: u64 => live "服务器停止时，留给正在执行的命令的秒数",

        /// Where output is stored: empty for a folder in the data folder, file:///FOLDER, or
        /// s3://BUCKET/PREFIX
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_URL",
            default_value = "",
            global = true,
            help_heading = "Stored output"
        )]
        pub output_url: String => fixed "输出存在哪里：留空为数据文件夹下的 output/，或 file:///FOLDER，或 s3://BUCKET/PREFIX",

        /// Endpoint of an S3-compatible store other than Amazon S3
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_ENDPOINT",
            default_value = "",
            global = true,
            help_heading = "Stored output"
        )]
        pub output_endpoint: String => fixed "兼容 S3 的存储的地址；留空使用 Amazon S3",

        /// Region of the S3 bucket
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_REGION",
            default_value = "us-east-1",
            global = true,
            help_heading = "Stored output"
        )]
        pub output_region: String => fixed "S3 存储桶所在的区域",

        /// Access key ID for the S3 bucket; the machine's role when empty
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_ACCESS_KEY_ID",
            default_value = "",
            global = true,
            help_heading = "Stored output"
        )]
        pub output_access_key_id: String => fixed "S3 存储桶的访问密钥 ID；留空使用本机的角色",

        /// Secret access key for the S3 bucket
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_SECRET_ACCESS_KEY",
            hide_env_values = true,
            default_value = "",
            global = true,
            help_heading = "Stored output"
        )]
        pub output_secret_access_key: String => fixed "S3 存储桶的访问密钥",

        /// Bytes stored from the start of a run's output; of the rest, the last 256 KiB
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_HEAD",
            default_value_t = 8 * 1024 * 1024,
            global = true, help_heading = "Stored output")]
        pub output_head: u64 => fixed "每次执行的输出从头保留的字节数；其余部分只保留最后 256 KiB",

        /// Free disk space in bytes below which no output is written; at most 5 % of the disk
        #[arg(
            long,
            env = "JCRONTAB_OUTPUT_MIN_FREE",
            default_value_t = 1024 * 1024 * 1024,
            global = true, help_heading = "Stored output")]
        pub output_min_free: u64 => fixed "磁盘剩余空间低于这么多字节时不再写输出；最多按磁盘的 5 % 计",

        /// Language of chat messages: zh or en
        #[arg(
            long = "message-lang",
            env = "JCRONTAB_LANG",
            default_value = "zh",
            global = true,
            help_heading = "Server"
        )]
        pub lang: String => fixed "群消息的语言：zh 或 en",

        with
        /// TLS by the server itself.
        pub tls: TlsSettings,
        /// The log.
        pub logging: LogSettings,
        /// Metrics and the log of requests.
        pub telemetry: TelemetrySettings,
    }
}
