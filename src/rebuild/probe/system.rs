//! What system calls tell: the clock, names, numbers, random bytes, addresses.

use super::{Seen, text};
use nix::{sched, unistd};
use std::{fs::File, io::Read, net::UdpSocket};

pub(super) fn observe(seen: &mut Seen) {
    // First, for what is mapped before it moves it.
    addresses(seen);
    clocks(seen);
    names(seen);
    random(seen);
    processors(seen);
    seen.add("pid", unistd::getpid());
    seen.add("parent_pid", unistd::getppid());
    seen.add("process_group", unistd::getpgrp());
    seen.maybe("session", unistd::getsid(None).ok());
    seen.add("umask", format!("{:03o}", umask()));
    // No packet is sent: this only asks for a route to an address that is nobody's.
    let route = UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.connect("192.0.2.1:9"));
    seen.add("network", if route.is_ok() { "reachable" } else { "none" });
}

/// Where things lie. A stack pointer would not do: it moves with the size of the environment.
fn addresses(seen: &mut Seen) {
    let mapped = memmap2::MmapMut::map_anon(4096).ok();
    seen.maybe("mapped_address", mapped.map(|page| format!("{:p}", page.as_ptr())));
    let maps = text("/proc/self/maps").unwrap_or_default();
    let range = |name: &str| {
        let line = maps.lines().find(|line| line.ends_with(name))?;
        line.split(' ').next()?.split_once('-')
    };
    seen.maybe("stack_address", range("[stack]").map(|(_, end)| end));
    seen.maybe("heap_address", range("[heap]").map(|(start, _)| start));
    seen.add("code_address", format!("{:p}", addresses as *const ()));
    let personality = nix::sys::personality::get().ok();
    seen.maybe(
        "personality",
        personality.map(|persona| format!("{:#x}", persona.bits())),
    );
}

fn clocks(seen: &mut Seen) {
    let shown = |clock| clock_gettime(clock).map(|(seconds, nanos)| format!("{seconds}.{nanos:09}"));
    seen.maybe("clock", shown(libc::CLOCK_REALTIME));
    seen.maybe("coarse_clock", shown(libc::CLOCK_REALTIME_COARSE));
    seen.maybe(
        "boot_clock",
        clock_gettime(libc::CLOCK_BOOTTIME).map(|(seconds, _)| seconds),
    );
    seen.maybe(
        "gettimeofday",
        gettimeofday().map(|(seconds, micros)| format!("{seconds}.{micros:06}")),
    );
    seen.add("time", time());
    seen.maybe("utc_offset", utc_offset());
    seen.maybe("uptime", uptime());
}

fn names(seen: &mut Seen) {
    let names = nix::sys::utsname::uname().ok();
    let part = |of: fn(&nix::sys::utsname::UtsName) -> &std::ffi::OsStr| {
        names.as_ref().map(|names| of(names).to_string_lossy().into_owned())
    };
    seen.maybe("hostname", part(|names| names.nodename()));
    seen.maybe("domainname", part(|names| names.domainname()));
    seen.maybe("kernel_release", part(|names| names.release()));
    seen.maybe("kernel_version", part(|names| names.version()));
}

fn random(seen: &mut Seen) {
    let mut bytes = [0; 16];
    let hex = |bytes: [u8; 16]| format!("{:032x}", u128::from_be_bytes(bytes));
    seen.maybe("getrandom", getrandom(&mut bytes).then(|| hex(bytes)));
    for (key, path) in [("urandom", "/dev/urandom"), ("dev_random", "/dev/random")] {
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
        seen.maybe(key, read.ok().map(|()| hex(bytes)));
    }
    seen.maybe("at_random", at_random().map(hex));
}

fn processors(seen: &mut Seen) {
    let mine = sched::sched_getaffinity(unistd::Pid::from_raw(0)).ok();
    let count = |set: sched::CpuSet| {
        let known = 0..sched::CpuSet::count();
        known.filter(|cpu| set.is_set(*cpu).unwrap_or(false)).count()
    };
    seen.maybe("cpus_of_process", mine.map(count));
    let configured = |variable| unistd::sysconf(variable).ok().flatten();
    seen.maybe("cpus_online", configured(unistd::SysconfVar::_NPROCESSORS_ONLN));
    seen.maybe("cpus_configured", configured(unistd::SysconfVar::_NPROCESSORS_CONF));
}

/// The umask can be read only by setting it.
fn umask() -> u32 {
    let mask = nix::sys::stat::umask(nix::sys::stat::Mode::empty());
    nix::sys::stat::umask(mask);
    mask.bits()
}

#[allow(unsafe_code, reason = "nix has no safe form of this without a further feature")]
fn clock_gettime(clock: libc::clockid_t) -> Option<(i64, i64)> {
    let mut found = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `found` is a timespec that the call may write.
    let done = unsafe { libc::clock_gettime(clock, &raw mut found) };
    (done == 0).then_some((found.tv_sec, found.tv_nsec))
}

#[allow(unsafe_code, reason = "it has no safe form")]
fn gettimeofday() -> Option<(i64, i64)> {
    let mut found = libc::timeval { tv_sec: 0, tv_usec: 0 };
    // SAFETY: `found` is a timeval that the call may write; no zone is asked for.
    let done = unsafe { libc::gettimeofday(&raw mut found, std::ptr::null_mut()) };
    (done == 0).then_some((found.tv_sec, found.tv_usec))
}

#[allow(unsafe_code, reason = "it has no safe form")]
fn time() -> i64 {
    // SAFETY: with a null pointer the call only returns the time.
    unsafe { libc::time(std::ptr::null_mut()) }
}

/// Seconds that local time was ahead of UTC at some time.
#[allow(unsafe_code, reason = "it has no safe form")]
fn utc_offset() -> Option<i64> {
    // In 2023; which, does not matter.
    let moment: libc::time_t = 1_700_000_000;
    // SAFETY: a zeroed tm is a valid one: numbers, and a pointer that may be null.
    let mut local: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live values; nothing else runs here that changes the variables it reads.
    let done = unsafe { libc::localtime_r(&raw const moment, &raw mut local) };
    (!done.is_null()).then_some(local.tm_gmtoff)
}

#[allow(unsafe_code, reason = "it has no safe form")]
fn uptime() -> Option<i64> {
    // SAFETY: a sysinfo consists of numbers only.
    let mut found: libc::sysinfo = unsafe { std::mem::zeroed() };
    // SAFETY: `found` is a sysinfo that the call may write.
    let done = unsafe { libc::sysinfo(&raw mut found) };
    (done == 0).then_some(found.uptime)
}

#[allow(unsafe_code, reason = "it has no safe form")]
fn getrandom(bytes: &mut [u8; 16]) -> bool {
    // SAFETY: the pointer and the length are those of `bytes`.
    let count = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    usize::try_from(count) == Ok(bytes.len())
}

/// The 16 random bytes that every process is started with.
#[allow(unsafe_code, reason = "the kernel hands over an address")]
fn at_random() -> Option<[u8; 16]> {
    // SAFETY: the call has no conditions.
    let address = unsafe { libc::getauxval(libc::AT_RANDOM) };
    let pointer = address as *const [u8; 16];
    // SAFETY: if it is not null, 16 bytes stand there for as long as the process lives.
    (!pointer.is_null()).then(|| unsafe { pointer.read_unaligned() })
}
