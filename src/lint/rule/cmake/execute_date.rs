//! cmake-execute-date

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
    },
    list::{Call, List},
};

pub static RULE: Rule = Rule {
    id: "cmake-execute-date",
    languages: &[Language::CMake],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "The time or the machine of the build is asked for, and built in",
    why: "date, hostname, whoami and uname -a give something else in each build. Not reported where the answer is only shown or compared.",
    fix: "string(TIMESTAMP NOW UTC), which honours SOURCE_DATE_EPOCH since CMake 3.8; leave the machine out",
    references: &["https://cmake.org/cmake/help/latest/command/string.html#timestamp"],
    triggers: &[
        "execute_process",
        "EXECUTE_PROCESS",
        "exec_program",
        "EXEC_PROGRAM",
        "add_custom",
        "ADD_CUSTOM",
    ],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let list = List::new(code);
    for call in list.named(&["add_custom_command", "add_custom_target"]) {
        for (node, text) in &call.arguments {
            let asks = text.contains("`date`") || text.contains("`date +") || text.contains("$(date +");
            let written = text.contains('>') || text.contains("-D");
            if asks && written && !list.is_guarded(call.node) && !text.contains("SOURCE_DATE_EPOCH") {
                hits.at(node.byte_range(), "the time of the build is written");
            }
        }
    }
    for call in list.named(&["execute_process", "exec_program"]) {
        let Some(what) = asks(call) else { continue };
        if list.is_guarded(call.node) || code.of(call.node).contains("SOURCE_DATE_EPOCH") {
            continue;
        }
        let built_in = match call.after("OUTPUT_VARIABLE") {
            Some(variable) => list.is_built_in(variable, 4),
            None => call.has("OUTPUT_FILE"),
        };
        if built_in {
            hits.at(call.node.byte_range(), format!("{what} may be built in"));
        }
    }
}

/// What a command asks the machine for.
fn asks(call: &Call<'_>) -> Option<&'static str> {
    let from = if call.name == "exec_program" {
        0
    } else {
        call.arguments.iter().position(|(_, text)| *text == "COMMAND")? + 1
    };
    let program = call.arguments.get(from)?.1.rsplit('/').next()?;
    let words = [
        "COMMAND",
        "OUTPUT_VARIABLE",
        "RESULT_VARIABLE",
        "WORKING_DIRECTORY",
        "ERROR_QUIET",
        "OUTPUT_QUIET",
        "OUTPUT_STRIP_TRAILING_WHITESPACE",
        "ERROR_VARIABLE",
        "TIMEOUT",
        "ARGS",
        "OUTPUT_FILE",
    ];
    let options: Vec<&str> = call
        .arguments
        .iter()
        .skip(from + 1)
        .map(|(_, text)| *text)
        .skip_while(|text| *text == "ARGS")
        .take_while(|text| !words.contains(text))
        .flat_map(str::split_whitespace)
        .collect();
    let has = |letters: &[char]| {
        options
            .iter()
            .any(|option| option.starts_with('-') && !option.starts_with("--") && option.contains(letters))
    };
    match program {
        "date"
            if !has(&['d', 'r'])
                && !options
                    .iter()
                    .any(|option| option.starts_with("--date") || option.starts_with("--reference")) =>
        {
            Some("the time of the build")
        }
        "hostname" if options.iter().all(|option| option.starts_with('-')) => Some("the name of the machine"),
        "whoami" | "logname" => Some("the name of the builder"),
        "uname" if has(&['a', 'n']) => Some("the name of the machine"),
        "uname" if has(&['r', 'v']) => Some("the kernel of the machine"),
        _ => None,
    }
}
