//! The time, or the user, of the build in what Ant makes.

use super::xml;
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span, rule::build_file};

/// The rule.
pub static RULE: Rule = Rule {
    id: "ant-tstamp",
    languages: &[Language::Ant],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "An Ant build writes the time of the build, or the user who builds, into its output",
    why: "<tstamp> is the clock's: Ant 1.10.2 takes SOURCE_DATE_EPOCH, older ones do not. Where it is only printed, or never used, \
          it does not matter.",
    fix: "leave it out; Ant from 1.10.2 on with SOURCE_DATE_EPOCH",
    references: &["https://ant.apache.org/manual/Tasks/tstamp.html"],
    triggers: &["tstamp", "user.name", "propertyfile"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    // `ant.tstamp.now` is the time that <tstamp> takes for now.
    let pinned = ["SOURCE_DATE_EPOCH", "ant.tstamp.now"]
        .iter()
        .any(|word| code.text.contains(word));
    if build_file::is_test_path(code.path) || pinned {
        return;
    }
    let elements = code.nodes(&["element"]);
    let stamps = elements.iter().any(|it| xml::name(code, *it) == "tstamp");
    let mut names: Vec<String> = Vec::new();
    if stamps {
        names.extend(["DSTAMP", "TSTAMP", "TODAY"].map(str::to_owned));
        // <tstamp><format property="build.date" …/></tstamp>
        names.extend(
            elements
                .iter()
                .filter(|it| {
                    xml::name(code, **it) == "format"
                        && xml::parent(**it).is_some_and(|up| xml::name(code, up) == "tstamp")
                })
                .filter_map(|it| xml::attribute(code, *it, "property"))
                .map(str::to_owned),
        );
    }
    for name in names.iter().take(20) {
        let word = format!("${{{name}}}");
        for (node, at) in xml::holding(code, &word) {
            let element = xml::parent(node);
            let task = element.map_or("", |it| xml::name(code, it));
            let into_file = element.is_some_and(|it| xml::attribute(code, it, "file").is_some());
            // Messages, logs and conditions; the folder of a run's reports.
            let aside = matches!(
                task,
                "fail"
                    | "input"
                    | "mail"
                    | "record"
                    | "sysproperty"
                    | "arg"
                    | "junitreport"
                    | "isset"
                    | "equals"
                    | "delete"
            ) || (task == "echo" && !into_file);
            if !aside {
                hits.at(at..at + word.len(), format!("`{word}` is the time of the build"));
            }
        }
    }
    for element in elements {
        let name = xml::name(code, element);
        let value = xml::attribute(code, element, "value");
        let in_propertyfile = || xml::parent(element).is_some_and(|up| xml::name(code, up) == "propertyfile");
        if name == "entry" && value == Some("now") && in_propertyfile() {
            hits.at(span(element), "the time of the build is written into the file");
        }
        if name == "attribute" && value.is_some_and(|it| it.contains("${user.name}")) {
            hits.at(span(element), "the manifest names whoever builds");
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
