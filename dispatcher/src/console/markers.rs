//! The markers by which helpers on a node talk through its console.
//!
//! In: chunks of bytes, in order. Out: the markers in them. A marker is `<LAVA_` … `>` on the wire of the test shell
//! (the specification of LAVA's test shell signals). Everything between markers is passed over at the speed of a
//! substring search; a marker that does not end within [`LONGEST`] bytes is dropped and told.

use aho_corasick::AhoCorasick;

/// Longest marker that is read, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// A marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    /// `<LAVA_SIGNAL_NAME TEXT>`
    Signal {
        /// `TESTCASE`
        name: String,
        /// What follows the name.
        text: String,
    },
    /// `<LAVA_MULTI_NODE> <LAVA_NAME TEXT>`
    MultiNode {
        /// `SEND`
        name: String,
        /// What follows the name.
        text: String,
    },
    /// `<LAVA_TEST_RUNNER EXIT>`
    RunnerExit,
    /// `<LAVA_TEST_RUNNER INSTALL_FAIL>`
    InstallFail,
    /// A marker began and did not end within [`LONGEST`] bytes.
    TooLong,
}

/// A marker and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The marker.
    pub marker: Marker,
    /// One past its last byte, counted from the beginning of the stream.
    pub end: u64,
    /// Its first byte.
    pub start: u64,
}

/// Finds markers in a stream.
pub struct Scanner {
    opening: AhoCorasick,
    /// The beginning of a marker whose end has not come, without its `<`.
    partial: Option<Vec<u8>>,
    /// Bytes of `<LAVA_` seen at the end of the last chunk.
    matched: usize,
    /// Bytes before the current chunk.
    seen: u64,
    start: u64,
    /// Whether the marker before was `<LAVA_MULTI_NODE>` and where it ended.
    multinode: Option<(u64, u64)>,
}

const OPENING: &[u8] = b"<LAVA_";

impl Default for Scanner {
    fn default() -> Self {
        Self {
            opening: AhoCorasick::new([OPENING]).expect("one short pattern always compiles"),
            partial: None,
            matched: 0,
            seen: 0,
            start: 0,
            multinode: None,
        }
    }
}

impl Scanner {
    /// Bytes looked at so far.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Looks at the next chunk.
    pub fn feed(&mut self, chunk: &[u8], found: &mut Vec<Located>) {
        let mut at = 0;
        while at < chunk.len() {
            if self.partial.is_some() {
                at += self.continue_marker(&chunk[at..], at, found);
            } else if self.matched > 0 {
                at += self.continue_opening(&chunk[at..]);
            } else {
                at += self.find_opening(&chunk[at..], at);
            }
        }
        self.seen += chunk.len() as u64;
    }

    fn find_opening(&mut self, rest: &[u8], at: usize) -> usize {
        if let Some(hit) = self.opening.find(rest) {
            self.open(self.seen + (at + hit.start()) as u64);
            return hit.end();
        }
        // The opening may be cut by the end of the chunk.
        for length in (1..OPENING.len().min(rest.len() + 1)).rev() {
            if rest.ends_with(&OPENING[..length]) {
                self.matched = length;
                self.start = self.seen + (at + rest.len() - length) as u64;
                break;
            }
        }
        rest.len()
    }

    fn continue_opening(&mut self, rest: &[u8]) -> usize {
        if rest[0] == OPENING[self.matched] {
            self.matched += 1;
            if self.matched == OPENING.len() {
                self.matched = 0;
                self.open(self.start);
            }
            return 1;
        }
        self.matched = 0;
        0
    }

    fn open(&mut self, start: u64) {
        self.start = start;
        self.partial = Some(Vec::new());
    }

    fn continue_marker(&mut self, rest: &[u8], at: usize, found: &mut Vec<Located>) -> usize {
        let partial = self.partial.get_or_insert_default();
        let end = rest.iter().position(|&b| b == b'>');
        let part = &rest[..end.unwrap_or(rest.len())];
        if partial.len() + part.len() > LONGEST {
            self.partial = None;
            self.multinode = None;
            found.push(Located {
                marker: Marker::TooLong,
                start: self.start,
                end: self.seen + at as u64,
            });
            // What follows is looked at as if nothing had begun.
            return 0;
        }
        partial.extend_from_slice(part);
        let Some(end) = end else {
            return rest.len();
        };
        let text = self.partial.take().unwrap_or_default();
        let place = (self.start, self.seen + (at + end) as u64 + 1);
        self.close(&text, place, found);
        end + 1
    }

    fn close(&mut self, text: &[u8], (start, end): (u64, u64), found: &mut Vec<Located>) {
        let located = |marker, start| Located { marker, end, start };
        let multinode = self.multinode.take();
        let text = String::from_utf8_lossy(text);
        // A stray opening must not swallow the marker behind it.
        let (start, text) = match text.rfind("<LAVA_") {
            Some(at) => (
                end - (text.len() - at) as u64 - 1,
                &text[at + OPENING.len()..],
            ),
            None => (start, text.as_ref()),
        };
        if text == "MULTI_NODE" {
            self.multinode = Some((start, end));
            return;
        }
        if let Some((first, before)) = multinode
            && start == before + 1
            && let Some((name, text)) = split_name(text)
        {
            found.push(located(Marker::MultiNode { name, text }, first));
            return;
        }
        let marker = match text {
            "TEST_RUNNER EXIT" => Marker::RunnerExit,
            "TEST_RUNNER INSTALL_FAIL" => Marker::InstallFail,
            text => match text.strip_prefix("SIGNAL_").and_then(split_name) {
                Some((name, text)) => Marker::Signal { name, text },
                None => return,
            },
        };
        found.push(located(marker, start));
    }
}

/// `TESTCASE a b` → `TESTCASE`, `a b`; a name alone has empty text (`TESTSET STOP` has text `STOP`).
fn split_name(text: &str) -> Option<(String, String)> {
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!name.is_empty()).then(|| (name.to_owned(), rest.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(chunks: &[&[u8]]) -> Vec<Marker> {
        let mut scanner = Scanner::default();
        let mut found = Vec::new();
        for chunk in chunks {
            scanner.feed(chunk, &mut found);
        }
        found.into_iter().map(|l| l.marker).collect()
    }

    fn signal(name: &str, text: &str) -> Marker {
        Marker::Signal {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    const EVERYTHING: &[u8] = b"noise <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass>\r\n<<LAVA_x<LAVA_MULTI_NODE> \
        <LAVA_WAIT_ALL id role>\xff<LAVA_TEST_RUNNER EXIT><LAVA_SEND_DEBUG lava_send x><LAVA_SIGNAL_TESTSET STOP>";

    #[test]
    fn all_kinds_in_one_chunk() {
        assert_eq!(
            scan(&[EVERYTHING]),
            [
                signal("TESTCASE", "TEST_CASE_ID=a RESULT=pass"),
                Marker::MultiNode {
                    name: "WAIT_ALL".to_owned(),
                    text: "id role".to_owned()
                },
                Marker::RunnerExit,
                signal("TESTSET", "STOP"),
            ]
        );
    }

    #[test]
    fn chunks_play_no_part() {
        let whole = scan(&[EVERYTHING]);
        for cut in 1..EVERYTHING.len() {
            assert_eq!(
                scan(&[&EVERYTHING[..cut], &EVERYTHING[cut..]]),
                whole,
                "cut at {cut}"
            );
        }
        let bytes: Vec<&[u8]> = EVERYTHING.chunks(1).collect();
        assert_eq!(scan(&bytes), whole);
    }

    #[test]
    fn multinode_needs_both_halves() {
        assert_eq!(
            scan(&[b"<LAVA_MULTI_NODE> <LAVA_SEND id k=v w>"]),
            [Marker::MultiNode {
                name: "SEND".to_owned(),
                text: "id k=v w".to_owned()
            }]
        );
        assert_eq!(scan(&[b"<LAVA_SEND id>"]), []);
    }

    #[test]
    fn positions_are_those_of_the_stream() {
        let mut scanner = Scanner::default();
        let mut found = Vec::new();
        scanner.feed(b"0123", &mut found);
        scanner.feed(b"45<LAVA_TEST_RUNNER EXIT>x", &mut found);
        assert_eq!((found[0].start, found[0].end), (6, 29));
    }

    #[test]
    fn a_marker_without_end_is_bounded() {
        let long = vec![b'x'; 3 * LONGEST];
        assert_eq!(
            scan(&[
                b"<LAVA_SIGNAL_TESTCASE ",
                &long,
                b">",
                b"<LAVA_TEST_RUNNER EXIT>"
            ]),
            [Marker::TooLong, Marker::RunnerExit]
        );
    }
}
