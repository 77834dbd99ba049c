//! A progress bar with rate and time left, on standard error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use indicatif::{FormattedDuration, HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use repro::{model::Meter, rebuild::Progress};

use super::columns;

/// Stops the bar however the work ends.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Nothing is drawn before that: most work is done by then.
const PATIENCE: Duration = Duration::from_millis(500);
/// Columns of the bar itself.
const BAR: u64 = 30;
/// Columns where the terminal does not tell how many it has, as one that `script` makes: few enough for any.
const NARROW: usize = 40;
/// Drawn at most so often in a second.
const OFTEN: u8 = 20;

/// Standard error as wide as it is: indicatif takes 80 columns for granted where it does not tell, and fills up each line.
#[derive(Debug)]
struct Terminal;

impl Terminal {
    fn columns() -> usize {
        columns(io::stderr()).unwrap_or(NARROW)
    }
    fn target() -> ProgressDrawTarget {
        ProgressDrawTarget::term_like_with_hz(Box::new(Self), OFTEN)
    }
    /// Moves the cursor; a terminal takes 0 for 1.
    fn go(&self, n: usize, way: char) -> io::Result<()> {
        match n {
            0 => Ok(()),
            _ => self.write_str(&format!("\x1b[{n}{way}")),
        }
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        u16::try_from(Self::columns()).unwrap_or(u16::MAX)
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.go(n, 'A')
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.go(n, 'B')
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.go(n, 'C')
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.go(n, 'D')
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(&format!("{text}\n"))
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        io::stderr().write_all(text.as_bytes())
    }
    fn clear_line(&self) -> io::Result<()> {
        self.write_str("\r\x1b[2K")
    }
    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Does `work` and shows meanwhile how many of `total` bytes, or more if the meter learns of them, it has seen; nothing without a total.
pub(crate) fn with_bar<T>(meter: &Meter, total: Option<u64>, work: impl FnOnce() -> T) -> T {
    let Some(total) = total else { return work() };
    meter.expect(total);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drawing = scope.spawn(|| draw(meter, &done));
        let stop = Stop(&done);
        let result = work();
        drop(stop);
        drawing.thread().unpark();
        result
    })
}

/// Draws until the work is done.
fn draw(meter: &Meter, done: &AtomicBool) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style("{wide_msg}"));
    while !done.load(Relaxed) {
        let total = meter.total.load(Relaxed);
        let bytes = meter.bytes.load(Relaxed).min(total);
        bar.set_length(total);
        bar.set_position(bytes);
        if bar.is_hidden() && bar.elapsed() >= PATIENCE {
            bar.set_draw_target(Terminal::target());
        }
        let seen = Seen {
            bytes,
            total,
            files: meter.files.load(Relaxed),
            rate: bar.per_sec() as u64,
            left: bar.eta(),
        };
        bar.set_message(line(&seen, Terminal::columns()));
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

/// What is shown.
struct Seen {
    bytes: u64,
    total: u64,
    files: u64,
    /// Bytes a second.
    rate: u64,
    left: Duration,
}

/// As much of it as a line of the terminal has room for, what matters most to the last.
fn line(seen: &Seen, width: usize) -> String {
    let full = (seen.bytes * BAR).checked_div(seen.total).unwrap_or(0) as usize;
    let files = match seen.files {
        0 => String::new(),
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    };
    let left = match seen.bytes == seen.total {
        true => "almost done".to_owned(),
        false => format!("{} left", FormattedDuration(seen.left)),
    };
    let pieces = [
        (5, format!("{}{}", "█".repeat(full), "░".repeat(BAR as usize - full))),
        (2, format!("{} of {}", HumanBytes(seen.bytes), HumanBytes(seen.total))),
        (3, format!("{}/s", HumanBytes(seen.rate))),
        (4, files),
        (1, left),
    ];
    let of_rank = |most: i32| {
        let kept = pieces.iter().filter(|(rank, text)| *rank <= most && !text.is_empty());
        let kept: Vec<&str> = kept.map(|(_, text)| text.as_str()).collect();
        kept.join("  ")
    };
    let fits = |text: &String| text.chars().count() < width;
    (1..=5).rev().map(of_rank).find(fits).unwrap_or_default()
}

/// Does `work`, which tells before each run how far it is; `shown` says whether that is drawn.
pub(crate) fn with_runs<T>(shown: bool, work: impl FnOnce(&dyn Fn(&Progress)) -> T) -> T {
    if !shown {
        return work(&|_| {});
    }
    let bar = ProgressBar::with_draw_target(Some(0), Terminal::target()).with_style(style("{spinner} {wide_msg}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    let told = AtomicBool::new(false);
    let result = work(&|progress: &Progress| {
        if let Some(line) = beforehand(progress).filter(|_| !told.swap(true, Relaxed)) {
            bar.println(line);
        }
        bar.set_message(message(progress));
    });
    bar.finish_and_clear();
    result
}

/// Does `work`, which tells a bar of each item that is done; `done` of `items` are from before.
pub(crate) fn with_items<T>(shown: bool, done: usize, items: usize, work: impl FnOnce(&ProgressBar) -> T) -> T {
    let target = match shown {
        true => Terminal::target(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(items as u64), target)
        .with_style(style("{pos} of {len} items  {elapsed} gone, {eta} left"))
        .with_position(done as u64);
    bar.reset_eta();
    let result = work(&bar);
    bar.finish_and_clear();
    result
}

/// How many runs there will be, and how long they take: known as soon as the first are made.
fn beforehand(progress: &Progress) -> Option<String> {
    let (left, done) = (progress.left?, progress.run.saturating_sub(1));
    let more = progress.known.saturating_sub(done);
    let at_once = match progress.at_once {
        1 => String::new(),
        many => format!(", {many} at once"),
    };
    let time = indicatif::HumanDuration(left);
    (more > 1).then(|| {
        format!(
            "{done} of at least {} builds done; the others take about {time}{at_once}",
            progress.known
        )
    })
}

/// Which run it is, what is varied, and how long it may take.
fn message(progress: &Progress) -> String {
    let what = match progress.varied.as_slice() {
        [] => "control".to_owned(),
        few @ [..] if few.len() <= 4 => few.join(", "),
        many => format!("{} variations", many.len()),
    };
    let run = format!("run {} of {}  {what}", progress.run, progress.known.max(progress.run));
    match progress.left {
        Some(left) => format!("{run}  {} left", indicatif::HumanDuration(left)),
        None => run,
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, line};
    use std::time::Duration;

    #[test]
    fn a_line_never_wraps() {
        let seen = Seen {
            bytes: 138 << 20,
            total: 300 << 20,
            files: 12,
            rate: 46 << 20,
            left: Duration::from_secs(4),
        };
        let whole = line(&seen, 200);
        assert!(whole.starts_with('█'), "{whole}");
        assert!(
            whole.ends_with("░  138.00 MiB of 300.00 MiB  46.00 MiB/s  12 files  00:00:04 left"),
            "{whole}"
        );
        assert_eq!(line(&seen, 50), "138.00 MiB of 300.00 MiB  00:00:04 left");
        assert_eq!(line(&seen, 20), "00:00:04 left");
        assert_eq!(line(&seen, 3), "");
        for width in 0..150 {
            assert!(line(&seen, width).chars().count() < width.max(1), "{width}");
        }
    }

    #[test]
    fn nothing_to_do_is_no_trouble() {
        let seen = Seen {
            bytes: 0,
            total: 0,
            files: 0,
            rate: 0,
            left: Duration::ZERO,
        };
        assert!(line(&seen, 200).ends_with("almost done"));
    }
}
