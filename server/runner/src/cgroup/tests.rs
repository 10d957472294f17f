//! Control groups, in folders that look like them.

use super::*;

#[test]
fn our_own_group_is_found_in_any_layout() {
    let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    let hybrid = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
        41 31 0:38 / /sys/fs/cgroup/uni\\040fied rw shared:9 - cgroup2 cgroup2 rw\n";
    let bound = "41 31 0:38 /box /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
    for (mounts, groups, path) in [
        (
            unified,
            "0::/system.slice/jcrontab.service\n",
            Some("/sys/fs/cgroup/system.slice/jcrontab.service"),
        ),
        (
            hybrid,
            "4:memory:/x\n0::/\n",
            Some("/sys/fs/cgroup/uni fied/"),
        ),
        (bound, "0::/box/inner\n", Some("/sys/fs/cgroup/inner")),
        (bound, "0::/elsewhere\n", None),
        (unified, "0::/../../outside\n", None),
        (unified, "4:memory:/x\n", None),
        (
            "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw\n",
            "0::/\n",
            None,
        ),
        ("nonsense\n", "0::/\n", None),
    ] {
        assert_eq!(
            own_group(mounts, groups),
            path.map(PathBuf::from),
            "{mounts}"
        );
    }
}

#[test]
fn the_memory_controller_is_known_by_its_name() {
    for (list, has) in [
        ("", false),
        ("\n", false),
        ("cpu pids\n", false),
        ("cpuset cpu io memory hugetlb pids\n", true),
        ("memory", true),
        ("nomemory memory.x", false),
    ] {
        assert_eq!(has_memory(list), has, "{list:?}");
    }
}

#[test]
fn only_leaves_of_the_folder_are_touched() {
    let key = "0123456789abcdef0123456789abcdef";
    for path in [
        "/sys/fs/cgroup/system.slice",
        "/sys/fs/cgroup/jcrontab-0123456789abcdef",
        "/sys/fs/cgroup/jcrontab-ffffffffffffffff/run-1",
        "/sys/fs/cgroup/jcrontab-0123456789abcdef/../run-1",
        "/etc/jcrontab-0123456789abcdef/run-1",
    ] {
        assert!(!is_leaf_of(Path::new(path), key), "{path}");
    }
}
