//! What a person sees while something takes longer than a second and has no steps to count.

use std::io::{IsTerminal, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long nothing is said.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Does it; if it takes longer than a moment, a terminal shows `what` until it is done.
pub(super) fn with<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(A_MOMENT) == Err(mpsc::RecvTimeoutError::Timeout) {
                say(&format!("{} …", crate::text::escape(what)));
                // Comes back with an error when the sender is gone.
                let _ = waiting.recv();
                say("\r\x1b[K");
            }
        });
        let result = work();
        drop(done);
        result
    })
}

fn say(text: &str) {
    let mut out = std::io::stderr().lock();
    // There is nowhere left to tell that the terminal is gone.
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}
