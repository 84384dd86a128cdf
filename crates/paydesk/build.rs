//! Takes the console into the binary, as `cargo xtask console` built it. Where it was not built the list is empty, and the
//! binary says how to build it: Rust alone is enough to compile.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let built = home.join("../../web/console/built");
    println!("cargo::rerun-if-changed={}", built.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut names = Vec::new();
    find(&built.join("dist"), "", &mut names)?;
    names.sort();
    // Copies, so that what is compiled is of one build, whatever builds the console anew meanwhile.
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut list = String::from("&[\n");
    for (number, name) in names.iter().enumerate() {
        let (plain, packed) = (format!("console.{number}"), format!("console.{number}.gz"));
        fs::copy(built.join("dist").join(name), out.join(&plain))?;
        fs::copy(built.join("dist").join(format!("{name}.gz")), out.join(&packed))?;
        let _infallible = writeln!(
            list,
            "    File {{ name: {name:?}, plain: include_bytes!({plain:?}), packed: include_bytes!({packed:?}) }},"
        );
    }
    list.push_str("]\n");
    fs::write(out.join("console_files.rs"), list)
}

/// Every file that stands there with its compressed form beside it, by its path from there.
fn find(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = entry.path();
        if path.is_dir() {
            find(&path, &format!("{prefix}{name}/"), names)?;
        } else if folder.join(format!("{name}.gz")).is_file() {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
