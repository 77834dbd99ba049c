//! What may differ: sections that nothing loads, links or runs, and the names of source files.

use crate::bytes::Error;

/// An allow-list, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    sections: Vec<String>,
    file_symbols: bool,
}

/// Beginnings of names that no rule may name, and why.
const REFUSED: &[(&str, &str)] = &[
    (".text", "it is code"),
    (".init", "it is code or a table of functions that run at the start"),
    (".preinit", "it is a table of functions that run at the start"),
    (".fini", "it is code or a table of functions that run at the end"),
    (".ctors", "it is a table of functions that run at the start"),
    (".dtors", "it is a table of functions that run at the end"),
    (".plt", "it is code"),
    (".iplt", "it is code"),
    (".got", "it holds addresses that the program follows"),
    (".igot", "it holds addresses that the program follows"),
    (".data", "it is data of the program"),
    (".ldata", "it is data of the program"),
    (".sdata", "it is data of the program"),
    (".rodata", "it is data of the program"),
    (".lrodata", "it is data of the program"),
    (".bss", "it is data of the program"),
    (".sbss", "it is data of the program"),
    (".lbss", "it is data of the program"),
    (".tdata", "it is data of the program"),
    (".tbss", "it is data of the program"),
    (".tm_clone", "it is data of the program"),
    (".relro_padding", "it is loaded"),
    (".dyn", "the loader follows it"),
    (".interp", "it names the loader"),
    (".hash", "the loader follows it"),
    (".gnu.hash", "the loader follows it"),
    (".gnu.version", "the loader follows it"),
    (".gnu.lto_", "a linker makes code of it"),
    (".gnu.offload", "a linker makes code of it"),
    (".gnu.linkonce", "a linker makes code or data of it"),
    (".gnu.warning", "a linker reads it"),
    (".llvm", "a linker reads it"),
    (".deplibs", "a linker reads it"),
    (".linker-options", "a linker reads it"),
    (".group", "a linker reads it"),
    (".rel", "a linker or a loader follows it"),
    (".crel", "a linker or a loader follows it"),
    (".eh_frame", "the unwinder follows it"),
    (".gcc_except_table", "the unwinder follows it"),
    (".ARM", "a linker or the unwinder follows it"),
    (".riscv.attributes", "a linker reads it"),
    (".symtab", "names of source files are allowed by `file_symbols`"),
    (".strtab", "names of source files are allowed by `file_symbols`"),
    (".shstrtab", "it names the sections"),
    (".note.GNU-stack", "it says whether the stack is executable"),
    (".note.GNU-split-stack", "a linker reads it"),
    (".note.gnu", "it is loaded"),
    (".note.ABI-tag", "it is loaded"),
];

impl Rules {
    /// Sections by their full names, and whether the names of source files (`STT_FILE`) may differ.
    pub fn new(sections: impl IntoIterator<Item = String>, file_symbols: bool) -> Result<Self, Error> {
        let mut sections: Vec<String> = sections.into_iter().collect();
        sections.sort();
        sections.dedup();
        for name in &sections {
            if name.is_empty() || !name.starts_with('.') || name.contains(|c: char| c.is_whitespace() || c.is_control())
            {
                return Err(Error::malformed(format!(
                    "`{name}` is not a name of a section: it begins with a dot"
                )));
            }
            if name.contains(['*', '?', '[']) {
                return Err(Error::malformed(format!(
                    "`{name}`: a section is allowed by its full name, not by a pattern"
                )));
            }
            if let Some((_, why)) = REFUSED.iter().find(|(start, _)| name.starts_with(start)) {
                return Err(Error::malformed(format!(
                    "`{name}` cannot be allowed to differ: {why}; only sections that are not loaded can be"
                )));
            }
        }
        Ok(Self { sections, file_symbols })
    }

    /// Whether nothing may differ.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty() && !self.file_symbols
    }

    /// The sections that may differ, sorted.
    pub fn sections(&self) -> &[String] {
        &self.sections
    }

    /// Whether the names of source files may differ.
    pub(crate) fn file_symbols(&self) -> bool {
        self.file_symbols
    }
}
