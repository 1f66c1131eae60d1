//! Makes cargo build again when the SDK was: `rust-embed` reads the folder while compiling, which
//! cargo does not see.

fn main() {
    println!("cargo::rerun-if-changed=../js/dist");
    println!("cargo::rerun-if-changed=assets");
}
