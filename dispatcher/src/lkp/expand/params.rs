//! The parameters of the programs that a job names: which lists are a matrix, and what stands in file names.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};
use job_schema::yaml::Value;

use super::{ExpandError, Map};
use crate::lkp::tree::{Programs, Tree, options};

/// Keys that are a matrix in every job.
pub(super) const DIMENSIONS: [&str; 9] = [
    "kconfig",
    "commit",
    "rootfs",
    "ltp_commit",
    "nvml_commit",
    "blktests_commit",
    "qemu_commit",
    "perf_test_commit",
    "linux_commit",
];

/// What a program takes: names with `-`, or with `=` for those that file names show too.
type Options = Vec<(String, char)>;

/// The options of all programs of a tree, read when a job names one.
#[derive(Debug)]
pub(super) struct Catalogue<'t> {
    tree: &'t Tree,
    pub(super) programs: Programs,
    read: HashMap<String, Options>,
    /// Of LKP's own wrappers around every test and every daemon.
    wrappers: Vec<(&'static str, Options)>,
}

/// The parameters of one job.
#[derive(Debug, Clone, Default)]
pub(super) struct Params {
    /// Each program that the job names, with its options.
    pub(super) referenced: IndexMap<String, IndexSet<String>>,
    pub(super) options: IndexMap<String, char>,
}

impl<'t> Catalogue<'t> {
    pub(super) fn new(tree: &'t Tree) -> Result<Self, ExpandError> {
        let mut wrappers = Vec::new();
        for (name, path) in [("wrapper", "bin/run-test"), ("dwrapper", "bin/run-daemon")] {
            let script = if tree.is_file(path) {
                tree.read(path)?
            } else {
                String::new()
            };
            wrappers.push((name, owned(&script)));
        }
        Ok(Self {
            tree,
            programs: Programs::of(tree),
            read: HashMap::new(),
            wrappers,
        })
    }

    /// The parameters of a job's programs.
    pub(super) fn params(&mut self, job: &Map) -> Result<Params, ExpandError> {
        let mut names = IndexSet::new();
        visit(job, None, &mut |_, key, _| {
            if self.programs.is_workload(key) {
                names.insert(key.to_owned());
            }
        });
        let mut params = Params::default();
        params.options.insert("cluster".to_owned(), '-');
        for name in names {
            if let Some(script) = self.programs.script(&name)
                && !self.read.contains_key(&name)
            {
                let options = owned(&self.tree.read(script)?);
                self.read.insert(name.clone(), options);
            }
            let options = self.read.get(&name).map_or(&[][..], Vec::as_slice);
            params.add(&name, options);
        }
        for (name, options) in &self.wrappers {
            params.add(name, options);
        }
        Ok(params)
    }
}

fn owned(script: &str) -> Options {
    options(script)
        .map(|(name, kind)| (name.to_owned(), kind))
        .collect()
}

impl Params {
    fn add(&mut self, program: &str, options: &[(String, char)]) {
        for (name, kind) in options {
            self.options.insert(name.clone(), *kind);
        }
        let names = options.iter().map(|(name, _)| name.clone()).collect();
        self.referenced.insert(program.to_owned(), names);
    }

    /// Whether a list under this key is a matrix.
    pub(super) fn is_dimension(&self, key: &str) -> bool {
        DIMENSIONS.contains(&key)
            || self.referenced.contains_key(key)
            || self.options.contains_key(key)
    }
}

/// Every key at every level with the key above it and its value, in the order of the job.
pub(super) fn visit<'m>(
    map: &'m Map,
    above: Option<&'m str>,
    see: &mut impl FnMut(Option<&'m str>, &'m str, &'m Value),
) {
    for (key, value) in map {
        see(above, key, value);
        if let Value::Map(inner) = value {
            visit(inner, Some(key), see);
        }
    }
}
