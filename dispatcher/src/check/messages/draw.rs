//! The exchange as text: a block for each role, its calls numbered, and what each of them meets.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Exchange;
use super::call::{Verb, When, shown};
use super::program::{Item, Program};

pub(super) fn text(exchange: &Exchange) -> String {
    if exchange.programs.is_empty() {
        return "The job has no roles: nobody sends messages.\n".to_owned();
    }
    let mut drawing = Drawing {
        exchange,
        numbers: HashMap::new(),
        text: String::new(),
    };
    for program in &exchange.programs {
        let mut calls = Vec::new();
        collect(&program.items, &mut calls);
        for (number, call) in calls.into_iter().enumerate() {
            drawing.numbers.insert(call, number + 1);
        }
    }
    for program in &exchange.programs {
        drawing.role(program);
    }
    drawing.text
}

/// The calls of a program in its order, each once.
fn collect(items: &[Item], calls: &mut Vec<usize>) {
    for item in items {
        match item {
            Item::Call(call) if !calls.contains(call) => calls.push(*call),
            Item::Call(_) | Item::Unknown(_) | Item::Definition => {}
            Item::Maybe(items) | Item::Aside(items) | Item::Either(items, _) => {
                collect(items, calls);
            }
        }
    }
}

struct Drawing<'a> {
    exchange: &'a Exchange,
    /// The number of a call in its role.
    numbers: HashMap<usize, usize>,
    text: String,
}

impl Drawing<'_> {
    fn role(&mut self, program: &Program) {
        let nodes = match program.count {
            1 => String::new(),
            count => format!(" ({count} nodes)"),
        };
        self.line(&format!("{}{nodes}", shown(&program.role)));
        if let Some(start) = program.start {
            self.call(start, "");
        }
        let before = self.text.len();
        self.items(&program.items);
        if self.text.len() == before && program.start.is_none() {
            self.line("       (no messages)");
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Call(call) => self.call(*call, mark(self.exchange.calls()[*call].when)),
                Item::Unknown(index) => {
                    let unknown = &self.exchange.unknown()[*index];
                    let line = match &unknown.place.file {
                        Some((file, line)) => format!("{}:{line}", shown(file)),
                        None => format!("line {}", unknown.place.span.line),
                    };
                    let text = format!("    ?  {} ({line})", shown(&unknown.why));
                    self.line(&text);
                }
                Item::Definition => {}
                Item::Maybe(items) | Item::Aside(items) | Item::Either(items, _) => {
                    self.items(items);
                }
            }
        }
    }

    fn call(&mut self, index: usize, mark: &str) {
        let call = &self.exchange.calls()[index];
        if call.id.is_none() {
            return;
        }
        let number = self.numbers.get(&index).map(ToString::to_string);
        let partners = self.exchange.partners(index);
        let mut names: Vec<String> = Vec::new();
        for partner in &partners {
            let role = &self.exchange.calls()[*partner].role;
            let name = match self.numbers.get(partner) {
                Some(number) => format!("{} {number}", shown(role)),
                None => format!("{} start", shown(role)),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let arrow = match call.verb {
            Verb::Send => "->",
            Verb::Wait | Verb::WaitAll | Verb::Start => "<-",
            Verb::Sync => "==",
        };
        let names = match (names.is_empty(), self.exchange.unknown().is_empty()) {
            (false, _) => names.join(", "),
            (true, true) => "nobody".to_owned(),
            // What is unknown may be the other side.
            (true, false) => "?".to_owned(),
        };
        let text = format!(
            "{:>5}  {:<34} {arrow} {names}{mark}",
            number.unwrap_or_default(),
            call.words()
        );
        self.line(&text);
    }

    fn line(&mut self, text: &str) {
        writeln!(self.text, "{}", text.trim_end()).expect("writing to a String cannot fail");
    }
}

const fn mark(when: When) -> &'static str {
    match when {
        When::Always => "",
        When::Aside => "  (in the background)",
        When::Sometimes => "  (on a condition)",
    }
}
