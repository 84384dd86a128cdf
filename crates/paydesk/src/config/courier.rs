//! How messages leave for others.

use clap::Args;

use super::Network;

/// Where messages may go.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Messages to others")]
pub struct Courier {
    /// Networks that outgoing webhooks may be sent to although they are not public, also by plain http: addresses or
    /// networks, separated by commas.
    #[arg(
        long,
        env = "PAYDESK_WEBHOOK_ALLOWED_SUBNETS",
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub webhook_allowed_subnets: Vec<Network>,
}
