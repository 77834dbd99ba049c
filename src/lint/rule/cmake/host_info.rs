//! cmake-host-info

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::below},
        place::is_test_path,
    },
    list::{List, is_defining},
};

pub static RULE: Rule = Rule {
    id: "cmake-host-info",
    languages: &[Language::CMake],
    cause: "kernel-version",
    confidence: Confidence::Medium,
    what: "The kernel, the name or the processors of the machine are built in",
    why: "CMAKE_SYSTEM and CMAKE_SYSTEM_VERSION carry the kernel's release; site_name and cmake_host_system_information ask the machine. Harmless \
          in conditions.",
    fix: "${CMAKE_SYSTEM_NAME}",
    references: &[
        "https://tests.reproducible-builds.org/debian/issues/unstable/captures_kernel_version_via_CMAKE_SYSTEM_issue.html",
    ],
    triggers: &[
        "CMAKE_SYSTEM",
        "CMAKE_HOST_SYSTEM",
        "cmake_host_system_information",
        "site_name",
        "SITE_NAME",
    ],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let list = List::new(code);
    for call in &list.calls {
        let defines = is_defining(code, call);
        let writes = list.is_writing(call);
        // `set(BUILD_SYSTEM "${CMAKE_SYSTEM}")`, used so or filled in later.
        let passes = call.name == "set"
            && !call.has("CACHE")
            && call.arguments.first().is_some_and(|(_, name)| {
                !name.starts_with("CMAKE_")
                    && !name.starts_with("CPACK_")
                    && list.is_built_in(name, 3)
                    && (list.named(&["configure_file"]).next().is_some() || is_used(&list, name))
            });
        if defines || writes || passes {
            for variable in below(call.node, &["normal_var"]) {
                let name = variable.named_child(0).map_or("", |name| code.of(name));
                if matches!(
                    name,
                    "CMAKE_SYSTEM" | "CMAKE_HOST_SYSTEM" | "CMAKE_SYSTEM_VERSION" | "CMAKE_HOST_SYSTEM_VERSION"
                ) {
                    hits.at(
                        variable.byte_range(),
                        format!("{name} carries the release of the builder's kernel"),
                    );
                }
            }
        }
        let asked = match call.name.as_str() {
            "site_name" => call
                .arguments
                .first()
                .map(|(_, name)| (*name, "the name of the machine")),
            "cmake_host_system_information" => {
                let what = call.after("QUERY").unwrap_or("");
                let named = what == "HOSTNAME" || what == "FQDN";
                let counted = what.starts_with("NUMBER_OF_")
                    || what.contains("MEMORY")
                    || what.starts_with("PROCESSOR")
                    || what.starts_with("OS_RELEASE");
                let says = if named {
                    "the name of the machine"
                } else {
                    "what the machine has"
                };
                call.after("RESULT")
                    .filter(|_| named || counted)
                    .map(|name| (name, says))
            }
            _ => None,
        };
        if let Some((variable, says)) =
            asked.filter(|(variable, _)| is_used(&list, variable) && list.is_built_in(variable, 4))
        {
            hits.at(call.node.byte_range(), format!("{says} is built in as {variable}"));
        }
    }
}

/// Whether a variable is used in the file at all.
fn is_used(list: &List<'_>, variable: &str) -> bool {
    list.code.text.contains(&format!("${{{variable}}}"))
}
