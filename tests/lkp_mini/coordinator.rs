//! Somebody to answer `lkp-cluster-sync` for two nodes, the least that LKP needs.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

#[derive(Default)]
struct Asked {
    /// The states that each node has sent, in order.
    states: Mutex<HashMap<String, Vec<String>>>,
    changed: Condvar,
}

pub(crate) struct Coordinator {
    pub(crate) port: u16,
    asked: Arc<Asked>,
}

impl Coordinator {
    /// Answers as long as the test runs.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Asked::default());
        let shared = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let asked = Arc::clone(&shared);
                thread::spawn(move || asked.answer(stream));
            }
        });
        Self { port, asked }
    }

    /// The states that a node has sent, in order; the same one again and again counts once.
    pub(crate) fn states(&self, node: &str) -> Vec<String> {
        let mut states = self
            .asked
            .states
            .lock()
            .unwrap()
            .remove(node)
            .unwrap_or_default();
        states.dedup();
        states
    }
}

impl Asked {
    fn answer(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let request = lines.next().unwrap().unwrap();
        // The client has said everything before it is answered.
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let path = request.split(' ').nth(1).unwrap();
        let (place, query) = path.split_once('?').unwrap();
        assert_eq!(place, "/~lkp/cgi-bin/lkp-cluster-sync");
        let query: HashMap<_, _> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        assert_eq!(query["cluster"], "cs-two");
        let body = self.reply(query["node"], query["state"]);
        let length = body.len();
        write!(
            stream,
            "HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
    }

    fn reply(&self, node: &str, state: &str) -> &'static str {
        let mut states = self.states.lock().unwrap();
        let mine = states.entry(node.to_owned()).or_default();
        mine.push(state.to_owned());
        let first = mine.iter().filter(|said| *said == state).count() == 1;
        self.changed.notify_all();
        match state {
            "wait_ready" if first => "retry",
            "wait_ready" => "ready",
            "roles_ip" => "server=192.0.2.1\nclient=192.0.2.2\n",
            "wait_finish" => {
                let waiting = |states: &mut HashMap<String, Vec<String>>| {
                    let client = states.get("c");
                    !client.is_some_and(|said| said.iter().any(|word| word == "finished"))
                };
                drop(self.changed.wait_while(states, waiting).unwrap());
                "finish"
            }
            _ => "",
        }
    }
}
