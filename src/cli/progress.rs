//! A progress bar with rate and time left, on standard error.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use repro::{bytes::hash::Meter, rebuild::Progress};

/// Stops the bar however the work ends.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Does `work` and shows meanwhile how many of `total` bytes the meter has seen.
pub(crate) fn with_bar<T>(meter: &Meter, total: u64, work: impl FnOnce() -> T) -> T {
    let style = "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {msg}  {eta} left";
    let bar = ProgressBar::new(total);
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drawing = scope.spawn(|| {
            while !done.load(Relaxed) {
                bar.set_position(meter.bytes.load(Relaxed));
                bar.set_message(format!("{} files", meter.files.load(Relaxed)));
                std::thread::park_timeout(Duration::from_millis(100));
            }
            bar.finish_and_clear();
        });
        let stop = Stop(&done);
        let result = work();
        drop(stop);
        drawing.thread().unpark();
        result
    })
}

/// Does `work`, which tells before each run how far it is; `shown` says whether that is drawn.
pub(crate) fn with_runs<T>(shown: bool, work: impl FnOnce(&dyn Fn(&Progress)) -> T) -> T {
    if !shown {
        return work(&|_| {});
    }
    let bar = ProgressBar::new(0);
    let style = "{spinner} run {pos} of {len}  {wide_msg}  {elapsed}";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    let result = work(&|progress: &Progress| {
        bar.set_length(progress.known.max(progress.run) as u64);
        bar.set_position(progress.run as u64);
        bar.set_message(message(progress));
    });
    bar.finish_and_clear();
    result
}

/// What is varied, and how long it may take.
fn message(progress: &Progress) -> String {
    let what = match progress.varied.as_slice() {
        [] => "control".to_owned(),
        few @ [..] if few.len() <= 4 => few.join(", "),
        many => format!("{} variations", many.len()),
    };
    match progress.left {
        Some(left) => format!("{what}  {} left", indicatif::HumanDuration(left)),
        None => what,
    }
}
