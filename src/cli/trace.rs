//! What the steps of a command are, and how long they take, on standard error. Nothing else knows the clock; no result depends on it.

use repro::notation::Unreadable;
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fmt::{self, Write as _},
    io::{self, Write as _},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Subscriber, field::Visit, level_filters::LevelFilter, span};
use tracing_subscriber::{
    Registry, filter::Targets, layer::Context, layer::Layer, layer::SubscriberExt as _, registry::LookupSpan,
};

/// Which steps are told: `info`, `repro::diff=debug`, or several with commas.
#[derive(Clone, Debug)]
pub(super) struct Directives(Targets);

impl FromStr for Directives {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let mut targets = Targets::new();
        for word in text.split(',').map(str::trim) {
            let (target, level) = word.split_once('=').unwrap_or(("repro", word));
            let wrong = || {
                Unreadable::not(
                    word,
                    "`off`, `info`, `debug`, or such a level of a room, as repro::diff=debug",
                )
            };
            if target != "repro" && !target.starts_with("repro::") {
                return Err(wrong());
            }
            let level = match level {
                "off" => LevelFilter::OFF,
                "info" => LevelFilter::INFO,
                "debug" => LevelFilter::DEBUG,
                _ => return Err(wrong()),
            };
            targets = targets.with_target(target, level);
        }
        Ok(Self(targets))
    }
}

/// What REPRO_LOG asks for; nothing where it is not set, or empty.
pub(super) fn variable() -> Result<Option<Directives>, repro::bytes::Error> {
    let Some(value) = std::env::var_os("REPRO_LOG").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let read = value.to_string_lossy().parse();
    read.map(Some)
        .map_err(|error| repro::bytes::Error::usage(&error).about("REPRO_LOG").because(error))
}

/// Begins to watch, if somebody asks; what is returned has the times in the end.
pub(super) fn start(log: Option<&Directives>, timings: bool) -> Option<Timings> {
    if log.is_none() && !timings {
        return None;
    }
    let table = timings.then(Timings::default);
    let told = log.map_or_else(Targets::new, |log| log.0.clone());
    let watched = match timings {
        true => Targets::new().with_target("repro", LevelFilter::DEBUG),
        false => told.clone(),
    };
    let steps = Steps {
        told,
        table: table.clone(),
    };
    // It is the first: nothing else in this process sets one.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(steps.with_filter(watched)));
    table
}

/// Times of steps, by name.
#[derive(Clone, Default)]
pub(super) struct Timings(Arc<Mutex<BTreeMap<&'static str, Times>>>);

/// How long the steps of one name took.
#[derive(Default)]
struct Times {
    count: usize,
    total: Duration,
    longest: Duration,
}

impl Timings {
    fn add(&self, name: &'static str, took: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(name).or_default();
        times.count += 1;
        times.total += took;
        times.longest = took.max(times.longest);
    }

    /// Prints the table, what took longest first.
    pub(super) fn print(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<_> = all.iter().collect();
        rows.sort_by_key(|(_, times)| Reverse(times.total));
        let mut text = format!("{:<12}{:>8}{:>14}{:>14}\n", "step", "times", "in all", "longest");
        for (name, Times { count, total, longest }) in rows {
            let _ = writeln!(text, "{name:<12}{count:>8}{:>14}{:>14}", shown(*total), shown(*longest));
        }
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        long if long >= 1.0 => format!("{long:.2} s"),
        short => format!("{:.2} ms", short * 1e3),
    }
}

/// Sees each step begin and end.
struct Steps {
    /// Those that are told.
    told: Targets,
    table: Option<Timings>,
}

/// A step under way.
struct Begun {
    at: Instant,
    /// Its fields.
    fields: String,
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Steps {
    #[allow(clippy::disallowed_methods, reason = "only standard error shows it")]
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let Some(step) = context.span(id) else { return };
        let mut fields = Fields(String::new());
        attributes.record(&mut fields);
        if self.tells(step.metadata()) {
            line(&format!("begins: {}{}", step.name(), fields.0));
        }
        step.extensions_mut().insert(Begun {
            at: Instant::now(),
            fields: fields.0,
        });
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let Some(step) = context.span(&id) else { return };
        let Some(Begun { at, fields }) = step.extensions_mut().remove() else {
            return;
        };
        let took = at.elapsed();
        if let Some(table) = &self.table {
            table.add(step.name(), took);
        }
        if self.tells(step.metadata()) {
            line(&format!("ends: {}{fields}: {}", step.name(), shown(took)));
        }
    }
}

impl Steps {
    fn tells(&self, step: &tracing::Metadata<'_>) -> bool {
        self.told.would_enable(step.target(), step.level())
    }
}

/// One line on standard error. Values are quoted, so that names of files do nothing to a terminal.
fn line(text: &str) {
    let _ = writeln!(io::stderr(), "repro: {text}");
}

/// Fields as ` name=value`.
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}
