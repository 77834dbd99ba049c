//! `repro doctor` as a table.

use crate::model::{DoctorLine, DoctorReport};
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &DoctorReport, out: &mut dyn Write) -> io::Result<()> {
    table("isolation", &report.means, out)?;
    writeln!(out)?;
    table("variation", &report.variations, out)
}

/// The report as GitHub-flavoured markdown.
pub fn write_markdown(report: &DoctorReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro doctor`")?;
    for (title, lines) in [("isolation", &report.means), ("variation", &report.variations)] {
        writeln!(out, "\n| {title} | here |\n|---|---|")?;
        for line in lines {
            writeln!(out, "| {} | {} |", line.name, answer(line).replace('|', "\\|"))?;
        }
    }
    Ok(())
}

fn table(title: &str, lines: &[DoctorLine], out: &mut dyn Write) -> io::Result<()> {
    let width = lines
        .iter()
        .map(|line| line.name.len())
        .max()
        .unwrap_or(0)
        .max(title.len());
    writeln!(out, "{title:width$}  here")?;
    for line in lines {
        writeln!(out, "{:width$}  {}", line.name, answer(line))?;
    }
    Ok(())
}

fn answer(line: &DoctorLine) -> String {
    let why = line.why.as_deref().unwrap_or_default().replace('\n', "; ");
    match (line.available, &line.backend) {
        (true, Some(backend)) => backend.clone(),
        (true, None) => "yes".to_owned(),
        (false, _) => format!("no: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tool;

    #[test]
    fn a_line_each() {
        let line = |name: &str, backend: Option<&str>, why: Option<&str>| DoctorLine {
            name: name.to_owned(),
            available: why.is_none(),
            backend: backend.map(str::to_owned),
            why: why.map(str::to_owned),
        };
        let report = DoctorReport {
            schema_version: 1,
            tool: Tool {
                name: "repro",
                version: "0",
            },
            means: vec![
                line("PID namespace", None, None),
                line("time", None, Some("not permitted")),
            ],
            variations: vec![line("locale", Some("environment"), None)],
        };
        let mut text = Vec::new();
        write(&report, &mut text).unwrap();
        let expected = "isolation      here\nPID namespace  yes\ntime           no: not permitted\n\nvariation  here\nlocale     environment\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        let mut markdown = Vec::new();
        write_markdown(&report, &mut markdown).unwrap();
        assert!(
            String::from_utf8(markdown)
                .unwrap()
                .contains("| locale | environment |")
        );
    }
}
