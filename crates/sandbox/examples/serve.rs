//! Serves a sandbox on the port given by argument: `cargo run -p sandbox --example serve -- 12111 [seed]`.

use sandbox::{Config, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(12111);
    let seed = arguments.next().and_then(|seed| seed.parse().ok());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    eprintln_line(&format!("sandbox on http://{}", listener.local_addr()?));
    let sandbox = Sandbox::new(Config {
        seed,
        ..Config::default()
    });
    sandbox
        .serve(listener, async { tokio::signal::ctrl_c().await.unwrap_or(()) })
        .await;
    Ok(())
}

fn eprintln_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}
