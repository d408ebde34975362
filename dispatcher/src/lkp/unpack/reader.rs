//! Readers around a stream: one that computes its SHA-256, and one that bounds it and knows how it ended.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Passes a stream on and computes its SHA-256.
#[derive(Debug)]
pub struct Sha256Reader<R> {
    inner: R,
    digest: Sha256,
    bytes: u64,
}

impl<R: Read> Sha256Reader<R> {
    /// Around a stream of which nothing was read.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    /// The digest of what was read, in hexadecimal, and how many bytes that were.
    #[must_use]
    pub fn finish(self) -> (String, u64) {
        let hex = self
            .digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        (hex, self.bytes)
    }
}

impl<R: Read> Read for Sha256Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.digest.update(&buf[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

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
