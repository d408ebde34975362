//! The outline: roles, actions, test definitions.

use job_schema::yaml::Node;
use lsp_types::{DocumentSymbol, SymbolKind};

use super::document::Document;
use super::locate::{Child, bytes, children};
use super::places::Places;
use crate::text;

/// The outline of a document; empty when it is not YAML.
pub(super) fn outline(document: &Document) -> Vec<DocumentSymbol> {
    let Some(root) = &document.facts.root else {
        return Vec::new();
    };
    let places = document.places();
    let mut symbols = Vec::new();
    if let Some(roles) = root.at(&["protocols", "lava-multinode", "roles"]) {
        symbols.extend(children(roles).filter_map(|child| role(child, &places)));
    }
    for entry in root.get("actions").into_iter().flat_map(children) {
        symbols.extend(children(entry.node).filter_map(|child| action(child, &places)));
    }
    if symbols.is_empty() {
        symbols.extend(children(root).filter_map(|child| {
            let key = child.key?;
            let name = key.key_text();
            Some(symbol(&name, "", SymbolKind::PROPERTY, child, &places))
        }));
    }
    symbols
}

fn role(child: Child<'_>, places: &Places<'_>) -> Option<DocumentSymbol> {
    let says = |key: &str| child.node.get(key).map(Node::key_text).unwrap_or_default();
    let detail = match child.node.get("device_type") {
        Some(_) => format!("{} × {}", says("count"), says("device_type")),
        None => format!("{} × on {}", says("count"), says("host_role")),
    };
    let name = format!("role {}", child.key?.key_text());
    Some(symbol(&name, &detail, SymbolKind::CLASS, child, places))
}

fn action(child: Child<'_>, places: &Places<'_>) -> Option<DocumentSymbol> {
    let kind = child.key?.key_text();
    let says = |key: &str| child.node.get(key).and_then(Node::as_str);
    let name = match (says("to").or(says("method")), says("name")) {
        (Some(method), _) => format!("{kind} {method}"),
        (None, Some(name)) => format!("{kind} {name}"),
        (None, None) => kind,
    };
    let roles = match child.node.get("role") {
        Some(node) if node.as_str().is_some() => node.key_text(),
        Some(node) => {
            let names: Vec<String> = children(node).map(|role| role.node.key_text()).collect();
            names.join(", ")
        }
        None => String::new(),
    };
    let mut symbol = symbol(&name, &roles, SymbolKind::EVENT, child, places);
    let definitions = child.node.get("definitions").into_iter().flat_map(children);
    let definitions: Vec<DocumentSymbol> = definitions
        .filter_map(|definition| {
            let name = definition.node.get("name")?.key_text();
            Some(self::symbol(
                &name,
                "",
                SymbolKind::FUNCTION,
                definition,
                places,
            ))
        })
        .collect();
    symbol.children = (!definitions.is_empty()).then_some(definitions);
    Some(symbol)
}

#[allow(
    deprecated,
    reason = "the protocol's type has a field that nobody sets any more"
)]
fn symbol(
    name: &str,
    detail: &str,
    kind: SymbolKind,
    child: Child<'_>,
    places: &Places<'_>,
) -> DocumentSymbol {
    let value = bytes(child.node.span);
    let word = bytes(child.key.unwrap_or(child.node).span);
    let whole = word.start.min(value.start)..word.end.max(value.end);
    let word = if child.key.is_some() {
        word
    } else {
        whole.start..whole.start
    };
    let name = text::name(name);
    DocumentSymbol {
        // Editors refuse a symbol without a name.
        name: if name.is_empty() {
            "?".to_owned()
        } else {
            name
        },
        detail: (!detail.is_empty()).then(|| text::name(detail)),
        kind,
        tags: None,
        deprecated: None,
        range: places.range(&whole),
        selection_range: places.range(&word),
        children: None,
    }
}
