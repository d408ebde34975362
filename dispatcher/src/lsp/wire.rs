//! Messages from bytes: a header with a length, then JSON. Both are bounded before anything is kept.

use std::io::{self, BufRead, Read};

use lsp_server::Message;

/// Bytes of a header.
const LONGEST_HEADER: u64 = 4 << 10;
/// Bytes of a message: documents that are too long to check still arrive.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// What came.
#[derive(Debug)]
pub(super) enum Received {
    /// A message.
    Message(Message),
    /// Something else in a proper frame.
    Unreadable(String),
    /// Nothing comes any more.
    End,
}

/// Reads one message.
///
/// # Errors
/// The input fails, or has no frame: where the next message begins is unknown.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Received> {
    let Some(length) = header(&mut input.take(LONGEST_HEADER))? else {
        return Ok(Received::End);
    };
    if length > LONGEST_MESSAGE {
        return Err(broken(&format!("a message of {length} bytes")));
    }
    // Grows as bytes come: a length alone takes no memory.
    let mut body = Vec::new();
    let read = input.take(length).read_to_end(&mut body)?;
    if (read as u64) < length {
        return Ok(Received::End);
    }
    Ok(match serde_json::from_slice(&body) {
        Ok(message) => Received::Message(message),
        Err(error) => Received::Unreadable(error.to_string()),
    })
}

/// The length that a header gives; `None` at the end of the input.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return length
                .map(Some)
                .ok_or_else(|| broken("a header without a length"));
        }
        match text.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                let value = value.trim().parse();
                length = Some(value.map_err(|_| broken("a length that is no number"))?);
            }
            Some(_) => {}
            None => return Err(broken("a line that is no header")),
        }
    }
}

fn broken(found: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("expected a message of the language server protocol, found {found}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(input: &str) -> String {
        match read(&mut input.as_bytes()) {
            Ok(Received::Message(Message::Request(request))) => format!("request {}", request.id),
            Ok(Received::Message(message)) => format!("{message:?}"),
            Ok(Received::Unreadable(_)) => "unreadable".to_owned(),
            Ok(Received::End) => "end".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn frames_are_bounded_and_bad_ones_refused() {
        let long_header = format!("X: {}", "y".repeat(1 << 20));
        let begin = "expected a message of the language server protocol, found ";
        for (input, wanted) in [
            ("", "end"),
            (
                "Content-Length: 39\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"x\"}",
                "end",
            ),
            (
                "content-length:37\r\nContent-Type: x\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"x\"}",
                "request 7",
            ),
            ("Content-Length: 2\r\n\r\n{]", "unreadable"),
            ("Content-Length: 5\r\n\r\n\"\u{e9}x\"", "unreadable"),
            (
                "Content-Length: 99999999999999\r\n\r\n{}",
                &format!("{begin}a message of 99999999999999 bytes"),
            ),
            (
                "Content-Length: -1\r\n\r\n{}",
                &format!("{begin}a length that is no number"),
            ),
            (
                "Content-Type: x\r\n\r\n{}",
                &format!("{begin}a header without a length"),
            ),
            ("{}\r\n\r\n", &format!("{begin}a line that is no header")),
            (&long_header, "end"),
        ] {
            assert_eq!(kind(input), wanted, "{}", &input[..input.len().min(60)]);
        }
    }
}
