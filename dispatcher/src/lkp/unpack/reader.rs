//! A reader around a stream that bounds it and knows how it ended.

use std::io::{self, Read};

/// How a tar ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With the empty block that says that no entry follows.
    Whole,
    /// Because the stream ended.
    Cut,
}

/// A stream that is an error after so many bytes, and that knows whether its end was met.
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
    limit: u64,
    ended: bool,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(inner: R, limit: u64) -> Self {
        Self {
            inner,
            left: limit,
            limit,
            ended: false,
        }
    }

    /// Tells why the entries came to an end, and reads what is left: blocks of zeros, which belong to the stream.
    pub(super) fn finish(mut self) -> io::Result<End> {
        if self.ended {
            return Ok(End::Cut);
        }
        io::copy(&mut self, &mut io::sink())?;
        Ok(End::Whole)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.ended |= read == 0 && !buf.is_empty();
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(format!("it has more than {} bytes", self.limit)))?;
        Ok(read)
    }
}
