//! c-time-in-generator

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule, code::below},
        place::{is_generator, is_test_path},
    },
    LANGUAGES, callee, prints,
};

pub static RULE: Rule = Rule {
    id: "c-time-in-generator",
    languages: LANGUAGES,
    cause: "embedded-timestamp",
    confidence: Confidence::Low,
    what: "A program of the build writes the present time",
    why: "What it writes is built in, and is another each time. Only in sources of programs that the build itself runs, by their names (gen*, mk*, \
          *2c, codegen/).",
    fix: "const char *e = getenv(\"SOURCE_DATE_EPOCH\"); time_t t = e ? strtoll(e, 0, 10) : time(NULL);",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["time(", "gettimeofday", "clock_gettime"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) || !is_generator(code.path) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    for function in code.nodes(&["function_definition"]) {
        let calls = below(function, &["call_expression"]);
        let says = calls.iter().any(|call| {
            matches!(
                callee(code, *call),
                "ctime"
                    | "ctime_r"
                    | "asctime"
                    | "asctime_r"
                    | "strftime"
                    | "localtime"
                    | "gmtime"
                    | "localtime_r"
                    | "gmtime_r"
                    | "put_time"
            )
        });
        if !says || !prints(code, function) {
            continue;
        }
        let asks = calls.into_iter().find(|call| match callee(code, *call) {
            "gettimeofday" | "clock_gettime" => true,
            "time" => call.child_by_field_name("arguments").is_some_and(|arguments| {
                let text = code.of(arguments);
                matches!(text, "(NULL)" | "(0)" | "(nullptr)") || text.starts_with("(&")
            }),
            _ => false,
        });
        if let Some(call) = asks {
            hits.at(call.byte_range(), "the present time is written");
        }
    }
}
