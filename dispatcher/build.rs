//! Method files are embedded as a folder: a new one must be seen.

fn main() {
    println!("cargo::rerun-if-changed=../device-types/methods");
}
