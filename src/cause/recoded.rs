//! Texts in another encoding.

use crate::model::Difference;

/// True when one side is the text of the other in another encoding.
pub(crate) fn recoded(difference: &Difference) -> bool {
    let (a, b) = (&difference.a.unit[..], &difference.b.unit[..]);
    transcribed(a, b) || transcribed(b, a)
}

/// True when `other` is the UTF-8 text `utf8` in Latin-1, or with a replacement for each character outside ASCII.
fn transcribed(utf8: &[u8], other: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(utf8) else {
        return false;
    };
    let mut rest = other;
    for c in text.chars() {
        let mut plain = [0; 4];
        let plain = c.encode_utf8(&mut plain).as_bytes();
        let number = format!("&#{};", u32::from(c));
        let latin = u8::try_from(u32::from(c)).map(|byte| vec![byte]);
        let escape = match u32::from(c) {
            code @ 0..=0xff => format!("\\x{code:02x}"),
            code @ 0x100..=0xffff => format!("\\u{code:04x}"),
            code => format!("\\U{code:08x}"),
        };
        let forms: &[&[u8]] = if c.is_ascii() {
            &[plain]
        } else {
            &[
                latin.as_deref().unwrap_or(plain),
                b"?",
                number.as_bytes(),
                escape.as_bytes(),
                plain,
            ]
        };
        let Some(form) = forms.iter().find(|form| rest.starts_with(form)) else {
            return false;
        };
        rest = &rest[form.len()..];
    }
    rest.is_empty() && !text.is_ascii() && utf8 != other
}
