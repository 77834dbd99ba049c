//! `repro doctor`: one file a format.

mod markdown;
mod text;
mod words;

use crate::{
    model::DoctorReport,
    report::{format::Options, parts::json, subject::Report},
};
use std::io::{self, Write};

impl Report for DoctorReport {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        text::write(self, options, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use crate::model::{DoctorLine, DoctorReport, Tool};

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
            digests: vec![line("SHA-256", Some("one file at a time"), None)],
        };
        let mut text = Vec::new();
        super::text::write(&report, Options::default(), &mut text).unwrap();
        let expected = "isolation      here\nPID namespace  yes\ntime           no: not permitted\n\nvariation  here\nlocale     environment\n\n\
                        digest   here\nSHA-256  one file at a time\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        let mut markdown = Vec::new();
        super::markdown::write(&report, &mut markdown).unwrap();
        assert!(
            String::from_utf8(markdown)
                .unwrap()
                .contains("| locale | environment |")
        );
    }
}
