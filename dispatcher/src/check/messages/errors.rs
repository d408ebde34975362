//! The errors: jobs that cannot succeed.

use job_schema::{Finding, Severity};

use super::Exchange;
use super::call::{Verb, listed, shown};
use super::cause::Cause;
use super::slips::{Side, Slip};

pub(super) fn findings(exchange: &Exchange) -> Vec<Finding> {
    let causes = exchange.causes.iter();
    causes
        .map(|cause| match cause {
            Cause::Unmet { calls, missing } => exchange.unmet(calls, missing),
            Cause::Sync { calls, missing } => {
                exchange.unreached(exchange.blamed(cause), calls, missing)
            }
            Cause::Cycle { calls } => exchange.cycle(exchange.blamed(cause), calls),
        })
        .collect()
}

impl Exchange {
    /// The call that the error of a cause stands at: the first, or one of several different ones that is clearly mistyped.
    pub(super) fn blamed(&self, cause: &Cause) -> usize {
        match cause {
            Cause::Sync { calls, .. } | Cause::Cycle { calls } => {
                let mistyped = |call: &&usize| {
                    let slip = self.slips.get(*call);
                    slip.is_some_and(|slip| slip.side == Side::This)
                };
                *calls.iter().find(mistyped).unwrap_or(&calls[0])
            }
            Cause::Unmet { calls, .. } => calls[0],
        }
    }

    fn error(&self, code: &'static str, call: usize, message: String) -> Finding {
        let place = &self.calls()[call].place;
        Finding::new(
            code,
            Severity::Error,
            place.path.as_str(),
            place.span,
            message,
        )
    }

    fn unmet(&self, calls: &[usize], missing: &[String]) -> Finding {
        let index = calls[0];
        let call = &self.calls()[index];
        let id = shown(call.id.as_deref().unwrap_or_default());
        let role = shown(&call.role);
        if call.verb == Verb::Start {
            return self.never_started(index);
        }
        let wants = match &call.of {
            Some(of) if self.count(of) == 0 => {
                return self.nobody_plays(index, of);
            }
            _ => call.words(),
        };
        let who = if missing.is_empty() {
            "nobody sends".to_owned()
        } else {
            format!("{} never sends", listed(missing))
        };
        let near = self.near(index);
        let message = format!(
            "`{wants}` of {role} cannot be met: {who} `{id}`{}",
            self.blames(index, near)
        );
        let mut finding = self.error("J060", index, message);
        self.see(&mut finding, calls[1..].iter().copied());
        self.see(&mut finding, self.partners(index));
        let help = match near {
            Some(near) => {
                self.see(&mut finding, [near.other]);
                self.suggest(&mut finding, index, near)
            }
            None if missing.is_empty() => {
                format!("add `lava-send {id}` to another role, or remove the wait")
            }
            None => format!(
                "add `lava-send {id}` to {}, or name the role to wait for: `lava-wait-all {id} ROLE`",
                listed(missing)
            ),
        };
        finding.help(help);
        finding
    }

    fn nobody_plays(&self, index: usize, of: &str) -> Finding {
        let call = &self.calls()[index];
        let names: Vec<&str> = self.programs.iter().map(|p| p.role.as_str()).collect();
        let message = format!(
            "`{}` of {} waits for a role without nodes: `{}`",
            call.words(),
            shown(&call.role),
            shown(of)
        );
        let mut finding = self.error("J060", index, message);
        finding.help(
            match job_schema::suggest::nearest(of, names.iter().copied()) {
                Some(near) => format!("did you mean `{}`?", shown(near)),
                None => format!("there are: {}", names.join(", ")),
            },
        );
        finding
    }

    fn never_started(&self, index: usize) -> Finding {
        let call = &self.calls()[index];
        let of = shown(call.of.as_deref().unwrap_or_default());
        let near = self.near(index);
        let message = format!(
            "{} never starts: its start is delayed until {of} sends `lava_start`, which it never does{}",
            shown(&call.role),
            self.blames(index, near)
        );
        let mut finding = self.error("J063", index, message);
        let help = match near {
            Some(near) => {
                self.see(&mut finding, [near.other]);
                let side = Side::Other;
                self.suggest(&mut finding, index, Slip { side, ..near })
            }
            None => format!(
                "add `lava-send lava_start` to a test of {of}, or remove `request: lava-start` from the role"
            ),
        };
        finding.help(help);
        finding
    }

    fn unreached(&self, index: usize, calls: &[usize], missing: &[String]) -> Finding {
        let first = &self.calls()[index];
        let other = calls
            .iter()
            .copied()
            .find(|call| self.calls()[*call].id != first.id);
        let message = match other {
            Some(other) => format!(
                "{} and {} wait for each other in different syncs: `{}` and `{}`",
                shown(&first.role),
                shown(&self.calls()[other].role),
                shown(first.id.as_deref().unwrap_or_default()),
                shown(self.calls()[other].id.as_deref().unwrap_or_default()),
            ),
            None => {
                let partners = self.partners(index).into_iter();
                let again = partners
                    .map(|call| &self.calls()[call].role)
                    .any(|role| missing.contains(role));
                let how = if again { " once more" } else { "" };
                format!(
                    "`{}` of {} cannot be met: {} never reaches it{how}",
                    first.words(),
                    shown(&first.role),
                    listed(missing)
                )
            }
        };
        // What is another id than meant is a slip even where it blocks nobody yet.
        let near = self.near(index).filter(|near| {
            let role = &self.calls()[near.other].role;
            let known = self.slips.contains_key(&index);
            known || missing.contains(role) || other == Some(near.other)
        });
        let message = format!("{message}{}", self.blames(index, near));
        let mut finding = self.error("J062", index, message);
        self.see(&mut finding, calls.iter().copied());
        self.see(&mut finding, self.partners(index));
        let help = match (near, other) {
            (Some(near), _) => {
                self.see(&mut finding, [near.other]);
                self.suggest(&mut finding, index, near)
            }
            (None, Some(_)) => {
                "a sync ends when every node of every role has reached the same id: \
                                use one id for both"
                    .to_owned()
            }
            (None, None) => format!(
                "a sync ends when every node of every role has reached it: add `{}` to {}, or remove it everywhere",
                first.words(),
                listed(missing)
            ),
        };
        finding.help(help);
        finding
    }

    /// The end of a message, where one id is clearly mistyped.
    fn blames(&self, call: usize, near: Option<Slip>) -> String {
        let (wrong, right) = match near {
            Some(Slip {
                other,
                side: Side::Other,
            }) => (other, call),
            Some(Slip {
                other,
                side: Side::This,
            }) => (call, other),
            Some(_) | None => return String::new(),
        };
        let id = |call: usize| shown(self.calls()[call].id.as_deref().unwrap_or_default());
        let role = shown(&self.calls()[wrong].role);
        format!(
            "; `{}` of {role} looks like a slip of `{}`",
            id(wrong),
            id(right)
        )
    }

    fn cycle(&self, index: usize, calls: &[usize]) -> Finding {
        let all = self.calls();
        let syncs = calls.iter().all(|call| all[*call].verb == Verb::Sync);
        let told: Vec<String> = calls
            .iter()
            .map(|call| format!("{} in `{}`", shown(&all[*call].role), all[*call].words()))
            .collect();
        let (code, what) = if syncs {
            ("J062", "the roles reach their syncs in a different order")
        } else {
            ("J061", "deadlock, each waits for the next")
        };
        let known = |call: &usize| Some((*call, *self.slips.get(call)?));
        let slip = std::iter::once(&index).chain(calls).find_map(known);
        let blames = slip.map_or(String::new(), |(call, slip)| self.blames(call, Some(slip)));
        let message = format!("{what}: {}{blames}", told.join(", "));
        let mut finding = self.error(code, index, message);
        self.see(&mut finding, calls.iter().copied());
        let help = match (slip, syncs) {
            (Some((call, slip)), _) => {
                self.see(&mut finding, [slip.other]);
                self.suggest(&mut finding, call, slip)
            }
            (None, true) => "put the syncs into the same order in every role".to_owned(),
            (None, false) => "let one of them send before it waits".to_owned(),
        };
        // Where each of them would have got what it waits for.
        let sources = calls.iter().flat_map(|call| self.partners(*call));
        self.see(&mut finding, sources.filter(|call| !calls.contains(call)));
        finding.help(help);
        finding
    }
}
