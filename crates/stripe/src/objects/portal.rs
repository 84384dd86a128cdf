//! The customer portal: Stripe's page on which customers look after their own.

use super::object;

object! {
    /// A way into the customer portal, good for a few minutes.
    PortalSession = "billing_portal.session"
    strict {}
    tolerant {
        /// The page.
        url: Option<String>,
        /// Where it leads back to.
        return_url: Option<String>,
    }
}
