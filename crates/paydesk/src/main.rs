//! The paydesk binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    paydesk::cli::main()
}
