//! TAP 13, which readers of TAP 14 take as well: the plan, one line per result, diagnostics in YAML under failures and
//! measurements. `unknown` is `not ok … # TODO`, as in LAVA: neither passed nor a failure of the whole.

use std::io::{self, Write};

use serde_json::Value;

use super::junit::{case_name, suite_name};
use super::{CaseRecord, Results};
use crate::journal::console_read::Excerpts;
use crate::journal::event::CaseResult;

/// Writes the results as TAP.
///
/// # Errors
///
/// When `out` refuses.
pub fn write(results: &Results, logs: &mut Excerpts, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "TAP version 13")?;
    writeln!(out, "1..{}", results.results.len())?;
    for (place, case) in results.results.iter().enumerate() {
        let (ok, directive) = match case.result {
            CaseResult::Pass => ("ok", ""),
            CaseResult::Fail => ("not ok", ""),
            CaseResult::Skip => ("ok", " # SKIP test skipped"),
            CaseResult::Unknown => ("not ok", " # TODO unknown result"),
        };
        let name = description(&format!(
            "{}/{}",
            suite_name(results, case),
            case_name(case)
        ));
        writeln!(out, "{ok} {} - {name}{directive}", place + 1)?;
        diagnostics(case, logs, out)?;
    }
    Ok(())
}

/// A name must not be able to end the description: `#` begins a directive.
fn description(name: &str) -> String {
    name.replace('\\', "\\\\").replace('#', "\\#")
}

fn diagnostics(case: &CaseRecord, logs: &mut Excerpts, out: &mut dyn Write) -> io::Result<()> {
    let mut yaml = String::new();
    put(&mut yaml, "measurement", case.measurement.as_deref());
    put(&mut yaml, "units", case.units.as_deref());
    if case.result == CaseResult::Fail {
        let failure = case.more.failure.as_ref();
        put(
            &mut yaml,
            "class",
            failure.map(|(class, _)| class.lava_name()),
        );
        put(
            &mut yaml,
            "message",
            failure.map(|(_, message)| message.as_str()),
        );
        let lines = case
            .log
            .as_ref()
            .map(|span| logs.lines(span))
            .unwrap_or_default();
        if !lines.is_empty() {
            yaml += "  log:\n";
        }
        for line in lines {
            yaml += &format!("    - {}\n", Value::from(line));
        }
    }
    // Some readers do not take an empty block.
    if yaml.is_empty() {
        Ok(())
    } else {
        write!(out, "  ---\n{yaml}  ...\n")
    }
}

/// A line of YAML, the value quoted as in JSON, if there is one.
fn put(yaml: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        *yaml += &format!("  {key}: {}\n", Value::from(value));
    }
}
