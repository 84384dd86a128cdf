//! The paydesk binary: everything is in the library.

use std::process::ExitCode;

/// The database frees and takes its pages with every commit; the system's allocator gives them back to the kernel each
/// time, which cost an eighth of the time of ingestion.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    paydesk::cli::main()
}
