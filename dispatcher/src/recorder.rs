//! Where facts go: the journal on disk first, then whoever watches.

use std::sync::Mutex;

use tokio::sync::mpsc;

use crate::inventory::seen::SeenKeeper;
use crate::journal::event::Event;
use crate::journal::mask::Masker;
use crate::journal::writer::JournalWriter;

/// Writes events and tells them on.
pub struct Recorder {
    journal: JournalWriter,
    watcher: Option<mpsc::UnboundedSender<Event>>,
    /// The journal masks what it writes; whoever watches must see no more.
    masker: Masker,
    /// Keeps when the devices were seen.
    seen: SeenKeeper,
    /// The first time that the journal could not be written.
    broken: Mutex<Option<String>>,
}

impl Recorder {
    /// A recorder that writes `journal` and tells `watcher` and `seen`.
    #[must_use]
    pub fn new(
        journal: JournalWriter,
        watcher: Option<mpsc::UnboundedSender<Event>>,
        masker: Masker,
        seen: SeenKeeper,
    ) -> Self {
        Self {
            journal,
            watcher,
            masker,
            seen,
            broken: Mutex::default(),
        }
    }

    /// Writes an event.
    pub fn record(&self, event: Event) {
        self.record_all(vec![event]);
    }

    /// Writes several events in one go.
    pub fn record_all(&self, events: Vec<Event>) {
        for event in &events {
            self.seen.look_at(event);
        }
        if let Some(watcher) = &self.watcher {
            for event in &events {
                // A terminal that went away is no reason to stop.
                let mut shown = event.clone();
                self.masker.mask_event(&mut shown);
                let _ = watcher.send(shown);
            }
        }
        if let Err(e) = self.journal.append_all(events) {
            let mut broken = self
                .broken
                .lock()
                .expect("nobody panics with this lock held");
            broken.get_or_insert_with(|| e.to_string());
        }
    }

    /// Why the journal is not whole, if it is not. Whoever ends the run must ask.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        self.broken
            .lock()
            .expect("nobody panics with this lock held")
            .clone()
    }

    /// Makes sure that the journal is on the disk.
    pub fn sync(&self) {
        if let Err(e) = self.journal.sync() {
            let mut broken = self
                .broken
                .lock()
                .expect("nobody panics with this lock held");
            broken.get_or_insert_with(|| e.to_string());
        }
    }
}
