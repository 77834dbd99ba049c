//! A progress bar with rate and time left, on standard error.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use repro::bytes::hash::Meter;

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
