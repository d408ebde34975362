//! The exchange as a Mermaid sequence diagram, in the order in which it would happen.

use std::fmt::Write as _;

use super::Exchange;
use super::call::{Verb, When};

pub(super) fn text(exchange: &Exchange) -> String {
    let mut lines = vec!["sequenceDiagram".to_owned()];
    for (index, program) in exchange.programs.iter().enumerate() {
        let nodes = match program.count {
            1 => String::new(),
            count => format!(" x{count}"),
        };
        lines.push(format!(
            "    participant r{index} as {}{nodes}",
            word(&program.role)
        ));
    }
    let place = |role: &str| {
        let mut programs = exchange.programs.iter();
        programs
            .position(|program| program.role == role)
            .unwrap_or_default()
    };
    for unknown in exchange.unknown() {
        lines.push(format!(
            "    Note over r{}: ? {}",
            place(&unknown.role),
            word(&unknown.why)
        ));
    }
    let mut drawn: Vec<usize> = Vec::new();
    for &index in &exchange.log {
        if drawn.contains(&index) {
            continue;
        }
        drawn.push(index);
        let call = &exchange.calls()[index];
        let partners = exchange.partners(index);
        let id = word(call.id.as_deref().unwrap_or("?"));
        match call.verb {
            Verb::Send => {
                let arrow = match call.when {
                    When::Always => "->>",
                    When::Aside | When::Sometimes => "-->>",
                };
                let keys = call.keys.as_deref().unwrap_or_default().join(", ");
                let keys = if keys.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", word(&keys))
                };
                let mut to: Vec<usize> = Vec::new();
                for partner in partners {
                    let role = place(&exchange.calls()[partner].role);
                    if !to.contains(&role) {
                        to.push(role);
                        lines.push(format!(
                            "    r{}{arrow}r{role}: {id}{keys}",
                            place(&call.role)
                        ));
                    }
                }
                if to.is_empty() {
                    let nobody = if exchange.unknown().is_empty() {
                        "heard by nobody"
                    } else {
                        "heard by ?"
                    };
                    lines.push(format!(
                        "    r{0}-xr{0}: {id}{keys}, {nobody}",
                        place(&call.role)
                    ));
                }
            }
            Verb::Sync => {
                drawn.extend(&partners);
                let last = exchange.programs.len() - 1;
                let over = if last == 0 {
                    "r0".to_owned()
                } else {
                    format!("r0,r{last}")
                };
                lines.push(format!("    Note over {over}: sync {id}"));
            }
            Verb::Wait | Verb::WaitAll | Verb::Start => {}
        }
    }
    for finding in super::errors::findings(exchange) {
        let mut calls = exchange.calls().iter();
        let call = calls.find(|call| call.place.span == finding.span);
        let role = call.map_or(0, |call| place(&call.role));
        lines.push(format!(
            "    Note over r{role}: {} {}",
            finding.code,
            word(&finding.message)
        ));
    }
    lines.join("\n") + "\n"
}

/// Text that Mermaid takes for nothing but text.
fn word(text: &str) -> String {
    let mut out = String::new();
    for char in super::call::shown(text).chars() {
        if char.is_alphanumeric() || " ._-,()?`'/".contains(char) {
            out.push(char);
        } else {
            write!(out, "#{};", u32::from(char)).expect("writing to a String cannot fail");
        }
    }
    out
}
