//! From what a selection says to devices.

use job_schema::suggest::nearest;

use super::glob::fits;
use super::trouble::{all_free, counted, some, too_few};
use super::{About, Filter, Purpose, SelectError, Selection, Word};
use crate::inventory::assign::match_up;
use crate::inventory::lab::Entry;
use crate::text::name;

impl Selection {
    /// The devices that are meant: indices into `entries`, in that order. `busy` says per entry who holds it.
    ///
    /// # Errors
    /// A word that no device has, too few devices, or devices that are in use; see [`SelectError`].
    pub fn choose(
        &self,
        entries: &[Entry],
        busy: &[Option<String>],
        purpose: Purpose,
    ) -> Result<Vec<usize>, SelectError> {
        for term in &self.terms {
            known(&term.of, entries, false)?;
        }
        let fitting: Vec<Vec<bool>> = self
            .terms
            .iter()
            .map(|term| {
                let of =
                    |(entry, busy): (&Entry, &Option<String>)| term.of.fits(entry, busy.is_some());
                entries.iter().zip(busy).map(of).collect()
            })
            .collect();
        let mut chosen = vec![false; entries.len()];
        // What is called by name goes first, so that no count takes it.
        for (term, fitting) in self.terms.iter().zip(&fitting) {
            if term.count.is_some() {
                continue;
            }
            if !fitting.contains(&true) {
                return Err(too_few(term, "no device of the lab fits".to_owned()));
            }
            for (chosen, fits) in chosen.iter_mut().zip(fitting) {
                *chosen |= fits;
            }
        }
        if purpose == Purpose::Run {
            all_free(&chosen, entries, busy)?;
        }
        let is_taken = |device: usize| purpose == Purpose::Run && busy[device].is_some();
        let left: Vec<bool> = (0..entries.len())
            .map(|device| !chosen[device] && !is_taken(device))
            .collect();
        let mut requests = Vec::new();
        for (place, term) in self.terms.iter().enumerate() {
            let count = term.count.unwrap_or(0);
            let there = (0..entries.len())
                .filter(|device| fitting[place][*device] && left[*device])
                .count();
            if there < count {
                return Err(counted(
                    term,
                    count,
                    there,
                    &fitting[place],
                    &chosen,
                    (entries, busy, purpose),
                ));
            }
            requests.extend(std::iter::repeat_n(place, count));
        }
        let fits =
            |request: usize, device: usize| fitting[requests[request]][device] && left[device];
        let given = match_up(requests.len(), entries.len(), &fits).map_err(|request| {
            let term = &self.terms[requests[request]];
            too_few(
                term,
                "the other counts leave too few devices for it".to_owned(),
            )
        })?;
        for device in given {
            chosen[device] = true;
        }
        Ok((0..entries.len())
            .filter(|device| chosen[*device])
            .collect())
    }
}

impl Filter {
    fn fits(&self, entry: &Entry, busy: bool) -> bool {
        match self {
            Self::All => true,
            Self::Is(word) => word.fits(entry, busy),
            Self::Not(filter) => !filter.fits(entry, busy),
            Self::Each(filters) => filters.iter().all(|filter| filter.fits(entry, busy)),
            Self::Any(filters) => filters.iter().any(|filter| filter.fits(entry, busy)),
        }
    }
}

impl Word {
    fn fits(&self, entry: &Entry, busy: bool) -> bool {
        let name = || fits(&self.text, &entry.name);
        let tag = || entry.tags.iter().any(|tag| fits(&self.text, tag));
        match self.about {
            About::NameOrTag => name() || tag(),
            About::Name => name(),
            About::Tag => tag(),
            About::Type => fits(&self.text, &entry.device_type),
            About::Busy(wanted) => busy == wanted,
        }
    }

    /// Words that devices have and that this one is compared with.
    fn alternatives<'e>(&self, entries: &'e [Entry]) -> Vec<&'e str> {
        let names = entries.iter().map(|entry| entry.name.as_str());
        let tags = entries
            .iter()
            .flat_map(|entry| &entry.tags)
            .map(String::as_str);
        let mut words: Vec<&str> = match self.about {
            About::NameOrTag => names.chain(tags).collect(),
            About::Name => names.collect(),
            About::Tag => tags.collect(),
            About::Type => entries
                .iter()
                .map(|entry| entry.device_type.as_str())
                .collect(),
            About::Busy(_) => Vec::new(),
        };
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// Whether every word is one that some device has. Behind a `!` a word may be one that no device has at the moment,
/// unless it looks like a slip of the pen: then what it should keep away would be taken.
fn known(filter: &Filter, entries: &[Entry], negated: bool) -> Result<(), SelectError> {
    match filter {
        Filter::All => Ok(()),
        Filter::Not(filter) => known(filter, entries, !negated),
        Filter::Each(filters) | Filter::Any(filters) => filters
            .iter()
            .try_for_each(|filter| known(filter, entries, negated)),
        Filter::Is(word) => {
            let there =
                matches!(word.about, About::Busy(_)) || entries.iter().any(|e| word.fits(e, false));
            let alternatives = word.alternatives(entries);
            let near = nearest(&word.text, alternatives.iter().copied());
            if there || (negated && near.is_none()) {
                return Ok(());
            }
            let what = match word.about {
                About::NameOrTag => "the name or a tag",
                About::Name => "the name",
                About::Tag => "a tag",
                About::Type => "the type",
                About::Busy(_) => "the state",
            };
            let help = match near {
                Some(near) => format!("did you mean `{}`?", name(near)),
                None => format!("there are: {}", some(&alternatives)),
            };
            Err(SelectError::Unknown {
                column: word.column,
                message: format!(
                    "`{}` is {what} of no device of the lab; {help}",
                    name(&word.text)
                ),
            })
        }
    }
}
