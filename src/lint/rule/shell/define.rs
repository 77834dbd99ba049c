//! Macros on a command line, and variables that are meant to be built in, by their names.

/// Whether a text ends inside a macro of a compiler or a linker: `-DNAME=`, `-X main.date=`.
pub(crate) fn is_define(before: &str) -> bool {
    let mut words = before.split([' ', '\t', '\n']).rev();
    let Some(last) = words.next() else { return false };
    let last = last.trim_start_matches(['"', '\'']);
    let value = |text: &str| text.contains('=') && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if let Some(rest) = last.strip_prefix("-D") {
        return value(rest);
    }
    // The value of an earlier macro may have blanks in it: `-DBUILT="\"on $(date)`.
    if before.matches("-D").count() > 0
        && before.rfind("-D").is_some_and(|at| {
            let rest = before.get(at + 2..).unwrap_or("");
            value(rest) && rest.matches('"').count() % 2 == 1
        })
    {
        return true;
    }
    let go = last
        .strip_prefix("-X=")
        .or_else(|| last.strip_prefix("-X"))
        .unwrap_or(last);
    (last.starts_with("-X") && value(go))
        || (words.next().is_some_and(|word| word.ends_with("-X")) && value(last) && last.contains('.'))
}

/// Whether a variable is by its name something that a build puts into what it makes.
pub(crate) fn is_built_in(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["BUILD", "COMPIL", "RELEASE", "BUILT"]
        .iter()
        .any(|part| upper.contains(part))
        && ["DATE", "TIME", "STAMP", "HOST", "USER", "_BY", "_ON", "UUID", "MACHINE"]
            .iter()
            .any(|part| upper.contains(part))
}
