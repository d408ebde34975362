//! Reads of the data that a wait leaves in the cache file: `grep ipaddr= /tmp/lava_multi_node_cache.txt | cut -d= -f2`.

use super::expand::Expanded;
use super::walk::Walker;

impl Walker<'_> {
    /// Notes the keys that a command looks for in the data of the last wait.
    pub(super) fn reads_data(&mut self, name: &str, words: &[Expanded]) {
        const READERS: [&str; 4] = ["grep", "egrep", "sed", "awk"];
        let Some(wait) = self.memory.last_wait else {
            return;
        };
        let reads = words.iter().any(|word| {
            word.known.contains("lava_multi_node_cache")
                || self.script.text[word.span.clone()].contains("LAVA_MULTI_NODE_CACHE")
        });
        if !reads || !READERS.contains(&name) {
            return;
        }
        let patterns = words.iter().filter(|word| {
            !word.known.starts_with('-') && !word.known.contains("lava_multi_node_cache")
        });
        let Some(pattern) = patterns.map(|word| word.known.clone()).next() else {
            return;
        };
        let keys = if name.ends_with("grep") && pattern.chars().all(is_key) {
            vec![pattern]
        } else {
            keys_of(&pattern)
        };
        for key in keys {
            if !key.is_empty() && !self.book.reads.contains(&(wait, key.clone())) {
                self.book.reads.push((wait, key));
            }
        }
    }
}

const fn is_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Words right before a `=` that belongs to no program of awk.
fn keys_of(pattern: &str) -> Vec<String> {
    if pattern.contains("==") || pattern.contains("{") {
        return Vec::new();
    }
    let pieces: Vec<&str> = pattern.split('=').collect();
    let Some((_, before)) = pieces.split_last() else {
        return Vec::new();
    };
    before
        .iter()
        .map(|piece| piece.rsplit(|c| !is_key(c)).next().unwrap_or_default())
        .map(str::to_owned)
        .collect()
}
