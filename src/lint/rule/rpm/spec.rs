//! The time and the machine of the build in a package's head.

use crate::lint::{Code, Confidence, Hits, Language, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "rpm-spec",
    languages: &[Language::RpmSpec],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "A spec file takes the time, the user or the machine of the build into the package",
    why: "%(date), %(whoami) and %(hostname) are run when the spec is read. Dates of the %changelog and commands with a given date \
          (date -d, date -r) do not matter. Commands of %build and %install are looked at as shell.",
    fix: "a constant, or %source_date_epoch_from_changelog 1 and a date of SOURCE_DATE_EPOCH",
    references: &["https://rpm-software-management.github.io/rpm/manual/buildprocess.html"],
    triggers: &["%("],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    let mut start = 0;
    let mut changelog = false;
    for line in code.text.split_inclusive('\n') {
        let here = start;
        start += line.len();
        let bare = line.trim_start();
        if line.starts_with('%') && !line.starts_with("%(") && !line.starts_with("%{") {
            let word = line.split_whitespace().next().unwrap_or("");
            let section = [
                "%build",
                "%changelog",
                "%check",
                "%description",
                "%files",
                "%install",
                "%package",
                "%post",
                "%pre",
                "%prep",
            ];
            if section.contains(&word) {
                changelog = word == "%changelog";
            }
        }
        if changelog || bare.starts_with('#') || bare.starts_with("%dnl") {
            continue;
        }
        for (at, _) in line.match_indices("%(") {
            // `%%(` is text.
            if line.get(..at).is_some_and(|before| before.ends_with('%')) {
                continue;
            }
            let Some(inside) = line.get(at + 2..) else { continue };
            let command = inside.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
            // `%(LC_ALL=C date …)`
            let mut words = command
                .split(|c: char| c.is_whitespace() || c == ')')
                .filter(|word| !word.is_empty());
            let tool = words
                .find(|word| (word.starts_with('-') || !word.contains('=')) && *word != "env")
                .unwrap_or("");
            let end = inside.find(')').map_or(line.trim_end().len(), |end| at + 2 + end + 1);
            let text = line.get(at..end).unwrap_or("");
            let given = [" -d", "--date", " -r", "--reference", "SOURCE_DATE_EPOCH"]
                .iter()
                .any(|it| text.contains(it));
            let what = match tool {
                "date" | "/bin/date" if !given => "the time of the build",
                "whoami" | "logname" => "the user who builds",
                "hostname" => "the machine that builds",
                _ => continue,
            };
            hits.at(
                here + at..here + end,
                format!("`%({tool})` puts {what} into the package"),
            );
        }
    }
}
