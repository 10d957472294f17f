//! Programs that cron does not find without a `PATH`: its own is `/usr/bin:/bin`.

/// Programs of `/sbin` and `/usr/sbin`.
const SBIN: &[&str] = &[
    "a2ensite",
    "apache2ctl",
    "apachectl",
    "arp",
    "blkid",
    "btrfs",
    "chroot",
    "dmidecode",
    "ethtool",
    "fsck",
    "fstrim",
    "halt",
    "httpd",
    "hwclock",
    "ifconfig",
    "ip6tables",
    "ipset",
    "iptables",
    "iptables-restore",
    "iptables-save",
    "ldconfig",
    "logrotate",
    "losetup",
    "lvcreate",
    "lvremove",
    "mdadm",
    "modprobe",
    "nft",
    "nginx",
    "ntpdate",
    "poweroff",
    "reboot",
    "rndc",
    "route",
    "runuser",
    "service",
    "shutdown",
    "smartctl",
    "sshd",
    "swapoff",
    "swapon",
    "sysctl",
    "tcpdump",
    "tmpreaper",
    "tmpwatch",
    "traceroute6",
    "tune2fs",
    "useradd",
    "usermod",
    "vgs",
    "visudo",
    "zfs",
    "zpool",
];
/// Programs that are usually installed in `/usr/local/bin`, `/opt` or a home folder.
const LOCAL: &[&str] = &[
    "aws",
    "bun",
    "bundle",
    "cargo",
    "composer",
    "conda",
    "deno",
    "docker-compose",
    "drush",
    "go",
    "helm",
    "kubectl",
    "node",
    "npm",
    "npx",
    "pipenv",
    "pm2",
    "pnpm",
    "poetry",
    "pyenv",
    "rbenv",
    "uv",
    "wp",
    "yarn",
];

/// The first program of a command that is usually not in cron's search path, where it is named without a folder.
pub(super) fn elsewhere(command: &str) -> Option<&str> {
    // A command that sets the variable itself knows what it does.
    if command.contains("PATH=") {
        return None;
    }
    let parts = command.split(['|', ';', '&', '(', '{', '\n']);
    parts
        .filter_map(program)
        .find(|name| SBIN.binary_search(name).is_ok() || LOCAL.binary_search(name).is_ok())
}

/// The program of a simple command: its first word that is no setting and no prefix.
fn program(part: &str) -> Option<&str> {
    let is_prefix = |word: &&str| {
        matches!(
            *word,
            "nohup" | "exec" | "time" | "nice" | "then" | "do" | "!"
        ) || word.contains('=')
    };
    part.split_whitespace().find(|word| !is_prefix(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_are_sorted() {
        assert!(SBIN.is_sorted() && LOCAL.is_sorted());
    }

    #[test]
    fn programs_outside_of_the_path_of_cron_are_found() {
        for (command, wanted) in [
            ("reboot", Some("reboot")),
            ("cd /srv/app && npm run sync", Some("npm")),
            ("A=b nohup service x reload", Some("service")),
            // sudo has a path of its own.
            ("sudo service x reload", None),
            (
                "test -x /x || { cd / && logrotate /etc/l; }",
                Some("logrotate"),
            ),
            ("/sbin/reboot", None),
            ("PATH=$PATH:/sbin; reboot", None),
            ("echo reboot", None),
            ("date", None),
            ("", None),
        ] {
            assert_eq!(elsewhere(command), wanted, "{command}");
        }
    }
}
