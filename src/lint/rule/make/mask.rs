//! Recipes and `$(shell …)` as shell: what make expands becomes a variable of the shell, byte for byte.

/// The text of a command with each `$(X)` of make as `${X}`, each call of a function as a variable of the same length, and `$$` as `_$`.
pub fn shell(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'$' {
            out.push(byte);
            at += 1;
            continue;
        }
        match bytes.get(at + 1) {
            Some(b'$') => {
                // The word around it stays one word.
                out.extend_from_slice(b"_$");
                at += 2;
            }
            Some(b'(' | b'{') => {
                let end = close(bytes, at + 1);
                let inner = bytes.get(at + 2..end).unwrap_or(&[]);
                out.extend_from_slice(b"${");
                let plain = inner
                    .iter()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'));
                out.extend(
                    inner
                        .iter()
                        .map(|c| if plain && c.is_ascii_alphanumeric() { *c } else { b'_' }),
                );
                if end < bytes.len() {
                    out.push(b'}');
                }
                at = end + 1;
            }
            Some(b'<' | b'^' | b'+' | b'%' | b'|') => {
                out.extend_from_slice(b"$_");
                at += 2;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    // Prefixes of a recipe's line.
    for byte in &mut out {
        match byte {
            b'@' | b'-' | b'+' => *byte = b' ',
            b' ' | b'\t' => {}
            _ => break,
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Where the bracket at `open` is closed; the end of the text if it is not.
fn close(bytes: &[u8], open: usize) -> usize {
    let (left, right) = if bytes.get(open) == Some(&b'(') {
        (b'(', b')')
    } else {
        (b'{', b'}')
    };
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open) {
        if *byte == left {
            depth += 1;
        } else if *byte == right {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at;
            }
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::shell;

    #[test]
    fn a_mask_is_as_long_as_the_text() {
        for (text, masked) in [
            ("@echo $(X) $$y > $@", " echo ${X} _$y > $@"),
            ("$(CC) -o $@ $^", "${CC} -o $@ $_"),
            ("a $(shell date +%F) b", "a ${______________} b"),
            ("${A.b-c} $(sort $(X))", "${A_b_c} ${_________}"),
            ("$(open", "${open"),
            ("é$(X)é$", "é${X}é$"),
            ("", ""),
        ] {
            assert_eq!(shell(text), masked);
            assert_eq!(text.len(), masked.len());
        }
    }
}
