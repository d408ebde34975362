//! Files of any size, to a node and back, through the standard input and output of a command: nothing is held in memory,
//! and nothing but a shell is asked of the node.

use std::path::Path;

use russh::ChannelMsg;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter};

use super::ssh::{Link, Output, Session, keep};
use crate::failure::{Class, Failure};
use crate::text::hex;

/// So much is written to the disk, or read from it, at a time, in bytes.
const BLOCK: usize = 1 << 18;

/// What came from a command.
#[derive(Debug)]
pub struct Pulled {
    /// Exit status; `None` when a signal ended it.
    pub status: Option<u32>,
    /// How many bytes came.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// Standard error, at most 1 MiB.
    pub stderr: Vec<u8>,
}

impl Link {
    /// Runs a command to its end and writes what it prints to a new file, at most so many bytes.
    ///
    /// # Errors
    /// Infrastructure when it prints more, when the connection breaks before the command has ended, or the file cannot be written.
    pub async fn pull(&self, command: &str, file: &Path, most: u64) -> Result<Pulled, Failure> {
        let disk = |e| local(file, &e);
        // The writing side is kept: its end would be the end of the command's input, which may mean "stop".
        let Session { mut reader, writer } = self.start(command).await?;
        let mut out = BufWriter::with_capacity(BLOCK, File::create(file).await.map_err(disk)?);
        let mut digest = Sha256::new();
        let mut pulled = Pulled {
            status: None,
            bytes: 0,
            sha256: String::new(),
            stderr: Vec::new(),
        };
        let mut ended = false;
        while let Some(message) = reader.wait().await {
            match message {
                ChannelMsg::Data { data } => {
                    digest.update(&data);
                    pulled.bytes += data.len() as u64;
                    if pulled.bytes > most {
                        let _ = writer.close().await;
                        let message =
                            format!("more than {most} bytes came; nothing of them is used");
                        return Err(Failure::new(Class::Infrastructure, message));
                    }
                    out.write_all(&data).await.map_err(disk)?;
                }
                ChannelMsg::ExtendedData { data, .. } => keep(&mut pulled.stderr, &data),
                ChannelMsg::ExitStatus { exit_status } => {
                    pulled.status = Some(exit_status);
                    ended = true;
                }
                ChannelMsg::ExitSignal { .. } => ended = true,
                ChannelMsg::Close => break,
                _ => {}
            }
        }
        drop(writer);
        out.flush().await.map_err(disk)?;
        if !ended {
            return Err(self.lost("it closed while a file came"));
        }
        pulled.sha256 = hex(&digest.finalize());
        Ok(pulled)
    }

    /// Runs a command to its end with a file as its standard input.
    ///
    /// # Errors
    /// Infrastructure when the connection breaks before the command has ended, or the file cannot be read.
    pub async fn push(&self, command: &str, file: &Path) -> Result<Output, Failure> {
        let Session { reader, writer } = self.start(command).await?;
        let mut source = File::open(file).await.map_err(|e| local(file, &e))?;
        let send = async {
            let mut block = vec![0; BLOCK];
            loop {
                match source.read(&mut block).await {
                    Ok(0) => break,
                    Ok(length) => {
                        // A command that ends early closes its input; its status tells more than our write does.
                        if writer.data_bytes(block[..length].to_vec()).await.is_err() {
                            return std::future::pending().await;
                        }
                    }
                    Err(e) => return local(file, &e),
                }
            }
            let _ = writer.eof().await;
            std::future::pending().await
        };
        tokio::select! {
            output = self.output_of(reader) => output,
            failure = send => Err(failure),
        }
    }
}

fn local(file: &Path, e: &std::io::Error) -> Failure {
    Failure::new(Class::Infrastructure, format!("{}: {e}", file.display()))
}
