//! YAML: LAVA's records, as its `/results/<job>/yaml` has them: one-item lists, one after the other.
//!
//! Every value is written as a double-quoted string, in the form that JSON and YAML share. A plain `12:30`, `0755`, `on`
//! or `2026-11-21` would come out of a YAML 1.1 reader (PyYAML) as something else, and which words are in danger differs
//! between readers; quoted ones are safe with all of them.

use std::io::{self, Write};

use super::Results;
use super::records::records;
use crate::journal::console_read::Excerpts;

/// Writes the results as YAML.
///
/// # Errors
///
/// When `out` refuses.
pub fn write(results: &Results, logs: &Excerpts, out: &mut dyn Write) -> io::Result<()> {
    for record in records(results, logs) {
        let strings = [
            ("- name", record.name.as_str()),
            ("  job", &record.job),
            ("  suite", &record.suite),
            ("  result", record.result),
            ("  measurement", &record.measurement),
            ("  unit", &record.unit),
            ("  level", &record.level),
            ("  url", &record.url),
            ("  id", &record.id),
            ("  logged", &record.logged),
            ("  log_start_line", &record.log_start_line),
            ("  log_end_line", &record.log_end_line),
        ];
        for (key, value) in strings {
            writeln!(out, "{key}: {}", serde_json::to_string(value)?)?;
        }
        writeln!(out, "  metadata:")?;
        for (key, value) in record.metadata.as_object().into_iter().flatten() {
            writeln!(out, "    {key}: {value}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::fixture;

    #[test]
    fn words_that_a_reader_would_take_for_something_else_stay_strings() {
        let words = [
            "on",
            "0755",
            "12:30",
            "2026-11-21",
            "~",
            "null",
            "=",
            "<<",
            "1_000",
            "0x1F",
            "1e3",
            "- x",
            "a: b",
            "#c",
            "'",
            "\"",
            "\\",
            "&a",
            "测试",
        ];
        let results = fixture::with_case_names(&words);
        let mut yaml = Vec::new();
        write(&results, &fixture::no_logs(), &mut yaml).unwrap();
        let names = |value: &serde_yaml::Value| -> Vec<String> {
            let records = value.as_sequence().unwrap().iter();
            records
                .map(|record| record["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let read: serde_yaml::Value = serde_yaml::from_slice(&yaml).unwrap();
        assert_eq!(names(&read)[..words.len()], words);
        assert!(read.as_sequence().unwrap().iter().all(|record| {
            record
                .as_mapping()
                .unwrap()
                .iter()
                .all(|(key, value)| key.as_str() == Some("metadata") || value.is_string())
        }));
    }

    #[test]
    fn pyyaml_reads_what_was_written() {
        let mut yaml = Vec::new();
        write(&fixture::results(), &fixture::no_logs(), &mut yaml).unwrap();
        let script =
            "import sys, json, yaml; json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)";
        let Some(json) = fixture::through("python3", &["-c", script], &yaml) else {
            eprintln!("not run: python3 with PyYAML (Debian: python3-yaml) is not installed");
            return;
        };
        let theirs: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let ours: serde_json::Value = serde_yaml::from_slice(&yaml).unwrap();
        assert_eq!(theirs, ours);
        assert!(theirs.as_array().unwrap().len() > 10);
    }
}
