//! JSON: [`Results`] as they are.

use std::io::{self, Write};

use super::Results;

/// Writes the results as one JSON object.
///
/// # Errors
///
/// When `out` refuses.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, results)?;
    writeln!(out)
}
