//! What a run found out of LKP's jobs, per node. In: its journal. Out: its points, in the order they came.

use std::collections::HashMap;
use std::io;

use crate::journal::event::Event;
use crate::journal::reader::JournalReader;
use crate::lkp::point::Point;
use crate::store::RunDir;

/// The points of a run, by the names of its nodes.
///
/// # Errors
/// The journal cannot be read.
pub fn points(run: &RunDir) -> io::Result<HashMap<String, Vec<Point>>> {
    let mut nodes: HashMap<String, Vec<Point>> = HashMap::new();
    for entry in JournalReader::open(&run.journal())? {
        if let Event::Lkp { node, point, .. } = entry?.event {
            nodes.entry(node).or_default().push(point);
        }
    }
    Ok(nodes)
}
