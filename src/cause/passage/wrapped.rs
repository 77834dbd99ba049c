//! The same words in lines of another width.

/// What a line break may stand for behind a hyphen, besides itself: nothing.
const HYPHENS: [&str; 2] = ["-", "\u{2010}"];
/// A run of one sign that is as long as the line is wide.
const RULE: usize = 8;

/// A word, and whether its line ends behind it.
struct Word<'t> {
    text: &'t str,
    last: bool,
}

/// Whether two texts have the same words, broken into lines of another width on each side.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let (Ok(a), Ok(b)) = (std::str::from_utf8(a), std::str::from_utf8(b)) else {
        return false;
    };
    // Other ends of lines are another matter.
    if a.contains('\r') || b.contains('\r') {
        return false;
    }
    let (unlabelled_a, unlabelled_b) = (&unlabelled(a)[..], &unlabelled(b)[..]);
    if !alike(unlabelled_a, unlabelled_b) {
        return columns(a, b);
    }
    if shape(a) == shape(b) {
        return a.lines().zip(b.lines()).all(|(x, y)| spread(x, y));
    }
    filled(unlabelled_a, unlabelled_b) && filled(unlabelled_b, unlabelled_a) || columns(a, b)
}

/// A text without the numbers that R puts in front of the lines of a vector: `[13] `.
fn unlabelled(text: &str) -> String {
    let label = |line: &'_ str| -> Option<usize> {
        let start = line.len() - line.trim_start().len();
        let end = start + line[start..].strip_prefix('[')?.find(']')? + 2;
        line[start + 1..end - 1]
            .bytes()
            .all(|c| c.is_ascii_digit())
            .then_some(end)
    };
    text.split_inclusive('\n')
        .map(|line| &line[label(line).unwrap_or_default()..])
        .collect()
}

/// How many words each line has.
fn shape(text: &str) -> Vec<usize> {
    text.lines().map(|line| line.split_whitespace().count()).collect()
}

/// Whether two lines of the same words reach to another margin, by other blanks between them or by a longer bar. Blanks in front of a line, or
/// behind it, are another matter.
fn spread(x: &str, y: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let bare = |line: &str| line.trim_end() == line;
    let wide = |line: &str| line.trim_start().contains("  ");
    let barred = || x.split_whitespace().zip(y.split_whitespace()).any(|(x, y)| x != y);
    x == y || indent(x) == indent(y) && bare(x) && bare(y) && (wide(x) || wide(y) || barred())
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    for line in text.lines() {
        found.extend(line.split_whitespace().map(|text| Word { text, last: false }));
        if let Some(word) = found.last_mut() {
            word.last = true;
        }
    }
    found
}

/// Whether the words are the same, one behind the other.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (&a[i], &b[j]);
        if x.text == y.text || rules(x.text, y.text) {
            (i, j) = (i + 1, j + 1);
        } else if joins(&a[i..], y.text) {
            (i, j) = (i + 2, j + 1);
        } else if joins(&b[j..], x.text) {
            (i, j) = (i + 1, j + 2);
        } else {
            return false;
        }
    }
    i == a.len() && j == b.len() && i > 2
}

/// Whether a word that is broken at a hyphen is the other, with the hyphen or without.
fn joins(words: &[Word<'_>], whole: &str) -> bool {
    let [first, second, ..] = words else { return false };
    let kept = || whole.strip_prefix(first.text) == Some(second.text);
    let dropped = |hyphen: &str| {
        let stem = first.text.strip_suffix(hyphen);
        // A word of letters is divided; a name with signs of its own is not.
        let word = |text: &str| text.chars().all(|c| c.is_alphabetic() || ".,;:)(\"'".contains(c));
        stem.is_some_and(|stem| !stem.is_empty() && word(whole) && whole.strip_prefix(stem) == Some(second.text))
    };
    let hyphen = HYPHENS.iter().any(|hyphen| first.text.ends_with(hyphen));
    first.last && hyphen && (kept() || HYPHENS.iter().any(|hyphen| dropped(hyphen)))
}

/// Two rules of one sign, or the bars of a histogram (`++++--`).
fn rules(x: &str, y: &str) -> bool {
    let bar = |text: &str| text.bytes().all(|c| c == b'+' || c == b'-');
    if bar(x) && bar(y) && x.len().max(y.len()) >= RULE {
        return x.as_bytes()[0] == y.as_bytes()[0];
    }
    let sign = |text: &str| {
        let first = text.chars().next().filter(|c| !c.is_alphanumeric())?;
        (text.chars().count() >= RULE && text.chars().all(|c| c == first)).then_some(first)
    };
    sign(x).is_some_and(|first| sign(y) == Some(first))
}

/// Whether a line of a text ends only where the next word had no room any more, wherever the other text goes on in the same line.
fn filled(text: &str, other: &str) -> bool {
    let width = |text: &str| text.trim_end().chars().count();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let most = lines.iter().map(|line| width(line)).max().unwrap_or_default();
    let (mut all, mut short) = (0, 0);
    for (line, next) in soft(&lines, other) {
        all += 1;
        short += usize::from(width(line) + 1 + next.chars().count() <= most);
    }
    // A unit of two words (`[--out FILE]`) is not broken.
    short * 3 <= all
}

/// The widths, from and to, at which a text is broken as it is, if each line ends just where the next word had no room any more: wherever the
/// other text goes on in the same line.
pub(crate) fn widths(text: &str, other: &str) -> Option<(usize, usize)> {
    let width = |line: &str| line.trim_end().chars().count();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let most = lines.iter().map(|line| width(line)).max()?;
    let room = soft(&lines, other).map(|(line, next)| width(line) + next.chars().count());
    let least = room.min().unwrap_or(usize::MAX);
    (most <= least).then_some((most, least))
}

/// Lines that end where the other text goes on, each with the word that begins the next.
fn soft<'t>(lines: &'t [&'t str], other: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let pairs = lines.windows(2).filter_map(|pair| {
        let end = pair[0].split_whitespace().next_back()?;
        let start = pair[1].split_whitespace().next()?;
        Some((pair[0], end, start))
    });
    let kept = move |end: &str, start: &str| {
        other.lines().any(|line| {
            let mut words = line.split_whitespace().zip(line.split_whitespace().skip(1));
            words.any(|pair| pair == (end, start))
        })
    };
    pairs
        .filter(move |(_, end, start)| kept(end, start))
        .map(|(line, _, start)| (line, start))
}

/// Whether two tables hold the same items, read column by column, as `ls -C` and `column` lay them out.
fn columns(a: &str, b: &str) -> bool {
    let read = |text: &str| -> Option<Vec<String>> {
        let rows: Vec<Vec<&str>> = text.lines().map(cells).collect();
        let width = rows.first()?.len();
        // Each row is as long as the one before it, or shorter: the last column ends early.
        let falling = rows.windows(2).all(|pair| pair[0].len() >= pair[1].len());
        let whole = rows.iter().all(|row| !row.is_empty() && row.len() + 1 >= width);
        let column = |k: usize| {
            rows.iter()
                .filter_map(move |row| row.get(k))
                .map(|cell| (*cell).to_owned())
        };
        (falling && whole).then(|| (0..width).flat_map(column).collect())
    };
    let (x, y) = (read(a), read(b));
    x.is_some_and(|items| items.len() > 3 && y.as_ref() == Some(&items)) && a.lines().count() != b.lines().count()
}

/// What two blanks or a tab part.
fn cells(line: &str) -> Vec<&str> {
    let parts = line.split('\t').flat_map(|part| part.split("  "));
    parts.map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::same;

    fn check(a: &str, b: &str) -> bool {
        assert_eq!(same(a.as_bytes(), b.as_bytes()), same(b.as_bytes(), a.as_bytes()));
        same(a.as_bytes(), b.as_bytes())
    }

    #[test]
    fn words_in_other_lines() {
        let narrow = "The quick brown fox\njumps over the lazy\ndog and the cat.\n";
        assert!(check(
            narrow,
            "The quick brown fox jumps over the\nlazy dog and the cat.\n"
        ));
        assert!(check(
            narrow,
            "The quick brown fox jumps over the lazy dog and the cat.\n"
        ));
        assert!(check(
            "an auto\u{2010}\nmatic door is\nopen\n",
            "an automatic door\nis open\n"
        ));
        assert!(check("see the well-\nknown place\n", "see the well-known\nplace\n"));
        assert!(check(
            "TOOL(1)   tool   TOOL(1)\n",
            "TOOL(1)       tool       TOOL(1)\n"
        ));
        assert!(check(
            " a.txt | 200 ++++++++++++--\n",
            " a.txt | 200 +++++++++++++++++++++++++++---\n"
        ));
        assert!(check("[1] 12 13 14\n[4] 15 16 17\n", "[1] 12 13 14 15\n[5] 16 17\n"));
        assert!(check("a  d\nb  e\nc\n", "a  c  e\nb  d\n"));
    }

    #[test]
    fn not_the_same() {
        let one = "The quick brown fox\njumps over the lazy\ndog and the cat.\n";
        assert!(
            !check(one, "The quick brown fox jumps over the\nlazy dog and a cat.\n"),
            "a word"
        );
        assert!(
            !check(one, "The\nquick brown fox\njumps over the lazy\ndog and the cat.\n"),
            "a break without need"
        );
        assert!(!check("  if x:\n    y\n", "  if x:\n  y\n"), "an indentation");
        assert!(!check("do not\nrun it\n", "donot run\nit\n"), "a blank that is gone");
        assert!(!check("a  d\nb  c\n", "a  b  c  d\n"), "items exchanged");
    }
}
