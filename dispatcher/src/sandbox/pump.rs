//! Moves the output of a program into a channel, at the pace of whoever reads it.

use russh::{ChannelId, ChannelMsg, ChannelWriteHalf};
use tokio::io::{AsyncRead, AsyncReadExt};

/// A packet of SSH carries this much; a terminal hands out less at a time, so reads are gathered.
const PACKET: usize = 32 * 1024;

/// The kind of data that is standard error; standard output has none.
pub(super) const STDERR: Option<u32> = Some(1);

/// Copies until the program's end of the pipe or terminal is closed, or nobody listens any more. The memory it takes is
/// one packet: the channel waits while its window or the connection is full.
pub(super) async fn pump<S>(
    mut from: impl AsyncRead + Unpin,
    to: &ChannelWriteHalf<S>,
    kind: Option<u32>,
) where
    S: From<(ChannelId, ChannelMsg)> + Send + Sync + 'static,
{
    let mut buffer = vec![0; PACKET];
    loop {
        let filled = match from.read(&mut buffer).await {
            // A terminal whose last user is gone answers with an I/O error.
            Ok(0) | Err(_) => return,
            Ok(count) => gather(&mut from, &mut buffer, count).await,
        };
        let bytes = buffer[..filled].to_vec();
        let sent = match kind {
            None => to.data_bytes(bytes).await,
            Some(kind) => to.extended_data_bytes(kind, bytes).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Adds what is there already.
async fn gather(
    from: &mut (impl AsyncRead + Unpin),
    buffer: &mut [u8],
    mut filled: usize,
) -> usize {
    while filled < buffer.len() {
        let more = tokio::select! {
            biased;
            more = from.read(&mut buffer[filled..]) => more,
            () = std::future::ready(()) => break,
        };
        match more {
            // The end is met again by the next read.
            Ok(0) | Err(_) => break,
            Ok(count) => filled += count,
        }
    }
    filled
}
