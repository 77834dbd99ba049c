//! Prose broken into lines as wide as the terminal. A path, a digest, and a command with its options stay in one piece.

use textwrap::{Options, WordSeparator, WordSplitter, core::Word};

/// Columns where no terminal tells how many it has.
pub const USUAL: usize = 80;
/// Narrower than this nothing is broken: it would be words below each other.
const NARROWEST: usize = 20;
/// A blank that no line is broken at. Text that people are shown has no such character.
const GLUE: &str = "\0";

/// Text whose blanks do not part words.
pub fn whole(text: &str) -> String {
    text.replace(' ', GLUE)
}

/// Each line of `text`, broken where it is wider than `width`: what follows stands behind the line's own indent and `hang` blanks.
pub fn wrapped(text: &str, hang: usize, width: Option<usize>) -> String {
    let width = width.map_or(usize::MAX, |width| width.max(NARROWEST));
    let lines: Vec<String> = text.split('\n').map(|line| broken(line, hang, width)).collect();
    lines.join("\n").replace(GLUE, " ")
}

fn broken(line: &str, hang: usize, width: usize) -> String {
    let text = line.trim_start_matches(' ');
    let lead = &line[..line.len() - text.len()];
    let further = " ".repeat((lead.len() + hang).min(width / 2));
    let options = Options::new(width)
        .initial_indent(lead)
        .subsequent_indent(&further)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation)
        .word_separator(WordSeparator::Custom(pieces));
    textwrap::wrap(text, options).join("\n")
}

/// The pieces of a line, each with the blanks behind it.
fn pieces(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut start = 0;
    let mut ends: Vec<usize> = line.match_indices(' ').map(|(at, _)| at + 1).collect();
    ends.retain(|end| parts(line, *end));
    ends.push(line.len());
    Box::new(ends.into_iter().map(move |end| {
        let piece = &line[start..end];
        start = end;
        Word::from(piece)
    }))
}

/// Whether a line may be broken behind the blank before `at`: not between blanks, in quotes, or before what belongs to a command.
fn parts(line: &str, at: usize) -> bool {
    let (before, rest) = line.split_at(at);
    let word = before.trim_end();
    let quoted = |mark: char| marks(before, mark) % 2 == 1 && rest.contains(mark);
    let argument = rest.starts_with(['-', '$', '@', '|']) && !word.ends_with([',', ';', ':']);
    !rest.starts_with(' ') && !quoted('`') && !quoted('"') && !argument && !word.ends_with('|')
}

/// How often a mark is in a text without a backslash before it.
fn marks(text: &str, mark: char) -> usize {
    let found = text.match_indices(mark);
    found.filter(|(at, _)| !text[..*at].ends_with('\\')).count()
}

#[cfg(test)]
mod tests {
    use super::{whole, wrapped};

    #[test]
    fn prose_is_broken_at_the_width() {
        let text = "  fix one two three four five six seven";
        assert_eq!(wrapped(text, 4, None), text);
        assert_eq!(
            wrapped(text, 4, Some(24)),
            "  fix one two three four\n      five six seven"
        );
        assert_eq!(wrapped("a\n  b", 2, Some(24)), "a\n  b");
        assert_eq!(wrapped("", 2, Some(24)), "");
        // Narrower than anything can be read at.
        assert_eq!(
            wrapped("one two three four five", 0, Some(1)),
            "one two three four\nfive"
        );
    }

    #[test]
    fn colours_take_no_room() {
        let text = "\u{1b}[1mone two three\u{1b}[0m four";
        assert_eq!(wrapped(text, 0, Some(20)), text);
    }

    #[test]
    fn what_is_copied_stays_whole() {
        for (text, expected) in [
            (
                "set tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime or so",
                "set\ntar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime\nor so",
            ),
            (
                "give `a long command of words` there",
                "give\n`a long command of words`\nthere",
            ),
            (
                "read \"my file of many words\" here",
                "read\n\"my file of many words\"\nhere",
            ),
            (
                "see /usr/share/doc/very/long/path now",
                "see\n/usr/share/doc/very/long/path\nnow",
            ),
            (
                "the text \"and \\\" its quotes\" too",
                "the text\n\"and \\\" its quotes\"\ntoo",
            ),
            ("a 5\" disk and a word more", "a 5\" disk and a word\nmore"),
        ] {
            assert_eq!(wrapped(text, 0, Some(20)), expected);
        }
        let path = whole("a path with many blanks in it");
        assert_eq!(
            wrapped(&format!("in {path}"), 0, Some(20)),
            "in\na path with many blanks in it"
        );
    }
}
