//! The entries of a mapping while it is read: in order, each key once.
//!
//! In: entries. Out: the list that PyYAML would give, later values in the place of earlier ones.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::node::{Data, Entry, Node};

/// Up to this many entries, comparing all keys is faster than a table of them.
const FEW: usize = 16;

#[derive(Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    /// Where the keys are in the list; filled when there are more than a few.
    places: HashMap<Key, usize>,
}

impl Entries {
    /// The entry that has this key.
    pub(super) fn find(&self, key: &Node) -> Option<&Entry> {
        self.place(key).map(|place| &self.list[place])
    }

    /// Adds an entry. Where its key is there already, the value and the place of the later one count; of two
    /// keys that are equal (`1` and `true`) Python keeps the first.
    pub(super) fn put(&mut self, entry: Entry) {
        if let Some(place) = self.place(&entry.key) {
            self.list[place].key.span = entry.key.span;
            self.list[place].value = entry.value;
            return;
        }
        self.list.push(entry);
        let known = self.places.len();
        if self.list.len() > FEW {
            let new = self.list.iter().enumerate().skip(known);
            let keys = new.map(|(place, entry)| (Key(entry.key.data().clone()), place));
            self.places.extend(keys);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn into_list(self) -> Vec<Entry> {
        self.list
    }

    fn place(&self, key: &Node) -> Option<usize> {
        if self.list.len() > FEW {
            return self.places.get(&Key(key.data().clone())).copied();
        }
        let wanted = identity(key.data());
        self.list
            .iter()
            .position(|entry| identity(entry.key.data()) == wanted)
    }
}

/// Which key it is: Python holds `1`, `1.0` and `true` for the same one, and `1` and `'1'` for two.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Null,
    Int(i64),
    /// The bits of a number that is not whole.
    Float(u64),
    BigInt(&'a str),
    Str(&'a str),
    Date(&'a str),
    Binary(&'a str),
    /// Lists and mappings, which are no keys.
    None,
}

fn identity(data: &Data) -> Identity<'_> {
    match data {
        Data::Null => Identity::Null,
        Data::Bool(b) => Identity::Int(i64::from(*b)),
        Data::Int(i) => Identity::Int(*i),
        // The cast is exact where the way back gives the same number.
        Data::Float(f) if *f as i64 as f64 == *f => Identity::Int(*f as i64),
        Data::Float(f) => Identity::Float(f.to_bits()),
        Data::BigInt(digits) => Identity::BigInt(digits),
        Data::Str(text) => Identity::Str(text),
        Data::Date(date) => Identity::Date(date),
        Data::Binary(text) => Identity::Binary(text),
        Data::Seq(_) | Data::Map(_) => Identity::None,
    }
}

/// A key in a table.
struct Key(Data);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        identity(&self.0) == identity(&other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        identity(&self.0).hash(state);
    }
}
