//! Findings as SARIF 2.1.0, one run, results one after the other.

use std::fmt::Write as _;
use std::io::{self, Write};

use job_schema::codes::{self, Rule};
use job_schema::finding::Fix;
use job_schema::lines::Lines;
use job_schema::{Finding, Severity, Span};
use serde_json::{Value, json};

use super::Place;

/// All that stands before the first result.
pub(super) fn begin(out: &mut dyn Write) -> io::Result<()> {
    let driver = json!({
        "name": "dispatch",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": codes::RULES.iter().map(rule).collect::<Vec<_>>(),
    });
    write!(
        out,
        r#"{{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":{driver}}},"columnKind":"unicodeCodePoints","results":["#
    )
}

pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n]}]}\n")
}

fn rule(rule: &Rule) -> Value {
    let group = json!(rule.group);
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": rule.what},
        "help": {"text": format!("docs/checks/{}.md says why, with an example.", rule.code)},
        "properties": {"tags": [group]},
    })
}

pub(super) fn finding(
    out: &mut dyn Write,
    file: &str,
    lines: &Lines<'_>,
    finding: &Finding,
) -> io::Result<()> {
    let uri = uri(file);
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push_str(&format!("\n{help}"));
    }
    let mut location = location(&uri, finding.span, lines);
    if !finding.path.is_empty() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": finding.path}]);
    }
    let mut result = json!({
        "ruleId": finding.code,
        "level": level,
        "message": {"text": message},
        "locations": [location],
    });
    if let Some(index) = codes::RULES.iter().position(|r| r.code == finding.code) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|(span, note)| {
            let mut location = self::location(&uri, *span, lines);
            location["message"] = json!({"text": note});
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([change(&uri, fix, lines)]);
    }
    serde_json::to_writer(out, &result).map_err(io::Error::from)
}

fn location(uri: &str, span: Span, lines: &Lines<'_>) -> Value {
    let mut place = json!({"artifactLocation": {"uri": uri}});
    if let Some(region) = region(span, lines) {
        place["region"] = region;
    }
    json!({"physicalLocation": place})
}

fn region(span: Span, lines: &Lines<'_>) -> Option<Value> {
    let place = Place::of(span, lines);
    Some(json!({
        "startLine": place.line?,
        "startColumn": place.column?,
        "endLine": place.end_line?,
        "endColumn": place.end_column?,
    }))
}

fn change(uri: &str, fix: &Fix, lines: &Lines<'_>) -> Value {
    let replacements = fix.edits.iter().map(|edit| {
        json!({
            "deletedRegion": region(edit.span, lines),
            "insertedContent": {"text": edit.text},
        })
    });
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri},
            "replacements": replacements.collect::<Value>(),
        }],
    })
}

/// A path as a URI: relative paths stay relative.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("jobs/a b.yaml"), "jobs/a%20b.yaml");
        assert_eq!(uri("/ü:1"), "file:///%C3%BC%3A1");
    }
}
