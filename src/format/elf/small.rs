//! Small sections, and what is appended behind an ELF file.

use super::{ENTRIES, image::Image};
use crate::model::{Blob, Order, Part, Role, Span, Value};
use std::sync::Arc;

/// NUL-terminated strings that nothing refers to.
pub(super) fn strings(image: &Arc<Image>, index: usize, name: &'static str, role: Role) -> Part {
    let s = &image.sections[index];
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let mut parts = Vec::new();
        let mut start = span.start;
        for end in memchr::memchr_iter(0, &bytes[span.start..span.end]).take(ENTRIES) {
            let end = span.start + end + 1;
            parts.push(Part::field(
                format!("{name} {}", parts.len()),
                Span::new(start, end),
                role,
                Value::Raw,
            ));
            start = end;
        }
        Ok(parts)
    })
}

/// A file name, then the CRC-32 (`.gnu_debuglink`, aligned to four) or the build ID (`.gnu_debugaltlink`) of that file, which is not here.
pub(super) fn debug_link(image: &Arc<Image>, index: usize) -> Part {
    let s = &image.sections[index];
    let (span, aligned) = (s.span, s.name() == ".gnu_debuglink");
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let Some(length) = memchr::memchr(0, &bytes[span.start..span.end]) else {
            return Ok(Vec::new());
        };
        let name = Span::at(span.start, length + 1);
        let identifier = if aligned {
            Span::new(span.end.saturating_sub(4).max(name.end), span.end)
        } else {
            Span::new(name.end, span.end)
        };
        Ok(vec![
            Part::field("debug file", name, Role::String, Value::Raw),
            Part::field("debug file's identity", identifier, Role::Identifier, Value::Raw),
        ])
    })
}

const MODULE_SIGNATURE: &[u8] = b"~Module signature appended~\n";

/// What a squashfs image begins with.
const SQUASHFS: &[u8] = b"hsqs";

/// What is appended to an ELF file: the image behind the runtime of an AppImage (its specification, "Type 2 image format"), or the
/// signature of a kernel module.
pub(super) fn appended(bytes: &Blob, rest: Span) -> Vec<Part> {
    match bytes.get_span(rest) {
        Some(image) if image.starts_with(SQUASHFS) => vec![Part::stored("appended image", rest)],
        _ => module_signature(bytes, rest),
    }
}

/// A kernel module's signature (Linux, `struct module_signature`: 12 bytes, the last four its length, big-endian) behind the ELF file.
fn module_signature(bytes: &Blob, rest: Span) -> Vec<Part> {
    let find = || {
        let info = rest
            .end
            .checked_sub(MODULE_SIGNATURE.len() + 12)
            .filter(|&at| at >= rest.start)?;
        if !bytes[rest.start..rest.end].ends_with(MODULE_SIGNATURE) {
            return None;
        }
        let size: [u8; 4] = bytes[info + 8..info + 12].try_into().ok()?;
        let start = info
            .checked_sub(u32::from_be_bytes(size) as usize)
            .filter(|&at| at >= rest.start)?;
        Some(vec![
            Part::field("module signature", Span::new(start, info), Role::Signature, Value::Raw),
            Part::field("module signature kind", Span::at(info, 8), Role::Structure, Value::Raw),
            Part::field(
                "module signature length",
                Span::at(info + 8, 4),
                Role::Size,
                Value::Derived { valid: true },
            ),
            Part::field(
                "module signature magic",
                Span::new(info + 12, rest.end),
                Role::Structure,
                Value::Raw,
            ),
        ])
    };
    find().unwrap_or_default()
}
