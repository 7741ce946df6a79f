//! The cases and scenarios are compiled in; a file that is added to them has to be seen too.

fn main() {
    println!("cargo:rerun-if-changed=features");
    println!("cargo:rerun-if-changed=scenarios");
}
