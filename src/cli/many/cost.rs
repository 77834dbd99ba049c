//! What one item costs: wall clock, processor time, memory. Only lines of a list have it, and what is made of them leaves it out unless it is asked for.

use nix::sys::resource::{Usage, UsageWho, getrusage};
use repro::model::BatchCost;
use std::{fs, time::Duration};

/// Does something, and says what it cost.
pub(super) fn measured(work: &mut dyn FnMut()) -> Option<BatchCost> {
    // The peak counts from here on (proc(5)).
    let fresh = fs::write("/proc/self/clear_refs", "5").is_ok();
    let (clock, before) = (now(), cpu());
    work();
    Some(BatchCost {
        seconds: rounded(now().saturating_sub(clock)),
        cpu_seconds: rounded(cpu().saturating_sub(before)),
        peak_bytes: if fresh { peak() } else { None },
    })
}

/// To the microsecond.
fn rounded(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e6
}

fn now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(
        now.tv_sec.try_into().unwrap_or_default(),
        now.tv_nsec.try_into().unwrap_or_default(),
    )
}

/// Processor time of this process and of those that it has waited for.
fn cpu() -> Duration {
    let time = |usage: Usage| [usage.user_time(), usage.system_time()];
    let all = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| getrusage(who).map(time));
    let all = all.into_iter().flatten().flatten();
    all.map(|time| {
        let micros = time.tv_sec().saturating_mul(1_000_000).saturating_add(time.tv_usec());
        Duration::from_micros(micros.try_into().unwrap_or_default())
    })
    .sum()
}

/// The most memory that was resident, in bytes.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
