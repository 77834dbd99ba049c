//! Text from elsewhere, made fit to be shown.

/// Characters that control something, turn the text around them, or have no shape of their own: C0 and C1, directions, line separators,
/// joiners and other marks of no width, tags, what is no character at all.
pub fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Text on one line that does nothing to a terminal, and that XML can hold: what is [`unseen`] is spelled out.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if unseen(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// At most so many characters of a text, with a mark behind them if that cuts it.
pub(crate) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        let controls = (0..0x20).chain(0x7f..0xa0);
        let directions = (0x202a..0x202f).chain(0x2066..0x206a).chain([0x200e, 0x200f, 0x61c]);
        let widthless = [0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0xfe0f, 0xe0041];
        let separators = [0x2028, 0x2029];
        let none = [0xfffe, 0xffff, 0x1_fffe];
        for code in controls
            .chain(directions)
            .chain(widthless)
            .chain(separators)
            .chain(none)
        {
            let c = char::from_u32(code).unwrap();
            assert!(unseen(c), "{code:x}");
            let cleaned = clean(&format!("a{c}b"));
            assert!(
                cleaned.starts_with("a\\") && !cleaned.chars().any(unseen),
                "{cleaned:?}"
            );
        }
        assert_eq!(
            clean("\u{1b}[2J\n\u{9b}\u{202e}\u{200b}"),
            "\\x1b[2J\\n\\x9b\\u{202e}\\u{200b}"
        );
        let seen = "é € 日本 \\ ’ ☃ 🦀";
        assert_eq!(clean(seen), seen);
    }

    #[test]
    fn a_cut_is_marked() {
        assert_eq!(clip("é€x", 3), "é€x");
        assert_eq!(clip("é€x", 2), "é€…");
    }
}
