//! From places in a file to findings: what is allowed, where it stands, how it is told.

use super::{
    Confidence, Language, Rule,
    allow::{self, Allow, UNUSED, WITHOUT_REASON},
    config::Exception,
    found::Place,
    language,
    look::{Looked, look},
    rule::{self, Doubts},
    select::Rules,
    subject::Subject,
};
use crate::{
    bytes::digest::Algorithm,
    model::{Level, LintAllowed, LintEdit, LintFinding, Region},
};
use std::{collections::BTreeMap, ops::Range, path::Path};

/// Findings of one file that are told.
const MOST: usize = 1_000;
/// Bytes before and behind a place that are shown of a long line.
const AROUND: usize = 160;

/// What is needed to judge a file.
pub struct Judge {
    /// The rules that are run.
    pub rules: Rules,
    /// How sure a finding must be, but for rules that are named.
    pub confidence: Confidence,
    /// Rules of which everything is shown.
    pub named: Vec<String>,
    /// Whether comments that silence nothing are told, and those without a reason.
    pub own: [bool; 2],
    /// Exceptions of the configuration.
    pub exceptions: Vec<Exception>,
}

/// What there is to say of one file.
#[derive(Debug, Default)]
pub struct Judged {
    /// By place, then rule.
    pub findings: Vec<LintFinding>,
    /// By place, then rule.
    pub allowed: Vec<LintAllowed>,
    /// How many more there are, less sure than is asked for, and not allowed.
    pub(crate) hidden: usize,
    /// Exceptions that were needed, by their index.
    pub used: Vec<usize>,
    /// Whether something may be missing, because it could not be parsed within the limits.
    pub(crate) given_up: bool,
    /// Whether there are more findings than are told.
    pub full: bool,
}

impl Judge {
    /// Looks at a file and judges what is found.
    pub fn judge(&self, subject: &Subject<'_>) -> Judged {
        let Subject { path, text, .. } = *subject;
        let Looked { places, given_up, full } =
            look(&self.rules, subject.language, subject.seen, text, subject.siblings);
        let comments = match text.contains("repro:") {
            true => allow::comments(text),
            false => Vec::new(),
        };
        let mut judged = Judged {
            given_up,
            full,
            ..Judged::default()
        };
        if places.is_empty() && comments.is_empty() {
            return judged;
        }
        let lines = Lines::new(text);
        let targets: Vec<usize> = comments
            .iter()
            .map(|comment| lines.target(&comments, comment))
            .collect();
        // For each comment, which of its rules silenced something.
        let mut used: Vec<Vec<bool>> = comments
            .iter()
            .map(|comment| vec![false; comment.rules.len()])
            .collect();
        let mut told = Telling::new(path, text, &lines);
        let doubts = Doubts::new(subject);
        for mut place in places {
            if judged.findings.len() >= MOST {
                judged.full = true;
                break;
            }
            let unsure = self.is_unsure(place.rule);
            let hidden = unsure || self.weigh(&mut place, &doubts);
            let group = lines.group(lines.of(place.span.start));
            let mut reason = None;
            for (index, comment) in comments.iter().enumerate() {
                if comment.reason.is_empty() || !group.contains(&targets[index]) {
                    continue;
                }
                for (rule, used) in comment.rules.iter().zip(used[index].iter_mut()) {
                    if rule == place.rule.id {
                        *used = true;
                        reason = Some((comment.reason.clone(), "comment"));
                    }
                }
            }
            if reason.is_none()
                && let Some((index, exception)) = self.exception(place.rule.id, subject.inner)
            {
                judged.used.push(index);
                reason = Some((exception.reason.clone(), "repro.toml"));
            }
            // One that doubt has lowered counts among equal lines, for it may be told another time.
            let finding = (!unsure).then(|| told.finding(&place));
            match (finding, reason) {
                (_, reason) if hidden => judged.hidden += usize::from(reason.is_none()),
                (Some(finding), Some((reason, by))) => judged.allowed.push(LintAllowed { finding, reason, by }),
                (Some(finding), None) => judged.findings.push(finding),
                (None, _) => {}
            }
        }
        let complete = !judged.full && !judged.given_up;
        for (comment, used) in comments.iter().zip(&used) {
            if let Some(place) = self.comment(comment, used, complete) {
                judged.findings.push(told.finding(&place));
            }
        }
        judged
            .findings
            .sort_by(|x, y| (x.region, x.rule).cmp(&(y.region, y.rule)));
        judged
    }

    /// Whether what a rule finds is told only if it is asked for.
    fn is_unsure(&self, rule: &Rule) -> bool {
        rule.confidence < self.confidence && !self.named.iter().any(|id| id == rule.id)
    }

    /// Lowers a place that may be of no build; whether it is then not shown.
    fn weigh(&self, place: &mut Place, doubts: &Doubts<'_>) -> bool {
        if place.rule.confidence == Confidence::Low {
            return false;
        }
        let Some(doubt) = doubts.about(place) else {
            return false;
        };
        place.confidence = Confidence::Low;
        place.message.push_str(&format!(" (low: {doubt})"));
        self.confidence > Confidence::Low && !self.named.iter().any(|id| id == place.rule.id)
    }

    fn exception(&self, rule: &str, path: &str) -> Option<(usize, &Exception)> {
        let mut all = self.exceptions.iter().enumerate();
        all.find(|(_, exception)| exception.rule == rule && exception.matcher.is_match(Path::new(path)))
    }

    /// What is wrong with a comment itself.
    fn comment(&self, comment: &Allow, used: &[bool], complete: bool) -> Option<Place> {
        let place = |rule: &'static Rule, message: String| Some(Place::new(rule, comment.span.clone(), message));
        if comment.reason.is_empty() {
            return match self.own[1] {
                true => place(&WITHOUT_REASON, "gives no reason, and so silences nothing".to_owned()),
                false => None,
            };
        }
        if !self.own[0] {
            return None;
        }
        if comment.rules.is_empty() {
            return place(&UNUSED, "names no rule".to_owned());
        }
        let known = |id: &str| rule::by_id(id).is_some() || self.rules.has(id);
        if let Some(unknown) = comment.rules.iter().find(|id| !known(id)) {
            return place(&UNUSED, format!("no rule is called {unknown}"));
        }
        // Of a rule that is not run, nobody can say whether it would find something.
        let mut idle = comment
            .rules
            .iter()
            .zip(used)
            .filter(|(id, used)| !**used && self.rules.has(id));
        let (id, _) = idle.next().filter(|_| complete)?;
        place(&UNUSED, format!("{id} finds nothing here"))
    }
}

/// Where the lines of a text start.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|end| end + 1)).collect();
        Self { text, starts }
    }

    /// The line, from 0, that a byte lies in.
    fn of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The bytes of a line, without its end.
    fn span(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let text = self.text.get(start..end).unwrap_or("");
        start..start + text.trim_end_matches('\r').len()
    }

    fn line(&self, line: usize) -> &'a str {
        self.text.get(self.span(line)).unwrap_or("")
    }

    /// The lines that a line is one with, by `\` at their ends.
    fn group(&self, line: usize) -> Range<usize> {
        let mut range = line..line + 1;
        while range.start > 0 && range.len() < MOST && self.line(range.start - 1).ends_with('\\') {
            range.start -= 1;
        }
        while range.len() < MOST && self.line(range.end - 1).ends_with('\\') && range.end < self.starts.len() {
            range.end += 1;
        }
        range
    }

    /// The line that a comment speaks of: its own, or the next that is no such comment.
    fn target(&self, comments: &[Allow], comment: &Allow) -> usize {
        let mut line = self.of(comment.span.start);
        if !comment.alone {
            return line;
        }
        let others = |line: usize| {
            let span = self.span(line);
            let mut alone = comments.iter().filter(|comment| comment.alone);
            alone.any(|comment| span.contains(&comment.span.start))
        };
        line += 1;
        while others(line) && line < self.starts.len() {
            line += 1;
        }
        line
    }
}

/// Turns places into findings; they come in the order of their starts, but for a few at the end.
struct Telling<'a> {
    path: &'a str,
    text: &'a str,
    lines: &'a Lines<'a>,
    /// A byte and its column, from 0.
    last: (usize, usize),
    /// How often a rule has met a line of this text.
    seen: BTreeMap<(&'static str, String), usize>,
}

impl<'a> Telling<'a> {
    fn new(path: &'a str, text: &'a str, lines: &'a Lines<'a>) -> Self {
        Self {
            path,
            text,
            lines,
            last: (0, 0),
            seen: BTreeMap::new(),
        }
    }

    fn finding(&mut self, place: &Place) -> LintFinding {
        let start = self.text.floor_char_boundary(place.span.start);
        let end = self.text.ceil_char_boundary(place.span.end).max(start);
        let line = self.lines.of(start);
        let end_line = self.lines.of(end);
        let whole = self.lines.span(line);
        // Counted on from the last place where that is on the same line, for a line may be long and have many.
        let (from, before) = match self.last {
            (at, column) if at >= whole.start && at <= start => (at, column),
            _ => (whole.start, 0),
        };
        let column = before + count(self.text, from..start);
        self.last = (start, column);
        let end_column = match end_line == line {
            true => column + count(self.text, start..end),
            false => count(self.text, self.lines.span(end_line).start..end),
        };
        let (snippet, marked) = self.snippet(&whole, start, end);
        let rule = place.rule;
        let nth = self.seen.entry((rule.id, snippet.trim().to_owned())).or_default();
        *nth += 1;
        LintFinding {
            fingerprint: fingerprint(&[rule.id, self.path, snippet.trim(), &nth.to_string()]),
            rule: rule.id,
            cause: (!rule.cause.is_empty()).then_some(rule.cause),
            confidence: place.confidence.word(),
            level: level(place),
            path: self.path.to_owned(),
            region: Region {
                line: line + 1,
                column: column + 1,
                end_line: end_line + 1,
                end_column: end_column + 1,
            },
            message: place.message.clone(),
            snippet,
            marked,
            fix: rule.fix,
            edit: place.edit.as_ref().map(|(span, by)| LintEdit {
                offset: span.start,
                length: span.len(),
                replacement: by.clone(),
            }),
        }
    }

    /// The line, or the part of a long one around the place; and where in it the place lies, in characters.
    fn snippet(&self, line: &Range<usize>, start: usize, end: usize) -> (String, Range<usize>) {
        let mut from = line.start;
        let mut to = line.end;
        if line.len() > 2 * AROUND {
            from = self.text.ceil_char_boundary(start.saturating_sub(AROUND).max(from));
            to = self.text.floor_char_boundary(start.saturating_add(AROUND).min(to));
        }
        let mut snippet = self.text.get(from..to).unwrap_or("").to_owned();
        let mut mark = count(self.text, from..start);
        let length = count(self.text, start..end.min(to).max(start));
        if from > line.start {
            snippet.insert(0, '…');
            mark += 1;
        }
        if to < line.end {
            snippet.push('…');
        }
        (snippet, mark..mark + length.max(1))
    }
}

/// Characters in a range.
fn count(text: &str, range: Range<usize>) -> usize {
    text.get(range).map_or(0, |part| part.chars().count())
}

fn level(place: &Place) -> Level {
    match place.confidence {
        _ if place.rule.id == UNUSED.id => Level::Note,
        Confidence::High => Level::Error,
        Confidence::Medium | Confidence::Low => Level::Warning,
    }
}

/// 128 bits of a digest of the words, in hex.
pub(super) fn fingerprint(words: &[&str]) -> String {
    let mut bytes = Vec::new();
    for word in words {
        bytes.extend(word.as_bytes());
        bytes.push(0);
    }
    let mut hex = Algorithm::Blake3.digest(&bytes).to_string();
    hex.truncate(32);
    hex
}

/// The language of a file that rules may look at: `None` for others, and for what a program has made.
pub(super) fn subject_language(path: &str, text: &str) -> Result<Option<Language>, &'static str> {
    match language::of(path, text) {
        Some(_) if language::generated(path, text) => Err("generated"),
        found => Ok(found),
    }
}
