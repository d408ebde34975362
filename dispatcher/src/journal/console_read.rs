//! Reads console logs back: line by line with their times, or a stretch of one.
//!
//! A node's folder or a [`LogSpan`] comes in, lines go out, each bounded whatever the node printed. A log without marks
//! (its disk was full) still reads: its lines then have the time of the beginning of things.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use super::console_log::{INDEX, LOG};
use crate::failure::LogSpan;

/// A longer line is given in pieces.
const MAX_LINE: usize = 64 << 10;

/// Reads a console log forward. At the end of what there is it can be asked again.
#[derive(Debug)]
pub struct ConsoleReader {
    log: BufReader<File>,
    marks: BufReader<File>,
    /// The time of the line that begins at `offset`.
    at: Timestamp,
    /// The first mark that lies beyond `offset`, and the part of one that is being written.
    next_mark: Option<(u64, Timestamp)>,
    mark_line: String,
    /// Where the line begins.
    offset: u64,
    line: Vec<u8>,
    /// The line was given out.
    given: bool,
}

impl ConsoleReader {
    /// Reads the log in a node's folder.
    ///
    /// # Errors
    ///
    /// When it cannot be opened; `NotFound` while the node has printed nothing yet.
    pub fn open(node_dir: &Path) -> io::Result<Self> {
        let log = File::open(node_dir.join(LOG))?;
        let marks = File::open(node_dir.join(INDEX))?;
        Ok(Self {
            log: BufReader::with_capacity(64 << 10, log),
            marks: BufReader::with_capacity(4 << 10, marks),
            at: Timestamp::UNIX_EPOCH,
            next_mark: None,
            mark_line: String::new(),
            offset: 0,
            line: Vec::new(),
            given: false,
        })
    }

    /// Makes sure that a whole line lies ready, its end included. False at the end of what there is; a line without an
    /// end then waits for more, unless `last` says that no more will come.
    ///
    /// # Errors
    ///
    /// When the log cannot be read.
    pub fn fill(&mut self, last: bool) -> io::Result<bool> {
        if self.given {
            self.offset += self.line.len() as u64;
            self.line.clear();
            self.given = false;
        }
        if self.line.last() != Some(&b'\n') && self.line.len() < MAX_LINE {
            let room = (MAX_LINE - self.line.len()) as u64;
            self.log
                .by_ref()
                .take(room)
                .read_until(b'\n', &mut self.line)?;
        }
        let whole = self.line.last() == Some(&b'\n') || self.line.len() >= MAX_LINE;
        let ready = whole || (last && !self.line.is_empty());
        if ready {
            self.find_time()?;
        }
        Ok(ready)
    }

    /// When the first byte of the line came. Ask after [`ConsoleReader::fill`] said true.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The line; the next [`ConsoleReader::fill`] goes on behind it.
    pub fn take(&mut self) -> &[u8] {
        self.given = true;
        &self.line
    }

    /// Reads marks up to the line.
    fn find_time(&mut self) -> io::Result<()> {
        loop {
            match self.next_mark {
                Some((offset, _)) if offset > self.offset => return Ok(()),
                Some((_, at)) => self.at = at,
                None => {}
            }
            self.next_mark = None;
            self.marks.read_line(&mut self.mark_line)?;
            if !self.mark_line.ends_with('\n') {
                return Ok(());
            }
            self.next_mark = parse_mark(&self.mark_line);
            self.mark_line.clear();
        }
    }
}

fn parse_mark(line: &str) -> Option<(u64, Timestamp)> {
    let (offset, at) = line.trim_end().split_once(' ')?;
    Some((
        offset.parse().ok()?,
        Timestamp::from_microsecond(at.parse().ok()?).ok()?,
    ))
}

/// Gives stretches of the console logs of one run, with a limit to each and to all.
#[derive(Debug)]
pub struct Excerpts {
    run_dir: PathBuf,
    left: u64,
}

/// Most bytes of one excerpt: the last ones are given, where a failure shows.
const EXCERPT: u64 = 8 << 10;
/// Most bytes of all excerpts of a report.
const ALL_EXCERPTS: u64 = 4 << 20;

impl Excerpts {
    /// Of the run in this folder.
    #[must_use]
    pub fn new(run_dir: &Path) -> Self {
        Self {
            run_dir: run_dir.to_path_buf(),
            left: ALL_EXCERPTS,
        }
    }

    /// The lines of a stretch, safe to show. A stretch that cannot be given whole says so in a line of its own.
    pub fn lines(&mut self, span: &LogSpan) -> Vec<String> {
        let length = span.end.saturating_sub(span.start);
        let wanted = length.min(EXCERPT);
        if wanted == 0 {
            return Vec::new();
        }
        let place = format!(
            "bytes {} to {} of {}",
            span.start,
            span.end,
            crate::text::name(&span.file)
        );
        if wanted > self.left {
            return vec![format!("[see {place}]")];
        }
        self.left -= wanted;
        let mut lines = Vec::new();
        if wanted < length {
            lines.push(format!("[the last {wanted} of {place}]"));
        }
        match self.read(&span.file, span.end - wanted, wanted) {
            Ok(bytes) => {
                let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                let parts = text
                    .split(|&byte| byte == b'\n')
                    .map(crate::text::console_line);
                lines.extend(
                    parts.flat_map(|part| part.split('\n').map(str::to_owned).collect::<Vec<_>>()),
                );
            }
            Err(error) => lines.push(format!("[{place} cannot be read: {error}]")),
        }
        lines
    }

    /// Which line of its file each offset lies in, from 0; none where the file cannot be read. One pass over the file.
    #[must_use]
    pub fn line_numbers(&self, file: &str, offsets: &[u64]) -> Vec<Option<u64>> {
        let mut order: Vec<usize> = (0..offsets.len()).collect();
        order.sort_unstable_by_key(|&index| offsets[index]);
        let mut numbers = vec![None; offsets.len()];
        let Ok(mut log) = self.open(file) else {
            return numbers;
        };
        let (mut read, mut line) = (0, 0);
        let mut buffer = vec![0; 64 << 10];
        let mut chunk: &[u8] = &[];
        for index in order {
            while read < offsets[index] {
                if chunk.is_empty() {
                    let Ok(length @ 1..) = log.read(&mut buffer) else {
                        return numbers;
                    };
                    chunk = &buffer[..length];
                }
                let step = usize::try_from(offsets[index] - read)
                    .unwrap_or(usize::MAX)
                    .min(chunk.len());
                line += chunk[..step].iter().filter(|&&byte| byte == b'\n').count() as u64;
                read += step as u64;
                chunk = &chunk[step..];
            }
            numbers[index] = Some(line);
        }
        numbers
    }

    fn read(&self, file: &str, start: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut log = self.open(file)?;
        log.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        log.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A journal may come from anywhere: its file names must stay in the run's folder.
    fn open(&self, file: &str) -> io::Result<File> {
        let path = Path::new(file);
        if path
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            File::open(self.run_dir.join(path))
        } else {
            Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "it is outside the folder of the run",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn node_dir(log: &[u8], marks: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LOG), log).unwrap();
        fs::write(folder.path().join(INDEX), marks).unwrap();
        folder
    }

    #[test]
    fn lines_have_the_time_of_their_first_byte() {
        let folder = node_dir(
            b"one\ntwo\nthree",
            "0 1000000\n2 2000000\n4 3000000\n8 4000000\n9 50",
        );
        let mut reader = ConsoleReader::open(folder.path()).unwrap();
        let mut seen = Vec::new();
        while reader.fill(true).unwrap() {
            let second = reader.at().as_second();
            seen.push((second, String::from_utf8(reader.take().to_vec()).unwrap()));
        }
        assert_eq!(
            seen,
            [
                (1, "one\n".to_owned()),
                (3, "two\n".to_owned()),
                (4, "three".to_owned())
            ]
        );
    }

    #[test]
    fn an_endless_line_comes_in_pieces() {
        let folder = node_dir(&vec![b'x'; 3 * MAX_LINE - 7], "");
        let mut reader = ConsoleReader::open(folder.path()).unwrap();
        let mut pieces = Vec::new();
        while reader.fill(true).unwrap() {
            pieces.push(reader.take().len());
        }
        assert_eq!(pieces, [MAX_LINE, MAX_LINE, MAX_LINE - 7]);
    }

    #[test]
    fn an_unfinished_line_waits() {
        use std::io::Write;
        let folder = node_dir(b"log", "0 1000000\n");
        let mut reader = ConsoleReader::open(folder.path()).unwrap();
        assert!(!reader.fill(false).unwrap());
        File::options()
            .append(true)
            .open(folder.path().join(LOG))
            .unwrap()
            .write_all(b"in: \nx")
            .unwrap();
        assert!(reader.fill(false).unwrap());
        assert_eq!(reader.take(), b"login: \n");
        assert!(!reader.fill(false).unwrap());
        assert!(reader.fill(true).unwrap());
    }

    #[test]
    fn excerpts_are_bounded_and_stay_in_the_run() {
        let folder = node_dir(&b"line \x1b[31mred\x1b[0m\n".repeat(10_000), "");
        let mut excerpts = Excerpts::new(folder.path());
        let span = |file: &str, start, end| LogSpan {
            file: file.into(),
            start,
            end,
        };
        assert_eq!(excerpts.lines(&span(LOG, 0, 18)), ["line red"]);
        let long = excerpts.lines(&span(LOG, 0, 180_000));
        assert_eq!(
            long[0],
            "[the last 8192 of bytes 0 to 180000 of console.log]"
        );
        assert!(long.iter().map(String::len).sum::<usize>() < 9_000);
        for file in ["../secret", "/etc/passwd", "nodes/../../x"] {
            assert!(excerpts.lines(&span(file, 0, 5))[0].contains("outside the folder of the run"));
        }
        assert!(excerpts.lines(&span(LOG, 9, 3)).is_empty());
        assert!(excerpts.lines(&span(LOG, u64::MAX - 1, u64::MAX))[0].contains("cannot be read"));
        for _ in 0..600 {
            excerpts.lines(&span(LOG, 0, 180_000));
        }
        assert_eq!(
            excerpts.lines(&span(LOG, 0, 180_000)),
            ["[see bytes 0 to 180000 of console.log]"]
        );
        assert_eq!(
            excerpts.line_numbers(LOG, &[18, 0, 36, 17, 999_999_999]),
            [Some(1), Some(0), Some(2), Some(0), None]
        );
    }
}
