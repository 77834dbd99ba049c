//! ac-date

use super::super::{
    super::{Code, Confidence, Hits, Language, Rule},
    limit,
    place::is_test_path,
};
use std::ops::Range;

pub static RULE: Rule = Rule {
    id: "ac-date",
    languages: &[Language::Autoconf],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "The time or the machine of the configuration is substituted into files or macros",
    why: "date, hostname, whoami and uname -a give something else each time. Only where the answer goes to AC_SUBST, AC_DEFINE or a -D flag.",
    fix: "BUILD_DATE=`date -u -d \"@${SOURCE_DATE_EPOCH:-$(date +%s)}\" +%F`",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["date", "hostname", "whoami", "uname"],
    check,
};

/// Longest command that is looked for, in bytes.
const LONGEST: usize = 2_000;

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let live = without_comments(&code.text);
    let asking = commands(&live)
        .into_iter()
        .filter_map(|(span, command)| Some((span, asks(command)?)));
    for (span, what) in asking.take(limit::MOST) {
        if is_guarded(&live, span.start) {
            continue;
        }
        if is_built_in(&live, &span) {
            hits.at(span, format!("{what} is built in"));
        }
    }
}

/// The text with `dnl …` and `# …` blanked, byte for byte.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let end = comment(line);
        let (kept, rest) = line.split_at_checked(end).unwrap_or((line, ""));
        out.push_str(kept);
        out.extend(rest.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
    out
}

/// Where a line's comment starts.
fn comment(line: &str) -> usize {
    let bytes = line.as_bytes();
    let dnl = line
        .match_indices("dnl")
        .map(|(at, _)| at)
        .find(|at| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            let after = bytes.get(at + 3);
            let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            !part(before) && !part(after)
        })
        .unwrap_or(line.len());
    // `$#`, `[#]` and `s#a#b#` are none.
    let hash = line
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|at| {
            at.checked_sub(1)
                .is_none_or(|before| bytes.get(before).is_some_and(u8::is_ascii_whitespace))
        })
        .filter(|at| {
            line.get(at + 1..)
                .is_none_or(|rest| !rest.starts_with("define") && !rest.starts_with("include"))
        })
        .unwrap_or(line.len());
    dnl.min(hash)
}

/// The commands in backquotes, `$( )` and `m4_esyscmd([ ])`.
fn commands(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    for (open, close) in [
        ("`", '`'),
        ("$(", ')'),
        ("esyscmd([", ']'),
        ("esyscmd_s([", ']'),
        ("esyscmd(", ')'),
    ] {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(open)) {
            let start = from + at + open.len();
            let rest = text.get(start..).unwrap_or("");
            // A command is short, and on one line.
            let near = rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or("");
            let line = near.split('\n').next().unwrap_or("");
            match line.find(close) {
                Some(end) => {
                    found.push((from + at..start + end + close.len_utf8(), line.get(..end).unwrap_or("")));
                    from = start + end + close.len_utf8();
                }
                None => from = start,
            }
        }
    }
    found.sort_by_key(|(span, _)| span.start);
    found.dedup_by(|later, first| later.0.start < first.0.end);
    found
}

/// What a command asks the machine for.
fn asks(command: &str) -> Option<&'static str> {
    let mut words = command.split_whitespace();
    let program = words.next()?.rsplit('/').next()?.trim_start_matches('[');
    let options: Vec<&str> = words.take_while(|word| *word != "|").collect();
    let has = |letters: &[char]| {
        options
            .iter()
            .any(|option| option.starts_with('-') && !option.starts_with("--") && option.contains(letters))
    };
    let given = |start: &str| options.iter().any(|option| option.starts_with(start));
    match program {
        "date"
            if !has(&['d', 'r'])
                && !given("--date")
                && !given("--reference")
                && !command.contains("SOURCE_DATE_EPOCH") =>
        {
            Some("the time of the configuration")
        }
        "hostname" => Some("the name of the machine"),
        "whoami" | "logname" => Some("the name of the builder"),
        "uname" if has(&['a', 'n']) => Some("the name of the machine"),
        "uname" if has(&['r', 'v']) => Some("the kernel of the machine"),
        _ => None,
    }
}

/// Whether the lines around name `SOURCE_DATE_EPOCH`: then this is for when it is not set.
fn is_guarded(text: &str, place: usize) -> bool {
    let before = text
        .get(..place)
        .unwrap_or("")
        .rsplit('\n')
        .take(6)
        .any(|line| line.contains("SOURCE_DATE_EPOCH"));
    let after = text
        .get(place..)
        .unwrap_or("")
        .split('\n')
        .take(3)
        .any(|line| line.contains("SOURCE_DATE_EPOCH"));
    before || after
}

/// Whether the output of the command at a place is substituted or defined.
fn is_built_in(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    if ["AC_DEFINE", "AC_SUBST", "AC_INIT"]
        .iter()
        .any(|name| line.contains(name))
        || defines(line)
    {
        return true;
    }
    // The variable that it is assigned to.
    let name: String = line
        .trim_end_matches(['"', '\''])
        .strip_suffix('=')
        .unwrap_or("")
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    !name.is_empty()
        && text.lines().any(|line| {
            let is = |word: &str| line.match_indices(word).any(|(at, _)| ends_word(line, at + word.len()));
            let substituted = line.contains("AC_SUBST")
                && (is(&format!("AC_SUBST({name}"))
                    || is(&format!("AC_SUBST([{name}"))
                    || line.contains(&format!("[${name}]")));
            let used = is(&format!("${name}")) || line.contains(&format!("${{{name}}}"));
            substituted
                || (used && (line.contains("AC_DEFINE") || line.split(&format!("${name}")).next().is_some_and(defines)))
        })
}

/// Whether a line ends inside a macro of the compiler.
fn defines(line: &str) -> bool {
    line.rsplit([' ', '\t']).next().is_some_and(|word| {
        let word = word.trim_start_matches(['"', '\'']);
        word.contains("-D") && word.contains('=')
    })
}

fn ends_word(line: &str, at: usize) -> bool {
    line.as_bytes()
        .get(at)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
}
