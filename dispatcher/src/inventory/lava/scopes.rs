//! Jinja2's scopes of blocks, for an engine that has others.
//!
//! In Jinja2 a variable set within a block is seen by that block only, not by blocks nested in it, nor by `super()`;
//! minijinja shows a block all variables of whoever calls it. So such a variable gets a name that no other block uses.
//!
//! In: the text of a template. Out: a text of as many lines that means in minijinja what the first means in Jinja2.

use std::collections::BTreeSet;

use super::words::{Kind, Piece, pieces, rename, target_names};

/// A block of the template: its name, and the variables that it sets.
struct Block<'a> {
    name: &'a str,
    sets: BTreeSet<&'a str>,
}

/// Rewrites a template. One that cannot be read is given back as it is: the engine says what is wrong with it.
pub(super) fn rescope(template: &str) -> String {
    let Some(pieces) = pieces(template) else {
        return template.to_owned();
    };
    let (blocks, owners) = blocks(&pieces);
    let mut out = String::with_capacity(template.len());
    for (piece, owner) in pieces.iter().zip(&owners) {
        let block = owner.map(|at| &blocks[at]);
        match block.filter(|b| !b.sets.is_empty()) {
            // The tag that opens a block belongs to the block: what it sets starts as what is outside.
            Some(block) if piece.opens_block() => {
                out.push_str(piece.text);
                for name in &block.sets {
                    let own = own_name(name, block);
                    out.push_str(&format!("{{% set {own} = {name} {}", piece.end()));
                }
            }
            Some(block) if piece.kind != Kind::Text => {
                let renamed = rename(piece, |name| {
                    block.sets.contains(name).then(|| own_name(name, block))
                });
                if piece.keyword() == "include" {
                    include(&renamed, piece, block, &mut out);
                } else {
                    out.push_str(&renamed);
                }
            }
            _ => out.push_str(piece.text),
        }
    }
    out
}

/// An included template sees what the block has set.
fn include(tag: &str, piece: &Piece<'_>, block: &Block<'_>, out: &mut String) {
    let names: Vec<String> = block
        .sets
        .iter()
        .map(|name| format!("{name}={}", own_name(name, block)))
        .collect();
    let before = if tag.starts_with("{%-") { "{%-" } else { "{%" };
    out.push_str(&format!("{before} with {} %}}{tag}", names.join(", ")));
    out.push_str(&format!("{{% endwith {}", piece.end()));
}

fn own_name(name: &str, block: &Block<'_>) -> String {
    format!("{name}__of_{}", block.name)
}

/// The blocks, and for each piece the innermost block that it is in.
fn blocks<'a>(pieces: &[Piece<'a>]) -> (Vec<Block<'a>>, Vec<Option<usize>>) {
    let mut blocks: Vec<Block<'a>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut owners = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece.keyword() {
            "block" => {
                open.push(blocks.len());
                blocks.push(Block {
                    name: piece.argument(),
                    sets: BTreeSet::new(),
                });
            }
            "set" => {
                if let Some(&at) = open.last() {
                    blocks[at].sets.extend(target_names(piece));
                }
            }
            _ => {}
        }
        owners.push(open.last().copied());
        if piece.keyword() == "endblock" {
            open.pop();
        }
    }
    (blocks, owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_block_sets_is_its_own() {
        for (template, expected) in [
            ("{% set a = 1 %}{% block b %}{{ a }}{% endblock %}", None),
            (
                "{% block b -%}\n{% set a = a | default('a') %}{{ f(a=a.a) }}{% block c %}{{ a }}{% endblock %}{% endblock %}",
                Some(
                    "{% block b -%}{% set a__of_b = a -%}\n{% set a__of_b = a__of_b | default('a') %}{{ f(a=a__of_b.a) }}{% block c %}{{ a }}{% endblock %}{% endblock %}",
                ),
            ),
            (
                "{% block b %}{% set a = 1 %}{# a #}{% raw %}{{ a }}{% endraw %}{% if x is a and a %}{% endif %}{{ x | a }}{% endblock %}",
                Some(
                    "{% block b %}{% set a__of_b = a %}{% set a__of_b = 1 %}{# a #}{% raw %}{{ a }}{% endraw %}{% if x is a and a__of_b %}{% endif %}{{ x | a }}{% endblock %}",
                ),
            ),
            (
                "{% block b %}{% set a = 1 %}{% include 'x' %}{% endblock %}",
                Some(
                    "{% block b %}{% set a__of_b = a %}{% set a__of_b = 1 %}{% with a=a__of_b %}{% include 'x' %}{% endwith %}{% endblock %}",
                ),
            ),
            ("{% block b %}{% set a = '", None),
        ] {
            assert_eq!(rescope(template), expected.unwrap_or(template));
        }
    }
}
