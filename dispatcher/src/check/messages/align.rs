//! Where the text of a YAML scalar is written: plain, quoted or as a block.

/// Where each byte of a scalar's value stands, given how it is written.
pub(super) fn align(value: &str, raw: Option<&str>, start: usize) -> Option<Vec<usize>> {
    let raw = raw?;
    let first = raw.as_bytes().first()?;
    let mut at = match first {
        b'|' | b'>' => raw.find('\n')? + 1,
        b'"' | b'\'' => 1,
        _ => 0,
    };
    let bytes = raw.as_bytes();
    let mut map = Vec::with_capacity(value.len());
    for byte in value.bytes() {
        loop {
            let Some(&there) = bytes.get(at) else {
                // Only the end of a block's last line may be missing.
                if !byte.is_ascii_whitespace() {
                    return None;
                }
                map.push(start + raw.len().saturating_sub(1));
                break;
            };
            if *first == b'"' && there == b'\\' {
                match (bytes.get(at + 1), byte) {
                    (Some(b'n'), b'\n') | (Some(b't'), b'\t') => {}
                    (Some(b'\n'), _) => {
                        at += 2;
                        continue;
                    }
                    (Some(escaped @ (b'"' | b'\\' | b'/' | b' ')), _) if *escaped == byte => {}
                    _ => return None,
                }
                at += 1;
                map.push(start + at);
                at += 1;
                break;
            }
            if there == byte {
                if *first == b'\'' && byte == b'\'' {
                    at += 1;
                }
                map.push(start + at);
                at += 1;
                break;
            }
            if there.is_ascii_whitespace() {
                at += 1;
                continue;
            }
            if byte.is_ascii_whitespace() {
                map.push(start + at);
                break;
            }
            return None;
        }
    }
    Some(map)
}

#[cfg(test)]
mod tests {
    use super::align;

    /// Where `word` of the value is found in what is written.
    fn find(raw: &str, value: &str, word: &str) -> Option<String> {
        let map = align(value, Some(raw), 0)?;
        let at = value.find(word)?;
        let range = map[at]..=map[at + word.len() - 1];
        Some(raw[range].to_owned())
    }

    #[test]
    fn words_are_found_however_the_scalar_is_written() {
        for (raw, value) in [
            ("lava-wait ready", "lava-wait ready"),
            ("a: b\n   lava-wait\n   ready", "a: b lava-wait ready"),
            ("'it''s; lava-wait ready'", "it's; lava-wait ready"),
            (r#""a \"b\"; lava-wait ready""#, r#"a "b"; lava-wait ready"#),
            (r#""a\nlava-wait ready""#, "a\nlava-wait ready"),
            (
                "|\n    if x; then\n      lava-wait ready\n    fi\n",
                "if x; then\n  lava-wait ready\nfi\n",
            ),
            (">-\n    lava-wait\n    ready\n", "lava-wait ready"),
        ] {
            assert_eq!(find(raw, value, "ready").as_deref(), Some("ready"), "{raw}");
        }
        assert_eq!(
            find(r#""\x6cava-wait ready""#, "lava-wait ready", "ready"),
            None
        );
        assert_eq!(find("*anchor", "lava-wait ready", "ready"), None);
    }
}
