//! The same lines in another order.

use std::collections::BTreeMap;

/// A line without the numbers that may count it, and these numbers.
struct Line {
    text: String,
    numbers: Vec<u64>,
}

/// Lines that must stand elsewhere: two that are exchanged are an edit rather than another order.
const MOVED: usize = 3;

/// Whether two texts have the same lines in another order, where the numbers in a line belong to it or follow its place.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let (Ok(a), Ok(b)) = (std::str::from_utf8(a), std::str::from_utf8(b)) else {
        return false;
    };
    let (a, b) = (&uncounted(a)[..], &uncounted(b)[..]);
    let count = a.lines().count();
    if count < MOVED || count != b.lines().count() {
        return false;
    }
    if moved(a, b) {
        return true;
    }
    let (a, b) = (read(a), read(b));
    let Some(places) = places(&a, &b) else {
        return false;
    };
    let slots = a[0].numbers.len();
    let even = a.iter().chain(&b).all(|line| line.numbers.len() == slots);
    let value = |lines: &[Line], i: usize, slot: usize| lines[i].numbers[slot];
    let own = |slot| {
        places
            .iter()
            .enumerate()
            .all(|(i, &j)| value(&a, i, slot) == value(&b, j, slot))
    };
    let counts = |slot| {
        let rising = (1..a.len()).all(|i| value(&a, i, slot) > value(&a, i - 1, slot));
        rising && (0..a.len()).all(|i| value(&a, i, slot) == value(&b, i, slot))
    };
    slots > 0 && even && (0..slots).all(|slot| own(slot) || counts(slot)) && (0..slots).any(counts)
}

/// A text without the counters that tell how far a build is, `[ 12%]` and `[3/40]` in front of a line: where steps run at the same time, they do not
/// follow the lines.
fn uncounted(text: &str) -> String {
    let step = |line: &'_ str| -> Option<usize> {
        let end = line.strip_prefix('[')?.find(']')? + 2;
        let inside = line[1..end - 1].trim();
        let progress = inside.ends_with('%') || inside.contains('/');
        let counter = progress && inside.bytes().all(|c| c.is_ascii_digit() || c == b'%' || c == b'/');
        counter.then_some(end)
    };
    text.split_inclusive('\n')
        .map(|line| &line[step(line).unwrap_or_default()..])
        .collect()
}

/// Whether these are the same lines, enough of them in other places.
fn moved(a: &str, b: &str) -> bool {
    // The last item of a list may have no comma.
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim_end_matches(',').to_owned())
            .collect::<Vec<_>>()
    };
    let (mut a, mut b) = (lines(a), lines(b));
    let elsewhere = a.iter().zip(&b).filter(|(x, y)| x != y).count();
    a.sort_unstable();
    b.sort_unstable();
    elsewhere >= MOVED && a == b
}

/// For each line of a its place in b, where the lines are the same, each only once, and enough of them stand elsewhere.
fn places(a: &[Line], b: &[Line]) -> Option<Vec<usize>> {
    let at: BTreeMap<&str, usize> = b.iter().enumerate().map(|(i, line)| (&line.text[..], i)).collect();
    let places: Vec<usize> = a
        .iter()
        .map(|line| at.get(&line.text[..]).copied())
        .collect::<Option<_>>()?;
    let mut sorted = places.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let elsewhere = places.iter().enumerate().filter(|(i, j)| i != *j).count();
    (sorted.len() == b.len() && at.len() == b.len() && elsewhere >= MOVED).then_some(places)
}

fn read(text: &str) -> Vec<Line> {
    text.lines().map(numbered).collect()
}

fn numbered(line: &str) -> Line {
    let word = |c: char| c.is_alphabetic() || c == '_';
    let (mut text, mut numbers) = (String::new(), Vec::new());
    let mut rest = line.trim_end_matches(',');
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        let whole = !text.ends_with(|c| word(c) || c == '.') && !behind.starts_with(word);
        match run.parse() {
            Ok(number) if whole => {
                numbers.push(number);
                // How far a counter is indented follows from its digits.
                text.truncate(text.trim_end_matches(' ').len());
                text.push('\0');
            }
            _ => text.push_str(run),
        }
        rest = behind;
    }
    Line { text, numbers }
}

/// What a line is made of: its signs and blanks, with one letter for each word, number and text in quotes.
pub(crate) fn shape(line: &str) -> String {
    let mut found = String::new();
    let mut quote = None;
    for c in line.chars() {
        let class = match (quote, c) {
            (Some(open), c) => {
                quote = (c != open).then_some(open);
                's'
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                's'
            }
            (None, c) if c.is_alphanumeric() || c == '_' => 'w',
            (None, c) => c,
        };
        let run = matches!(class, 's' | 'w') && found.ends_with(class);
        if !run {
            found.push(class);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str) -> bool {
        assert_eq!(same(a.as_bytes(), b.as_bytes()), same(b.as_bytes(), a.as_bytes()));
        same(a.as_bytes(), b.as_bytes())
    }

    #[test]
    fn numbers_follow() {
        assert!(check(
            "red = 0,\ngreen = 1,\nblue = 2\n",
            "blue = 0,\nred = 1,\ngreen = 2\n"
        ));
        assert!(check(
            "[ 40%] cc a\n[ 80%] cc b\n[ 80%] cc c\n",
            "[ 40%] cc c\n[ 60%] cc a\n[ 80%] cc b\n"
        ));
        assert!(check(
            "{ \"x\", 7, 1 },\n{ \"y\", 3, 2 },\n{ \"z\", 5, 3 },\n",
            "{ \"z\", 5, 1 },\n{ \"x\", 7, 2 },\n{ \"y\", 3, 3 },\n"
        ));
        assert!(check("x\ny\nz\n", "z\nx\ny\n"));
    }

    #[test]
    fn not_the_same_lines() {
        assert!(
            !check("red = 0,\ngreen = 1,\nblue = 2\n", "blue = 0,\nred = 1,\ngreen = 3\n"),
            "a number"
        );
        assert!(
            !check("red = 0\ngreen = 1\nblue = 2\n", "green = 0\nred = 1\nblue = 2\n"),
            "two exchanged"
        );
        assert!(
            !check("red = 4,\ngreen = 1,\nblue = 2\n", "blue = 4,\nred = 1,\ngreen = 2\n"),
            "numbers that do not count"
        );
        assert!(!check("x\ny\nz\n", "z\nx\nw\n"), "a line");
    }

    #[test]
    fn shapes() {
        assert_eq!(shape("  { \"a b\", 12 },"), shape("  { \"c\", foo },"));
        assert_ne!(shape("a = 1;"), shape("a += 1;"));
    }
}
