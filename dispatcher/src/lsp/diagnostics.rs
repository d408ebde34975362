//! Findings as diagnostics.

use job_schema::{Finding, Severity};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, PublishDiagnosticsParams, Uri,
};

use super::document::Document;
use super::places::Places;

/// Codes of what can be taken out without a change: keys without effect, and keys written twice.
const UNNECESSARY: &[&str] = &["J007", "J008"];

/// All diagnostics of a document.
pub(super) fn published(document: &Document) -> PublishDiagnosticsParams {
    let places = document.places();
    let findings = &document.facts.findings;
    PublishDiagnosticsParams {
        uri: document.uri.clone(),
        version: Some(document.version),
        diagnostics: findings
            .iter()
            .map(|finding| diagnostic(finding, &document.uri, &places))
            .collect(),
    }
}

/// No diagnostics: the document was closed.
pub(super) fn cleared(uri: Uri) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams::new(uri, Vec::new(), None)
}

/// A finding, with what to do below it and every other place that matters.
pub(super) fn diagnostic(finding: &Finding, uri: &Uri, places: &Places<'_>) -> Diagnostic {
    let related = finding
        .related
        .iter()
        .map(|(span, note)| DiagnosticRelatedInformation {
            location: Location::new(uri.clone(), places.span(*span)),
            message: note.clone(),
        });
    let related: Vec<_> = related.collect();
    let message = match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    };
    Diagnostic {
        range: places.span(finding.span),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(finding.code.to_owned())),
        source: Some("dispatch".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: UNNECESSARY
            .contains(&finding.code)
            .then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..Diagnostic::default()
    }
}
