//! Who writes to whom.

use crate::mail::{Address, Prose};
use crate::reading::Context;
use crate::reading::text::is_freemail;

/// Sender and recipients of one mail. The envelope decides; without one the header does.
pub(crate) struct People {
    /// The account, else the header's author.
    pub(super) own: Option<Address>,
    pub(super) recipients: Vec<Address>,
    /// Those outside the company.
    pub(super) outside: Vec<Address>,
    pub(super) reverse_path_empty: bool,
}

impl People {
    /// From envelope, account and header.
    pub(crate) fn of(prose: &Prose, context: &Context) -> People {
        let headers = &prose.headers;
        let recipients: Vec<Address> = match &context.envelope {
            Some(envelope) => envelope.addresses(),
            None => headers.to.iter().chain(&headers.others).cloned().collect(),
        };
        let own = context.account.as_ref().or(headers.from.first()).cloned();
        let domain = own.as_ref().map(Address::domain).filter(|domain| !is_freemail(domain));
        let inside = |address: &Address| {
            domain.is_some_and(|domain| address.is_within(domain) || is_above(address.domain(), domain))
                || context
                    .gate
                    .internal_domains
                    .iter()
                    .any(|domain| address.is_within(domain))
        };
        let outside = recipients.iter().filter(|address| !inside(address)).cloned().collect();
        let reverse_path_empty = context
            .envelope
            .as_ref()
            .is_some_and(|e| e.reverse_path.path.is_empty());
        People {
            own,
            recipients,
            outside,
            reverse_path_empty,
        }
    }

    /// Those outside the company.
    pub(crate) fn outside(&self) -> &[Address] {
        &self.outside
    }
}

/// Whether a domain is the one that an account's domain is below: students.x.example writes to x.example. The last two
/// labels alone (co.uk) don't count.
fn is_above(domain: &str, own: &str) -> bool {
    let below = own.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let labels: Vec<&str> = domain.split('.').collect();
    let name = match labels.as_slice() {
        [name, _] => name,
        [name, _, _] => name,
        _ => return below,
    };
    below && name.len() > 3
}

/// Whether a list of addresses and `@domain` patterns holds an address.
pub(super) fn listed(list: &[String], address: &Address) -> bool {
    list.iter().any(|entry| match entry.strip_prefix('@') {
        Some(domain) => address.is_within(domain),
        None => address.folded() == entry.to_lowercase(),
    })
}
