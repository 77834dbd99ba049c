//! Reports as files that a person has read and found right.

use std::{fs, path::Path};

/// Compares a text with a file that holds what it was; with `REPRO_UPDATE=1` the file is written.
pub fn golden(path: &Path, made: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|was| was == made) {
        return Ok(());
    }
    if std::env::var_os("REPRO_UPDATE").is_none_or(|v| v != "1") {
        return Err(format!(
            "{} is not as it was: REPRO_UPDATE=1 writes it anew, then see git diff",
            path.display()
        ));
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, made).unwrap();
    Ok(())
}

/// A page without style and script, which all pages share, and without their digests.
pub fn lean(text: &str) -> String {
    let without = |text: String, from: &str, to: &str| match (text.find(from), text.find(to)) {
        (Some(start), Some(end)) if start < end => format!("{}{}", &text[..start + from.len()], &text[end..]),
        _ => text,
    };
    let text = without(text.to_owned(), "<style>", "</style>");
    let text = without(text, "<script>", "</script>");
    without(text, "content=\"default-src 'none';", "\">\n<meta name=\"viewport\"")
}
