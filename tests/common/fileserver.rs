//! The smallest HTTP server that a download needs: GET and HEAD of a few files, on loopback inside a farm.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;

use crate::nodes::Farm;

/// Serves files until it is dropped.
#[derive(Debug)]
pub struct FileServer {
    listener: TcpListener,
    base: String,
    door: Option<JoinHandle<()>>,
}

impl FileServer {
    /// Serves these files, by path: `/tests.tar.gz`.
    ///
    /// # Panics
    /// When the farm is gone.
    #[must_use]
    pub fn start(farm: &Farm, files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = farm.listen();
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let accept = listener.try_clone().expect("a descriptor is free");
        let door = std::thread::spawn(move || {
            for client in accept.incoming() {
                // The listener was shut down.
                let Ok(client) = client else { break };
                // A client that goes away is no trouble of the server's.
                let _ = answer(&client, &files);
                let _ = client.shutdown(Shutdown::Both);
            }
        });
        Self {
            listener,
            base,
            door: Some(door),
        }
    }

    /// The URL of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        // Wakes the door's accept.
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both);
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

fn answer(mut client: &TcpStream, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(client).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let method = words.next().unwrap_or_default();
    let body = words.next().and_then(|path| files.get(path));
    let (status, body) = match body {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", b"not here\n".as_slice()),
    };
    let length = body.len();
    write!(
        client,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    if method == "GET" {
        client.write_all(body)?;
    }
    Ok(())
}
