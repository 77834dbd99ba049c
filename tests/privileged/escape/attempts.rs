//! What a hostile build tries. `vars.sh` names what there is on the host; each attempt runs in a shell and a folder of its own.

/// How it is seen that an attempt has worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It printed `ESCAPED`, or what only a file, variable or key of the host says.
    Printed,
    /// There is a file of the attempt's name at this place of the host.
    File(&'static str),
    /// This listener of the host was reached.
    Heard(&'static str),
    /// A process of the host has ended.
    Ended,
    /// The host has another name.
    Renamed,
}

/// One attempt.
pub struct Attempt {
    pub name: &'static str,
    /// For `sh`.
    pub tries: &'static str,
    pub seen: Seen,
    /// Whether the build is given the network.
    pub network: bool,
    /// Whether it means something only for a caller who is not root.
    pub plain_only: bool,
}

const fn attempt(name: &'static str, seen: Seen, tries: &'static str) -> Attempt {
    Attempt {
        name,
        tries,
        seen,
        network: false,
        plain_only: false,
    }
}

const fn networked(name: &'static str, seen: Seen, tries: &'static str) -> Attempt {
    Attempt {
        network: true,
        ..attempt(name, seen, tries)
    }
}

const fn plain(name: &'static str, seen: Seen, tries: &'static str) -> Attempt {
    Attempt {
        plain_only: true,
        ..attempt(name, seen, tries)
    }
}

use Seen::{Ended, File, Heard, Printed, Renamed};

pub const ATTEMPTS: &[Attempt] = &[
    // The machine's folders.
    attempt("write-usr", File("/usr/"), "echo > /usr/$MARK"),
    attempt(
        "remount-usr",
        File("/usr/"),
        "mount -o remount,rw /usr; echo > /usr/$MARK",
    ),
    attempt(
        "remount-bind-usr",
        File("/usr/"),
        "mount -o remount,bind,rw /usr; echo > /usr/$MARK",
    ),
    attempt(
        "bind-usr-elsewhere",
        File("/usr/"),
        "mkdir m; mount --bind /usr m; mount -o remount,bind,rw m; echo > m/$MARK",
    ),
    attempt(
        "remount-in-namespaces",
        File("/usr/"),
        "unshare -Urm sh -c \"mount -o remount,bind,rw /usr; echo > /usr/$MARK\"",
    ),
    attempt("unmount-etc", File("/etc/"), "umount -l /etc; echo > /etc/$MARK"),
    attempt("write-root", File("/"), "mount -o remount,rw /; echo > /$MARK"),
    attempt(
        "write-var",
        File("/var/"),
        "mount -o remount,bind,rw /var; echo > /var/$MARK",
    ),
    attempt("write-source", File("{base}/source/"), "echo > $BASE/source/$MARK"),
    attempt(
        "write-home",
        File("{home}/"),
        "mkdir -p $HOME_OF_CALLER; echo > $HOME_OF_CALLER/$MARK",
    ),
    attempt("write-work", File("{base}/work/"), "echo > $BASE/work/$MARK"),
    attempt("write-tmp", File("/tmp/"), "echo > /tmp/$MARK"),
    attempt("write-var-tmp", File("/var/tmp/"), "echo > /var/tmp/$MARK"),
    attempt("write-shm", File("/dev/shm/"), "echo > /dev/shm/$MARK"),
    attempt("write-dev", File("/dev/"), "echo > /dev/$MARK"),
    // The first process, which is outside of the build's root.
    attempt("first-root", File("/usr/"), "echo > /proc/1/root/usr/$MARK"),
    attempt("first-root-read", Printed, "cat /proc/1/root$HOME_OF_CALLER/secret"),
    attempt(
        "first-cwd",
        Printed,
        "cat /proc/1/cwd/../../../../../../../..$HOME_OF_CALLER/secret",
    ),
    attempt("first-descriptors", Printed, "ls /proc/1/fd/* && echo ESCAPED"),
    attempt("first-environment", Printed, "cat /proc/1/environ"),
    attempt("all-environments", Printed, "cat /proc/[0-9]*/environ"),
    attempt("first-memory", Printed, "python3 $HELPER memory 1"),
    attempt("first-memory-read", Printed, "python3 $HELPER peek 1"),
    attempt("first-trace", Printed, "python3 $HELPER trace 1"),
    attempt(
        "first-mounts-entered",
        File("/usr/"),
        "nsenter -t 1 -m sh -c \"echo > /usr/$MARK\"",
    ),
    attempt(
        "first-mounts-read",
        Printed,
        "nsenter --mount=/proc/1/ns/mnt cat $HOME_OF_CALLER/secret",
    ),
    attempt(
        "first-user-entered",
        Printed,
        "nsenter --user=/proc/1/ns/user echo ESCAPED",
    ),
    attempt(
        "first-network-entered",
        Printed,
        "nsenter --net=/proc/1/ns/net echo ESCAPED",
    ),
    attempt("host-process-killed", Ended, "kill -9 $VICTIM"),
    attempt(
        "host-processes-seen",
        Printed,
        "cat /proc/[0-9]*/cmdline | grep -a [r]epro-escape-victim && echo ESCAPED",
    ),
    // Folders that are not the build's.
    attempt("home-secret", Printed, "cat $HOME_OF_CALLER/secret"),
    attempt(
        "home-secret-by-root-link",
        Printed,
        "cat /proc/self/root$HOME_OF_CALLER/secret",
    ),
    attempt(
        "home-uncovered",
        Printed,
        "umount -l $HOME_OF_CALLER; cat $HOME_OF_CALLER/secret",
    ),
    attempt(
        "home-bound-elsewhere",
        Printed,
        "mkdir m; mount --rbind / m; umount -l m$HOME_OF_CALLER; cat m$HOME_OF_CALLER/secret",
    ),
    attempt(
        "home-bound-without-covers",
        Printed,
        "mkdir m; mount --bind $(dirname $BASE) m; cat m/$(basename $BASE)/home/secret",
    ),
    attempt(
        "home-through-chroot",
        Printed,
        "python3 $HELPER chroot $HOME_OF_CALLER/secret",
    ),
    attempt(
        "home-by-handle",
        Printed,
        "python3 $HELPER handle /usr/bin/env $HOME_OF_CALLER/secret",
    ),
    attempt("run-secret", Printed, "cat $RUN/secret"),
    attempt("run-by-old-name", Printed, "cat /var/run/$(basename $RUN)/secret"),
    attempt(
        "inherited-descriptor",
        Printed,
        "cat /proc/self/fd/9/secret; cat /dev/fd/9/secret; sh -c 'cat <&8'",
    ),
    attempt("callers-keys", Printed, "python3 $HELPER keys"),
    plain("set-user-id", Printed, "$BASE/open/suid -p -c 'cat '$BASE/open/of-root"),
    attempt(
        "new-privileges",
        Printed,
        "grep -q 'NoNewPrivs:.*0' /proc/self/status && echo ESCAPED",
    ),
    // The kernel's own files.
    attempt(
        "core-pattern",
        Printed,
        "f=/proc/sys/kernel/core_pattern; v=$(cat $f); echo \"$v\" > $f && echo ESCAPED",
    ),
    attempt(
        "sysctl",
        Printed,
        "f=/proc/sys/vm/swappiness; v=$(cat $f); echo \"$v\" > $f && echo ESCAPED",
    ),
    attempt(
        "sysctl-remounted",
        Printed,
        "mount -o remount,rw /proc; mount -o remount,bind,rw /proc/sys; umount -l /proc/sys; \
         f=/proc/sys/vm/swappiness; v=$(cat $f); echo \"$v\" > $f && echo ESCAPED",
    ),
    attempt(
        "proc-mounted-anew",
        Printed,
        "mkdir m; mount -t proc proc m; f=m/sys/vm/swappiness; v=$(cat $f); echo \"$v\" > $f && echo ESCAPED",
    ),
    attempt(
        "proc-of-new-namespaces",
        Printed,
        "mkdir m; unshare -Urmpf sh -c 'mount -t proc proc m; f=m/sys/vm/swappiness; v=$(cat $f); echo \"$v\" > $f && echo ESCAPED'",
    ),
    attempt("sysrq", Printed, "echo h > /proc/sysrq-trigger && echo ESCAPED"),
    attempt(
        "sys-written",
        Printed,
        "for f in /sys/kernel/mm/*/* /sys/kernel/profiling /sys/module/*/parameters/*; do v=$(cat $f | head -c 99) && \
         (echo \"$v\" > $f) 2>/dev/null && echo ESCAPED && break; done",
    ),
    attempt(
        "sys-remounted",
        Printed,
        "mount -o remount,rw /sys && echo ESCAPED; mount -o remount,bind,rw /sys && echo ESCAPED",
    ),
    attempt(
        "sys-mounted-anew",
        Printed,
        "mkdir m; mount -t sysfs sysfs m && echo ESCAPED",
    ),
    attempt(
        "cgroup-made",
        File("/sys/fs/cgroup/pids/"),
        "mount -o remount,bind,rw /sys/fs/cgroup/pids; mkdir /sys/fs/cgroup/pids/$MARK",
    ),
    attempt(
        "cgroup-two-made",
        File("/sys/fs/cgroup/unified/"),
        "mkdir /sys/fs/cgroup/$MARK /sys/fs/cgroup/unified/$MARK",
    ),
    attempt(
        "cgroup-mounted",
        Printed,
        "mkdir m; mount -t cgroup -o pids none m && echo ESCAPED; mount -t cgroup2 none m && echo ESCAPED",
    ),
    attempt(
        "kernel-memory",
        Printed,
        "for f in /proc/kcore /dev/mem /dev/kmem /dev/port; do head -c 1 $f >/dev/null && echo ESCAPED; done",
    ),
    attempt("kernel-log-written", Printed, "(: > /dev/kmsg) && echo ESCAPED"),
    attempt("kernel-module", Printed, "python3 $HELPER module"),
    attempt("clock-set", Printed, "python3 $HELPER clock"),
    attempt("reboot", Printed, "python3 $HELPER reboot"),
    attempt("host-name", Renamed, "hostname $MARK; nsenter -t 1 -u hostname $MARK"),
    // Devices.
    attempt(
        "disk-read",
        Printed,
        "for f in /dev/vd? /dev/sd? /dev/nvme?n? /dev/xvd? /dev/loop0; do head -c 1 $f > /dev/null && echo ESCAPED; done",
    ),
    attempt(
        "disk-made",
        Printed,
        "mknod d b $DISK && head -c 1 d > /dev/null && echo ESCAPED",
    ),
    attempt(
        "disk-mounted",
        Printed,
        "mkdir m; for f in /dev/vd? /dev/sd?; do mount $f m && echo ESCAPED; done",
    ),
    attempt(
        "devices-mounted",
        Printed,
        "mkdir m; mount -t devtmpfs none m && echo ESCAPED",
    ),
    attempt(
        "machine-devices",
        Printed,
        "for f in kvm fuse net/tun loop-control hwrng; do test -e /dev/$f && echo ESCAPED; done",
    ),
    attempt("callers-terminal", Heard("terminal"), "echo escaped > $TERMINAL"),
    // Who listens on the host.
    attempt(
        "abstract-socket",
        Heard("abstract"),
        "python3 $HELPER abstract $ABSTRACT",
    ),
    attempt(
        "socket-in-home",
        Heard("home"),
        "python3 $HELPER stream $HOME_OF_CALLER/socket",
    ),
    attempt("socket-in-run", Heard("run"), "python3 $HELPER stream $RUN/socket"),
    attempt("socket-in-tmp", Heard("tmp"), "python3 $HELPER stream $TMP/socket"),
    attempt(
        "socket-in-open",
        Heard("open"),
        "python3 $HELPER stream $BASE/open/socket",
    ),
    attempt(
        "socket-relative",
        Heard("relative"),
        "cd $BASE/open; python3 $HELPER stream relative",
    ),
    attempt(
        "socket-by-link",
        Heard("linked"),
        "ln -s $BASE/open/linked here; python3 $HELPER stream here",
    ),
    attempt(
        "socket-sent-to",
        Heard("datagram"),
        "python3 $HELPER sent $BASE/open/datagram",
    ),
    attempt(
        "socket-messaged",
        Heard("message"),
        "python3 $HELPER message $BASE/open/message",
    ),
    attempt(
        "socket-bound-later",
        Heard("late"),
        "python3 $HELPER late $BASE/open/late",
    ),
    attempt("loopback", Heard("tcp"), "python3 $HELPER tcp 127.0.0.1 $PORT"),
    attempt("shared-memory", Printed, "python3 $HELPER shared $SHARED"),
    networked(
        "network-abstract-socket",
        Heard("abstract"),
        "python3 $HELPER abstract $ABSTRACT",
    ),
    networked(
        "network-socket-in-home",
        Heard("home"),
        "python3 $HELPER stream $HOME_OF_CALLER/socket",
    ),
    networked(
        "network-socket-in-run",
        Heard("run"),
        "python3 $HELPER stream $RUN/socket",
    ),
    networked(
        "network-socket-in-open",
        Heard("open"),
        "python3 $HELPER stream $BASE/open/socket",
    ),
    networked(
        "network-interface",
        Printed,
        "ip link add repro-escape type dummy && ip link del repro-escape && echo ESCAPED",
    ),
    networked(
        "network-raw",
        Printed,
        "python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW); print(\"ESCAPED\")'",
    ),
];
