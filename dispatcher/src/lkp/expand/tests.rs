//! Every rule with a tree that the test writes itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

mod real;
mod refusals;

/// A tree with a few programs and these files.
struct Small {
    dir: tempfile::TempDir,
}

impl Small {
    fn new(files: &[(&str, &str)]) -> Self {
        let small = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        for (path, text) in [
            (
                "programs/bench/run",
                "#!/bin/sh\n# - mode\n# - size\n# - runtime\n",
            ),
            ("programs/bench/parse", ""),
            ("programs/serve/daemon", "#!/bin/sh\n# - port\n"),
            ("programs/fs/setup", "#!/bin/sh\n# - mkfs\n"),
            ("programs/quiet/run", "#!/bin/sh\n# = level\n"),
            ("programs/watch/monitor", "#!/bin/sh\n# - size\n"),
            ("bin/run-test", "#!/bin/sh\n# - nr_instances\n"),
        ]
        .iter()
        .chain(files)
        {
            put(small.dir.path(), path, text);
        }
        small
    }

    fn expand(&self, set: &str) -> Result<Vec<Atomic>, ExpandError> {
        let tree = Tree::open(self.dir.path(), &[]).unwrap();
        let set = match job_schema::parse_value(set).unwrap() {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        expand(&tree, &tree.find_job("j").unwrap(), &set)
    }

    fn names(&self, set: &str) -> Vec<String> {
        let atomic = self.expand(set).unwrap();
        atomic.into_iter().map(|it| it.name).collect()
    }

    fn error(&self, set: &str) -> String {
        self.expand(set).unwrap_err().to_string()
    }
}

fn put(top: &Path, path: &str, text: &str) {
    let at = top.join(path);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(&at, text).unwrap();
    let mode = if path.starts_with("programs/") {
        0o755
    } else {
        0o644
    };
    fs::set_permissions(&at, fs::Permissions::from_mode(mode)).unwrap();
}

fn job(text: &str) -> Small {
    Small::new(&[("jobs/j.yaml", text)])
}

#[test]
fn names_are_made_of_what_the_programs_take() {
    let cases: &[(&str, &str, &[&str])] = &[
        // Lists of parameters are a matrix, others are not; the last changes fastest.
        (
            "bench:\n  mode: [b, a]\n  size: [1, 2]\nother: [x, y]\n",
            "",
            &["j-b-1", "j-b-2", "j-a-1", "j-a-2"],
        ),
        // Sorted by key, wherever they stand; odd characters become `_`; long values are cut.
        (
            "runtime: 100%\nbench:\n  size: a b/c\n  mode: 0123456789012345678901234567890123\n",
            "",
            &["j-0123456789012345678901234567890-100%-a_b_c"],
        ),
        ("bench:\n", "", &["j-defaults"]),
        // A program that takes a value itself; null is not shown.
        (
            "fs: [ext4, ~]\nbench:\n  size: 1\n",
            "",
            &["j-ext4-1", "j-1"],
        ),
        // `=` shows the name too.
        ("quiet:\n  level: [1, ~]\n", "", &["j-level=1", "j-level"]),
        // A monitor's options are not the test's.
        ("watch:\n  size: 3\nbench:\n  size: 1\n", "", &["j-1"]),
        // The dimensions of every job.
        (
            "bench:\n  size: 1\nrootfs: a/b/deb-x.cgz\ncommit: [v1, v2]\n",
            "",
            &["j-1-v1-deb-x.cgz", "j-1-v2-deb-x.cgz"],
        ),
        (
            "cluster: cs-localhost\nif role client:\n  bench:\n    size: 1\n",
            "",
            &["j-cs-localhost-1"],
        ),
        // The wrapper around every test has options of its own.
        ("nr_instances: 2\nbench:\n  size: 1\n", "", &["j-2-1"]),
        // Documents change the first one.
        (
            "bench:\n  mode: a\n  size: [1, 2]\n---\nbench.mode: b\n---\nbench:\n  size: 9\n",
            "",
            &["j-a-1", "j-a-2", "j-b-1", "j-b-2", "j-9"],
        ),
        (
            "bench:\n  mode: [a, b]\nfs: xfs\n---\nbench.mode-: a\nfs-:\n---\nbench.mode+: [b, c]\n",
            "",
            &["j-xfs-a", "j-xfs-b", "j-b", "j-xfs-a", "j-xfs-b", "j-xfs-c"],
        ),
        // What is set counts more than any document.
        (
            "runtime: 300\nbench:\n  mode: [a, b]\n---\nruntime: 5\n",
            "{runtime: [7, 8], bench.mode: c}",
            &["j-c-7", "j-c-8"],
        ),
        // Of a file of the same name LKP keeps the last.
        ("bench:\n  size: [a b, a/b]\n", "", &["j-a_b"]),
        // A comment after an empty line is a key for LKP, with what is below it.
        ("bench:\n\n# text\n  size: 3\nx: 1\n", "", &["j-3"]),
        // Scalars of YAML 1.1, and Psych's own numbers.
        (
            "bench:\n  size: [on, 010, 1.50, 1_000, '1,000', 1e3, 1:30]\n  mode: 1,000\n",
            "",
            &[
                "j-1000-true",
                "j-1000-8",
                "j-1000-1.5",
                "j-1000-1000",
                "j-1000-1_000",
                "j-1000-1e3",
                "j-1000-90",
            ],
        ),
    ];
    for (text, set, wanted) in cases {
        let mut wanted: Vec<&str> = wanted.to_vec();
        let mut once = Vec::new();
        wanted.retain(|it| {
            let new = !once.contains(it);
            once.push(*it);
            new
        });
        assert_eq!(job(text).names(set), wanted, "{text}");
    }
}

#[test]
fn included_files_stand_in_place_of_the_line() {
    let small = |first: &str| {
        Small::new(&[
            ("jobs/j.yaml", first),
            (
                "jobs/deep/base.yaml",
                "bench:\n  size: [1, 2]\nfs: xfs\n---\nbench.size: 3\n",
            ),
            ("jobs/nest.yaml", "<<: j.yaml\nbench:\n  mode: n\n"),
        ])
    };
    let cases: &[(&str, &[&str])] = &[
        (
            "<<: base.yaml\nruntime: 9\n",
            &["j-xfs-1", "j-xfs-2", "j-xfs-9-3"],
        ),
        (
            "<<: {file: base.yaml, fs: ext4}\n",
            &["j-ext4-1", "j-ext4-2", "j-ext4-3"],
        ),
        (
            "<<: {file: deep/base.yaml, ignore: [fs]}\n",
            &["j-1", "j-2", "j-3"],
        ),
        // Once only, so it cannot loop.
        ("<<: 'nest.yaml'\nfs: ext4\n", &["j-ext4-n"]),
        // An alias of the document's own is YAML's business.
        ("x: &x {size: 4}\nbench:\n  <<: *x\n", &["j-4-4"]),
    ];
    for (text, wanted) in cases {
        assert_eq!(small(text).names(""), *wanted, "{text}");
    }
    let error = |text: &str| small(text).error("");
    assert_eq!(
        error("a: 1\n<<: basis.yaml\n"),
        "jobs/j.yaml:2: the included file `basis.yaml` is not in the tree; name a file of the tree after `<<:`"
    );
    for out in ["/etc/passwd", "../../../etc/passwd"] {
        let error = error(&format!("<<: {out}\n"));
        assert!(error.contains("leads out of the tree"), "{error}");
    }
}

#[test]
fn defaults_are_pulled_in_where_they_change_names() {
    let small = Small::new(&[
        (
            "jobs/j.yaml",
            "category: fast\nfs: [xfs, ext4]\nbench:\n  mode: a\n",
        ),
        (
            "include/category/fast",
            "runtime: 8\nneed_x:\n% if job['arch'] == 'x'\n- k\n% end\n",
        ),
        ("include/category/other", "runtime: 9\n"),
        ("programs/fs/include/ext4", "nr_instances: 3\n"),
        (
            "programs/bench/include",
            "need_kconfig:\n% if weird { }\n- A: y\n% end\n",
        ),
    ]);
    let error = small.error("");
    assert!(error.starts_with("include/category/fast: "), "{error}");
    assert_eq!(small.names("{arch: x}"), ["j-xfs-a-8", "j-ext4-a-3-8"]);
    assert_eq!(
        small.names("{category: other}"),
        ["j-xfs-a-9", "j-ext4-a-3-9"]
    );
}

#[test]
fn programs_are_the_tests_with_a_parser_of_the_roles_of_the_node() {
    let text = "cluster: cs-localhost\nwatch:\nfs: xfs\nquiet:\nif role server:\n  serve:\nif role client:\n  bench:\n    size: 1\n";
    let programs = |set: &str| job(text).expand(set).unwrap()[0].programs.clone();
    assert_eq!(programs(""), ["bench"]);
    assert_eq!(programs("{node_roles: client}"), ["bench"]);
    assert!(programs("{node_roles: server}").is_empty());
    let atomic = job("testcase: t\nbench:\n  size: 07\n  mode: ~\n")
        .expand("")
        .unwrap();
    assert_eq!(
        (atomic[0].testcase.as_str(), atomic[0].job.as_str()),
        ("t", "j.yaml")
    );
    assert_eq!(atomic[0].params.get("size").unwrap(), "7");
    assert_eq!(atomic[0].params.len(), 1);
}
