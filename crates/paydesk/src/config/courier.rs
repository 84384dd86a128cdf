//! How messages leave for others.

use clap::Args;
use lettre::message::Mailbox;

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

    /// Whom e-mails are from, for example `Acme <pay@example.com>`. They leave by the server that the secret
    /// `PAYDESK_SMTP_URL` names.
    #[arg(long, env = "PAYDESK_MAIL_FROM", value_name = "ADDRESS", value_parser = mailbox)]
    pub mail_from: Option<Mailbox>,
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    let written = "write it as pay@example.com, or as Acme <pay@example.com>";
    text.parse().map_err(|_| written.to_owned())
}
