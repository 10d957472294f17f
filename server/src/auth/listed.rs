//! Links to the tickets of a list: each is the same one whenever the list is opened.

use sha2::{Digest, Sha256};

use super::link::Link;

impl Link {
    /// The id of the link to a ticket on the page of this one, a list. It distinguishes links, and is not secret.
    #[must_use]
    pub fn id_of<const N: usize>(&self, ticket: i64) -> [u8; N] {
        let mut hash = Sha256::new();
        hash.update(self.id);
        hash.update(ticket.to_be_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        std::array::from_fn(|at| hash[at % hash.len()])
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::link::{Link, LinkActs, LinkFor};

    #[test]
    fn each_ticket_of_each_list_has_an_id_of_its_own() {
        let now = DateTime::UNIX_EPOCH;
        let list = || Link::new(LinkFor::Mine, LinkActs::default(), "ann", now, now);
        let (one, other) = (list(), list());
        let id = |list: &Link, ticket| -> [u8; 9] { list.id_of(ticket) };
        assert_eq!(id(&one, 1), id(&one, 1));
        assert_ne!(id(&one, 1), id(&one, 2));
        assert_ne!(id(&one, 1), id(&other, 1));
    }
}
