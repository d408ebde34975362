//! CSV: LAVA's records in LAVA's columns, all fields quoted as its REST interface does.

use std::io::{self, Write};

use super::Results;
use super::records::records;
use crate::journal::console_read::Excerpts;

/// LAVA's order. `duration` and `timeout` are always empty there, and so here.
const COLUMNS: [&str; 15] = [
    "job",
    "suite",
    "result",
    "measurement",
    "unit",
    "duration",
    "timeout",
    "logged",
    "level",
    "metadata",
    "url",
    "name",
    "id",
    "log_start_line",
    "log_end_line",
];

/// Writes the results as CSV.
///
/// # Errors
///
/// When `out` refuses.
pub fn write(results: &Results, logs: &Excerpts, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new()
        .quote_style(::csv::QuoteStyle::Always)
        .from_writer(out);
    writer.write_record(COLUMNS)?;
    for record in records(results, logs) {
        let metadata = record.metadata.to_string();
        writer.write_record([
            record.job.as_str(),
            &record.suite,
            record.result,
            &record.measurement,
            &record.unit,
            "",
            "",
            &record.logged,
            &record.level,
            &metadata,
            &record.url,
            &record.name,
            &record.id,
            &record.log_start_line,
            &record.log_end_line,
        ])?;
    }
    writer.flush()
}
