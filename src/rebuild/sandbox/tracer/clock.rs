//! The clock: what it shows, and what moves it on.
//!
//! A logical clock does not count what programs do, or the builds that run several at once would see another time in each run. It
//! stands still but for two things: who sleeps finds it later by that much, and it is never behind the time of a file (`stamps.rs`).

use super::{
    Pending, Tracer,
    amend::answer,
    memory,
    moment::{between, later, now},
};
use crate::rebuild::{
    environment::{Environment, Moment},
    pace::Pace,
};
use libc::user_regs_struct;
use nix::unistd::Pid;

/// The clock stands still for so many calls of a program; then it creeps, so that a loop that waits for it ends.
const STILL: u64 = 5000;
/// By so many nanoseconds a call.
const CREEP: u64 = 1_000_000;
/// The clock shows so much more than the first file at the beginning of a run.
const AHEAD: u64 = 100_000_000;
/// Sleeps that do not move the clock on, in nanoseconds: a runtime looks after itself by them, as often as chance has it. Go's waits for a lock
/// by some microseconds, and a thread of its own wakes up every 20 microseconds to 10 milliseconds.
const NAP: u64 = 100_000;
const NAP_OF_RUNTIME: u64 = 10_000_000;
/// How exactly a program that sleeps until a moment has meant its length: it looked at the real clock first.
const GRAIN: u64 = 10_000_000;

/// How far a run has come, in nanoseconds of its own time.
#[derive(Default)]
pub(super) struct Clock {
    /// By sleeping.
    pub(super) slept: u64,
    /// The time of the file that was written last.
    pub(super) written: u64,
}

impl Clock {
    /// The time of a file that is written now: later than any before.
    pub(super) fn next(&mut self) -> u64 {
        const STEP: u64 = 1000;
        self.written = self.slept.max(self.written.saturating_add(STEP));
        self.written
    }

    fn shown(&self) -> u64 {
        self.slept.max(self.written.saturating_sub(AHEAD))
    }
}

impl Tracer<'_> {
    /// How far the clock has moved on since the run began, in nanoseconds.
    fn elapsed(&self) -> u64 {
        match self.spec.environment.pace {
            Pace::Frozen => 0,
            Pace::Logical => self.clock.shown(),
            Pace::Running => between(self.start, now()),
        }
    }

    pub(super) fn tell_time(&mut self, pid: Pid, registers: user_regs_struct) {
        let calls = self.threads.get_mut(&pid).map_or(0, |thread| {
            thread.clock_calls += 1;
            thread.clock_calls
        });
        let number = registers.orig_rax as i64;
        let since_start = number == libc::SYS_clock_gettime && registers.rdi == libc::CLOCK_BOOTTIME as u64;
        let start = first(&self.spec.environment, since_start);
        let now = later(
            start,
            self.elapsed().saturating_add(calls.saturating_sub(STILL) * CREEP),
        );
        let seconds = now.seconds.to_le_bytes();
        let pair = |second: i64| [seconds, second.to_le_bytes()].concat();
        let (at, bytes, value) = match number {
            libc::SYS_clock_gettime => (registers.rsi, pair(i64::from(now.nanos)), 0),
            libc::SYS_gettimeofday => (registers.rdi, pair(i64::from(now.nanos / 1000)), 0),
            _ => (registers.rdi, seconds.to_vec(), now.seconds as u64),
        };
        let fault = at != 0 && !memory::write(pid, at, &bytes);
        answer(
            pid,
            registers,
            if fault { -i64::from(libc::EFAULT) as u64 } else { value },
        );
    }

    /// A thread is about to sleep. True if its return is of interest: two that sleep at the same time move the clock on once.
    pub(super) fn sleeps(&mut self, pid: Pid, registers: &user_regs_struct) -> bool {
        let Some(until) = self.wakes(pid, registers) else {
            return false;
        };
        let first = self.threads.get(&pid).is_some_and(|thread| thread.group == pid);
        if until.saturating_sub(self.clock.slept) <= if first { NAP } else { NAP_OF_RUNTIME } {
            return false;
        }
        if let Some(thread) = self.threads.get_mut(&pid) {
            thread.pending = Some(Pending::Sleep { until });
        }
        true
    }

    /// When a thread that sleeps will wake up.
    fn wakes(&self, pid: Pid, registers: &user_regs_struct) -> Option<u64> {
        let now = self.clock.slept;
        let number = registers.orig_rax as i64;
        let at = match number {
            libc::SYS_nanosleep => registers.rdi,
            libc::SYS_clock_nanosleep => registers.rdx,
            // select and pselect6, which only sleep if they wait for no file.
            _ => registers.r8,
        };
        let bytes = memory::read::<16>(pid, at)?;
        let word = |at| i64::from_le_bytes(memory::take(&bytes, at));
        let nanos = if number == libc::SYS_select {
            word(8).saturating_mul(1000)
        } else {
            word(8)
        };
        let given = Moment {
            seconds: word(0),
            nanos: u32::try_from(nanos).ok()?,
        };
        if number != libc::SYS_clock_nanosleep || registers.rsi as i32 & libc::TIMER_ABSTIME == 0 {
            return Some(now.saturating_add(between(Moment::ZERO, given)));
        }
        if registers.rdi == libc::CLOCK_REALTIME as u64 {
            return Some(between(self.spec.environment.clock, given));
        }
        // Clocks that are not ours.
        let clock = match registers.rdi as i32 {
            libc::CLOCK_BOOTTIME => rustix::time::ClockId::Boottime,
            _ => rustix::time::ClockId::Monotonic,
        };
        let real = rustix::time::clock_gettime(clock);
        let real = Moment {
            seconds: real.tv_sec,
            nanos: u32::try_from(real.tv_nsec).ok()?,
        };
        Some(now.saturating_add(between(real, given).next_multiple_of(GRAIN)))
    }
}

/// What a clock shows when the run begins.
fn first(environment: &Environment, since_start: bool) -> Moment {
    match since_start {
        true => Moment {
            seconds: i64::try_from(environment.uptime).unwrap_or(0),
            nanos: 0,
        },
        false => environment.clock,
    }
}
